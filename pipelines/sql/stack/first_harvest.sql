-- What `make up` shows of the harvest of the newspaper that ships.

-- newest_figures --
select entries, known, enqueued, leased, stored, updated, unchanged, rejected, failed
from lumbung.crawl
where publisher = %(publisher)s
order by crawl_id desc
limit 1

-- count_due_of_publisher --
-- Articles of one publisher that deduplication has not looked at as they are now.
select count(distinct article_id)
from lumbung.deduplication_due join lumbung.article using (article_id)
where publisher = %(publisher)s

-- count_stories --
select (select count(*) from news.articles), (select count(*) from news.duplicates)

-- newest_rows --
select to_char(published_at at time zone 'Asia/Jakarta', 'YYYY-MM-DD HH24:MI'), section, headline
from news.articles
order by published_at desc nulls last
limit 8
