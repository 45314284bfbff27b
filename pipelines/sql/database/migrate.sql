-- What migrations need beside themselves.

-- create_migrations --
create table if not exists public.lumbung_migration (
    name text primary key,
    applied_at timestamptz not null default now()
)

-- in_the_way --
-- The session that has locked relations of ours for longest.
select a.pid, coalesce(nullif(a.application_name, ''), 'a program without a name'), a.usename
from pg_locks l
join pg_class c on c.oid = l.relation
join pg_stat_activity a on a.pid = l.pid
where l.granted and l.database = (select oid from pg_database where datname = current_database())
    and l.pid <> pg_backend_pid() and c.relnamespace::regnamespace::text in ('lumbung', 'news')
order by a.xact_start nulls last
limit 1
