"""One publisher in a round of the watch: opens a crawl in the ledger as soon as there is something to tell.

News are told by the same `Frontier` that crawls have, on a connection of its own: its figures balance as a crawl's do.
Where nothing is told, nothing is written but when each document was read and is due again.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from contextlib import closing
from time import monotonic
from typing import TYPE_CHECKING

from pipelines.database.connections import Work, connect, statement, the_row
from pipelines.database.repair import repaired
from pipelines.database.statements import query
from pipelines.harvest.frontier import Frontier
from pipelines.harvest.polls import Polls, Witness, announced_values
from spiders.article import Remembered
from spiders.fetching.errors import CrawlOver, NotNow
from spiders.frontier import Listed, New, Shown
from spiders.publishers.domains import domain_of
from spiders.publishers.urls import canonicalise
from spiders.settings import POLITE_DELAY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from pipelines.database.connections import Connection, Cursor
    from pipelines.watch.session import Known, Session
    from spiders.article import Entry, Validators
    from spiders.publishers import Publisher
    from spiders.publishers.window import Window

logger = logging.getLogger(__name__)

_BUDGET = 20.0
"""Seconds after which a publisher is asked for nothing more in this round: what is due stays due."""
_TURN = 30.0
"""Seconds that a publisher waits for the turn of its domain, for instance beside a backfill."""
_TURN_POLL = 0.5
_MANY = 500
"""Entries of a document that are looked up on a connection of their own."""
_LONGEST_REST = 5.0
"""Seconds. A domain that rests for longer is not waited for."""


class Lookout:
    """Implements `spiders.watch.Lookout`."""

    def __init__(self, session: Session, publisher: Publisher, window: Window, known: Mapping[str, Known]) -> None:
        self.publisher = publisher
        self.window = window
        self._session = session
        self._known = known
        self._polls = Polls(session.lasting, publisher, session.crawl_id, window)
        self._frontier: Frontier | None = None
        self._counts: Counter[str] = Counter()
        self._unchanged: list[str] = []
        self._notes: list[str] = []
        self._begun_at: float | None = None
        """When it got the turn of its domain; None before anything was due."""

    async def recall(self, url: str) -> Remembered:
        """What is known of a document; of one that may wait for the next round, that it is fresh."""
        if (known := self._known.get(url)) is not None and known.remembered.fresh:
            return known.remembered
        if self._begun_at is None:
            await self._take_turn()
        elif monotonic() - self._begun_at > _BUDGET:
            return Remembered(fresh=True)
        if (known := self._known.get(url)) is not None:
            return known.remembered
        return await self._session.call(self._polls.recall, url)

    async def widths(self) -> dict[str, int]:
        """By URL, how much of the publisher's news each document showed when it was last read."""
        return {url: known.width for url, known in self._known.items() if known.width is not None}

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
        """Commit the entries of one document as a crawl does, where they bring something.

        Where they do not, the document is no witness of what there is: what it shows is compared with nothing.
        """
        if self._frontier is None:
            brings, width = await self._look_up(entries)
            if not brings and not (index is not None and index.pages):
                told = New(0, 0, width) if index is None else index

                def change(cursor: Cursor) -> None:
                    self._polls.read(
                        cursor,
                        url,
                        validators,
                        entries,
                        Witness(None, 0),
                        changed=False,
                        newest=newest,
                        width=told.width,
                        index=index is not None,
                        children=children,
                    )

                await self._session.call(self._session.once, "read", change)
                return New(0, 0, width)
        frontier = await self._open()
        return await frontier.announce(
            url, entries, validators, index=index, newest=newest, children=children, shown=shown
        )

    async def forget(self, url: str) -> None:
        """Count a document as never read until it is announced."""
        await self._session.call(self._polls.forget, url)

    async def look_through(self, entries: Sequence[Entry], walked: Sequence[Entry]) -> Listed:
        """What a page of an index shows, after those walked before it."""
        if self._frontier is not None:
            return await self._frontier.look_through(entries, walked)
        listed, all_listed = (
            [*{canonicalise(repaired(each.url), self.publisher) for each in of}] for of in (entries, walked)
        )
        values = {"canonical": listed, "walked": all_listed, "publisher": self.publisher.key}

        def count() -> tuple[int, bool]:
            with statement(self._session.connection) as cursor:
                cursor.execute(query("count_known"), {**values, "crawl_id": self._session.crawl_id})
                known, joins = the_row(cursor)
                return int(known), bool(joins)

        known, joins = await self._session.call(count)
        return Listed(len(listed) - known, joins)

    async def polled(self, url: str, problem: str | None = None, *, unchanged: bool = False) -> None:
        """Take note that a document was asked for; a failure is something to tell."""
        if problem is not None:
            await (await self._open()).polled(url, problem)
            self._session.told["failed"] += 1
            return
        self._counts["asked"] += 1
        if unchanged:
            self._counts["unchanged"] += 1
            self._unchanged.append(url)

    async def skipped(self) -> None:
        """Take note that a document was not asked for."""
        self._counts["skipped"] += 1

    async def left_out(self, *, documents: int = 0, entries: int = 0, off_domain: int = 0, doubted: int = 0) -> None:
        """Take note of what was left out because of what it claims."""
        self._counts.update(documents_left_out=documents, left_out=entries, off_domain=off_domain, doubted=doubted)

    async def problem(self, text: str) -> None:
        """Keep a line for the ledger, if there is to be one: crawls note the same."""
        self._notes.append(text)

    async def close(self, reason: str, *, tell: bool) -> None:
        """End the publisher's part of the round.

        Args:
            reason: for the ledger.
            tell: whether it is something to tell by itself.
        """
        bounds = self.publisher.poll_minutes
        await asyncio.gather(*(self._session.unchanged(url, bounds) for url in self._unchanged))
        self._session.told.update({name: self._counts[name] for name in ("asked", "unchanged") if self._counts[name]})
        frontier = await self._open() if tell else self._frontier
        if frontier is None:
            return
        try:
            await frontier.count(**self._counts)
            for note in self._notes:
                await frontier.problem(note)
            crawl = await frontier.close(reason)
            self._session.told["new"] += crawl.enqueued
            logger.info("%s", crawl)
        except CrawlOver:  # the database is lost, as the log says
            await frontier.give_up()
        finally:
            self._session.room.release()

    async def _take_turn(self) -> None:
        """Wait for the turn of the publisher's own domain: where others had it, they may have asked meanwhile.

        Raises:
            NotNow: others keep it, or the domain rests.
        """
        domain, turns = domain_of(self.publisher.home), self._session.turns
        own = self.publisher.delay_seconds
        delay = own if own is not None else 0.0 if self.publisher.local else POLITE_DELAY
        deadline, waited = monotonic() + _TURN, False
        while not (turn := await turns.take(domain, delay)).ours:
            if monotonic() > deadline:
                await turns.release(domain, 0.0)
                raise NotNow(f"{domain} is being asked by others")
            waited = True
            await asyncio.sleep(_TURN_POLL)
        if turn.seconds > _LONGEST_REST:
            await turns.release(domain, 0.0)
            raise NotNow(f"{domain} rests for {turn.seconds:.0f} s: {turn.reason or 'an earlier crawl left it so'}")
        if waited:
            self._known = await self._session.known_of(self.publisher)
        self._begun_at = monotonic()

    async def _look_up(self, entries: Sequence[Entry]) -> tuple[bool, int]:
        """Whether entries bring anything, and how many of them were found within a day."""
        if len(entries) > _MANY:  # what takes its time must not keep the other publishers waiting
            return await asyncio.to_thread(self._look_up_apart, entries)
        return await self._session.call(lambda: _brings(self._session.connection, entries, self.publisher))

    def _look_up_apart(self, entries: Sequence[Entry]) -> tuple[bool, int]:
        with closing(connect(application=f"lumbung watch {self.publisher.key}", work=Work.CRAWLING)) as connection:
            return _brings(connection, entries, self.publisher)

    async def _open(self) -> Frontier:
        """The crawl in the ledger, opened with the first thing to tell."""
        if self._frontier is None:
            await self._session.room.acquire()
            try:
                self._frontier = await asyncio.to_thread(self._opened)
            except BaseException:
                self._session.room.release()
                raise
        return self._frontier

    def _opened(self) -> Frontier:
        connection = connect(application=f"lumbung watch {self.publisher.key}", work=Work.CRAWLING)
        run = f"watch/{self._session.run}/{self.publisher.key}"
        try:
            return Frontier(connection, self.publisher, self.window, run, patience=0)
        except BaseException:
            connection.close()
            raise


def _brings(connection: Connection, entries: Sequence[Entry], publisher: Publisher) -> tuple[bool, int]:
    with statement(connection) as cursor:
        cursor.execute(query("brings_something"), announced_values(entries, publisher))
        brings, width = the_row(cursor)
    return bool(brings), int(width)
