"""When an article appeared and was changed: which of the dates that a page states is meant, and in whose zone.

Sources are asked one after the other, the most trusted first. In each the first date counts that can be: not later than
a day after the fetch, not the zero of a computer's clock. What it leaves open, others that agree with it fill in, and
what contradicts them is corrected: a machine's "Z" on a local clock, a month in the place of the day.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from itertools import chain
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from spiders.reading.printed.date_roles import Dated, Role, dated_parts
from spiders.reading.printed.dates import parse_date

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

PUBLISHED = (
    *("article:published_time", "og:article:published_time", "datepublished", "content_publisheddate"),
    *("publishdate", "publish-date", "publish_date", "pubdate", "parsely-pub-date", "sailthru.date"),
    *("dc.date.issued", "dcterms.issued", "dcterms.created", "dc.date.created", "date", "dc.date", "dcterms.date"),
)
"""Names of `<meta>` that state when an article was published, most trusted first."""
MODIFIED = ("article:modified_time", "og:updated_time", "datemodified", "lastmod", "last-modified")

_UNSTATED = timezone(timedelta(0), "unstated")
_CLOCK = re.compile(r"\d[:.]\d\d\b")
_LONGEST_BARE = 60
"""Characters of a line that states a day without a time: longer ones are captions."""
_MONTH_IN_PATH = re.compile(
    r"(?<!\d)((?:19|20)\d\d)[/-]?(0[1-9]|1[0-2])(?!\d)|(?<!\d)((?:19|20)\d\d)[/-]?(0[1-9]|1[0-2])(?=[/-]?\d\d(?!\d))"
)
_IN_PATH = re.compile(
    r"/((?:19|20)\d\d)(?:[/-]?(0[1-9]|1[0-2])[/-]?(0[1-9]|[12]\d|3[01])|/(1[0-2]|[1-9])/([12]\d|3[01]|[1-9]))(?=[/_-])"
)
_DAY_FIRST = re.compile(r"/(0[1-9]|[12]\d|3[01])-(0[1-9]|1[0-2])-((?:19|20)\d\d)(?=/|$)")
"""A part of a path that is nothing but a day: `/29-10-2021`."""
_DIGITS = re.compile(r"(?<!\d)(0?[1-9]|1[0-2])([/.-])(0?[1-9]|1[0-2])\2(?:\d{4}|\d{2})(?!\d)")
"""A day that may be read two ways: 04/06/2016."""
_EPOCH = re.compile(r"(?P<seconds>1[0-9]{9})(?:[0-9]{3})?")
_FIRST_YEAR = 1971
"""Computers count from 1970: a date of that year is a field that nobody filled in."""
_NAMED = re.compile(
    r"(?:^|[\W_])(?:publish(?:ed|ing)?|publication|pub|issued|created|posted|released?)(?:$|[\W_])|publi(?:sh|ca)"
)
_DATING = re.compile(r"date|time|datum|tanggal|[\W_](?:at|on)$")
"""Names of `<meta>` that nobody documents, by their words: `published-date`, `zdf:publicationDate`."""
_WEST, _EAST = 9, 13
"""Hours from Greenwich, of Alaska and of New Zealand in summer, by which a day may differ from that of Greenwich."""
_QUARTER = timedelta(minutes=15)
_SAME = timedelta(minutes=2)
_AHEAD = timedelta(days=1)
"""How much later than the fetch a date may be: clocks and zones differ."""


def choose_moment(
    texts: Iterable[str],
    witnesses: Iterable[str],
    zone: tzinfo,
    fetched_at: datetime | None = None,
    *,
    of_a_day: Iterable[str] = (),
) -> datetime | None:
    """The first date of some texts that can be, completed.

    Args:
        texts: Where it may be stated, most trusted first.
        witnesses: What else states it; read only where the first date leaves something open.
        zone: Where the publisher is: for dates that state no zone.
        fetched_at: When the page was fetched; no article is of later.
        of_a_day: Witnesses that take long to find: read only where the time of day is open, or which number the day is.
    """
    for text in texts:
        found = parse_date(text, _UNSTATED) or _since_1970(text)
        if found is None:
            continue
        unclear = _DIGITS.search(text) is not None
        if unclear or not _is_whole(found):
            is_day = unclear or (found.tzinfo is _UNSTATED and _is_midnight(found))
            asked = chain(witnesses, of_a_day) if is_day else witnesses
            found = _completed(found, asked, unclear=unclear, latest=_latest(fetched_at))
        found = _as_local_clock(found, zone, fetched_at)
        if _can_be(found, fetched_at):
            return found
    return None


def _since_1970(text: str) -> datetime | None:
    """The moment of a count of seconds or milliseconds, as data of scripts have it; printed, it would be none."""
    counted = _EPOCH.fullmatch(text.strip())
    return None if counted is None else datetime.fromtimestamp(int(counted["seconds"]), UTC)


def _completed(found: datetime, witnesses: Iterable[str], *, unclear: bool, latest: datetime | None) -> datetime:
    readings: Iterable[datetime] = (when for text in witnesses if (when := parse_date(text, _UNSTATED)))
    if unclear:
        readings = [*readings]
        found = _in_order(found, readings, latest)
    return next((when for when in readings if _completes(found, when)), found)


def _in_order(found: datetime, readings: Iterable[datetime], latest: datetime | None) -> datetime:
    """The date with day and month the other way round, where another witness or the time of the fetch says so."""
    other = found.replace(month=found.day, day=found.month)
    days = {when.date() for when in readings}
    later = latest is not None and found.replace(tzinfo=None) > latest >= other.replace(tzinfo=None)
    return other if later or (other.date() in days and found.date() not in days - {found.date()}) else found


def _latest(fetched_at: datetime | None) -> datetime | None:
    return None if fetched_at is None else fetched_at.replace(tzinfo=None) + _AHEAD


def _as_local_clock(found: datetime, zone: tzinfo, fetched_at: datetime | None) -> datetime:
    """The date in the publisher's zone, where none is stated or where a stated "Z" would lie after the fetch."""
    local = found.replace(tzinfo=zone)
    if found.tzinfo is _UNSTATED:
        return local
    ahead = fetched_at is not None and not found.utcoffset() and found > fetched_at >= local
    return local if ahead else found


