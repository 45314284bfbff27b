"""A stated zone is the right one or none, never the publisher's."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from spiders.reading.printed.dates import parse_date

JAKARTA = ZoneInfo("Asia/Jakarta")


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-28 10:15:00 XYZ",
        "Sat, 28 Nov 2026 10:15:00 XX",
        "Sat, 28 Nov 2026 10:15:00 (ABCD)",
        "28 Nov 2026 10:15 QQT",
        "28 Nov 2026 10:15 IST",
        "2026-11-28T10:15:00 Europe/Atlantis",
        "28 November 2026 10.15 waktu setempat",
        "28 November 2026 10.15 Waktu Mekkah",
    ],
)
def test_a_zone_that_nobody_can_place_leaves_no_moment(text: str) -> None:
    assert parse_date(text, JAKARTA) is None


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("28 Nov 2026 10:15 AEST", 10),
        ("28 Nov 2026 10:15 HKT", 8),
        ("2026-11-28 10:15:00 Asia/Jayapura", 9),
        ("28 November 2026 10:15 (UTC+8)", 8),
        ("20261128T101500+0800", 8),
        ("20261128T1015Z", 0),
    ],
)
def test_a_zone_that_is_known_holds(text: str, hours: int) -> None:
    found = parse_date(text, JAKARTA)
    assert found is not None
    assert found.utcoffset() == timedelta(hours=hours)
    assert (found.hour, found.minute) == (10, 15)


@pytest.mark.parametrize(
    "text",
    [
        "28 November 2026 10:15 DIBACA 300 kali",
        "28 November 2026 | 10:15 JAKARTA",
        "28 November 2026 10:15 Politik/Hukum",
        "28 November 2026 10:15 Waktu baca 3 menit",
        "28 November 2026 10:15:00 PT Contoh",
        "20261128101500",
    ],
)
def test_other_words_behind_a_clock_are_no_zone(text: str) -> None:
    assert parse_date(text, JAKARTA) == datetime(2026, 11, 28, 10, 15, tzinfo=JAKARTA)
