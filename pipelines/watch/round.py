"""One round of the watch, as `spiders/watch.py` sees it: the publishers to ask, turns, robots.txt."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from pipelines.database.connections import Work, connect
from pipelines.database.migrate import check_ready
from pipelines.watch.lookout import Lookout
from pipelines.watch.session import Session
from spiders.errors import LumbungError
from spiders.publishers import find_publisher
from spiders.publishers.window import parse_window

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spiders.publishers import Publisher

logger = logging.getLogger(__name__)


class Round:
    """An open round over many publishers; the setting WATCH names this class."""

    def __init__(self, session: Session, publishers: Sequence[Publisher]) -> None:
        self._session = session
        self.turns, self.robots = session.turns, session.robots
        asked = session.without_left(publishers)
        known = session.known(asked)
        now = datetime.now(UTC)
        self.lookouts = [
            Lookout(session, each, parse_window(None, None, each, now, interval_start=now.isoformat()), known[each.key])
            for each in asked
        ]

    @classmethod
    def begin(cls, keys: Sequence[str], run: str) -> Self:
        """Open a round over the publishers of these keys; one whose file cannot be used is left out, and said.

        Args:
            keys: of publishers.
            run: name in the ledger; a publisher that something is told of has a crawl `watch/<run>/<publisher>`.

        Raises:
            AtWork: another round is, and there is nothing to do.
            DatabaseError: Postgres cannot be used.
        """
        publishers: list[Publisher] = []
        for key in keys:
            try:
                publishers.append(find_publisher(key))
            except LumbungError as error:
                logger.error("%s is not asked: %s", key, error)  # noqa: TRY400 - one line
        connection = connect(application="lumbung watch", work=Work.CRAWLING)
        try:
            check_ready(connection)
            return cls(Session(connection, run), publishers)
        except BaseException:
            connection.close()
            raise

    @property
    def lost(self) -> str | None:
        """Why the database can no longer be used; None while it can."""
        return self._session.lost

    async def close(self) -> None:
        """Give the turns back, end the round and log what it found."""
        await self._session.close()
        told = ", ".join(f"{count} {name}" for name, count in sorted(self._session.told.items()))
        logger.info("watched %d publishers: %s", len(self.lookouts), told or "nothing was due")
