"""What the database knows of each publisher, in two statements for all of them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from psycopg2.extras import RealDictCursor

from pipelines.database.connections import statement
from pipelines.database.statements import query
from pipelines.harvest.ledger import Crawl, crawl_of, verdict

if TYPE_CHECKING:
    from pipelines.database.connections import Connection

DOUBTFUL: Final = 0.25
"""Quality below which a person should look at an article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One publisher that has been crawled."""

    publisher: str
    last_started_at: datetime
    last_good_at: datetime | None
    """When the last crawl ended that was finished and in which some list answered."""
    dated: int
    """Of its last articles, up to 200 that appeared since it is crawled and state when."""
    newest_at: datetime | None
    """When its newest article appeared."""
    longest_pause: timedelta | None
    """Between two of these that followed each other."""
    delay_p50: timedelta | None
    """From publication to the first fetch: of half of these it was at most so long."""
    delay_p95: timedelta | None
    stored_by_day: dict[date, int]
    """Of the last fourteen days of publication; days without an article are missing."""
    rejected_by_reason: dict[str, int]
    """Pages of the last seven days."""
    latest: int
    """Articles of the last seven days, up to 200."""
    doubtful: int
    """Of these, those of a quality below `DOUBTFUL`."""
    repeats: int
    """Of these, those that repeat another article."""
    fields_now: dict[str, float]
    """Share of the last 40 articles that have a field; empty where there are fewer than 80."""
    fields_before: dict[str, float]
    """The same of up to 160 articles before them."""
    complete_day: date | None
    """The newest day of the last week of which is known how complete it is, else the newest; None: no day is over."""
    completeness: float | None
    """Of that day, the share of what was published that is stored, 0 to 1; None: nothing can be said."""
    complete_stored: int | None
    complete_known: int | None
    """Articles of that day that lists have shown."""
    unseen: float | None
    """How many there may be beside them."""
    complete_basis: str | None
    """What that rests on, or why nothing can be said."""
    last_crawl: Crawl | None
    """The last one that came to an end."""
    problem: str | None
    """Why that was no good crawl."""


def read_figures(connection: Connection) -> dict[str, Figures]:
    """The figures of all publishers that were ever crawled, by key."""
    with statement(connection, RealDictCursor) as cursor:
        cursor.execute(query("health_figures"), {"doubtful": DOUBTFUL})
        rows: list[dict[str, Any]] = [*map(dict, cursor.fetchall())]
        cursor.execute(query("last_crawls"), {"publishers": [row["publisher"] for row in rows]})
        crawls = {row["publisher"]: crawl_of(row) for row in map(dict, cursor.fetchall())}
    return {row["publisher"]: _figures(connection, row, crawls.get(row["publisher"])) for row in rows}


def _figures(connection: Connection, row: dict[str, Any], crawl: Crawl | None) -> Figures:
    known: dict[str, Any] = {field.name: row.get(field.name) for field in fields(Figures)}
    known |= {
        "stored_by_day": {date.fromisoformat(day): stored for day, stored in row["stored_by_day"].items() if day},
        "fields_now": row["fields_now"] or {},
        "fields_before": row["fields_before"] or {},
        "last_crawl": crawl,
        "problem": verdict(connection, crawl) if crawl else None,
    }
    return Figures(**known)


def read_lists(connection: Connection, publisher: str) -> dict[str, list[dict[str, Any]]]:
    """What there is to look at of one publisher, newest first: `crawls`, `rejected`, `doubtful` and `newest`."""
    found = {}
    with statement(connection, RealDictCursor) as cursor:
        for name in ("crawls", "rejected", "doubtful", "newest"):
            cursor.execute(query(f"health_{name}"), {"publisher": publisher, "doubtful": DOUBTFUL})
            found[name] = [*map(dict, cursor.fetchall())]
    return found
