"""What an announcement does to a page that is known: when it is due again, and which of its dates are kept."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from psycopg2.extras import RealDictCursor
from support.hanging_up import hang_up

from pipelines.database.connections import Connection, connect, transaction
from pipelines.harvest.frontier import Frontier
from pipelines.harvest.ledger import imbalance, read_crawl
from spiders.article import Entry, Validators
from spiders.frontier import Listed
from spiders.publishers import Publisher
from spiders.publishers.window import Window

if TYPE_CHECKING:
    from collections.abc import Iterator

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
RSS = "https://koran.example/rss"
PUBLISHER = Publisher(key="koran", name="Koran", home="https://koran.example/")
OPEN = Window(NOON - 30 * DAY, None, strict=False)
DATES = ("announced_at", "announced_until", "announced_modified_at")


@pytest.fixture
def frontier(database_url: str) -> Iterator[Frontier]:
    opened = Frontier(connect(database_url), PUBLISHER, OPEN)
    yield opened
    hang_up(opened.connection)


def entry(number: int = 1, **dates: datetime | None) -> Entry:
    return Entry(url=f"https://koran.example/berita-{number}", **dates)  # type: ignore[arg-type]  # dates only


def announce(frontier: Frontier, *entries: Entry, url: str = RSS) -> int:
    return asyncio.run(frontier.announce(url, entries, Validators())).pages


def pages(connection: Connection) -> list[dict[str, Any]]:
    with transaction(connection, RealDictCursor) as cursor:
        cursor.execute("select *, xmin::text as version from lumbung.page order by page_id")
        found: Any = cursor.fetchall()
    return [dict(each) for each in found]


def make(connection: Connection, **columns: Any) -> None:
    """Set columns of every page."""
    assignments = ", ".join(f"{name} = %s" for name in columns)
    with transaction(connection) as cursor:
        cursor.execute(f"update lumbung.page set {assignments}", list(columns.values()))


def clear(connection: Connection) -> None:
    with transaction(connection) as cursor:
        cursor.execute("delete from lumbung.page")


def test_a_new_page_knows_where_by_whom_and_as_what_it_was_found(frontier: Frontier, database: Connection) -> None:
    entries = [
        entry(1, published_at=NOON, modified_at=NOON + HOUR),
        entry(2, published_at=NOON, published_until=NOON + HOUR),
        entry(3),
    ]
    assert announce(frontier, *entries) == 3
    assert announce(frontier, *entries, url="https://koran.example/other") == 0
    found = pages(database)
    assert {(page["publisher"], page["found_in"], page["found_by"], page["state"]) for page in found} == {
        ("koran", RSS, frontier.crawl_id, "due")
    }
    assert sorted((page["url"], *(page[name] for name in DATES)) for page in found) == [
        ("https://koran.example/berita-1", NOON, None, NOON + HOUR),
        ("https://koran.example/berita-2", NOON, NOON + HOUR, None),
        ("https://koran.example/berita-3", None, None, None),
    ]
    row = read_crawl(database, frontier.crawl_id)
    assert (row.entries, row.enqueued, row.known) == (6, 3, 3)


LATER = [
    ("done", {"fetched_at": NOON}, NOON + HOUR, True),
    ("done", {"fetched_at": NOON}, NOON, False),
    ("done", {"fetched_at": NOON}, None, False),
    ("rejected", {"fetched_at": NOON}, NOON + HOUR, True),
    ("done", {"fetched_at": NOON + 9 * HOUR, "announced_modified_at": NOON}, NOON + HOUR, True),
    ("done", {"fetched_at": NOON, "announced_modified_at": NOON + 2 * HOUR}, NOON + HOUR, False),
    ("done", {"fetched_at": NOON, "announced_modified_at": NOON + HOUR}, NOON + HOUR, False),
]
"""State of a page, what is known of it, the change announced, and whether it is due again."""


def test_a_change_later_than_what_was_fetched_makes_a_page_due(frontier: Frontier, database: Connection) -> None:
    for state, known, announced, due in LATER:
        case = (state, known, announced)
        clear(database)
        announce(frontier, entry(published_at=NOON))
        make(database, state=state, due_at=NOON, **known)
        before = read_crawl(database, frontier.crawl_id)
        assert announce(frontier, entry(published_at=NOON, modified_at=announced)) == int(due), case
        (page,) = pages(database)
        assert page["state"] == ("due" if due else state), case
        assert (page["due_at"] > NOON) == due, case
        both = [moment for moment in (known.get("announced_modified_at"), announced) if moment is not None]
        assert page["announced_modified_at"] == max(both, default=None), case
        row = read_crawl(database, frontier.crawl_id)
        assert (row.entries, row.enqueued, row.known) == (
            before.entries + 1,
            before.enqueued + due,
            before.known + 1 - due,
        )
        assert imbalance(row) is None


def test_a_change_of_a_page_that_waits_keeps_its_turn(frontier: Frontier, database: Connection) -> None:
    """A page that failed is not asked for sooner because its publisher announces another change."""
    announce(frontier, entry(published_at=NOON, modified_at=NOON))
    make(database, due_at=NOON + 9_000 * DAY)
    assert announce(frontier, entry(published_at=NOON, modified_at=NOON + HOUR)) == 0
    (page,) = pages(database)
    assert (page["due_at"], page["announced_modified_at"]) == (NOON + 9_000 * DAY, NOON + HOUR)


Dates = tuple[datetime | None, datetime | None]
BETTER: list[tuple[Dates, Dates, Dates]] = [
    ((None, None), (NOON, None), (NOON, None)),
    ((None, None), (NOON, NOON + DAY), (NOON, NOON + DAY)),
    ((NOON, None), (None, None), (NOON, None)),
    ((NOON, None), (NOON + HOUR, None), (NOON, None)),
    ((NOON, None), (NOON - DAY, NOON), (NOON, None)),
    ((NOON, NOON + DAY), (NOON + HOUR, None), (NOON + HOUR, None)),
    ((NOON, NOON + DAY), (NOON + HOUR, NOON + 3 * HOUR), (NOON + HOUR, NOON + 3 * HOUR)),
    ((NOON, NOON + DAY), (NOON - HOUR, NOON + DAY), (NOON, NOON + DAY)),
    ((NOON, NOON + DAY), (NOON + DAY, NOON + 2 * DAY), (NOON, NOON + DAY)),
]
"""Dates of a page, dates announced, dates kept."""


@pytest.mark.parametrize("state", ["due", "done"])
def test_of_two_dates_the_more_exact_one_is_kept_and_of_two_alike_the_first(
    frontier: Frontier, database: Connection, state: str
) -> None:
    for before, after, kept in BETTER:
        clear(database)
        announce(frontier, entry(published_at=before[0], published_until=before[1], modified_at=NOON))
        make(database, state=state, fetched_at=NOON)
        (first,) = pages(database)
        announce(frontier, entry(published_at=after[0], published_until=after[1], modified_at=NOON - HOUR))
        (page,) = pages(database)
        assert (page["announced_at"], page["announced_until"]) == kept
        assert (page["state"], page["due_at"], page["announced_modified_at"]) == (state, first["due_at"], NOON)
        assert (page["version"] == first["version"]) == (before == kept), "only what changes is written"


TWICE: list[tuple[list[Dates], Dates]] = [
    ([(NOON, NOON), (NOON + HOUR, NOON + HOUR)], (NOON + HOUR, NOON + HOUR)),
    ([(NOON + HOUR, NOON), (NOON, NOON + HOUR)], (NOON, NOON + HOUR)),
    ([(NOON + HOUR, None), (NOON, NOON)], (NOON, NOON)),
    ([(None, NOON), (NOON, NOON), (NOON - HOUR, NOON)], (NOON, NOON)),
    ([(None, None), (NOON, None), (NOON + HOUR, None)], (NOON + HOUR, None)),
]
"""Dates and changes of one page in a document, and those that count."""


def test_of_a_page_announced_twice_in_one_document_the_latest_change_and_date_count(
    frontier: Frontier, database: Connection
) -> None:
    for entries, counts in TWICE:
        for order in (entries, entries[::-1]):
            clear(database)
            announce(frontier, *[entry(published_at=first, modified_at=change) for first, change in order])
            (page,) = pages(database)
            assert (page["announced_at"], page["announced_modified_at"]) == counts


def test_what_a_document_says_of_one_page_changes_no_other(frontier: Frontier, database: Connection) -> None:
    announce(frontier, *[entry(number, published_at=NOON) for number in range(3)])
    make(database, state="done", fetched_at=NOON)
    before = pages(database)
    assert announce(frontier, entry(1, published_at=NOON, modified_at=NOON + HOUR)) == 1
    after = pages(database)
    changed = [page["url"] for page, old in zip(after, before, strict=True) if page["version"] != old["version"]]
    assert changed == ["https://koran.example/berita-1"]


def test_new_is_what_no_earlier_crawl_has_found(database_url: str, frontier: Frontier) -> None:
    announce(frontier, entry(1), entry(2))
    shown = [entry(1), entry(2), entry(3)]
    assert asyncio.run(frontier.look_through(shown, shown)) == Listed(3, joins=False), "this crawl found them itself"
    later = Frontier(connect(database_url), PUBLISHER, OPEN)
    announce(later, entry(4))
    shown = [entry(1), entry(3), entry(3), entry(4)]
    assert asyncio.run(later.look_through(shown, shown)).new == 2
    hang_up(later.connection)


INDEX = "https://koran.example/indeks"


@pytest.mark.parametrize(
    ("walked", "joins"),
    [
        ((9, 8, 4, 3, 2, 1), True),
        ((9, 8, 4, 3, 2), False),  # three of five
        ((9, 8, 0, 4, 3, 2, 1), True),
        ((9, 8, 7, 6, 5), False),
        ((9, 8, 7, 6, 5, 4, 3, 2, 1), False),  # more than half of it is new: they may stand in a box beside the list
        ((9, 8, 0, -1, -2, -3, -4), False),  # popular ones of long ago
    ],
)
def test_a_list_joins_on_where_it_shows_what_the_last_crawl_with_news_has_brought(
    database_url: str,
    frontier: Frontier,
    walked: tuple[int, ...],
    joins: bool,  # noqa: FBT001 - a table
) -> None:
    announce(frontier, *(entry(number) for number in range(-4, 0)))
    asyncio.run(frontier.close("finished"))
    for brought in (range(5), range(0)):
        crawl = Frontier(connect(database_url), PUBLISHER, OPEN)
        announce(crawl, *(entry(number) for number in brought))
        asyncio.run(crawl.close("finished"))
    later = Frontier(connect(database_url), PUBLISHER, OPEN)
    announce(later, entry(9))
    shown = [entry(number) for number in walked]
    assert asyncio.run(later.look_through(shown, shown)).joins == joins
    assert not asyncio.run(later.look_through(shown[:2], shown[:2])).joins
    assert asyncio.run(later.look_through(shown[2:], shown)).joins == joins, "on all pages walked so far"
    hang_up(later.connection)


def test_a_list_continues_where_it_was_read_since_the_last_news(database_url: str, frontier: Frontier) -> None:
    def show(crawl: Frontier, url: str, *entries: Entry) -> None:
        asyncio.run(crawl.announce(url, list(entries), Validators()))

    def continues(crawl: Frontier) -> bool:
        return asyncio.run(crawl.recall(INDEX)).continues

    show(frontier, INDEX, entry(1))
    assert not continues(frontier), "no crawl before"
    asyncio.run(frontier.close("finished"))
    second = Frontier(connect(database_url), PUBLISHER, OPEN)
    assert continues(second)
    show(second, RSS, entry(1), entry(2))
    assert continues(second), "what this crawl itself has found so far changes nothing"
    hang_up(second.connection)
    third = Frontier(connect(database_url), PUBLISHER, OPEN)
    assert not continues(third), "the crawl before had news and did not read it"
    show(third, INDEX, entry(2))
    hang_up(third.connection)
    fourth = Frontier(connect(database_url), PUBLISHER, OPEN)
    assert continues(fourth), "it was read since"
    asyncio.run(fourth.forget(INDEX))
    assert not continues(fourth), "and once more, not to its end"
    hang_up(fourth.connection)


@pytest.mark.parametrize("plan", ["", "?options=-c%20enable_indexscan%3Doff%20-c%20enable_bitmapscan%3Doff"])
def test_pages_of_the_same_date_are_leased_newest_found_first(database_url: str, plan: str) -> None:
    frontier = Frontier(connect(f"{database_url}{plan}"), PUBLISHER, OPEN)
    for number in (1, 2, 3):
        announce(frontier, entry(number, published_at=NOON))
    announce(frontier, entry(4), entry(5, published_at=NOON + HOUR))
    leased = [page.url.rsplit("-", 1)[1] for page in asyncio.run(frontier.lease(2))]
    assert leased == ["5", "3"]
    assert [page.url.rsplit("-", 1)[1] for page in asyncio.run(frontier.lease(9))] == ["2", "1", "4"]
    hang_up(frontier.connection)
