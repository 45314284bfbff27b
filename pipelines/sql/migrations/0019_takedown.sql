-- Takedowns: what must not be here any more and must not come back.

create table lumbung.takedown (
    takedown_id bigint generated always as identity primary key,
    article_id bigint unique,
    publisher text,
    canonical_url text not null,
    keys uuid[] not null,
    reason text not null check (reason <> ''),
    taken_down_at timestamptz not null default now(),
    taken_down_by text not null default session_user
);
comment on table lumbung.takedown is 'Articles and addresses that were taken down; never their text.';
comment on column lumbung.takedown.keys is 'url_key of every address it is known by: a page that turns out to be one of them is refused.';
create index takedown_keys on lumbung.takedown using gin (keys);

alter table lumbung.page
    drop constraint page_state_check,
    add constraint page_state_check check (state in ('due', 'leased', 'done', 'rejected', 'taken_down'));

create function lumbung.take_down(which bigint, reason text) returns bigint
    language plpgsql
    as $$
declare
    a record;
    number bigint;
begin
    -- Deduplication first: a batch of it could wait for this article. Then the page: a crawl that is storing it ends, one
    -- that has leased it finds its lease lost. `leave_cluster` asks for the same lock, which is ours already.
    lock table lumbung.deduplication_turn in exclusive mode;
    perform from lumbung.page p where p.page_id = (select page_id from lumbung.article where article_id = which) for update;
    select article_id, page_id, publisher, canonical_url, array_remove(array[
        lumbung.url_key(canonical_url), lumbung.url_key(declared_url), lumbung.url_key(url)], null) as keys
    into a
    from lumbung.article
    where article_id = which;
    if not found then
        raise exception 'no article has the number %', which using errcode = 'no_data_found';
    end if;
    insert into lumbung.takedown (article_id, publisher, canonical_url, keys, reason)
    values (a.article_id, a.publisher, a.canonical_url, a.keys, take_down.reason)
    returning takedown_id into number;
    update lumbung.crawl c set released = c.released + 1
    from lumbung.page p
    where p.page_id = a.page_id and p.state = 'leased' and c.crawl_id = p.leased_by;
    update lumbung.page
    set state = 'taken_down', leased_by = null, lease_until = null, look_at = null, etag = null, last_modified = null,
        last_error = null
    where page_id = a.page_id;
    delete from lumbung.rejection where page_id = a.page_id;
    delete from lumbung.held where page_id = a.page_id;
    delete from lumbung.kept_page where page_id = a.page_id;
    delete from lumbung.article where article_id = a.article_id;
    return number;
end
$$;
comment on function lumbung.take_down(bigint, text) is
    'Deletes an article with its revisions, reader counts and fingerprints, and keeps its addresses from coming back: select lumbung.take_down(4711, ''why''). For the owner; crawlers delete no articles.';

create function lumbung.is_taken_down(urls text[]) returns boolean
    language sql stable
begin atomic
    select exists (
        select from lumbung.takedown where keys && (select array_agg(lumbung.url_key(url)) from unnest(urls) as url));
end;
comment on function lumbung.is_taken_down(text[]) is 'Whether one of these addresses, canonical ones, belongs to something that was taken down.';

create or replace function lumbung.number_changes() returns trigger
    language plpgsql
    as $$
declare
    now_here timestamptz;
