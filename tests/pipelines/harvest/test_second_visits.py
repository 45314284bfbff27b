"""What earlier visits left: revisions in order, reads, rejections, kept pages, and the figures of two batches."""

from __future__ import annotations

import asyncio
import gzip
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from support.hanging_up import hang_up

from pipelines.database.connections import Connection, connect, transaction
from pipelines.harvest.frontier import Frontier
from pipelines.harvest.ledger import imbalance, read_crawl
from pipelines.harvest.load import load_batch
from spiders.article import (
    Article,
    Entry,
    Failure,
    LeasedPage,
    Outcome,
    Reason,
    Rejection,
    Released,
    Unchanged,
    Validators,
    Visit,
)
from spiders.publishers import Publisher
from spiders.publishers.window import Window

if TYPE_CHECKING:
    from collections.abc import Iterator

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
PUBLISHER = Publisher(key="koran", name="Koran", home="https://koran.example/")
WARTA = Publisher(key="warta", name="Warta", home="https://warta.example/")
OPEN = Window(NOON - timedelta(days=30), None, strict=False)


@pytest.fixture
def frontier(database_url: str) -> Iterator[Frontier]:
    opened = Frontier(connect(database_url), PUBLISHER, OPEN)
    yield opened
    hang_up(opened.connection)


def leased(frontier: Frontier, count: int, *, until: datetime | None = None) -> list[LeasedPage]:
    """So many pages, of which every one is due now, in their order."""
    home = frontier.publisher.home
    entries = [Entry(url=f"{home}berita-{number}", published_at=NOON, published_until=until) for number in range(count)]
    asyncio.run(frontier.announce(f"{home}rss", entries, Validators()))
    run(
        frontier.connection,
        "update lumbung.page set state = 'due', due_at = now(), leased_by = null, lease_until = null",
    )
    return sorted(asyncio.run(frontier.lease(count)), key=lambda page: page.url)


def run(connection: Connection, statement: str) -> list[tuple[Any, ...]]:
    with transaction(connection) as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


def article(page: LeasedPage, **changes: Any) -> Article:
    plain = Article(
        publisher="koran", url=page.url, canonical_url=page.canonical_url, headline="Panen raya",
        paragraphs=("Petani mulai memanen padi.",), fetched_at=NOON,
    )  # fmt: skip
    return replace(plain, **changes)


def rejection(page: LeasedPage, reason: Reason, detail: str = "", url: str = "") -> Rejection:
    return Rejection(
        publisher="koran", url=url or page.url, canonical_url=page.canonical_url, reason=reason, detail=detail,
        fetched_at=NOON,
    )  # fmt: skip


def visited(frontier: Frontier, *visits: tuple[LeasedPage, Outcome], hours: int = 0, status: int | None = 200) -> None:
    at = NOON + hours * HOUR
    load_batch(
        frontier.connection,
        frontier.crawl_id,
        [Visit(page_id=page.page_id, outcome=outcome, fetched_at=at, status=status) for page, outcome in visits],
    )


def test_revisions_of_each_article_are_numbered_from_one_and_say_when_and_by_whom(
    database_url: str, frontier: Frontier, database: Connection
) -> None:
    one, two = leased(frontier, 2)
    visited(frontier, (one, article(one)), (two, article(two)))
    later = Frontier(connect(database_url), PUBLISHER, OPEN)
    for number in (1, 2, 3):
        leased(later, 2)
        changed = article(one, headline=f"Judul {number}", modified_at=NOON + number * HOUR)
        other = article(two, headline="Judul") if number == 3 else Unchanged()
        visited(later, (one, changed), (two, other), hours=number)
    found = run(
        database,
        "select a.url, r.number, r.headline_before, r.modified_at, r.revised_at, r.crawl_id"
        " from lumbung.revision r join lumbung.article a using (article_id) order by 1, 2",
    )
    assert found == [
        (one.url, 1, "Panen raya", NOON + HOUR, NOON + HOUR, later.crawl_id),
        (one.url, 2, "Judul 1", NOON + 2 * HOUR, NOON + 2 * HOUR, later.crawl_id),
        (one.url, 3, "Judul 2", NOON + 3 * HOUR, NOON + 3 * HOUR, later.crawl_id),
        (two.url, 1, "Panen raya", None, NOON + 3 * HOUR, later.crawl_id),
    ]
    assert run(database, "select distinct crawl_id from lumbung.article") == [(later.crawl_id,)]
    row = read_crawl(database, later.crawl_id)
    assert (row.stored, row.updated, row.unchanged) == (0, 4, 2)
    hang_up(later.connection)


