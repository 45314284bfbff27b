"""The database side of a round of the watch: what is known of all publishers' documents, and what the round learns.

A round has one connection and one thread for it. Its number is drawn as a crawl's is, and its advisory lock says that
it lives: turns of a round that was killed are free as soon as the server has dropped its connection.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import psycopg2

from pipelines.database.connections import DatabaseError, one_line, statement
from pipelines.database.lasting import Lasting
from pipelines.database.statements import query
from pipelines.harvest.frontier import LOCK, LOST, close_abandoned
from pipelines.harvest.polls import Pace, Rhythm, next_pace
from pipelines.watch.together import Together
from pipelines.watch.turns import ManyRobotsFiles, ManyTurns
from spiders.article import Remembered, Validators
from spiders.errors import AtWork
from spiders.fetching.errors import CrawlOver

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pipelines.database.connections import Connection, Cursor
    from spiders.publishers import Publisher

T = TypeVar("T")

logger = logging.getLogger(__name__)

WATCH_LOCK = 0x77617463  # "watc": of two rounds at once the second one leaves
_MOST_OPEN = 6
"""Publishers with news whose crawls are open in the ledger at the same time, each with a connection of its own."""


class Known(NamedTuple):
    """What is known of one document."""

    remembered: Remembered
    width: int | None
    """None where it was not read lately."""


class Session:
    """An open round."""

    def __init__(self, connection: Connection, run: str) -> None:
        """Begin.

        Args:
            connection: its own; `close` closes it.
            run: name in the ledger; a publisher that something is told of has a crawl `watch/<run>/<publisher>`.

        Raises:
            AtWork: another round is, and there is nothing to do.
        """
        self._lasting = Lasting(connection, patience=0)
        with statement(connection) as cursor:
            cursor.execute(query("begin_round"), {"lock": WATCH_LOCK, "crawl_lock": LOCK})
            begun = cursor.fetchone()
        if begun is None:
            raise AtWork("another round of the watch is at work: this one leaves, and has asked nobody")
        self.crawl_id: int = begun[0]
        close_abandoned(connection, spare=self.crawl_id)
        self.run = run
        self.lost: str | None = None
        """Why the database can no longer be used; None while it can."""
        self.told: Counter[str] = Counter()
        self.room = asyncio.Semaphore(_MOST_OPEN)
        self.turns = ManyTurns(self)
        self.robots = ManyRobotsFiles(self)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="watch")
        self._unchanged: Together[tuple[str, tuple[int, int]], None] = Together(
            lambda asked: self.call(self._remember_unchanged, asked)
        )

    @property
    def connection(self) -> Connection:
        """The round's own; to be used in its thread."""
        return self._lasting.connection

    @property
    def lasting(self) -> Lasting:
        """The same, for statements that note that they were carried out."""
        return self._lasting

    async def call(self, function: Callable[..., T], *arguments: Any) -> T:  # noqa: ANN401 - passed on as they are
        """Run a blocking function in the round's thread.

        Raises:
            CrawlOver: the database failed. The round ends, and the next one asks again.
        """
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._thread, self._lasting.do, function, *arguments)
        except (psycopg2.Error, DatabaseError) as error:
            if self.lost is None:
                self.lost = one_line(error)
                logger.critical("the round ends, what it has not stored is asked again: %s", self.lost)
            raise CrawlOver(LOST) from error

    def once(self, name: str, change: Callable[[Cursor], T]) -> T:
        """Make a change in a transaction of its own, inside of `call`."""
        return self._lasting.once(name, change)

    def close_abandoned(self) -> None:
        """Close crawls whose process is gone, for whoever waits for one of their turns; to be run by `call`."""
        close_abandoned(self.connection, spare=self.crawl_id)

    async def known_of(self, publisher: Publisher) -> dict[str, Known]:
        """What is known by now of one publisher's documents."""
        return (await self.call(self.known, [publisher]))[publisher.key]

    async def unchanged(self, url: str, bounds: tuple[int, int]) -> None:
        """Remember that a document was answered 304; `bounds` are those of its interval, in minutes."""
        await self._unchanged.ask((url, bounds))

    async def close(self) -> None:
        """Give the turns back and end the round."""
        with suppress(CrawlOver):
            await self.call(self._finish)
        self._thread.shutdown(wait=False)
        self.connection.close()

    def _finish(self) -> None:
        with statement(self.connection) as cursor:
            cursor.execute(query("finish_crawls"), {"crawls": [self.crawl_id], "reason": "finished"})

    def without_left(self, publishers: Sequence[Publisher]) -> list[Publisher]:
        """The publishers without those that only their crawls ask for a while."""
        with statement(self.connection) as cursor:
            cursor.execute(query("left_to_crawls"), {"publishers": [each.key for each in publishers]})
            left = {key for (key,) in cursor.fetchall()}
        if left:
            logger.info("left to their crawls, since the last round went wrong: %s", ", ".join(sorted(left)))
        return [each for each in publishers if each.key not in left]

    def known(self, publishers: Sequence[Publisher]) -> dict[str, dict[str, Known]]:
        """By publisher and URL, what is known of documents."""
        usual = [timedelta(minutes=each.poll_minutes[1]) for each in publishers]
        found: dict[str, dict[str, Known]] = {each.key: {} for each in publishers}
        with statement(self.connection) as cursor:
            cursor.execute(query("known_documents"), {"publishers": list(found), "usual": usual})
            for publisher, url, etag, last_modified, *more, width in cursor.fetchall():
                found[publisher][url] = Known(Remembered(Validators(etag, last_modified), *more), width)
        return found

    def _remember_unchanged(self, asked: Sequence[tuple[str, tuple[int, int]]]) -> list[None]:
        bounds = dict(asked)
        with statement(self.connection) as cursor:
            cursor.execute(query("rhythms"), {"urls": list(bounds)})
            paces: dict[str, Pace] = {}
            for url, every, reach, since, beside, newest in cursor.fetchall():
                known = Rhythm(every, reach, since, newest=newest, beside=beside)
                paces[url] = next_pace(known, bounds[url], changed=False)
        with statement(self.connection) as cursor:
            values = {
                "urls": list(paces),
                **{name: [getattr(each, name) for each in paces.values()] for name in Pace._fields},
            }
            cursor.execute(query("remember_all_unchanged"), values)
        return [None] * len(asked)
