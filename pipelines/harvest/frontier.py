"""The frontier as one crawl sees it: announced pages in, leased pages out, the crawl's row in the ledger.

Every operation is one short transaction on the crawl's own connection, run in the crawl's own thread: the reactor is
never blocked, and operations never mix. The connection holds the crawl's advisory lock. When the process dies, the
server drops the lock with the connection, and anyone can see at once that the crawl's leases are free.
"""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self, TypeVar

import psycopg2
from psycopg2.extras import RealDictCursor

from pipelines.database.connections import (
    Connection,
    Cursor,
    DatabaseError,
    Work,
    connect,
    one_line,
    statement,
    the_row,
    transaction,
)
from pipelines.database.lasting import PATIENCE, Lasting
from pipelines.database.migrate import check_applied, check_ready
from pipelines.database.repair import repaired
from pipelines.database.roles import tell_ended
from pipelines.database.statements import query
from pipelines.harvest.leases import leased_page
from pipelines.harvest.ledger import Crawl, DayCoverage, coverage, crawl_of
from pipelines.harvest.polls import Polls, Witness, announced_values
from pipelines.harvest.robots import RobotsFiles
from pipelines.harvest.turns import Turns
from spiders.fetching.errors import CrawlOver
from spiders.frontier import Listed, New, Shown
from spiders.publishers.urls import canonicalise

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from scrapy.crawler import Crawler

    from spiders.article import Entry, LeasedPage, Remembered, Validators
    from spiders.crawler import PublisherSpider
    from spiders.publishers import Publisher
    from spiders.publishers.window import Window

T = TypeVar("T")

logger = logging.getLogger(__name__)

LOCK = 0x63726177  # "craw", first key of every crawl's advisory lock; the second is its crawl_id

_MOST_UNDATED = 50
"""Articles that a document shows anew and dates long before: their dates are not believed, unless there are more."""

LOST = "database_lost"
"""Reason in the ledger of a crawl whose database failed."""


