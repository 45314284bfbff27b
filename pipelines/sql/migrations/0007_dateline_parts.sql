-- Where an article is from and who says so: the two parts of its dateline.

alter table lumbung.article add column dateline_place text, add column dateline_brand text;

create or replace view news.all_articles as
select
    a.article_id, a.publisher, a.headline, a.published_at, a.section, a.authors, a.dateline, a.byline, a.url,
    a.canonical_url, a.breadcrumb, a.modified_at, a.language, a.tags, a.image_url, a.paywalled, a.reads, a.paragraphs,
    lumbung.join_paragraphs(a.paragraphs) as text, a.fetched_at, a.first_fetched_at, m.cluster_id,
    coalesce(m.canonical, true) as canonical, a.search, a.declared_url, a.dateline_place, a.dateline_brand
from lumbung.article a
left join lumbung.cluster_member m using (article_id);

create or replace view news.articles as
select
    article_id, publisher, headline, published_at, section, authors, dateline, byline, url, canonical_url, breadcrumb,
    modified_at, language, tags, image_url, paywalled, reads, paragraphs, text, fetched_at, first_fetched_at, cluster_id,
    search, declared_url, dateline_place, dateline_brand
from news.all_articles
where canonical;

comment on column news.all_articles.dateline_place is
    'Place of the dateline as printed, with its province: JAKARTA, or Mataram, NTB. NULL where there is none, and for articles last read before the column was.';
comment on column news.articles.dateline_place is
    'Place of the dateline as printed, with its province: JAKARTA, or Mataram, NTB. NULL where there is none, and for articles last read before the column was.';
comment on column news.all_articles.dateline_brand is
    'Publisher or agency of the dateline as printed: KOMPAS.com, ANTARA. Another one than the publisher''s tells where a text is from.';
comment on column news.articles.dateline_brand is
    'Publisher or agency of the dateline as printed: KOMPAS.com, ANTARA. Another one than the publisher''s tells where a text is from.';
