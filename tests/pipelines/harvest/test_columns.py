"""What each outcome of a visit does to every column of the page and of its article: what it does not name stays."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from psycopg2.extras import RealDictCursor
from support.hanging_up import hang_up

from pipelines.database.connections import Connection, connect, transaction
from pipelines.harvest.frontier import Frontier
from pipelines.harvest.load import load_batch
from spiders.article import Article, Entry, Failure, Look, Outcome, Rejection, Released, Unchanged, Validators, Visit
from spiders.publishers import Publisher
from spiders.publishers.window import Window

if TYPE_CHECKING:
    from collections.abc import Iterator

FIRST = datetime(2026, 11, 20, 12, tzinfo=UTC)
AGAIN = FIRST + timedelta(hours=5)
PUBLISHER = Publisher(key="koran", name="Koran", home="https://koran.example/")
URL = "https://koran.example/berita-1"
VALIDATORS = Validators('"satu"', "Fri, 20 Nov 2026 12:00:00 GMT")
LATER = Validators('"dua"', "Fri, 20 Nov 2026 17:00:00 GMT")
FACTS: dict[str, Any] = {
    "publisher": "koran", "url": URL, "canonical_url": URL, "declared_url": "https://koran.example/b/1",
    "headline": "Panen raya", "breadcrumb": ("Home", "Ekonomi"), "section": "Ekonomi", "dateline": "Karawang, Koran",
    "dateline_place": "Karawang", "dateline_brand": "Koran", "byline": "Sri Lestari", "authors": ("Sri Lestari",),
    "published_at": FIRST, "modified_at": FIRST, "language": "id", "tags": ("padi",),
    "image_url": "https://koran.example/1.jpg", "paywalled": False, "reads": 9, "paragraphs": ("Petani memanen.",),
    "fetched_at": FIRST, "quality": 0.875, "extractor": "7",
}  # fmt: skip
CHANGES: dict[str, Any] = {
    "url": f"{URL}?page=all", "declared_url": "https://koran.example/b/2", "headline": "Panen ditunda",
    "breadcrumb": ("Home", "Desa"), "section": "Desa", "dateline": "Subang, Kabar", "dateline_place": "Subang",
    "dateline_brand": "Kabar", "byline": "Budi", "authors": ("Budi",), "published_at": FIRST + timedelta(minutes=1),
    "modified_at": AGAIN, "language": "su", "tags": ("gabah",), "image_url": "https://koran.example/2.jpg",
    "paywalled": True, "reads": 12, "paragraphs": ("Petani menunda panen.",),
}  # fmt: skip
REJECTION = Rejection(publisher="koran", url=URL, canonical_url=URL, reason="photo", fetched_at=AGAIN)
FREE = {"state", "leased_by", "lease_until", "looked_at"}
"""Columns that the return of a lease changes, whatever the outcome: tested by themselves."""


@pytest.fixture
def frontier(database_url: str) -> Iterator[Frontier]:
    opened = Frontier(connect(database_url), PUBLISHER, Window(FIRST - timedelta(days=30), None, strict=False))
    entry = Entry(url=URL, published_at=FIRST, modified_at=FIRST)
    asyncio.run(opened.announce("https://koran.example/rss", [entry], Validators()))
    yield opened
    hang_up(opened.connection)


def row(connection: Connection, table: str) -> dict[str, Any]:
    with transaction(connection, RealDictCursor) as cursor:
        cursor.execute(f"select * from lumbung.{table}")
        found: Any = cursor.fetchone()
    return dict(found)


def differences(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Columns that changed, with their values after it."""
    return {name: after[name] for name in after if after[name] != before[name] and name not in FREE}


def visited(frontier: Frontier, outcome: Outcome, at: datetime, *, status: int | None, found: Validators) -> None:
    with transaction(frontier.connection) as cursor:
        cursor.execute("update lumbung.page set state = 'due', due_at = now()")
    (page,) = asyncio.run(frontier.lease(1))
    visit = Visit(page_id=page.page_id, outcome=outcome, fetched_at=at, status=status, validators=found)
    load_batch(frontier.connection, frontier.crawl_id, [visit])


def after_the_first_visit(frontier: Frontier, database: Connection) -> tuple[dict[str, Any], dict[str, Any]]:
    visited(frontier, Article(**FACTS), FIRST, status=200, found=VALIDATORS)
    with transaction(frontier.connection) as cursor:
        cursor.execute("update lumbung.page set due_at = now()")
    return row(database, "page"), row(database, "article")


