"""Every publisher file against its template in the simulated internet: what the site printed is what is stored."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from support.checkout import TESTS
from support.hanging_up import hang_up
from support.loopback_handler import SETTINGS
from support.many_spiders import crawl_together
from support.spider_runs import FAST, run_spider
from support.throwaway import TEMPLATE

from pipelines.database.connections import connect, transaction
from pipelines.harvest.ledger import find_crawl, verdict
from seeds.newsstand.internet import Internet, InternetSettings, load_sites, serve_internet
from spiders.discovery.documents import parse_feed, parse_index, parse_section, parse_sitemap
from spiders.publishers import find_publisher, publisher_keys
from spiders.publishers.urls import canonicalise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pipelines.database.connections import Connection
    from pipelines.stack.postgres import Server
    from spiders.publishers import Publisher

YESTERDAY = datetime.now(UTC).date() - timedelta(days=1)
KEYS = sorted(set(publisher_keys()) & set(load_sites()))
IN_PARTS = [key for key in KEYS if load_sites()[key].split and not load_sites()[key].whole]
ARTICLES = 6
COLUMNS = ("canonical_url", "headline", "breadcrumb", "authors", "published_at", "tags", "text")


class Harvest:
    """One crawl of every publisher, and what came of it."""

    def __init__(self, internet: Internet, database_url: str, log: str) -> None:
        self.internet = internet
        self.log = log
        self.connection = connect(database_url)
        with transaction(self.connection) as cursor:
            columns = ", ".join(f"a.{name}" for name in COLUMNS[:-1])
            cursor.execute(
                f"select a.publisher, {columns}, t.text"
                " from news.all_articles a join news.article_text t using (article_id)"
            )
            self.articles: dict[str, dict[str, dict[str, Any]]] = {key: {} for key in KEYS}
            for key, *values in cursor.fetchall():
                self.articles[key][values[0]] = dict(zip(COLUMNS, values, strict=True))


@pytest.fixture(scope="module")
def harvest(server: Server) -> Iterator[Harvest]:
    server.psql("-d", "postgres", "-qc", f'create database "internet" template {TEMPLATE}')
    evening = datetime.combine(YESTERDAY, time(23, 30), ZoneInfo("Asia/Jakarta"))
    settings = InternetSettings(first_day=YESTERDAY, per_day=ARTICLES + 1, keys=frozenset(KEYS))
    url = server.url("internet")
    with serve_internet(Internet(settings, now=evening)) as internet:
        log = crawl_together(KEYS, url, internet.url, {"run": "{key}"}, {**FAST, "LOG_LEVEL": "INFO"}, clock=evening)
        found = Harvest(internet, url, log)
        yield found
        hang_up(found.connection)


def articles_of(internet: Internet, key: str) -> dict[str, dict[str, Any]]:
    """What the site says it printed, by canonical URL, and whether announcements that were asked for hold it."""
    announced, publisher = internet.announced_urls(key), find_publisher(key)
    found = {}
    for each in internet.expected(key)["articles"]:
        url = canonicalise(each["canonical_url"], publisher)
        found[url] = {**each, "canonical_url": url, "announced": each["canonical_url"] in announced}
    return found


def difference(wanted: dict[str, Any], found: dict[str, Any], zone: str) -> dict[str, tuple[Any, Any]]:
    """What was printed and what was stored, by field, where the two are not the same."""
    found = dict(found)
    printed = wanted["published_at"]
    if len(printed) == len("2026-11-24") and found["published_at"] is not None:
        found["published_at"] = found["published_at"].astimezone(ZoneInfo(zone)).date()
        wanted = {**wanted, "published_at": date.fromisoformat(printed)}
    else:
        wanted = {**wanted, "published_at": datetime.fromisoformat(printed)}
    pairs = {name: (wanted[name], found[name]) for name in COLUMNS}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


@pytest.mark.parametrize("key", KEYS)
def test_all_articles_of_a_publisher_are_stored_as_its_site_prints_them(harvest: Harvest, key: str) -> None:
    crawl = find_crawl(harvest.connection, key)
    assert crawl is not None, harvest.log[-3_000:]
    assert verdict(harvest.connection, crawl) is None
    truth, stored = articles_of(harvest.internet, key), harvest.articles[key]
    announced = {url for url, each in truth.items() if each["announced"]}
    assert announced
    assert sorted(announced - stored.keys()) == []
    assert sorted(stored.keys() - truth.keys()) == []
    zone = find_publisher(key).timezone
    wrong = {url: difference(truth[url], each, zone) for url, each in stored.items() if not truth[url]["in_parts"]}
    assert {url: fields for url, fields in wrong.items() if fields} == {}


@pytest.mark.parametrize("key", IN_PARTS)
def test_an_article_that_comes_only_in_parts_is_stored_whole(harvest: Harvest, key: str) -> None:
    parted = {url: each for url, each in articles_of(harvest.internet, key).items() if each["in_parts"]}
    assert parted
    assert {url: harvest.articles[key][url]["text"] for url in parted} == {
        url: each["text"] for url, each in parted.items()
    }


@pytest.mark.parametrize("key", KEYS)
def test_every_address_that_a_publisher_file_polls_announces_articles_on_its_site(key: str) -> None:
    publisher, noon = find_publisher(key), datetime.combine(YESTERDAY, time(12), ZoneInfo("Asia/Jakarta"))
    settings = InternetSettings(first_day=YESTERDAY - timedelta(days=1), per_day=60, keys=frozenset({key}))
    site = Internet(settings, now=noon).publishing[key]

    ways: list[tuple[str, Callable[[bytes, str], Sequence[object]]]] = [
        *((publisher.absolute(each), partial(parse_feed, publisher=publisher)) for each in publisher.feeds),
        *((publisher.absolute(each), partial(in_sitemap, publisher=publisher)) for each in publisher.sitemaps),
        *((publisher.absolute(each), partial(parse_section, publisher=publisher)) for each in publisher.sections),
        *(
            (
                index.page_url(publisher.home, YESTERDAY, 1),
                partial(parse_index, publisher=publisher, day=YESTERDAY, index=index),
            )
            for index in publisher.indexes
        ),
    ]
    answers = {url: site.answer(urlsplit(url).netloc, target_of(url), noon) for url, _ in ways}
    assert [url for url, answer in answers.items() if answer.announces is None] == []
    assert [url for url, read in ways if not read(answers[url].response.body, url)] == []


@pytest.mark.parametrize("key", [key for key in KEYS if any(index.dated for index in find_publisher(key).indexes)])
def test_an_index_by_day_lists_other_articles_on_another_day(key: str) -> None:
    publisher, noon = find_publisher(key), datetime.combine(YESTERDAY, time(12), ZoneInfo("Asia/Jakarta"))
    before = YESTERDAY - timedelta(days=1)
    site = Internet(InternetSettings(first_day=before, keys=frozenset({key})), now=noon).publishing[key]
    for index in (each for each in publisher.indexes if each.dated):
        urls = [index.page_url(publisher.home, day, 1) for day in (YESTERDAY, before)]
        bodies = [site.answer(urlsplit(url).netloc, target_of(url), noon).response.body for url in urls]
        assert bodies[0] != bodies[1], urls


def in_sitemap(body: bytes, url: str, publisher: Publisher) -> Sequence[object]:
    """What a sitemap lists: articles, or other sitemaps."""
    found = parse_sitemap(body, url, publisher)
    return found.entries or found.children


def target_of(url: str) -> str:
    """Path and query of a URL."""
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def test_no_disallowed_page_is_asked_for(harvest: Harvest) -> None:
    asked = [each.target for each in harvest.internet.requests if "/cetak-khusus-" in each.target]
    assert asked == []


def test_scrapy_crawl_in_a_process_of_its_own_harvests_a_site_once(database_url: str, database: Connection) -> None:
    evening = datetime.combine(YESTERDAY, time(23, 30), ZoneInfo("Asia/Jakarta"))
    settings = InternetSettings(first_day=YESTERDAY, per_day=ARTICLES, keys=frozenset({"tempo"}))
    with serve_internet(Internet(settings, now=evening)) as internet:
        options = {name: value if isinstance(value, str) else json.dumps(value) for name, value in SETTINGS.items()}
        environment = {"DATABASE_URL": database_url, "PYTHONPATH": str(TESTS)}
        for run in ("first", "second"):
            run_spider("tempo", environment, f"run={run}", settings={**FAST, **options, "LOOPBACK": internet.url})
        downloads = [each.path for each in internet.requests if internet.holds(f"{each.host}{each.path}")]
        assert len(downloads) == len(set(downloads)) == len(internet.expected("tempo")["articles"])
    first, second = find_crawl(database, "first"), find_crawl(database, "second")
    assert first is not None
    assert second is not None
    assert (first.stored, second.stored, second.leased) == (len(downloads), 0, 0)
