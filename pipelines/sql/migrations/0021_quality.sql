-- How far the reading of each page can be trusted, so that SQL can list the doubtful.

alter table lumbung.article add column quality real check (quality between 0 and 1);
comment on column lumbung.article.quality is
    'How far the reading can be trusted, 0 to 1, when it was last stored: an order of pages, no probability; NULL: not judged.';

create or replace view news.all_articles as
select
    a.article_id, a.publisher, a.headline, a.published_at, a.section, a.authors, a.dateline, a.byline, a.url,
    a.canonical_url, a.breadcrumb, a.modified_at, a.language, a.tags, a.image_url, a.paywalled, a.reads, a.paragraphs,
    lumbung.join_paragraphs(a.paragraphs) as text, a.fetched_at, a.first_fetched_at, s.cluster_id,
    coalesce(s.canonical, true) as canonical, a.declared_url, a.dateline_place, a.dateline_brand, a.repaired, a.gone_at,
    s.change_id as changed_id, coalesce(s.canonical_article_id, a.article_id) as canonical_article_id,
    coalesce(s.copies, 0) as copies, a.crawl_id, p.found_in, replace(a.text_hash::text, '-', '') as content_hash,
    cardinality(string_to_array(array_to_string(a.paragraphs, ' '), ' ')) as word_count, a.quality
from lumbung.article a
left join lumbung.shown s using (article_id)
left join lumbung.page p using (page_id);

create or replace view news.articles as
select
    article_id, publisher, headline, published_at, section, authors, dateline, byline, url, canonical_url, breadcrumb,
    modified_at, language, tags, image_url, paywalled, reads, paragraphs, text, fetched_at, first_fetched_at, cluster_id,
    declared_url, dateline_place, dateline_brand, repaired, gone_at, changed_id, copies, crawl_id, found_in, content_hash,
    word_count, quality
from news.all_articles
where canonical;

comment on column news.all_articles.quality is
    'How far the reading can be trusted, 0 to 1: an order of pages, no probability; the lowest are worth a look. E.g. 0.94. NULL where it was last read before the column was. Since 2.';
comment on column news.articles.quality is
    'How far the reading can be trusted, 0 to 1: an order of pages, no probability; the lowest are worth a look. E.g. 0.94. NULL where it was last read before the column was. Since 2.';
