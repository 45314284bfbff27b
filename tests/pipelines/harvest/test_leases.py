"""A lease is the right of one crawl to fetch a page for an hour: two crawls never have it at the same time."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest
from support.hanging_up import hang_up

from pipelines.database.connections import Connection, connect, transaction
from pipelines.database.statements import query
from pipelines.harvest.frontier import Frontier
from pipelines.harvest.ledger import imbalance, read_crawl
from pipelines.harvest.load import load_batch
from spiders.article import Article, Edits, Entry, LeasedPage, Validators, Visit
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
        hang_up(frontier.connection)


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


FILE = {
    "name": "Koran Pagi", "home": "https://www.koran.example/", "domains": ("koran.example", "koran2.example"),
    "timezone": "Asia/Makassar", "language": "su", "schedule": "7 * * * *",
}  # fmt: skip


def test_the_row_of_a_publisher_follows_its_file_field_by_field_and_is_left_alone_otherwise(
    database_url: str, database: Connection
) -> None:
    def opened(key: str, fields: dict[str, Any]) -> None:
        with closing(connect(database_url)) as connection:
            Frontier(connection, Publisher.from_table(key, fields, where="the test"), OPEN)

    def row(key: str) -> tuple[Any, ...]:
        (found,) = rows(
            database,
            "select name, home, domains, timezone, language, schedule, visits, xmin::text from lumbung.publisher"
            f" where publisher = '{key}'",
        )
        return found

    plain = {**FILE, "domains": list(FILE["domains"])}
    for key in ("koran", "warta"):
        opened(key, plain)
        assert row(key)[:-1] == (*plain.values(), 0)
    before, other = row("koran"), row("warta")
    opened("koran", plain)
    assert row("koran") == before, "nothing is written"
    now = plain
    for name, value in (
        ("name", "Koran Sore"), ("home", "https://koran.example/"), ("domains", ["koran.example"]),
        ("timezone", "Asia/Jakarta"), ("language", "jv"), ("schedule", "8 * * * *"),
    ):  # fmt: skip
        now = {**now, name: value}
        opened("koran", now)
        assert row("koran")[:-1] == (*now.values(), 0), name
    assert row("warta") == other


def test_a_crawl_is_opened_with_what_it_was_asked_for(database_url: str, database: Connection) -> None:
    windows = [OPEN, Window(NOON - timedelta(days=3), NOON, strict=True), Window(NOON, None, strict=True)]
    for number, window in enumerate(windows):
        with closing(connect(database_url)) as connection:
            frontier = Frontier(connection, PUBLISHER, window, f"r{number}")
            columns = "publisher, run_id, window_start, window_end, ranged, finished_at, finish_reason, problems"
            (row,) = rows(database, f"select {columns} from lumbung.crawl where crawl_id = {frontier.crawl_id}")
            assert row == ("koran", f"r{number}", window.start, window.end, window.strict, None, None, [])
            asyncio.run(frontier.close("finished"))


def test_a_leased_page_brings_all_that_is_known_of_it(database_url: str, database: Connection) -> None:
    with crawl(database_url) as before:
        entries = [
            Entry(url=f"https://koran.example/{name}?utm_source=rss", published_at=NOON - timedelta(hours=hours),
                  published_until=NOON if name == "day" else None)
            for hours, name in enumerate(("stored", "rejected", "day"))
        ]  # fmt: skip
        asyncio.run(before.announce("https://koran.example/rss", entries, Validators()))
        stored, *_ = lease(before)
        assert stored.url.endswith("/stored?utm_source=rss")
        plain = visit(stored, "Panen").outcome
        assert isinstance(plain, Article)
        article = replace(plain, published_at=NOON - timedelta(days=1))
        load_batch(
            before.connection,
            before.crawl_id,
            [Visit(page_id=stored.page_id, outcome=article, fetched_at=NOON, validators=Validators('"e"', "l"))],
        )
    with transaction(database) as cursor:
        cursor.execute("update lumbung.publisher set visits = 40, visits_changed = 3")
        cursor.execute(
            "update lumbung.page set state = 'due', leased_by = null, lease_until = null, etag = '\"e\"',"
            " last_modified = 'l', looked_by = null, looks = 5, absences = 2, found_at = now() - interval '9 hours'"
        )
    with crawl(database_url) as frontier:
        pages = lease(frontier)
        assert [page.canonical_url for page in pages] == [
            f"https://koran.example/{name}" for name in ("stored", "rejected", "day")
        ]
        for page, entry in zip(pages, entries, strict=True):
            known = page.page_id == stored.page_id
            assert page == LeasedPage(
                page.page_id, entry.url, entry.url.partition("?")[0], Validators('"e"', "l") if known else Validators(),
                announced_at=entry.published_at, announced_until=entry.published_until,
                published_at=NOON - timedelta(days=1) if known else None, looks=5, absences=2, stored=known,
                edits=Edits(40, 3), held=None,
            )  # fmt: skip
            assert timedelta(hours=9) <= page.known_for < timedelta(hours=9, minutes=5)
