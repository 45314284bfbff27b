"""The frontier: announced once, leased by one, never lost."""

from __future__ import annotations

import asyncio
import secrets
import threading
import time
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import psycopg2
import pytest
from support.hanging_up import hang_up

from pipelines.database.connections import Connection, connect, transaction
from pipelines.database.roles import READER, login
from pipelines.harvest.frontier import Frontier, close_abandoned
from pipelines.harvest.ledger import find_crawl, imbalance, read_crawl
from spiders.article import Entry, Remembered, Validators
from spiders.publishers import Publisher
from spiders.publishers.window import Window

if TYPE_CHECKING:
    from collections.abc import Iterator

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
PUBLISHER = Publisher(key="koran", name="Koran", home="https://koran.example/")
OPEN = Window(NOON - timedelta(days=30), None, strict=False)


def entry(number: int, hours: float | None = 0, modified_at: datetime | None = None) -> Entry:
    published = None if hours is None else NOON - timedelta(hours=hours)
    return Entry(url=f"https://koran.example/berita-{number}", published_at=published, modified_at=modified_at)


def entry_of_day(number: int, first: datetime, last: datetime) -> Entry:
    return Entry(url=f"https://koran.example/berita-{number}", published_at=first, published_until=last)


@contextmanager
def crawl(url: str, window: Window = OPEN, run: str = "r") -> Iterator[Frontier]:
    frontier = Frontier(connect(url), PUBLISHER, window, run)
    try:
        yield frontier
    finally:
        hang_up(frontier.connection)


def announce(frontier: Frontier, *entries: Entry) -> None:
    asyncio.run(frontier.announce("https://koran.example/rss", entries, Validators("e", None)))


def lease(frontier: Frontier, limit: int = 100) -> list[str]:
    return [page.url.rsplit("-", 1)[1] for page in asyncio.run(frontier.lease(limit))]


def test_pages_are_leased_newest_first_and_those_without_a_date_last(database_url: str) -> None:
    with crawl(database_url) as frontier:
        announce(frontier, entry(1, 5), entry(2, None), entry(3, 1))
        assert lease(frontier) == ["3", "1", "2"]


def test_a_leased_page_is_leased_to_nobody_else(database_url: str) -> None:
    with crawl(database_url) as one, crawl(database_url) as other:
        announce(one, *[entry(number) for number in range(10)])
        assert set(lease(one, 6)).isdisjoint(lease(other, 10))


def test_one_url_in_two_forms_is_one_page(database_url: str, database: Connection) -> None:
    with crawl(database_url) as frontier:
        announce(
            frontier,
            Entry(url="https://koran.example/berita-1?utm_source=rss"),
            Entry(url="https://koran.example/berita-1#komentar"),
            Entry(url="https://koran.example/berita-1"),
        )
        announce(frontier, Entry(url="https://koran.example/berita-1"))
    row = find_crawl(database, "r")
    assert row is not None
    assert (row.entries, row.enqueued, row.known) == (2, 1, 1)
    assert imbalance(row) is None


def test_window_bounds_what_is_leased(database_url: str) -> None:
    window = Window(NOON - timedelta(hours=2), NOON, strict=True)
    with crawl(database_url, window) as frontier:
        announce(frontier, entry(1, 0), entry(2, 0.001), entry(3, 2), entry(4, 2.001), entry(5, None))
        assert lease(frontier) == ["2", "3", "5"]


def test_a_day_without_a_time_is_leased_when_it_touches_the_window(database_url: str) -> None:
    window = Window(NOON - timedelta(hours=2), NOON, strict=True)
    midnight = NOON.replace(hour=0)
    with crawl(database_url, window) as frontier:
        announce(
            frontier,
            entry_of_day(1, midnight, midnight.replace(hour=23)),
            entry_of_day(2, midnight - timedelta(days=1), midnight - timedelta(seconds=1)),
        )
        assert lease(frontier) == ["1"]


def test_an_exact_date_replaces_a_day(database_url: str) -> None:
    midnight = NOON.replace(hour=0)
    day = entry_of_day(1, midnight, NOON)
    with crawl(database_url, Window(NOON - timedelta(hours=1), NOON, strict=True)) as frontier:
        announce(frontier, day)
        announce(frontier, entry(1, hours=8))
        announce(frontier, day)
        assert lease(frontier) == []


def test_a_later_change_makes_a_fetched_page_due_again_once(database_url: str, database: Connection) -> None:
    with crawl(database_url) as frontier:
        announce(frontier, entry(1, modified_at=NOON))
        lease(frontier)
        with transaction(database) as cursor:
            cursor.execute(
                "update lumbung.page set state = 'done', leased_by = null, lease_until = null, fetched_at = %s", [NOON]
            )
        announce(frontier, entry(1, modified_at=NOON))
        assert lease(frontier) == []
        announce(frontier, entry(1, modified_at=NOON + timedelta(minutes=1)))
        announce(frontier, entry(1, modified_at=NOON + timedelta(minutes=1)))
        assert lease(frontier) == ["1"]


