-- Full-text search finds Beyoncé by beyonce and the other way round.
--
-- Letters are folded by Unicode's own decomposition, which every server has; the extension unaccent is not everywhere. Words
-- as printed stay in the search column beside the folded ones: queries that readers build themselves find what they found,
-- but for accents in texts of more than 100,000 bytes, of which only the folded words are kept.

create function lumbung.folded(text text) returns text
    language sql immutable strict parallel safe
    return case
        when octet_length(text) = length(text) then text
        -- Put together again, so that scripts which are written in parts, such as Hangul, stay as they are.
        else normalize(regexp_replace(normalize(text, nfd), '[\u0300-\u036F]', '', 'g'), nfc)
    end;
comment on function lumbung.folded(text) is 'A text without accents.';

create or replace function lumbung.fill_search() returns trigger
    language plpgsql
    as $$
declare
    headline text := left(lumbung.visible(new.headline), 1000);
    body text := lumbung.searched_part(lumbung.visible(lumbung.join_paragraphs(new.paragraphs)));
begin
    if octet_length(body) > 100000 then
        body := lumbung.folded(body); -- a tsvector may have no room for both
    end if;
    new.search := setweight(to_tsvector('indonesian', headline), 'A') || setweight(to_tsvector('indonesian', body), 'B');
    if lumbung.folded(headline) <> normalize(headline, nfc) then
        new.search := new.search || setweight(to_tsvector('indonesian', lumbung.folded(headline)), 'A');
    end if;
    if lumbung.folded(body) <> normalize(body, nfc) then
        new.search := new.search || setweight(to_tsvector('indonesian', lumbung.folded(body)), 'B');
    end if;
    return new;
end
$$;

update lumbung.article
set headline = headline
where octet_length(headline) + octet_length(lumbung.join_paragraphs(paragraphs))
        <> length(headline) + length(lumbung.join_paragraphs(paragraphs))
    and lumbung.folded(headline || ' ' || lumbung.join_paragraphs(paragraphs))
        <> normalize(headline || ' ' || lumbung.join_paragraphs(paragraphs), nfc);

create function lumbung.folded_query(words text) returns tsquery
    language sql stable strict parallel safe
    return websearch_to_tsquery('indonesian', lumbung.folded(lumbung.visible(words)));
comment on function lumbung.folded_query(text) is 'What people type, as a query that pays no regard to accents.';

create or replace function news.search(words text) returns table (article_id bigint, rank real, snippet text)
    language sql stable parallel safe
begin atomic
    select
        s.article_id,
        ts_rank(s.search, q.query, 1),
        ts_headline(
            'indonesian', a.text, q.query || websearch_to_tsquery('indonesian', lumbung.visible(words)),
            'StartSel=«, StopSel=», MaxFragments=2, MinWords=8, MaxWords=20, FragmentDelimiter=" … "')
    from (select lumbung.folded_query(words) as query) q
    cross join lumbung.searched s
    join news.all_articles a on a.article_id = s.article_id
    where s.search @@ q.query;
end;

create or replace function news.search_count(words text, most int default 1000) returns int
    language sql stable parallel safe
begin atomic
    select count(*)::int
    from (
        select 1
        from (select lumbung.folded_query(words) as query) q
        cross join lumbung.searched s
        where s.search @@ q.query
        limit most) found;
end;
