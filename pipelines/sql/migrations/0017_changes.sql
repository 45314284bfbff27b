-- A feed of changes without gaps: whoever has read all of it up to N never finds a change <= N later.
--
-- Numbers are drawn at the end of each writing transaction, under a lock that is kept until its commit is visible. The other
-- way, numbers drawn at once and a horizon of pg_snapshot_xmin over xid8, needs no lock, but the horizon stands still for
-- as long as any transaction of any database of the server writes (a batch of deduplication takes minutes, Airflow lives on the
-- same server), every consumer has to ask for it in the right order, and marks mean nothing after dump and restore.
-- What the lock costs: the tail is one statement over the transaction's changes and the flush of its commit. Eight writers
-- share a disk's flushes anyway; a batch of fifty articles holds the lock for about two milliseconds, some 25,000 articles a
-- second. Only a huge batch of deduplication holds others up, by about a second for 100,000 regrouped articles.
-- The lock is that of an empty table and no advisory one: a reader can take those. It is taken when all else is done, so
-- nobody who holds it waits for anybody: no deadlock.
-- Triggers find the changes, not the writers: an UPDATE by hand, a cascade, a TRUNCATE, a column that a later migration adds
-- are in the feed without a word. They are statement triggers, which compare whole rows and cost one insert a statement.

create table lumbung.change (
    change_id bigint generated always as identity primary key,
    article_id bigint not null,
    what text not null,
    changed_at timestamptz not null
);
comment on table lumbung.change is 'What readers saw change, in the order of commits. No foreign key: what is deleted stays here as a tombstone.';
create index change_time on lumbung.change using brin (changed_at) with (autosummarize = on);

create table lumbung.shown (
    article_id bigint primary key,
    change_id bigint not null unique,
    cluster_id bigint,
    canonical boolean not null default true,
    canonical_article_id bigint,
    copies int not null default 0
);
comment on table lumbung.shown is
    'Of each article that ever was its last change, and its place in a story as readers see it: cluster_member as of that change.';
comment on column lumbung.shown.copies is 'Of a canonical article: how many others repeat it. 0 for these others.';
create index shown_copies on lumbung.shown (canonical_article_id) where not canonical;

-- Empty but inside of transactions, so nothing is lost with it in a crash.
create unlogged table lumbung.change_due (
    article_id bigint not null,
    what text not null,
    opens boolean not null
);
comment on table lumbung.change_due is 'Changes of transactions that have not come to their end.';
comment on column lumbung.change_due.opens is 'The first row of a statement: it calls for the end of the transaction.';

create table lumbung.change_turn ();
comment on table lumbung.change_turn is 'Has no rows: whoever holds its lock numbers changes.';

create function lumbung.note_articles() returns trigger
    language plpgsql
    as $$
begin
    if tg_op = 'INSERT' then
        insert into lumbung.change_due (article_id, what, opens)
        select article_id, 'new', row_number() over () = 1 from new_rows;
    elsif tg_op = 'UPDATE' then
        insert into lumbung.change_due (article_id, what, opens)
        select n.article_id, w.what, row_number() over () = 1
        from new_rows n
        join old_rows o using (article_id)
        cross join lateral (values
            ('revised', n.text_hash <> o.text_hash),
            ('gone', n.gone_at is not null and o.gone_at is null),
            ('back', n.gone_at is null and o.gone_at is not null),
            ('fields', n.text_hash = o.text_hash and (n.gone_at is null) = (o.gone_at is null))
        ) as w (what, so)
        where n.* *<> o.* and w.so;
    elsif tg_op = 'DELETE' then
        insert into lumbung.change_due (article_id, what, opens)
        select article_id, 'deleted', row_number() over () = 1 from old_rows;
    else
        insert into lumbung.change_due (article_id, what, opens)
        select article_id, 'deleted', row_number() over () = 1 from lumbung.article;
    end if;
    return null;
end
$$;
create trigger note_new after insert on lumbung.article
    referencing new table as new_rows for each statement execute function lumbung.note_articles();
create trigger note_changed after update on lumbung.article
    referencing old table as old_rows new table as new_rows for each statement execute function lumbung.note_articles();
create trigger note_deleted after delete on lumbung.article
    referencing old table as old_rows for each statement execute function lumbung.note_articles();
create trigger note_emptied before truncate on lumbung.article
    for each statement execute function lumbung.note_articles();

create function lumbung.note_clusters() returns trigger
    language plpgsql
    as $$