def test_announcing_what_is_known_writes_no_page(database_url: str, database: Connection) -> None:
    def versions() -> list[tuple[str]]:
        with transaction(database) as cursor:
            cursor.execute("select xmin::text from lumbung.page order by page_id")
            return cursor.fetchall()

    entries = [entry(number, number, modified_at=NOON) for number in range(5)]
    with crawl(database_url) as frontier:
        announce(frontier, *entries)
        before = versions()
        announce(frontier, *entries)
        assert versions() == before


def test_leases_of_a_dead_crawl_are_free_at_once_and_its_row_is_closed(database_url: str, database: Connection) -> None:
    with crawl(database_url, run="dead") as dead:
        announce(dead, *[entry(number) for number in range(5)])
        assert len(lease(dead, 3)) == 3
    with crawl(database_url, run="next") as living:
        assert len(lease(living)) == 5
        row = find_crawl(database, "dead")
        assert row is not None
        assert (row.finish_reason, row.leased, row.released) == ("killed", 3, 3)
        assert imbalance(row) is None
        assert close_abandoned(database) == [], "a living crawl was taken for dead"


def test_a_lease_runs_out_when_the_spider_hangs(database_url: str, database: Connection) -> None:
    with crawl(database_url, run="hangs") as hanging, crawl(database_url) as other:
        announce(hanging, entry(1))
        lease(hanging)
        with transaction(database) as cursor:
            cursor.execute("update lumbung.page set lease_until = now() - interval '1 second'")
        assert lease(other) == ["1"]
        row = find_crawl(database, "hangs")
        assert row is not None
        assert imbalance(row) is None


def test_closing_gives_leases_back(database_url: str, database: Connection) -> None:
    frontier = Frontier(connect(database_url), PUBLISHER, OPEN, "r")
    announce(frontier, entry(1), entry(2))
    lease(frontier)
    asyncio.run(frontier.close("finished"))
    row = find_crawl(database, "r")
    assert row is not None
    assert (row.released, row.finish_reason) == (2, "finished")
    assert imbalance(row) is None


def test_validators_are_kept_with_the_entries_they_came_with(database_url: str) -> None:
    with crawl(database_url) as frontier:
        assert asyncio.run(frontier.recall("https://koran.example/rss")) == Remembered()
        announce(frontier, entry(1))
        assert asyncio.run(frontier.recall("https://koran.example/rss")).validators == Validators("e", None)


def test_urls_that_postgres_cannot_hold_are_repaired_and_counted(database_url: str, database: Connection) -> None:
    with crawl(database_url) as frontier:
        announce(frontier, Entry(url="https://koran.example/berita-\x00-\ud800-1"))
        assert lease(frontier) == ["1"]
        announce(frontier, Entry(url="https://koran.example/berita-\x00-2"), entry(3))
        assert read_crawl(database, frontier.crawl_id).repaired == 3


@pytest.mark.parametrize("length", [3_000, 100_000])
def test_very_long_urls_are_kept(database_url: str, length: int) -> None:
    with crawl(database_url) as frontier:
        announce(frontier, Entry(url="https://koran.example/" + "a" * length + "-1"))
        assert lease(frontier) == ["1"]


RSS = "https://koran.example/rss"


def test_each_poll_is_counted_as_it_went_and_what_was_left_out_by_kind(database_url: str, database: Connection) -> None:
    with crawl(database_url) as frontier:

        async def work() -> None:
            await frontier.announce(RSS, [entry(1)], Validators())
            await frontier.polled(RSS)
            await frontier.polled(RSS, unchanged=True)
            await frontier.polled(f"{RSS}/2", "HTTP 503")
            await frontier.skipped()
            await frontier.problem("a word")
            await frontier.left_out(documents=2)
            await frontier.left_out(entries=30)
            await frontier.left_out(off_domain=400)
            await frontier.left_out(doubted=5000)

        asyncio.run(work())
        row = read_crawl(database, frontier.crawl_id)
        assert (row.polls, row.polls_unchanged, row.polls_failed, row.polls_skipped) == (3, 1, 1, 1)
        assert row.problems == ["HTTP 503", "a word"]
        with transaction(database) as cursor:
            cursor.execute("select polls_left_out, left_out, off_domain, doubted from lumbung.crawl")
            assert cursor.fetchall() == [(2, 30, 400, 5000)]


def test_a_forgotten_document_is_one_that_was_never_read(database_url: str) -> None:
    with crawl(database_url) as frontier:
        announce(frontier, entry(1))
        asyncio.run(frontier.forget(RSS))
        assert asyncio.run(frontier.recall(RSS)) == Remembered()


