"""What `make up` says of the harvest in figures, read from the database."""

from __future__ import annotations

from contextlib import closing
from typing import Any

from pipelines.command_line import counted
from pipelines.database.connections import connect, transaction
from pipelines.database.statements import query

_OUTCOMES = ("stored", "updated", "unchanged", "rejected", "failed")


def ledger(database_url: str, publisher: str) -> str:
    """The figures of a publisher's newest crawl, as a line for people; empty where there is none."""
    row = _row(database_url, "newest_figures", publisher=publisher)
    if row is None:
        return ""
    entries, known, enqueued, leased = row[:4]
    repeats = f", {known:,} of them of known pages" if known else ""
    told = [f"{count:,} {name}" for name, count in zip(_OUTCOMES, row[4:], strict=True) if count or name == "stored"]
    announced = f"{counted(entries, 'announcement')}{repeats}"
    return f"{announced}, {enqueued:,} new; {leased:,} asked for: {', '.join(told)}"


def due(database_url: str, publisher: str) -> int:
    """Articles of a publisher that deduplication has not looked at as they are now."""
    row = _row(database_url, "count_due_of_publisher", publisher=publisher)
    return int(row[0]) if row else 0


def duplicates(database_url: str) -> str:
    """How many stories and duplicates there are, as a line for people."""
    stories, repeats = _row(database_url, "count_stories") or (0, 0)
    that = "article that repeats" if repeats == 1 else "articles that repeat"
    return f"{counted(stories, 'story', 'stories')}, {repeats:,} {that} one"


def _row(database_url: str, name: str, **parameters: str) -> tuple[Any, ...] | None:
    with closing(connect(database_url)) as connection, transaction(connection) as cursor:
        cursor.execute(query(name), parameters)
        row: tuple[Any, ...] | None = cursor.fetchone()
        return row
