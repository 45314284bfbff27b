"""Publishers whose dates, validators and changes are wrong, over three simulated days: what is found in spite of them,
what they may cost, and what the ledger says.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from support.scripted_days import DAY, HOUR, MINUTE, NOTHING, Days, Site
from support.scripted_press import ARTICLE, Answer
from support.throwaway import fresh_database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from support.scripted_days import Script

    from pipelines.stack.postgres import Server

JAKARTA = ZoneInfo("Asia/Jakarta")
XML = {"Content-Type": "application/xml"}
NAMESPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
)
NEW_EACH_ROUND = (NOTHING, 30 * MINUTE, 3 * HOUR, 12 * HOUR, 30 * HOUR, 60 * HOUR)
"""When six articles appear: each between two rounds."""
SIX = [f"berita-{number}" for number in range(6)]
LONG_AGO = "Wed, 01 Jan 2020 00:00:00 +0700"


def appeared(site: Site) -> list[tuple[str, timedelta]]:
    return [(SIX[place], when) for place, when in enumerate(NEW_EACH_ROUND) if when <= site.elapsed]


def pub_date(site: Site, when: timedelta) -> str:
    return f"<pubDate>{format_datetime(site.moment(when))}</pubDate>"


def sitemap(*entries: str) -> Answer:
    return Answer(f"<urlset {NAMESPACES}>{''.join(entries)}</urlset>", 200, XML)


def sitemap_index(site: Site, *children: tuple[str, str]) -> Answer:
    listed = (
        f"<sitemap><loc>{site.home}{name}</loc><lastmod>{changed}</lastmod></sitemap>" for name, changed in children
    )
    return Answer(f"<sitemapindex {NAMESPACES}>{''.join(listed)}</sitemapindex>", 200, XML)


def news(site: Site, name: str, when: timedelta) -> str:
    date = f"<news:news><news:publication_date>{site.moment(when).isoformat()}</news:publication_date></news:news>"
    return f"<url><loc>{site.home}warta/{name}</loc>{date}</url>"


def dated(stated: str) -> Script:
    """A feed that dates each article so."""

    def script(site: Site, path: str) -> Answer | None:
        if path != "/rss":
            return None
        return site.rss(*((name, f"<pubDate>{stated}</pubDate>") for name, _ in appeared(site)))

    return script


def stale_dates_beside_true_ones(site: Site, path: str) -> Answer | None:
    """The first article has its date; those after it have the template's."""
    if path != "/rss":
        return None
    (first, when), *later = appeared(site)
    items = [(first, pub_date(site, when)), *((name, f"<pubDate>{LONG_AGO}</pubDate>") for name, _ in later)]
    return site.rss(*items)


def frozen(header: Mapping[str, str], *, with_dates: bool) -> Script:
    """A feed whose validator never changes."""

    def script(site: Site, path: str) -> Answer | None:
        if path != "/rss":
            return None
        if site.has("if-modified-since") or site.has("if-none-match"):
            return Answer("", 304)
        items = ((name, pub_date(site, when) if with_dates else "") for name, when in appeared(site))
        return site.rss(*items)._replace(headers=header)

    return script


def true_validator(site: Site, path: str) -> Answer | None:
    if path != "/rss":
        return None
    tag = f'"{len(appeared(site))}"'
    if tag in site.press.head:
        return Answer("", 304)
    return site.rss(*((name, pub_date(site, when)) for name, when in appeared(site)))._replace(headers={"ETag": tag})


def stale_child(site: Site, path: str) -> Answer | None:
    if path == "/index.xml":
        return sitemap_index(site, ("news.xml", "2020-01-01"))
    return sitemap(*(news(site, *each) for each in appeared(site))) if path == "/news.xml" else None


def stale_child_among_archives(site: Site, path: str) -> Answer | None:
    archives = [(f"arsip-{number}.xml", f"20{number + 10}-05-01") for number in range(12)]
    if path == "/index.xml":
        return sitemap_index(site, *archives, ("terbaru.xml", "2019-05-01"))
    if path == "/terbaru.xml":
        return sitemap(*(news(site, *each) for each in appeared(site)))
    return archives_only(site, path)


def archives_only(site: Site, path: str) -> Answer | None:
    """An index whose sitemaps hold what they say: nothing of these days."""
    if path == "/index.xml":
        return sitemap_index(site, *((f"arsip-{number}.xml", f"20{number + 10}-05-01") for number in range(12)))
    if path.startswith("/arsip-"):
        year = 2010 + int(path[7:].removesuffix(".xml"))
        return sitemap(f"<url><loc>{site.home}warta/berita-lama-{year}</loc><lastmod>{year}-05-01</lastmod></url>")
    return None


def every_entry_off_by_lastmod(lastmod: Callable[[Site], str]) -> Script:
    def script(site: Site, path: str) -> Answer | None:
        if path != "/sitemap.xml":
            return None
        return sitemap(
            *(f"<url><loc>{site.home}warta/{name}</loc><lastmod>{lastmod(site)}</lastmod></url>" for name in SIX)
        )

    return script


