"""Turns and robots.txt for a process that asks many domains: who asks at the same moment shares a statement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.database.connections import statement
from pipelines.database.repair import repaired
from pipelines.database.statements import query
from pipelines.harvest.robots import RobotsFiles
from pipelines.harvest.turns import Turns
from pipelines.watch.together import Together
from spiders.fetching.robots_text import KeptFile
from spiders.fetching.turns import Turn

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipelines.harvest.turns import Session

_Asked = tuple[str, float]


class ManyTurns(Turns):
    """Turns of one round of the watch."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._takers: Together[_Asked, Turn] = Together(lambda asked: session.call(self._take_all, asked))
        self._leavers: Together[_Asked, None] = Together(lambda asked: session.call(self._leave_all, asked))

    async def take(self, domain: str, delay: float) -> Turn:
        """Join the queue of a domain, or look whether the turn has come."""
        return await self._takers.ask((domain, delay))

    async def release(self, domain: str, delay: float) -> None:
        """Give up the turn; nobody sends a request to the domain for `delay` seconds."""
        await self._leavers.ask((domain, delay))

    def _take_all(self, asked: Sequence[_Asked]) -> list[Turn]:
        values = self._values(asked)
        self._carry_out("queue_for_turns", values)
        # Another transaction: the tickets are seen by others before we look whether they are the first.
        with statement(self._session.connection) as cursor:
            cursor.execute(query("turns_now"), values)
            turns = {domain: Turn(*turn) for domain, *turn in cursor.fetchall()}
        if waiting := [domain for domain, turn in turns.items() if not turn.ours]:
            self._session.close_abandoned()
            for domain in waiting:
                self._do("drop_hanging_turns", {"domain": domain})
        return [turns[domain] for domain, _ in asked]

    def _leave_all(self, asked: Sequence[_Asked]) -> list[None]:
        self._carry_out("leave_turns", self._values(asked))
        return [None] * len(asked)

    def _values(self, asked: Sequence[_Asked]) -> dict[str, Any]:
        delays: dict[str, float] = {}
        for domain, delay in asked:
            delays[domain] = max(delay, delays.get(domain, 0.0))
        return {"domains": list(delays), "delays": list(delays.values()), "crawl_id": self._session.crawl_id}

    def _carry_out(self, name: str, values: Mapping[str, Any]) -> None:
        with statement(self._session.connection) as cursor:
            cursor.execute(query(name), values)


class ManyRobotsFiles(RobotsFiles):
    """robots.txt of all hosts that one round of the watch asks."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._recalled: Together[str, KeptFile | None] = Together(lambda roots: session.call(self._recall_all, roots))

    async def recall(self, root: str) -> KeptFile | None:
        """The file of a host as it was fetched last; None for a host that nobody asked."""
        return await self._recalled.ask(repaired(root))

    def _recall_all(self, roots: Sequence[str]) -> list[KeptFile | None]:
        with statement(self._session.connection) as cursor:
            cursor.execute(query("recall_all_robots"), {"roots": list(roots)})
            kept = {root: KeptFile(None if body is None else bytes(body), age) for root, body, age in cursor.fetchall()}
        return [kept.get(root) for root in roots]
