-- Full-text search finds words with soft hyphens, zero-width blanks and marks of direction inside them: the stored text
-- keeps these characters, the search column does not.

create function lumbung.visible(text text) returns text
    language sql immutable strict parallel safe
    return translate(
        text,
        E'\u00AD\u034F\u061C\u180E\u200B\u200C\u200D\u200E\u200F\u202A\u202B\u202C\u202D\u202E\u2060\u2061'
            || E'\u2062\u2063\u2064\u2066\u2067\u2068\u2069\u206A\u206B\u206C\u206D\u206E\u206F\uFE0E\uFE0F\uFEFF',
        '');
comment on function lumbung.visible(text) is
    'A text without the characters that nobody sees, which hyphenation and copy protection write inside words.';

create or replace function lumbung.fill_search() returns trigger
    language plpgsql
    as $$
begin
    new.search :=
        setweight(to_tsvector('indonesian', left(lumbung.visible(new.headline), 1000)), 'A')
        || setweight(
            to_tsvector('indonesian', lumbung.searched_part(lumbung.visible(lumbung.join_paragraphs(new.paragraphs)))), 'B');
    return new;
end
$$;

update lumbung.article
set headline = headline
where octet_length(headline) + octet_length(lumbung.join_paragraphs(paragraphs))
    <> octet_length(lumbung.visible(headline)) + octet_length(lumbung.visible(lumbung.join_paragraphs(paragraphs)));