begin
    if tg_op in ('INSERT', 'UPDATE') then
        insert into lumbung.change_due (article_id, what, opens)
        select article_id, 'cluster', row_number() over () = 1 from new_rows;
    elsif tg_op = 'DELETE' then
        insert into lumbung.change_due (article_id, what, opens)
        select article_id, 'cluster', row_number() over () = 1 from old_rows;
    else
        insert into lumbung.change_due (article_id, what, opens)
        select article_id, 'cluster', row_number() over () = 1 from lumbung.cluster_member;
    end if;
    return null;
end
$$;
create trigger note_joined after insert on lumbung.cluster_member
    referencing new table as new_rows for each statement execute function lumbung.note_clusters();
create trigger note_moved after update on lumbung.cluster_member
    referencing new table as new_rows for each statement execute function lumbung.note_clusters();
create trigger note_left after delete on lumbung.cluster_member
    referencing old table as old_rows for each statement execute function lumbung.note_clusters();
create trigger note_emptied before truncate on lumbung.cluster_member
    for each statement execute function lumbung.note_clusters();

create function lumbung.number_changes() returns trigger
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
        select article_id, 'deleted' from ended
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
comment on function lumbung.number_changes() is
    'The end of a transaction: its changes get the next numbers, in a turn that lasts until its commit is visible.';
create constraint trigger number_changes after insert on lumbung.change_due
    deferrable initially deferred for each row when (new.opens) execute function lumbung.number_changes();

insert into lumbung.change (article_id, what, changed_at)
select article_id, 'new', now() from lumbung.article order by article_id;

insert into lumbung.shown (article_id, change_id, cluster_id, canonical, canonical_article_id, copies)
select c.article_id, c.change_id, m.cluster_id, coalesce(m.canonical, true), g.article_id,
    case when m.canonical then g.copies else 0 end
from lumbung.change c
left join lumbung.cluster_member m using (article_id)
left join (
    select cluster_id, min(article_id) filter (where canonical) as article_id, count(*) - 1 as copies
    from lumbung.cluster_member
    group by cluster_id) g using (cluster_id);

create or replace view news.all_articles as
select
    a.article_id, a.publisher, a.headline, a.published_at, a.section, a.authors, a.dateline, a.byline, a.url,
    a.canonical_url, a.breadcrumb, a.modified_at, a.language, a.tags, a.image_url, a.paywalled, a.reads, a.paragraphs,
    lumbung.join_paragraphs(a.paragraphs) as text, a.fetched_at, a.first_fetched_at, s.cluster_id,
    coalesce(s.canonical, true) as canonical, a.search, a.declared_url, a.dateline_place, a.dateline_brand, a.repaired,
    a.gone_at, s.change_id as changed_id, coalesce(s.canonical_article_id, a.article_id) as canonical_article_id,
    coalesce(s.copies, 0) as copies
from lumbung.article a
left join lumbung.shown s using (article_id);

create or replace view news.articles as
select
    article_id, publisher, headline, published_at, section, authors, dateline, byline, url, canonical_url, breadcrumb,
    modified_at, language, tags, image_url, paywalled, reads, paragraphs, text, fetched_at, first_fetched_at, cluster_id,
    search, declared_url, dateline_place, dateline_brand, repaired, gone_at, changed_id, copies
from news.all_articles
where canonical;

create view news.changes as
select c.change_id, c.article_id, c.what, c.changed_at, s.change_id is not null as latest
from lumbung.change c
left join lumbung.shown s on s.change_id = c.change_id;

comment on column news.all_articles.changed_id is
    'Number of the last change of what is seen of the article, in news.changes; rises with every change, in the order of commits.';
comment on column news.articles.changed_id is
    'Number of the last change of what is seen of the article, in news.changes; rises with every change, in the order of commits.';
comment on column news.all_articles.canonical_article_id is
    'The article that stands for its story: its own number where it stands for itself.';
comment on column news.all_articles.copies is 'How many other articles repeat it; 0 for those that do.';
comment on column news.articles.copies is 'How many other articles repeat it.';
comment on view news.changes is
    'Each change of what is seen of an article, in the order of commits and without gaps: who has read all up to N never finds one <= N later. Rows are never changed or deleted.';
comment on column news.changes.change_id is 'Rises in the order of commits; numbers may be left out.';
comment on column news.changes.article_id is 'The article, which may be gone from news.all_articles.';
comment on column news.changes.what is
    'new, revised (the text), fields (anything else), cluster (another story, canonical article or number of copies), gone or back (the publisher''s page), deleted, taken_down.';
comment on column news.changes.changed_at is 'When it was committed, by the clock of the server.';
comment on column news.changes.latest is 'Whether it is the article''s last change so far: a copy needs no others.';
