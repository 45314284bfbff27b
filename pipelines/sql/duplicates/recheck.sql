-- What a re-check would change.

-- remember_clusters --
create temporary table clusters_before on commit drop as select article_id, cluster_id, canonical from lumbung.cluster_member

-- count_changes --
-- Clusters whose members part, clusters that take in others, and articles that news.articles would show or hide.
select
    (
        select count(distinct b.cluster_id)
        from clusters_before b
        left join lumbung.cluster_member m using (article_id)
        where exists (
            select
            from clusters_before other
            left join lumbung.cluster_member now on now.article_id = other.article_id
            where other.cluster_id = b.cluster_id and now.cluster_id is distinct from m.cluster_id
        ) or m.cluster_id is null
    ) as parting,
    (
        select count(distinct m.cluster_id)
        from lumbung.cluster_member m
        left join clusters_before b using (article_id)
        where exists (
            select
            from lumbung.cluster_member other
            left join clusters_before past on past.article_id = other.article_id
            where other.cluster_id = m.cluster_id and past.cluster_id is distinct from b.cluster_id
        ) or b.cluster_id is null
    ) as joining,
    (
        select count(*)
        from clusters_before b
        left join lumbung.cluster_member m using (article_id)
        where not b.canonical and coalesce(m.canonical, true)
    ) as shown,
    (
        select count(*)
        from lumbung.cluster_member m
        left join clusters_before b using (article_id)
        where not m.canonical and coalesce(b.canonical, true)
    ) as hidden

-- parting_articles --
-- Articles that would leave the cluster of an article, each with the one that stands for that cluster.
select b.article_id, c.article_id
from clusters_before b
join clusters_before c on c.cluster_id = b.cluster_id and c.canonical
left join lumbung.cluster_member m on m.article_id = b.article_id
left join lumbung.cluster_member n on n.article_id = c.article_id
where not b.canonical and (m.cluster_id is null or m.cluster_id is distinct from n.cluster_id)
order by b.article_id
limit %(examples)s

-- joining_articles --
-- Articles that would come into the cluster of an article, each with the one that would stand for it.
select m.article_id, c.article_id
from lumbung.cluster_member m
join lumbung.cluster_member c on c.cluster_id = m.cluster_id and c.canonical
left join clusters_before b on b.article_id = m.article_id
left join clusters_before d on d.article_id = c.article_id
where not m.canonical and (b.cluster_id is null or b.cluster_id is distinct from d.cluster_id)
order by m.article_id
limit %(examples)s
