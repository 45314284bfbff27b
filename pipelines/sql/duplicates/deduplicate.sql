-- lock_duplicates --
-- Batches of all processes take turns: each sees the whole work of the one before.
lock table lumbung.deduplication_turn in exclusive mode

-- plan_batches --
-- The planner takes `find_candidates` for dear enough to be compiled, which would take longer than the statement.
set local jit = off

-- keys_in_order --
-- A key's articles are read in the order of the index: where the table has no statistics yet, the planner takes a bitmap and
-- sorts, for each of thousands of keys.
set local enable_bitmapscan = off

-- keys_in_any_order --
set local enable_bitmapscan to default

-- count_due --
select
    (select count(*) from (select distinct article_id from lumbung.deduplication_due) due)
    + (select count(*) from lumbung.fingerprint where algorithm < %(algorithm)s)

-- look_again --
-- Every article, or those of one publisher.
insert into lumbung.deduplication_due (article_id)
select article_id
from lumbung.article
where %(publisher)s::text is null or publisher = %(publisher)s
order by article_id

-- take_due --
-- The next articles, by number, that are new, changed or taken down. They are struck off before their texts are read: a
-- text that changes in between is listed again.
with taken as materialized (
    select distinct article_id from lumbung.deduplication_due order by article_id limit %(batch)s
),
struck as (
    delete from lumbung.deduplication_due d using taken t where d.article_id = t.article_id
)
select article_id from taken

-- take_outdated --
-- The next articles with a fingerprint of an earlier algorithm.
select article_id
from lumbung.fingerprint
where algorithm < %(algorithm)s
order by algorithm, article_id
limit %(batch)s

-- outdated_pairs --
-- Pairs of these articles with others whose fingerprint is of an earlier algorithm, and with those that had the same text
-- (the next few of them by number). The keys of two algorithms may have nothing in common: these pairs hold until the
-- others are seen again.
select n.article_a, n.article_b, n.why, n.score, n.rule, n.doubts
from lumbung.near_duplicate n
join lumbung.fingerprint other on other.article_id = any(array[n.article_a, n.article_b]) and other.algorithm < %(algorithm)s
where (n.article_a = any(%(articles)s)) <> (n.article_b = any(%(articles)s)) and not other.article_id = any(%(articles)s)
union
select f.article_id, twin.article_id, 'same text', 1, 'equal after cleaning', 0
from lumbung.fingerprint f
cross join lateral (
    select o.article_id
    from lumbung.fingerprint o
    where o.clean_hash = f.clean_hash and o.article_id > f.article_id and o.algorithm < %(algorithm)s
        and not o.article_id = any(%(articles)s)
    order by o.article_id
    limit %(hot)s
) twin
where f.article_id = any(%(articles)s)

-- article_versions --
-- Any update of a row gives it another xmin: what was read of this version is still true.
select article_id, xmin::text from lumbung.article where article_id = any(%(articles)s)

-- read_articles --
select article_id, xmin::text, text_hash::text, publisher, headline, paragraphs, published_at, canonical_url
from lumbung.article
where article_id = any(%(articles)s)

-- forget_fingerprints --
-- Revised articles lose keys and pairs. Returns what they were tied to: those may belong to other clusters now.
with revised as (
    delete from lumbung.fingerprint where article_id = any(%(articles)s) returning article_id, clean_hash
)
select f.article_id
from revised r
join lumbung.fingerprint f on f.clean_hash = r.clean_hash
union
select n.article_b from revised r join lumbung.near_duplicate n on n.article_a = r.article_id
union
select n.article_a from revised r join lumbung.near_duplicate n on n.article_b = r.article_id
union
select c.article_b from revised r join lumbung.contradiction c on c.article_a = r.article_id
union
select c.article_a from revised r join lumbung.contradiction c on c.article_b = r.article_id
union
select article_id from revised

-- insert_keys --
insert into lumbung.fingerprint_key (key, article_id)
select unnest(keys), article_id
from lumbung.fingerprint
where article_id = any(%(articles)s)
order by 1, 2

-- find_candidates --
-- Pairs of articles that share enough keys and not the whole text. A key that many articles share (a standing phrase)
-- says little: each article meets only the %(hot)s nearest on either side of it, by number, and those that share nothing
-- but one key only where they are among the %(alone)s nearest. Distances are the same from both sides, so for articles
-- seen in the order of their numbers the pairs are the same whatever the batches. One seen out of order, after a
-- revision, can have met more articles of a hot key than it would have met in order, never fewer: results can differ by
-- pairs past the cap, each of them verified on its text, and `look_again` at everything takes them away.
-- Articles of the batch meet each other from below; it is looked above only when there is something else. What is asked
-- of the articles met is read once for each of them: an instance of a template is met by many.
with own as materialized (
    select article_id, clean_hash, sampled, keys from lumbung.fingerprint where article_id = any(%(articles)s)
),
met as (
    select p.article_id as mine, near.article_id as other, count(*) as shared
    from (select article_id, unnest(keys) as key from own) p
    cross join lateral (
        select below.article_id, row_number() over (order by below.article_id desc) as distance
        from (
            select k.article_id
            from lumbung.fingerprint_key k
            where k.key = p.key and k.article_id < p.article_id
            order by k.article_id desc
            limit %(hot)s
        ) below
        union all
        select above.article_id, row_number() over (order by above.article_id)
        from (
            select k.article_id
            from lumbung.fingerprint_key k
            where k.key = p.key and k.article_id > p.article_id
                and (select exists (
                    select
                    from lumbung.fingerprint f
                    where f.article_id > (select min(own.article_id) from own) and not f.article_id = any(%(articles)s)))
            order by k.article_id
            limit %(hot)s
        ) above
    ) near
    group by 1, 2
    having count(*) > 1 or min(near.distance) <= %(alone)s
),
their as materialized (
    select article_id, clean_hash, sampled
    from lumbung.fingerprint
    where article_id = any(array(select distinct met.other from met))
)
select distinct least(met.mine, met.other) as a, greatest(met.mine, met.other) as b
from met
join own on own.article_id = met.mine
join their on their.article_id = met.other
where own.clean_hash <> their.clean_hash and met.shared >= %(least)s * least(own.sampled, their.sampled)
order by a, b

