"""The ledger: what a crawl did, whether its figures add up, and whether it was a good crawl.

`scrapy crawl` ends with status 0 whatever happened, so a scheduler asks here for the colour of its task.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from psycopg2.extras import RealDictCursor

from pipelines.database.connections import Connection, statement, the_row, transaction
from pipelines.database.statements import query
from pipelines.harvest.tally import unreadable
from spiders.fetching.domain_queue import LEFT_ALONE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

_FAILED_SHARE = 0.2
_FAILED_LEAST = 5
"""A crawl is bad when more than a fifth of its pages failed, and at least five: one of three may be chance."""
_POLLS_FAILED_LEAST = 3
_CRAWLS_IN_ROW = 3
"""Of many feeds, sitemaps and index pages one always fails somewhere, and what it announced comes with the next crawl.
A crawl is bad when nothing answered; when more than a fifth of them failed, and at least three; or when the same one
has failed in three crawls in a row. A crawl with dates is bad when any of them failed, for then days are missing.
Every failure is a WARNING in the log and a line of `problems`; `news.polls` has them all, however many."""
_INDEX_SHOWS_NOTHING = ": no article on any of "
"""In a line of `problems`: an index page by day had none on any of the days."""
_CERTAINLY = 3
"""Articles of a range, known by another way, that show that the index of its days cannot be read any more."""


@dataclass(frozen=True, slots=True)
class DayCoverage:
    """What was announced for one day and what became of it, as in `news.coverage`."""

    day: date
    """In the publisher's time zone."""
    announced: int
    stored: int
    rejected: int
    failed: int
    due: int

    def __str__(self) -> str:
        """One line for logs."""
        outcomes = " + ".join(f"{getattr(self, name)} {name}" for name in ("stored", "rejected", "failed", "due"))
        return f"{self.day}: {self.announced} announced = {outcomes}"


