"""What a re-check by the rules of today would change of the stored clusters: counts and examples, nothing kept.

The re-check runs as a whole in one transaction that is rolled back at its end. Readers see nothing of it; other
deduplication waits for it.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from pipelines.database.connections import Connection, Cursor, the_row, transaction
from pipelines.database.statements import query
from pipelines.duplicates.deduplicate import begin_work, look_again_within, step
from pipelines.duplicates.fingerprints import Fingerprint, fingerprint
from pipelines.duplicates.texts import Texts
from pipelines.duplicates.verdicts import why_apart, why_together

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

EXAMPLES = 20
"""Most examples of either kind."""


@dataclass(frozen=True, slots=True)
class Example:
    """Two articles that would part or join."""

    article_id: int
    headline: str
    other_id: int
    other_headline: str
    reason: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What a re-check would change."""

    looked_at: int
    parting: int
    """Clusters that would lose members."""
    joining: int
    """Clusters that would gain members."""
    shown: int
    """Articles that news.articles would show and does not show now."""
    hidden: int
    """Articles that news.articles would not show any more."""
    parts: list[Example]
    joins: list[Example]


class _NothingKept(Exception):  # noqa: N818 - not an error: rolls the transaction back
    """Ends the transaction of a preview."""


def preview(
    connection: Connection, say: Callable[[str], None], *, publisher: str | None = None, batch: int = 500
) -> Changes:
    """Re-check everything, or one publisher's articles, and tell what would change; nothing is kept.

    Args:
        connection: to the harvest's database.
        say: takes a line after each batch.
        publisher: only articles of this one.
        batch: articles at a time.
    """
    changes: list[Changes] = []
    with suppress(_NothingKept), transaction(connection) as cursor:
        begin_work(cursor)
        cursor.execute(query("remember_clusters"))
        due = look_again_within(cursor, publisher)
        seen, texts = 0, Texts()
        while done := step(cursor, batch, texts)[0]:
            seen += done
            say(f"{seen:,} of {due:,} articles looked at")
        changes.append(_changes(cursor, seen))
        raise _NothingKept
    return changes[0]


def _changes(cursor: Cursor, seen: int) -> Changes:
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


def tell(
    connection: Connection, say: Callable[[str], None], *, publisher: str | None = None, batch: int = 500
) -> dict[str, int]:
    """`preview` line by line; returns its counts by name."""
    changes = preview(connection, say, publisher=publisher, batch=batch)
    for line in told(changes):
        say(line)
    counts = asdict(changes)
    return {name: counts[name] for name in ("looked_at", "parting", "joining", "shown", "hidden")}


def told(changes: Changes) -> Iterator[str]:
    """Lines for a terminal or a log."""
    yield (
        f"{changes.looked_at:,} articles looked at: {changes.parting:,} clusters would lose members,"
        f" {changes.joining:,} would gain some; news.articles would show {changes.shown:,} more articles and hide"
        f" {changes.hidden:,}."
    )
    for what, examples in (("parts from", changes.parts), ("joins", changes.joins)):
        for each in examples:
            yield (f"{each.article_id} “{each.headline}” {what} {each.other_id} “{each.other_headline}”: {each.reason}")
    yield "Nothing was changed."
