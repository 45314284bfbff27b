"""A reply to a commit that is lost: whatever is done again has the same outcome as when it is done once.

Each operation of a crawl is carried out twice, each time in a database of its own: undisturbed, and with the reply to
one of its commits lost. Answers and every table of the harvest must then be the same, but for times.
"""

from __future__ import annotations

import asyncio
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import psycopg2
import pytest
from support.hanging_up import hang_up
from support.lost_reply import LossyWire
from support.throwaway import TEMPLATE

from pipelines.database.connections import Connection, DatabaseLost, connect, transaction
from pipelines.harvest.frontier import Frontier, close_abandoned
from pipelines.harvest.load import load_batch
from spiders.article import (
    Article,
    Entry,
    Failure,
    LeasedPage,
    Outcome,
    Rejection,
    Released,
    Unchanged,
    Validators,
    Visit,
)
from spiders.frontier import New, Shown, Way
from spiders.publishers import Publisher
from spiders.publishers.window import Window

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pipelines.stack.postgres import Server

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PUBLISHER = Publisher(key="koran", name="Koran", home="https://koran.example/")
WINDOW = Window(NOW - timedelta(days=30), None, strict=False)
RSS = "https://koran.example/rss"
DOMAIN = "koran.example"
TABLES = ("crawl", "page", "poll", "article", "revision", "reads", "rejection", "kept_page", "turn", "domain", "gap")
TIMES = "timestamp with time zone"


def entries(first: int, last: int, modified_at: datetime | None = None) -> list[Entry]:
    return [
        Entry(url=f"https://koran.example/berita-{number}", published_at=NOW, modified_at=modified_at)
        for number in range(first, last)
    ]


@dataclass
class Stage:
    """One database with a crawl whose operations are watched, and one that lives beside it."""

    frontier: Frontier
    other: Frontier
    pages: list[LeasedPage]


@contextmanager
def closing_the_last(frontier: Frontier) -> Iterator[None]:
    """Close the connection that the crawl has at the end, which may be another one than at the beginning."""
    yield
    hang_up(frontier.connection)


@contextmanager
def stage(url: str, through: str) -> Iterator[Stage]:
    """Forty announced pages of which the crawl holds eight, and the turn of the domain; another crawl beside it."""
    with ExitStack() as stack:
        frontier = Frontier(connect(through), PUBLISHER, WINDOW, "watched", patience=10)
        stack.enter_context(closing_the_last(frontier))
        asyncio.run(frontier.announce(RSS, entries(0, 40), Validators("e", None), shown=Shown(Way.NEWEST, NOW)))
        pages = asyncio.run(frontier.lease(8))
        asyncio.run(frontier.turns.take(DOMAIN, 0))
        other = Frontier(connect(url), PUBLISHER, WINDOW, "other")
        stack.enter_context(closing_the_last(other))
        yield Stage(frontier, other, pages)


def article(page: LeasedPage, **changes: Any) -> Article:
    facts: dict[str, Any] = {
        "publisher": "koran", "url": page.url, "canonical_url": page.canonical_url, "headline": "Panen raya\x00",
        "paragraphs": ("Petani memanen padi.", "Harga gabah naik."), "fetched_at": NOW, "published_at": NOW, "reads": 9,
    }  # fmt: skip
    return Article(**{**facts, **changes})


def visits(pages: list[LeasedPage], **changes: Any) -> list[Visit]:
    """A batch with every outcome, a page that is kept for study and characters that have to be repaired."""
    rejection = Rejection(
        publisher="koran", url=pages[1].url, canonical_url=pages[1].canonical_url, reason="photo", fetched_at=NOW
    )
    failure = Failure(error="HTTP 503")
    outcomes: list[Outcome] = [article(pages[0], **changes), rejection, failure, Unchanged(), Released()]
    return [
        Visit(page_id=page.page_id, outcome=outcome, fetched_at=NOW, kept=b"x" if outcome is failure else None)
        for page, outcome in zip(pages, outcomes, strict=False)
    ]


def lease(it: Stage) -> object:
    return [page.url for page in asyncio.run(it.frontier.lease(16))]


def lease_what_ran_out(it: Stage) -> object:
    with transaction(it.other.connection) as cursor:
        cursor.execute("update lumbung.page set lease_until = now() - interval '1 second' where state = 'leased'")
    return [page.url for page in asyncio.run(it.frontier.lease(40))]


def announce(it: Stage) -> object:
    later = [replace(each, published_at=NOW + timedelta(hours=1)) for each in entries(30, 50)]  # after a gap
    shown = Shown(Way.FEED, later[0].published_at or NOW)
    return asyncio.run(it.frontier.announce(RSS, later, Validators("f", "yesterday"), shown=shown))


