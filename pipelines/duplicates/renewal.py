"""Stored clusters come to new rules in the background: proposed, reported, and final with the run after the report.

After a change of `ALGORITHM` each run sees some more of what an earlier one saw. Until all is seen, what the new rules
would change of its clusters lies in `lumbung.cluster_proposed` and readers see nothing of it; then the report is
written to `lumbung.renewal` and `lumbung.renewal_example`. What is new or changed meanwhile is decided at once,
together with every cluster that it touches.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from pipelines.database.statements import query
from pipelines.duplicates.differences import Changes, differences, told
from pipelines.duplicates.fingerprints import ALGORITHM

if TYPE_CHECKING:
    from pipelines.database.connections import Cursor


def begin_renewal(cursor: Cursor) -> None:
    """Note that articles of an earlier algorithm are being seen; a report of before is out of date."""
    cursor.execute(query("open_renewal"), {"algorithm": ALGORITHM})


def renewal_at_hand(cursor: Cursor) -> tuple[int, bool] | None:
    """The number of the open renewal, and whether it is reported; None where there is none."""
    cursor.execute(query("renewal_at_hand"))
    return cursor.fetchone()


def go_on(cursor: Cursor, reported: int | None) -> list[str]:
    """Report the open renewal once all is seen, or make it final; returns what there is to tell.

    Args:
        cursor: of a transaction that has the turn.
        reported: the renewal whose report was there when this run began: that one may become final.
    """
    at_hand = renewal_at_hand(cursor)
    cursor.execute(query("renewal_is_complete"), {"algorithm": ALGORITHM})
    if at_hand is None or cursor.fetchone() != (True,):
        return []
    renewal, is_reported = at_hand
    if not is_reported:
        changes = _proposed(cursor)
        _report(cursor, renewal, changes)
        if changes.parting or changes.joining:
            return [*told(changes), "Nothing of it is final before the next run; lumbung.renewal keeps this report."]
    elif renewal != reported:
        return []
    cursor.execute(query("carry_out_proposals"))
    cursor.execute(query("make_final"), {"renewal": renewal})
    return [f"All articles are seen by the rules of today (algorithm {ALGORITHM}), and what these changed is final."]


def _proposed(cursor: Cursor) -> Changes:
    cursor.execute(query("count_seen"), {"algorithm": ALGORITHM})
    ((seen,),) = cursor.fetchall()
    cursor.execute(query("remember_clusters"))
    cursor.execute("savepoint proposed")
    cursor.execute(query("carry_out_proposals"))
    changes = differences(cursor, seen)
    cursor.execute("rollback to savepoint proposed")
    return changes


def _report(cursor: Cursor, renewal: int, changes: Changes) -> None:
    counts = {name: value for name, value in asdict(changes).items() if isinstance(value, int)}
    cursor.execute(query("write_report"), {"renewal": renewal, **counts})
    cursor.execute(query("forget_examples"), {"renewal": renewal})
    for change, examples in (("parts", changes.parts), ("joins", changes.joins)):
        for example in examples:
            cursor.execute(query("write_example"), {"renewal": renewal, "change": change, **asdict(example)})
