-- When each page is looked at again, what publishers' claims have proved to be worth, and which articles are gone.

alter table lumbung.page
    add column looks int not null default 0,
    add column look_at timestamptz,
    add column looked_at timestamptz,
    add column looked_by bigint,
    add column due_by_change boolean not null default false,
    add column doubts int not null default 0,
    add column absences int not null default 0;
comment on column lumbung.page.looks is 'Visits in a row that brought nothing new: rejections, or an article found as it is stored.';
comment on column lumbung.page.look_at is 'From then on the page is looked at again although nothing announces it; NULL: it is not.';
comment on column lumbung.page.looked_at is 'When the last visit was stored, by the clock of the server.';
comment on column lumbung.page.looked_by is 'The crawl that may not look again itself, where the next one may at once.';
comment on column lumbung.page.due_by_change is 'The next visit is because of an announced change.';
comment on column lumbung.page.doubts is 'Announced changes in a row after which the article was found unchanged.';
comment on column lumbung.page.absences is 'Visits in a row at which the page of a stored article was gone.';
create index page_look on lumbung.page (publisher, look_at) where look_at is not null;

create table lumbung.held (
    page_id bigint primary key references lumbung.page on delete cascade,
    held_at timestamptz not null default now(),
    article bytea not null
);
create index held_age on lumbung.held (held_at);
comment on table lumbung.held is
    'Articles that were read by a crawl of other dates than theirs: the crawl of their dates takes them from here. A week, then they are fetched again.';
comment on column lumbung.held.article is 'The article as JSON, in gzip.';

alter table lumbung.poll
    add column unchanged int not null default 0,
    add column trust int not null default 1,
    add column whole_at timestamptz,
    add column lied_at timestamptz,
    add column newest_at timestamptz;
update lumbung.poll set whole_at = polled_at;
comment on column lumbung.poll.unchanged is 'Answers of 304 in a row.';
comment on column lumbung.poll.trust is 'After so many of them the document is read whole; doubled each time that proves them right.';
comment on column lumbung.poll.whole_at is 'When it was last read whole.';
comment on column lumbung.poll.lied_at is 'When it held new articles under the validators of before: for a month it is asked without.';
comment on column lumbung.poll.newest_at is 'The newest publication or change that one of its entries states.';

alter table lumbung.crawl
    add column polls_left_out bigint not null default 0,
    add column left_out bigint not null default 0,
    add column off_domain bigint not null default 0,
    add column doubted bigint not null default 0,
    add column looks bigint not null default 0;

alter table lumbung.publisher
    add column visits bigint not null default 0,
    add column visits_changed bigint not null default 0,
    add column visits_planned bigint not null default 0;
comment on column lumbung.publisher.visits_planned is 'New articles that were given a time for a first visit.';
comment on column lumbung.publisher.visits is 'Visits to stored articles, about the last four hundred.';
comment on column lumbung.publisher.visits_changed is 'Of these, how many found another text or none.';

-- Gone is what was found gone twice in a row, by visits an hour or more apart: a server in trouble says 404 too.
create or replace function lumbung.mark_gone() returns trigger
    language plpgsql
    as $$
begin
    if tg_op <> 'DELETE' and new.reason in ('gone', 'soft_404') then
        update lumbung.article a set gone_at = new.rejected_at
        from lumbung.page p
        where a.page_id = new.page_id and p.page_id = a.page_id and p.absences > 0 and a.gone_at is null;
    else
        update lumbung.article set gone_at = null where page_id = coalesce(new.page_id, old.page_id) and gone_at is not null;
    end if;
    return null;
end
$$;
comment on column lumbung.article.gone_at is
    'When its page was found taken down (HTTP 404 or 410, a page that says so, a redirect to a front page) twice in a row; NULL while it is there.';

create or replace view news.all_articles as
select
    a.article_id, a.publisher, a.headline, a.published_at, a.section, a.authors, a.dateline, a.byline, a.url,
    a.canonical_url, a.breadcrumb, a.modified_at, a.language, a.tags, a.image_url, a.paywalled, a.reads, a.paragraphs,
    lumbung.join_paragraphs(a.paragraphs) as text, a.fetched_at, a.first_fetched_at, m.cluster_id,
    coalesce(m.canonical, true) as canonical, a.search, a.declared_url, a.dateline_place, a.dateline_brand, a.repaired,
    a.gone_at
from lumbung.article a
left join lumbung.cluster_member m using (article_id);

create or replace view news.articles as
select
    article_id, publisher, headline, published_at, section, authors, dateline, byline, url, canonical_url, breadcrumb,
    modified_at, language, tags, image_url, paywalled, reads, paragraphs, text, fetched_at, first_fetched_at, cluster_id,
    search, declared_url, dateline_place, dateline_brand, repaired, gone_at
from news.all_articles
where canonical;

comment on column news.all_articles.gone_at is
    'When the publisher''s page was found gone for the second time in a row; NULL while it is there, and again when it comes back.';
comment on column news.articles.gone_at is
    'When the publisher''s page was found gone for the second time in a row; NULL while it is there, and again when it comes back.';

create or replace view news.crawls as
select
    crawl_id, publisher, run_id, started_at, finished_at, finished_at - started_at as duration, finish_reason,
    window_start, window_end, polls, polls_unchanged, polls_failed, entries, known, enqueued, leased, stored, updated,
    unchanged, rejected, failed, released, repaired, problems,
    entries = known + enqueued and leased = stored + updated + unchanged + rejected + failed + released as balanced,
    polls_skipped, polls_left_out, left_out, off_domain, doubted, looks
from lumbung.crawl;
comment on column news.crawls.polls_left_out is
    'Sitemaps of an index that were not asked for, since their lastmod lies before the dates looked at.';
comment on column news.crawls.left_out is
    'Entries that were not fetched, since their announced date, or that of their whole sitemap, lies outside the dates looked at.';
comment on column news.crawls.off_domain is 'Entries of feeds and sitemaps whose address lies on none of the publisher''s domains.';
comment on column news.crawls.doubted is
    'Announced changes not believed: most entries had one of the moment of the request, or earlier ones of the article were none.';
comment on column news.crawls.looks is 'Of the leased pages, those that nothing announced: looked at again after a rejection or a while.';
