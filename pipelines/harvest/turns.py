"""Turns of registered domains in Postgres: a ticket a crawl and domain, the lowest one is whose turn it is.

Tickets end with the crawl, also with one whose process was killed: whoever waits sees by the dead crawl's advisory
lock that it is gone. One that hangs loses its turn after a while. When a domain may be asked next, and why it is left
alone until then, stays in the table `lumbung.domain`. All times are the server's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from pipelines.database.connections import Connection, Cursor, transaction
from pipelines.database.repair import repaired
from pipelines.database.statements import query
from spiders.fetching.turns import Turn

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class Session(Protocol):
    """The open crawl that takes turns: its connection, its thread, its number in the ledger."""

    crawl_id: int

    @property
    def connection(self) -> Connection:
        """The crawl's own; to be used in the crawl's thread."""

    async def call(self, function: Callable[..., T], *arguments: Any) -> T:  # noqa: ANN401 - passed on as they are
        """Run a blocking function in the crawl's thread."""

    def once(self, name: str, change: Callable[[Cursor], T]) -> T:
        """Make a change that must not happen twice, inside of `call`."""

    def close_abandoned(self) -> None:
        """End the crawls whose process is gone, and free what they held."""


class Turns:
    """The queues of all domains as one crawl sees them; a `spiders.fetching.turns.Turns`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def take(self, domain: str, delay: float) -> Turn:
        """Queue up for a domain, or see whether it is our turn by now."""
        return await self._session.call(self._take, {**self._whose(domain), "delay": delay})

    async def keep(self, domain: str, delay: float) -> bool:
        """Go on with a turn; False when others wait, and the turn is now theirs."""
        (kept,) = await self._session.call(self._one, "keep_turn", {**self._whose(domain), "delay": delay})
        return bool(kept)

    async def leave(self, domain: str, delay: float) -> None:
        """Give a turn up; the next request to the domain goes out after `delay` at the earliest."""
        await self._session.call(self._do, "leave_turn", {**self._whose(domain), "delay": delay})

    async def rest(self, domain: str, seconds: float, reason: str, strikes: int) -> None:
        """Let nobody ask a domain for a while, also after a restart."""
        values = {"domain": domain, "seconds": seconds, "reason": repaired(reason), "strikes": strikes}
        await self._session.call(self._once, "rest_domain", values)

    async def well(self, domain: str) -> None:
        """Forget why a domain was left alone: it answers again."""
        await self._session.call(self._once, "forget_rest", {"domain": domain})

    def _whose(self, domain: str) -> dict[str, Any]:
        return {"domain": domain, "crawl_id": self._session.crawl_id}

    def _take(self, values: dict[str, Any]) -> Turn:
        with transaction(self._session.connection) as cursor:
            turn = _turn(cursor, values)
            if turn is None:
                cursor.execute(query("know_domain"), values)
                cursor.execute(query("queue_for_turn"), values)
        # A transaction of its own: the ticket is seen by others before we look whether it is the first.
        with transaction(self._session.connection) as cursor:
            turn = turn or _turn(cursor, values)
        assert turn is not None, values  # noqa: S101 - the ticket was drawn just now
        if not turn.ours:
            self._session.close_abandoned()
            self._do("drop_hanging_turns", values)
        return turn

    def _one(self, name: str, values: dict[str, Any]) -> tuple[Any, ...]:
        with transaction(self._session.connection) as cursor:
            cursor.execute(query(name), values)
            row = cursor.fetchone()
        assert row is not None, name  # noqa: S101 - these statements always return one row
        return row

    def _once(self, name: str, values: dict[str, Any]) -> None:
        """Carry out a statement that is not repeated: another crawl may have changed the domain's rest meanwhile."""
        self._session.once(name, lambda cursor: cursor.execute(query(name), values))

    def _do(self, name: str, values: dict[str, Any]) -> None:
        """Carry out a statement that changes nothing when it is repeated."""
        with transaction(self._session.connection) as cursor:
            cursor.execute(query(name), values)


def _turn(cursor: Cursor, values: dict[str, Any]) -> Turn | None:
    cursor.execute(query("turn_now"), values)
    row = cursor.fetchone()
    return None if row is None else Turn(*row)
