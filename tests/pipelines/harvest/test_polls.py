"""How often a document is asked for, and what the frontier remembers of it."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg2.extras import RealDictCursor
from support.hanging_up import hang_up

from pipelines.database.connections import Connection, connect, transaction
from pipelines.harvest.frontier import Frontier
from pipelines.harvest.ledger import read_crawl
from pipelines.harvest.polls import Rhythm, next_pace, reach_of
from spiders.article import Entry, Remembered, Validators
from spiders.publishers import Publisher
from spiders.publishers.window import Window

if TYPE_CHECKING:
    from collections.abc import Iterator

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
RSS = "https://koran.example/rss"
PUBLISHER = Publisher(key="koran", name="Koran", home="https://koran.example/")
OPEN = Window(NOON - timedelta(days=30), None, strict=False)
RANGE = Window(NOON - timedelta(days=30), NOON, strict=True)
BOUNDS = (10, 360)
MINUTE = timedelta(minutes=1)


def minutes(
    polls: str, reach: timedelta | None = None, *, since: timedelta | None = None, covered: bool = False
) -> list[float]:
    """Minutes until a document is due after each poll: `+` brought something new, `-` did not."""
    every, waits = None, []
    for poll in polls:
        every, wait = next_pace(Rhythm(every, reach, since, covered), BOUNDS, changed=poll == "+")
        waits.append(wait / MINUTE / 0.9)
    return waits


def test_the_interval_grows_by_half_while_nothing_is_new_and_is_halved_by_news() -> None:
    assert minutes("+---") == pytest.approx([10, 15, 22.5, 33.75])
    assert minutes("-" * 20)[-1] == pytest.approx(360)
    assert minutes("-" * 20 + "++++++")[20:] == pytest.approx([180, 90, 45, 22.5, 11.25, 10])


def test_a_feed_is_read_four_times_while_it_shows_an_article_however_quiet_it_was() -> None:
    assert minutes("-" * 20, reach=timedelta(hours=6))[-1] == pytest.approx(90)
    assert minutes("-" * 20, reach=timedelta(minutes=4))[-1] == pytest.approx(10)


@given(st.text("+-", min_size=1, max_size=40), st.none() | st.timedeltas(timedelta(0), timedelta(days=90)))
def test_no_interval_leaves_the_publishers_bounds(polls: str, reach: timedelta | None) -> None:
    assert all(10 <= round(wait, 6) <= 360 for wait in minutes(polls, reach))


def test_a_document_that_others_cover_is_asked_ever_more_seldom_and_as_usual_once_it_brings_something() -> None:
    hours = timedelta(hours=6)
    assert minutes("---", since=hours, covered=True) == pytest.approx([720, 1440, 1440])
    assert minutes("-" * 9, since=hours, covered=True)[-1] == 24 * 60
    assert minutes("-" * 9 + "+", since=hours, covered=True)[-1] == 180
    assert minutes("-" * 9, reach=timedelta(hours=10), since=hours, covered=True)[-1] == 300, "half of what it shows"
    assert minutes("-" * 20, since=hours)[-1] == 360


def test_what_a_document_reaches_back_is_known_from_exact_times_only() -> None:
    def entry(hours: int, until: datetime | None = None) -> Entry:
        return Entry(url=RSS, published_at=NOON - timedelta(hours=hours), published_until=until)

    assert reach_of([entry(1), entry(7), entry(20, NOON), Entry(url=RSS)]) == timedelta(hours=6)
    assert reach_of([entry(1), entry(1)]) is reach_of([]) is None


@contextmanager
def crawl(url: str, window: Window = OPEN) -> Iterator[Frontier]:
    frontier = Frontier(connect(url), PUBLISHER, window, "r")
    try:
        yield frontier
    finally:
        hang_up(frontier.connection)


def announce(frontier: Frontier, *numbers: int) -> int:
    entries = [Entry(url=f"https://koran.example/berita-{number}") for number in numbers]
    return asyncio.run(frontier.announce(RSS, entries, Validators("e", None))).pages


def recall(frontier: Frontier) -> Remembered:
    return asyncio.run(frontier.recall(RSS))


def every(database: Connection) -> float:
    with transaction(database) as cursor:
        cursor.execute("select every, next_at - polled_at from lumbung.poll")
        (interval, wait) = cursor.fetchone() or (timedelta(0), timedelta(0))
    assert wait == interval * 0.9
    return float(interval / MINUTE)


def test_a_document_that_was_just_read_is_not_due_and_after_its_interval_it_is(
    database_url: str, database: Connection
) -> None:
    with crawl(database_url) as frontier:
        assert not recall(frontier).fresh
        announce(frontier, 1)
        assert recall(frontier).fresh
        with transaction(database) as cursor:
            cursor.execute("update lumbung.poll set next_at = next_at - interval '9 minutes'")
        assert not recall(frontier).fresh


def test_new_articles_and_nothing_else_count_as_a_change(database_url: str, database: Connection) -> None:
    with crawl(database_url) as frontier:
        assert announce(frontier, 1, 2) == 2
        assert every(database) == 10
        assert announce(frontier, 1, 2) == 0
        assert every(database) == 15
        asyncio.run(frontier.polled(RSS, unchanged=True))
        assert every(database) == 22.5
        assert announce(frontier, 2, 3) == 1
        assert every(database) == 11.25


def test_a_failure_leaves_a_document_due_and_is_forgotten_when_it_is_read_again(
    database_url: str, database: Connection
) -> None:
    def failures() -> tuple[int, str | None]:
        with transaction(database) as cursor:
            cursor.execute("select failures, problem from news.polls")
            return cursor.fetchone() or (0, None)

    for number in (1, 2):
        with crawl(database_url) as frontier:
            asyncio.run(frontier.polled(RSS, "HTTP 503"))
            asyncio.run(frontier.polled(RSS, "HTTP 503"))
            assert recall(frontier) == Remembered()
            assert failures() == (number, "HTTP 503")
    with crawl(database_url) as frontier:
        announce(frontier, 1)
        assert failures() == (0, None)


def test_a_document_whose_reading_was_broken_off_counts_as_never_read(database_url: str) -> None:
    with crawl(database_url) as frontier:
        announce(frontier, 1)
        asyncio.run(frontier.forget(RSS))
        assert recall(frontier) == Remembered()


def test_a_list_is_read_once_by_a_crawl_that_was_stopped_and_by_crawls_of_other_dates_within_a_day(
    database_url: str, database: Connection
) -> None:
    with crawl(database_url, RANGE) as frontier:
        announce(frontier, 1)
        assert recall(frontier).in_this_range
    for hours, is_known in ((0, True), (23, True), (25, False)):
        with transaction(database) as cursor:
            cursor.execute("update lumbung.poll set polled_at = now() - %s", [timedelta(hours=hours)])
        with crawl(database_url, Window(RANGE.start, NOON + MINUTE, strict=True)) as other:
            assert recall(other).in_this_range == is_known
    with transaction(database) as cursor:
        cursor.execute("update lumbung.poll set polled_at = now()")
    with crawl(database_url) as frontier:
        assert not recall(frontier).in_this_range
    again = Frontier(connect(database_url), PUBLISHER, RANGE, "r")
    assert recall(again).in_this_range
    asyncio.run(again.close("finished"))
    with crawl(database_url, RANGE) as later:
        assert not recall(later).in_this_range, "a new crawl of dates that were crawled to the end asks again"


def poll_row(database: Connection) -> dict[str, object]:
    with transaction(database, RealDictCursor) as cursor:
        cursor.execute("select * from lumbung.poll")
        found: Any = cursor.fetchone()
    return dict(found)


def changed(database: Connection, before: dict[str, object]) -> set[str]:
    after = poll_row(database)
    return {name for name in after if after[name] != before[name]}


def test_each_answer_changes_its_own_columns_of_a_document_and_no_others(
    database_url: str, database: Connection
) -> None:
    with crawl(database_url) as frontier:
        announce(frontier, 1)
        asyncio.run(frontier.polled(RSS, "HTTP 503"))
        read = poll_row(database)
        assert (read["etag"], read["last_modified"], read["failures"], read["problem"]) == ("e", None, 1, "HTTP 503")
        asyncio.run(frontier.polled(RSS, "HTTP 500"))
        assert changed(database, read) == {"failed_at", "problem"}
        failed = poll_row(database)
        asyncio.run(frontier.polled(RSS, unchanged=True))
        assert changed(database, failed) == {"polled_at", "every", "next_at", "failures", "problem", "unchanged"}
        unchanged = poll_row(database)
        assert (unchanged["failures"], unchanged["problem"]) == (0, None)
        announce(frontier, 1)
        whole = {"polled_at", "every", "next_at", "unchanged", "whole_at", "trust"}
        assert changed(database, unchanged) == whole, "the 304 before it has proved right"
        announce(frontier, 2)
        assert changed(database, unchanged) == whole | {"changed_at", "lied_at"} - (
            {"every"} if poll_row(database)["every"] == unchanged["every"] else set()
        )
        known = poll_row(database)
        asyncio.run(frontier.forget(RSS))
        assert changed(database, known) == {"etag", "polled_at", "next_at", "children"}


def test_the_ledger_notes_the_first_twenty_problems_and_counts_every_failure(
    database_url: str, database: Connection
) -> None:
    with crawl(database_url) as frontier, crawl(database_url) as other:
        asyncio.run(other.problem("its own"))
        for number in range(25):
            asyncio.run(frontier.polled(f"{RSS}/{number}", f"HTTP 5{number:02}\x00"))
        asyncio.run(frontier.problem("one more"))
        asyncio.run(frontier.polled(RSS))
        asyncio.run(frontier.skipped())
        asyncio.run(frontier.polled(RSS, unchanged=True))
        row, untouched = (read_crawl(database, each.crawl_id) for each in (frontier, other))
    assert (untouched.problems, untouched.polls, untouched.polls_failed) == (["its own"], 0, 0)
    assert row.problems == [f"HTTP 5{number:02}\ufffd" for number in range(20)]
    assert (row.polls, row.polls_failed, row.polls_unchanged, row.polls_skipped) == (27, 25, 1, 1)


def test_304s_are_checked_by_reading_the_document_whole_ever_more_seldom(
    database_url: str, database: Connection
) -> None:
    """Checked after one 304, then after two and after four in a row; each check that finds nothing new doubles it."""
    sent = []
    with crawl(database_url) as frontier:
        announce(frontier, 1)
        for _ in range(10):
            is_conditional = recall(frontier).validators != Validators()
            sent.append(is_conditional)
            if is_conditional:
                asyncio.run(frontier.polled(RSS, unchanged=True))
            else:
                announce(frontier, 1)
        assert sent == [True, False, True, True, False, True, True, True, True, False]
        with transaction(database) as cursor:
            cursor.execute("update lumbung.poll set whole_at = now() - interval '25 hours'")
        assert recall(frontier).validators == Validators(), "and at least once a day"


def test_validators_under_which_new_articles_came_are_not_sent_for_a_month(
    database_url: str, database: Connection
) -> None:
    with crawl(database_url) as frontier:
        announce(frontier, 1)
        announce(frontier, 1, 2)
        assert recall(frontier).validators == Validators()
        with transaction(database) as cursor:
            cursor.execute("update lumbung.poll set lied_at = now() - interval '31 days'")
        assert recall(frontier).validators == Validators("e", None)


def test_each_document_is_remembered_by_itself(database_url: str, database: Connection) -> None:
    def documents() -> dict[str, tuple[Any, ...]]:
        with transaction(database) as cursor:
            cursor.execute("select url, etag, polled_at, every, failures, problem, next_at from lumbung.poll")
            return {url: tuple(values) for url, *values in cursor.fetchall()}

    other = f"{RSS}/ekonomi"
    with crawl(database_url) as frontier:
        announce(frontier, 1)
        asyncio.run(frontier.announce(other, [Entry(url="https://koran.example/berita-9")], Validators("f", "kemarin")))
        before = documents()[other]
        for work in (
            frontier.polled(RSS, unchanged=True),
            frontier.polled(RSS, "HTTP 503"),
            frontier.announce(RSS, [], Validators()),
            frontier.forget(RSS),
        ):
            asyncio.run(work)
            assert documents()[other] == before
        assert asyncio.run(frontier.recall(other)).validators == Validators("f", "kemarin")
