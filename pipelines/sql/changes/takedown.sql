-- What `lumbung takedown` does, as the owner.

-- article_of --
-- By number, by URL as fetched, or by one of its identities; the number decides where both fit.
select article_id
from lumbung.article
where article_id::text = %(asked)s or url = %(asked)s
    or lumbung.url_key(coalesce(declared_url, canonical_url)) = lumbung.url_key(%(identity)s)
    or page_id = (select page_id from lumbung.page where url_key = lumbung.url_key(%(identity)s))
order by article_id::text = %(asked)s desc, article_id
limit 1

-- copies_of --
select other.article_id
from lumbung.cluster_member m
join lumbung.cluster_member other using (cluster_id)
where m.article_id = %(article)s and other.article_id <> m.article_id
order by 1

-- take_down --
select lumbung.take_down(%(article)s, %(reason)s)

-- shut_out_address --
insert into lumbung.takedown (canonical_url, keys, reason)
select %(url)s, array[lumbung.url_key(%(url)s)], %(reason)s
where not lumbung.is_taken_down(array[%(url)s])

-- shut_out_page --
-- Its lease is counted as given back, as `release_leases` does.
with page as (
    select page_id, leased_by from lumbung.page where url_key = lumbung.url_key(%(url)s) for update
), closed as (
    update lumbung.page p
    set state = 'taken_down', leased_by = null, lease_until = null, look_at = null
    from page where p.page_id = page.page_id
), forgotten as (
    delete from lumbung.rejection r using page where r.page_id = page.page_id
), let_go as (
    delete from lumbung.held h using page where h.page_id = page.page_id
), dropped as (
    delete from lumbung.kept_page k using page where k.page_id = page.page_id
)
update lumbung.crawl c set released = c.released + 1 from page where c.crawl_id = page.leased_by
