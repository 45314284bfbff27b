"""Harian Contoh announces what it prints: in index pages, feeds and sitemaps, and as days and editions go by."""

from __future__ import annotations

from calendar import timegm
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import feedparser
import pytest
from lxml import etree, html
from support.newspaper_readers import FOUNDED, NOON, announced, ask, of_kind, paper

from seeds.newsstand import Newsstand, serve
from seeds.newsstand.truth import expected

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def stand() -> Iterator[Newsstand]:
    with serve(paper()) as newsstand:
        yield newsstand


def etags(stand: Newsstand) -> dict[str, str]:
    """The validator of every announced page that exists."""
    answers = {path: ask(stand.url + path, "HEAD") for path in announced(stand)}
    return {path: answer.headers["ETag"] for path, answer in answers.items() if answer.status == 200}


def test_index_pages_of_more_than_sixty_days_list_what_the_sitemaps_announce(stand: Newsstand) -> None:
    listed: set[str] = set()
    days = [stand.newspaper.first_day + timedelta(offset) for offset in range(64)]
    for day in days:
        found = html.fromstring(ask(f"{stand.url}/indeks?date={day}&page=1").body).cssselect("ul.indeks-list a")
        assert found or day >= FOUNDED
        listed |= {urlsplit(link.get("href", "")).path for link in found}
    assert listed == announced(stand)


def test_a_full_day_is_split_into_pages_of_ten() -> None:
    with serve(paper(articles=2000)) as stand:
        page = f"{stand.url}/indeks?date=2026-11-01&page="
        counts = [len(html.fromstring(ask(page + n).body).cssselect("ul.indeks-list a")) for n in "12345"]
    assert counts[:3] == [10, 10, 10]
    assert counts[4] == 0


@pytest.mark.parametrize("path", ["/rss", "/atom.xml"])
def test_feeds_parse_and_hold_the_newest_forty(stand: Newsstand, path: str) -> None:
    feed = feedparser.parse(ask(stand.url + path).body)
    newest = list(reversed(stand.newspaper.visible()))[:40]
    assert not feed.bozo
    assert [urlsplit(entry.link).path for entry in feed.entries] == [stand.newspaper.link(plan).path for plan in newest]
    assert [datetime.fromtimestamp(timegm(entry.published_parsed), UTC) for entry in feed.entries] == [
        plan.published_at for plan in newest
    ]


def test_the_news_sitemap_holds_two_days(stand: Newsstand) -> None:
    tree = etree.fromstring(ask(stand.url + "/sitemap-news.xml").body)
    dates = [datetime.fromisoformat(node.text or "") for node in tree.iter("{*}publication_date")]
    assert len(dates) >= 3
    assert all(NOON - timedelta(days=2) <= moment <= NOON for moment in dates)


def test_time_brings_articles_and_changes_no_old_page(stand: Newsstand) -> None:
    before = etags(stand)
    stand.newspaper.pinned_now = NOON + timedelta(days=12)
    after = etags(stand)
    assert 20 <= len(after) - len(before) <= 32
    assert {path: after[path] for path in before} == before


def test_edition_two_changes_exactly_one_article(stand: Newsstand) -> None:
    before, old = etags(stand), expected(stand.newspaper)
    stand.newspaper.pinned_now = NOON + timedelta(minutes=5)
    assert ask(stand.url + "/_newsstand/edition?number=2", "POST").status == 200
    after, new = etags(stand), expected(stand.newspaper)
    (changed,) = [path for path in before if after[path] != before[path]]
    (one,), (two,) = of_kind(old, "changing"), of_kind(new, "changing")
    assert urlsplit(two["url"]).path == changed
    assert (one["headline"], new["counts"]["revisions"]) == (two["headline"], 1)
    assert len(set(one["paragraphs"]) ^ set(two["paragraphs"])) == 2
    corrected = (NOON + timedelta(minutes=5)).isoformat()
    assert datetime.fromisoformat(two["modified_at"]).isoformat() != one["modified_at"]
    for path in ("/atom.xml", "/sitemap-2026-11.xml", "/sitemap.xml"):
        assert corrected in ask(stand.url + path).body.decode()
    assert two["modified_at"] in ask(two["url"]).body.decode()


def test_five_thousand_articles_are_a_newspaper_too() -> None:
    with serve(paper(articles=5000)) as stand:
        assert len(announced(stand)) == len(stand.newspaper.visible()) > 5000
        paths = [stand.newspaper.link(plan).path for plan in stand.newspaper.visible()[::100]]
        assert sum(ask(stand.url + path).status == 200 for path in paths) >= 50