def _can_be(when: datetime, fetched_at: datetime | None) -> bool:
    try:
        return when.year >= _FIRST_YEAR and (fetched_at is None or when <= fetched_at + _AHEAD)
    except OverflowError:  # the year 1 or 9999
        return False


def printed_dates(lines: Iterable[str]) -> list[Dated]:
    """The dates of some printed lines that may be of the article, those with a time first, with what each is of."""
    parts = [part for line in lines for part in dated_parts(line)]
    timed = [part for part in parts if _CLOCK.search(part.text)]
    return timed + [part for part in parts if part not in timed and len(part.text) <= _LONGEST_BARE]


def date_lines(lines: Iterable[str], *, changes: bool) -> list[str]:
    """Printed lines that may state when an article was published or changed, those with a time first.

    Of several dates whose words are not known, the earlier is the publication and a later one with words the change.
    """
    dates = [part for part in printed_dates(lines) if part.role is not Role.EVENT]
    changed = {*(part for part in dates if part.role is Role.CHANGED), *_later(dates)}
    if changes:
        return [part.text for part in dates if part in changed]
    ranks = {Role.PUBLISHED: 0, Role.BARE: 1}
    rest = [part for part in dates if part not in changed]
    return [part.text for part in sorted(rest, key=lambda part: ranks.get(part.role, len(ranks)))]


