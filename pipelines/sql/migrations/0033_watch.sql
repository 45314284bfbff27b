-- The watch asks for the announcements of many publishers in one process. It has the turn of a domain under a number of
-- the ledger's sequence and a crawl's advisory lock, and no row in the ledger: that has one where there is something to tell.

alter table lumbung.turn drop constraint turn_crawl_id_fkey;
comment on column lumbung.turn.crawl_id is
    'The crawl, or a round of the watch, which has a number and its lock as a crawl has, and no row in the ledger.';

alter table lumbung.publisher add column woken_at timestamptz;
comment on column lumbung.publisher.woken_at is
    'When the watch last asked for a crawl; NULL: never. It asks again once that has begun, or after a quarter of an hour.';
