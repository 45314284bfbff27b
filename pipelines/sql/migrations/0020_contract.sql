-- Version 2 of what readers rely on: intervals, which clients choke on, leave the views, search is a function beside the column (at
-- the end: clients that know no tsvector name their columns), each column says what it means and since when.
-- pipelines/contract/news.toml has it in writing.

alter table lumbung.article add column quality real check (quality between 0 and 1);
comment on column lumbung.article.quality is
    'How far the reading can be trusted, 0 to 1, when it was last stored: an order of pages, no probability; NULL: not judged.';

alter table lumbung.publisher
    add column name text,
    add column home text,
    add column domains text[],
    add column language text,
    add column schedule text;

-- Newest first with those that have no date at the end. The plain ones stay for `order by published_at desc`.
create index article_newest on lumbung.article (published_at desc nulls last, article_id desc);
create index article_publisher_newest on lumbung.article (publisher, published_at desc nulls last, article_id desc);
create index article_stored on lumbung.article using brin (first_fetched_at) with (autosummarize = on, pages_per_range = 32);
create index crawl_started on lumbung.crawl using brin (started_at) with (autosummarize = on, pages_per_range = 32);
create index article_announced on lumbung.article (lumbung.url_key(canonical_url)) where declared_url is not null;

-- Whatever stands in these two views is either in lumbung.article or in lumbung.shown, whose changes are in the feed, or never
-- changes: found_in is written once.
drop view news.articles;
drop view news.all_articles;
drop view news.crawls;
drop view news.polls;

create view news.all_articles as
select
    a.article_id, a.publisher, a.headline, a.published_at, a.section, a.authors, a.dateline, a.byline, a.url,
    a.canonical_url, a.breadcrumb, a.modified_at, a.language, a.tags, a.image_url, a.paywalled, a.reads, a.paragraphs,
    lumbung.join_paragraphs(a.paragraphs) as text, a.fetched_at, a.first_fetched_at, s.cluster_id,
    coalesce(s.canonical, true) as canonical, a.declared_url, a.dateline_place, a.dateline_brand, a.repaired, a.gone_at,
    s.change_id as changed_id, coalesce(s.canonical_article_id, a.article_id) as canonical_article_id,
    coalesce(s.copies, 0) as copies, a.crawl_id, p.found_in, replace(a.text_hash::text, '-', '') as content_hash,
    cardinality(string_to_array(array_to_string(a.paragraphs, ' '), ' ')) as word_count, a.quality, a.search
from lumbung.article a
left join lumbung.shown s using (article_id)
left join lumbung.page p using (page_id);

create view news.articles as
select
    article_id, publisher, headline, published_at, section, authors, dateline, byline, url, canonical_url, breadcrumb,
    modified_at, language, tags, image_url, paywalled, reads, paragraphs, text, fetched_at, first_fetched_at, cluster_id,
    declared_url, dateline_place, dateline_brand, repaired, gone_at, changed_id, copies, crawl_id, found_in, content_hash,
    word_count, quality, search
from news.all_articles
where canonical;

create view news.crawls as
select
    crawl_id, publisher, run_id, started_at, finished_at,
    extract(epoch from finished_at - started_at)::double precision as duration_seconds, finish_reason, window_start,
    window_end, polls, polls_unchanged, polls_failed, entries, known, enqueued, leased, stored, updated, unchanged, rejected,
    failed, released, repaired, problems,
    entries = known + enqueued and leased = stored + updated + unchanged + rejected + failed + released as balanced,
    polls_skipped, polls_left_out, left_out, off_domain, doubted, looks
from lumbung.crawl;

create view news.polls as
select
    publisher, url, polled_at, changed_at, extract(epoch from every)::double precision as every_seconds, next_at, failures,
    failed_at, problem
from lumbung.poll;

create view news.stories as
select
    a.article_id, a.headline, a.publisher, a.published_at, a.canonical_url, a.cluster_id, a.copies,
    coalesce(c.publishers, array[a.publisher]) as publishers,
    coalesce(c.article_ids, array[a.article_id]) as article_ids,
    least(a.published_at, c.first_published_at) as first_published_at,
    greatest(a.published_at, c.last_published_at) as last_published_at,
    least(a.first_fetched_at, c.first_seen_at) as first_seen_at,
    greatest(a.first_fetched_at, c.last_seen_at) as last_seen_at