def test_another_quality_alone_is_no_change(frontier: Frontier, database: Connection) -> None:
    _, article = after_the_first_visit(frontier, database)
    visited(frontier, Article(**{**FACTS, "quality": 0.5}), AGAIN, status=200, found=LATER)
    assert differences(article, row(database, "article")) == {}


def test_another_reader_that_reads_the_same_leaves_the_one_whose_reading_is_stored(
    frontier: Frontier, database: Connection
) -> None:
    _, article = after_the_first_visit(frontier, database)
    visited(frontier, Article(**{**FACTS, "extractor": "8"}), AGAIN, status=200, found=LATER)
    assert differences(article, row(database, "article")) == {}


def test_a_revision_has_the_readers_of_both_texts(frontier: Frontier, database: Connection) -> None:
    after_the_first_visit(frontier, database)
    for extractor, text in (("8", "Satu."), ("8", "Dua."), ("9", "Tiga.")):
        again = Article(**{**FACTS, "extractor": extractor, "paragraphs": (text,)})
        visited(frontier, again, AGAIN, status=200, found=LATER)
    with transaction(database) as cursor:
        cursor.execute("select extractor_before, extractor_after from news.revisions order by number")
        assert cursor.fetchall() == [("7", "8"), ("8", "8"), ("8", "9")]
        cursor.execute(
            "select a.extractor, b.extractor from news.articles a join news.all_articles b using (article_id)"
        )
        assert cursor.fetchall() == [("9", "9")]
        cursor.execute("update lumbung.revision set extractor_before = null where number > 1")  # of before the column
        cursor.execute("select extractor_before, extractor_after from news.revisions order by number")
        assert cursor.fetchall() == [("7", None), (None, None), (None, "9")]


def test_a_changed_page_has_every_new_value_and_keeps_when_it_was_first_seen(
    frontier: Frontier, database: Connection
) -> None:
    page, article = after_the_first_visit(frontier, database)
    assert set(CHANGES) | {"publisher", "canonical_url", "fetched_at", "quality", "extractor"} == set(FACTS)
    visited(frontier, Article(**{**FACTS, **CHANGES, "quality": 0.5, "extractor": "8"}), AGAIN, status=203, found=LATER)
    changed = differences(article, row(database, "article"))
    assert set(changed) == {*CHANGES, "fetched_at", "text_hash", "search", "quality", "extractor"}
    assert (changed["quality"], changed["extractor"]) == (0.5, "8")
    plain = {name: list(value) if isinstance(value, tuple) else value for name, value in CHANGES.items()}
    assert {name: changed[name] for name in CHANGES} == plain
    assert changed["fetched_at"] == AGAIN
    assert article["first_fetched_at"] == FIRST
    changed = differences(page, row(database, "page"))
    changed.pop("due_at")
    assert changed == {"etag": LATER.etag, "last_modified": LATER.last_modified, "fetched_at": AGAIN, "status": 203}


@pytest.mark.parametrize("name", sorted(set(CHANGES) - {"url"}))
def test_one_changed_field_is_enough_and_changes_no_other(frontier: Frontier, database: Connection, name: str) -> None:
    _, article = after_the_first_visit(frontier, database)
    visited(frontier, Article(**{**FACTS, name: CHANGES[name]}), AGAIN, status=200, found=LATER)
    text = {"text_hash", "search"} if name in {"headline", "paragraphs"} else set[str]()
    assert set(differences(article, row(database, "article"))) == {name, "fetched_at"} | text
    with transaction(database) as cursor:
        cursor.execute("select updated, unchanged, (select count(*) from lumbung.revision) from lumbung.crawl")
        assert cursor.fetchone() == (1, 0, 1 if text else 0)


