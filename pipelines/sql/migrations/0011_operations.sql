-- What tells a program whose connection broke during a commit whether that commit arrived.

create table lumbung.operation (
    session uuid primary key,
    number bigint not null,
    answers jsonb not null,
    at timestamptz not null default now()
);
comment on table lumbung.operation is
    'The last operation of each crawl or run of deduplication, written by the transactions that carry it out. Rows older than a day are deleted.';
comment on column lumbung.operation.session is 'Drawn at random by each program that works with the database.';
comment on column lumbung.operation.number is 'Operations of a session are numbered; repetitions of one have the same number.';
comment on column lumbung.operation.answers is 'What each committed transaction of the operation returned, by its name.';
comment on column lumbung.operation.at is 'When the last of them began.';
