-- Every client reads `select *` of every view: the search column is text to them, and full-text search as before.
--
-- polars' default engine, connectorx, gives up a whole result for one column of a type that it does not know, such as
-- tsvector. A domain over text goes over the wire as text; the operator @@ for it is a plain expression to the planner,
-- which finds the index below. Operators are found by the search path: one stands in public for those who never set
-- theirs, one in news for those who set it to news. Without either, Postgres' own `text @@ tsquery` would read all rows.

create domain news.searchable as text;
comment on domain news.searchable is
    'A text search vector that every client can read; search::tsvector is what ts_rank and its like take.';

-- Not a plain cast: reading a vector from text costs a third of a millisecond, and the planner would take it for nothing
-- and walk through articles instead of asking the index.
create function lumbung.vector_of(searched text) returns tsvector
    language plpgsql immutable strict parallel safe cost 10000
    as $$
begin
    return searched::tsvector;
end
$$;
comment on function lumbung.vector_of(text) is 'The text search vector that a text spells, at its price.';

create function lumbung.matches(searched news.searchable, query tsquery) returns boolean
    language sql immutable parallel safe
    return lumbung.vector_of(searched::text) @@ query;
comment on function lumbung.matches(news.searchable, tsquery) is
    'Whether a search column has what is asked for: the operator @@';

-- `search @@ 'banjir'`: a literal without a type is taken for what stands on the other side.
create function lumbung.matches(searched news.searchable, query news.searchable) returns boolean
    language sql immutable parallel safe
    return lumbung.vector_of(searched::text) @@ query::text::tsquery;
comment on function lumbung.matches(news.searchable, news.searchable) is
    'The same for a query in quotes, as in search @@ ''banjir & jakarta''.';

create operator news.@@ (leftarg = news.searchable, rightarg = tsquery, function = lumbung.matches);
create operator news.@@ (leftarg = news.searchable, rightarg = news.searchable, function = lumbung.matches);
create operator public.@@ (leftarg = news.searchable, rightarg = tsquery, function = lumbung.matches);
create operator public.@@ (leftarg = news.searchable, rightarg = news.searchable, function = lumbung.matches);

drop index lumbung.article_search;
create index article_search on lumbung.article using gin (lumbung.vector_of(search::text));

create or replace function news.search(words text) returns table (article_id bigint, rank real, snippet text)
    language sql stable parallel safe
begin atomic
    select
        s.article_id,
        ts_rank(s.search, q.query, 1),
        ts_headline(
            'indonesian', array_to_string(s.paragraphs, E'\n\n'),
            q.query || websearch_to_tsquery('indonesian', lumbung.visible(words)),
            'StartSel=«, StopSel=», MaxFragments=2, MinWords=8, MaxWords=20, FragmentDelimiter=" … "')
    from (select lumbung.folded_query(words) as query) q
    cross join lumbung.searched s
    where lumbung.vector_of(s.search::text) @@ q.query;
end;

create or replace function news.search_count(words text, most int default 1000) returns int
    language sql stable parallel safe
begin atomic
    select count(*)::int
    from (
        select 1
        from (select lumbung.folded_query(words) as query) q
        cross join lumbung.searched s
        where lumbung.vector_of(s.search::text) @@ q.query
        limit most) found;
end;

-- A view's column changes its type only with the view. Views of analysts that read the old one keep it, under a name in
-- schema lumbung, and go on as they were until they are made anew.
do $$
declare
    name text;
    made text[] := '{}';
    said text[];
    readers text[];
begin
    select
        array_agg(pg_get_functiondef(f.oid))
    into readers
    from pg_proc f
    where f.pronamespace = 'news'::regnamespace and exists (
        select from pg_depend d
        where d.classid = 'pg_proc'::regclass and d.objid = f.oid
            and d.refobjid in ('news.articles'::regclass, 'news.all_articles'::regclass));
    select
        readers || array_agg(format('create or replace view %s as %s', r.ev_class::regclass, pg_get_viewdef(r.ev_class)))
    into readers
    from pg_rewrite r
    join pg_class v on v.oid = r.ev_class and v.relnamespace = 'news'::regnamespace
    where exists (
        select from pg_depend d
        where d.classid = 'pg_rewrite'::regclass and d.objid = r.oid and d.refobjid <> r.ev_class
            and d.refobjid in ('news.articles'::regclass, 'news.all_articles'::regclass));
    foreach name in array array['articles', 'all_articles'] loop
        made := made || format('create view news.%I as %s', name, replace(
            pg_get_viewdef(format('news.%I', name)::regclass),
            ' a.search,', ' a.search::text::news.searchable as search,'));
        select
            array_agg(
                case objsubid
                    when 0 then format('comment on view news.%I is %L', name, description)
                    else format('comment on column news.%I.%I is %L', name, attname, description)
                end)
        into said
        from pg_description
        left join pg_attribute on attrelid = objoid and attnum = objsubid and objsubid > 0
        where classoid = 'pg_class'::regclass and objoid = format('news.%I', name)::regclass;
        made := made || said;
        execute format('alter view news.%I rename to %I', name, name || '_2');
        execute format('alter view news.%I set schema lumbung', name || '_2');
    end loop;
    foreach name in array made || readers loop
        execute name;
    end loop;
    foreach name in array array['articles_2', 'all_articles_2'] loop
        begin
            execute format('drop view lumbung.%I', name);
        exception when dependent_objects_still_exist then
            execute format(
                'comment on view lumbung.%I is %L', name,
                'As it was before version 3 of schema news: somebody''s view reads it. Once that is made anew, drop this one.');
        end;
    end loop;
end
$$;

comment on column news.all_articles.search is
    'What full-text search looks into: where search @@ websearch_to_tsquery(''indonesian'', ''banjir jakarta''); news.search says more. Text to clients, search::tsvector to ts_rank. E.g. ''banjir'':3. Since 1, text since 3.';
comment on column news.articles.search is
    'What full-text search looks into: where search @@ websearch_to_tsquery(''indonesian'', ''banjir jakarta''); news.search says more. Text to clients, search::tsvector to ts_rank. E.g. ''banjir'':3. Since 1, text since 3.';

create or replace view news.version as
select '3.0'::text as version, date '2026-11-29' as since;
comment on schema news is 'The harvest as people read it: version 3, see news.version. Views may gain columns at their end, and lose none.';