def _later(dates: Iterable[Dated]) -> list[Dated]:
    """Dates behind unknown words that are later than one without, or than one that is of the publication."""
    read = [(part, when) for part in dates if (when := parse_date(part.text, _UNSTATED))]
    known = [when for part, when in read if part.role in {Role.PUBLISHED, Role.BARE}]
    first = min((when.replace(tzinfo=None) for when in known), default=None)
    if first is None:
        return []
    return [part for part, when in read if part.role is Role.LABELLED and when.replace(tzinfo=None) > first]


def date_in_path(url: str) -> Iterable[str]:
    """The day that an address states: `/2020/05/07/`, `/20200507/`; nothing for one that states none."""
    try:
        path = urlsplit(url).path
    except ValueError:  # "http://[": no address
        return ()
    if match := _IN_PATH.search(path):
        return ("-".join(filter(None, match.groups())),)
    match = _DAY_FIRST.search(path)
    return ("-".join(reversed(match.groups())),) if match else ()


def states_publication(name: str) -> bool:
    """Whether the name of a `<meta>`, in lower case, says in its own words that it states when the article appeared."""
    return _NAMED.search(name) is not None and _DATING.search(name) is not None


def stated_day(text: str) -> date | None:
    """The day that a text states, as it stands there; None where day and month may be the other way round."""
    found = None if _DIGITS.search(text) else parse_date(text, _UNSTATED)
    return None if found is None else found.date()


def in_own_day(found: datetime, zone: tzinfo, lines: Iterable[str]) -> datetime:
    """The same moment as its publisher's clock shows it, where it is stated in Greenwich time.

    Args:
        found: A moment of the page.
        zone: Where the publisher is, as far as that is known.
        lines: What else states the day: the address, the printed date. The first of them that has one decides.

    Returns:
        The moment in the publisher's zone, else in the zone that the nearest clock behind the stated day shows.
    """
    if found.utcoffset() or _is_midnight(found):
        return found
    local = found.astimezone(zone)
    readings = [when for text in lines if (when := parse_date(text, _UNSTATED))]
    same = (when.tzinfo for when in readings if when.utcoffset() and abs(when - found) < _SAME)
    clock = next(same, None)
    day = next((when for when in readings if when.tzinfo is _UNSTATED), None)
    if clock is not None:
        return found.astimezone(clock)
    if day is None or day.date() == local.date():
        return local
    east = _offset(found.astimezone(UTC), day.replace(tzinfo=UTC))
    inhabited = timedelta(hours=-_WEST) <= east <= timedelta(hours=_EAST)
    return found.astimezone(timezone(east)) if inhabited else local


def _offset(moment: datetime, shown: datetime) -> timedelta:
    """How far ahead of Greenwich a clock is that shows a moment so; the least that does for a day without a time."""
    east = shown.replace(second=0) - moment.replace(second=0, microsecond=0)
    if not _is_midnight(shown) and not east % _QUARTER:
        return east
    days = (shown.date() - moment.date()).days
    return timedelta(days=days, hours=-moment.hour if days > 0 else 23 - moment.hour)


def is_of_month(url: str, day: date) -> bool:
    """Whether an address says a year and month, and those of a day."""
    found = _MONTH_IN_PATH.search(url)
    return found is not None and [*map(int, filter(None, found.groups()))] == [day.year, day.month]


def _is_whole(when: datetime) -> bool:
    return when.tzinfo is not _UNSTATED and bool(when.utcoffset()) and not _is_midnight(when)


def _is_midnight(when: datetime) -> bool:
    return (when.hour, when.minute, when.second) == (0, 0, 0)


def _completes(first: datetime, other: datetime) -> bool:
    """Whether another reading is the same moment with more said: a zone, or a time where the first has only a day."""
    if first.replace(tzinfo=None, second=0) == other.replace(tzinfo=None, second=0):
        return other.tzinfo is not _UNSTATED and (first.tzinfo is _UNSTATED or bool(other.utcoffset()))
    return first.tzinfo is _UNSTATED and _is_midnight(first) and first.date() == other.date()
