"""What is odd about a crawl that the ledger's verdict lets pass: warnings, where `ledger.verdict` finds failures.

    red      nothing useful came, or days that were asked for are missing: a task fails, a shell command ends with 1
    warning  articles came or may well have been none, but somebody should look: the run stays green and says so

A rule is a function in `_RULES` that takes the crawl with its tally and gives a line or None. Each is there for a cause
that a person can mend; what happens at a healthy publisher (a quiet day, a few galleries, a page in the archive without
a date) is no cause.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pipelines.harvest.tally import NOTHING_FETCHED, Tally, read_tally

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pipelines.database.connections import Connection
    from pipelines.harvest.ledger import Crawl

_FEW: Final = 5
"""Pages that may all be odd by chance."""


def tally_of(connection: Connection, crawl: Crawl) -> Tally:
    """What the rules look at beside the crawl itself; a crawl that fetched nothing asks the database nothing."""
    return read_tally(connection, crawl.crawl_id) if crawl.fetched else NOTHING_FETCHED


def doubts(crawl: Crawl, tally: Tally) -> list[str]:
    """Warnings about a good crawl, most important first, each in one line."""
    return [line for rule in _RULES if (line := rule(crawl, tally)) is not None]


def note(crawl: Crawl, tally: Tally, warnings: Sequence[str]) -> str:
    """The closing line of a good crawl for people: what came, why pages were rejected, then the first warning."""
    counts = {name: f"{getattr(crawl, name):,} {name}" for name in ("stored", "updated", "rejected", "failed")}
    if tally.reasons:
        counts["rejected"] += f" ({', '.join(f'{pages} {reason}' for reason, pages in tally.reasons.items())})"
    told = ", ".join(counts.values())
    if not warnings:
        return told
    more = f" (and {len(warnings) - 1} more: see the log)" if len(warnings) > 1 else ""
    return f"{told}; to look at: {warnings[0]}{more}"


def _no_article(crawl: Crawl, tally: Tally) -> str | None:
    if crawl.rejected >= _FEW and crawl.rejected == crawl.fetched:
        return tally.no_article(crawl.fetched)
    return None


def _outside(crawl: Crawl, _tally: Tally) -> str | None:
    if crawl.ranged and crawl.released and not crawl.fetched and not crawl.known:
        return f"none of the {crawl.released} pages fetched was published in the days asked for"
    return None


def _impossible(_crawl: Crawl, tally: Tally) -> str | None:
    if tally.impossible:
        plural = "articles were" if tally.impossible > 1 else "article was"
        return f"{tally.impossible} {plural} published on a day that cannot be, such as {tally.impossible_example}"
    return None


def _undated(crawl: Crawl, tally: Tally) -> str | None:
    if crawl.stored >= _FEW and tally.undated == crawl.stored:
        return f"none of {crawl.stored} stored articles states when it was published"
    return None


def _noted(crawl: Crawl, _tally: Tally) -> str | None:
    if not crawl.problems:
        return None
    more = f" (and {len(crawl.problems) - 1} more in news.crawls.problems)" if len(crawl.problems) > 1 else ""
    return f"{crawl.problems[0]}{more}"


_RULES: Final[tuple[Callable[[Crawl, Tally], str | None], ...]] = (
    _no_article,
    _outside,
    _impossible,
    _undated,
    _noted,
)
"""Entries that a crawl leaves out (foreign hosts, impossible dates) come here as soon as the ledger counts them."""
