"""When a page is looked at again: by the reason, the age of the page and what visits have found so far."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from spiders.article import Article, Edits, Failure, LeasedPage, Look, Reason, Rejection, Unchanged, Validators
from spiders.discovery.looks import DECIDED, NEVER, PASSING, next_look

NOW = datetime(2026, 11, 24, 12, 30, tzinfo=UTC)
URL = "https://koran.example/berita-1"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
EDITING, QUIET = Edits(40, 20), Edits(100, 0)


def page(age: timedelta = timedelta(), **more: object) -> LeasedPage:
    return LeasedPage(3, URL, URL, Validators(), announced_at=NOW - age, **more)  # type: ignore[arg-type]  # fields by name


def rejection(reason: Reason) -> Rejection:
    return Rejection(publisher="koran", url=URL, canonical_url=URL, reason=reason, fetched_at=NOW)


def article(published_at: datetime | None = None) -> Article:
    return Article(
        publisher="koran",
        url=URL,
        canonical_url=URL,
        headline="Panen",
        paragraphs=("Padi.",),
        fetched_at=NOW,
        published_at=published_at,
    )


def test_every_reason_has_its_kind_of_look() -> None:
    assert set(get_args(Reason)) == PASSING | DECIDED | NEVER
    assert not DECIDED & NEVER


@pytest.mark.parametrize("reason", sorted(PASSING))
def test_a_fresh_page_is_looked_at_by_the_next_crawl_then_later_then_never(reason: Reason) -> None:
    assert next_look(rejection(reason), page(5 * MINUTE), NOW) == Look(timedelta())
    waits = [
        next_look(rejection(reason), page(age, looks=1), NOW).after for age in (5 * MINUTE, 6 * HOUR, 2 * DAY, 4 * DAY)
    ]
    assert waits == [15 * MINUTE, 6 * HOUR, 2 * DAY, None]


def test_an_old_page_is_looked_at_once_more() -> None:
    assert next_look(rejection("gone"), page(300 * DAY), NOW).after == DAY
    assert next_look(rejection("gone"), page(300 * DAY, looks=1), NOW).after is None


def test_what_somebody_decided_is_asked_about_seldom_and_what_the_kind_decides_never() -> None:
    for reason in sorted(DECIDED):
        assert [next_look(rejection(reason), page(looks=looks), NOW).after for looks in range(3)] == [
            DAY,
            7 * DAY,
            None,
        ]
    for reason in sorted(NEVER):
        assert next_look(rejection(reason), page(), NOW) == Look()


def test_without_a_date_the_time_since_it_was_found_counts() -> None:
    undated = LeasedPage(3, URL, URL, Validators(), known_for=3 * HOUR, looks=1)
    assert next_look(rejection("too_short"), undated, NOW).after == 3 * HOUR


def test_a_day_without_a_time_may_be_as_late_as_its_end() -> None:
    midnight = datetime(2026, 11, 24, tzinfo=UTC)
    assert next_look(article(midnight), LeasedPage(3, URL, URL, Validators()), NOW).after_change == DAY


def test_an_article_is_visited_a_day_after_it_appeared_and_after_a_week_where_it_changed() -> None:
    new = next_look(article(NOW - HOUR), page(HOUR), NOW)
    assert new.after_change == 23 * HOUR
    stored = page(DAY, stored=True, looks=0)
    assert next_look(article(NOW - DAY), stored, NOW) == Look(None, 6 * DAY)
    assert next_look(Unchanged(), stored, NOW).after is None
    assert next_look(Unchanged(), page(7 * DAY, stored=True, edits=EDITING), NOW).after is None


def test_an_article_that_was_hours_old_when_it_was_first_read_is_not_visited_the_day_after() -> None:
    assert next_look(article(NOW - 7 * HOUR), page(7 * HOUR), NOW).after_change == 17 * HOUR
    assert next_look(article(NOW - 9 * HOUR), page(9 * HOUR), NOW) == Look()
    assert next_look(article(NOW - 9 * HOUR), page(9 * HOUR, edits=EDITING), NOW).after_change == 7 * DAY - 9 * HOUR
    assert next_look(Unchanged(), page(9 * HOUR, stored=True), NOW).after == 15 * HOUR, "it is known from before"


@pytest.mark.parametrize(
    ("edits", "visited"),
    [
        *((Edits(), 60), (Edits(19, 0), 60), (Edits(20, 0), 15), (QUIET, 15), (Edits(100, 1), 15)),
        *((Edits(100, 2), 30), (Edits(100, 3), 30), (Edits(100, 4), 40), (Edits(20, 1), 40), (Edits(100, 5), 40)),
        *((Edits(100, 6), 60), (Edits(20, 2), 60)),
    ],
)
def test_of_a_publisher_that_edits_little_some_articles_are_visited_the_day_after(edits: Edits, visited: int) -> None:
    looks = [
        next_look(article(NOW - HOUR), replace(page(HOUR, edits=edits), page_id=number), NOW) for number in range(60)
    ]
    assert sum(look.after_change == 23 * HOUR for look in looks) == visited
    assert {look.after_change for look in looks} <= {23 * HOUR, 7 * DAY - HOUR, None}
    known = replace(page(HOUR, stored=True, edits=edits), page_id=3)
    assert next_look(Unchanged(), known, NOW).after == 23 * HOUR, "somebody asked for it meanwhile: it stays due"


@pytest.mark.parametrize(
    ("edits", "visited"),
    [(Edits(), 5), (QUIET, 5), (Edits(100, 24), 5), (Edits(100, 25), 40), (Edits(1, 1), 5), (EDITING, 40)],
)
def test_after_a_week_one_unchanged_article_in_eight_is_visited_or_all_where_visits_often_find_changes(
    edits: Edits, visited: int
) -> None:
    looks = [
        next_look(Unchanged(), replace(page(DAY, stored=True, edits=edits), page_id=number), NOW)
        for number in range(40)
    ]
    assert sum(look.after == 6 * DAY for look in looks) == visited
    assert {look.after for look in looks} <= {6 * DAY, None}


def test_where_visits_often_find_another_text_articles_are_visited_after_an_hour_too() -> None:
    assert next_look(article(NOW), page(edits=Edits(100, 24)), NOW).after_change == DAY
    assert next_look(article(NOW), page(edits=EDITING), NOW).after_change == HOUR
    assert next_look(Unchanged(), page(HOUR, stored=True, edits=EDITING), NOW).after == 23 * HOUR


def test_an_old_article_is_not_visited() -> None:
    assert next_look(article(NOW - 30 * DAY), page(30 * DAY), NOW) == Look()


def test_a_stored_article_whose_page_is_gone_is_looked_at_after_an_hour() -> None:
    waits = [
        next_look(rejection("gone"), page(DAY, stored=True, absences=absences), NOW).after for absences in range(4)
    ]
    assert waits == [HOUR, DAY, 7 * DAY, None]


def test_a_failure_has_its_own_waits_but_for_answers_that_were_none() -> None:
    assert next_look(Failure(error="HTTP 503"), page(), NOW) == Look()
    assert next_look(Failure(error="HTTP 304", soon=True), page(), NOW).after == timedelta()
    assert next_look(Failure(error="HTTP 304", soon=True), page(5 * HOUR), NOW).after == 5 * HOUR
