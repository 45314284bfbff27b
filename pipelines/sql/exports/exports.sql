-- Exports read the views of schema news and nothing else: a reader's login is enough.

-- export_snapshot --
-- All that an export reads after this is of one moment. Times come in UTC, whatever the login's zone is.
set transaction isolation level repeatable read, read only;
set local timezone = 'UTC';
select (select version from news.version), (select coalesce(max(change_id), 0) from news.changes)

-- articles_to_export --
-- Numbers only: a sort of whole articles would fill the server's disk. The day is that of the publisher's zone.
select
    a.article_id, a.publisher, to_char(a.published_at at time zone coalesce(p.timezone, 'UTC'), 'YYYY-MM') as month, count(*) over () as total
from news.all_articles a
left join news.publishers p using (publisher)
where (a.canonical or %(duplicates)s)
    and a.changed_id > %(after)s
    and (%(publishers)s::text[] is null or a.publisher = any (%(publishers)s))
    and (%(from_date)s::date is null or (a.published_at at time zone coalesce(p.timezone, 'UTC'))::date >= %(from_date)s::date)
    and (%(to_date)s::date is null or (a.published_at at time zone coalesce(p.timezone, 'UTC'))::date <= %(to_date)s::date)
order by
    case when %(by_month)s then a.publisher end collate "C",
    case when %(by_month)s then to_char(a.published_at at time zone coalesce(p.timezone, 'UTC'), 'YYYY-MM') end,
    a.article_id

-- articles_removed --
-- What an export up to the mark may hold and one of today would not. What came after the mark was in none.
select c.article_id, c.change_id, c.what, c.changed_at
from news.changes c
left join news.all_articles a using (article_id)
left join news.publishers p using (publisher)
where c.change_id > %(after)s and c.latest
    and (a.article_id is null or (
        (%(publishers)s::text[] is null or a.publisher = any (%(publishers)s))
        and not (
            (a.canonical or %(duplicates)s)
            and (%(from_date)s::date is null or (a.published_at at time zone coalesce(p.timezone, 'UTC'))::date >= %(from_date)s::date)
            and (%(to_date)s::date is null or (a.published_at at time zone coalesce(p.timezone, 'UTC'))::date <= %(to_date)s::date))
            is true))
    and c.article_id not in (select n.article_id from news.changes n where n.change_id > %(after)s and n.what = 'new')
order by c.change_id

-- columns_to_export --
select * from news.{view} limit 0

-- exported_articles --
select {columns} from news.{view} where article_id = any (%(numbers)s)

-- exported_publishers --
select publisher, name, home from news.publishers
