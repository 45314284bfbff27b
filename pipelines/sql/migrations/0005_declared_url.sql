-- The identity an article has beside its announced one: where that redirects to, or what the page declares.

alter table lumbung.article add column declared_url text;
create index article_address on lumbung.article (lumbung.url_key(coalesce(declared_url, canonical_url)));
comment on index lumbung.article_address is 'Articles announced under several URLs meet here.';

create or replace view news.all_articles as
select
    a.article_id, a.publisher, a.headline, a.published_at, a.section, a.authors, a.dateline, a.byline, a.url,
    a.canonical_url, a.breadcrumb, a.modified_at, a.language, a.tags, a.image_url, a.paywalled, a.reads, a.paragraphs,
    lumbung.join_paragraphs(a.paragraphs) as text, a.fetched_at, a.first_fetched_at, m.cluster_id,
    coalesce(m.canonical, true) as canonical, a.search, a.declared_url
from lumbung.article a
left join lumbung.cluster_member m using (article_id);

create or replace view news.articles as
select
    article_id, publisher, headline, published_at, section, authors, dateline, byline, url, canonical_url, breadcrumb,
    modified_at, language, tags, image_url, paywalled, reads, paragraphs, text, fetched_at, first_fetched_at, cluster_id,
    search, declared_url
from news.all_articles
where canonical;

comment on column news.all_articles.declared_url is
    'Other identity of the article: where the announced URL redirects to, or what the page declares; NULL where it is canonical_url.';
comment on column news.articles.declared_url is
    'Other identity of the article: where the announced URL redirects to, or what the page declares; NULL where it is canonical_url.';
