"""Printed dates: every form seen at Indonesian publishers, day before month, never a guess."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.reading.printed.dates import MONTHS, parse_date

JAKARTA = ZoneInfo("Asia/Jakarta")
JAYAPURA = ZoneInfo("Asia/Jayapura")
NOW = datetime(2026, 3, 31, 15, 30, tzinfo=JAKARTA)


@pytest.mark.parametrize(
    ("printed", "iso"),
    [
        ("Gatra.com | 15 Apr 2020 13:40", "2020-04-15T13:40+07:00"),
        ("Gatra.com | 09 Agu 2021 08:05", "2021-08-09T08:05+07:00"),
        ("Kamis, 02 Nov 2023 20:59 WIB", "2023-11-02T20:59+07:00"),
        ("Kompas.com - 02/11/2023, 21:34 WIB", "2023-11-02T21:34+07:00"),
        ("Kompas.com- Diperbarui 18/06/2025, 21:35 WIB", "2025-06-18T21:35+07:00"),
        ("Rabu, 4 November 2015 | 21:04 WIB", "2015-11-04T21:04+07:00"),
        ("18 Juni 2025 | 20.04 WIB", "2025-06-18T20:04+07:00"),
        ("9 Juni 2025 | 09.19 WIB", "2025-06-09T09:19+07:00"),
        ("Diperbarui 18 Jun 2025, 14:05 WIB", "2025-06-18T14:05+07:00"),
        ("on 16 Feb 2016 at 09:10 WIB", "2016-02-16T09:10+07:00"),
        ("pada 18 Okt 2016, 08:33 WIB", "2016-10-18T08:33+07:00"),
        (", Jurnalis-Senin, 16 Juni 2025 |15:20 WIB", "2025-06-16T15:20+07:00"),
        ("Kamis, 5 November 2015 - 15:56 wib", "2015-11-05T15:56+07:00"),
        ("Sari Dewi, Jurnalis · Kamis 09 Juli 2020 07:26 WIB", "2020-07-09T07:26+07:00"),
        ("Rabu   18 Jun 2025  22:02 WIB", "2025-06-18T22:02+07:00"),
        ("Senin, 15 Februari 2016, 16:15 WIB", "2016-02-15T16:15+07:00"),
        ("Jumat, 20 Jumadil Awwal 1438 / 17 February 2017", "2017-02-17T00:00+07:00"),
        ("Jumat, 20 Jumadil Awwal 1438 / 17 Pebruari 2017 | 13:16 WIB", "2017-02-17T13:16+07:00"),
        ("Tayang: Senin, 4 Mei 2020 04:25 WIB", "2020-05-04T04:25+07:00"),
        ("Kamis, 5 November 2015 14:56 WIB | 1.229 Views", "2015-11-05T14:56+07:00"),
        ("Kamis, 5 November 2015 | 1.229 Views", "2015-11-05T00:00+07:00"),
        ("Tulus - 13 Oktober 2016 23:11 wib", "2016-10-13T23:11+07:00"),
        ("Senin, 10/10/2016 05:12", "2016-10-10T05:12+07:00"),
        ("20/1/2026 18:30", "2026-01-20T18:30+07:00"),
        ("28 JUL 2026", "2026-07-28T00:00+07:00"),
        ("17 Jan 2026, 12:30 WIB", "2026-01-17T12:30+07:00"),
        ("2026-07-13 12:05:00", "2026-07-13T12:05+07:00"),
        ("- 18 Agustus 2021, 18:29 WIB", "2021-08-18T18:29+07:00"),
        ("Wednesday, 04 November 2015 | 19:14", "2015-11-04T19:14+07:00"),
        ("Published on Jul. 13, 2026", "2026-07-13T00:00+07:00"),
        ("Sun, 27 Sep 2026 19:43:40 +0700", "2026-09-27T19:43:40+07:00"),
        ("Jum'at, 17 Februari 2017 - 13:30 wib", "2017-02-17T13:30+07:00"),
        ("Jum’at, 17 Pebruari 2017 - 13:30", "2017-02-17T13:30+07:00"),
        ("Ahad, 3 Nopember 2019, pukul 07.05 WIB", "2019-11-03T07:05+07:00"),
        ("Selasa, 3 Des. 2024 Pukul 23.59 WITA", "2024-12-03T23:59+08:00"),
        ("Rabu, 1 Januari 2025 06:00 WIT", "2025-01-01T06:00+09:00"),
        ("Sabtu,\u00a012\u00a0Ags\u00a02023\u00a0| 10:15 WITA", "2023-08-12T10:15+08:00"),
        ("12 Agt 2023 10:15", "2023-08-12T10:15+07:00"),
        ("08 Oct 2016 00:01:59", "2016-10-08T00:01:59+07:00"),
        ("27 Oct 2016, 18:33:36 WIB", "2016-10-27T18:33:36+07:00"),
        ("Jumat , 17 February 2017, 13:16 WIB", "2017-02-17T13:16+07:00"),
        ("05:12 WIB, 10 Oktober 2016", "2016-10-10T05:12+07:00"),
        ("3 Sept 2021 (12.00 WIB)", "2021-09-03T12:00+07:00"),
        ("01-02-2024 10:00", "2024-02-01T10:00+07:00"),
        ("1.2.2024 10.00", "2024-02-01T10:00+07:00"),
        ("31/12/2024", "2024-12-31T00:00+07:00"),
        ("02/03/2024", "2024-03-02T00:00+07:00"),
        ("Kamis (16/4/2020)", "2020-04-16T00:00+07:00"),
        ("2023/11/02 20:59:53", "2023-11-02T20:59:53+07:00"),
        ("2023-11-02T14:34:19+00:00", "2023-11-02T14:34:19+00:00"),
        ("2023-11-02T14:34:19.123Z", "2023-11-02T14:34:19+00:00"),
        ("2023-11-02T21:34:19+0700", "2023-11-02T21:34:19+07:00"),
        ("2023-11-02T21:34-05:00", "2023-11-02T21:34-05:00"),
        ("2017-02-17 13:30:08", "2017-02-17T13:30:08+07:00"),
        ("2026-05-13WIB18:45:00+07:00", "2026-05-13T18:45+07:00"),
        ("20260513", "2026-05-13T00:00+07:00"),
        ("July 4, 2023 9:05 pm", "2023-07-04T21:05+07:00"),
        ("July 4th, 2023 12:05 a.m.", "2023-07-04T00:05+07:00"),
        ("4th of July, 2023 at 12:05 PM GMT+8", "2023-07-04T12:05+08:00"),
        ("July 4, 2023 9:05 pm PST", "2023-07-04T21:05-08:00"),
        ("July 4, 2023 9:05 pm PDT", "2023-07-04T21:05-07:00"),
        ("4 July 2023 09:05 EST", "2023-07-04T09:05-05:00"),
        ("4 July 2023 09:05 EDT", "2023-07-04T09:05-04:00"),
        ("4 July 2023 09:05 BST", "2023-07-04T09:05+01:00"),
        ("4 July 2023 09:05 CET", "2023-07-04T09:05+01:00"),
        ("4 July 2023 09:05 CEST", "2023-07-04T09:05+02:00"),
        ("4 July 2023 09:05 JST", "2023-07-04T09:05+09:00"),
        ("4 July 2023 09:05 SGT", "2023-07-04T09:05+08:00"),
        ("4 July 2023 09:05 MYT", "2023-07-04T09:05+08:00"),
        ("4 July 2023 09:05 UTC", "2023-07-04T09:05+00:00"),
        ("30 Februari 2024 / 1 Maret 2024", "2024-03-01T00:00+07:00"),
        ("29 Februari 2024", "2024-02-29T00:00+07:00"),
        ("Minggu, 5 Juli 2026 (minggu lalu)", "2026-07-05T00:00+07:00"),
    ],
)
def test_a_printed_date_is_read_exactly(printed: str, iso: str) -> None:
    when = parse_date(printed, JAKARTA)
    assert when is not None
    assert when.isoformat() == datetime.fromisoformat(iso).isoformat()


@pytest.mark.parametrize(
    "printed",
    [
        "",
        "WIB",
        "Gatra.com",
        "Jumat (13/8)",
        "31/3",
        "29 Februari 2023",
        "31/2/2024",
        "13/13/2024",
        "2024-13-01",
        "2023-11-02T20-59-53Z",
        "20 Jumadil Awwal 1438",
        "17 Agustus 45",
        "17 Agustus 1945",
        "17 Agustus 1024",
        "17 Agustus 4750",
        "17 Agustus 3024",
        "Agustus 2024",
        "2024",
        "Senin, 13:40 WIB",
        "1.229 Views",
        "+62 812-2024-111",
        "99999999",
        "Minggu lalu",
        "2 jam yang lalu",
        "Baru saja",
        "Kemarin",
        "15 hours ago",
    ],
)
def test_what_cannot_be_read_is_none_and_never_today(printed: str) -> None:
    assert parse_date(printed, JAKARTA) is None


@pytest.mark.parametrize(
    ("printed", "iso"),
    [
        ("12 jam lalu", "2026-03-31T03:30+07:00"),
        ("17 menit yang lalu", "2026-03-31T15:13+07:00"),
        ("40 detik lalu", "2026-03-31T15:29:20+07:00"),
        ("2 hari yang lalu", "2026-03-29T15:30+07:00"),
        ("sejam lalu", "2026-03-31T14:30+07:00"),
        ("Baru saja", "2026-03-31T15:30+07:00"),
        ("Kemarin", "2026-03-30T00:00+07:00"),
        ("Kemarin, 13.40 WIB", "2026-03-30T13:40+07:00"),
        ("Hari ini 07:00", "2026-03-31T07:00+07:00"),
        ("minggu lalu", "2026-03-24T15:30+07:00"),
        ("2 pekan lalu", "2026-03-17T15:30+07:00"),
        ("bulan lalu", "2026-02-28T15:30+07:00"),
        ("2 tahun lalu", "2024-03-31T15:30+07:00"),
        ("2j", "2026-03-31T13:30+07:00"),
        ("5 mnt", "2026-03-31T15:25+07:00"),
        ("15 hours ago", "2026-03-31T00:30+07:00"),
        ("an hour ago", "2026-03-31T14:30+07:00"),
        ("yesterday", "2026-03-30T00:00+07:00"),
    ],
)
def test_a_relative_date_counts_back_from_now(printed: str, iso: str) -> None:
    assert parse_date(printed, JAKARTA, now=NOW) == datetime.fromisoformat(iso)


@pytest.mark.parametrize("printed", ["", "Populer", "Minggu", "jam 13", "1.229 Views", "5 menit baca"])
def test_no_date_is_none_with_now_as_well(printed: str) -> None:
    assert parse_date(printed, JAKARTA, now=NOW) is None


def test_a_date_without_zone_takes_the_publishers() -> None:
    assert parse_date("15 Apr 2020 13:40", JAYAPURA) == datetime(2020, 4, 15, 4, 40, tzinfo=UTC)


def test_now_in_another_zone_names_the_publishers_day() -> None:
    late = datetime(2026, 3, 30, 20, 0, tzinfo=UTC)
    assert parse_date("Kemarin", JAYAPURA, now=late) == datetime(2026, 3, 30, tzinfo=JAYAPURA)


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2099, 12, 31)),  # noqa: DTZ001 - the test attaches the zone
    st.sampled_from(sorted(MONTHS)),
)
def test_every_month_name_is_read_with_day_before_month(moment: datetime, name: str) -> None:
    moment = moment.replace(month=MONTHS[name], day=min(moment.day, 28), second=0, microsecond=0)
    expected = moment.replace(tzinfo=JAKARTA)
    assert parse_date(f"{moment.day} {name.title()} {moment:%Y %H.%M} WIB", JAYAPURA) == expected
    assert parse_date(f"{moment:%d/%m/%Y %H:%M}", JAKARTA) == expected


@given(st.text(max_size=60))
def test_any_text_is_read_or_none(text: str) -> None:
    when = parse_date(text, JAKARTA, now=NOW)
    assert when is None or when.tzinfo is not None
