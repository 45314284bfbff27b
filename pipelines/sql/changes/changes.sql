-- The feed as `lumbung follow` reads it, with a reader's rights.

-- last_change --
select coalesce(max(change_id), 0) from news.changes

-- changes_above --
-- An article that is no longer there gives NULL.
select
    c.change_id, c.article_id, c.what, c.changed_at,
    a.publisher, a.headline, a.published_at, a.canonical_url, a.canonical_article_id, a.gone_at
from news.changes c
left join news.all_articles a using (article_id)
where c.change_id > %(mark)s
order by c.change_id
limit %(most)s

-- whole_changes_above --
select c.change_id, c.article_id, c.what, c.changed_at, to_jsonb(a) as article
from news.changes c
left join news.all_articles a using (article_id)
where c.change_id > %(mark)s
order by c.change_id
limit %(most)s
