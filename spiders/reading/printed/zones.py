"""Zones as pages state them: names of Indonesia, abbreviations and places of the zone database. Pure; never guesses."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

ZONES = {"wib": 7, "wita": 8, "wit": 9, "z": 0, "utc": 0, "gmt": 0, "cet": 1, "cest": 2, "bst": 1}
ZONES |= {"est": -5, "edt": -4, "pst": -8, "pdt": -7, "jst": 9, "sgt": 8, "myt": 8}
"""Hours east of Greenwich of the names that pages of ours use daily. Indonesia has no summer time."""
_NAMED = re.compile(r" ?\(?(?:(?P<place>[A-Z][A-Za-z]+/[A-Z][A-Za-z_]+)|(?P<name>[A-Z]{3,5}))\)?(?![A-Za-z/])")
_SHAPED = re.compile(r"[A-Z]{2,3}T")
"""Three or four letters that end like "... Time": a zone, though the database does not know it."""
_IN_WORDS = re.compile(r" ?\(?[Ww]aktu (?![Bb]aca)(?:setempat|[A-Z])")
"""10.15 waktu Mekkah, 10.15 waktu setempat: a clock of elsewhere."""
_ALONE = re.compile(r" ?\(?[A-Z]{2,5}\)?")
_SEASONS = (datetime(2026, 1, 15, tzinfo=UTC), datetime(2026, 7, 15, tzinfo=UTC))


def zone_after(text: str, *, machine: bool = False) -> tzinfo | bool | None:
    """The zone that a text states right at its start, behind a clock.

    Args:
        text: What follows the clock, in the letters of the page.
        machine: Whether the clock counts seconds: what machines write behind that is a zone, known or not.

    Returns:
        The zone; None where one is stated that nobody can place; False where none is stated.
    """
    found = _NAMED.match(text)
    if found is None:
        return None if _IN_WORDS.match(text) or (machine and _ALONE.fullmatch(text)) else False
    if found["place"]:
        try:
            return ZoneInfo(found["place"])
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return None if found["place"].partition("/")[0] in _areas() else False
    name = found["name"]
    hours = ZONES.get(name.lower())
    if hours is not None:
        return timezone(timedelta(hours=hours))
    offsets = _offsets().get(name, frozenset())
    if len(offsets) == 1:
        return timezone(next(iter(offsets)))
    return None if offsets or _SHAPED.fullmatch(name) or (machine and _ALONE.fullmatch(text)) else False


@lru_cache(maxsize=1)
def _areas() -> frozenset[str]:
    """What stands before the bar in names of the zone database: Asia, Europe."""
    return frozenset(key.partition("/")[0] for key in available_timezones() if "/" in key)


@lru_cache(maxsize=1)
def _offsets() -> dict[str, frozenset[timedelta]]:
    """Abbreviations of the zone database, and all offsets that any place means by each: CST is three."""
    found: dict[str, set[timedelta]] = {}
    for key in available_timezones():
        zone = ZoneInfo(key)
        for moment in _SEASONS:
            local = moment.astimezone(zone)
            name, offset = local.tzname(), local.utcoffset()
            if name and name.isalpha() and offset is not None:
                found.setdefault(name, set()).add(offset)
    return {name: frozenset(offsets) for name, offsets in found.items()}
