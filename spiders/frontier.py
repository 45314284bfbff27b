"""What a spider needs of a store: protocols, so that `spiders` knows no database."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from spiders.article import Entry, LeasedPage, Remembered, Validators
    from spiders.fetching.robots_text import RobotsFiles
    from spiders.fetching.turns import Turns
    from spiders.publishers.window import Window


class New(NamedTuple):
    """What a document has brought."""

    pages: int
    """New ones, and those due again because they have changed."""
    left_out: int
    """Of the new ones, those whose announced date lies outside the window."""
    width: int = 0
    """Of the entries, those that were found within a day, by whichever document."""


NOTHING = New(0, 0)


class Way(IntEnum):
    """A kind of list; what one of them leaves out another may show."""

    FEED = 1
    SITEMAP = 2
    DAY = 4
    """An index that lists one day."""
    NEWEST = 8
    """An index without days, a front or section page."""


class Shown(NamedTuple):
    """What a document was when it was read, beside its entries."""

    way: Way
    at: datetime
    """Aware; when it was read."""
    days: tuple[datetime, datetime] | None = None
    """From the first moment of the days that its address names to the end of them: it lists all of these."""


class Listed(NamedTuple):
    """What a page of an index shows."""

    new: int
    """Entries that the frontier did not know before this crawl."""
    joins: bool
    """Half of it is known, and with it what the last crawl that brought anything has brought: what follows is known."""


class Announced(Protocol):
    """Where announcements go."""

    async def recall(self, url: str) -> Remembered:
        """What is known of a document."""

    async def widths(self) -> Mapping[str, int]:
        """By URL, how much of the publisher's news each document showed when it was last read."""

    async def announce(  # noqa: PLR0913 - what there is to say of a document
        self,
        url: str,
        entries: Sequence[Entry],
        validators: Validators,
        *,
        index: New | None = None,
        newest: datetime | None = None,
        children: Sequence[tuple[str, datetime | None]] | None = (),
        shown: Shown | None = None,
    ) -> New:
        """Commit the entries of one document that was read to its end, together with its validators.

        Args:
            url: of the document, the first page of several.
            entries: all it announces.
            validators: what it came with.
            index: what the sitemaps of a sitemap index have brought, which counts as its own; None for any other.
            newest: aware; the newest publication or change that the document states.
            children: addresses and stated changes of the sitemaps that it lists; None where entries of it are left out.
            shown: what the document is; None where it says nothing of what there is: an index of sitemaps, a list not
                read as far as it goes.

        Returns:
            How many of the entries are new or due again because they have changed, and how many of these are left out
            since their announced date lies outside the window.
        """

    async def forget(self, url: str) -> None:
        """A document is being read: until it is announced it counts as never asked for."""

    async def look_through(self, entries: Sequence[Entry], walked: Sequence[Entry]) -> Listed:
        """What a page of an index shows.

        Args:
            entries: of the page.
            walked: of all pages of the index so far, this one among them.
        """

    async def polled(self, url: str, problem: str | None = None, *, unchanged: bool = False) -> None:
        """Count in the ledger that a document was asked for, and how that went."""

    async def skipped(self) -> None:
        """Count in the ledger that a document was not asked for, since nothing new is expected of it."""

    async def left_out(self, *, documents: int = 0, entries: int = 0, off_domain: int = 0, doubted: int = 0) -> None:
        """Count in the ledger what was left out because of what it claims.

        Args:
            documents: that were not asked for, since their stated change lies before the window.
            entries: of a document that was asked for, and holds nothing of the window.
            off_domain: entries whose address is not the publisher's.
            doubted: changes that most entries of a document state to have been at the moment of the request.
        """

    async def problem(self, text: str) -> None:
        """Note one line in the ledger."""


class Frontier(Announced, Protocol):
    """What the spider needs from the database; every method may take its time without blocking the reactor."""

    turns: Turns
    robots: RobotsFiles
    window: Window
    """What the spider was asked for, and what crawls before it have missed."""

    async def lease(self, limit: int) -> list[LeasedPage]:
        """Up to `limit` due pages, newest first."""
