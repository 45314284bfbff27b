"""The span of time a crawl looks at.

    LumbungError
    └── WindowError     a date range nobody can crawl

Imports nothing heavy: DAG files check their parameters with it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from spiders.errors import LumbungError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from spiders.publishers.publisher import Publisher

LONGEST = timedelta(days=366)
"""A longer range is a typing mistake more often than a wish; several runs cover it."""
LONGEST_GAP = timedelta(days=31)
"""What was missed longer ago is asked for with dates; nobody expects a scheduled crawl to be a backfill."""
_ALLOWED = "a date such as 2026-11-10 or a date and time such as 2026-11-10T06:00+07:00 (ISO 8601)"
_LONGEST_SHOWN = 80
_TICK = timedelta(microseconds=1)


class WindowError(LumbungError):
    """A date range that cannot be crawled."""


@dataclass(frozen=True, slots=True)
class Window:
    """Half-open span `[start, end)` of publication times."""

    start: datetime
    """Aware, UTC."""
    end: datetime | None
    """Aware, UTC; None when the span is open."""
    strict: bool
    """Someone asked for exactly this range: what lies outside is not stored."""
    scheduled: bool = False
    """Nobody waits for it: feeds, sitemaps and index pages are asked only when they are due."""
    regular_start: datetime | None = None
    """Where it would start if no crawl before it had missed anything; None when it does start there."""

    def reaching(self, missed: datetime | None) -> Window:
        """The span that also covers what earlier crawls have missed from a moment on, 31 days of it at most."""
        if missed is None or self.strict or missed >= self.start:
            return self
        return replace(self, start=max(missed, self.start - LONGEST_GAP), regular_start=self.start)

    @property
    def missed_days(self) -> int:
        """How many days it starts earlier than usual, to catch up."""
        return 0 if self.regular_start is None else (self.regular_start - self.start + timedelta(hours=23)).days

    def only_catches_up(self, settled: datetime) -> bool:
        """Whether a list that is final from `settled` on, some hours after its day, lies before the usual start."""
        return self.regular_start is not None and settled < self.regular_start + timedelta(days=1)

    def contains(self, moment: datetime) -> bool:
        """Whether an aware moment lies in the span."""
        return self.start <= moment and (self.end is None or moment < self.end)

    def overlaps(self, first: datetime, last: datetime) -> bool:
        """Whether a moment from `first` to `last`, both included, may lie in the span."""
        return self.start <= last and (self.end is None or first < self.end)

    def days(self, zone: ZoneInfo, now: datetime) -> list[date]:
        """The days of the span in `zone`, newest first; none after `now`, since nothing is published there yet."""
        last = now if self.end is None else min(now, self.end - _TICK)
        newest, oldest = last.astimezone(zone).date(), self.start.astimezone(zone).date()
        return [newest - timedelta(days=back) for back in range((newest - oldest).days + 1)]


def parse_window(
    from_date: str | None,
    to_date: str | None,
    publisher: Publisher,
    now: datetime,
    *,
    interval_start: str | None = None,
) -> Window:
    """The span that a crawl was asked for.

    A date is the whole day in the publisher's zone, `to_date` inclusive; a date and time is exact and `to_date` then
    exclusive; without an offset it is in the publisher's zone. Without both, the span is open and starts with the day
    `lookback_days` before `interval_start`, the start of a scheduler's data interval, or before `now`, which is aware.

    Raises:
        WindowError: what was asked for is no such range, reversed, longer than 366 days or not begun yet.
    """
    zone = publisher.zone
    if not from_date and not to_date:
        since = _moment("interval_start", interval_start, zone, ends=False) if interval_start else now
        try:
            first = min(since, now).astimezone(zone).date() - timedelta(days=publisher.lookback_days)
            return Window(_midnight(first, zone), None, strict=False, scheduled=bool(interval_start))
        except OverflowError as error:
            raise WindowError(f"interval_start {shown(interval_start or '')} is before all calendars") from error
    asked_first, asked_last = shown(from_date or ""), shown(to_date or "now")
    if not from_date:
        raise WindowError(f"to_date {asked_last} needs a from_date: {_ALLOWED}")
    start = _moment("from_date", from_date, zone, ends=False)
    end = _moment("to_date", to_date, zone, ends=True) if to_date else None
    if end == start:
        raise WindowError(f"from_date {asked_first} is not before to_date {asked_last}; between the two is nothing")
    if end is not None and end < start:
        raise WindowError(f"from_date {asked_first} is after to_date {asked_last}; give the earlier one first")
    if start > now:
        raise WindowError(f"from_date {asked_first} is in the future; nothing has been published there yet")
    if (end or now) - start > LONGEST:
        raise WindowError(
            f"{asked_first} to {asked_last} is longer than {LONGEST.days} days; split it into several runs"
        )
    return Window(start, end, strict=True)


def _moment(name: str, text: str, zone: ZoneInfo, *, ends: bool) -> datetime:
    """Start of the range, or with `ends` its exclusive end, in UTC."""
    try:
        day = _date(text.strip())
        if day is not None:
            return _midnight(day + timedelta(days=1) if ends else day, zone)
        moment = datetime.fromisoformat(text.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise WindowError(f"{name} {cut(text)!r} is neither {_ALLOWED.replace(' or ', ' nor ')}") from error


def shown(text: str) -> str:
    """What somebody has typed, in one line and not at any length."""
    short = cut(text.strip())
    return short if short and short.isprintable() else repr(cut(text))


def cut(text: str) -> str:
    """The beginning of a text that may be very long."""
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "..."


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
