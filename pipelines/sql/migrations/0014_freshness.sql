-- How fresh a publisher is, with published and added told apart; what one crawl has stored, found without reading all.

-- Rows of both tables lie in the order of their crawls: block ranges are enough, and cost a load next to nothing.
create index article_crawl on lumbung.article using brin (crawl_id) with (autosummarize = on);
create index rejection_crawl on lumbung.rejection using brin (crawl_id) with (autosummarize = on);

create or replace view news.freshness as
select
    c.publisher,
    max(c.started_at) as last_crawl_at,
    a.newest_published_at,
    a.newest_stored_at,
    coalesce(a.articles, 0) as articles,
    coalesce(a.articles_last_day, 0) as articles_last_day,
    (select count(*) from lumbung.page p where p.publisher = c.publisher and p.state = 'due') as pages_due,
    coalesce(a.published_last_day, 0) as published_last_day,
    coalesce(a.undated, 0) as undated
from lumbung.crawl c
left join (
    select
        publisher, max(published_at) as newest_published_at, max(first_fetched_at) as newest_stored_at,
        count(*) as articles, count(*) filter (where first_fetched_at > now() - interval '1 day') as articles_last_day,
        count(*) filter (where published_at > now() - interval '1 day' and published_at <= now()) as published_last_day,
        count(*) filter (where published_at is null) as undated
    from lumbung.article
    group by publisher) a using (publisher)
group by
    c.publisher, a.newest_published_at, a.newest_stored_at, a.articles, a.articles_last_day, a.published_last_day,
    a.undated;

comment on column news.freshness.newest_published_at is
    'Time of publication of the publisher''s latest article, by the publisher''s word; NULL where no article states one.';
comment on column news.freshness.newest_stored_at is
    'When an article of the publisher was last added here, whenever it was published.';
comment on column news.freshness.articles_last_day is
    'Articles added here in the last 24 hours, whenever they were published: a backfill counts.';
comment on column news.freshness.published_last_day is
    'Articles published in the last 24 hours by the publisher''s word, whenever they were added here.';
comment on column news.freshness.undated is 'Articles that state no time of publication.';