begin
    if not exists (select from lumbung.change_due) then
        return null; -- the row of another statement of this transaction has called for it
    end if;
    lock table lumbung.change_turn in exclusive mode;
    now_here := clock_timestamp();
    -- Uncommitted rows of others cannot be seen, committed ones there are none.
    with due as materialized (
        delete from lumbung.change_due returning article_id, what
    ), ended as (
        select article_id from due where what = 'deleted'
    ), touched as materialized (
        select distinct article_id from due where what = 'cluster'
    ), cluster as materialized (
        -- Those they are in now, and those they were in: of these the others may have another canonical one.
        select m.cluster_id from touched join lumbung.cluster_member m using (article_id)
        union
        select s.cluster_id from touched join lumbung.shown s using (article_id) where s.cluster_id is not null
    ), grouped as materialized (
        select cluster_id, min(article_id) filter (where canonical) as canonical_article_id, count(*) - 1 as copies
        from lumbung.cluster_member
        where cluster_id in (select cluster_id from cluster)
        group by cluster_id
    ), placed as (
        select article_id, m.cluster_id, coalesce(m.canonical, true) as canonical, g.canonical_article_id,
            case when m.canonical then g.copies else 0 end as copies
        from (
            select article_id from touched
            union
            select article_id from lumbung.cluster_member where cluster_id in (select cluster_id from cluster)
        ) affected
        left join lumbung.cluster_member m using (article_id)
        left join grouped g on g.cluster_id = m.cluster_id
        where article_id not in (select article_id from ended)
    ), moved as materialized (
        select p.*
        from placed p
        join lumbung.shown s using (article_id)
        where (p.cluster_id, p.canonical, p.canonical_article_id, p.copies)
            is distinct from (s.cluster_id, s.canonical, s.canonical_article_id, s.copies)
    ), told as (
        select article_id, what from due where what <> 'cluster' and article_id not in (select article_id from ended)
        union
        select article_id, 'cluster' from moved
        union
        select article_id, case when exists (select from lumbung.takedown t where t.article_id = ended.article_id)
            then 'taken_down' else 'deleted' end
        from ended
    ), numbered as (
        insert into lumbung.change (article_id, what, changed_at)
        select article_id, what, now_here
        from told
        order by article_id, what <> 'new', what
        returning article_id, change_id
    ), last as (
        select article_id, max(change_id) as change_id from numbered group by article_id
    )
    insert into lumbung.shown as s (article_id, change_id, cluster_id, canonical, canonical_article_id, copies)
    select article_id, l.change_id,
        case when m.article_id is null then past.cluster_id else m.cluster_id end,
        coalesce(m.canonical, past.canonical, true),
        case when m.article_id is null then past.canonical_article_id else m.canonical_article_id end,
        coalesce(m.copies, past.copies, 0)
    from last l
    left join moved m using (article_id)
    left join lumbung.shown past using (article_id)
    on conflict (article_id) do update
    set change_id = excluded.change_id, cluster_id = excluded.cluster_id, canonical = excluded.canonical,
        canonical_article_id = excluded.canonical_article_id, copies = excluded.copies;
    if found then
        perform pg_notify('lumbung_changes', '');
    end if;
    return null;
end
$$;

create view news.takedowns as
select article_id, publisher, canonical_url, reason, taken_down_at, taken_down_by
from lumbung.takedown;


create or replace view news.coverage as
select
    p.publisher,
    (coalesce(
        a.published_at,
        case when p.announced_until is null or p.announced_until < p.announced_at + interval '1 day' then p.announced_at end
    ) at time zone coalesce(z.timezone, 'UTC'))::date as day,
    count(*) as announced,
    count(*) filter (where a.page_id is not null) as stored,
    count(*) filter (where a.page_id is null and p.state in ('rejected', 'taken_down')) as rejected,
    count(*) filter (where a.page_id is null and p.state in ('due', 'leased', 'done') and p.failures > 0) as failed,
    count(*) filter (where a.page_id is null and p.state in ('due', 'leased', 'done') and p.failures = 0) as due
from lumbung.page p
left join lumbung.article a using (page_id)
left join lumbung.publisher z on z.publisher = p.publisher
group by 1, 2;

comment on view news.takedowns is 'What was taken down, without its text, and why.';
comment on column news.takedowns.article_id is 'Number that the article had; NULL where the address was shut out before it was stored.';
comment on column news.takedowns.publisher is 'Key of its publisher; NULL as above.';
comment on column news.takedowns.canonical_url is 'Its address.';
comment on column news.takedowns.reason is 'Why, in the words of whoever did it.';
comment on column news.takedowns.taken_down_at is 'When.';
comment on column news.takedowns.taken_down_by is 'Login that did it.';
