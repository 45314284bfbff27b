"""A lease is the right of one crawl to fetch a page for an hour: two crawls never have it at the same time."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.database.connections import Connection, connect, transaction
from pipelines.database.statements import query
from pipelines.harvest.frontier import Frontier
from pipelines.harvest.ledger import imbalance, read_crawl
from pipelines.harvest.load import load_batch
from spiders.article import Article, Entry, LeasedPage, Validators, Visit
from spiders.publishers import Publisher
from spiders.publishers.window import Window

if TYPE_CHECKING:
    from collections.abc import Iterator

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
PUBLISHER = Publisher(key="koran", name="Koran", home="https://koran.example/")
OPEN = Window(NOON - timedelta(days=30), None, strict=False)


@contextmanager
def crawl(url: str, window: Window = OPEN) -> Iterator[Frontier]:
    frontier = Frontier(connect(url), PUBLISHER, window)
    try:
        yield frontier
    finally:
        frontier.connection.close()


def announce(frontier: Frontier, count: int) -> None:
    entries = [Entry(url=f"https://koran.example/berita-{number}", published_at=NOON) for number in range(count)]
    asyncio.run(frontier.announce("https://koran.example/rss", entries, Validators()))


def lease(frontier: Frontier, limit: int = 100) -> list[LeasedPage]:
    return asyncio.run(frontier.lease(limit))


def rows(connection: Connection, statement: str) -> list[tuple[Any, ...]]:
    with transaction(connection) as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def age(database: Connection, by: str) -> None:
    with transaction(database) as cursor:
        cursor.execute("update lumbung.page set lease_until = lease_until - %s::interval where state = 'leased'", [by])


def visit(page: LeasedPage, headline: str) -> Visit:
    article = Article(
        publisher="koran", url=page.url, canonical_url=page.canonical_url, headline=headline,
        paragraphs=("Petani mulai memanen padi.",), fetched_at=NOON,
    )  # fmt: skip
    return Visit(page_id=page.page_id, outcome=article, fetched_at=NOON, status=200)


def test_pages_of_a_lease_that_is_not_committed_yet_are_left_to_it_and_nobody_waits(
    database_url: str, database: Connection
) -> None:
    hasty = f"{database_url}?options=-c%20lock_timeout%3D500"
    with crawl(database_url) as one, crawl(hasty) as other:
        announce(one, 10)
        whose = {"publisher": "koran", "crawl_id": one.crawl_id, "ranged": False, "limit": 6}
        with transaction(database) as cursor:
            cursor.execute(query("lease"), {**whose, "window_start": OPEN.start, "window_end": None})
            mine = {page_id for (page_id,) in cursor.fetchall()}
            theirs = {page.page_id for page in lease(other)}
            assert (len(mine), len(theirs)) == (6, 4)
            assert mine.isdisjoint(theirs)
    held = "select leased_by, count(*) from lumbung.page group by 1 order by 1"
    assert rows(database, held) == [(one.crawl_id, 6), (other.crawl_id, 4)]


def test_of_crawls_that_lease_at_the_same_moment_each_page_goes_to_one(database_url: str, database: Connection) -> None:
    with ExitStack() as stack:
        frontiers = [stack.enter_context(crawl(database_url)) for _ in range(4)]
        announce(frontiers[0], 400)
        start = Barrier(len(frontiers))

        def lease_all(frontier: Frontier) -> list[int]:
            start.wait()
            found: list[int] = []
            while lot := lease(frontier, 5):
                found += [page.page_id for page in lot]
            return found

        with ThreadPoolExecutor(len(frontiers)) as pool:
            given = [page for pages in pool.map(lease_all, frontiers) for page in pages]
        assert len(given) == len(set(given)) == 400
        leased = "select sum(leased) from lumbung.crawl"
        assert rows(database, leased) == [(400,)]


def test_a_lease_holds_for_an_hour(database_url: str, database: Connection) -> None:
    with crawl(database_url) as holder, crawl(database_url) as other:
        announce(holder, 3)
        lease(holder)
        ((shortest, longest),) = rows(
            database, "select min(lease_until - now()), max(lease_until - now()) from lumbung.page"
        )
        assert timedelta(minutes=59) < shortest <= longest <= timedelta(hours=1)
        age(database, "58 minutes")
        assert lease(other) == []
        age(database, "2 minutes")
        assert len(lease(other)) == 3


def test_a_visit_under_a_lease_that_another_crawl_holds_now_stores_nothing(
    database_url: str, database: Connection
) -> None:
    with crawl(database_url) as slow, crawl(database_url) as quick:
        announce(slow, 2)
        pages = lease(slow)
        age(database, "1 hour")
        assert sorted(lease(quick), key=lambda page: page.page_id) == sorted(pages, key=lambda page: page.page_id)
        before = rows(database, "select * from lumbung.page order by page_id")
        load_batch(slow.connection, slow.crawl_id, [visit(page, "Terlambat") for page in pages])
        assert rows(database, "select * from lumbung.page order by page_id") == before
        assert rows(database, "select headline from lumbung.article") == []
        load_batch(quick.connection, quick.crawl_id, [visit(page, "Tepat waktu") for page in pages])
        assert rows(database, "select headline, crawl_id from lumbung.article") == [("Tepat waktu", quick.crawl_id)] * 2
        for frontier, counts in ((slow, (2, 0, 2)), (quick, (2, 2, 0))):
            row = read_crawl(database, frontier.crawl_id)
            assert (row.leased, row.stored, row.released) == counts
            assert imbalance(row) is None


def test_of_a_batch_only_what_was_lost_is_left_out(database_url: str, database: Connection) -> None:
    with crawl(database_url) as slow, crawl(database_url) as quick:
        announce(slow, 4)
        pages = lease(slow)
        age(database, "1 hour")
        with closing(connect(database_url)) as other, transaction(other) as cursor:
            cursor.execute("update lumbung.page set lease_until = now() + interval '1 hour' where page_id > 2")
        assert {page.page_id for page in lease(quick)} == {1, 2}
        load_batch(slow.connection, slow.crawl_id, [visit(page, "Panen") for page in pages])
        assert rows(database, "select page_id from lumbung.article order by 1") == [(3,), (4,)]


@pytest.mark.parametrize("plan", ["", "?options=-c%20enable_indexscan%3Doff%20-c%20enable_bitmapscan%3Doff"])
def test_what_is_due_comes_before_another_look_and_the_look_that_is_due_longest_before_others(
    database_url: str, database: Connection, plan: str
) -> None:
    with crawl(f"{database_url}{plan}") as frontier, crawl(database_url) as later:
        announce(frontier, 7)
        with transaction(database) as cursor:
            for number, (state, hours) in enumerate(
                [("done", -1), ("done", -3), ("rejected", -2), ("done", 1), ("done", None), ("done", -4)]
            ):
                cursor.execute(
                    "update lumbung.page set state = %s, look_at = now() + %s * interval '1 hour'"
                    " where url = 'https://koran.example/berita-' || %s",
                    [state, hours, number],
                )
            cursor.execute("update lumbung.page set looked_by = %s where url like '%%-5'", [frontier.crawl_id])

        def leased(who: Frontier, limit: int) -> set[str]:
            return {page.url.rsplit("-", 1)[1] for page in lease(who, limit)}

        with crawl(database_url, Window(NOON - timedelta(days=9), NOON, strict=True)) as ranged:
            assert leased(ranged, 9) == set(), "of a range nothing is looked at again"
        assert leased(frontier, 1) == {"6"}
        with transaction(database) as cursor:
            cursor.execute("update lumbung.page set state = 'due', leased_by = null, lease_until = null"
                           " where state = 'leased'")  # fmt: skip
        assert leased(frontier, 3) == {"6", "1", "2"}
        assert leased(frontier, 9) == {"0"}, "not again what this crawl has looked at, nor before its time"
        assert leased(later, 9) == {"5"}
        with transaction(database) as cursor:
            cursor.execute("update lumbung.page set state = 'due', leased_by = null, lease_until = null,"
                           " looked_by = %s where url like '%%-5'", [frontier.crawl_id])  # fmt: skip
        assert leased(frontier, 9) == set(), "nor what it gave back after a look"
        assert leased(later, 9) == {"5"}
        counted = "select leased, looks from lumbung.crawl where not ranged order by crawl_id"
        assert rows(database, counted) == [(5, 3), (2, 1)]
