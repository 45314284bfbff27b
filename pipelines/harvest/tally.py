"""What a crawl has stored besides its row in the ledger: how its articles are dated, why its pages were rejected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pipelines.database.connections import Connection, statement, the_row
from pipelines.database.statements import query

_MANY: Final = 10
"""Pages that are not all unreadable by chance."""
NO_ARTICLE_BY_NATURE: Final = frozenset(
    ("photo", "video", "index_page", "subscribers_only", "gone", "disallowed", "blocked")
)
"""Reasons for rejection that say nothing against the publisher's file or the reader."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts over the articles and rejections of one crawl."""

    undated: int
    """Stored articles without a time of publication."""
    impossible: int
    """Stored articles published after they were fetched, or before there were newspapers on the web."""
    impossible_example: str | None
    """URL of one of them."""
    reasons: dict[str, int]
    """Rejected pages by reason, the most frequent first."""
    rejected_example: str | None
    """URL of one of them."""

    def no_article(self, fetched: int) -> str:
        """A line that says that every fetched page was rejected, and why."""
        reasons = ", ".join(f"{count} {reason}" for reason, count in self.reasons.items())
        return f"none of {fetched} fetched pages is an article: {reasons}, such as {self.rejected_example}"


NOTHING_FETCHED: Final = Tally(0, 0, None, {}, None)
"""Of a crawl without pages."""


def read_tally(connection: Connection, crawl_id: int) -> Tally:
    """Count what the crawl has stored and rejected."""
    with statement(connection) as cursor:
        cursor.execute(query("tally_of_crawl"), {"crawl_id": crawl_id})
        return Tally(*the_row(cursor))


def unreadable(connection: Connection, crawl_id: int, fetched: int) -> str | None:
    """Why a crawl is bad whose fetched pages were all rejected; None where they are too few to tell.

    None also where one is no article by nature: then the others may be none either.
    """
    if fetched < _MANY:
        return None
    tally = read_tally(connection, crawl_id)
    return None if NO_ARTICLE_BY_NATURE & tally.reasons.keys() else tally.no_article(fetched)
