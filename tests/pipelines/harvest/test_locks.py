"""Who works on a page at the same moment: a batch that commits late is neither undone nor waited for."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from psycopg2.extras import RealDictCursor
from support.hanging_up import hang_up
from support.lost_reply import LossyWire

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

    from pipelines.stack.postgres import Server

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
PUBLISHER = Publisher(key="koran", name="Koran", home="https://koran.example/")
OPEN = Window(NOON - timedelta(days=30), None, strict=False)
WAITS = "select count(*) from pg_locks where not granted and pid = %s"
RETURNED = "update lumbung.page set state = 'done', leased_by = null, lease_until = null where page_id = %s"


@contextmanager
def crawl(url: str, publisher: Publisher = PUBLISHER) -> Iterator[Frontier]:
    frontier = Frontier(connect(url), publisher, OPEN)
    try:
        yield frontier
    finally:
        hang_up(frontier.connection)


def leased(frontier: Frontier, count: int, host: str = "koran.example") -> list[LeasedPage]:
    entries = [Entry(url=f"https://{host}/berita-{number}", published_at=NOON) for number in range(count)]
    asyncio.run(frontier.announce(f"https://{host}/rss", entries, Validators()))
    return asyncio.run(frontier.lease(count))


def rows(connection: Connection, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with transaction(connection) as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def visit(page: LeasedPage) -> Visit:
    article = Article(
        publisher="koran", url=page.url, canonical_url=page.canonical_url, headline="Panen",
        paragraphs=("Petani mulai memanen padi.",), fetched_at=NOON,
    )  # fmt: skip
    return Visit(page_id=page.page_id, outcome=article, fetched_at=NOON, status=200)


def test_leases_are_given_back_after_the_batch_that_returns_one_of_them(
    database_url: str, database: Connection
) -> None:
    with crawl(database_url) as frontier, closing(connect(database_url)) as watcher, ThreadPoolExecutor(1) as pool:
        pages = leased(frontier, 2)
        with transaction(database) as cursor:
            cursor.execute(RETURNED, [pages[0].page_id])
            cursor.execute("update lumbung.crawl set unchanged = unchanged + 1")
            cursor.execute("savepoint here")
            closing_it = pool.submit(asyncio.run, frontier.close("finished"))
            while not closing_it.done() and rows(watcher, WAITS, frontier.connection.info.backend_pid) == [(0,)]:
                pass
        row = closing_it.result()
        states = rows(database, "select page_id, state from lumbung.page order by 1")
        assert dict(states) == {pages[0].page_id: "done", pages[1].page_id: "due"}
        assert (row.leased, row.unchanged, row.released) == (2, 1, 1)
        assert imbalance(row) is None


def test_a_lease_that_ran_out_while_its_page_is_being_stored_is_nobody_elses(
    database_url: str, database: Connection
) -> None:
    hasty = f"{database_url}?options=-c%20lock_timeout%3D500"
    with crawl(database_url) as slow, crawl(hasty) as other:
        pages = leased(slow, 2)
        rows(database, "update lumbung.page set lease_until = now() - interval '1 s'")
        with transaction(database) as cursor:
            cursor.execute(RETURNED, [pages[0].page_id])
            assert [page.page_id for page in asyncio.run(other.lease(9))] == [pages[1].page_id]
        assert asyncio.run(other.lease(9)) == []
        assert rows(database, "select page_id from lumbung.page where state = 'done'") == [(pages[0].page_id,)]
        assert rows(database, "select released from lumbung.crawl where crawl_id = %s", slow.crawl_id) == [(1,)]


def test_a_lease_that_another_crawl_takes_meanwhile_is_lost_to_the_batch(
    database_url: str, database: Connection
) -> None:
    with crawl(database_url) as slow, crawl(database_url) as quick, ThreadPoolExecutor(1) as pool:
        (page,) = leased(slow, 1)
        rows(database, "update lumbung.page set lease_until = now() - interval '1 s'")
        whose = {"publisher": "koran", "crawl_id": quick.crawl_id, "limit": 9}
        with transaction(quick.connection) as cursor:
            cursor.execute(query("expire_leases"), whose)
            cursor.execute(query("lease"), {**whose, "window_start": OPEN.start, "window_end": None, "ranged": False})
            loading = pool.submit(load_batch, slow.connection, slow.crawl_id, [visit(page)])
            while not loading.done() and rows(database, WAITS, slow.connection.info.backend_pid) == [(0,)]:
                pass
        loading.result()
        assert rows(database, "select count(*) from lumbung.article") == [(0,)]
        assert rows(database, "select state, leased_by from lumbung.page") == [("leased", quick.crawl_id)]
        for number in (slow.crawl_id, quick.crawl_id):
            row = read_crawl(database, number)
            assert row.stored == 0


def test_leases_run_out_for_a_crawl_of_the_same_publisher_and_are_counted_by_crawl(
    database_url: str, database: Connection
) -> None:
    warta = Publisher(key="warta", name="Warta", home="https://warta.example/")
    with crawl(database_url) as one, crawl(database_url) as two, crawl(database_url, warta) as foreign:
        leased(one, 3)
        rows(database, "update lumbung.page set publisher = publisher, leased_by = %s where page_id = 1", two.crawl_id)
        rows(database, "update lumbung.crawl set leased = leased + 1 where crawl_id = %s", two.crawl_id)
        rows(database, "update lumbung.crawl set leased = leased - 1 where crawl_id = %s", one.crawl_id)
        leased(foreign, 2, "warta.example")
        rows(database, "update lumbung.page set lease_until = now() - interval '1 s' where page_id <> 2")
        with crawl(database_url) as last:
            assert {page.page_id for page in asyncio.run(last.lease(9))} == {1, 3}
        released = "select crawl_id, released from lumbung.crawl where released > 0 order by 1"
        assert rows(database, released) == [(one.crawl_id, 1), (two.crawl_id, 1)]
        held = "select leased_by, count(*) from lumbung.page where publisher = 'warta' group by 1"
        assert rows(database, held) == [(foreign.crawl_id, 2)]


def test_pages_that_another_crawl_holds_are_not_read_with_ones_own(database_url: str, database: Connection) -> None:
    with crawl(database_url) as one, crawl(database_url) as other:
        pages = leased(one, 2)
        rows(database, "update lumbung.page set leased_by = %s where page_id = %s", other.crawl_id, pages[0].page_id)
        with transaction(database) as cursor:
            cursor.execute(query("read_leased"), {"pages": [page.page_id for page in pages], "crawl_id": one.crawl_id})
            assert [row[0] for row in cursor.fetchall()] == [pages[1].page_id]
            cursor.execute(query("read_leased"), {"pages": [], "crawl_id": one.crawl_id})
            assert cursor.fetchall() == []


def test_the_end_of_a_crawl_is_written_once(database_url: str, database: Connection) -> None:
    with crawl(database_url) as one, crawl(database_url) as other:
        for reason in ("killed", "finished"):
            with transaction(database) as cursor:
                cursor.execute(query("finish_crawls"), {"crawls": [one.crawl_id], "reason": reason})
        ends = "select crawl_id, finish_reason, finished_at is not null from lumbung.crawl order by 1"
        assert rows(database, ends) == [(one.crawl_id, "killed", True), (other.crawl_id, None, False)]
        rows(database, "update lumbung.crawl set finished_at = finished_at - interval '1 hour' where true returning 1")
        before = rows(database, "select * from lumbung.crawl order by 1")
        with transaction(database) as cursor:
            cursor.execute(query("finish_crawls"), {"crawls": [one.crawl_id], "reason": "again"})
            assert len(cursor.fetchall()) == 1
        assert rows(database, "select * from lumbung.crawl order by 1") == before


def test_crawls_that_end_together_give_back_what_each_held_and_nothing_of_the_others(
    database_url: str, database: Connection
) -> None:
    hosts = {"satu": 3, "dua": 2, "tiga": 4}
    delays = {"satu": {"a.example": 5.0, "b.example": 50.0, "d.example": 7.0}, "dua": {"a.example": 30.0}}
    delays["tiga"] = {"a.example": 99.0, "c.example": 99.0, "b.example": 1.0}
    with ExitStack() as stack:
        crawls: dict[str, Frontier] = {}
        for name, count in hosts.items():
            publisher = Publisher(key=name, name="Koran", home=f"https://{name}.example/")
            crawls[name] = stack.enter_context(crawl(database_url, publisher))
            leased(crawls[name], count, f"{name}.example")
            for domain, delay in delays[name].items():
                asyncio.run(crawls[name].turns.take(domain, delay))
        rows(database, "update lumbung.domain set free_at = now() + interval '500 s' where domain = 'd.example'")
        for page, age in ((1, "6 days 23 hours"), (2, "7 days 1 hour")):
            rows(database, "insert into lumbung.held values (%s, now() - %s::interval, 'x')", page, age)
        ended = [crawls["satu"].crawl_id, crawls["dua"].crawl_id]
        with transaction(database, RealDictCursor) as cursor:
            cursor.execute(query("finish_crawls"), {"crawls": ended, "reason": "killed"})
            told: Any = cursor.fetchall()
    now = rows(database, "select crawl_id, released, finish_reason, finished_at > now() - interval '1 minute'"
                         " from lumbung.crawl order by 1")  # fmt: skip
    assert now == [
        (ended[0], 3, "killed", True),
        (ended[1], 2, "killed", True),
        (crawls["tiga"].crawl_id, 0, None, None),
    ]
    assert sorted((row["crawl_id"], row["released"], row["finish_reason"]) for row in told) == [
        row[:3] for row in now[:2]
    ]
    alive = crawls["tiga"].crawl_id
    states = "select publisher, state, leased_by, lease_until is null, count(*) from lumbung.page group by 1, 2, 3, 4"
    assert sorted(rows(database, states)) == [
        ("dua", "due", None, True, 2), ("satu", "due", None, True, 3),
        ("tiga", "leased", alive, False, 4),
    ]  # fmt: skip
    assert rows(database, "select crawl_id, domain from lumbung.turn order by 2") == [
        (alive, domain) for domain in ("a.example", "b.example", "c.example")
    ]
    free = "select domain, greatest(0, extract(epoch from free_at - now()))::float8 from lumbung.domain order by 1"
    rests = dict(rows(database, free))
    expected = {"a.example": 30, "b.example": 50, "c.example": 0, "d.example": 500}
    assert {domain: expected[domain] - 20 <= max(0, rests[domain]) <= expected[domain] for domain in expected} == (
        dict.fromkeys(expected, True)
    ), rests
    assert rests["a.example"] > 5
    assert rows(database, "select page_id from lumbung.held") == [(1,)]


NOTHING_DUE = {
    "not due yet": "update lumbung.page set due_at = now() + interval '1 minute'",
    "leased, and not for an hour": "update lumbung.page set state = 'leased', leased_by = %(crawl)s,"
    " lease_until = now() + interval '1 minute'",
    "done": "update lumbung.page set state = 'done'",
    "to be looked at later": "update lumbung.page set state = 'rejected', look_at = now() + interval '1 minute'",
}
SOMETHING_DUE = {
    "due": "select 1",
    "a lease that ran out": "update lumbung.page set state = 'leased', leased_by = %(crawl)s,"
    " lease_until = now() - interval '1 minute'",
    "to be looked at": "update lumbung.page set state = 'done', look_at = now() - interval '1 minute'",
    "rejected, to be looked at": "update lumbung.page set state = 'rejected', look_at = now() - interval '1 minute'",
}


def test_a_crawl_for_which_nothing_is_due_asks_once_whatever_is_due_for_others(
    database_url: str, database: Connection, server: Server
) -> None:
    wire = LossyWire(server.port)
    koran = Publisher(key="lain", name="Lain", home="https://lain.example/")
    with crawl(database_url) as mine, crawl(database_url, koran) as theirs:
        for frontier, host in ((mine, "koran.example"), (theirs, "lain.example")):
            asyncio.run(frontier.announce(f"https://{host}/rss", [Entry(url=f"https://{host}/1")], Validators()))
        with wire.running(), crawl(wire.url(database_url)) as asking:
            plain = rows(database, "select page_id, state from lumbung.page order by 1")

            def asked(change: str, publisher: str) -> bool:
                """Whether a lease was tried, with pages of the publisher changed so."""
                rows(database, "update lumbung.page set state = 'due', due_at = now() - interval '1 hour',"
                               " look_at = null, leased_by = null, lease_until = null, looked_by = null")  # fmt: skip
                if publisher == "lain":  # then our own has nothing
                    rows(database, "update lumbung.page set state = 'done' where publisher = 'koran'")
                else:
                    rows(database, "update lumbung.page set state = 'done' where publisher <> 'koran'")
                with transaction(database) as cursor:
                    cursor.execute(f"{change} where publisher = '{publisher}'" if "update" in change else change,
                                   {"crawl": mine.crawl_id})  # fmt: skip
                wire.messages.clear()
                got = asyncio.run(asking.lease(5))
                tried = any("leased_by = " in text for text in wire.messages)
                assert bool(got) <= tried
                return tried

            assert len(plain) == 2
            for name, change in SOMETHING_DUE.items():
                assert asked(change, "koran"), name
                assert not asked(change, "lain"), f"{name}: of another publisher"
            for name, change in NOTHING_DUE.items():
                assert not asked(change, "koran"), name