def announce_a_change(it: Stage) -> object:
    load(it)
    return asyncio.run(it.frontier.announce(RSS, entries(0, 40, datetime.now(UTC)), Validators()))


def announce_an_index(it: Stage) -> object:
    return asyncio.run(it.frontier.announce(f"{RSS}/index", entries(0, 2), Validators(), index=New(2, 0, 2)))


def load(it: Stage, **changes: Any) -> object:
    frontier = it.frontier
    batch = visits(it.pages, **changes)
    return asyncio.run(frontier.call(lambda: load_batch(frontier.connection, frontier.crawl_id, batch, frontier.once)))


def load_what_is_refused(it: Stage) -> object:
    return load(it, reads=2**70)


def load_a_revision(it: Stage) -> object:
    load(it)
    with transaction(it.other.connection) as cursor:
        cursor.execute("update lumbung.page set state = 'due' where state in ('done', 'rejected')")
    leased = {page.page_id for page in asyncio.run(it.frontier.lease(40))}
    it.pages = [page for page in it.pages if page.page_id in leased]
    return load(it, paragraphs=("Petani menunda panen.",), reads=10)


def close(it: Stage) -> object:
    crawl = asyncio.run(it.frontier.close("finished"))
    return crawl.finish_reason, crawl.released, crawl.leased


def take_a_new_turn(it: Stage) -> object:
    return asyncio.run(it.frontier.turns.take("gatra.example", 3600)).ours


def keep_a_turn(it: Stage) -> object:
    return asyncio.run(it.frontier.turns.keep(DOMAIN, 3600))


def pass_a_turn(it: Stage) -> object:
    asyncio.run(it.other.turns.take(DOMAIN, 0))
    return asyncio.run(it.frontier.turns.keep(DOMAIN, 3600))


def leave_a_turn(it: Stage) -> object:
    asyncio.run(it.other.turns.take(DOMAIN, 0))
    asyncio.run(it.frontier.turns.release(DOMAIN, 3600))
    return asyncio.run(it.other.turns.take(DOMAIN, 0)).ours


def rest(it: Stage) -> object:
    asyncio.run(it.frontier.turns.store_pace(DOMAIN, 4))
    return asyncio.run(it.frontier.turns.rest(DOMAIN, 600, "it asks for that", 2))


def clear_a_rest(it: Stage) -> object:
    asyncio.run(it.other.turns.rest(DOMAIN, 600, "it asks for that", 2))
    return asyncio.run(it.frontier.turns.clear_rest(DOMAIN))


def poll_answered(it: Stage) -> object:
    return asyncio.run(it.frontier.polled(RSS))


def poll_unchanged(it: Stage) -> object:
    return asyncio.run(it.frontier.polled(RSS, unchanged=True))


def poll_failed(it: Stage) -> object:
    return asyncio.run(it.frontier.polled(RSS, "HTTP 503"))


def poll_skipped(it: Stage) -> object:
    return asyncio.run(it.frontier.skipped())


def poll_forgotten(it: Stage) -> object:
    return asyncio.run(it.frontier.forget(RSS))


def problem_noted(it: Stage) -> object:
    return asyncio.run(it.frontier.problem("gave up"))


OPERATIONS: list[Callable[[Stage], object]] = [
    lease, lease_what_ran_out, announce, announce_a_change, announce_an_index, load, load_what_is_refused,
    load_a_revision, close, take_a_new_turn, keep_a_turn, pass_a_turn, leave_a_turn, rest, clear_a_rest, poll_answered,
    poll_unchanged, poll_failed, poll_skipped, poll_forgotten, problem_noted,
]  # fmt: skip


@pytest.fixture
def databases(server: Server) -> Iterator[Callable[[], str]]:
    """Fresh databases, as many as are asked for."""
    admin = psycopg2.connect(server.url("postgres"))
    admin.autocommit = True
    made: list[str] = []

    def fresh() -> str:
        made.append(f"lost_reply_{len(made)}")
        with admin.cursor() as cursor:
            cursor.execute(f"create database {made[-1]} template {TEMPLATE}")
        return server.url(made[-1])

    yield fresh
    with admin.cursor() as cursor:
        for name in made:
            cursor.execute(f"drop database {name} with (force)")
    admin.close()


