-- What `lumbung duplicates explain` tells.

-- find_article --
-- By number, by URL as fetched, or by one of its identities; the number decides where both fit.
select article_id
from lumbung.article
where article_id::text = %(asked)s or url = %(asked)s
    or lumbung.url_key(coalesce(declared_url, canonical_url)) = lumbung.url_key(%(identity)s)
    or page_id = (select page_id from lumbung.page where url_key = lumbung.url_key(%(identity)s))
order by article_id::text = %(asked)s desc, article_id
limit 1

-- read_story --
-- The article and those of its cluster, the canonical one first.
select
    a.article_id, a.publisher, a.headline, a.paragraphs, a.published_at, a.gone_at, a.url, m.cluster_id, m.canonical,
    m.why, m.score, m.tied_to, m.rule,
    not exists (select from lumbung.deduplication_due d where d.article_id = a.article_id)
        and exists (select from lumbung.fingerprint f where f.article_id = a.article_id) as seen
from lumbung.article a
left join lumbung.cluster_member m using (article_id)
where a.article_id = %(article)s
    or m.cluster_id = (select cluster_id from lumbung.cluster_member where article_id = %(article)s)
order by m.canonical desc nulls last, a.published_at, a.article_id

-- read_article_pairs --
select article_a, article_b, why, score, rule, doubts
from lumbung.near_duplicate
where %(article)s in (article_a, article_b)
order by score desc, article_a, article_b

-- count_contradictions --
-- Articles that have the form of this one and contradict it.
select count(*) from lumbung.contradiction where %(article)s in (article_a, article_b)

-- nearest_articles --
-- Articles that share most keys with this one, other texts only.
select k.article_id, count(*) as shared
from lumbung.fingerprint f
cross join lateral unnest(f.keys) as own (key)
cross join lateral (
    select article_id
    from lumbung.fingerprint_key
    where key = own.key and article_id <> f.article_id
    order by abs(article_id - f.article_id)
    limit 128
) k
where f.article_id = %(article)s
group by 1
order by shared desc, abs(k.article_id - %(article)s), k.article_id
limit 3
