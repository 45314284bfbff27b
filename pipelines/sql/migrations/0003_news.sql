-- What people read: schema news, a versioned contract. Its views may only grow.

create schema news;
comment on schema news is 'The harvest as people read it. Version 1. Views here may gain columns at the end, and lose none.';

create view news.all_articles as
select
    a.article_id, a.publisher, a.headline, a.published_at, a.section, a.authors, a.dateline, a.byline, a.url,
    a.canonical_url, a.breadcrumb, a.modified_at, a.language, a.tags, a.image_url, a.paywalled, a.reads, a.paragraphs,
    lumbung.join_paragraphs(a.paragraphs) as text, a.fetched_at, a.first_fetched_at, m.cluster_id,
    coalesce(m.canonical, true) as canonical, a.search
from lumbung.article a
left join lumbung.cluster_member m using (article_id);

create view news.articles as
select
    article_id, publisher, headline, published_at, section, authors, dateline, byline, url, canonical_url, breadcrumb,
    modified_at, language, tags, image_url, paywalled, reads, paragraphs, text, fetched_at, first_fetched_at, cluster_id,
    search
from news.all_articles
where canonical;

create view news.article_text as
select
    article_id, publisher, headline, published_at, canonical_url,
    lumbung.seed_text(breadcrumb, headline, paragraphs, reads) as text
from lumbung.article;

create view news.duplicates as
select
    m.cluster_id, m.article_id, c.article_id as canonical_article_id, m.why, m.score,
    a.publisher, a.headline, a.url, o.publisher as canonical_publisher, o.headline as canonical_headline, o.url as canonical_url
from lumbung.cluster_member m
join lumbung.cluster_member c on c.cluster_id = m.cluster_id and c.canonical
join lumbung.article a on a.article_id = m.article_id
join lumbung.article o on o.article_id = c.article_id
where not m.canonical;

create view news.revisions as
select
    r.article_id, r.number, a.publisher, a.canonical_url, r.revised_at, r.modified_at, r.headline_before,
    coalesce(n.headline_before, a.headline) as headline_after,
    lumbung.join_paragraphs(r.paragraphs_before) as text_before,
    lumbung.join_paragraphs(coalesce(n.paragraphs_before, a.paragraphs)) as text_after
from lumbung.revision r
join lumbung.article a using (article_id)
left join lumbung.revision n on n.article_id = r.article_id and n.number = r.number + 1;

create view news.reads as
select r.article_id, a.publisher, a.headline, r.observed_at, r.reads
from lumbung.reads r
join lumbung.article a using (article_id);

create view news.rejections as
select page_id, publisher, url, reason, detail, status, rejected_at, crawl_id
from lumbung.rejection;

create view news.crawls as
select
    crawl_id, publisher, run_id, started_at, finished_at, finished_at - started_at as duration, finish_reason,
    window_start, window_end, polls, polls_unchanged, polls_failed, entries, known, enqueued, leased, stored, updated,
    unchanged, rejected, failed, released, repaired, problems,
    entries = known + enqueued and leased = stored + updated + unchanged + rejected + failed + released as balanced
from lumbung.crawl;

create view news.freshness as
select
    c.publisher,
    max(c.started_at) as last_crawl_at,
    a.newest_published_at,
    a.newest_stored_at,
    coalesce(a.articles, 0) as articles,
    coalesce(a.articles_last_day, 0) as articles_last_day,
    (select count(*) from lumbung.page p where p.publisher = c.publisher and p.state = 'due') as pages_due
from lumbung.crawl c
left join (
    select
        publisher, max(published_at) as newest_published_at, max(first_fetched_at) as newest_stored_at,
        count(*) as articles, count(*) filter (where first_fetched_at > now() - interval '1 day') as articles_last_day
    from lumbung.article
    group by publisher) a using (publisher)
group by c.publisher, a.newest_published_at, a.newest_stored_at, a.articles, a.articles_last_day;

comment on view news.articles is 'One row a story: canonical articles only.';
comment on view news.all_articles is 'Every stored article, duplicates included.';
comment on view news.article_text is 'Each article in the seed format: breadcrumb and headline, headline, paragraphs, reads.';
comment on view news.duplicates is 'Each article that repeats another one, with the one it repeats.';
comment on view news.revisions is 'Each later text of a URL, with the text before and after.';
comment on view news.reads is 'Reader counts as observed, one row each time the printed count changed.';
comment on view news.rejections is 'Pages that are no articles, with the reason.';
comment on view news.crawls is 'The ledger: one row a crawl. balanced says that nothing went missing.';
comment on view news.freshness is 'One row a publisher: how recent its newest article is and what is still due.';

do $$
declare
    described record;