def one_changed_truly(site: Site, path: str) -> Answer | None:
    """Its lastmod is the truth: the text changes when it says so."""
    changes = [when for when in (NOTHING, 3 * HOUR, 30 * HOUR) if when <= site.elapsed]
    if path == "/sitemap.xml":
        changed = site.moment(changes[-1]).isoformat()
        return sitemap(f"<url><loc>{site.home}warta/{SIX[0]}</loc><lastmod>{changed}</lastmod></url>")
    return Answer(ARTICLE.replace("kedua", f"ke-{len(changes)}")) if path.endswith(SIX[0]) else None


def page_of_day(site: Site, path: str) -> Answer | None:
    """The feed gives the minute, the page the day; of the second article another day than the feed."""
    published = site.moment(-(25 * HOUR))
    if path == "/rss":
        return site.rss((SIX[0], pub_date(site, -25 * HOUR)), (SIX[1], pub_date(site, -25 * HOUR)))
    day = published.astimezone(JAKARTA).date() - (timedelta(days=3) if path.endswith(SIX[1]) else NOTHING)
    meta = f'<meta property="article:published_time" content="{day}">'
    return Answer(ARTICLE.replace("<head>", f"<head>{meta}")) if path.startswith("/warta/") else None


def elsewhere(site: Site, path: str) -> Answer | None:
    """A feed in which a syndicated text of another house stands beside the publisher's own."""
    if path != "/rss":
        return None
    foreign = "</item><item><title>Titipan</title><link>https://lain.example/berita-9</link>"
    return site.rss((SIX[0], foreign))


def edited(site: Site, path: str) -> Answer | None:
    """Nothing announces the edit of the first article and the end of the second one, some hours after publication."""
    if path == "/rss":
        return site.rss(*((name, pub_date(site, NOTHING)) for name in SIX[:3]))
    late = site.elapsed > 4 * HOUR
    if path.endswith(SIX[0]) and late:
        return Answer(ARTICLE.replace("kedua", "ketiga"))
    if path.endswith(SIX[1]) and late:
        return Answer("", 410)
    return Answer("", 301, {"Location": "/"}) if path.endswith(SIX[2]) and late else None


def back_again(site: Site, path: str) -> Answer | None:
    """Gone for a day, then there again."""
    if path == "/rss":
        return site.rss((SIX[0], pub_date(site, NOTHING)))
    return Answer("", 404) if path.endswith(SIX[0]) and 4 * HOUR < site.elapsed < 30 * HOUR else None


def gone_for_one_look(site: Site, path: str) -> Answer | None:
    if path == "/rss":
        return site.rss((SIX[0], pub_date(site, NOTHING)))
    return Answer("", 404) if path.endswith(SIX[0]) and site.asked(SIX[0]) == 1 else None


SITEMAP = {"feeds": "[]", "sitemaps": '["/sitemap.xml"]'}
INDEX = {"feeds": "[]", "sitemaps": '["/index.xml"]'}
FROZEN = {"Last-Modified": "Wed, 01 Jan 2020 00:00:00 GMT"}
NOT_EVEN_OLD = {"Last-Modified": "Sun, 01 Jan 2040 00:00:00 GMT", "ETag": '"tetap"'}
SITES: dict[str, tuple[Script, dict[str, str]]] = {
    "zero": (dated("Thu, 01 Jan 1970 00:00:00 +0000"), {}),
    "zero_here": (dated("Thu, 01 Jan 1970 07:00:00 +0700"), {}),
    "year_minus_one": (dated("Wed, 30 Nov -0001 00:00:00 +0000"), {}),
    "year_zero": (dated("0000-00-00 00:00:00"), {}),
    "floppy": (dated("Tue, 01 Jan 1980 00:00:00 GMT"), {}),
    "template": (stale_dates_beside_true_ones, {}),
    "frozen_dated": (frozen(FROZEN, with_dates=True), {}),
    "frozen_undated": (frozen(FROZEN, with_dates=False), {}),
    "frozen_tag": (frozen(NOT_EVEN_OLD, with_dates=True), {}),
    "honest": (true_validator, {}),
    "stale_child": (stale_child, INDEX),
    "stale_child_archives": (stale_child_among_archives, INDEX),
    "archives_only": (archives_only, INDEX),
    "lastmod_now": (every_entry_off_by_lastmod(lambda _: datetime.now(UTC).isoformat()), SITEMAP),
    "lastmod_hour_ago": (every_entry_off_by_lastmod(lambda _: (datetime.now(UTC) - HOUR).isoformat()), SITEMAP),
    "lastmod_future": (every_entry_off_by_lastmod(lambda _: "2040-01-01T00:00:00Z"), SITEMAP),
    "lastmod_true": (one_changed_truly, SITEMAP),
    "page_of_day": (page_of_day, {}),
    "elsewhere": (elsewhere, {}),
    "edited": (edited, {}),
    "back_again": (back_again, {}),
    "one_look": (gone_for_one_look, {}),
}
ALL_SIX = (
    *("zero", "zero_here", "year_minus_one", "year_zero", "floppy", "template", "frozen_dated", "frozen_undated"),
    *("frozen_tag", "honest", "stale_child", "stale_child_archives"),
)


