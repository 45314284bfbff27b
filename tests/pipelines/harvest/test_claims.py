"""What a document claims of a page is weighed with what is known: each bound just inside and just outside."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from support.hanging_up import hang_up

from pipelines.database.connections import Connection, connect, transaction
from pipelines.harvest.frontier import Frontier
from pipelines.harvest.ledger import imbalance, read_crawl
from spiders.article import Entry, Validators
from spiders.frontier import New
from spiders.publishers import Publisher
from spiders.publishers.window import Window

if TYPE_CHECKING:
    from collections.abc import Iterator

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR, DAY, TICK = timedelta(hours=1), timedelta(days=1), timedelta(microseconds=1)
RSS, OTHER = "https://koran.example/rss", "https://koran.example/indeks"
PAGE = "https://koran.example/berita"
PUBLISHER = Publisher(key="koran", name="Koran", home="https://koran.example/")
OPEN = Window(NOON - 30 * DAY, None, strict=False)
RANGE = Window(NOON - 30 * DAY, NOON, strict=True)


@pytest.fixture
def frontiers(database_url: str) -> Iterator[tuple[Frontier, Frontier]]:
    opened = (Frontier(connect(database_url), PUBLISHER, OPEN), Frontier(connect(database_url), PUBLISHER, RANGE))
    yield opened
    for each in opened:
        hang_up(each.connection)


def announce(frontier: Frontier, url: str = RSS, page: str = PAGE, **dates: datetime | None) -> New:
    entry = Entry(url=page, **dates)  # type: ignore[arg-type]  # dates only
    return asyncio.run(frontier.announce(url, [entry], Validators()))


def run(connection: Connection, statement: str, *values: object) -> list[tuple[Any, ...]]:
    with transaction(connection) as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


BELIEVED = [
    (0, timedelta(0), True),
    (9, None, True),
    (1, 4 * HOUR, False),
    (2, 16 * HOUR, False),
    (3, 64 * HOUR, False),
    (4, 256 * HOUR, False),
    (5, 30 * DAY, False),
    (6, 30 * DAY, False),
    (9, 30 * DAY, False),
    (30_000, 30 * DAY, False),
]
"""Changes that were none, and how long ago the page must have been looked at until the next one is believed."""


def test_after_changes_that_were_none_the_next_ones_are_believed_later_and_later(
    frontiers: tuple[Frontier, Frontier], database: Connection
) -> None:
    frontier = frontiers[0]
    announce(frontier, published_at=NOON)
    for doubts, bound, always in BELIEVED:
        for margin, believed in ((-timedelta(minutes=1), always), (timedelta(minutes=1), True)):
            run(
                database,
                "update lumbung.page set state = 'done', doubts = %s, looked_at = now() - %s::interval,"
                " fetched_at = %s, announced_modified_at = %s, due_at = %s, looked_by = 1, due_by_change = false",
                doubts, None if bound is None else bound + margin, NOON, NOON + HOUR, NOON,
            )  # fmt: skip
            before = read_crawl(database, frontier.crawl_id)
            new = announce(frontier, modified_at=NOON + 2 * HOUR)
            case = (doubts, bound, margin)
            assert new.pages == int(believed), case
            found = run(
                database,
                "select state, announced_modified_at, due_at > %s, looked_by, due_by_change from lumbung.page",
                NOON,
            )
            due = ("due", NOON + 2 * HOUR, True, None, True)
            assert found == [due if believed else ("done", NOON + HOUR, False, 1, False)], case
            (doubted,) = run(database, "select doubted from lumbung.crawl where crawl_id = %s", frontier.crawl_id)
            run(database, "update lumbung.crawl set doubted = 0")
            assert doubted == (int(not believed),), case
            after = read_crawl(database, frontier.crawl_id)
            assert (after.enqueued - before.enqueued, after.known - before.known) == (believed, not believed)
            assert imbalance(after) is None


def test_a_change_in_the_future_is_none_but_for_a_clock_that_is_fast(
    frontiers: tuple[Frontier, Frontier], database: Connection
) -> None:
    frontier = frontiers[0]
    announce(frontier, published_at=NOON)
    for ahead, counts in ((DAY - timedelta(minutes=2), True), (DAY + timedelta(minutes=2), False)):
        run(database, "update lumbung.page set state = 'done', fetched_at = %s, announced_modified_at = null", NOON)
        moment = datetime.now(UTC) + ahead
        assert announce(frontier, modified_at=moment).pages == int(counts)
        assert run(database, "select announced_modified_at from lumbung.page where url = %s", PAGE) == [
            (moment if counts else None,)
        ]
        page = f"{PAGE}-{counts}"
        announce(frontier, page=page, modified_at=moment)
        of_new = run(database, "select announced_modified_at from lumbung.page where url = %s", page)
        assert of_new == [(moment if counts else None,)]


def test_a_date_long_past_is_none_only_where_a_document_that_was_read_before_shows_the_article_anew(
    frontiers: tuple[Frontier, Frontier], database: Connection
) -> None:
    start = OPEN.start
    old: dict[str, datetime | None] = {"published_at": start - TICK}
    old_day: dict[str, datetime | None] = {"published_at": start - DAY, "published_until": start - TICK}
    without = (None, None)
    cases: list[tuple[str, int, dict[str, datetime | None], tuple[datetime | None, datetime | None], int]] = [
        ("never read", 0, old, (start - TICK, None), 1),
        ("failed", 0, old, (start - TICK, None), 1),
        ("another was read", 0, old, (start - TICK, None), 1),
        ("read", 0, old, without, 0),
        ("read", 0, old_day, without, 0),
        ("read", 0, {"published_at": start}, (start, None), 0),
        ("read", 0, {"published_at": start - DAY, "published_until": start}, (start - DAY, start), 0),
        ("read", 1, old, (start - TICK, None), 1),
        ("read", 1, old_day, (start - DAY, start - TICK), 1),
        ("read", 1, {"published_at": NOON - TICK}, (NOON - TICK, None), 0),
        ("read", 1, {"published_at": NOON}, (NOON, None), 1),
        ("never read", 0, {"published_at": NOON + 900 * DAY}, (NOON + 900 * DAY, None), 0),
        ("never read", 0, {}, without, 0),
        ("read", 1, {}, without, 0),
    ]
    for state, which, dates, kept, left_out in cases:
        case = (state, which, dates)
        frontier = frontiers[which]
        run(database, "delete from lumbung.page; delete from lumbung.poll; update lumbung.crawl set left_out = 0")
        if state == "failed":
            asyncio.run(frontier.polled(RSS, "HTTP 503"))
        elif state != "never read":
            announce(frontier, RSS if state == "read" else OTHER, f"{PAGE}-0", published_at=NOON - HOUR)
        new = announce(frontier, **dates)  # type: ignore[arg-type]  # dates only
        assert new == New(1, left_out, 1), case
        found = run(database, "select announced_at, announced_until, found_in from lumbung.page where url = %s", PAGE)
        assert found == [(*kept, RSS)], case
        assert run(database, "select sum(left_out) from lumbung.crawl") == [(left_out,)], case


def test_width_is_what_is_new_and_what_was_found_within_a_day(
    frontiers: tuple[Frontier, Frontier], database: Connection
) -> None:
    entries = [Entry(url=f"{PAGE}-{number}", published_at=NOON) for number in range(5)]
    announced = [asyncio.run(frontiers[0].announce(RSS, entries[:3], Validators()))]
    for age, page in ((DAY - timedelta(minutes=1), 0), (DAY + timedelta(minutes=1), 1)):
        run(database, "update lumbung.page set found_at = now() - %s where url = %s", age, f"{PAGE}-{page}")
    announced.append(asyncio.run(frontiers[0].announce(RSS, entries, Validators())))
    assert announced == [New(3, 0, 3), New(2, 0, 4)]
