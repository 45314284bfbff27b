"""Printed dates, Indonesian and English first, and ISO 8601, as aware datetimes. Pure; never raises, never guesses.

Day comes before month in every form of digits. What states no time is midnight, what states no zone takes the given
one. A relative date ("2 jam lalu") is read only against an explicit `now`. What cannot be read is None, never today.
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache

from spiders.reading.printed.zones import ZONES, zone_after

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januari january jan januar jänner janvier enero janeiro gennaio",
            "februari february pebruari feb peb februar februarie février fevrier febrero fevereiro febbraio",
            "maret march mar märz maerz mars maart marzo março",
            "april apr avril abril aprile",
            "mei may mai mayo maio maggio",
            "juni june jun juin junio junho giugno",
            "juli july jul juillet julio julho luglio",
            "agustus agust agus agu ags agt august aug augustus août aout agosto ago",
            "september sept sep septembre septiembre setembro settembre",
            "oktober october okt oct octobre octubre outubro ottobre",
            "november nopember nov nop novembre noviembre novembro",
            "desember december des dec dezember dez décembre diciembre dezembro dicembre",
        ),
        1,
    )
    for name in names.split()
}
_MONTH = rf"(?P<month>{'|'.join(sorted(MONTHS, key=len, reverse=True))})(?![a-z])\.?"
_YEAR = r"(?P<year>(?:19[7-9]|20[0-9])[0-9])(?![0-9])"
_DAY = r"(?<![0-9])(?<![0-9][.,:])(?P<day>0?[1-9]|[12][0-9]|3[01])"
_SHAPES = [
    re.compile(pattern)
    for pattern in (
        # 2026-07-13, 2023/11/02
        rf"(?<![0-9]){_YEAR}[-/.](?P<digits>1[0-2]|0?[1-9])[-/.](?P<day>0[1-9]|[12][0-9]|3[01]|[1-9])(?![0-9])",
        # 15 Apr 2020, 15-Apr-2020, 17th of February, 2017, Kamis 16 Juli2020
        rf"{_DAY}(?:st|nd|rd|th)?[ .-]{{0,3}}(?:of |de )?{_MONTH}(?: de |[ ,-]{{0,3}}){_YEAR}",
        # Jul. 13, 2026
        rf"\b{_MONTH} ?(?P<day>0?[1-9]|[12][0-9]|3[01])(?:st|nd|rd|th)?,? {_YEAR}",
        # 2/24/2026: no month has the number 24
        rf"(?<![0-9])(?<![0-9][.,:/])(?P<digits>1[0-2]|0?[1-9])/(?P<day>1[3-9]|2[0-9]|3[01])/{_YEAR}(?![.,/-][0-9])",
        # 2020年07月03日, 2020년 7월 3일
        rf"(?<![0-9]){_YEAR} ?[年년] ?(?P<digits>1[0-2]|0?[1-9]) ?[月월] ?(?P<day>0?[1-9]|[12][0-9]|3[01]) ?[日일]",
        # Fri Apr 28 19:20:36 CEST 2023
        rf"\b{_MONTH} (?P<day>0?[1-9]|[12][0-9]|3[01]) [0-9:]{{5,8}} (?:[a-z]{{3,5}} )?{_YEAR}",
        # 20/1/2026, 20-01-2026, 20.1.2026
        rf"{_DAY}(?P<mark> ?[-/.] ?)(?P<digits>1[0-2]|0?[1-9])(?P=mark){_YEAR}(?![.,/-][0-9])",
    )
]
_SHORT_YEAR = re.compile(
    r"(?<![0-9./-])(?:(?P<day>0[1-9]|[12][0-9]|3[01])(?P<mark>[-/.])(?P<digits>1[0-2]|0[1-9])(?P=mark)"
    r"(?P<year>[0-9]{2})"
    rf"|(?P<day_>0?[1-9]|[12][0-9]|3[01])[ -]{_MONTH.replace('month', 'month_')}[ -]'?(?P<year_>[0-9]{{2}}))"
    r"(?![0-9:./-])"
)
"""25.04.24, 25 Apr 24: read only where a weekday or a clock says that it is a date, or where it is asked for."""
_WHOLE_YEAR = re.compile(r"(?:19[7-9]|20[0-9])[0-9]")
_YEAR_OR_PART = re.compile(rf"{_WHOLE_YEAR.pattern}|[-/. ]'?[0-9]{{2}}(?![0-9])")
"""What every day has that states its year, and few other lines."""
_BETWEEN = re.compile(r" ?[|·•]| [/–—-] ")
_WEEKDAY = re.compile(
    r"\b(?:senin|selasa|rabu|kamis|jum['’`ʼ]?at|sabtu|minggu|ahad|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?)\b"
)
_DAY_IN_ZONE = re.compile(r"(?P<date>\d{4}-\d{2}-\d{2})(?P<zone>z|[+-][01][0-9]:[0-5][0-9])")
"""xsd:date: a day, as it is counted in a zone."""
_NUMBERED = re.compile(r"(?:\b(?:rp|idr|no|nomor|versi|version|v)\b\.?|[$€£+#]) ?$")
"""Before digits that look like a day: a price, the number of a law, a release."""
_COMPACT = re.compile(
    r"(?P<year>20[0-9]{2})(?P<digits>1[0-2]|0[1-9])(?P<day>0[1-9]|[12][0-9]|3[01])"
    r"(?:t?(?P<hour>[01][0-9]|2[0-3])(?P<minute>[0-5][0-9])(?P<second>[0-5][0-9])?"
    r"(?P<zone>z)?(?P<offset>[+-][01][0-9]:?[0-5][0-9])?)?"
)
"""The basic format of ISO 8601, and the digits of databases: 20261128, 20261128T101500Z."""
_CLOCK = (
    r"(?P<hour>[01]?[0-9]|2[0-3]|24(?=[:.]00))[:.](?P<minute>[0-5][0-9])(?:[:.](?P<second>[0-5][0-9]))?(?![0-9])(?:[.,][0-9]+)?"
    r" ?(?P<half>[ap]\.?m\b\.?)?"
    r" ?\(?(?:(?P<zone>wib|wita|wit|utc|gmt|cest|cet|bst|est|edt|pst|pdt|jst|sgt|myt|z)(?![a-z]))?"
    r" ?(?P<offset>[+-][01][0-9]:?[0-5][0-9]|(?<=gmt)[+-][0-9]{1,2}|(?<=utc)[+-][0-9]{1,2}|[+-][01][0-9](?![0-9:]))?"
)
_CLOCK_AFTER = re.compile(
    rf"(?: ?t(?=[0-9])|(?:wib|wita|wit)(?=[0-9])"
    rf"|[^0-9a-z]{{1,6}}(?:(?:pukul|jam|pkl|waktu|at|on|um|à)\b[^0-9a-z]{{0,3}})?){_CLOCK}"
)
_CLOCK_BEFORE = re.compile(rf"(?<![0-9:.]){_CLOCK}[^0-9a-z]{{1,4}}(?:[a-z'’`ʼ]{{3,9}},? )?(?:on )?$")
_BROKEN_CLOCK = re.compile(r"t[0-9]+(?![0-9:.])| t[0-9:.]+z\b")
"""2023-11-02T20-59-53Z, 2015-11-05 T10:08:58Z: who writes such times does not mean Greenwich by the Z."""
_ZONE_AFTER_DAY = re.compile(r" ?(?P<zone>wita|wib|wit)\b")

_LONG_ZONES = {"barat": "wib", "tengah": "wita", "timur": "wit"}
_LONG_ZONE = re.compile(rf"\bwaktu indonesia (?:bagian )?({'|'.join(_LONG_ZONES)})\b")
_UNSEEN = dict.fromkeys((0xAD, 0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF))
"""Soft hyphens, zero-width blanks and marks of direction, which pages print inside dates."""

_SECONDS = {"detik": 1, "dtk": 1, "second": 1, "sec": 1, "menit": 60, "mnt": 60, "minute": 60, "min": 60, "m": 60}
_SECONDS |= {"jam": 3600, "j": 3600, "hour": 3600, "hr": 3600, "h": 3600, "hari": 86400, "day": 86400, "d": 86400}
_SECONDS |= {"minggu": 7 * 86400, "pekan": 7 * 86400, "week": 7 * 86400}
_UNITS = "|".join(sorted(_SECONDS, key=len, reverse=True))
_WORDS = (
    "satu dua tiga empat lima enam tujuh delapan sembilan sepuluh",
    "one two three four five six seven eight nine ten",
)
_NUMBERS = {"se": 1, "a": 1, "an": 1} | {word: n for words in _WORDS for n, word in enumerate(words.split(), 1)}
_NUMBER_WORD = "|".join(sorted(_NUMBERS, key=len, reverse=True))
_NUMBER = rf"(?:(?<![0-9.,])[0-9]{{1,4}}|\b(?:{_NUMBER_WORD})) ?"
_COUNT = rf"(?:(?<![0-9.,])(?P<count>[0-9]{{1,4}})|\b(?P<word>{_NUMBER_WORD})) ?"
_PAST = r" ?(?:(?:yang|yg) )?(?:lalu|silam|ago)\b"
_PART = re.compile(rf"{_COUNT}(?P<unit>{_UNITS})s?\b")
_PARTS = re.compile(rf"(?:{_NUMBER}(?:{_UNITS})s?,? (?:dan |and )?)?{_NUMBER}(?:{_UNITS})s?{_PAST}")
_SHORT_AGO = re.compile(r"(?P<count>[0-9]{1,3}) ?(?P<unit>dtk|mnt|m|j|h|d)")
_MONTHS_IN = {"bulan": 1, "month": 1, "tahun": 12, "year": 12}
_MONTHS_AGO = re.compile(rf"{_COUNT}(?P<unit>bulan|month|tahun|year)s?{_PAST}")
_ALONE = r"(?:^|[^a-z0-9 ] ?)"
"""Before "minggu lalu": "beberapa minggu lalu" is several weeks."""
_LAST = re.compile(rf"{_ALONE}(?:(?=(?:bulan|tahun){_PAST})|last (?=month|year))(?P<unit>bulan|tahun|month|year)")
_LAST_WEEK = re.compile(rf"{_ALONE}(?:(?:minggu|pekan){_PAST}|last week\b)")
_JUST_NOW = re.compile(r"\b(?:baru saja|just now)\b")
_NAMED_DAY = re.compile(r"\b(?P<name>kemarin (?:lusa|dulu)|kemarin|yesterday|hari ini|today)\b")
_DAYS_BACK = {"kemarin lusa": 2, "kemarin dulu": 2, "kemarin": 1, "yesterday": 1}
_HERE = timezone(timedelta(0), "here")
_DIGIT = re.compile(r"\d")
_LONGEST = 400
"""Longer texts are no date lines; a limit also bounds the time of matching."""


def parse_date(text: str, zone: tzinfo, *, now: datetime | None = None) -> datetime | None:
    """The first date that `text` states.

    Args:
        text: A printed date line or a value of structured data, with anything around it.
        zone: Where the publisher is: for dates that state no zone.
        now: When the page was fetched, aware; without it relative dates are not read.

    Returns:
        An aware datetime in the stated zone, at midnight where no time is stated; None where nothing can be read.
    """
    if now is None:
        found = _stated(text[:_LONGEST])
        return found.replace(tzinfo=zone) if found is not None and found.tzinfo is _HERE else found
    line, kept = _plain(text[:_LONGEST])
    with suppress(ValueError, OverflowError):
        return _absolute(line, zone, kept) or _relative(line, zone, now.astimezone(zone))
    return None


@lru_cache(maxsize=512)
def _stated(text: str) -> datetime | None:
    """The date of a text, in `_HERE` where it states no zone: several witnesses of one page are asked for one line."""
    if _DIGIT.search(text) is None:
        return None
    line, kept = _plain(text)
    with suppress(ValueError, OverflowError):
        return _absolute(line, _HERE, kept)
    return None


def _plain(text: str) -> tuple[str, str]:
    """The line that the patterns read, and the same with its capitals."""
    kept = " ".join(text.translate(_UNSEEN).split())
    return _LONG_ZONE.sub(lambda zone: _LONG_ZONES[zone[1]], kept.casefold()), kept


def with_whole_year(line: str) -> str:
    """A line with the century before a year of two digits, where the day is all of it, or of its part between bars.

    Only for lines that stand where dates do: `Von Sari | 31.10.23`, `28.01.22 / 0 Komentar`.
    """
    found = _SHORT_YEAR.search(line)
    if found is None or found["year"] is None:
        return line
    beside = (_BETWEEN.split(line[: found.start()])[-1], _BETWEEN.split(line[found.end() :])[0])
    alone = not any(map(str.isalnum, "".join(beside)))
    return f"{line[: found.start('year')]}20{line[found.start('year') :]}" if alone else line


def find_dates(text: str) -> list[tuple[int, int]]:
    """Where dates with a year stand in a text: start and end of each day, in order."""
    return [*_spans(text[:_LONGEST])] if may_state_day(text) else []


def may_state_day(text: str) -> bool:
    """Whether a text has digits that may be those of a year: cheap, and False for most lines."""
    return _YEAR_OR_PART.search(text) is not None


@lru_cache(maxsize=512)
def _spans(text: str) -> tuple[tuple[int, int], ...]:
    line = text.casefold()
    if len(line) != len(text):
        return ()
    spans = sorted(match.span() for match in (*_days(line), *_SHORT_YEAR.finditer(line)))
    found: list[tuple[int, int]] = []
    for start, end in spans:
        if not found or start >= found[-1][1]:
            found.append((start, end))
    return tuple(found)


def _absolute(line: str, zone: tzinfo, kept: str) -> datetime | None:
    if (compact := _COMPACT.fullmatch(line)) is not None:
        return _at(compact, compact, zone)
    if (day := _DAY_IN_ZONE.fullmatch(line)) is not None:
        return datetime.fromisoformat(f"{day['date']}T00:00:00{day['zone'].upper()}")
    for match in sorted(_days(line), key=re.Match.start):
        if _NUMBERED.search(line, 0, match.start()) or _BROKEN_CLOCK.match(line, match.end()):
            continue
        clock = _clock_beside(line, match)
        with suppress(ValueError):  # 31 Februari: the line may go on with a date that exists
            moment = _at(match, clock or _ZONE_AFTER_DAY.match(line, match.end()), zone)
            return moment if clock is None else _in_named_zone(moment, clock, line, kept)
    return _with_short_year(line, zone)


def _days(line: str) -> list[re.Match[str]]:
    """The days with all digits of their year."""
    return [day for shape in _SHAPES for day in shape.finditer(line)] if _WHOLE_YEAR.search(line) else []


def _clock_beside(line: str, day: re.Match[str]) -> re.Match[str] | None:
    return _CLOCK_AFTER.match(line, day.end()) or _CLOCK_BEFORE.search(line, 0, day.start())


def _in_named_zone(moment: datetime, clock: re.Match[str], line: str, kept: str) -> datetime | None:
    """The moment in the zone that stands behind its clock by name, if one does; None for a name nobody can place."""
    if clock.groupdict().get("zone") or clock.groupdict().get("offset"):
        return moment
    rest = kept[-(len(line) - clock.end()) :] if clock.end() < len(line) else ""
    stated = zone_after(rest, machine=clock["second"] is not None)
    if stated is None:
        return None
    return moment.replace(tzinfo=stated) if isinstance(stated, tzinfo) else moment


def _with_short_year(line: str, zone: tzinfo) -> datetime | None:
    for match in _SHORT_YEAR.finditer(line):
        clock = _clock_beside(line, match)
        if clock is None and not _WEEKDAY.search(line):
            continue
        day, month, year = match["day"] or match["day_"], match["digits"], match["year"] or match["year_"]
        with suppress(ValueError):
            number = int(month) if month else MONTHS[match["month_"]]
            moment = datetime(2000 + int(year), number, int(day), tzinfo=zone)
            return moment if clock is None else _with_clock(moment, clock.groupdict())
    return None


def _at(day: re.Match[str], clock: re.Match[str] | None, zone: tzinfo) -> datetime:
    parts = day.groupdict()
    month = int(parts["digits"]) if parts.get("digits") else MONTHS[parts["month"]]
    moment = datetime(int(parts["year"]), month, int(parts["day"]), tzinfo=zone)
    return moment if clock is None else _with_clock(moment, clock.groupdict())


def _with_clock(moment: datetime, clock: dict[str, str | None]) -> datetime:
    hour, half = int(clock.get("hour") or 0), clock.get("half")
    if half and hour <= 12:  # noqa: PLR2004 - "20:15 pm" is printed too: the half then says nothing
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    if hour == 24:  # noqa: PLR2004 - the end of the day, in ISO 8601
        moment, hour = moment + timedelta(days=1), 0
    moment = moment.replace(hour=hour, minute=int(clock.get("minute") or 0), second=int(clock.get("second") or 0))
    return moment.replace(tzinfo=_stated_zone(clock) or moment.tzinfo)


def _stated_zone(clock: dict[str, str | None]) -> timezone | None:
    if offset := clock.get("offset"):
        digits = offset[1:].replace(":", "")
        hours, minutes = (int(digits[:-2]), int(digits[-2:])) if len(digits) > 2 else (int(digits), 0)  # noqa: PLR2004 - +7 or +0700
        east = timedelta(hours=hours, minutes=minutes)
        return timezone(-east if offset.startswith("-") else east)
    name = clock.get("zone")
    return None if name is None else UTC if ZONES[name] == 0 else timezone(timedelta(hours=ZONES[name]))


def _relative(line: str, zone: tzinfo, now: datetime) -> datetime | None:
    if _JUST_NOW.search(line):
        return now
    if match := _PARTS.search(line):
        return now - sum(map(_length, _PART.finditer(match[0])), timedelta())
    if match := _SHORT_AGO.fullmatch(line):
        return now - _length(match)
    if match := _MONTHS_AGO.search(line) or _LAST.search(line):
        return _months_before(now, _count(match) * _MONTHS_IN[match["unit"]])
    return _named_day(line, zone, now)


def _named_day(line: str, zone: tzinfo, now: datetime) -> datetime | None:
    if (match := _NAMED_DAY.search(line)) is None:
        return now - timedelta(days=7) if _LAST_WEEK.search(line) else None
    day = now - timedelta(days=_DAYS_BACK.get(match["name"], 0))
    moment = datetime(day.year, day.month, day.day, tzinfo=zone)
    clock = _CLOCK_AFTER.match(line, match.end())
    return moment if clock is None else _with_clock(moment, clock.groupdict())


def _length(part: re.Match[str]) -> timedelta:
    return timedelta(seconds=_count(part) * _SECONDS[part["unit"]])


def _count(match: re.Match[str]) -> int:
    counted = match.groupdict()
    return int(counted["count"]) if counted.get("count") else _NUMBERS.get(counted.get("word") or "", 1)


def _months_before(now: datetime, months: int) -> datetime:
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    for day in range(now.day, 27, -1):
        with suppress(ValueError):  # there is no 31 Juni: the last day there is
            return now.replace(year=year, month=month + 1, day=day)
    return now.replace(year=year, month=month + 1)
