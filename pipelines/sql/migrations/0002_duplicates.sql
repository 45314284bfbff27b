-- Near-duplicates: keys to find candidates, edges between verified pairs, clusters with one canonical article.

create table lumbung.fingerprint (
    article_id bigint primary key references lumbung.article on delete cascade,
    text_hash uuid not null,
    clean_hash uuid not null,
    words int not null,
    algorithm int not null
);
comment on table lumbung.fingerprint is 'Articles that deduplication has seen, with the text it saw; another text_hash than the article''s means: see it again.';
create index fingerprint_clean_hash on lumbung.fingerprint (clean_hash);

create table lumbung.fingerprint_key (
    key bigint not null,
    article_id bigint not null references lumbung.fingerprint on delete cascade,
    primary key (key, article_id)
);
create index fingerprint_key_article on lumbung.fingerprint_key (article_id);

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
