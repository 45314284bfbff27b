"""Crawls with dates, `--refetch` and backfills in slices over three simulated days: what is downloaded again."""

from __future__ import annotations

from collections import Counter
from email.utils import format_datetime
from typing import TYPE_CHECKING

import pytest
from support.scripted_days import HOUR, Days, Site
from support.scripted_press import ARTICLE, Answer
from support.throwaway import fresh_database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import timedelta

    from support.scripted_days import Script

    from pipelines.stack.postgres import Server

APPEARED = (HOUR / 2, HOUR, 25 * HOUR, 26 * HOUR, 49 * HOUR, 50 * HOUR)
"""When six articles appear, two on each of three days."""
SIX = [f"berita-{number}" for number in range(6)]
XML = {"Content-Type": "application/xml"}


def site_of(*, in_feed: bool, on_page: bool, feed: str = "/rss", lastmod: bool = False) -> Script:
    """A newspaper that shows all its articles in one document, with their dates where it says so."""

    def script(site: Site, path: str) -> Answer | None:
        shown = [(name, when) for name, when in zip(SIX, APPEARED, strict=True) if when <= site.elapsed]
        if path == feed == "/rss":
            dates = [f"<pubDate>{format_datetime(site.moment(when))}</pubDate>" for _, when in shown]
            return site.rss(*((name, date if in_feed else "") for (name, _), date in zip(shown, dates, strict=True)))
        if path == feed:
            changes = [f"<lastmod>{site.moment(when).isoformat()}</lastmod>" if lastmod else "" for _, when in shown]
            urls = "".join(
                f"<url><loc>{site.home}warta/{name}</loc>{changed}</url>"
                for (name, _), changed in zip(shown, changes, strict=True)
            )
            return Answer(f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>', 200, XML)
        name = path.rpartition("/")[2]
        if name not in SIX:
            return None
        when = APPEARED[SIX.index(name)]
        meta = f'<meta property="article:published_time" content="{site.moment(when).isoformat()}">' if on_page else ""
        return Answer(ARTICLE.replace("<head>", f"<head>{meta}").replace("kedua", name))

    return script


SITEMAP = {"feeds": "[]", "sitemaps": '["/sitemap.xml"]'}
SITES: dict[str, tuple[Script, dict[str, str]]] = {
    "feed_dated": (site_of(in_feed=True, on_page=True), {}),
    "feed_only": (site_of(in_feed=True, on_page=False), {}),
    "page_only": (site_of(in_feed=False, on_page=True), {}),
    "no_dates": (site_of(in_feed=False, on_page=False), {}),
    "map_undated": (site_of(in_feed=False, on_page=True, feed="/sitemap.xml"), SITEMAP),
    "map_lastmod": (site_of(in_feed=False, on_page=True, feed="/sitemap.xml", lastmod=True), SITEMAP),
    "map_nothing": (site_of(in_feed=False, on_page=False, feed="/sitemap.xml"), SITEMAP),
}
DATED = [key for key in SITES if key not in {"no_dates", "map_nothing"}]
UNDATED = ["no_dates", "map_nothing"]
STEPS = (2 * HOUR, 25 * HOUR, 25 * HOUR)
"""Between rounds of crawls, which end after 52 hours: each article is found within hours."""


@pytest.fixture
def days(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Days]:
    with fresh_database(server) as url:
        days = Days(url, tmp_path_factory.mktemp("publishers"))
        with days.printing(SITES):
            yield days


def downloads(days: Days, key: str) -> Counter[str]:
    """By article, how often it was asked for."""
    paths = (path.rpartition("/")[2] for path in days.sites[key].press.paths())
    return Counter(name for name in paths if name in SIX)


def span(days: Days, first: timedelta, last: timedelta) -> dict[str, str]:
    """Spider arguments for a range between two moments of the simulation."""
    site = next(iter(days.sites.values()))
    return {"from_date": site.moment(first).isoformat(), "to_date": site.moment(last).isoformat()}


def test_refetch_with_a_range_downloads_what_is_of_the_range_and_nothing_else_again(days: Days) -> None:
    days.run(STEPS)
    assert all(days.stored(key) == SIX for key in SITES)
    before = {key: downloads(days, key) for key in SITES}
    days.crawl(**span(days, 24 * HOUR, 48 * HOUR), refetch="true")
    again = {key: downloads(days, key) - before[key] for key in SITES}
    first = {key: Counter(SIX[2:4]) for key in SITES}  # what is undated counts as of when it was found
    assert again == first
    days.crawl(**span(days, -48 * HOUR, -24 * HOUR), refetch="true")
    assert {key: downloads(days, key) - before[key] for key in SITES} == first
    assert all(days.stored(key) == SIX for key in SITES)
    assert days.balanced()


def test_refetch_twice_of_the_same_range_is_what_was_asked_for_and_ends(days: Days) -> None:
    days.run(STEPS)
    before = {key: downloads(days, key) for key in DATED}
    for _ in range(2):
        days.crawl(DATED, **span(days, 48 * HOUR, 52 * HOUR), refetch="true")
    assert {key: downloads(days, key) - before[key] for key in DATED} == {key: Counter(SIX[4:] * 2) for key in DATED}
    assert days.balanced()
    days.crawl(DATED, **span(days, 48 * HOUR, 52 * HOUR))
    assert {key: downloads(days, key) - before[key] for key in DATED} == {key: Counter(SIX[4:] * 2) for key in DATED}


def test_refetch_in_slices_downloads_each_article_once_more_whether_it_is_dated_or_not(days: Days) -> None:
    days.later(60 * HOUR)
    for again in ("false", "true"):
        for start in (0, 20, 40):  # what a slice found undated counts as of that slice
            days.crawl(**span(days, start * HOUR, min(60, start + 20) * HOUR), refetch=again)
        days.later(100 * HOUR)
    assert {key: downloads(days, key) for key in SITES} == {key: Counter(SIX * 2) for key in SITES}
    assert days.balanced()


def test_an_article_that_states_no_date_has_the_announced_one(days: Days) -> None:
    days.run(STEPS)
    rows = days.rows("select published_at from news.all_articles where publisher = 'feed_only' order by canonical_url")
    stated = [days.sites["feed_only"].moment(when).replace(microsecond=0) for when in APPEARED]
    assert [when for (when,) in rows] == stated
    assert days.rows("select count(published_at) from news.all_articles where publisher = 'no_dates'") == [(0,)]


@pytest.mark.parametrize("hours", [24, 12])
def test_a_backfill_in_slices_downloads_each_article_once_whether_it_is_dated_or_not(days: Days, hours: int) -> None:
    days.later(60 * HOUR)
    for start in range(0, 60, hours):
        days.crawl(**span(days, start * HOUR, min(60, start + hours) * HOUR))
    for key in SITES:
        assert days.stored(key) == SIX, key
        assert downloads(days, key) == Counter(SIX), key
    assert days.balanced()


def test_slices_that_are_done_again_or_backwards_download_nothing_again(days: Days) -> None:
    days.later(60 * HOUR)
    for start in (40, 20, 0, 20, 0, 40):
        days.crawl(**span(days, start * HOUR, (start + 20) * HOUR))
    for key in SITES:
        assert days.stored(key) == SIX, key
        assert downloads(days, key) == Counter(SIX), key


def test_a_slice_beside_scheduled_crawls_downloads_only_what_they_have_not(days: Days) -> None:
    days.run(STEPS)
    before = {key: downloads(days, key) for key in SITES}
    for start in (0, 18, 36):
        days.crawl(**span(days, start * HOUR, min(52, start + 18) * HOUR))
    assert {key: downloads(days, key) for key in SITES} == before
    assert days.balanced()
