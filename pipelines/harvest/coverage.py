"""What is usual at a publisher: the share of its articles stored last that state a field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from psycopg2.extras import RealDictCursor

from pipelines.database.connections import Connection, transaction
from pipelines.database.statements import query

if TYPE_CHECKING:
    from collections.abc import Mapping

NEWEST = 200
"""Articles that tell what is usual."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What the newest stored articles of one publisher state."""

    articles: int
    """How many were looked at, at most `NEWEST`."""
    shares: Mapping[str, float]
    """Field -> share from 0 to 1; empty where there are no articles."""


def usual_coverage(connection: Connection, publisher: str) -> Coverage:
    """The shares of one publisher, by its key."""
    with transaction(connection, RealDictCursor) as cursor:
        cursor.execute(query("usual_fields"), {"publisher": publisher, "most": NEWEST})
        row = dict(cursor.fetchone() or {})
    articles = int(row.pop("articles"))
    return Coverage(articles=articles, shares={name: float(share) for name, share in row.items()} if articles else {})
