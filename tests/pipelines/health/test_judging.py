"""What a publisher's figures are called: each trouble by its name and reason, and quiet days no trouble at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pipelines.harvest.ledger import Crawl
from pipelines.health.figures import Figures
from pipelines.health.judging import State, in_words, judge

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TICK = timedelta(minutes=15)
COUNTS = dict.fromkeys(
    [
        *("polls", "polls_unchanged", "polls_failed", "polls_skipped", "left_out", "entries", "known", "enqueued"),
        *("leased", "stored", "updated", "unchanged", "rejected", "failed", "released", "repaired"),
    ],
    0,
)
CRAWL = Crawl(
    crawl_id=1, publisher="koran", run_id=None, started_at=NOW - TICK, finished_at=NOW - TICK, finish_reason="finished",
    ranged=False, problems=[], **COUNTS,
)  # fmt: skip
GOOD = Figures(
    publisher="koran", last_started_at=NOW - TICK, last_good_at=NOW - TICK, dated=200, newest_at=NOW - HOUR,
    longest_pause=10 * HOUR, delay_p50=TICK, delay_p95=HOUR, stored_by_day={}, rejected_by_reason={}, latest=200,
    doubtful=3, repeats=9, fields_now={}, fields_before={}, complete_day=None,
    completeness=None,
    complete_stored=None,
    complete_known=None,
    unseen=None,
    complete_basis=None,
    last_crawl=CRAWL, problem=None,
)  # fmt: skip
SHARES = {"published_at": 1.0, "authors": 0.9, "section": 0.6}


def state(now: datetime = NOW, **changed: Any) -> tuple[State, str]:
    return judge(replace(GOOD, **changed), now, TICK)


def test_a_good_publisher_needs_no_words() -> None:
    assert state() == (State.GOOD, "")


def test_one_that_was_never_crawled_is_new() -> None:
    assert judge(None, NOW, TICK) == (State.NEW, "never crawled: its DAG is paused until somebody switches it on")


def test_a_crawl_that_was_no_good_says_why_and_since_when() -> None:
    assert state(problem="nothing could be fetched", last_good_at=NOW - 5 * HOUR) == (
        State.FAILING,
        "nothing could be fetched; the last good crawl ended 5 h ago",
    )
    assert state(problem="x", last_good_at=None)[1] == "x; no crawl was good so far"


@pytest.mark.parametrize(
    ("silent", "pause", "dated", "found"),
    [
        (15 * HOUR, 10 * HOUR, 200, State.GOOD),  # half as long again: a long night
        (15 * HOUR + TICK, 10 * HOUR, 200, State.SILENT),
        (15 * HOUR + TICK, 10 * HOUR, 19, State.GOOD),  # no rhythm is known yet
        (12 * HOUR, HOUR, 200, State.GOOD),
        (12 * HOUR + TICK, HOUR, 20, State.SILENT),
        (9 * DAY, 7 * DAY, 40, State.GOOD),  # a weekly, or after Lebaran
        (9 * DAY, None, 200, State.GOOD),
    ],
)
def test_silence_is_what_is_long_for_this_publisher(
    silent: timedelta, pause: timedelta | None, dated: int, found: State
) -> None:
    assert state(newest_at=NOW - silent, longest_pause=pause, dated=dated)[0] is found


def test_a_silent_publisher_is_told_by_its_own_rhythm() -> None:
    assert state(newest_at=NOW - 3 * DAY)[1] == (
        "nothing new for 3 days; of its last 200 articles no two lay further apart than 10 h"
    )


def test_while_nobody_asks_it_is_not_the_publisher_that_is_silent() -> None:
    asked = NOW - 3 * DAY
    found = state(last_started_at=asked, last_good_at=asked, newest_at=asked - HOUR)
    assert found == (
        State.OVERDUE,
        "last asked 3 days ago, and its schedule says every 15 min: its DAG is paused, or the scheduler is down",
    )
    assert state(newest_at=NOW - 3 * DAY, last_good_at=NOW - 4 * DAY)[0] is State.GOOD, "no crawl could have seen more"


@pytest.mark.parametrize(("since", "tick", "found"), [
    (2 * HOUR, TICK, State.GOOD), (2 * HOUR + TICK, TICK, State.OVERDUE),
    (3 * DAY, DAY, State.GOOD), (3 * DAY + TICK, DAY, State.OVERDUE),
])  # fmt: skip
def test_overdue_is_what_missed_three_ticks_and_two_hours(since: timedelta, tick: timedelta, found: State) -> None:
    known = replace(GOOD, last_started_at=NOW - since, last_good_at=NOW - since, newest_at=NOW - since)
    assert judge(known, NOW, tick).state is found


@pytest.mark.parametrize(
    ("now", "reason"),
    [
        (SHARES, ""),
        (SHARES | {"authors": 0.45}, ""),
        (SHARES | {"authors": 0.44}, "44% of the last articles have an author, of those before 90%"),
        (SHARES | {"published_at": 0.0}, "0% of the last articles have a date, of those before 100%"),
        (SHARES | {"section": 0.29}, "29% of the last articles have a section, of those before 60%"),
    ],
)
def test_a_field_that_half_of_the_articles_lost_is_a_drift(now: dict[str, float], reason: str) -> None:
    assert state(fields_now=now, fields_before=SHARES)[1] == reason


def test_a_field_that_few_articles_ever_had_may_be_missing() -> None:
    assert state(fields_now=SHARES | {"authors": 0.0}, fields_before=SHARES | {"authors": 0.49})[0] is State.GOOD
    assert state(fields_now={}, fields_before={})[0] is State.GOOD


def test_more_unreadable_pages_than_articles_are_a_drift_and_galleries_are_none() -> None:
    found = state(rejected_by_reason={"no_body": 9, "too_short": 2, "video": 50}, latest=10)
    assert found == (
        State.DRIFTING,
        "in seven days 11 pages were rejected and 10 stored, most of them as no_body",
    )
    assert state(rejected_by_reason={"no_body": 11, "video": 50}, latest=11)[0] is State.GOOD
    assert state(rejected_by_reason={"no_body": 9}, latest=0)[0] is State.GOOD, "too few to tell"


def test_articles_that_the_reader_doubts_are_a_drift_when_they_are_half() -> None:
    assert state(doubtful=101, latest=200)[1] == "the reader doubts 101 of the last 200 articles"
    assert state(doubtful=100, latest=200)[0] is State.GOOD
    assert state(doubtful=9, latest=9)[0] is State.GOOD


def test_who_asked_to_be_left_alone_is_waited_for() -> None:
    reason = "detik.com is left alone until 2026-11-24T13:00: it asks for that (HTTP 429, Retry-After of 3600 s)"
    crawl = replace(CRAWL, finish_reason=reason)
    assert state(last_crawl=crawl, problem="crawl 1 ended early") == (State.WAITING, reason)


def test_a_warning_is_for_a_look() -> None:
    assert state(last_crawl=replace(CRAWL, problems=["a", "b"])) == (State.LOOK, "a")


def test_the_worst_is_said_first() -> None:
    worst: dict[str, Any] = {
        "problem": "p", "newest_at": NOW - 9 * DAY, "fields_now": {"authors": 0.0}, "fields_before": SHARES,
        "last_crawl": replace(CRAWL, problems=["a"]),
    }  # fmt: skip
    steps: dict[State, dict[str, Any]] = {
        State.FAILING: {},
        State.SILENT: {"problem": None},
        State.DRIFTING: {"newest_at": NOW},
        State.LOOK: {"fields_before": {}},
    }
    for expected, mended in steps.items():
        worst |= mended
        assert state(**worst)[0] is expected
    assert [*map(str, sorted(State))] == [
        *("failing", "silent", "drifting", "overdue", "waiting", "look", "good", "new"),
    ]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "0 s"),
        (99, "99 s"),
        (100, "2 min"),
        (5999, "100 min"),
        (6000, "2 h"),
        (172_799, "48 h"),
        (172_800, "2 days"),
    ],
)
def test_spans_in_words(seconds: float, words: str) -> None:
    assert in_words(timedelta(seconds=seconds)) == words
