"""The documents that announce articles, as the frontier remembers them: validators, and when each is due again.

Polling adapts to the document. Its interval is halved when it announced something new and grows by half when it did
not, between the bounds of the publisher's file (`poll_minutes`). It is never longer than a quarter of the time that the
document reaches back: a feed that holds the last six hours is read every hour and a half, however quiet it was.

A document that shows something newer than before, of which nothing is new, while the publisher's others bring news, is
covered by them: its interval becomes twice the time that has passed, up to a day or half of its reach. One that is
quiet is not: what it brings next may stand nowhere else. It is asked as usual again once it brings something itself,
and while the others fail or have nothing either.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from psycopg2.extras import Json

from pipelines.database.connections import Cursor, statement, the_row, transaction
from pipelines.database.repair import repair, repaired
from pipelines.database.statements import query
from pipelines.harvest.watching import Watched, watched
from spiders.article import Entry, Remembered, Validators
from spiders.publishers.urls import canonicalise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.database.lasting import Lasting
    from spiders.frontier import Shown
    from spiders.publishers import Publisher
    from spiders.publishers.window import Window

_PUNCTUAL = 0.9
"""A document is due a little before its interval has passed: the ticks of a schedule are not exact."""


_COUNTED = ("asked", "unchanged", "failed", "skipped", "documents_left_out", "left_out", "off_domain", "doubted")
"""Figures of the ledger that polls add to."""


class Pace(NamedTuple):
    """How often a document is asked for."""

    every: timedelta
    """Interval found so far."""
    wait: timedelta
    """From now until it is due."""


_LONGEST_COVERED = timedelta(days=1)


class Rhythm(NamedTuple):
    """What is known of a document before it is asked for once more."""

    every: timedelta | None = None
    """Interval so far; None for a document read for the first time."""
    reach: timedelta | None = None
    """From the oldest to the newest article it held; None where that is not known."""
    since: timedelta | None = None
    """Since it was last asked for."""
    covered: bool = False
    """It brought nothing while others brought news."""
    newest: datetime | None = None
    """Of its entries; None where they state no times."""
    beside: bool = False
    """Others brought news since it last brought any."""


class Witness(NamedTuple):
    """What a document that was read is worth as a witness of what there is."""

    shown: Shown | None
    """None: nothing."""
    known: int
    """Of its entries, those that lists of its kind have shown before."""


def next_pace(known: Rhythm, bounds: tuple[int, int], *, changed: bool) -> Pace:
    """The pace of a document after it was asked for.

    Args:
        known: of the document.
        bounds: shortest and longest interval, minutes.
        changed: whether it announced something new.
    """
    shortest, longest = (timedelta(minutes=bound) for bound in bounds)
    every = known.every or shortest
    if changed:
        every = max(shortest, min(every, longest) / 2)
    elif known.covered:
        longest = max(longest, _LONGEST_COVERED)
        every = min(longest, max(every, known.since or every) * 2)
    elif every <= longest or not known.beside:  # else it was covered, and a quiet day says nothing against that
        every = min(longest, every * 1.5)
    shown = (
        None if known.reach is None else known.reach / (2 if every > longest or (known.covered and not changed) else 4)
    )
    bounded = every if shown is None else max(shortest, min(every, shown))
    return Pace(every, bounded * _PUNCTUAL)


def reach_of(entries: Sequence[Entry]) -> timedelta | None:
    """From the oldest to the newest entry whose time is known exactly; None with fewer than two."""
    moments = [each.published_at for each in entries if each.published_at is not None and each.published_until is None]
    return max(moments) - min(moments) if len(set(moments)) > 1 else None


def announced_values(entries: Sequence[Entry], publisher: Publisher) -> dict[str, Any]:
    """Parameters of the statement `announce` that tell the entries."""
    urls = [repair(entry.url) for entry in entries]
    return {
        "canonical": [canonicalise(address, publisher) for address, _ in urls],
        "urls": [address for address, _ in urls],
        "repaired": sum(replaced for _, replaced in urls),
        "published": [entry.published_at for entry in entries],
        "until": [entry.published_until for entry in entries],
        "modified": [entry.modified_at for entry in entries],
    }


class Polls:
    """What one crawl knows and learns of a publisher's documents. Every call is made in the crawl's own thread."""

    def __init__(self, lasting: Lasting, publisher: Publisher, crawl_id: int, window: Window) -> None:
        self._lasting = lasting
        self._bounds = publisher.poll_minutes
        self._whose = {"publisher": publisher.key, "crawl_id": crawl_id}
        self._since: datetime | None = None
        self._ranged = window.strict
        if window.strict:
            span = {"window_start": window.start, "window_end": window.end}
            with transaction(lasting.connection) as cursor:
                cursor.execute(query("range_since"), {**self._whose, **span})
                (self._since,) = the_row(cursor)

    def recall(self, url: str) -> Remembered:
        """What is known of a document."""
        with statement(self._lasting.connection) as cursor:
            usual = timedelta(minutes=self._bounds[1])
            cursor.execute(query("recall_poll"), {**self._whose, "url": url, "since": self._since, "usual": usual})
            row = cursor.fetchone()
        if row is None:
            return Remembered()
        listed = row[-1]
        # A 304 would say that there is nothing new, to a crawl that wants what is old and was left out.
        compared = Validators() if self._ranged and listed is None else Validators(row[0], row[1])
        return replace(
            Remembered(compared, *row[2:-1]), children=None if listed is None else tuple(map(_child, listed))
        )

    def widths(self) -> dict[str, int]:
        """By URL, how much of the publisher's news each document showed when it was last read; see `widths`."""
        with transaction(self._lasting.connection) as cursor:
            cursor.execute(query("widths"), self._whose)
            return dict(cursor.fetchall())

    def read(  # noqa: PLR0913 - what there is to remember of a document
        self,
        cursor: Cursor,
        url: str,
        validators: Validators,
        entries: Sequence[Entry],
        witness: Witness,
        *,
        changed: bool,
        newest: datetime | None,
        width: int,
        index: bool,
        children: Sequence[tuple[str, datetime | None]] | None,
    ) -> None:
        """Remember that a document was read to its end, in the transaction that commits its entries.

        A sitemap index that is not covered is always asked again soon: its sitemaps have intervals of their own.
        """
        known, before = self._lock(cursor, url)
        reach, shown = reach_of(entries), witness.shown
        since, until, gap = watched(before, entries, shown, witness.known) if shown else before
        moved = newest is None or known.newest is None or newest > known.newest
        known = known._replace(reach=reach, covered=known.beside and moved)
        pace = next_pace(known, self._bounds, changed=changed or (index and not known.covered))
        values = {
            "etag": validators.etag,
            "last_modified": validators.last_modified,
            "changed": changed,
            "reach": reach,
            "newest": newest,
            "width": width,
            "children": None if children is None else Json([[child, at and at.isoformat()] for child, at in children]),
            "way": shown.way if shown else 0,
            "shown_since": since,
            "shown_until": until,
            "shown_ends": shown.days[1] if shown and shown.days else None,
        }
        cursor.execute(query("remember_poll"), {**self._whose, **values, **pace._asdict(), "url": url})
        if gap is not None:
            since, until = gap
            cursor.execute(query("remember_gap"), {**self._whose, **values, "url": url, "since": since, "until": until})

    def unchanged(self, url: str) -> None:
        """Remember and count that a document was answered 304."""
        # Free again at once: two crawls that learn so at the same time find the same pace, which is well.
        with statement(self._lasting.connection) as cursor:
            known, _ = self._lock(cursor, url)
        pace = next_pace(known, self._bounds, changed=False)
        values = {**pace._asdict(), **self._whose, "url": url, "at": datetime.now(UTC)}
        self._lasting.once_together("unchanged", ("remember_unchanged", values))

    def failed(self, url: str, problem: str) -> None:
        """Remember, count and note that a document could not be had or read."""

        def change(cursor: Cursor) -> None:
            cursor.execute(query("remember_failure"), {**self._whose, "url": url, "problem": repaired(problem)})
            self._count(cursor, asked=1, failed=1)
            self._note(cursor, problem)

        self._lasting.once("failed", change)

    def answered(self) -> None:
        """Count that a document was asked for and answered."""
        self._lasting.once_together("answered", self._counted(asked=1))

    def skipped(self) -> None:
        """Count that a document was not asked for."""
        self._lasting.once_together("skipped", self._counted(skipped=1))

    def left_out(self, documents: int, entries: int, off_domain: int, doubted: int) -> None:
        """Count what was left out because of what it claims."""
        counts = {"documents_left_out": documents, "left_out": entries, "off_domain": off_domain, "doubted": doubted}
        self._lasting.once_together("left_out", self._counted(**counts))

    def count(self, **counts: int) -> None:
        """Count in the ledger what was found before the crawl was opened, by the names of its figures."""
        self._lasting.once_together("count", self._counted(**counts))

    def forget(self, url: str) -> None:
        """Count a document as never read until it is read to its end."""
        self._lasting.once_together("forget", ("forget_poll", {"url": url}))

    def note(self, problem: str) -> None:
        """Note one line in the ledger."""
        self._lasting.once("note", lambda cursor: self._note(cursor, problem))

    def _note(self, cursor: Cursor, problem: str) -> None:
        cursor.execute(query("note_problem"), {**self._whose, "problem": repaired(problem)})

    def _lock(self, cursor: Cursor, url: str) -> tuple[Rhythm, Watched]:
        cursor.execute(query("lock_poll"), {"url": url})
        row = cursor.fetchone() or (None, None, None, False, None, None, None)
        every, reach, since, beside, newest, *shown = row
        return Rhythm(every, reach, since, newest=newest, beside=beside), Watched(*shown)

    def _count(self, cursor: Cursor, **counts: int) -> None:
        name, values = self._counted(**counts)
        cursor.execute(query(name), values)

    def _counted(self, **counts: int) -> tuple[str, dict[str, Any]]:
        none: dict[str, Any] = dict.fromkeys(_COUNTED, 0)
        return "count_poll", {**none, **counts, **self._whose}


def _child(listed: list[str | None]) -> tuple[str, datetime | None]:
    """A sitemap of an index, as it was remembered."""
    url, changed = listed
    return url or "", None if changed is None else datetime.fromisoformat(changed)