def test_reads_are_kept_whenever_they_are_stated_and_differ(frontier: Frontier, database: Connection) -> None:
    for hours, reads in enumerate([None, 5, 5, None, 9, 7]):
        (page,) = leased(frontier, 1)
        visited(frontier, (page, article(page, reads=reads)), hours=hours)
    found = run(database, "select observed_at, reads from lumbung.reads order by 1")
    assert found == [(NOON + HOUR, 5), (NOON + 4 * HOUR, 9), (NOON + 5 * HOUR, 7)]


def test_a_page_without_reads_has_none_and_the_first_visit_is_one_of_them(
    frontier: Frontier, database: Connection
) -> None:
    one, two = leased(frontier, 2)
    visited(frontier, (one, article(one, reads=3)), (two, article(two)))
    assert run(database, "select reads, observed_at from lumbung.reads") == [(3, NOON)]


def test_characters_replaced_are_counted_by_batch_and_kept_with_the_last_text(
    frontier: Frontier, database: Connection
) -> None:
    one, two = leased(frontier, 2)
    visited(frontier, (one, article(one, headline="a\0b\0")), (two, article(two, headline="c\0")))
    assert run(database, "select repaired from lumbung.article order by url") == [(2,), (1,)]
    assert read_crawl(database, frontier.crawl_id).repaired == 3
    one, two = leased(frontier, 2)
    visited(frontier, (one, article(one, headline="a\0")), (two, Unchanged()))
    assert run(database, "select repaired from lumbung.article order by url") == [(1,), (1,)]
    assert read_crawl(database, frontier.crawl_id).repaired == 4


def test_a_page_that_is_rejected_again_has_the_last_reason_in_every_column(
    database_url: str, frontier: Frontier, database: Connection
) -> None:
    one, two = leased(frontier, 2)
    visited(frontier, (one, rejection(one, "photo", "12 photos")), (two, rejection(two, "video")))
    columns = "select url, reason, detail, status, rejected_at, crawl_id from lumbung.rejection order by page_id"
    first = (one.url, "photo", "12 photos", 200, NOON, frontier.crawl_id)
    other = (two.url, "video", "", 200, NOON, frontier.crawl_id)
    assert set(run(database, columns)) == {first, other}
    later = Frontier(connect(database_url), PUBLISHER, OPEN)
    leased(later, 2)
    visited(
        later,
        (one, rejection(one, "too_short", "iklan", f"{one.url}?page=all")),
        (two, Unchanged()),
        hours=2,
        status=203,
    )
    again = (f"{one.url}?page=all", "too_short", "iklan", 203, NOON + 2 * HOUR, later.crawl_id)
    assert set(run(database, columns)) == {other, again}
    hang_up(later.connection)


def test_an_unchanged_page_stays_what_it_was_whatever_the_others_are(frontier: Frontier, database: Connection) -> None:
    one, two, three = leased(frontier, 3)
    visited(frontier, (one, rejection(one, "photo")), (two, article(two)), (three, rejection(three, "video")))
    for _ in range(2):
        leased(frontier, 3)
        visited(frontier, (one, Unchanged()), (two, Unchanged()), (three, Unchanged()))
        states = run(database, "select state from lumbung.page order by url")
        assert states == [("rejected",), ("done",), ("rejected",)]
    leased(frontier, 3)
    visited(frontier, (one, article(one)), (two, Unchanged()), (three, Unchanged()))
    assert run(database, "select reason from lumbung.rejection") == [("video",)]
    states = run(database, "select state from lumbung.page order by url")
    assert states == [("done",), ("done",), ("rejected",)]


def test_an_exact_date_takes_the_place_of_a_day_and_without_one_the_day_stays(
    frontier: Frontier, database: Connection
) -> None:
    one, two = leased(frontier, 2, until=NOON + 9 * HOUR)
    visited(frontier, (one, Released(announced_at=NOON + HOUR)), (two, Released()))
    found = run(database, "select announced_at, announced_until from lumbung.page order by url")
    assert found == [(NOON + HOUR, None), (NOON, NOON + 9 * HOUR)]


