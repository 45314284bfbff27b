"""What a re-check by the rules of today would change of the stored clusters: counts and examples, nothing kept.

The re-check runs as a whole in one transaction that is rolled back at its end. Readers see nothing of it; other
deduplication waits for it.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING

from pipelines.database.connections import Connection, transaction
from pipelines.database.statements import query
from pipelines.duplicates.deduplicate import begin_work, look_again_within, step
from pipelines.duplicates.differences import Changes, differences, told
from pipelines.duplicates.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Callable


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
        cursor.execute(query("carry_out_proposals"))
        changes.append(differences(cursor, seen))
        raise _NothingKept
    return changes[0]


def tell(
    connection: Connection, say: Callable[[str], None], *, publisher: str | None = None, batch: int = 500
) -> dict[str, int]:
    """`preview` line by line; returns its counts by name."""
    changes = preview(connection, say, publisher=publisher, batch=batch)
    for line in (*told(changes), "Nothing was changed."):
        say(line)
    counts = asdict(changes)
    return {name: counts[name] for name in ("looked_at", "parting", "joining", "shown", "hidden")}