class Frontier:
    """One open crawl of one publisher."""

    def __init__(  # noqa: PLR0913 - one wish each
        self,
        connection: Connection,
        publisher: Publisher,
        window: Window,
        run_id: str | None = None,
        patience: float = PATIENCE,
        *,
        quiet_days: int = 0,
    ) -> None:
        self._lasting = Lasting(connection, self._take_up, patience)
        self.publisher = publisher
        try:
            asked = {"publisher": publisher.key, "lock": LOCK, "quiet_days": quiet_days}
            abandoned, missed, applied, ended, *_ = self._one("before_crawl", **asked)
        except psycopg2.ProgrammingError:
            check_ready(connection)  # says what the schema lacks
            raise
        check_applied(applied or [])
        tell_ended(ended)
        if abandoned:
            close_abandoned(connection)
        window = self.window = window.reaching(missed)
        self._window = {"window_start": window.start, "window_end": window.end, "ranged": window.strict}
        about = {
            "publisher": publisher.key,
            "title": publisher.name,
            "domains": list(publisher.hosts),
            **{name: getattr(publisher, name) for name in ("home", "timezone", "language", "schedule")},
            "run_id": run_id,
        }
        self.crawl_id: int = self._one("open_crawl", **about, lock=LOCK, **self._window)[0]
        self._closing = False
        self._polls = Polls(self._lasting, publisher, self.crawl_id, window)
        self.turns = Turns(self)
        self.robots = RobotsFiles(self)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="frontier")
        self.lost: str | None = None
        """Why the database can no longer be used; None while it can."""

    @classmethod
    def from_crawler(cls, crawler: Crawler, spider: PublisherSpider) -> Self:
        """Open a crawl for a spider.

        Raises:
            DatabaseError: Postgres cannot be used.
        """
        connection = connect(application=f"lumbung crawl {spider.publisher.key}", work=Work.CRAWLING)
        patience, days = crawler.settings.getfloat("DATABASE_PATIENCE"), crawler.settings.getint("QUIET_CRAWL_DAYS")
        frontier = cls(connection, spider.publisher, spider.window, spider.run, patience, quiet_days=days)
        if spider.refetch:
            frontier._do("refetch", publisher=spider.publisher.key, **frontier._window)
        return frontier

    @property
    def connection(self) -> Connection:
        """The crawl's own, another one after each loss; to be used in the crawl's thread."""
        return self._lasting.connection

    async def call(self, function: Callable[..., T], *arguments: Any) -> T:  # noqa: ANN401 - passed on as they are
        """Run a blocking function in the crawl's thread, again where the database was away in the middle of it.

        Raises:
            CrawlOver: the database failed, the log says how; going on would only waste the publisher's bandwidth.
        """
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._thread, self._lasting.do, function, *arguments)
        except (psycopg2.Error, DatabaseError) as error:
            if self.lost is None:
                self.lost = one_line(error)
                logger.critical("the crawl ends, what it has not stored stays due: %s", self.lost)
            raise CrawlOver(LOST) from error

    def once(self, name: str, change: Callable[[Cursor], T]) -> T:
        """Make a change that must not happen twice, inside of `call`; see `Lasting.once`."""
        return self._lasting.once(name, change)

    async def recall(self, url: str) -> Remembered:
        """What is known of a feed, a sitemap or an index page."""
        return await self.call(self._polls.recall, url)

    async def widths(self) -> dict[str, int]:
        """By URL, how much of the publisher's news each document showed when it was last read."""
        return await self.call(self._polls.widths)

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
        """Commit the entries of one document together with its validators; how many of them are due now."""
        return await self.call(self._announce, url, entries, validators, index, newest, children, shown)

    async def forget(self, url: str) -> None:
        """Count a document as never read until it is announced."""
        await self.call(self._polls.forget, url)

    async def look_through(self, entries: Sequence[Entry], walked: Sequence[Entry]) -> Listed:
        """What a page of an index shows, after those walked before it."""
        listed, all_listed = ([*{self._identity(entry) for entry in of}] for of in (entries, walked))
        values = {"canonical": listed, "walked": all_listed, "publisher": self.publisher.key, "crawl_id": self.crawl_id}
        known, joins = await self.call(lambda: self._one("count_known", **values))
        return Listed(len(listed) - int(known), bool(joins))

    def _identity(self, entry: Entry) -> str:
        return canonicalise(repaired(entry.url), self.publisher)

    async def polled(self, url: str, problem: str | None = None, *, unchanged: bool = False) -> None:
        """Count in the ledger that a document was asked for, and how that went."""
        if problem is not None:
            await self.call(self._polls.failed, url, problem)
        elif unchanged:
            await self.call(self._polls.unchanged, url)
        else:
            await self.call(self._polls.answered)

    async def skipped(self) -> None:
        """Count in the ledger that a document was not asked for."""
        await self.call(self._polls.skipped)

    async def left_out(self, *, documents: int = 0, entries: int = 0, off_domain: int = 0, doubted: int = 0) -> None:
        """Count in the ledger what was left out because of what it claims."""
        await self.call(self._polls.left_out, documents, entries, off_domain, doubted)

    async def count(self, **counts: int) -> None:
        """Count in the ledger what was found before the crawl was opened: `asked`, `unchanged`, `skipped`, ..."""
        await self.call(lambda: self._polls.count(**counts))

    async def problem(self, text: str) -> None:
        """Note one line in the ledger."""
        await self.call(self._polls.note, text)

    async def lease(self, limit: int) -> list[LeasedPage]:
        """Up to `limit` due pages of the window, newest first."""
        return await self.call(self._lease, limit)

    async def coverage(self) -> list[DayCoverage]:
        """What was announced for each day asked for and what became of it; empty for a crawl without dates."""
        if not self._window["ranged"]:
            return []
        zone = self.publisher.timezone
        return await self.call(lambda: coverage(self.connection, self.publisher.key, zone, self._window))

    def close_abandoned(self) -> None:
        """Close crawls whose process is gone, for whoever waits for one of their turns; to be run by `call`."""
        close_abandoned(self.connection, spare=self.crawl_id)

    async def close(self, reason: str) -> Crawl:
        """Give back what is still leased, close the crawl's row and return it."""
        crawl = await self.call(self._close, reason)
        self._thread.shutdown(wait=False)
        return crawl

    async def give_up(self) -> None:
        """Close the crawl as well as the database lets us: where it does not, the next crawl finds it abandoned."""
        with suppress(CrawlOver):
            await self.close(LOST)
        self.connection.close()
        self._thread.shutdown(wait=False)

    def _announce(  # noqa: PLR0913, PLR0917 - as `announce`
        self,
        url: str,
        entries: Sequence[Entry],
        validators: Validators,
        index: New | None,
        newest: datetime | None,
        children: Sequence[tuple[str, datetime | None]] | None,
        shown: Shown | None,
    ) -> New:
        values = {**announced_values(entries, self.publisher), "way": shown.way if shown else 0}
        values |= {"publisher": self.publisher.key, "crawl_id": self.crawl_id, "found_in": url, **self._window}

        def change(cursor: Cursor) -> list[int]:
            cursor.execute(query("announce"), {**values, "most_undated": _MOST_UNDATED})
            *counts, known = the_row(cursor)
            new = New(*counts)
            told = new if index is None else index
            self._polls.read(
                cursor,
                url,
                validators,
                entries,
                Witness(shown, known),
                changed=told.pages > 0,
                newest=newest,
                width=told.width,
                index=index is not None,
                children=children,
            )
            return list(new)

        return New(*self.once("announce", change))

    def _lease(self, limit: int) -> list[LeasedPage]:
        if limit < 1:
            return []
        whose = {"publisher": self.publisher.key, "crawl_id": self.crawl_id}

        # In a repetition what was due may have been leased already.
        if not self._lasting.repeating and self._one("is_anything_due", **whose, **self._window) == (False,):
            return []

        def change(cursor: Cursor) -> list[int]:
            cursor.execute(query("expire_leases"), whose)
            cursor.execute(query("lease"), {**whose, **self._window, "limit": limit})
            return [page_id for (page_id,) in cursor.fetchall()]

        pages = self.once("lease", change)
        with statement(self.connection) as cursor:
            cursor.execute(query("read_leased"), {"pages": pages, "crawl_id": self.crawl_id})
            return [leased_page(row) for row in cursor.fetchall()]

    def _close(self, reason: str) -> Crawl:
        self._closing = True
        with statement(self.connection, RealDictCursor) as cursor:
            cursor.execute(query("finish_crawls"), {"crawls": [self.crawl_id], "reason": reason})
            row: Any = cursor.fetchone()
        crawl = crawl_of(row)
        if crawl.finish_reason != reason:
            raise self._closed_by_another()
        self.connection.close()
        return crawl

    def _take_up(self, connection: Connection) -> bool:
        """Let a new connection hold the crawl's lock; False while the server has not noticed that the old one is gone.

        Raises:
            DatabaseError: another crawl has found ours without its lock and closed it.
        """
        with transaction(connection) as cursor:
            cursor.execute("select pg_try_advisory_lock(%s, %s)", [LOCK, self.crawl_id])
            if cursor.fetchone() != (True,):
                return False
        with transaction(connection) as cursor:
            cursor.execute("select finished_at is null from lumbung.crawl where crawl_id = %s", [self.crawl_id])
            # Where it is being closed the reply may be what was lost: `_close` finds out who closed it.
            if cursor.fetchone() != (True,) and not self._closing:
                raise self._closed_by_another()
        return True

    def _closed_by_another(self) -> DatabaseError:
        return DatabaseError(f"crawl {self.crawl_id} was closed by another one while its database was away")

    def _do(self, name: str, **parameters: Any) -> None:  # noqa: ANN401 - query parameters
        with transaction(self.connection) as cursor:
            cursor.execute(query(name), parameters)

    def _one(self, name: str, **parameters: Any) -> tuple[Any, ...]:  # noqa: ANN401 - query parameters
        with statement(self.connection) as cursor:
            cursor.execute(query(name), parameters)
            return the_row(cursor)


def close_abandoned(connection: Connection, reason: str = "killed", *, spare: int | None = None) -> list[int]:
    """Close the crawls whose process is gone and return their leases and turns.

    Args:
        connection: to work on.
        reason: that the ledger gives for their end.
        spare: the crawl of this connection; its lock would tell nothing, for a session never waits for itself.

    Returns:
        Their crawl_ids.
    """
    with transaction(connection) as cursor:
        cursor.execute(query("abandoned_crawls"), {"lock": LOCK, "spare": spare})
        crawls = [crawl_id for (crawl_id,) in cursor.fetchall()]
        if crawls:
            cursor.execute(query("finish_crawls"), {"crawls": crawls, "reason": reason})
    return crawls