def test_the_ledger_keeps_twenty_failures_of_all_batches_and_counts_every_one(
    frontier: Frontier, database: Connection
) -> None:
    pages = leased(frontier, 30)
    visited(frontier, *[(page, Failure(error="HTTP 503")) for page in pages[:3]], (pages[3], Unchanged()))
    row = read_crawl(database, frontier.crawl_id)
    assert row.problems == ["failure: HTTP 503"] * 3
    visited(frontier, *[(page, Failure(error="HTTP 500")) for page in pages[4:28]], (pages[28], article(pages[28])))
    row = read_crawl(database, frontier.crawl_id)
    assert row.problems == ["failure: HTTP 503"] * 3 + ["failure: HTTP 500"] * 17
    visited(frontier, (pages[29], Released()))
    row = read_crawl(database, frontier.crawl_id)
    assert (row.failed, row.unchanged, row.stored, row.released) == (27, 1, 1, 1)
    assert imbalance(row) is None


def test_each_batch_is_counted_in_its_own_crawl(database_url: str, frontier: Frontier, database: Connection) -> None:
    other = Frontier(connect(database_url), WARTA, OPEN)
    pages = leased(frontier, 6)
    visited(frontier, (pages[0], article(pages[0])), (pages[1], rejection(pages[1], "photo")))
    visited(
        frontier,
        (pages[2], article(pages[2])),
        (pages[3], rejection(pages[3], "photo")),
        (pages[4], Released()),
        (pages[5], Released()),
    )
    row = read_crawl(database, frontier.crawl_id)
    assert (row.stored, row.rejected, row.released, row.unchanged, row.updated, row.failed) == (2, 2, 2, 0, 0, 0)
    assert read_crawl(database, other.crawl_id).fetched == 0
    hang_up(other.connection)


def keep(frontier: Frontier, page: LeasedPage, body: str) -> None:
    visit = Visit(page_id=page.page_id, outcome=Failure(error="broken"), fetched_at=NOON, kept=body.encode())
    load_batch(frontier.connection, frontier.crawl_id, [visit])


def kept(connection: Connection, publisher: str) -> dict[int, str]:
    found = run(connection, f"select page_id, page from lumbung.kept_page where publisher = '{publisher}'")
    return {page_id: gzip.decompress(page).decode() for page_id, page in found}


def test_of_each_publisher_fifty_pages_are_kept_and_a_page_that_is_kept_again_is_the_newest(
    database_url: str, frontier: Frontier, database: Connection
) -> None:
    pages = leased(frontier, 51)
    warta = Frontier(connect(database_url), WARTA, OPEN)
    for page in pages[:50]:
        keep(frontier, page, "lama")
    leased(frontier, 51)
    keep(frontier, pages[0], "baru")
    others = leased(warta, 2)
    for page in others:
        keep(warta, page, "warta")
    leased(frontier, 51)
    assert kept(database, "koran") == {**{page.page_id: "lama" for page in pages[1:50]}, pages[0].page_id: "baru"}
    keep(frontier, pages[50], "baru")
    wanted = {page.page_id: "lama" for page in pages[2:50]}
    assert kept(database, "koran") == {**wanted, pages[0].page_id: "baru", pages[50].page_id: "baru"}
    assert kept(database, "warta") == {page.page_id: "warta" for page in others}
    hang_up(warta.connection)


def test_which_visits_count_and_which_of_them_found_a_change(frontier: Frontier, database: Connection) -> None:
    """Each outcome by itself, beside a page whose text has changed at the same moment."""
    figures = "select visits, visits_changed from lumbung.publisher"
    outcomes: dict[str, tuple[int, int]] = {
        "same": (1, 0), "unchanged": (1, 0), "photo": (1, 1), "failure": (0, 0), "released": (0, 0),
    }  # fmt: skip
    pages = leased(frontier, 2)
    visited(frontier, *((page, article(page)) for page in pages))
    assert run(database, figures) == [(0, 0)], "a first visit changes nothing"
    for hours, (name, (visits, changed)) in enumerate(outcomes.items(), 1):
        run(database, "update lumbung.publisher set visits = 10, visits_changed = 5")
        run(database, "update lumbung.page set looks = 3, looked_by = null")
        page, beside = leased(frontier, 2)
        given: dict[str, Outcome] = {
            "same": article(page), "unchanged": Unchanged(), "photo": rejection(page, "photo"),
            "failure": Failure(error="HTTP 503"), "released": Released(),
        }  # fmt: skip
        other = article(beside, paragraphs=(f"Petani menunda panen {hours} kali.",))
        visited(frontier, (page, given[name]), (beside, other), hours=hours)
        assert run(database, figures) == [(10 + visits + 1, 5 + changed + 1)], name
        looks = run(database, "select looks from lumbung.page order by url")
        assert looks == [(3 if name in {"failure", "released"} else 4,), (0,)], name