-- doubted --
-- Of these articles, those that have a pair with doubts: what is newly known of a template can part them.
select article_a from lumbung.near_duplicate where article_a = any(%(articles)s) and doubts > 0
union
select article_b from lumbung.near_duplicate where article_b = any(%(articles)s) and doubts > 0

-- pair_addresses --
-- Articles announced under different URLs that are one by a redirect or by what the page declares, whatever their texts:
-- one of them may have been fetched before a revision.
insert into lumbung.near_duplicate (article_a, article_b, why, score, rule)
select distinct least(a.article_id, other.article_id), greatest(a.article_id, other.article_id), 'same address', 1, 'same address'
from lumbung.article a
join lumbung.article other
    on lumbung.url_key(coalesce(other.declared_url, other.canonical_url)) = lumbung.url_key(coalesce(a.declared_url, a.canonical_url))
    and other.article_id <> a.article_id
join lumbung.fingerprint seen on seen.article_id = other.article_id
where a.article_id = any(%(articles)s)
on conflict (article_a, article_b)
do update set why = excluded.why, score = excluded.score, rule = excluded.rule, doubts = excluded.doubts

-- read_texts --
select article_id, publisher, headline, paragraphs, published_at, canonical_url from lumbung.article where article_id = any(%(articles)s)

-- read_components --
-- Everything that pairs or equal texts connect with the given articles. It walks from text to text: a text printed a
-- thousand times is visited once. "offset 0" makes each step a look-up by index: the planner cannot know how few
-- steps there are and would hash whole tables.
with recursive reached (clean_hash) as (
    select clean_hash from lumbung.fingerprint where article_id = any(%(articles)s)
    union
    select tied.clean_hash
    from reached r
    cross join lateral (
        select other.clean_hash
        from lumbung.fingerprint f
        cross join lateral (
            select n.article_b as article_id from lumbung.near_duplicate n where n.article_a = f.article_id
            union all
            select n.article_a from lumbung.near_duplicate n where n.article_b = f.article_id
        ) pair
        join lumbung.fingerprint other on other.article_id = pair.article_id
        where f.clean_hash = r.clean_hash
        offset 0
    ) tied
)
select node.article_id, reached.clean_hash::text, node.words, node.published_at, node.gone, node.template
from reached
cross join lateral (
    select
        f.article_id, f.words, a.published_at, a.gone_at is not null as gone,
        ( -- whether it may be an instance of a template
            select count(*) >= %(fillings)s
            from (
                select from lumbung.contradiction c where c.article_a = f.article_id
                union all
                select from lumbung.contradiction c where c.article_b = f.article_id
                limit %(fillings)s
            ) filled
        ) as template
    from lumbung.fingerprint f
    join lumbung.article a using (article_id)
    where f.clean_hash = reached.clean_hash
    offset 0
) node

-- contradicting_texts --
-- Of each of these articles, the texts that contradict it.
select c.mine, f.clean_hash::text
from unnest(%(articles)s::bigint[]) as asked (article_id)
cross join lateral (
    select article_a as mine, article_b as other from lumbung.contradiction where article_a = asked.article_id
    union all
    select article_b, article_a from lumbung.contradiction where article_b = asked.article_id
) c
cross join lateral (select clean_hash from lumbung.fingerprint where article_id = c.other offset 0) f

-- read_pairs --
select article_a, article_b, why, score, rule, doubts from lumbung.near_duplicate where article_a = any(%(articles)s)

-- delete_changed_members --
-- Deleted and inserted rather than updated: a cluster has one canonical article at every moment, and an update that moves
-- the mark could set the new one first.
delete from lumbung.cluster_member m
where m.article_id = any(%(articles)s)
    and not exists (
        select
        from unnest(%(members)s::bigint[], %(clusters)s::bigint[], %(canonical)s::boolean[], %(why)s::text[], %(scores)s::real[],
            %(tied_to)s::bigint[], %(rules)s::text[]) as w (article_id, cluster_id, canonical, why, score, tied_to, rule)
        where (w.article_id, w.cluster_id, w.canonical) = (m.article_id, m.cluster_id, m.canonical)
            and (w.why, w.score, w.tied_to, w.rule) is not distinct from (m.why, m.score, m.tied_to, m.rule)
    )
returning m.cluster_id

-- insert_changed_members --
insert into lumbung.cluster_member (article_id, cluster_id, canonical, why, score, tied_to, rule)
select w.article_id, w.cluster_id, w.canonical, w.why, w.score, w.tied_to, w.rule
from unnest(%(members)s::bigint[], %(clusters)s::bigint[], %(canonical)s::boolean[], %(why)s::text[], %(scores)s::real[],
    %(tied_to)s::bigint[], %(rules)s::text[]) as w (article_id, cluster_id, canonical, why, score, tied_to, rule)
where not exists (select from lumbung.cluster_member m where m.article_id = w.article_id)
returning cluster_id

-- has_articles --
select exists (select from lumbung.article where publisher = %(publisher)s)
