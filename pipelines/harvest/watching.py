"""From when to when a list was watched without a break, by what it shows each time it is read. Pure.

A list of the newest articles has hidden nothing where it still shows some of what it showed before. Where nearly all of
it is new, others may have come and gone between the two readings: that is a gap. A list that has not moved since proves
nothing of the time since: it may be frozen. One whose address names days lists all of them, so far as they had passed
when it was read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from spiders.article import Entry
    from spiders.frontier import Shown

_PINNED = 0.1
"""Share of a list's dated entries that may be old ones which stay there."""
_BESIDE = 0.2
"""Share of a page's links that may be what is read most, or chosen by hand."""


class Watched(NamedTuple):
    """A list's time under watch; of None nothing is known yet."""

    since: datetime | None = None
    until: datetime | None = None
    gap: tuple[datetime, datetime] | None = None
    """Of which it may have shown articles unseen, found when it was read last."""


def watched(before: Watched, entries: Sequence[Entry], shown: Shown, known: int) -> Watched:
    """What is known of a list after it was read once more.

    Args:
        before: it was read.
        entries: that it shows.
        shown: what it is, and when it was read.
        known: of the entries, those that lists of its kind have shown before.
    """
    if shown.days is not None:
        begin, end = shown.days
        return Watched(begin, max(begin, min(end, shown.at)))
    if not entries:
        return Watched(before.since, before.until)
    stated = [each.published_at for each in entries if each.published_until is None]
    moments = sorted(moment for moment in stated if moment is not None and moment <= shown.at)
    if len(moments) >= max(2, len(entries) / 2):
        return _by_dates(before, moments)
    if before.since is None or before.until is None:
        return Watched(shown.at, shown.at)
    if known < max(1, len(entries) * _BESIDE):
        return Watched(before.since, shown.at, (before.until, shown.at))
    return Watched(before.since, shown.at if known < len(entries) else before.until)


def _by_dates(before: Watched, moments: list[datetime]) -> Watched:
    pinned = int(len(moments) * _PINNED)
    newest = moments[-1]
    if before.since is None or before.until is None:
        return Watched(moments[pinned], newest)
    later = [moment for moment in moments if moment > before.until]
    if len(moments) - len(later) > pinned:
        return Watched(before.since, max(before.until, newest))
    return Watched(before.since, newest, (before.until, later[0]))