def test_a_document_without_news_is_asked_for_less_often_and_one_with_news_more(
    database_url: str, database: Connection
) -> None:
    minutes = []
    with crawl(database_url) as frontier:
        for number in (1, 1, 1, 2):
            announce(frontier, entry(number, None))
            with transaction(database) as cursor:
                cursor.execute("select extract(epoch from every)::float8 / 60 from lumbung.poll")
                minutes += [every for (every,) in cursor.fetchall()]
    shortest = PUBLISHER.poll_minutes[0]
    assert minutes == [shortest, shortest * 1.5, shortest * 2.25, shortest * 1.125]


def test_operations_of_a_crawl_never_mix(database_url: str) -> None:
    done: list[str] = []

    def work(name: str, seconds: float) -> None:
        time.sleep(seconds)
        done.append(name)

    async def both(frontier: Frontier) -> None:
        await asyncio.gather(frontier.call(work, "slow", 0.3), frontier.call(work, "quick", 0))

    with crawl(database_url) as frontier:
        asyncio.run(both(frontier))
    assert done == ["slow", "quick"]


@pytest.mark.parametrize("end", ["close", "give_up"])
def test_a_crawl_that_ended_leaves_no_thread_and_no_connection(database_url: str, end: str) -> None:
    def threads() -> list[threading.Thread]:
        return [each for each in threading.enumerate() if each.name.startswith("frontier")]

    before = threads()
    frontier = Frontier(connect(database_url), PUBLISHER, OPEN, "r")
    asyncio.run(frontier.close("finished") if end == "close" else frontier.give_up())
    deadline = time.monotonic() + 30
    while set(threads()) - set(before):  # those of an earlier test may end meanwhile
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert frontier.connection.closed


def test_a_crawl_that_waits_closes_those_whose_process_is_gone_and_not_itself(
    database_url: str, database: Connection
) -> None:
    with crawl(database_url) as dead:
        announce(dead, entry(1))
        assert lease(dead) == ["1"]
    with crawl(database_url, run="waits") as frontier:
        with transaction(database) as cursor:
            cursor.execute("update lumbung.crawl set finished_at = null, finish_reason = null")  # as if it died now
        asyncio.run(frontier.call(frontier.close_abandoned))
        assert read_crawl(database, dead.crawl_id).finish_reason == "killed"
        assert read_crawl(database, frontier.crawl_id).finished_at is None


def test_no_page_is_leased_to_whoever_asks_for_none_and_a_crawl_without_dates_covers_no_day(database_url: str) -> None:
    with crawl(database_url) as frontier:
        announce(frontier, entry(1))
        assert lease(frontier, 0) == lease(frontier, -1) == []
        assert lease(frontier, 1) == ["1"]
        assert asyncio.run(frontier.coverage()) == []


@pytest.mark.parametrize(("articles", "believed"), [(50, False), (51, True)])
def test_old_dates_of_what_a_document_shows_anew_are_believed_when_there_are_many(
    database_url: str, database: Connection, articles: int, *, believed: bool
) -> None:
    with crawl(database_url) as frontier:
        announce(frontier, entry(0))  # read before: what it shows now is new
        recent = [entry(1000 + number, 1) for number in range(20)]  # beside them, and no reason to believe the others
        announce(frontier, *(entry(number, 24 * 60) for number in range(1, articles + 1)), *recent)
        with transaction(database) as cursor:
            cursor.execute("select count(*) filter (where announced_at is not null), count(*) from lumbung.page")
            assert cursor.fetchone() == (articles * believed + 21, articles + 21)


def test_a_crawl_that_begins_ends_readers_whose_transaction_is_too_old_and_says_so(
    database_url: str, database: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    name = f"lama_{secrets.token_hex(4)}"
    login(database, name, READER, "rahasia")
    about = database.info
    with transaction(database) as cursor:  # ten minutes are no time for a test
        cursor.execute("select pg_get_functiondef('lumbung.end_long_readers(interval)'::regprocedure)")
        (function,) = cursor.fetchone() or ("",)
        assert "'00:10:00'" in function
        cursor.execute(function.replace("'00:10:00'", "'00:00:00'"))
    with closing(connect(f"postgresql://{name}:rahasia@{about.host}:{about.port}/{about.dbname}")) as reader:
        reader.cursor().execute("select count(*) from news.articles")
        with crawl(database_url):
            pass
        with pytest.raises(psycopg2.OperationalError):
            reader.cursor().execute("select 1")
    with crawl(database_url):
        pass
    said = [record.getMessage() for record in caplog.records if "readers" in record.getMessage()]
    assert said == ["ended 1 sessions of readers whose transaction was too old"]
