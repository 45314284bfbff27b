-- Text of any size and any damage: the search index stops where Postgres would refuse the row, and what was no text is counted.

alter table lumbung.article add column repaired int not null default 0;

-- A tsvector holds a megabyte, a page may have more. What is short enough never to fill it is indexed whole: words
-- joined by hyphens stand in it twice, so a text takes up to three times its bytes.
create function lumbung.searched_part(text text) returns text
    language sql immutable strict parallel safe
    return case
        when octet_length(text) <= 200000 then text
        else left(text, (200000::bigint * 200000 / greatest(octet_length(left(text, 200000)), 200000))::int)
    end;
comment on function lumbung.searched_part(text) is
    'As much of a text as surely fits a tsvector: all of 200,000 bytes, else about so many from its beginning.';

create function lumbung.fill_search() returns trigger
    language plpgsql
    as $$
begin
    new.search :=
        setweight(to_tsvector('indonesian', left(new.headline, 1000)), 'A')
        || setweight(to_tsvector('indonesian', lumbung.searched_part(lumbung.join_paragraphs(new.paragraphs))), 'B');
    return new;
end
$$;

-- No generated column any more: PostgreSQL before 17 cannot change its expression, and views hold on to the column.
alter table lumbung.article alter column search drop expression;
create trigger fill_search before insert or update of headline, paragraphs on lumbung.article
    for each row execute function lumbung.fill_search();

create or replace view news.all_articles as
select
    a.article_id, a.publisher, a.headline, a.published_at, a.section, a.authors, a.dateline, a.byline, a.url,
    a.canonical_url, a.breadcrumb, a.modified_at, a.language, a.tags, a.image_url, a.paywalled, a.reads, a.paragraphs,
    lumbung.join_paragraphs(a.paragraphs) as text, a.fetched_at, a.first_fetched_at, m.cluster_id,
    coalesce(m.canonical, true) as canonical, a.search, a.declared_url, a.dateline_place, a.dateline_brand, a.repaired
from lumbung.article a
left join lumbung.cluster_member m using (article_id);

create or replace view news.articles as
select
    article_id, publisher, headline, published_at, section, authors, dateline, byline, url, canonical_url, breadcrumb,
    modified_at, language, tags, image_url, paywalled, reads, paragraphs, text, fetched_at, first_fetched_at, cluster_id,
    search, declared_url, dateline_place, dateline_brand, repaired
from news.all_articles
where canonical;

comment on column news.all_articles.repaired is
    'Characters of the page that were no text, such as bytes that are none in its charset: replaced by U+FFFD, NULs dropped.';
comment on column news.articles.repaired is
    'Characters of the page that were no text, such as bytes that are none in its charset: replaced by U+FFFD, NULs dropped.';
comment on column news.crawls.repaired is
    'Characters of its articles'' pages and announced URLs that were no text: replaced by U+FFFD, or dropped.';
comment on column news.all_articles.search is
    'Indonesian full-text index: search @@ websearch_to_tsquery(''indonesian'', ...). Of a very long text, its first 200,000 bytes.';
comment on column news.articles.search is
    'Indonesian full-text index: search @@ websearch_to_tsquery(''indonesian'', ...). Of a very long text, its first 200,000 bytes.';
