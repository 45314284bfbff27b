-- Readers cannot stop the harvest. What takes turns does so by the locks of tables that no reader reaches: an advisory lock
-- can be taken by everybody. And whoever works next ends the transactions of readers that have lifted their limits.

create table lumbung.deduplication_turn ();
comment on table lumbung.deduplication_turn is 'Has no rows: whoever holds its lock works on duplicates.';
create table lumbung.schema_turn ();
comment on table lumbung.schema_turn is 'Has no rows: a long transaction shares its lock, a migration holds it alone.';

create or replace function lumbung.leave_cluster() returns trigger
    language plpgsql
    as $$
begin
    -- A batch of deduplication is either finished or has not begun.
    lock table lumbung.deduplication_turn in exclusive mode;
    insert into lumbung.deduplication_due (article_id)
    select other.article_id
    from lumbung.cluster_member m
    join lumbung.cluster_member other using (cluster_id)
    where m.article_id = old.article_id and other.article_id <> old.article_id;
    delete from lumbung.cluster_member other
    using lumbung.cluster_member m
    where m.article_id = old.article_id and m.canonical and other.cluster_id = m.cluster_id;
    return old;
end
$$;

create function lumbung.end_long_readers(longest interval default '10 minutes') returns int
    language plpgsql security definer set search_path = pg_catalog
    as $$
declare
    session record;
    ended int := 0;
begin
    for session in
        select a.pid
        from pg_stat_activity a
        join pg_roles r on r.oid = a.usesysid
        where a.datname = current_database() and a.xact_start < clock_timestamp() - longest
            and not r.rolsuper and not r.rolcreaterole
            and exists (
                select
                from pg_auth_members m
                join pg_roles g on g.oid = m.roleid
                where m.member = r.oid and g.rolname = 'news_reader')
            and not exists (
                select
                from pg_auth_members m
                join pg_roles g on g.oid = m.roleid
                where m.member = r.oid and g.rolname = 'lumbung_crawler')
    loop
        begin
            ended := ended + pg_terminate_backend(session.pid)::int;
        exception when insufficient_privilege then
            null; -- a login that somebody else has made
        end;
    end loop;
    return ended;
end
$$;
comment on function lumbung.end_long_readers(interval) is
    'Ends sessions of readers whose transaction is older: a login may set its own limits, so they alone are none. Crawls, deduplication and migrations call it.';
