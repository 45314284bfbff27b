-- Rules of deduplication change: what they would change of stored clusters is proposed and reported before it is final.

create table lumbung.cluster_proposed (
    article_id bigint primary key references lumbung.article on delete cascade,
    cluster_id bigint,
    canonical boolean,
    why text,
    score real,
    tied_to bigint,
    rule text
);
comment on table lumbung.cluster_proposed is
    'Rows that the rules of today give lumbung.cluster_member in place of those of an earlier algorithm, differences only. Final with the run after the report of lumbung.renewal. An article whose cluster_id is NULL will be alone.';

create table lumbung.renewal (
    renewal_id bigint generated always as identity primary key,
    algorithm int not null,
    begun_at timestamptz not null default now(),
    reported_at timestamptz,
    final_at timestamptz,
    looked_at int,
    parting int,
    joining int,
    shown int,
    hidden int
);
comment on table lumbung.renewal is 'Re-checks of all stored articles after a change of the rules, each with its report.';
comment on column lumbung.renewal.reported_at is 'When everything had been looked at and the report was written; the first run that begins after it makes the changes final.';
comment on column lumbung.renewal.final_at is 'When the proposed clusters took the place of the stored ones; NULL before that.';
comment on column lumbung.renewal.looked_at is 'Articles seen by these rules.';
comment on column lumbung.renewal.parting is 'Clusters that lose members.';
comment on column lumbung.renewal.joining is 'Clusters that gain members.';
comment on column lumbung.renewal.shown is 'Articles that news.articles shows and did not show before.';
comment on column lumbung.renewal.hidden is 'Articles that news.articles does not show any more.';
create unique index renewal_open on lumbung.renewal ((true)) where final_at is null;

create table lumbung.renewal_example (
    renewal_id bigint not null references lumbung.renewal on delete cascade,
    change text not null check (change in ('parts', 'joins')),
    article_id bigint not null,
    headline text not null,
    other_id bigint not null,
    other_headline text not null,
    reason text not null,
    primary key (renewal_id, change, article_id)
);
comment on table lumbung.renewal_example is 'Up to twenty articles of each kind that part from the canonical article of their cluster, or join one, and why.';

create index cluster_proposed_cluster on lumbung.cluster_proposed (cluster_id);

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
    where m.article_id = old.article_id and other.article_id <> old.article_id
    union
    select other.article_id
    from lumbung.cluster_proposed other
    where other.article_id <> old.article_id and other.cluster_id = coalesce(
        (select cluster_id from lumbung.cluster_proposed where article_id = old.article_id),
        (select cluster_id from lumbung.cluster_member where article_id = old.article_id));
    delete from lumbung.cluster_member other
    using lumbung.cluster_member m
    where m.article_id = old.article_id and m.canonical and other.cluster_id = m.cluster_id;
    return old;
end
$$;