begin
    for described in
        select * from (values
            ('article_id', 'Number of the article, stable.'),
            ('publisher', 'Key of the publisher: the name of its TOML file and spider.'),
            ('headline', 'Headline as printed, white space collapsed.'),
            ('published_at', 'Publication time; NULL where the page states none.'),
            ('section', 'Section of the publisher the article stands in.'),
            ('authors', 'People named as authors.'),
            ('dateline', 'Place and brand printed before the text, without the dash.'),
            ('byline', 'Author line as printed.'),
            ('url', 'Address the page was fetched from.'),
            ('canonical_url', 'Identity of the article; in news.duplicates the address of the canonical article.'),
            ('breadcrumb', 'Labels of the path to the article, without the headline.'),
            ('modified_at', 'Time of the last change the page states.'),
            ('language', 'BCP 47 primary language tag.'),
            ('tags', 'Tags as printed.'),
            ('image_url', 'Lead picture.'),
            ('paywalled', 'True when the page says it is not free, NULL when it says nothing.'),
            ('reads', 'Reader count as printed.'),
            ('paragraphs', 'Body paragraphs in order.'),
            ('text', 'Paragraphs joined by blank lines; in news.article_text the whole seed format.'),
            ('fetched_at', 'When the page was last fetched.'),
            ('first_fetched_at', 'When the article was first stored.'),
            ('cluster_id', 'Group of near-duplicates, NULL before deduplication has seen the article or when it is alone.'),
            ('canonical', 'Whether the article stands for its cluster.'),
            ('search', 'Indonesian full-text index: search @@ websearch_to_tsquery(''indonesian'', ...).'),
            ('canonical_article_id', 'The article that stands for the cluster.'),
            ('why', 'Rule that joined the article to its cluster.'),
            ('score', 'Share of text in common with the canonical article, 0 to 1.'),
            ('canonical_publisher', 'Publisher of the canonical article.'),
            ('canonical_headline', 'Headline of the canonical article.'),
            ('number', 'Revision number, from 1.'),
            ('revised_at', 'When the changed text was fetched.'),
            ('headline_before', 'Headline before the change.'),
            ('headline_after', 'Headline after the change.'),
            ('text_before', 'Text before the change.'),
            ('text_after', 'Text after the change.'),
            ('observed_at', 'When the count was seen.'),
            ('page_id', 'Number of the page in the frontier.'),
            ('reason', 'Why the page is no article: gone, photo, video, no_body, ...'),
            ('detail', 'What was seen, one line.'),
            ('status', 'HTTP status.'),
            ('rejected_at', 'When the page was fetched.'),
            ('crawl_id', 'Number of the crawl.'),
            ('run_id', 'Airflow run and try, NULL from cron or the shell.'),
            ('started_at', 'Start of the crawl.'),
            ('finished_at', 'End of the crawl, NULL while it runs.'),
            ('duration', 'How long the crawl took.'),
            ('finish_reason', 'finished, shutdown, killed or another of Scrapy''s reasons.'),
            ('window_start', 'Articles from this time on were asked for.'),
            ('window_end', 'Articles before this time were asked for; NULL without an end.'),
            ('polls', 'Feeds, sitemaps and index pages asked for.'),
            ('polls_unchanged', 'Of these, answered 304 Not Modified.'),
            ('polls_failed', 'Of these, failed or unreadable.'),
            ('entries', 'Announced URLs read; equals known + enqueued.'),
            ('known', 'Entries already in the frontier.'),
            ('enqueued', 'Entries new in the frontier, or due again because their announcement changed.'),
            ('leased', 'Pages taken to be fetched; equals the six outcomes after it.'),
            ('stored', 'New articles.'),
            ('updated', 'Known articles whose text or data changed.'),
            ('unchanged', 'Known articles found as stored, most by 304 Not Modified.'),
            ('rejected', 'Pages that are no articles.'),
            ('failed', 'Pages that could not be fetched and stay due.'),
            ('released', 'Leases given back untouched.'),
            ('repaired', 'Characters replaced because Postgres cannot hold them.'),
            ('problems', 'What went wrong, one line each, the first twenty.'),
            ('balanced', 'Whether entries and leases add up.'),
            ('last_crawl_at', 'Start of the last crawl.'),
            ('newest_published_at', 'Publication time of the newest article.'),
            ('newest_stored_at', 'When an article was last added.'),
            ('articles', 'Articles stored.'),
            ('articles_last_day', 'Articles added in the last 24 hours.'),
            ('pages_due', 'Pages that wait to be fetched.')
        ) as d (column_name, description)
        join information_schema.columns using (column_name)
        where table_schema = 'news'
    loop
        execute format('comment on column news.%I.%I is %L', described.table_name, described.column_name, described.description);
    end loop;
end
$$;
