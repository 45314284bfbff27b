"""The days that an address names: `/2024/10/07/`, `sitemap-2024-10.xml`, `?yyyy=2024&mm=10&dd=07`. Pure."""

from __future__ import annotations

import re
from calendar import monthrange
from contextlib import suppress
from datetime import date
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

_YEAR = r"(?P<y>19[89]\d|20\d\d)"
_MONTH = r"(?P<m>0[1-9]|1[0-2])"
_DAY = r"(?P<d>0[1-9]|[12]\d|3[01])"
_NO_DIGIT_BEFORE, _NO_DIGIT_AFTER = r"(?<!\d)", r"(?!\d)"
_PATTERNS = tuple(
    re.compile(f"{_NO_DIGIT_BEFORE}{pattern}{_NO_DIGIT_AFTER}")
    for pattern in (
        rf"{_YEAR}(?P<sep>[-_/.]?){_MONTH}(?P=sep){_DAY}",
        rf"{_YEAR}[-_/.]?{_MONTH}",
        _YEAR,
    )
)
"""From the most to the least exact. Not `07-10-2024`: nobody can tell its month from its day."""
_PARAMETERS = {
    "y": {"y", "yy", "yyyy", "year", "tahun"},
    "m": {"m", "mm", "month", "bulan"},
    "d": {"d", "dd", "day", "tgl"},
}
_ARTICLE = re.compile(
    rf"/{_YEAR}(?:/{_MONTH}/{_DAY}/|{_MONTH.replace('<m>', '<m2>')}{_DAY.replace('<d>', '<d2>')}\d{{6}}-)"
)
"""`/2024/10/07/`, or a time stamp to the second before a dash, as CNN Indonesia writes it."""


class Days(NamedTuple):
    """From the first to the last of them, both included."""

    first: date
    last: date


def days_in_address(url: str) -> Days | None:
    """The day, month or year that a list's address names; None where it names none.

    The query's own parameters come first (`yyyy`, `mm`, `dd`), then the last and most exact date in path and query.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    query = dict(parse_qsl(parts.query))
    named = {part: next((query[name] for name in names if name in query), "") for part, names in _PARAMETERS.items()}
    if len(named["y"]) == len("2024") and (span := _span(named["y"], named["m"], named["d"])):
        return span
    text = f"{parts.path}?{parts.query}"
    for pattern in _PATTERNS:
        for match in reversed(list(pattern.finditer(text))):
            found = match.groupdict()
            if span := _span(found["y"], found.get("m") or "", found.get("d") or ""):
                return span
    return None


def day_of_article(url: str) -> date | None:
    """The day in an article's address, `/2024/10/07/` or a time stamp before a dash; None where there is none."""
    match = _ARTICLE.search(url)
    if match is None:
        return None
    with suppress(ValueError):
        return date(int(match["y"]), int(match["m"] or match["m2"]), int(match["d"] or match["d2"]))
    return None


def _span(year: str, month: str, day: str) -> Days | None:
    with suppress(ValueError):
        if not month:
            return Days(date(int(year), 1, 1), date(int(year), 12, 31))
        if not day:
            last = monthrange(int(year), int(month))[1]
            return Days(date(int(year), int(month), 1), date(int(year), int(month), last))
        return Days(*(date(int(year), int(month), int(day)),) * 2)
    return None
