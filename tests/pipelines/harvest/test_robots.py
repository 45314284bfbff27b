"""robots.txt in Postgres: what one crawl has fetched the next one finds, over HTTP too."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from support.hanging_up import hang_up
from support.polite_crawls import Warta
from support.scripted_press import Answer, printing

from pipelines.database.connections import Connection, connect, transaction
from pipelines.harvest.frontier import Frontier
from spiders.fetching.robots_text import MOST_BYTES, KeptFile
from spiders.publishers import Publisher
from spiders.publishers.window import Window

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PUBLISHER = Publisher(key="koran", name="Koran", home="https://koran.example/")
ROOT = "https://koran.example"
RULES = "User-agent: *\nDisallow: /warta/berita-3\n"


@pytest.fixture
def frontier(database_url: str) -> Iterator[Frontier]:
    opened = Frontier(connect(database_url), PUBLISHER, Window(datetime(2026, 11, 1, tzinfo=UTC), None, strict=False))
    yield opened
    hang_up(opened.connection)


def recall(frontier: Frontier, root: str = ROOT) -> KeptFile | None:
    return asyncio.run(frontier.robots.recall(root))


@pytest.mark.parametrize("body", [b"", b"User-agent: *\nDisallow: /\n", b"\x00\xff\xfeabc", None])
def test_a_file_comes_back_byte_for_byte_with_its_age(
    frontier: Frontier, database: Connection, body: bytes | None
) -> None:
    assert recall(frontier) is None
    for age in (7.0, 90_000.0):
        asyncio.run(frontier.robots.keep(ROOT, body))
        with transaction(database) as cursor:
            cursor.execute("update lumbung.robots set read_at = read_at - make_interval(secs => %s)", [age])
        found = recall(frontier)
        assert found is not None
        assert found.body == body
        assert found.age == pytest.approx(age, abs=5)
    assert recall(frontier, f"{ROOT}:8443") is None


def test_what_a_host_answered_last_takes_the_place_of_what_it_answered_before(frontier: Frontier) -> None:
    for body in (b"User-agent: *\nDisallow: /a\n", b"User-agent: *\nDisallow: /b\n", None, b""):
        asyncio.run(frontier.robots.keep(ROOT, body))
        asyncio.run(frontier.robots.keep(f"{ROOT}:8443", b"another"))
        found = recall(frontier)
        assert found is not None
        assert found.body == body


def test_of_a_huge_file_only_what_is_read_is_kept(frontier: Frontier) -> None:
    asyncio.run(frontier.robots.keep(ROOT, b"#" * (MOST_BYTES + 9)))
    found = recall(frontier)
    assert found is not None
    assert len(found.body or b"") == MOST_BYTES + 1, "one more byte says that it was cut"


def older(database: Connection, interval: str) -> None:
    with transaction(database) as cursor:
        cursor.execute("update lumbung.robots set read_at = read_at - %s::interval", [interval])


def test_crawls_of_a_day_ask_once_and_keep_to_its_rules(
    database_url: str, database: Connection, tmp_path: Path
) -> None:
    rules = [RULES]
    with printing(lambda path, _: Answer(rules[0]) if path == "/robots.txt" else None) as press:
        warta = Warta(press, database_url, database, tmp_path)
        for run in ("one", "two", "three"):
            warta.crawl(run)
        assert press.paths().count("/robots.txt") == 1
        assert "/warta/berita-3" not in press.paths()
        assert warta.rows("select reason from news.rejections") == [("disallowed",)]
        rules[0] = RULES.replace("berita-3", "rss")
        warta.crawl("four")
        before = press.paths().count("/warta/rss")
        older(database, "1 day")
        warta.crawl("five")
        assert press.paths().count("/robots.txt") == 2
        assert press.paths().count("/warta/rss") == before, "the new rules hold a day later at the latest"


@pytest.mark.parametrize(("status", "asked"), [(404, 1), (503, 3)])
def test_an_error_is_kept_only_where_it_is_an_answer(
    database_url: str, database: Connection, tmp_path: Path, status: int, asked: int
) -> None:
    with printing(lambda path, _: Answer("", status) if path == "/robots.txt" else None) as press:
        warta = Warta(press, database_url, database, tmp_path)
        for run in ("one", "two", "three"):
            warta.crawl(run, RETRY_TIMES="0", POLITE_PAUSE="0")
            with transaction(database) as cursor:
                cursor.execute(
                    "update lumbung.domain set free_at = now() - interval '1 second', reason = null, strikes = 0"
                )
        assert press.paths().count("/robots.txt") == asked
        assert ("/warta/rss" in press.paths()) == (status == 404)
        older(database, "1 hour")
        warta.crawl("four", RETRY_TIMES="0", POLITE_PAUSE="0")
        assert press.paths().count("/robots.txt") == asked + 1
