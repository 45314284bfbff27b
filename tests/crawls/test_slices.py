"""A backfill in slices asks for each document and each page once, whatever announces them and in whatever order."""

from __future__ import annotations

from collections import Counter
from email.utils import format_datetime
from typing import TYPE_CHECKING

import pytest
from support.scripted_days import HOUR, Days, Site
from support.scripted_press import ARTICLE, Answer
from support.throwaway import fresh_database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pipelines.stack.postgres import Server

DAY = 24 * HOUR
APPEARED = {f"berita-{number}": (number // 2) * DAY + (3 + 5 * (number % 2)) * HOUR for number in range(6)}
"""Two articles on each of three days."""
XML = {"Content-Type": "application/xml"}
NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def page(site: Site, path: str) -> Answer | None:
    """An article that states its time."""
    when = APPEARED.get(name := path.rpartition("/")[2])
    if when is None:
        return None
    meta = f'<meta property="article:published_time" content="{site.moment(when).isoformat()}">'
    return Answer(ARTICLE.replace("<head>", f"<head>{meta}").replace("kedua", name))


def feed(*, dated: bool) -> Callable[[Site, str], Answer | None]:
    def script(site: Site, path: str) -> Answer | None:
        if path != "/rss":
            return page(site, path)
        dates = (f"<pubDate>{format_datetime(site.moment(when))}</pubDate>" for when in APPEARED.values())
        return site.rss(*((name, date if dated else "") for name, date in zip(APPEARED, dates, strict=True)))

    return script


def urlset(site: Site, names: Sequence[str]) -> Answer:
    urls = "".join(
        f"<url><loc>{site.home}warta/{name}</loc><lastmod>{site.moment(APPEARED[name]).isoformat()}</lastmod></url>"
        for name in names
    )
    return Answer(f"<urlset {NAMESPACE}>{urls}</urlset>", 200, XML)


def sitemap(site: Site, path: str) -> Answer | None:
    return urlset(site, [*APPEARED]) if path == "/sitemap.xml" else page(site, path)


def sitemaps_by_day(site: Site, path: str) -> Answer | None:
    """An index of three sitemaps, each of a day, that says when the last article of the day appeared."""
    names = [*APPEARED]
    parts = {f"/bagian-{letter}.xml": names[2 * number : 2 * number + 2] for number, letter in enumerate("abc")}
    if path in parts:
        return urlset(site, parts[path])
    if path != "/sitemap.xml":
        return page(site, path)
    listed = "".join(
        f"<sitemap><loc>{site.home.rstrip('/')}{part}</loc>"
        f"<lastmod>{site.moment(APPEARED[its[-1]]).isoformat()}</lastmod></sitemap>"
        for part, its in parts.items()
    )
    return Answer(f"<sitemapindex {NAMESPACE}>{listed}</sitemapindex>", 200, XML)


MAP = {"feeds": "[]", "sitemaps": '["/sitemap.xml"]'}
SITES = {
    "feed": (feed(dated=True), {}),
    "feed_undated": (feed(dated=False), {}),
    "map": (sitemap, MAP),
    "map_of_maps": (sitemaps_by_day, MAP),
}


@pytest.fixture
def days(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Days]:
    with fresh_database(server) as url:
        days = Days(url, tmp_path_factory.mktemp("publishers"))
        with days.printing(SITES):
            days.later(4 * DAY)
            yield days


def crawl(days: Days, slices: Sequence[int], **arguments: str) -> None:
    """Crawl days of the simulation one by one."""
    site = next(iter(days.sites.values()))
    for number in slices:
        first, last = (site.moment(each * DAY).isoformat() for each in (number, number + 1))
        days.crawl(from_date=first, to_date=last, **arguments)


def asked(days: Days, key: str) -> Counter[str]:
    """How often each path was asked for, but robots.txt."""
    paths = Counter(days.sites[key].press.paths())
    del paths["/robots.txt"]
    return paths


def once(key: str) -> Counter[str]:
    documents = {"feed": ["/rss"], "feed_undated": ["/rss"], "map": ["/sitemap.xml"]}.get(
        key, ["/sitemap.xml", "/bagian-a.xml", "/bagian-b.xml", "/bagian-c.xml"]
    )
    return Counter([*documents, *(f"/warta/{name}" for name in APPEARED)])


def test_slices_in_order_ask_for_each_document_and_each_page_once(days: Days) -> None:
    crawl(days, [0, 1, 2])
    for key in SITES:
        assert days.stored(key) == [*APPEARED], key
        assert asked(days, key) == once(key), key
    assert days.balanced()


def test_a_slice_that_others_have_completed_asks_for_nothing(days: Days) -> None:
    """Articles of an undated announcement were read for the first slice; those of the others wait for theirs."""
    crawl(days, [0, 1, 2])
    before = {key: days.sites[key].press.paths() for key in SITES}
    site = next(iter(days.sites.values()))
    days.crawl(from_date=site.moment(DAY).isoformat(), to_date=site.moment(3 * DAY).isoformat())
    assert {key: days.sites[key].press.paths() for key in SITES} == before
    assert days.rows("select finish_reason, count(*) from news.crawls group by 1") == [("finished", 16)]


def test_slices_backwards_lose_nothing_and_download_no_page_twice(days: Days) -> None:
    crawl(days, [2, 1, 0])
    for key in SITES:
        assert days.stored(key) == [*APPEARED], key
        pages = {path: count for path, count in asked(days, key).items() if "/warta/" in path}
        assert set(pages.values()) == {1}, key
    assert asked(days, "map") == once("map")
    assert asked(days, "map_of_maps")["/sitemap.xml"] == 1


def test_a_list_that_may_have_changed_since_it_was_read_is_asked_again(days: Days) -> None:
    """A day that was not over, or only just, when its list was read."""
    site = next(iter(days.sites.values()))
    spans = [(3 * DAY, 4 * DAY - HOUR), (3 * DAY, 4 * DAY - 7 * HOUR), (2 * DAY, 4 * DAY - 7 * HOUR)]
    counts = []
    for first, last in spans:
        days.crawl(["feed"], from_date=site.moment(first).isoformat(), to_date=site.moment(last).isoformat())
        counts.append(asked(days, "feed")["/rss"])
    assert counts == [1, 1, 1]
    days.crawl(
        ["feed"], from_date=site.moment(3 * DAY).isoformat(), to_date=site.moment(4 * DAY - 2 * HOUR).isoformat()
    )
    assert asked(days, "feed")["/rss"] == 2


def test_what_was_read_before_yesterday_is_read_again(days: Days) -> None:
    crawl(days, [0])
    days.later(25 * HOUR)
    crawl(days, [1])
    assert asked(days, "map")["/sitemap.xml"] == 2
    assert asked(days, "map_of_maps")["/sitemap.xml"] == 2


def test_a_crawl_without_dates_still_asks_for_each_sitemap_that_is_due(days: Days) -> None:
    crawl(days, [0, 1, 2])
    days.crawl()
    for key in SITES:
        assert asked(days, key)[next(iter(once(key)))] == 2, key
