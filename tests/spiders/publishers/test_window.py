"""The span of time a crawl looks at, as people ask for it."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.publishers import Publisher
from spiders.publishers.window import LONGEST_GAP, Window, WindowError, cut, parse_window, shown

NOW = datetime(2026, 11, 24, 3, 30, tzinfo=UTC)
"""10:30 in Jakarta."""


def publisher(**values: Any) -> Publisher:
    return Publisher.from_table(
        "warta", {"name": "Warta", "home": "https://www.warta.id/", **values}, where="warta.toml"
    )


WARTA = publisher()


def asked(from_date: str | None, to_date: str | None = None, owner: Publisher = WARTA) -> Window:
    return parse_window(from_date, to_date, owner, NOW)


def test_dates_are_whole_days_in_the_publishers_zone_the_last_included() -> None:
    window = asked("2026-11-10", "2026-11-11")
    assert (window.start, window.end) == (datetime(2026, 11, 9, 17, tzinfo=UTC), datetime(2026, 11, 11, 17, tzinfo=UTC))
    assert window.strict
    assert asked("2026-11-10", "2026-11-10", publisher(timezone="Asia/Jayapura")) == Window(
        datetime(2026, 11, 9, 15, tzinfo=UTC), datetime(2026, 11, 10, 15, tzinfo=UTC), strict=True
    )


def test_datetimes_are_exact_and_half_open() -> None:
    window = asked("2026-11-10T06:00+07:00", "2026-11-10 12:00")
    assert (window.start, window.end) == (datetime(2026, 11, 9, 23, tzinfo=UTC), datetime(2026, 11, 10, 5, tzinfo=UTC))
    assert window.end is not None
    assert window.contains(window.start)
    assert window.contains(window.end - timedelta(microseconds=1))
    assert not window.contains(window.end)
    assert not window.contains(window.start - timedelta(microseconds=1))


def test_airflows_data_interval_is_understood() -> None:
    window = asked("2026-11-10T00:00:00+00:00", "2026-11-11T00:00:00Z")
    assert window.end == window.start + timedelta(days=1)


@pytest.mark.parametrize("nothing", [None, ""])
def test_without_dates_the_span_is_open_and_starts_with_a_whole_day(nothing: str | None) -> None:
    window = asked(nothing, nothing, publisher(lookback_days=2))
    assert window == Window(datetime(2026, 11, 21, 17, tzinfo=UTC), None, strict=False)
    assert window.contains(NOW + timedelta(days=1))
    assert window.days(WARTA.zone, NOW) == [date(2026, 11, 24), date(2026, 11, 23), date(2026, 11, 22)]


def test_an_open_range_lasts_until_now() -> None:
    window = asked("2026-11-23")
    assert (window.end, window.strict) == (None, True)
    assert window.days(WARTA.zone, NOW) == [date(2026, 11, 24), date(2026, 11, 23)]


def test_days_are_newest_first_and_none_is_empty_or_in_the_future() -> None:
    assert asked("2026-11-22", "2026-11-30").days(WARTA.zone, NOW)[0] == date(2026, 11, 24)
    assert asked("2026-11-10", "2026-11-10").days(WARTA.zone, NOW) == [date(2026, 11, 10)]
    exact = asked("2026-11-09T23:00", "2026-11-11T00:00")
    assert exact.days(WARTA.zone, NOW) == [date(2026, 11, 10), date(2026, 11, 9)]


def test_a_day_without_a_time_may_lie_in_an_exact_range() -> None:
    window = asked("2026-11-10T06:00", "2026-11-10T12:00")
    midnight = datetime(2026, 11, 9, 17, tzinfo=UTC)
    last = midnight + timedelta(days=1, microseconds=-1)
    assert window.overlaps(midnight, last)
    assert not window.overlaps(midnight - timedelta(days=1), midnight)
    assert not window.overlaps(last, last + timedelta(days=1))


@pytest.mark.parametrize(
    ("from_date", "to_date", "text"),
    [
        ("2026-11-20", "2026-11-10", "from_date 2026-11-20 is after to_date 2026-11-10; give the earlier one first"),
        ("2026-11-20T05:00", "2026-11-20T05:00", "from_date 2026-11-20T05:00 is not before to_date 2026-11-20T05:00"),
        ("2026-11-25", None, "from_date 2026-11-25 is in the future; nothing has been published there yet"),
        ("2025-11-01", "2026-11-10", "2025-11-01 to 2026-11-10 is longer than 366 days; split it into several runs"),
        ("2025-11-01", None, "2025-11-01 to now is longer than 366 days; split it into several runs"),
        (None, "2026-11-10", "to_date 2026-11-10 needs a from_date: a date such as"),
        ("kemarin", None, "from_date 'kemarin' is neither a date such as 2026-11-10 nor a date and time such as"),
        ("10/11/2026", None, "from_date '10/11/2026' is neither"),
        ("2026-11-31", None, "from_date '2026-11-31' is neither"),
        ("2026-11-10", "2026-11-10T25:00", "to_date '2026-11-10T25:00' is neither"),
        ("0001-01-01", None, "from_date '0001-01-01' is neither"),
        ("2026-11-10", "9999-12-31", "to_date '9999-12-31' is neither"),
    ],
)
def test_a_range_nobody_can_crawl_is_refused_in_one_line(from_date: str | None, to_date: str | None, text: str) -> None:
    with pytest.raises(WindowError) as raised:
        asked(from_date, to_date)
    assert str(raised.value).startswith(text)
    assert "\n" not in str(raised.value)


def test_a_range_of_366_days_is_the_longest() -> None:
    assert len(asked("2025-11-24", "2026-11-24").days(WARTA.zone, NOW)) == 366
    with pytest.raises(WindowError, match="longer than 366 days"):
        asked("2025-11-23", "2026-11-24")


@given(st.text(max_size=30), st.none() | st.text(max_size=30))
def test_any_text_is_a_window_or_a_window_error(from_date: str, to_date: str | None) -> None:
    try:
        window = asked(from_date, to_date)
    except WindowError:
        return
    assert window.end is None or window.start < window.end


@given(
    st.dates(date(2025, 12, 1), date(2026, 11, 24)),
    st.integers(0, 300),
    st.sampled_from(["Asia/Jakarta", "Asia/Jayapura"]),
)
def test_every_day_of_a_range_of_dates_is_walked_and_contained(first: date, length: int, zone: str) -> None:
    owner = publisher(timezone=zone)
    last = min(first + timedelta(days=length), date(2026, 11, 24))
    window = parse_window(first.isoformat(), last.isoformat(), owner, NOW)
    days = window.days(owner.zone, NOW)
    assert days == [last - timedelta(days=back) for back in range((last - first).days + 1)]
    assert all(window.contains(datetime(day.year, day.month, day.day, 12, tzinfo=owner.zone)) for day in days)


def test_a_span_has_a_first_moment_and_no_last_one() -> None:
    window = asked("2026-11-10", "2026-11-10")
    assert window.end is not None
    tick = timedelta(microseconds=1)
    assert window.overlaps(window.start - timedelta(days=1), window.start)
    assert not window.overlaps(window.start - timedelta(days=1), window.start - tick)
    assert window.overlaps(window.end - tick, window.end + timedelta(days=1))
    assert not window.overlaps(window.end, window.end + timedelta(days=1))
    endless = asked(None)
    assert endless.overlaps(NOW + timedelta(days=300), NOW + timedelta(days=301))
    assert not endless.overlaps(endless.start - timedelta(days=2), endless.start - tick)
    assert not endless.contains(endless.start - tick)


def test_a_crawl_reaches_back_to_what_was_missed_a_month_at_most() -> None:
    usual = asked(None)
    assert usual.regular_start is None
    assert usual.missed_days == 0
    for nothing_missed in (None, usual.start, usual.start + timedelta(hours=1)):
        assert usual.reaching(nothing_missed) == usual
    missed = usual.start - timedelta(days=3)
    caught_up = usual.reaching(missed)
    assert caught_up == Window(missed, None, strict=False, regular_start=usual.start)
    assert caught_up.missed_days == 3
    assert usual.reaching(missed - timedelta(minutes=1)).missed_days == 3
    assert usual.reaching(missed - timedelta(hours=1)).missed_days == 4
    assert usual.reaching(usual.start - timedelta(minutes=90)).missed_days == 1
    long_ago = usual.reaching(usual.start - timedelta(days=200))
    assert long_ago.start == usual.start - LONGEST_GAP == usual.start - timedelta(days=31)
    assert long_ago.missed_days == 31


def test_a_range_that_was_asked_for_reaches_no_further() -> None:
    window = asked("2026-11-20", "2026-11-21")
    assert window.reaching(window.start - timedelta(days=3)) == window


def test_a_scheduled_crawl_that_catches_up_is_still_a_scheduled_one() -> None:
    scheduled = parse_window(None, None, WARTA, NOW, interval_start="2026-11-24T03:00:00+00:00")
    assert scheduled.reaching(scheduled.start - timedelta(days=1)).scheduled


def test_only_lists_that_were_final_before_the_usual_start_are_left_to_catching_up() -> None:
    usual = asked(None)
    caught_up = usual.reaching(usual.start - timedelta(days=5))
    first_day_ends = usual.start + timedelta(days=1)
    assert caught_up.only_catches_up(first_day_ends - timedelta(microseconds=1))
    assert not caught_up.only_catches_up(first_day_ends)
    assert not usual.only_catches_up(usual.start - timedelta(days=3))


def test_a_schedulers_interval_decides_where_an_open_span_starts() -> None:
    owner = publisher(lookback_days=1)
    scheduled = parse_window(None, None, owner, NOW, interval_start="2026-11-20T18:00:00+00:00")
    assert scheduled == Window(datetime(2026, 11, 19, 17, tzinfo=UTC), None, strict=False, scheduled=True)
    assert not parse_window(None, None, owner, NOW).scheduled


def test_an_interval_that_begins_later_than_now_starts_no_later_than_now_would() -> None:
    ahead = parse_window(None, None, WARTA, NOW, interval_start="2026-12-24T00:00:00+00:00")
    assert ahead.start == asked(None).start


@pytest.mark.parametrize("start", ["0001-01-02T00:00:00+00:00", "soon"])
def test_an_interval_before_all_calendars_or_no_time_is_refused_by_name(start: str) -> None:
    with pytest.raises(WindowError, match=r"^interval_start "):
        parse_window(None, None, publisher(lookback_days=7), NOW, interval_start=start)


def test_dates_that_were_asked_for_outweigh_the_schedulers_interval() -> None:
    window = parse_window("2026-11-10", None, WARTA, NOW, interval_start="2026-11-20T18:00:00+00:00")
    assert window == Window(datetime(2026, 11, 9, 17, tzinfo=UTC), None, strict=True)


def test_a_range_may_begin_at_this_very_moment_and_last_366_days_to_the_microsecond() -> None:
    assert asked(NOW.isoformat()).start == NOW
    with pytest.raises(WindowError, match="in the future"):
        asked((NOW + timedelta(microseconds=1)).isoformat())
    longest = timedelta(days=366)
    assert asked((NOW - longest).isoformat()).start == NOW - longest
    assert asked((NOW - longest).isoformat(), NOW.isoformat()).end == NOW
    for first, last in ((NOW - longest - timedelta(microseconds=1), None), (NOW - longest, NOW + timedelta(seconds=1))):
        with pytest.raises(WindowError, match="longer than 366 days"):
            asked(first.isoformat(), None if last is None else last.isoformat())


def test_white_space_around_a_date_does_not_matter() -> None:
    assert asked(" 2026-11-10 ", "\t2026-11-10T12:00 ") == asked("2026-11-10", "2026-11-10T12:00")


def test_what_was_typed_is_shown_in_one_line_of_bounded_length() -> None:
    assert shown("  kemarin ") == "kemarin"
    assert shown("ke\nmarin") == repr("ke\nmarin")
    assert shown("") == "''"
    assert (cut("a" * 80), cut("a" * 81)) == ("a" * 80, "a" * 80 + "...")
    assert shown(" " + "a" * 81) == "a" * 80 + "..."
    assert shown("\n" + " " * 200 + "\x00" + "a" * 200).isprintable()
    assert len(shown("\x00" * 500)) < 500
    with pytest.raises(WindowError) as raised:
        asked("x" * 5000)
    assert len(str(raised.value)) < 300


def test_importing_it_loads_neither_scrapy_nor_parsers() -> None:
    heavy = "{'scrapy', 'bs4', 'lxml', 'psycopg2', 'airflow', 'twisted'}"
    program = f"import sys, spiders.publishers.window; print(*{heavy} & set(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert loaded == []
