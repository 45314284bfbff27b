"""Dates as publishers print them, from a format with names for each part."""

from __future__ import annotations

from datetime import UTC
from email.utils import format_datetime
from typing import TYPE_CHECKING

from seeds.newsstand.almanac import ZONES, long_month, short_month, weekday

if TYPE_CHECKING:
    from datetime import datetime

_ENGLISH = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()  # noqa: SIM905 - a word list reads better as words
_FRIDAY = 4


def date_words(moment: datetime, zone: str) -> dict[str, str]:
    """The parts of a moment, to the minute, that formats name.

    Args:
        moment: aware.
        zone: WIB, WITA or WIT.
    """
    local = moment.astimezone(ZONES[zone])
    return {
        "hari": weekday(local),
        "hari_islam": "Jum'at" if local.weekday() == _FRIDAY else weekday(local),
        "d": str(local.day),
        "dd": f"{local:%d}",
        "bulan": long_month(local),
        "bul": short_month(local),
        "month": f"{local:%B}",
        "mon": _ENGLISH[local.month - 1],
        "MON": _ENGLISH[local.month - 1].upper(),
        "weekday": f"{local:%A}",
        "m": str(local.month),
        "mm": f"{local:%m}",
        "yyyy": str(local.year),
        "HH": f"{local:%H}",
        "MM": f"{local:%M}",
        "zone": zone,
        "iso": local.isoformat(),
        "utc": moment.astimezone(UTC).isoformat(),
        "naive": f"{local:%Y-%m-%d %H:%M:%S}",
        "rfc822": format_datetime(local),
        "ms": str(int(moment.timestamp() * 1000)),
    }