from news.all_articles a
left join lateral (
    select
        array_agg(distinct o.publisher order by o.publisher) as publishers,
        array_agg(o.article_id order by o.article_id) as article_ids,
        min(o.published_at) as first_published_at, max(o.published_at) as last_published_at,
        min(o.first_fetched_at) as first_seen_at, max(o.first_fetched_at) as last_seen_at
    from (
        select s.article_id from lumbung.shown s where s.canonical_article_id = a.article_id and not s.canonical
        union all
        select a.article_id
    ) member
    join lumbung.article o using (article_id)
    where a.copies > 0
) c on true
where a.canonical;

create view news.publishers as
select publisher, name, home, domains, timezone, language, schedule
from lumbung.publisher;

create view news.version as
select '2.0'::text as version, date '2026-11-28' as since;

create view lumbung.searched as
select article_id, search from lumbung.article;
comment on view lumbung.searched is 'What news.search looks into, with a reader''s rights.';

create function news.search(words text) returns table (article_id bigint, rank real, snippet text)
    language sql stable parallel safe
begin atomic
    select
        s.article_id,
        ts_rank(s.search, q.query, 1),
        ts_headline(
            'indonesian', a.text, q.query,
            'StartSel=«, StopSel=», MaxFragments=2, MinWords=8, MaxWords=20, FragmentDelimiter=" … "')
    from (select websearch_to_tsquery('indonesian', lumbung.visible(words)) as query) q
    cross join lumbung.searched s
    join news.all_articles a on a.article_id = s.article_id
    where s.search @@ q.query;
end;
comment on function news.search(text) is
    'Articles with these words, Indonesian and as people type them: banjir jakarta, "rumah rusak", banjir or longsor, -bogor. Join news.articles; rank and snippet (marked «») cost nothing where they are not selected. Since 2.';

create function news.article_by_url(address text)
    returns table (article_id bigint, canonical_article_id bigint, publisher text, headline text, canonical_url text)
    language sql stable parallel safe
begin atomic
    with part as (
        select
            regexp_replace(lower((m)[2]), '^(www|m|amp)\.', '') as host, coalesce((m)[3], '') as path,
            coalesce((m)[4], '') as query
        from regexp_match(btrim(address), '^(https?://)?([^/?#\s]+)(/[^?#\s]*)?(\?[^#\s]*)?(#.*)?$', 'i') as m
    ), variant as (
        select distinct lumbung.url_key(scheme || prefix || host || p || q) as key
        from part,
            unnest(array['https://', 'http://']) as scheme,
            unnest(array['', 'www.', 'm.', 'amp.']) as prefix,
            lateral (values (path), (rtrim(path, '/')), (rtrim(path, '/') || '/'),
                (rtrim(regexp_replace(path, '/amp/?$', ''), '/')), (regexp_replace(path, '/amp/?$', '') || '/')) as paths (p),
            lateral (values (query), ('')) as queries (q)
    ), keys as materialized (
        select array_agg(key) as keys from variant
    )
    select a.article_id, a.canonical_article_id, a.publisher, a.headline, a.canonical_url
    from news.all_articles a
    where lumbung.url_key(coalesce(a.declared_url, a.canonical_url)) = any((select keys from keys)::uuid[])
        or a.declared_url is not null and lumbung.url_key(a.canonical_url) = any((select keys from keys)::uuid[])
    order by a.article_id;
end;
comment on function news.article_by_url(text) is
    'The article of an address, in any of its usual forms: http or https, www., m. or amp., with or without a slash or /amp at the end, query or fragment. Since 2.';

comment on schema news is 'The harvest as people read it: version 2, see news.version. Views may gain columns at their end, and lose none.';
comment on view news.articles is 'One row a story: canonical articles only. A row leaves when another article comes to stand for its story: follow news.changes.';
comment on view news.all_articles is 'Every stored article, duplicates included.';
comment on view news.crawls is 'The ledger: one row a crawl. balanced says that nothing went missing.';
comment on view news.polls is 'Feeds, sitemaps and index pages (the first page of a day): when each was read and is due again.';
comment on view news.stories is 'One row a story: its canonical article, the articles that repeat it, and when and where they came.';
comment on view news.publishers is 'One row a publisher that was crawled, as its file said at the last crawl.';
comment on view news.version is 'One row: the version of what readers rely on. The first figure rises when something is lost, the second when something is gained.';

