"""From when to when a list was watched: by dates, by what it showed before, by the days in its address."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.harvest.watching import Watched, watched
from spiders.article import Entry
from spiders.frontier import Shown, Way

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def dated(*hours: float) -> list[Entry]:
    """Entries of so many hours after noon."""
    return [Entry(url=f"https://koran.example/{hour}", published_at=NOON + hour * HOUR) for hour in hours]


def undated(count: int) -> list[Entry]:
    return [Entry(url=f"https://koran.example/{number}") for number in range(count)]


def read_at(hour: float, way: Way = Way.FEED) -> Shown:
    return Shown(way, NOON + hour * HOUR)


def test_a_feed_is_watched_from_its_oldest_entry_to_its_newest() -> None:
    assert watched(Watched(), dated(3, 2, 1), read_at(9), 0) == Watched(NOON + HOUR, NOON + 3 * HOUR)


def test_a_pinned_entry_tells_nothing_of_the_time_since() -> None:
    assert watched(Watched(), dated(-5000, *range(1, 12)), read_at(12), 0).since == NOON + HOUR
    before = Watched(NOON, NOON + 2 * HOUR)
    after = watched(before, dated(-5000, *range(5, 16)), read_at(20), 1)
    assert after.gap == (NOON + 2 * HOUR, NOON + 5 * HOUR)


def test_a_feed_that_shows_what_it_showed_has_no_gap_and_a_frozen_one_proves_no_later_time() -> None:
    before = Watched(NOON, NOON + 3 * HOUR)
    assert watched(before, dated(5, 4, 3), read_at(9), 1) == Watched(NOON, NOON + 5 * HOUR)
    assert watched(before, dated(3, 2, 1), read_at(99), 3) == before
    assert watched(before, [], read_at(99), 0) == before


def test_a_date_of_the_future_is_no_witness() -> None:
    assert watched(Watched(NOON, NOON + HOUR), dated(0, 1, 900), read_at(9), 2).until == NOON + HOUR


@pytest.mark.parametrize(("known", "gap"), [(0, True), (4, True), (6, False), (15, False)])
def test_a_page_without_dates_joins_by_what_it_showed_before_beside_what_is_read_most(known: int, *, gap: bool) -> None:
    before = Watched(NOON, NOON + HOUR)
    after = watched(before, undated(28), read_at(9, Way.NEWEST), known)
    assert after.until == NOON + 9 * HOUR
    assert (after.gap is not None) == gap


def test_a_page_without_dates_that_has_not_moved_proves_nothing_of_the_time_since() -> None:
    before = watched(Watched(), undated(9), read_at(1, Way.NEWEST), 0)
    assert before == Watched(NOON + HOUR, NOON + HOUR)
    assert watched(before, undated(9), read_at(9, Way.NEWEST), 9) == before


def test_a_list_of_certain_days_is_all_of_them_as_far_as_they_had_passed() -> None:
    days = (NOON - 12 * HOUR, NOON + 12 * HOUR)
    assert watched(Watched(), undated(2), Shown(Way.DAY, NOON, days), 0) == Watched(days[0], NOON)
    assert watched(Watched(), [], Shown(Way.DAY, NOON + 99 * HOUR, days), 0) == Watched(*days)
    assert watched(Watched(), [], Shown(Way.DAY, NOON - 99 * HOUR, days), 0) == Watched(days[0], days[0])


@given(
    appeared=st.lists(st.integers(0, 100), min_size=6, max_size=60, unique=True),
    size=st.integers(4, 20),
    reads=st.lists(st.integers(1, 110), min_size=2, max_size=8),
)
def test_whatever_a_feed_never_showed_when_it_was_read_lies_in_a_gap(
    appeared: list[int], size: int, reads: list[int]
) -> None:
    """The truth is known here: which articles any reading has shown."""
    known, seen, gaps = Watched(), set[int](), list[tuple[datetime, datetime]]()
    for at in sorted(reads):
        shown = sorted(hour for hour in appeared if hour <= at)[-size:]
        known = watched(known, dated(*shown), read_at(at), len(seen & {*shown}))
        seen |= {*shown}
        gaps += [known.gap] if known.gap else []
    if known.since is None or known.until is None:
        return
    for hour in {*appeared} - seen:
        moment = NOON + hour * HOUR
        inside = known.since <= moment <= known.until
        assert not inside or any(begin <= moment <= end for begin, end in gaps), hour
