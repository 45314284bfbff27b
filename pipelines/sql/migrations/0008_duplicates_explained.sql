-- Deduplication learns what changed from a list instead of a sweep over all articles, sees what was taken down, and says
-- by which rule it decided.

alter table lumbung.article add column gone_at timestamptz;
comment on column lumbung.article.gone_at is 'When its page was first found taken down (HTTP 404 or 410, or a page that says so); NULL while it is there.';

create function lumbung.mark_gone() returns trigger
    language plpgsql
    as $$
begin
    if tg_op <> 'DELETE' and new.reason in ('gone', 'soft_404') then
        update lumbung.article set gone_at = new.rejected_at where page_id = new.page_id and gone_at is null;
    else
        update lumbung.article set gone_at = null where page_id = coalesce(new.page_id, old.page_id) and gone_at is not null;
    end if;
    return null;
end
$$;
create trigger mark_gone after insert or update of reason or delete on lumbung.rejection
    for each row execute function lumbung.mark_gone();
update lumbung.article a set gone_at = r.rejected_at
from lumbung.rejection r
where r.page_id = a.page_id and r.reason in ('gone', 'soft_404');

create table lumbung.deduplication_due (
    article_id bigint not null
);
create index deduplication_due_article on lumbung.deduplication_due (article_id);
comment on table lumbung.deduplication_due is
    'Articles that deduplication has to look at. Without a key on purpose: whoever stores an article only adds a row, and waits for nobody.';

create function lumbung.due_for_deduplication() returns trigger
    language plpgsql
    as $$
begin
    insert into lumbung.deduplication_due (article_id) values (new.article_id);
    return null;
end
$$;
create trigger deduplicate_new after insert on lumbung.article
    for each row execute function lumbung.due_for_deduplication();
create trigger deduplicate_changed after update on lumbung.article
    for each row
    when ((old.text_hash, old.published_at, old.gone_at is null, old.declared_url, old.canonical_url)
        is distinct from (new.text_hash, new.published_at, new.gone_at is null, new.declared_url, new.canonical_url))
    execute function lumbung.due_for_deduplication();

create function lumbung.leave_cluster() returns trigger
    language plpgsql
    as $$
begin
    -- The lock of deduplication ("dedu"): its batch is either finished or has not begun.
    perform pg_advisory_xact_lock(1684366453);
    insert into lumbung.deduplication_due (article_id)
    select other.article_id
    from lumbung.cluster_member m
    join lumbung.cluster_member other using (cluster_id)
    where m.article_id = old.article_id and other.article_id <> old.article_id;
    delete from lumbung.cluster_member other
    using lumbung.cluster_member m
    where m.article_id = old.article_id and m.canonical and other.cluster_id = m.cluster_id;
    return old;
end
$$;
comment on function lumbung.leave_cluster() is
    'Somebody deletes an article: the others of its cluster are looked at again, and until then each stands for itself when it was their canonical one.';
create trigger leave_cluster before delete on lumbung.article
    for each row execute function lumbung.leave_cluster();

insert into lumbung.deduplication_due (article_id)
select a.article_id
from lumbung.article a
left join lumbung.fingerprint f using (article_id)
where f.article_id is null or f.text_hash <> a.text_hash;

-- What a sweep over all articles needed.
drop index lumbung.article_text_hash;
drop index lumbung.fingerprint_seen;
create index fingerprint_algorithm on lumbung.fingerprint (algorithm, article_id);

alter table lumbung.near_duplicate add column rule text not null default '';
alter table lumbung.cluster_member add column tied_to bigint;
alter table lumbung.cluster_member add column rule text not null default '';

create or replace view news.duplicates as
select
    m.cluster_id, m.article_id, c.article_id as canonical_article_id, m.why, m.score,
    a.publisher, a.headline, a.url, o.publisher as canonical_publisher, o.headline as canonical_headline, o.url as canonical_url,
    m.tied_to as compared_article_id, m.rule, c.rule as canonical_rule, a.gone_at
from lumbung.cluster_member m
join lumbung.cluster_member c on c.cluster_id = m.cluster_id and c.canonical
join lumbung.article a on a.article_id = m.article_id
join lumbung.article o on o.article_id = c.article_id
where not m.canonical;
comment on column news.duplicates.compared_article_id is
    'The article that why, score and rule compare this one with: the canonical one, or where those two are no pair the most alike of the cluster.';
comment on column news.duplicates.rule is 'The rule by which this pair is one story. `lumbung duplicates explain` shows the texts.';
comment on column news.duplicates.canonical_rule is 'How the canonical article was chosen: the earliest of those that are complete and not taken down.';
comment on column news.duplicates.gone_at is 'When its publisher was found to have taken the article down; NULL while it is there.';
