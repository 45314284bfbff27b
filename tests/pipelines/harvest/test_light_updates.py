"""Updates that leave the text alone stay on their page and write into no index; what depends on the text follows it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from support.hanging_up import hang_up
from support.stories import Story, body, put, rows

from pipelines.database.connections import Connection, connect, transaction
from pipelines.harvest.frontier import Frontier
from pipelines.harvest.load import load
from spiders.article import Article, Entry, Outcome, Rejection, Validators, Visit
from spiders.publishers import Publisher
from spiders.publishers.window import Window

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = datetime.now(UTC)
LONG = tuple(body(7, 40))
PLAIN = Article(
    publisher="koran",
    url="https://koran.example/1",
    canonical_url="https://koran.example/1",
    declared_url="https://koran.example/baca/1",
    headline="Panen raya di Karawang " + "sekali " * 20,
    paragraphs=LONG,
    fetched_at=NOW,
    breadcrumb=("Home", "Ekonomi"),
    authors=("Sri Lestari", "Budi"),
    tags=tuple(f"padi {number}" for number in range(30)),
    published_at=NOW,
    section="Ekonomi",
    reads=953,
)
UPDATES = """
select n_tup_upd, n_tup_hot_upd from pg_stat_user_tables where relid = 'lumbung.article'::regclass
"""


@pytest.fixture
def frontier(database_url: str) -> Iterator[Frontier]:
    publisher = Publisher(key="koran", name="Koran", home="https://koran.example/")
    opened = Frontier(connect(database_url), publisher, Window(NOW - timedelta(days=1), None, strict=False))
    asyncio.run(opened.announce("https://koran.example/rss", [Entry(url=PLAIN.url, published_at=NOW)], Validators()))
    yield opened
    hang_up(opened.connection)


def visited(frontier: Frontier, outcome: Outcome) -> None:
    with transaction(frontier.connection) as cursor:
        cursor.execute("update lumbung.page set state = 'due', due_at = now(), looked_by = null")
    (page,) = asyncio.run(frontier.lease(1))
    visit = Visit(page_id=page.page_id, outcome=outcome, fetched_at=datetime.now(UTC), status=200)
    load(frontier.connection, frontier.crawl_id, [visit])


def updates(frontier: Frontier) -> tuple[Any, ...]:
    """Of articles, all and those that wrote into no index."""
    rows(frontier.connection, "select pg_stat_force_next_flush()")
    (found,) = rows(frontier.connection, UPDATES)
    return found


def test_a_reader_count_stays_on_its_page_and_touches_no_index(frontier: Frontier) -> None:
    visited(frontier, PLAIN)
    for more in range(1, 4):
        visited(frontier, replace(PLAIN, reads=953 + more))
    assert updates(frontier) == (3, 3)
    assert rows(frontier.connection, "select reads, paragraphs from news.articles") == [(956, list(LONG))]


def test_a_page_that_is_gone_and_comes_back_touches_no_index(frontier: Frontier) -> None:
    visited(frontier, PLAIN)
    url = {"publisher": "koran", "url": PLAIN.url, "canonical_url": PLAIN.canonical_url}
    gone = Rejection(**url, reason="gone", fetched_at=NOW)
    visited(frontier, gone)
    visited(frontier, gone)
    with transaction(frontier.connection) as cursor:
        cursor.execute("update lumbung.page set absences = 2")
        cursor.execute("update lumbung.rejection set reason = 'gone'")
    assert rows(frontier.connection, "select gone_at is not null from news.articles") == [(True,)]
    visited(frontier, PLAIN)
    assert rows(frontier.connection, "select gone_at is not null from news.articles") == [(False,)]
    every, light = updates(frontier)
    assert every == light >= 2


@pytest.mark.parametrize("changes", [{"headline": "Kedelai"}, {"paragraphs": ("Petani menanam kedelai.",)}])
def test_what_depends_on_the_text_follows_it(frontier: Frontier, changes: dict[str, Any]) -> None:
    visited(frontier, PLAIN)
    assert rows(frontier.connection, "select count(*) from news.search('kedelai')") == [(0,)]
    visited(frontier, replace(PLAIN, **changes))
    assert rows(frontier.connection, "select count(*) from news.search('kedelai')") == [(1,)]


def test_white_space_that_comes_and_goes_is_noticed(database: Connection) -> None:
    put(database, [Story(body(1))])
    ragged = "select ragged from lumbung.article"
    for column, odd, plain in (
        ("headline", "'Dua  kali'", "'Sekali'"),
        ("paragraphs", "array['a\tb']", "array['a b']"),
        ("breadcrumb", "array['']", "array['Home']"),
    ):
        for value, is_ragged in ((odd, True), (plain, False)):
            with transaction(database) as cursor:
                cursor.execute(f"update lumbung.article set {column} = {value}")
            assert rows(database, ragged) == [(is_ragged,)], (column, value)
    with transaction(database) as cursor:
        cursor.execute("update lumbung.article set ragged = true")
    assert rows(database, ragged) == [(False,)]


def test_a_search_vector_that_is_emptied_is_made_anew(database: Connection) -> None:
    put(database, [Story(body(1), headline="Kedelai")])
    before = rows(database, "select search from lumbung.article")
    with transaction(database) as cursor:
        cursor.execute("update lumbung.article set search = null")
    assert rows(database, "select search from lumbung.article") == before
