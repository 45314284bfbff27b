-- What is usual at a publisher: which fields its stored articles have.

-- usual_fields --
-- Shares of the articles stored last; the serial number tells the order, dates may be missing.
select count(*) as articles,
    1.0 as headline,
    1.0 as paragraphs,
    avg((published_at is not null)::int) as published_at,
    avg((modified_at is not null)::int) as modified_at,
    avg((authors <> '{}')::int) as authors,
    avg((byline is not null)::int) as byline,
    avg((section is not null)::int) as section,
    avg((breadcrumb <> '{}')::int) as breadcrumb,
    avg((dateline is not null)::int) as dateline,
    avg((tags <> '{}')::int) as tags,
    avg((image_url is not null)::int) as image_url,
    avg((language is not null)::int) as language,
    avg((paywalled is not null)::int) as paywalled,
    avg((reads is not null)::int) as reads
from (
    select * from lumbung.article where publisher = %(publisher)s order by article_id desc limit %(most)s
) newest
