-- Stored clusters come to new rules: proposals, their report, and the run that makes them final.

-- open_renewal --
insert into lumbung.renewal (algorithm) values (%(algorithm)s)
on conflict ((true)) where final_at is null do update set algorithm = excluded.algorithm, reported_at = null

-- renewal_at_hand --
-- The open renewal, and whether its report is written.
select renewal_id, reported_at is not null from lumbung.renewal where final_at is null

-- renewal_is_complete --
-- Everything has been seen by these rules, and what they propose fits what is stored.
select
    not exists (select from lumbung.fingerprint where algorithm < %(algorithm)s)
    and not exists (select from lumbung.deduplication_due)

-- strike_proposals --
-- What is decided now, or proposed anew.
delete from lumbung.cluster_proposed where article_id = any(%(articles)s)

-- propose_members --
insert into lumbung.cluster_proposed (article_id, cluster_id, canonical, why, score, tied_to, rule)
select a.article_id, w.cluster_id, w.canonical, w.why, w.score, w.tied_to, w.rule
from unnest(%(articles)s::bigint[]) as a (article_id)
left join unnest(%(members)s::bigint[], %(clusters)s::bigint[], %(canonical)s::boolean[], %(why)s::text[], %(scores)s::real[],
    %(tied_to)s::bigint[], %(rules)s::text[]) as w (article_id, cluster_id, canonical, why, score, tied_to, rule) using (article_id)
left join lumbung.cluster_member m using (article_id)
where (w.cluster_id, w.canonical, w.why, w.score, w.tied_to, w.rule)
    is distinct from (m.cluster_id, m.canonical, m.why, m.score, m.tied_to, m.rule)
returning coalesce(cluster_id, article_id)

-- proposed_kin --
-- Articles of the stored clusters of these ones, where one of them has a proposal: a cluster is decided as a whole.
select other.article_id
from lumbung.cluster_member m
join lumbung.cluster_member other using (cluster_id)
join lumbung.cluster_proposed p on p.article_id = other.article_id
where m.article_id = any(%(articles)s) and not other.article_id = any(%(articles)s)

-- carry_out_proposals --
delete from lumbung.cluster_member m using lumbung.cluster_proposed p where p.article_id = m.article_id;
insert into lumbung.cluster_member (article_id, cluster_id, canonical, why, score, tied_to, rule)
select article_id, cluster_id, canonical, why, score, tied_to, rule from lumbung.cluster_proposed where cluster_id is not null;
delete from lumbung.cluster_proposed

-- count_seen --
select count(*) from lumbung.fingerprint where algorithm = %(algorithm)s

-- write_report --
update lumbung.renewal
set reported_at = now(), looked_at = %(looked_at)s, parting = %(parting)s, joining = %(joining)s, shown = %(shown)s,
    hidden = %(hidden)s
where renewal_id = %(renewal)s

-- forget_examples --
delete from lumbung.renewal_example where renewal_id = %(renewal)s

-- write_example --
insert into lumbung.renewal_example (renewal_id, change, article_id, headline, other_id, other_headline, reason)
values (%(renewal)s, %(change)s, %(article_id)s, %(headline)s, %(other_id)s, %(other_headline)s, %(reason)s)

-- make_final --
update lumbung.renewal set final_at = now() where renewal_id = %(renewal)s
