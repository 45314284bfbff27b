-- Deduplication keeps which articles are alike and contradict each other: where several do, their form is
-- a template, and what was tolerated as a correction is the filling of a slot.

alter table lumbung.near_duplicate add column doubts int not null default 0;
comment on column lumbung.near_duplicate.doubts is
    'Places in which the two differ as instances of a template would. Such a pair holds until one of them is known to be an instance.';

create table lumbung.contradiction (
    article_a bigint not null references lumbung.fingerprint on delete cascade,
    article_b bigint not null references lumbung.fingerprint on delete cascade,
    primary key (article_a, article_b),
    check (article_a < article_b)
);
create index contradiction_b on lumbung.contradiction (article_b);
comment on table lumbung.contradiction is
    'Articles that are alike as copies are and say different things in the same places: instances of a template.';
comment on column lumbung.contradiction.article_a is 'The lower number of the two.';
comment on column lumbung.contradiction.article_b is 'The higher number of the two.';

comment on column news.duplicates.score is
    '0 to 1: for nearly the same text the share of the less covered one that the other has; where one text contains the other, nine tenths the share of the shorter one and one tenth how alike headlines and beginnings are.';
