"""What publishers claim, weighed against what is known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from spiders.article import Entry, LeasedPage, Validators
from spiders.discovery.claims import appeared, believable, newest_of, without_stamps

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
URL = "https://koran.example/berita-1"
JAKARTA = ZoneInfo("Asia/Jakarta")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("stated", "kept"),
    [
        ("Tue, 24 Nov 2026 12:00:00 GMT", True),
        ("Tue, 24 Nov 2026 11:59:30 GMT", True),
        ("Mon, 23 Nov 2026 12:00:00 GMT", False),
        ("Thu, 01 Jan 1970 00:00:00 GMT", False),
        ("kemarin", False),
        ("", False),
    ],
)
def test_a_last_modified_before_the_newest_entry_is_not_sent_back(stated: str, *, kept: bool) -> None:
    found = believable(Validators('"1"', stated), NOW)
    assert found == Validators('"1"', stated if kept else None)


def test_without_a_date_to_compare_with_validators_are_believed() -> None:
    assert believable(Validators(None, "Thu, 01 Jan 1970 00:00:00 GMT"), None).last_modified is not None


def changed(*ages: timedelta | None) -> list[Entry]:
    return [Entry(url=f"{URL}{n}", modified_at=None if age is None else NOW - age) for n, age in enumerate(ages)]


def test_changes_of_most_entries_at_the_moment_of_the_request_are_none() -> None:
    stamped = without_stamps(changed(MINUTE, MINUTE, MINUTE, DAY), NOW)
    assert [each.modified_at for each in stamped] == [None] * 4


@pytest.mark.parametrize("ages", [(MINUTE, MINUTE), (MINUTE, MINUTE, MINUTE, DAY, DAY, DAY), (DAY, DAY, DAY), ()])
def test_a_few_entries_may_have_just_changed(ages: tuple[timedelta, ...]) -> None:
    assert without_stamps(changed(*ages), NOW) == changed(*ages)


def test_the_newest_moment_is_none_of_the_future() -> None:
    entries = [Entry(url=URL, published_at=NOW - HOUR), Entry(url=URL, published_at=NOW + DAY)]
    assert newest_of(entries, NOW) == NOW - HOUR
    assert newest_of([Entry(url=URL)], NOW) is None


MIDNIGHT = datetime(2026, 11, 24, tzinfo=JAKARTA)


@pytest.mark.parametrize(
    ("own", "announced", "until", "wins"),
    [
        (MIDNIGHT, MIDNIGHT + 9 * HOUR, None, "announced"),
        (MIDNIGHT, MIDNIGHT + HOUR, None, "announced"),  # the day before in UTC
        (MIDNIGHT.replace(tzinfo=UTC), MIDNIGHT + 9 * HOUR, None, "announced"),
        (MIDNIGHT, MIDNIGHT - HOUR, None, "own"),
        (MIDNIGHT, MIDNIGHT + 2 * DAY, None, "own"),
        (MIDNIGHT + 8 * HOUR, MIDNIGHT + 9 * HOUR, None, "own"),
        (MIDNIGHT, MIDNIGHT, MIDNIGHT + DAY, "own"),
    ],
)
def test_the_announced_moment_says_more_than_the_same_day(
    own: datetime, announced: datetime, until: datetime | None, wins: str
) -> None:
    page = LeasedPage(1, URL, URL, Validators(), announced_at=announced.astimezone(UTC), announced_until=until)
    assert appeared(own, page, JAKARTA, NOW) == (announced if wins == "announced" else own)


@pytest.mark.parametrize(
    ("announced", "until", "stated"),
    [
        (MIDNIGHT + 9 * HOUR, None, True),
        (MIDNIGHT, MIDNIGHT + DAY, True),  # the list of a day
        (MIDNIGHT, MIDNIGHT + 30 * DAY, False),  # that of a month says no day
        (NOW + HOUR, None, True),  # clocks and zones differ
        (NOW + 2 * DAY, None, False),
        (datetime(1970, 1, 1, tzinfo=UTC), None, False),
        (datetime(1, 1, 2, tzinfo=UTC), None, False),
        (datetime(1998, 5, 21, tzinfo=JAKARTA), None, True),
        (None, None, False),
    ],
)
def test_where_a_page_states_no_date_its_announcement_does(
    announced: datetime | None, until: datetime | None, *, stated: bool
) -> None:
    page = LeasedPage(1, URL, URL, Validators(), announced_at=announced, announced_until=until)
    assert appeared(None, page, JAKARTA, NOW) == (announced if stated else None)
