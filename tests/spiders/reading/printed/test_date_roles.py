"""What the dates of a line are of, and zones by their names."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from spiders.reading.printed.date_roles import Role, dated_parts, is_date_line
from spiders.reading.printed.dates import parse_date

JAKARTA = ZoneInfo("Asia/Jakarta")


@pytest.mark.parametrize(
    ("line", "roles"),
    [
        ("Diterbitkan 4 Mei 2026 09:00 WIB, dimutakhirkan 4 Mei 2026 12:00 WIB", [Role.PUBLISHED, Role.CHANGED]),
        ("4 Mei 2026, 09.00 (direvisi 5 Mei 2026, 12.00)", [Role.BARE, Role.CHANGED]),
        ("Tayang: 04/05/2026 09:00 | Pembaruan: 05/05/2026 12:00", [Role.PUBLISHED, Role.CHANGED]),
        ("Published 4 May 2026 · Last reviewed 5 May 2026", [Role.PUBLISHED, Role.CHANGED]),
        ("Senin, 4 Mei 2026 18.11 WIB", [Role.BARE]),
        ("Acara: 9 Mei 2026 pukul 19.00", [Role.EVENT]),
        ("Dirawat kembali: 5 Mei 2026", [Role.LABELLED]),
        ("Bagikan", []),
    ],
)
def test_the_words_before_a_date_say_what_it_is_of(line: str, roles: list[Role]) -> None:
    assert [part.role for part in dated_parts(line)][: len(roles)] == roles


def test_each_part_of_a_line_has_its_own_date() -> None:
    parts = dated_parts("Terbit Senin, 4 Mei 2026 09:00 WIB, diedit Selasa, 5 Mei 2026 12:00 WIB")
    assert [parse_date(part.text, JAKARTA) for part in parts] == [
        datetime(2026, 5, 4, 9, tzinfo=JAKARTA),
        datetime(2026, 5, 5, 12, tzinfo=JAKARTA),
    ]


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        ("Diterbitkan Senin, 4 Mei 2026 09:00 WIB, diperbarui Selasa, 5 Mei 2026 12:00 WIB", True),
        ("Jakarta, 4 Mei 2026", True),
        ("Pada 4 Mei 2026 warga tiga desa di tepi sungai mulai belajar mengukur kejernihan air", False),
        ("Sekolah itu dibuka 4 Mei 2026.", False),
        ("Dua belas titik", False),
    ],
)
def test_a_line_of_dates_is_no_text(text: str, alone: bool) -> None:  # noqa: FBT001 - a table
    assert is_date_line(text) is alone


@pytest.mark.parametrize(
    ("text", "east"),
    [
        ("4 Mei 2026 10:00 WIT", 9),
        ("4 May 2026 10:00 AEST", 10),
        ("4 May 2026 10:00 MSK", 3),
        ("4 May 2026 10:00 (HKT)", 8),
        ("4 Mei 2026 10:00 Asia/Makassar", 8),
        ("2026-05-04+09:00", 9),
    ],
)
def test_a_zone_is_known_by_its_name(text: str, east: int) -> None:
    found = parse_date(text, JAKARTA)
    assert found is not None
    assert found.utcoffset() == timedelta(hours=east)


@pytest.mark.parametrize("text", ["4 May 2026 10:00 CST", "4 May 2026 10:00 IST", "4 Mei 2026 10:00 QXT"])
def test_a_zone_that_nobody_can_place_gives_no_date_rather_than_the_publishers(text: str) -> None:
    assert parse_date(text, JAKARTA) is None


@pytest.mark.parametrize("text", ["4 Mei 2026 10:00 Bandung", "4 Mei 2026 10:00 | KABAR", "4 Mei 2026 10:00 PT Uji"])
def test_words_behind_a_clock_are_no_zone(text: str) -> None:
    assert parse_date(text, JAKARTA) == datetime(2026, 5, 4, 10, tzinfo=JAKARTA)


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("Kamis, 25.04.24 | 14:07", datetime(2024, 4, 25, 14, 7, tzinfo=JAKARTA)),
        ("Thu 25/04/24", datetime(2024, 4, 25, tzinfo=JAKARTA)),
        ("25 Apr 24, 14:07", datetime(2024, 4, 25, 14, 7, tzinfo=JAKARTA)),
        ("2026-05-04T24:00:00Z", datetime(2026, 5, 5, tzinfo=UTC)),
        ("4/24/2026", datetime(2026, 4, 24, tzinfo=JAKARTA)),
        ("versi 12.10.24", None),
        ("12 Mei 30 orang", None),
        ("Skor 25-04-24", None),
    ],
)
def test_short_years_and_late_hours_are_read_where_something_says_that_they_are_dates(
    text: str, when: datetime | None
) -> None:
    assert parse_date(text, JAKARTA) == when


def test_no_two_numbers_of_a_long_one_are_a_year() -> None:
    assert parse_date("Nomor 4 Mei 20261", JAKARTA) is None
    assert parse_date("Ruang 4 Mei 1850", JAKARTA) is None