do $$
declare
    described record;
begin
    for described in
        with given (views, name, comment) as (values
            ('*', 'article_id', 'Number of the article, which it keeps. E.g. 4711. Since 1.'),
            ('*', 'publisher', 'Key of the publisher, as in news.publishers. E.g. antara. Since 1.'),
            ('*', 'headline', 'Headline as printed, white space collapsed. E.g. Harga beras turun. Since 1.'),
            ('*', 'published_at', 'Time of publication, by the publisher''s word. E.g. 2026-11-20 09:30+07. NULL where the page states none. Since 1.'),
            ('*', 'section', 'Section of the publisher that the article stands in. E.g. Ekonomi. NULL where the page states none. Since 1.'),
            ('*', 'authors', 'People named as authors; empty without any. E.g. {Siti Aminah}. Since 1.'),
            ('*', 'dateline', 'Place and brand printed before the text, without the dash. E.g. Jakarta, KOMPAS.com. NULL without one. Since 1.'),
            ('*', 'byline', 'Author line as printed. E.g. Oleh Siti Aminah. NULL without one. Since 1.'),
            ('*', 'url', 'Address that was fetched, after redirects. E.g. https://www.koran-desa.example/berita/1?page=all. Since 1.'),
            ('*', 'canonical_url', 'Address that is the article''s identity. E.g. https://koran-desa.example/berita/1. Since 1.'),
            ('*', 'breadcrumb', 'Labels of the path to the article, without the headline; empty without any. E.g. {Home,Ekonomi}. Since 1.'),
            ('*', 'modified_at', 'Time of the last change, by the publisher''s word. E.g. 2026-11-20 11:00+07. NULL where the page states none. Since 1.'),
            ('*', 'language', 'Language, as BCP 47 has it. E.g. id. NULL where nothing says. Since 1.'),
            ('*', 'tags', 'Tags as printed; empty without any. E.g. {beras,inflasi}. Since 1.'),
            ('*', 'image_url', 'Lead picture. E.g. https://img.koran-desa.example/1.jpg. NULL without one. Since 1.'),
            ('*', 'paywalled', 'Whether the page says that it is not free. E.g. true. NULL where it says nothing. Since 1.'),
            ('*', 'reads', 'Reader count as printed for this article. E.g. 1204. NULL without one. Since 1.'),
            ('*', 'paragraphs', 'Paragraphs of the text in order, at least one. E.g. {Harga beras turun.}. Since 1.'),
            ('*', 'text', 'The paragraphs, blank lines between them. E.g. Harga beras turun. Since 1.'),
            ('article_text', 'text', 'The article in the seed format: breadcrumb and headline, headline, paragraphs, reads. E.g. seeds/article.txt. Since 1.'),
            ('*', 'fetched_at', 'When the page was last fetched and something of the article had changed: a fetch that finds it as stored does not move it. No mark for copies: that is changed_id. E.g. 2026-11-20 09:41+07. Since 1.'),
            ('*', 'first_fetched_at', 'When the article was first stored. E.g. 2026-11-20 09:41+07. Since 1.'),
            ('*', 'cluster_id', 'Number of the story that several articles tell, the lowest article_id among them at some time. E.g. 4711. NULL while the article is alone, and before deduplication has seen it. Since 1.'),
            ('*', 'canonical', 'Whether the article stands for its story. E.g. true. Since 1.'),
            ('*', 'declared_url', 'Other identity of the article: where the announced address redirects to, or what the page declares. E.g. https://koran-desa.example/read/1. NULL where it is canonical_url. Since 1.'),
            ('*', 'dateline_place', 'Place of the dateline as printed, with its province. E.g. Mataram, NTB. NULL without one, and for articles last read before the column was. Since 1.'),
            ('*', 'dateline_brand', 'Publisher or agency of the dateline as printed; another one than the publisher''s tells where a text is from. E.g. ANTARA. NULL as dateline_place. Since 1.'),
            ('*', 'repaired', 'Characters of the page that were no text, such as bytes that are none in its charset: replaced by U+FFFD, NULs dropped. E.g. 0. Since 1.'),
            ('*', 'gone_at', 'When the publisher''s page was found gone for the second time in a row. E.g. 2026-11-21 08:00+07. NULL while it is there, and again when it comes back. Since 1.'),
            ('*', 'changed_id', 'Number of the last change of what is seen of the article, in news.changes: the mark for copies. E.g. 90125. Since 2.'),
            ('*', 'canonical_article_id', 'The article that stands for the story: its own number where it does itself. E.g. 4711. Since 2.'),
            ('*', 'copies', 'How many other articles repeat it; 0 for those that do. E.g. 3. Since 2.'),
            ('*', 'crawl_id', 'Number of the crawl that last changed the row, as in news.crawls. E.g. 812. Since 2.'),
            ('*', 'found_in', 'Feed, sitemap or index page that announced it; empty where a person gave the address. E.g. https://koran-desa.example/rss. Since 2.'),
            ('*', 'content_hash', 'MD5 of headline and paragraphs joined by blank lines, in hexadecimal: the same where the text is. E.g. 9e107d9d372bb6826bd81d3542a419d6. Since 2.'),
            ('*', 'word_count', 'Words of the text, by the blanks between them. E.g. 312. Since 2.'),
            ('*', 'quality', 'How far the reading can be trusted, 0 to 1: an order of pages, no probability; the lowest are worth a look. E.g. 0.94. NULL where it was last read before the column was. Since 2.'),
            ('*', 'search', 'What full-text search looks into: where search @@ websearch_to_tsquery(''indonesian'', ''banjir jakarta''); news.search says more. E.g. ''banjir'':3. Since 1.'),
            ('duplicates', 'cluster_id', 'Number of the story. E.g. 4711. Since 1.'),
            ('duplicates', 'article_id', 'The article that repeats another one. E.g. 4718. Since 1.'),
            ('duplicates', 'canonical_article_id', 'The article that stands for the story. E.g. 4711. Since 1.'),
            ('duplicates', 'why', 'Why it belongs to the story, in a word or two. E.g. same text. Since 1.'),
            ('duplicates', 'score', '0 to 1: for nearly the same text the share of the less covered one that the other has; where one text contains the other, nine tenths the share of the shorter one and one tenth how alike headlines and beginnings are. E.g. 0.93. Since 1.'),
            ('duplicates', 'canonical_publisher', 'Publisher of the canonical article. E.g. antara. Since 1.'),
            ('duplicates', 'canonical_headline', 'Headline of the canonical article. E.g. Harga beras turun. Since 1.'),
            ('duplicates', 'canonical_url', 'Address of the canonical article, as fetched. E.g. https://www.antara.example/1. Since 1.'),
            ('duplicates', 'compared_article_id', 'The article that why, score and rule compare this one with: the canonical one, or where those two are no pair the most alike of the story. E.g. 4711. NULL for stories last looked at before the column was. Since 1.'),
            ('duplicates', 'rule', 'The rule by which this pair is one story. `lumbung duplicates explain` shows the texts. E.g. equal after cleaning. Since 1.'),
            ('duplicates', 'canonical_rule', 'How the canonical article was chosen: the earliest of those that are complete and not taken down. E.g. earliest complete. Since 1.'),
            ('revisions', 'number', 'Number of the revision of this article, from 1. E.g. 1. Since 1.'),
            ('revisions', 'revised_at', 'When the changed text was fetched. E.g. 2026-11-20 12:00+07. Since 1.'),
            ('revisions', 'headline_before', 'Headline before the change. E.g. Harga beras turun. Since 1.'),
            ('revisions', 'headline_after', 'Headline after the change. E.g. Harga beras naik. Since 1.'),
            ('revisions', 'text_before', 'Text before the change. E.g. Harga beras turun. Since 1.'),
            ('revisions', 'text_after', 'Text after the change. E.g. Harga beras naik. Since 1.'),
            ('reads', 'observed_at', 'When the count was seen. E.g. 2026-11-20 12:00+07. Since 1.'),
            ('reads', 'reads', 'The count then, as printed. E.g. 1204. Since 1.'),
            ('rejections', 'page_id', 'Number of the page in the frontier. E.g. 9001. Since 1.'),
            ('rejections', 'reason', 'Why the page is no article, a word. E.g. video. Since 1.'),
            ('rejections', 'detail', 'What was seen, one line; may be empty. E.g. og:type is video.other. Since 1.'),
            ('rejections', 'status', 'HTTP status. E.g. 404. NULL where the page was not fetched. Since 1.'),
            ('rejections', 'rejected_at', 'When the page was fetched. E.g. 2026-11-20 12:00+07. Since 1.'),
            ('rejections', 'crawl_id', 'Number of the crawl that fetched it, as in news.crawls. E.g. 812. Since 1.'),
            ('crawls', 'crawl_id', 'Number of the crawl. E.g. 812. Since 1.'),
            ('crawls', 'run_id', 'Airflow run and try. E.g. scheduled__2026-11-20T02:00:00+00:00#1. NULL from cron or the shell. Since 1.'),
            ('crawls', 'started_at', 'Start of the crawl. E.g. 2026-11-20 09:00+07. Since 1.'),
            ('crawls', 'finished_at', 'End of the crawl. E.g. 2026-11-20 09:04+07. NULL while it runs. Since 1.'),
            ('crawls', 'duration_seconds', 'How long the crawl took. E.g. 241.5. NULL while it runs. Since 2.'),
            ('crawls', 'finish_reason', 'finished, shutdown, killed, another of Scrapy''s reasons, or the sentence why the publisher is left alone. E.g. finished. NULL while it runs. Since 1.'),
            ('crawls', 'window_start', 'Articles from this time on were asked for. E.g. 2026-11-18 00:00+07. NULL without a beginning. Since 1.'),
            ('crawls', 'window_end', 'Articles before this time were asked for. E.g. 2026-11-21 00:00+07. NULL without an end. Since 1.'),
            ('crawls', 'polls', 'Feeds, sitemaps and index pages asked for. E.g. 12. Since 1.'),
            ('crawls', 'polls_unchanged', 'Of these, answered 304 Not Modified. E.g. 9. Since 1.'),
            ('crawls', 'polls_failed', 'Of these, failed or unreadable. E.g. 0. Since 1.'),
            ('crawls', 'entries', 'Announced addresses read; equals known + enqueued. E.g. 140. Since 1.'),
            ('crawls', 'known', 'Entries already in the frontier. E.g. 122. Since 1.'),
            ('crawls', 'enqueued', 'Entries new in the frontier, or due again because their announcement changed. E.g. 18. Since 1.'),
            ('crawls', 'leased', 'Pages taken to be fetched; equals the six outcomes after it. E.g. 18. Since 1.'),
            ('crawls', 'stored', 'New articles. E.g. 15. Since 1.'),
            ('crawls', 'updated', 'Known articles of which something changed. E.g. 1. Since 1.'),
            ('crawls', 'unchanged', 'Known articles found as stored, most by 304 Not Modified. E.g. 1. Since 1.'),
            ('crawls', 'rejected', 'Pages that are no articles: news.rejections says why. E.g. 1. Since 1.'),
            ('crawls', 'failed', 'Pages that could not be fetched and stay due. E.g. 0. Since 1.'),
            ('crawls', 'released', 'Leases given back untouched. E.g. 0. Since 1.'),
            ('crawls', 'repaired', 'Characters of its articles'' pages and announced addresses that were no text: replaced by U+FFFD, or dropped. E.g. 0. Since 1.'),
            ('crawls', 'problems', 'What went wrong, one line each, the first twenty; empty when nothing did. E.g. {failure: timeout}. Since 1.'),
            ('crawls', 'balanced', 'Whether entries and leases add up. E.g. true. Since 1.'),
            ('crawls', 'polls_skipped', 'Feeds, sitemaps and index pages not asked for: not due yet, or read before the crawl of these dates was stopped. E.g. 3. Since 1.'),
            ('crawls', 'polls_left_out', 'Sitemaps of an index that were not asked for, since their lastmod lies before the dates looked at. E.g. 40. Since 1.'),
            ('crawls', 'left_out', 'Entries that were not fetched, since their announced date, or that of their whole sitemap, lies outside the dates looked at. E.g. 60. Since 1.'),
            ('crawls', 'off_domain', 'Entries of feeds and sitemaps whose address lies on none of the publisher''s domains. E.g. 0. Since 1.'),
            ('crawls', 'doubted', 'Announced changes not believed: most entries had one of the moment of the request, or earlier ones of the article were none. E.g. 0. Since 1.'),
            ('crawls', 'looks', 'Of the leased pages, those that nothing announced: looked at again after a rejection or a while. E.g. 2. Since 1.'),
            ('freshness', 'last_crawl_at', 'Start of the last crawl. E.g. 2026-11-20 09:00+07. Since 1.'),
            ('freshness', 'newest_published_at', 'Time of publication of the latest article, by the publisher''s word. E.g. 2026-11-20 08:55+07. NULL where no article states one. Since 1.'),
            ('freshness', 'newest_stored_at', 'When an article of the publisher was last added here, whenever it was published. E.g. 2026-11-20 09:02+07. NULL without articles. Since 1.'),
            ('freshness', 'articles', 'Articles stored. E.g. 52011. Since 1.'),
            ('freshness', 'articles_last_day', 'Articles added here in the last 24 hours, whenever they were published: a backfill counts. E.g. 310. Since 1.'),
            ('freshness', 'pages_due', 'Pages that wait to be fetched. E.g. 0. Since 1.'),
            ('freshness', 'published_last_day', 'Articles published in the last 24 hours by the publisher''s word, whenever they were added here. E.g. 298. Since 1.'),
            ('freshness', 'undated', 'Articles that state no time of publication. E.g. 12. Since 1.'),
            ('coverage', 'day', 'Day of publication in the publisher''s time zone, the day its index pages mean. E.g. 2026-11-20. NULL where neither announcement nor article says when. Since 1.'),
            ('coverage', 'announced', 'Pages announced; equals the four columns after it. E.g. 320. Since 1.'),
            ('coverage', 'stored', 'Of these, stored as articles. E.g. 300. Since 1.'),
            ('coverage', 'rejected', 'Of these, no articles (news.rejections says why) or taken down. E.g. 18. Since 1.'),
            ('coverage', 'failed', 'Of these, not fetched although it was tried; tried again later. E.g. 1. Since 1.'),
            ('coverage', 'due', 'Of these, not fetched yet. E.g. 1. Since 1.'),
            ('polls', 'url', 'Address asked for. E.g. https://koran-desa.example/rss. Since 1.'),
            ('polls', 'polled_at', 'When it was last read to its end or found unchanged. E.g. 2026-11-20 09:00+07. NULL while its pages are being walked. Since 1.'),
            ('polls', 'changed_at', 'When it last announced something new. E.g. 2026-11-20 09:00+07. Since 1.'),
            ('polls', 'every_seconds', 'Seconds between two requests that its changes have led to, between the bounds in the publisher''s file. E.g. 900. NULL before it was read twice. Since 2.'),
            ('polls', 'next_at', 'Scheduled crawls leave it out until then. E.g. 2026-11-20 09:15+07. NULL before it was read to its end. Since 1.'),
            ('polls', 'failures', 'Crawls in a row in which it failed. E.g. 0. Since 1.'),
            ('polls', 'failed_at', 'When it last failed. E.g. 2026-11-19 09:00+07. NULL when it never did. Since 1.'),
            ('polls', 'problem', 'Why it fails, one line. E.g. HTTP 500. NULL when it does not. Since 1.'),
            ('domains', 'domain', 'The registered domain: all hosts of one operator. E.g. koran-desa.example. Since 1.'),
            ('domains', 'free_at', 'No request goes there before this time. E.g. 2026-11-20 09:00+07. Since 1.'),
            ('domains', 'reason', 'Why it was last to be left alone. E.g. HTTP 429 three times in a row. NULL once it has answered well again. Since 1.'),
            ('domains', 'strikes', 'Crawls in a row that ended because of it; each doubles the next rest, a day at most. E.g. 0. Since 1.'),
            ('domains', 'left_alone', 'Whether it is being left alone for that reason now. E.g. false. Since 1.'),
            ('domains', 'pace', 'Least seconds between two requests after its last 429 or 503, halved for every six hours since. E.g. 2. NULL before the first one. Since 1.'),
            ('domains', 'paced_at', 'When its last 429 or 503 that changed the pace came. E.g. 2026-11-20 09:00+07. NULL before the first one. Since 1.'),
            ('changes', 'change_id', 'Number of the change, which rises in the order of commits; some are left out. E.g. 90125. Since 2.'),
            ('changes', 'article_id', 'The article, which may be gone from news.all_articles. E.g. 4711. Since 2.'),
            ('changes', 'what', 'new, revised (the text), fields (anything else), cluster (another story, canonical article or number of copies), gone or back (the publisher''s page), deleted, taken_down. E.g. new. Since 2.'),
            ('changes', 'changed_at', 'When it was committed, by the clock of the server. E.g. 2026-11-20 09:41+07. Since 2.'),
            ('changes', 'latest', 'Whether it is the article''s last change so far: a copy needs no others. E.g. true. Since 2.'),
            ('takedowns', 'article_id', 'Number that the article had. E.g. 4711. NULL where the address was shut out before anything was stored of it. Since 2.'),
            ('takedowns', 'publisher', 'Key of its publisher. E.g. antara. NULL as article_id. Since 2.'),
            ('takedowns', 'canonical_url', 'Its address. E.g. https://koran-desa.example/berita/1. Since 2.'),
            ('takedowns', 'reason', 'Why, in the words of whoever did it. E.g. court order 12/2026. Since 2.'),
            ('takedowns', 'taken_down_at', 'When it was taken down. E.g. 2026-11-20 10:00+07. Since 2.'),
            ('takedowns', 'taken_down_by', 'Login that did it. E.g. lumbung. Since 2.'),
            ('stories', 'article_id', 'The canonical article, whose number is the story''s. E.g. 4711. Since 2.'),
            ('stories', 'publishers', 'Keys of all that printed it, in alphabetical order. E.g. {antara,warta}. Since 2.'),
            ('stories', 'article_ids', 'Its articles, the canonical one included. E.g. {4711,4718}. Since 2.'),
            ('stories', 'first_published_at', 'The earliest time of publication that one of them states. E.g. 2026-11-20 09:30+07. NULL where none does. Since 2.'),
            ('stories', 'last_published_at', 'The latest time of publication that one of them states. E.g. 2026-11-20 14:10+07. NULL where none does. Since 2.'),
            ('stories', 'first_seen_at', 'When the first of them was stored. E.g. 2026-11-20 09:41+07. Since 2.'),
            ('stories', 'last_seen_at', 'When the last of them was stored. E.g. 2026-11-20 14:20+07. Since 2.'),
            ('publishers', 'publisher', 'Key: the name of its file and of its spider. E.g. antara. Since 2.'),
            ('publishers', 'name', 'Its name as it is printed. E.g. ANTARA News. NULL until its first crawl by this version. Since 2.'),
            ('publishers', 'home', 'Its front page. E.g. https://www.antara.example/. NULL as name. Since 2.'),
            ('publishers', 'domains', 'Domains whose pages are its own, subdomains included. E.g. {antara.example}. NULL as name. Since 2.'),
            ('publishers', 'timezone', 'Zone of its days and of printed times without one. E.g. Asia/Jakarta. Since 2.'),
            ('publishers', 'language', 'Its language, as BCP 47 has it. E.g. id. NULL as name. Since 2.'),
            ('publishers', 'schedule', 'When it is crawled, as cron has it, in its zone. E.g. 7 * * * *. NULL as name. Since 2.'),
            ('version', 'version', 'The version. E.g. 2.0. Since 2.'),
            ('version', 'since', 'Day of that version. E.g. 2026-11-28. Since 2.')
        )
        select distinct on (c.relname, a.attname) c.relname, a.attname, g.comment
        from pg_class c
        join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        join given g on g.name = a.attname and g.views in ('*', c.relname)
        where c.relnamespace = 'news'::regnamespace and c.relkind = 'v'
        order by c.relname, a.attname, g.views = '*'
    loop
        execute format('comment on column news.%I.%I is %L', described.relname, described.attname, described.comment);
    end loop;
end
$$;