OUTCOMES = ("stored", "updated", "unchanged", "rejected", "failed", "released")
"""What a leased page can end as."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawl:
    """One row of the ledger; the columns are described in `news.crawls`."""

    crawl_id: int
    publisher: str
    run_id: str | None
    started_at: datetime
    finished_at: datetime | None
    finish_reason: str | None
    polls: int
    polls_unchanged: int
    polls_failed: int
    polls_skipped: int
    left_out: int
    ranged: bool
    entries: int
    known: int
    enqueued: int
    leased: int
    stored: int
    updated: int
    unchanged: int
    rejected: int
    failed: int
    released: int
    repaired: int
    problems: list[str]

    @property
    def fetched(self) -> int:
        """Pages that were asked for and ended as something."""
        return self.stored + self.updated + self.unchanged + self.rejected + self.failed

    def __str__(self) -> str:
        """Both equations with their figures, for logs."""
        outcomes = " + ".join(f"{getattr(self, name)} {name}" for name in OUTCOMES)
        polls = f"{self.polls} polls, {self.polls_unchanged} of them unchanged, and {self.polls_skipped} skipped"
        entries = f"{self.entries} entries = {self.known} known + {self.enqueued} enqueued"
        return f"crawl {self.crawl_id} of {self.publisher}: {polls}; {entries}; {self.leased} leased = {outcomes}"

    def counts(self) -> dict[str, int]:
        """The figures by name."""
        return {field.name: getattr(self, field.name) for field in fields(self) if field.type == "int"}


def find_crawl(connection: Connection, run_id: str) -> Crawl | None:
    """The newest crawl that was started under this name; None when the spider never opened one."""
    return _find(connection, run_id=run_id, crawl_id=None)


def read_crawl(connection: Connection, crawl_id: int) -> Crawl:
    """The row of a crawl that is known to be there."""
    found = _find(connection, run_id=None, crawl_id=crawl_id)
    assert found is not None, crawl_id  # noqa: S101 - rows of the ledger are never deleted
    return found


def _find(connection: Connection, **which: str | int | None) -> Crawl | None:
    with statement(connection, RealDictCursor) as cursor:
        cursor.execute(query("find_crawl"), which)
        row: Any = cursor.fetchone()
    return crawl_of(row) if row else None


def crawl_of(row: Mapping[str, Any]) -> Crawl:
    """The crawl of one row of its table, by column."""
    return Crawl(**{field.name: row[field.name] for field in fields(Crawl)})


def coverage(connection: Connection, publisher: str, timezone: str, window: Mapping[str, Any]) -> list[DayCoverage]:
    """The days of a window (`window_start`, `window_end`) for which something was announced, newest first."""
    with transaction(connection) as cursor:
        cursor.execute(query("coverage_of_crawl"), {"publisher": publisher, "timezone": timezone, **window})
        return [DayCoverage(*row) for row in cursor.fetchall()]


def usual_entries(connection: Connection, crawl: Crawl) -> int:
    """Median of the entries that the last ten good crawls of the publisher read; 0 without a history."""
    with transaction(connection) as cursor:
        cursor.execute(query("usual_entries"), {"publisher": crawl.publisher, "crawl_id": crawl.crawl_id})
        (usual,) = the_row(cursor)
    return int(usual)


def verdict(connection: Connection, crawl: Crawl) -> str | None:
    """Why the crawl was no good, in one line; None for a good one."""
    return (
        _ended_badly(crawl)
        or imbalance(crawl)
        or _discovered_badly(crawl, connection)
        or _days_unread(crawl, connection)
        or _fetched_badly(crawl)
        or (unreadable(connection, crawl.crawl_id, crawl.fetched) if crawl.rejected == crawl.fetched else None)
    )


def is_left_alone(crawl: Crawl) -> bool:
    """Whether it ended because its publisher is to be asked for nothing for a while."""
    return LEFT_ALONE in (crawl.finish_reason or "")


def imbalance(crawl: Crawl) -> str | None:
    """The equation that does not hold, with its figures; None when both hold."""
    if crawl.entries != crawl.known + crawl.enqueued:
        return (
            f"the ledger does not balance: {crawl.entries} entries, but {crawl.known} known + {crawl.enqueued} enqueued"
        )
    if crawl.leased != crawl.fetched + crawl.released:
        outcomes = " + ".join(f"{getattr(crawl, name)} {name}" for name in OUTCOMES)
        return f"the ledger does not balance: {crawl.leased} leased, but {outcomes}"
    return None


def _ended_badly(crawl: Crawl) -> str | None:
    if crawl.finished_at is None:
        return f"crawl {crawl.crawl_id} was never closed: the spider died or lost its database"
    if crawl.finish_reason != "finished":
        return f"crawl {crawl.crawl_id} ended early: {crawl.finish_reason}"
    return None


def _discovered_badly(crawl: Crawl, connection: Connection) -> str | None:
    if crawl.polls and crawl.polls_failed == crawl.polls:
        return f"nothing could be fetched from {crawl.publisher}: {_first(crawl)}"
    failed = f"{crawl.polls_failed} of {crawl.polls} feeds, sitemaps and index pages failed"
    if crawl.polls_failed and crawl.ranged:
        return f"days are missing: {failed}: {_first(crawl)}"
    if crawl.polls_failed >= _POLLS_FAILED_LEAST and crawl.polls_failed > _FAILED_SHARE * crawl.polls:
        return f"{failed}: {_first(crawl)}"
    if crawl.polls_failed and (failing := _failing(connection, crawl)):
        return failing
    if crawl.entries == crawl.polls_unchanged == crawl.polls_skipped == 0:
        usual = 0 if crawl.ranged else usual_entries(connection, crawl)
        if usual or not crawl.left_out:  # else what it announces was read, and is old
            why = f": {crawl.problems[0]}" if crawl.problems else ""
            return (
                f"{crawl.publisher} announced nothing{f', where it usually has {usual} entries' if usual else ''}{why}"
            )
    return None


def _failing(connection: Connection, crawl: Crawl) -> str | None:
    """The document that has failed in the most crawls in a row, this one included, if that is too often."""
    with transaction(connection) as cursor:
        cursor.execute(query("failing_polls"), {"crawl_id": crawl.crawl_id, "crawls": _CRAWLS_IN_ROW})
        row = cursor.fetchone()
    return f"{row[0]} has failed in {row[1]} crawls in a row: {row[2]}" if row else None


def _days_unread(crawl: Crawl, connection: Connection) -> str | None:
    """Why a crawl with dates is bad whose index shows nothing of days of which articles are known from elsewhere."""
    silent = next((problem for problem in crawl.problems if _INDEX_SHOWS_NOTHING in problem), None)
    if silent is None or not crawl.ranged:
        return None
    with transaction(connection) as cursor:
        cursor.execute(query("announced_in_window"), {"crawl_id": crawl.crawl_id})
        (known,) = the_row(cursor)
    return f"days are missing: {silent}; {known} articles of these days are known" if known >= _CERTAINLY else None


def _fetched_badly(crawl: Crawl) -> str | None:
    if crawl.failed and crawl.failed == crawl.fetched:
        return f"none of {crawl.failed} pages could be fetched: {_first(crawl)}"
    if crawl.failed >= _FAILED_LEAST and crawl.failed > _FAILED_SHARE * crawl.fetched:
        return f"{crawl.failed} of {crawl.fetched} pages failed: {_first(crawl)}"
    return next((problem for problem in crawl.problems if problem.startswith("gave up")), None)


def _first(crawl: Crawl) -> str:
    return crawl.problems[0] if crawl.problems else "no reason was noted"
