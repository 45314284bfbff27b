"""Turns of registered domains in Postgres: one ticket a crawl and domain; the lowest ticket has the turn.

Tickets are deleted when their crawl ends. Where its process was killed, a crawl that waits finds the dead crawl's
advisory lock free and closes it. A crawl that hangs loses its ticket after ten minutes. The table `lumbung.domain`
keeps when a domain may be sent the next request and why it rests until then. All times are the database server's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from pipelines.database.connections import Connection, Cursor, statement, the_row
from pipelines.database.repair import repaired
from pipelines.database.statements import query
from spiders.fetching.turns import Turn

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class Session(Protocol):
    """The part of an open crawl that turns use: its connection, its database thread, its number in the ledger."""

    crawl_id: int

    @property
    def connection(self) -> Connection:
        """The crawl's own connection; to be used only inside `call`."""

    async def call(self, function: Callable[..., T], *arguments: Any) -> T:  # noqa: ANN401 - passed on as they are
        """Run a blocking function in the crawl's database thread."""

    def once(self, name: str, change: Callable[[Cursor], T]) -> T:
        """Make a change that must not happen twice, inside of `call`."""

    def close_abandoned(self) -> None:
        """Close the crawls whose process is gone; free their leases and turns."""


class Turns:
    """Implements `spiders.fetching.turns.Turns` for one crawl."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._waiting: set[str] = set()
        """Domains in whose queues this crawl was the last time it looked."""

    async def take(self, domain: str, delay: float) -> Turn:
        """Join the queue of a domain, or look whether the turn has come."""
        return await self._session.call(self._take, {**self._whose(domain), "delay": delay})

    async def keep(self, domain: str, delay: float) -> bool:
        """Extend this crawl's turn. False when another crawl waits: the turn has passed to it."""
        (kept,) = await self._session.call(self._one, "keep_turn", {**self._whose(domain), "delay": delay})
        return bool(kept)

    async def release(self, domain: str, delay: float) -> None:
        """Give up the turn; no crawl sends a request to the domain for `delay` seconds."""
        await self._session.call(self._do, "leave_turn", {**self._whose(domain), "delay": delay})

    async def rest(self, domain: str, seconds: float, reason: str, strikes: int) -> None:
        """Store that no crawl may send a request to the domain for so many seconds; outlives this crawl."""
        values = {"domain": domain, "seconds": seconds, "reason": repaired(reason), "strikes": strikes}
        await self._session.call(self._once, "rest_domain", values)

    async def clear_rest(self, domain: str) -> None:
        """Delete the reason and the strikes of a domain's last rest, after a good response."""
        await self._session.call(self._once, "forget_rest", {"domain": domain})

    async def store_pace(self, domain: str, seconds: float) -> None:
        """Store the seconds between two requests that a 429 or 503 asked for, as of now; outlives this crawl."""
        await self._session.call(self._once, "store_pace", {"domain": domain, "seconds": seconds})

    def _whose(self, domain: str) -> dict[str, Any]:
        return {"domain": domain, "crawl_id": self._session.crawl_id}

    def _take(self, values: dict[str, Any]) -> Turn:
        turn = self._look(values) if values["domain"] in self._waiting else None
        if turn is None:
            self._do("queue_for_turn", values)
            # Another transaction: the ticket is seen by others before we look whether it is the first.
            turn = self._look(values)
        assert turn is not None, values  # noqa: S101 - the ticket was drawn just now
        (self._waiting.discard if turn.ours else self._waiting.add)(values["domain"])
        if not turn.ours:
            self._session.close_abandoned()
            self._do("drop_hanging_turns", values)
        return turn

    def _one(self, name: str, values: dict[str, Any]) -> tuple[Any, ...]:
        with statement(self._session.connection) as cursor:
            cursor.execute(query(name), values)
            return the_row(cursor)

    def _once(self, name: str, values: dict[str, Any]) -> None:
        """Carry out a statement that is not repeated: another crawl may have changed the domain's rest meanwhile."""
        self._session.once(name, lambda cursor: cursor.execute(query(name), values))

    def _do(self, name: str, values: dict[str, Any]) -> None:
        """Carry out a statement that changes nothing when it is repeated."""
        with statement(self._session.connection) as cursor:
            cursor.execute(query(name), values)

    def _look(self, values: dict[str, Any]) -> Turn | None:
        with statement(self._session.connection) as cursor:
            cursor.execute(query("turn_now"), values)
            row = cursor.fetchone()
        return None if row is None else Turn(*row)
