"""Retry-After: both forms, all date formats, and nonsense within bounds."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.fetching.retry_after import LONGEST, seconds_asked

NOW = datetime(2026, 11, 24, 8, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 120 ", 120),
        ("0", 0),
        ("1.5", 1.5),
        ("1.25", 1.25),
        ("604800", 604_800),
        ("604801", 604_800),
        ("Tue, 01 Dec 2026 08:00:00 GMT", 604_800),
        ("Tue, 01 Dec 2026 08:00:01 GMT", 604_800),
        ("Tue, 24 Nov 2026 08:00:00 GMT", 0),
        ("120 s", None),
        ("1.", None),
        (".5", None),
        ("Tue, 24 Nov 99999999999999999999 08:02:00 GMT", None),
        ("9" * 400, LONGEST),
        ("Tue, 24 Nov 2026 08:02:00 GMT", 120),
        ("Tuesday, 24-Nov-26 08:02:00 GMT", 120),
        ("Tue Nov 24 08:02:00 2026", 120),
        ("Tue, 24 Nov 2026 15:02:00 +0700", 120),
        ("Mon, 23 Nov 2026 08:00:00 GMT", 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST),
        ("-5", None),
        ("", None),
        (None, None),
        ("soon", None),
        ("1e9", None),
        ("Fri, 31 Feb 2026 99:00:00 GMT", None),
        ("\u0661\u0662", None),
    ],
)
def test_both_forms_are_read_and_bounded(value: str | None, seconds: float | None) -> None:
    assert seconds_asked(value, None, NOW) == seconds


def test_a_date_is_as_far_away_as_the_servers_own_clock_says() -> None:
    date = "Tue, 24 Nov 2026 09:00:00 GMT"
    assert seconds_asked("Tue, 24 Nov 2026 09:05:00 GMT", date, NOW) == 300
    assert seconds_asked("Tue, 24 Nov 2026 09:05:00 GMT", "half past nine", NOW) == 3_900


def test_a_date_without_a_zone_is_greenwichs() -> None:
    assert seconds_asked("Tue, 24 Nov 2026 08:02:00", "Tue, 24 Nov 2026 15:00:00 +0700", NOW) == 120
    assert seconds_asked("Tue, 24 Nov 2026 08:02:00 GMT", "Tue, 24 Nov 2026 08:01:00", NOW) == 60


@given(st.text() | st.integers().map(str) | st.floats().map(str) | st.datetimes().map(str), st.none() | st.text())
def test_whatever_it_says_the_answer_is_none_or_within_bounds(value: str, date: str | None) -> None:
    seconds = seconds_asked(value, date, NOW)
    assert seconds is None or 0 <= seconds <= LONGEST
