-- Who may do what. `lumbung migrate` brings this up to date each time, so that whatever a migration adds is covered.

-- missing_roles --
select wanted
from unnest(%(roles)s::text[]) as wanted
where not exists (select from pg_roles where rolname = wanted)
order by wanted

-- known_login --
-- Whether it is one of ours: whoever makes roles becomes a member of them, and must not be taken for a reader.
select
    not u.rolsuper and not u.rolcreaterole and u.rolcanlogin and u.rolname <> current_user
    and exists (
        select
        from pg_auth_members m
        join pg_roles g on g.oid = m.roleid
        where m.member = u.oid and g.rolname = %(role)s)
from pg_roles u
where u.rolname = %(name)s

-- owner_of_schema --
select nspowner::regrole::text from pg_namespace where nspname = %(name)s

-- temporary_tables_for --
do $$
begin
    execute format('grant temporary on database %%I to %%I', current_database(), %(name)s);
end
$$

-- owns_schemas --
select count(*) = 2 and bool_and(pg_has_role(nspowner, 'usage')) from pg_namespace where nspname in ('lumbung', 'news')

-- grant_reader --
grant usage on schema news to news_reader;
grant select on all tables in schema news to news_reader;
grant select on lumbung.searched to news_reader;
-- Where PUBLIC has lost that right. Of schema lumbung views and functions of news call them: by name a reader reaches none,
-- nor that view, for the schema is closed.
grant execute on all functions in schema lumbung, news to news_reader;
alter default privileges in schema news grant select on tables to news_reader

-- grant_crawler --
-- Rows, not tables: no DDL, no truncate. What the harvest consists of is changed or marked, never deleted.
grant usage on schema lumbung, news to lumbung_crawler;
grant select on all tables in schema news to lumbung_crawler;
grant select, insert, update, delete on all tables in schema lumbung to lumbung_crawler;
revoke delete on
    lumbung.article, lumbung.change, lumbung.crawl, lumbung.domain, lumbung.page, lumbung.poll, lumbung.publisher,
    lumbung.reads, lumbung.revision, lumbung.shown
    from lumbung_crawler;
revoke update on lumbung.change from lumbung_crawler;
revoke insert, update, delete on lumbung.takedown from lumbung_crawler;
grant usage, select on all sequences in schema lumbung to lumbung_crawler;
grant execute on all functions in schema lumbung, news to lumbung_crawler;
grant select on public.lumbung_migration to lumbung_crawler;
alter default privileges in schema news grant select on tables to lumbung_crawler;
alter default privileges in schema lumbung grant select, insert, update, delete on tables to lumbung_crawler;
alter default privileges in schema lumbung grant usage, select on sequences to lumbung_crawler

-- let_in --
-- Where PUBLIC has lost these rights. Batches travel through temporary tables.
do $$
begin
    if (select pg_has_role(datdba, 'usage') from pg_database where datname = current_database()) then
        execute format('grant connect on database %I to lumbung_crawler, news_reader', current_database());
        execute format('grant temporary on database %I to lumbung_crawler', current_database());
    end if;
end
$$

-- close_locks --
-- A crawl shows by an advisory lock that it lives. By default everybody may take any: only a superuser can change that.
do $$
declare
    lock regprocedure;
begin
    if (select rolsuper from pg_roles where rolname = current_user) then
        for lock in
            select oid from pg_proc where pronamespace = 'pg_catalog'::regnamespace and proname ~ '^pg_(try_)?advisory_'
        loop
            execute format('revoke execute on function %s from public', lock);
            execute format('grant execute on function %s to lumbung_crawler, %s', lock,
                (select nspowner::regrole::text from pg_namespace where nspname = 'lumbung'));
        end loop;
    end if;
end
$$

-- end_long_readers --
select lumbung.end_long_readers()

-- shut_out --
-- For a server of our own: PUBLIC may connect to every database and make temporary tables there.
do $$
begin
    execute format('revoke connect, temporary on database %I from public', current_database());
end
$$

-- changes_of_owner --
-- Statements after which a role owns the current database and what lies in its schema public.
select format('alter database %%I owner to %%I', current_database(), %(role)s)
union all
select format('alter %%s %%s owner to %%I', kind, name, %(role)s)
from (
    select case c.relkind when 'S' then 'sequence' else 'table' end, c.oid::regclass::text, c.relowner
    from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'S')
        and not exists (select from pg_depend d where c.relkind = 'S' and d.objid = c.oid and d.deptype in ('a', 'i'))
    union all
    select 'type', t.oid::regtype::text, t.typowner
    from pg_type t
    where t.typnamespace = 'public'::regnamespace and t.typtype = 'e'
) as owned (kind, name, owner)
where owner <> (select oid from pg_roles where rolname = %(role)s)
