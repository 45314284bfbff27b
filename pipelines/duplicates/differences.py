"""How clusters differ from those that were stored before: counts, and examples with the reason of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.database.connections import Cursor, the_row
from pipelines.database.statements import query
from pipelines.duplicates.fingerprints import Fingerprint, fingerprint
from pipelines.duplicates.verdicts import why_apart, why_together

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

EXAMPLES = 20
"""Most examples of either kind."""


@dataclass(frozen=True, slots=True)
class Example:
    """Two articles that part or join."""

    article_id: int
    headline: str
    other_id: int
    other_headline: str
    reason: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What a re-check changes."""

    looked_at: int
    parting: int
    """Clusters that lose members."""
    joining: int
    """Clusters that gain members."""
    shown: int
    """Articles that news.articles shows and did not show before."""
    hidden: int
    """Articles that news.articles does not show any more."""
    parts: list[Example]
    joins: list[Example]


def differences(cursor: Cursor, seen: int) -> Changes:
    """What differs from the clusters that `remember_clusters` put aside in this transaction."""
    cursor.execute(query("count_changes"))
    parting, joining, shown, hidden = the_row(cursor)
    parts, joins = (_pairs(cursor, name) for name in ("parting_articles", "joining_articles"))
    return Changes(
        seen, parting, joining, shown, hidden,
        list(_examples(cursor, parts, why_apart)), list(_examples(cursor, joins, why_together)),
    )  # fmt: skip


def _pairs(cursor: Cursor, name: str) -> list[tuple[int, int]]:
    cursor.execute(query(name), {"examples": EXAMPLES})
    return cursor.fetchall()


def _examples(
    cursor: Cursor, pairs: list[tuple[int, int]], reason: Callable[[Fingerprint, Fingerprint], str]
) -> Iterator[Example]:
    cursor.execute(query("read_texts"), {"articles": [number for pair in pairs for number in pair]})
    headlines, prints = {}, {}
    for number, *text in cursor:
        headlines[number], prints[number] = text[1], fingerprint(*text)
    for one, other in pairs:
        yield Example(one, headlines[one], other, headlines[other], reason(prints[one], prints[other]))


def told(changes: Changes) -> Iterator[str]:
    """Lines for a terminal or a log, of what is not final."""
    yield (
        f"{changes.looked_at:,} articles looked at: {changes.parting:,} clusters would lose members,"
        f" {changes.joining:,} would gain some; news.articles would show {changes.shown:,} more articles and hide"
        f" {changes.hidden:,}."
    )
    for what, examples in (("parts from", changes.parts), ("joins", changes.joins)):
        for each in examples:
            yield (f"{each.article_id} “{each.headline}” {what} {each.other_id} “{each.other_headline}”: {each.reason}")
