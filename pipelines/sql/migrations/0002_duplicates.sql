-- Near-duplicates: keys to find candidates, edges between verified pairs, clusters with one canonical article.

create table lumbung.fingerprint (
    article_id bigint primary key references lumbung.article on delete cascade,
    text_hash uuid not null,
    clean_hash uuid not null,
    words int not null,
    keys bigint[] not null,
    sampled int not null,
    algorithm int not null
);
comment on table lumbung.fingerprint is 'Articles that deduplication has seen, with the text it saw; another text_hash than the article''s means: see it again.';
create index fingerprint_clean_hash on lumbung.fingerprint (clean_hash);
create index fingerprint_seen on lumbung.fingerprint (article_id) include (text_hash, algorithm);

-- The keys once more, the other way round. No foreign key: checking it row by row would cost more than the insert, and
-- an index by article would be as large as the table. fingerprint.keys finds the rows instead.
create table lumbung.fingerprint_key (
    key bigint not null,
    article_id bigint not null,
    primary key (key, article_id)
);

create function lumbung.forget_keys() returns trigger
    language plpgsql
    as $$
begin
    delete from lumbung.fingerprint_key k
    using (select unnest(keys) as key, article_id from forgotten) f
    where k.key = f.key and k.article_id = f.article_id;
    return null;
end
$$;
create trigger forget_keys after delete on lumbung.fingerprint
    referencing old table as forgotten
    for each statement execute function lumbung.forget_keys();

create table lumbung.near_duplicate (
    article_a bigint not null references lumbung.fingerprint on delete cascade,
    article_b bigint not null references lumbung.fingerprint on delete cascade,
    why text not null,
    score real not null,
    primary key (article_a, article_b),
    check (article_a < article_b)
);
create index near_duplicate_b on lumbung.near_duplicate (article_b);

create table lumbung.cluster_member (
    article_id bigint primary key references lumbung.article on delete cascade,
    cluster_id bigint not null,
    canonical boolean not null,
    why text,
    score real
);
comment on table lumbung.cluster_member is 'Clusters of two or more articles; cluster_id is the lowest article_id in it. An article without a row is alone.';
create unique index cluster_canonical on lumbung.cluster_member (cluster_id) where canonical;
create index cluster_member_cluster on lumbung.cluster_member (cluster_id);
