"""What a state machine over crawls asks of the database after each step, and what its visits bring."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from crash.invariants import ALWAYS

from spiders.article import Article, Failure, LeasedPage, Outcome, Rejection, Released, Unchanged, Visit

OUTCOMES: Final = ("a", "b", "failure", "rejection", "unchanged", "released", "refused")
"""One of two texts, no text, or one that the database refuses."""
TABLES: Final = (
    "crawl", "page", "poll", "article", "revision", "reads", "rejection", "kept_page", "turn", "domain", "publisher",
    "deduplication_due",
)  # fmt: skip
_OF_ANOTHER_SITE = {
    "one change is one revision",
    "one count of readers is one observation",
    "a page that is done has its article",
}
"""Promises of the crash test's site: its texts change once, and it answers no 304 to a crawl that has no text."""
_PROMISES = {name: asked for name, asked in ALWAYS.items() if name not in _OF_ANOTHER_SITE}
ALL_PROMISES: Final = " union all ".join(
    f"select '{name.replace(chr(39), '')}' where exists ({asked})" for name, asked in _PROMISES.items()
)
"""One question for all of them; its rows are the names of those that are broken."""


def visit(page: LeasedPage, kind: str) -> Visit:
    """A visit that brings one of `OUTCOMES`."""
    about: dict[str, Any] = {"publisher": "koran", "url": page.url, "canonical_url": page.canonical_url}
    at = datetime.now(UTC)
    article = Article(
        **about, headline="Panen raya", paragraphs=(f"Petani memanen padi {kind}.",), fetched_at=at,
        reads=2**70 if kind == "refused" else None,
    )  # fmt: skip
    others: dict[str, Outcome] = {
        "failure": Failure(error="no answer"),
        "rejection": Rejection(**about, reason="photo", fetched_at=at),
        "unchanged": Unchanged(),
        "released": Released(),
    }
    return Visit(page_id=page.page_id, outcome=others.get(kind, article), fetched_at=at, status=200)