def contents(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the harvest's tables, with a mark in place of times: they differ from run to run."""
    with closing(connect(url)) as connection, transaction(connection) as cursor:
        found = {}
        for table in TABLES:
            cursor.execute(
                "select string_agg(case when data_type = %s then format('%%I is not null as %%1$I', column_name)"
                " when column_name = 'reach' then 'null as reach' else quote_ident(column_name) end, ', '"
                " order by ordinal_position) from information_schema.columns"
                " where table_schema = 'lumbung' and table_name = %s and not (table_name, column_name) in"
                " (('turn', 'ticket'), ('article', 'search'))",
                [TIMES, table],
            )
            (columns,) = cursor.fetchone() or ("",)
            cursor.execute(f"select * from (select {columns} from lumbung.{table}) as t order by t::text")
            found[table] = cursor.fetchall()
        cursor.execute(
            "select greatest(round(extract(epoch from free_at - now()) / 600), 0) from lumbung.domain order by domain"
        )
        found["free_at"] = cursor.fetchall()
        cursor.execute("select round(extract(epoch from due_at - now()) / 60) from lumbung.page order by page_id")
        found["due_at"] = cursor.fetchall()
        cursor.execute("select round(extract(epoch from next_at - polled_at)) from lumbung.poll order by url")
        return {**found, "next_at": cursor.fetchall()}


def carried_out(server: Server, url: str, operation: Callable[[Stage], object], lost: int) -> tuple[object, int, Any]:
    """Answer of an operation, its commits, and the tables afterwards; the reply to commit `lost` is lost, 0 is none."""
    wire = LossyWire(server.port)
    with wire.running(), stage(url, wire.url(url)) as it:
        wire.lose(lost)
        answer = operation(it)
        commits = wire.commits
        assert wire.lost == (lost > 0)
        return answer, commits, contents(url)


def broken_at_the_end(operation: Callable[[Stage], object]) -> Callable[[Stage], object]:
    """The operation, but the connection breaks after its last commit, before the crawl has heard of it."""

    def operate(it: Stage) -> object:
        call = it.frontier.call

        async def call_and_lose(function: Callable[..., Any], *arguments: Any) -> Any:
            lost: list[bool] = []

            def broken() -> Any:
                done = function(*arguments)
                if not lost:
                    lost.append(True)
                    hang_up(it.frontier.connection)
                    raise DatabaseLost("the server is gone")
                return done

            return await call(broken)

        it.frontier.call = call_and_lose  # type: ignore[method-assign]  # every operation of this crawl goes through it
        return operation(it)

    return operate


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.__name__)
def test_an_operation_whose_reply_was_lost_is_done_once(
    server: Server, databases: Callable[[], str], operation: Callable[[Stage], object]
) -> None:
    answer, commits, tables = carried_out(server, databases(), operation, 0)
    assert commits >= 1
    losses = {f"the reply to commit {number} of {commits} was lost": number for number in range(1, commits + 1)}
    for loss, number in {**losses, "it was lost after all of its commits": 0}.items():
        disturbed = operation if number else broken_at_the_end(operation)
        again, _, left = carried_out(server, databases(), disturbed, number)
        assert again == answer, loss
        for table, expected in tables.items():
            assert left[table] == expected, f"{table}: {loss}"


def test_another_crawl_rests_a_domain_and_a_repeated_all_clear_does_not_end_it(
    server: Server, databases: Callable[[], str]
) -> None:
    url = databases()
    wire = LossyWire(server.port)
    with wire.running(), stage(url, wire.url(url)) as it:
        clear = it.frontier.turns.clear_rest

        def rested_meanwhile(connection: Connection) -> bool:
            asyncio.run(it.other.turns.rest(DOMAIN, 600, "HTTP 429", 1))
            return take_up(connection)

        take_up = it.frontier._take_up  # noqa: SLF001 - the moment between the loss and the repetition
        it.frontier._lasting._take_up = rested_meanwhile  # noqa: SLF001 - as above
        wire.lose(1)
        asyncio.run(clear(DOMAIN))
        assert wire.lost == 1
        turn = asyncio.run(it.other.turns.take(DOMAIN, 0))
        assert (turn.reason, turn.strikes) == ("HTTP 429", 1)


def test_a_crawl_that_was_closed_by_another_while_it_closed_says_so(databases: Callable[[], str]) -> None:
    url = databases()
    with stage(url, url) as it:
        hang_up(it.frontier.connection)
        while not close_abandoned(it.other.connection, spare=it.other.crawl_id):
            pass
        with pytest.raises(Exception, match="database_lost"):
            asyncio.run(it.frontier.close("finished"))
        with transaction(it.other.connection) as cursor:
            cursor.execute("select finish_reason from lumbung.crawl where run_id = 'watched'")
            assert cursor.fetchone() == ("killed",)
