"""robots.txt of each host in Postgres: what one crawl has fetched the others need not ask for again on the same day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.database.connections import statement
from pipelines.database.repair import repaired
from pipelines.database.statements import query
from spiders.fetching.robots_text import MOST_BYTES, KeptFile

if TYPE_CHECKING:
    from pipelines.harvest.turns import Session


class RobotsFiles:
    """Implements `spiders.fetching.robots_text.RobotsFiles` for one crawl."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def recall(self, root: str) -> KeptFile | None:
        """The file of a host as a crawl fetched it last, however long ago; None for a host that nobody asked."""
        return await self._session.call(self._recall, repaired(root))

    async def keep(self, root: str, body: bytes | None) -> None:
        """Store what a host has answered just now: its file, None where it has none."""
        await self._session.call(self._keep, {"root": repaired(root), "body": body and body[: MOST_BYTES + 1]})

    def _recall(self, root: str) -> KeptFile | None:
        with statement(self._session.connection) as cursor:
            cursor.execute(query("recall_robots"), {"root": root})
            row = cursor.fetchone()
        return None if row is None else KeptFile(None if row[0] is None else bytes(row[0]), row[1])

    def _keep(self, values: dict[str, str | bytes | None]) -> None:
        """Repeated where a reply was lost: the same file again, a moment later."""
        with statement(self._session.connection) as cursor:
            cursor.execute(query("keep_robots"), values)
