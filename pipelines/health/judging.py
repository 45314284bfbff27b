"""Figures of a publisher -> its state, and the reason in words. Pure.

What is compared with is what this publisher usually does: the longest pause between its own articles, the share of its
own articles that had an author. So a weekly and a quiet Sunday are no alarm, and no number has to be set.
"""

from __future__ import annotations

from datetime import timedelta
from enum import IntEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from pipelines.harvest.ledger import is_left_alone
from pipelines.harvest.tally import NO_ARTICLE_BY_NATURE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from pipelines.health.figures import Figures

_ENOUGH: Final = 20
"""Articles from which a rhythm is known."""
_LONGER: Final = 1.5
"""Times the longest pause: silence that is no chance."""
_SHORTEST_SILENCE: Final = timedelta(hours=12)
_MISSED_TICKS: Final = 3
_LEAST_OVERDUE: Final = timedelta(hours=2)
_MANY: Final = 10
_HALF: Final = 0.5
_FIELDS: Final = {"published_at": "a date", "authors": "an author", "section": "a section"}


class State(IntEnum):
    """How a publisher does, worst first."""

    FAILING = 0
    """Its last crawl was no good."""
    SILENT = 1
    """Crawls are good and bring nothing, for longer than ever before."""
    DRIFTING = 2
    """Articles come, but not as they used to be."""
    OVERDUE = 3
    """It is not crawled, though its schedule says so and it was before."""
    WAITING = 4
    """It asked to be left alone for a while."""
    LOOK = 5
    """Its last crawl was good, with a warning."""
    GOOD = 6
    NEW = 7
    """It was never crawled."""

    def __str__(self) -> str:
        """The word that people read."""
        return self.name.lower()


class Judgement(NamedTuple):
    """A state and why."""

    state: State
    reason: str
    """One line; empty for a good one."""


def judge(figures: Figures | None, now: datetime, interval: timedelta) -> Judgement:
    """The first that is wrong with a publisher, worst first.

    Args:
        figures: None where it was never crawled.
        now: aware.
        interval: between two ticks of its schedule.
    """
    if figures is None:
        return Judgement(State.NEW, "never crawled: its DAG is paused until somebody switches it on")
    return next(_wrong(figures, now, interval), Judgement(State.GOOD, ""))


def _wrong(figures: Figures, now: datetime, interval: timedelta) -> Iterator[Judgement]:
    crawl = figures.last_crawl
    if crawl is not None and figures.problem and not is_left_alone(crawl):
        yield Judgement(State.FAILING, f"{figures.problem}{_since(figures, now)}")
    if silence := _silence(figures, now):
        yield Judgement(State.SILENT, silence)
    if drift := _drift(figures):
        yield Judgement(State.DRIFTING, drift)
    since = now - figures.last_started_at
    if since > max(interval * _MISSED_TICKS, _LEAST_OVERDUE):
        yield Judgement(
            State.OVERDUE,
            f"last asked {in_words(since)} ago, and its schedule says every {in_words(interval)}: its DAG is paused,"
            " or the scheduler is down",
        )
    if crawl is not None and is_left_alone(crawl):
        yield Judgement(State.WAITING, crawl.finish_reason or "")
    if crawl is not None and crawl.problems:
        yield Judgement(State.LOOK, crawl.problems[0])


def _since(figures: Figures, now: datetime) -> str:
    if figures.last_good_at is None:
        return "; no crawl was good so far"
    return f"; the last good crawl ended {in_words(now - figures.last_good_at)} ago"


def _silence(figures: Figures, now: datetime) -> str | None:
    """Why a publisher that is crawled well is silent."""
    if figures.newest_at is None or figures.longest_pause is None or figures.dated < _ENOUGH:
        return None
    if figures.last_good_at is None or figures.last_good_at < figures.newest_at:
        return None
    until = min(
        now, figures.last_started_at + _LEAST_OVERDUE
    )  # while nobody asks it is not the publisher that is silent
    silent = until - figures.newest_at
    if silent <= max(figures.longest_pause * _LONGER, _SHORTEST_SILENCE):
        return None
    return (
        f"nothing new for {in_words(silent)}; of its last {figures.dated} articles no two lay further apart than"
        f" {in_words(figures.longest_pause)}"
    )


def _drift(figures: Figures) -> str | None:
    for field, words in _FIELDS.items():
        now, before = figures.fields_now.get(field) or 0, figures.fields_before.get(field) or 0
        if figures.fields_before and before >= _HALF and now < before * _HALF:
            return f"{now:.0%} of the last articles have {words}, of those before {before:.0%}"
    unreadable = {
        reason: pages for reason, pages in figures.rejected_by_reason.items() if reason not in NO_ARTICLE_BY_NATURE
    }
    rejected = sum(unreadable.values())
    if rejected >= _MANY and rejected > figures.latest:
        most = max(unreadable, key=lambda reason: unreadable[reason])
        return f"in seven days {rejected} pages were rejected and {figures.latest} stored, most of them as {most}"
    if figures.doubtful >= _MANY and figures.doubtful > figures.latest * _HALF:
        return f"the reader doubts {figures.doubtful} of the last {figures.latest} articles"
    return None


def in_words(span: timedelta) -> str:
    """About how long: `40 s`, `25 min`, `3 h`, `2 days`."""
    seconds = max(span.total_seconds(), 0)
    for unit, name, until in ((1, "s", 100), (60, "min", 100), (3600, "h", 48)):
        if seconds < until * unit:
            return f"{seconds / unit:.0f} {name}"
    return f"{seconds / 86400:.0f} days"