@pytest.mark.parametrize(
    ("outcome", "status", "expected"),
    [
        (
            Article(**FACTS),
            200,
            {"etag": LATER.etag, "last_modified": LATER.last_modified, "fetched_at": AGAIN, "looks": 1},
        ),
        (Unchanged(), 304, {"status": 304, "fetched_at": AGAIN, "looks": 1}),
        (Failure(error="HTTP 503"), 503, {"status": 503, "failures": 1, "last_error": "HTTP 503"}),
        (Failure(error="no answer"), None, {"failures": 1, "last_error": "no answer"}),
        (Released(), None, {}),
        (Released(announced_at=AGAIN), 200, {"announced_at": AGAIN}),
        (
            REJECTION,
            200,
            {"etag": None, "last_modified": None, "fetched_at": AGAIN, "looks": 1},
        ),
    ],
    ids=["same text", "304", "503", "no answer", "given back", "given back with its date", "rejected"],
)
def test_a_page_without_new_text_changes_no_column_of_its_article_and_only_these_of_its_own(
    frontier: Frontier, database: Connection, outcome: Outcome, status: int | None, expected: dict[str, Any]
) -> None:
    page, article = after_the_first_visit(frontier, database)
    visited(frontier, outcome, AGAIN, status=status, found=LATER)
    assert row(database, "article") == article
    after = row(database, "page")
    changed = differences(page, after)
    changed.pop("due_at")
    assert changed == expected
    wanted = "due" if isinstance(outcome, Failure | Released) else "rejected" if outcome is REJECTION else "done"
    assert (after["state"], after["leased_by"], after["lease_until"]) == (wanted, None, None)


def test_a_page_that_failed_is_asked_for_with_the_validators_of_the_text_that_is_stored(
    frontier: Frontier, database: Connection
) -> None:
    after_the_first_visit(frontier, database)
    for outcome in (Failure(error="HTTP 503"), Released(), Unchanged()):
        visited(frontier, outcome, AGAIN, status=None, found=Validators())
        with transaction(database) as cursor:
            cursor.execute("update lumbung.page set state = 'due', due_at = now()")
        (page,) = asyncio.run(frontier.lease(1))
        assert page.validators == VALIDATORS
        with transaction(database) as cursor:
            cursor.execute("update lumbung.page set state = 'due', leased_by = null, lease_until = null")


def waits(frontier: Frontier, database: Connection, count: int) -> list[timedelta]:
    """How long the page waits after each of so many failures in a row; exact, by the server's clock."""
    found = []
    for _ in range(count):
        with transaction(database) as cursor:
            cursor.execute("select clock_timestamp()")
            (before,) = cursor.fetchone() or (FIRST,)
        visited(frontier, Failure(error="HTTP 503"), AGAIN, status=503, found=Validators())
        with transaction(database) as cursor:
            cursor.execute("select due_at, clock_timestamp() from lumbung.page")
            due, after = cursor.fetchone() or (FIRST, FIRST)
        shortest, longest = due - after, due - before
        minutes = [wait for wait in range(1, 24 * 60 + 1) if shortest <= timedelta(minutes=wait) <= longest]
        assert len(minutes) == 1, (shortest, longest)
        found.append(timedelta(minutes=minutes[0]))
    return found


def test_a_failed_page_waits_five_minutes_then_twice_as_long_each_time_a_day_at_most(
    frontier: Frontier, database: Connection
) -> None:
    expected = [timedelta(minutes=wait) for wait in (5, 10, 20, 40, 80, 160, 320, 640, 1280, 1440, 1440)]
    assert waits(frontier, database, 11) == expected
    with transaction(database) as cursor:
        cursor.execute("update lumbung.page set failures = 2000000000")
    assert waits(frontier, database, 1) == [timedelta(days=1)]
    visited(frontier, Released(), AGAIN, status=None, found=Validators())
    assert row(database, "page")["failures"] == 2_000_000_001, "a page that was given back was not asked for"
    visited(frontier, Article(**FACTS), AGAIN, status=200, found=Validators())
    assert (row(database, "page")["failures"], row(database, "page")["last_error"]) == (0, None)
    assert waits(frontier, database, 2) == expected[:2]


@pytest.mark.parametrize("failures", [0, 20])
def test_a_failed_page_waits_as_long_as_its_visit_says(frontier: Frontier, database: Connection, failures: int) -> None:
    with transaction(database) as cursor:
        cursor.execute("update lumbung.page set failures = %s", [failures])
    (page,) = asyncio.run(frontier.lease(1))
    look = Look(timedelta(hours=3), timedelta(hours=7))
    visit = Visit(page_id=page.page_id, outcome=Failure(error="HTTP 429"), fetched_at=AGAIN, status=429, look=look)
    load_batch(frontier.connection, frontier.crawl_id, [visit])
    with transaction(database) as cursor:
        cursor.execute("select due_at - now(), look_at, failures, looks from lumbung.page")
        (wait, *others) = cursor.fetchone() or (None,)
    assert timedelta(hours=2, minutes=59) < wait <= timedelta(hours=3)
    assert others == [None, failures + 1, 0]