@pytest.fixture(scope="module")
def days(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Days]:
    with fresh_database(server) as url:
        days = Days(url, tmp_path_factory.mktemp("publishers"))
        with days.printing(SITES):
            days.run()
            yield days


@pytest.mark.parametrize("key", ALL_SIX)
def test_what_appeared_is_stored_once_whatever_is_claimed(days: Days, key: str) -> None:
    # What appeared after the last unconditional look of a day waits for the next one.
    known = SIX if key != "frozen_tag" else SIX[:5]
    assert days.stored(key)[: len(known)] == known
    assert all(days.sites[key].asked(name) <= 2 for name in SIX), "stored, and looked at once more"


def test_every_ledger_balances_and_every_crawl_was_good(days: Days) -> None:
    assert days.balanced()
    assert {key: problem for key in SITES for problem in days.verdicts(key) if problem is not None} == {}


@pytest.mark.parametrize("key", ["stale_child_archives", "archives_only"])
def test_an_index_of_old_sitemaps_alone_is_a_warning_and_not_a_failure(days: Days, key: str) -> None:
    first, *later = days.doubts(key)
    assert any(
        f"all {13 if key == 'stale_child_archives' else 12} sitemaps state a change before" in line for line in first
    )
    assert days.total(key, "left_out") > 0
    # Three that were never read are tried by a crawl: the second one at the latest finds the one that lies.
    assert not (key == "stale_child_archives" and any(later[1:]))


def test_an_honest_validator_goes_on_saving_most_of_the_downloads(days: Days) -> None:
    assert days.total("honest", "polls_unchanged") >= 1
    assert days.total("honest", "polls") == 7


def test_what_is_left_out_because_of_its_date_is_counted(days: Days) -> None:
    assert days.total("stale_child_archives", "polls_left_out") > 20
    assert days.total("stale_child_archives", "polls") < 7 * 6


@pytest.mark.parametrize("key", ["lastmod_now", "lastmod_hour_ago", "lastmod_future"])
def test_changes_that_never_were_are_not_believed_for_ever(days: Days, key: str) -> None:
    assert days.stored(key) == SIX
    assert days.sites[key].asked("") >= 7
    downloads = sum("/warta/" in path for path in days.sites[key].press.paths())
    assert downloads <= 4 * len(SIX), "seven rounds"


def test_what_is_not_believed_is_counted(days: Days) -> None:
    assert days.total("lastmod_hour_ago", "doubted") > 0
    assert days.total("lastmod_now", "doubted") > 0
    assert days.total("lastmod_true", "doubted") == 0


def test_a_change_that_is_true_is_fetched_each_time(days: Days) -> None:
    ((revisions,),) = days.rows("select count(*) from news.revisions where publisher = 'lastmod_true'")
    assert revisions == 2


def test_of_two_sources_that_agree_the_more_precise_one_says_when(days: Days) -> None:
    rows = days.rows(
        "select published_at from news.all_articles where publisher = 'page_of_day' order by canonical_url"
    )
    (first,), (second,) = rows
    wanted = days.sites["page_of_day"].moment(-25 * HOUR)
    assert abs(first - wanted) < MINUTE
    assert second.astimezone(JAKARTA).time().isoformat() == "00:00:00"
    assert second < first - DAY


def test_what_another_house_has_is_counted(days: Days) -> None:
    assert days.stored("elsewhere") == SIX[:1]
    assert days.total("elsewhere", "off_domain") == 7


def test_edits_and_removals_that_nothing_announces_are_seen(days: Days) -> None:
    assert days.rows("select count(*) from news.revisions where publisher = 'edited'") == [(1,)]
    gone = days.rows(
        "select canonical_url, gone_at is not null from news.all_articles where publisher = 'edited' order by 1"
    )
    assert [is_gone for _, is_gone in gone] == [False, True, True]
    assert days.stored("edited") == SIX[:3], "what is gone stays stored"


def test_an_article_that_comes_back_is_not_gone(days: Days) -> None:
    for key in ("back_again", "one_look"):
        assert days.rows("select gone_at from news.articles where publisher = %s", key) == [(None,)]


def test_visits_to_what_is_stored_stay_few(days: Days) -> None:
    for key in ("honest", "zero", "stale_child"):
        downloads = sum("/warta/" in path for path in days.sites[key].press.paths())
        assert downloads <= 2 * len(SIX)
