"""Indonesian dates and zones as newspapers print them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from datetime import date, datetime

ZONES = {"WIB": ZoneInfo("Asia/Jakarta"), "WITA": ZoneInfo("Asia/Makassar"), "WIT": ZoneInfo("Asia/Jayapura")}
JAKARTA = ZONES["WIB"]
_LONG = "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember".split()  # noqa: SIM905 - a word list reads better as words
_SHORT = "Jan Feb Mar Apr Mei Jun Jul Agu Sep Okt Nov Des".split()  # noqa: SIM905 - as above
_DAYS = "Senin Selasa Rabu Kamis Jumat Sabtu Minggu".split()  # noqa: SIM905 - as above
FORMS = 7
"""How many printed forms there are; the last one states no zone."""


def weekday(day: date) -> str:
    """Name of the weekday: `Jumat`."""
    return _DAYS[day.weekday()]


def long_month(day: date) -> str:
    """Name of the month: `November`."""
    return _LONG[day.month - 1]


def short_month(day: date) -> str:
    """Name of the month in three letters: `Agu`."""
    return _SHORT[day.month - 1]


def long_date(day: date) -> str:
    """The day in words: `Jumat, 20 November 2026`."""
    return f"{weekday(day)}, {day.day} {_LONG[day.month - 1]} {day.year}"


def print_moment(moment: datetime, zone: str, form: int, name: str) -> str:
    """One of the printed forms of a date line, to the minute.

    Args:
        moment: aware, in any zone.
        zone: WIB, WITA or WIT.
        form: 0 to FORMS - 1; a form without a zone marker is used for WIB only.
        name: the newspaper's name.
    """
    local = moment.astimezone(ZONES[zone])
    day, time = local.date(), f"{local:%H:%M}"
    short, long = _SHORT[day.month - 1], _LONG[day.month - 1]
    friday = "Jum'at" if day.weekday() == 4 else weekday(day)  # noqa: PLR2004 - Friday
    forms = (
        f"{name} | {day.day:02} {short} {day.year} {time} {zone}",
        f"{friday}, {day.day} {long} {day.year} | {time} {zone}",
        f"{weekday(day)}, {day.day:02} {short} {day.year} {time.replace(':', '.')} {zone}",
        f"{name} | {day.day} {long} {day.year}, {time} {zone}",
        f"{friday}, {day.day} {short} {day.year} - {time} {zone.lower()}",
        f"{weekday(day)}, {day.day:02}/{day.month:02}/{day.year} {time} {zone}",
        f"{name} | {day.day:02} {short} {day.year} {time}",
    )
    return forms[0 if zone != "WIB" and form == FORMS - 1 else form]
