"""Nets under a crawl, and content types that lie: what happens has a name, and nothing is lost."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from scrapy import Request, Spider
from scrapy.crawler import Crawler
from support.scripted_press import ARTICLE, Answer, Press, printing, write_publisher
from support.spider_runs import FAST, run_spider

from pipelines.database.connections import Connection, transaction
from pipelines.harvest.ledger import find_crawl, imbalance, verdict
from spiders.fetching import caps as caps_module
from spiders.fetching.caps import Caps

if TYPE_CHECKING:
    from pathlib import Path

CAPS = {"CRAWL_REQUESTS": "12", "DOMAIN_MEGABYTES": "0.008", "CRAWL_MINUTES": "1e-05"}
ARTICLES = 60


def rows(connection: Connection, statement: str) -> list[tuple[Any, ...]]:
    with transaction(connection) as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


@pytest.mark.parametrize("name", ["CRAWL_REQUESTS", "CRAWL_MEGABYTES", "DOMAIN_REQUESTS", "DOMAIN_MEGABYTES"])
def test_a_cap_holds_for_what_it_counts_and_none_is_no_cap(name: str) -> None:
    none = dict.fromkeys((*CAPS, "CRAWL_MEGABYTES", "DOMAIN_REQUESTS"), 0)
    caps = Caps(Crawler(Spider, {**none, name: 3}))
    free = Caps(Crawler(Spider, none))
    for number in range(3):
        for each in (caps, free):
            assert each.ask(f"https://news.warta.example/{number}") is None
            each.received(b"x" * 1_000_000, Request(f"https://foto.warta.example/{number}"))
    assert free.ask("https://warta.example/") is None
    assert f"it has reached {name}, 3 " in (caps.ask("https://warta.example/") or "")
    assert (caps.ask("https://lain.example/") is None) == name.startswith("DOMAIN")


UNITS = {
    "CRAWL_REQUESTS": "requests",
    "CRAWL_MEGABYTES": "MB",
    "CRAWL_MINUTES": "minutes",
    "DOMAIN_REQUESTS": "requests to warta.example",
    "DOMAIN_MEGABYTES": "MB from warta.example",
}


@pytest.mark.parametrize("name", UNITS)
def test_each_cap_is_reached_at_its_very_amount_and_tells_its_unit(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [5_000.0]
    monkeypatch.setattr(caps_module, "monotonic", lambda: now[0])
    caps = Caps(Crawler(Spider, {**dict.fromkeys(UNITS, 0), name: 2.5 if "REQUESTS" not in name else 2}))
    url = "https://news.warta.example/1"
    assert caps.ask(url) is None
    caps.received(b"x" * 2_499_999, Request(url))
    now[0] += 149.9
    assert caps.ask(url) is None
    caps.received(b"x", Request("https://foto.warta.example/2"))
    now[0] += 0.1
    amount = "2" if "REQUESTS" in name else "2.5"
    assert caps.ask(url) == f"it has reached {name}, {amount} {UNITS[name]}; what it had not asked for stays due"


def slowly(path: str, _number: int) -> Answer | None:
    return Answer(seconds=0.04) if "berita" in path else None


@pytest.mark.parametrize("cap", CAPS)
def test_a_crawl_ends_at_its_cap_says_which_and_leaves_the_rest_due(
    database_url: str, database: Connection, tmp_path: Path, cap: str
) -> None:
    with printing(slowly, articles=ARTICLES) as press:
        environment = {"DATABASE_URL": database_url, **write_publisher(tmp_path, "warta", press.home)}
        run_spider("warta", environment, "run=capped", settings={**FAST, cap: CAPS[cap]})
        asked = len(press.requests)
        capped = find_crawl(database, "capped")
        assert capped is not None
        assert imbalance(capped) is None
        assert f"it has reached {cap}, {CAPS[cap]} " in (verdict(database, capped) or "")
        assert (0 if cap == "CRAWL_MINUTES" else 1) <= capped.stored < ARTICLES
        assert rows(database, "select count(*) from lumbung.page where state = 'due'") == [
            (capped.enqueued - capped.fetched,)
        ]
        if cap.endswith("REQUESTS"):
            assert 0 < asked <= int(CAPS[cap])
        if cap != "CRAWL_REQUESTS":
            return  # once is enough to see that a crawl without a cap fetches the others
        run_spider("warta", environment, "run=rest", settings=FAST)
    rest = find_crawl(database, "rest")
    assert rest is not None
    assert verdict(database, rest) is None
    assert capped.stored + rest.stored == ARTICLES
    assert rows(database, "select count(*), count(distinct url) from lumbung.article") == [(ARTICLES, ARTICLES)]


PAGES = {
    "berita-0": ("text/html; charset=utf-8", ARTICLE, "article"),
    "berita-1": ("application/pdf", "%PDF-1.7", "not_html: Content-Type: application/pdf"),
    "berita-2": ("image/png", "\x89PNG\r\n", "not_html: Content-Type: image/png"),
    "berita-3": ("application/octet-stream", ARTICLE, "article"),
    "berita-4": ("text/plain", "\n <!DOCTYPE HTML>" + ARTICLE, "article"),
    "berita-5": ("text/plain; charset=utf-8", "Hanya teks.", "not_html: Content-Type: text/plain; charset=utf-8"),
    "berita-6": ("", ARTICLE, "article"),
    "berita-7": ("", "PK\x03\x04", "not_html: Content-Type: none"),
    "berita-8": ("application/json", '{"judul": "Panen"}', "not_html: Content-Type: application/json"),
    "berita-9": ("video/mp4", ARTICLE, "not_html: Content-Type: video/mp4"),
    "berita-10": ("application/xhtml+xml", ARTICLE, "article"),
    "berita-11": ("text/html", "%PDF-1.7 \x00\x01", "rejected"),
    "berita-12": ("nonsens", ARTICLE, "not_html: Content-Type: nonsens"),
}


def by_name(path: str, _number: int) -> Answer | None:
    kind, body, _ = PAGES.get(path.rpartition("/")[2], (None, "", ""))
    return None if kind is None else Answer(body, headers={"Content-Type": kind})


def test_a_page_of_any_content_type_has_one_named_outcome(
    database_url: str, database: Connection, tmp_path: Path
) -> None:
    with printing(by_name, articles=len(PAGES)) as press:
        environment = {"DATABASE_URL": database_url, **write_publisher(tmp_path, "warta", press.home)}
        run_spider("warta", environment, "run=kinds", settings=FAST)
    crawl = find_crawl(database, "kinds")
    assert crawl is not None
    assert imbalance(crawl) is None
    found = dict(rows(database, "select url, 'article' from news.all_articles"))
    found |= dict(rows(database, "select url, reason || ': ' || detail from news.rejections"))
    outcomes = {url.rpartition("/")[2]: outcome for url, outcome in found.items()}
    assert outcomes.pop("berita-11").partition(":")[0] in {"no_body", "not_html", "no_headline"}
    assert outcomes == {name: outcome for name, (_, _, outcome) in PAGES.items() if name != "berita-11"}
    assert crawl.fetched == crawl.leased == len(PAGES)


FEEDS = {
    "gambar": ("image/png", None),
    "bita": ("application/octet-stream", None),
    "tanpa": ("", None),
    "png": ("image/png", "\x89PNG\r\n\x1a\n"),
    "pdf": ("application/rss+xml", "%PDF-1.7"),
}


def test_a_feed_is_read_whatever_content_type_it_is_served_as_and_one_that_is_none_is_named(
    database_url: str, database: Connection, tmp_path: Path
) -> None:
    def mislabelled(path: str, _number: int) -> Answer | None:
        key, _, name = path.strip("/").rpartition("/")
        if name != "rss":
            return None
        kind, body = FEEDS[key]
        answer = press_answer(press, path) if body is None else Answer(body)
        return answer._replace(headers={"Content-Type": kind})

    with printing(mislabelled, articles=2) as press:
        feeds = json.dumps([f"/{key}/rss" for key in FEEDS])
        environment = {"DATABASE_URL": database_url, **write_publisher(tmp_path, "warta", press.home, feeds=feeds)}
        run_spider("warta", environment, "run=feeds", settings=FAST)
    crawl = find_crawl(database, "feeds")
    assert crawl is not None
    assert imbalance(crawl) is None
    assert (crawl.polls, crawl.polls_failed, crawl.stored) == (5, 2, 6)
    failed = [problem for problem in crawl.problems if "is not a feed" in problem]
    assert sorted(problem.rpartition("/rss")[0][-3:] for problem in failed) == ["pdf", "png"]


def press_answer(press: Press, path: str) -> Answer:
    return press._ordinary(f"127.0.0.1:{press.port}", path)  # noqa: SLF001 - what it would have answered
