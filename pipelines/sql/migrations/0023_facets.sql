-- Articles by author, tag and section from indexes, and how many have some words without counting all of them.

create index article_authors on lumbung.article using gin (authors);
create index article_tags on lumbung.article using gin (tags);
create index article_section on lumbung.article (section, published_at desc nulls last) where section is not null;

create function news.search_count(words text, most int default 1000) returns int
    language sql stable parallel safe
begin atomic
    select count(*)::int
    from (
        select 1
        from (select websearch_to_tsquery('indonesian', lumbung.visible(words)) as query) q
        cross join lumbung.searched s
        where s.search @@ q.query
        limit most) found;
end;
comment on function news.search_count(text, int) is
    'How many articles news.search finds; it stops counting at most, so that a page of results need not wait for a million. Since 2.1.';

comment on column news.all_articles.authors is
    'People named as authors; empty without any. Ask with authors @> ''{Siti Aminah}'', which an index answers. E.g. {Siti Aminah}. Since 1.';
comment on column news.articles.authors is
    'People named as authors; empty without any. Ask with authors @> ''{Siti Aminah}'', which an index answers. E.g. {Siti Aminah}. Since 1.';
comment on column news.all_articles.tags is
    'Tags as printed; empty without any. Ask with tags @> ''{beras}'', which an index answers. E.g. {beras,inflasi}. Since 1.';
comment on column news.articles.tags is
    'Tags as printed; empty without any. Ask with tags @> ''{beras}'', which an index answers. E.g. {beras,inflasi}. Since 1.';

create or replace view news.version as
select '2.1'::text as version, date '2026-11-28' as since;
