"""Protocol of turns: of all running crawls, on any machine, one at a time sends requests to a registered domain."""

from __future__ import annotations

from time import monotonic
from typing import NamedTuple, Protocol


class Turn(NamedTuple):
    """State of one crawl in the queue of a domain, with what is stored about the domain."""

    ours: bool
    """Whether this crawl has the turn; otherwise it keeps its place in the queue and calls `take` again."""
    seconds: float = 0.0
    """Seconds until the next request may be sent; 0 or less for at once."""
    reason: str | None = None
    """Why a crawl let the domain rest until then; None for the ordinary delay between two requests."""
    strikes: int = 0
    """Crawls in a row that ended because the domain was to be left alone."""
    pace: float = 0.0
    """Seconds between two requests that the domain's last 429 or 503 asked for; 0 without one."""
    pace_age: float = 0.0
    """Seconds since then."""


class Turns(Protocol):
    """Queues of crawls, one a registered domain, and the rests of domains; shared by all crawls."""

    async def take(self, domain: str, delay: float) -> Turn:
        """Join the queue of a domain, or look whether the turn has come.

        Args:
            domain: a registered domain.
            delay: seconds between two requests, stored so that the next crawl keeps them too.
        """

    async def keep(self, domain: str, delay: float) -> bool:
        """Extend this crawl's turn. False when another crawl waits: the turn has passed to it."""

    async def release(self, domain: str, delay: float) -> None:
        """Give up the turn; no crawl sends a request to the domain for `delay` seconds."""

    async def rest(self, domain: str, seconds: float, reason: str, strikes: int) -> None:
        """Store that no crawl may send a request to the domain for so many seconds; outlives this crawl."""

    async def clear_rest(self, domain: str) -> None:
        """Delete the reason and the strikes of a domain's last rest, after a good response."""

    async def store_pace(self, domain: str, seconds: float) -> None:
        """Store the seconds between two requests that a 429 or 503 asked for, as of now; outlives this crawl."""


class KeepsTurns(Protocol):
    """The part of a frontier that the turnstile uses."""

    turns: Turns


class OwnTurns:
    """Turns of a spider without a frontier, such as a site check: no other crawl shares its domains."""

    def __init__(self) -> None:
        self._rests: dict[str, tuple[float, str, int]] = {}
        self._paces: dict[str, tuple[float, float]] = {}

    async def take(self, domain: str, delay: float) -> Turn:  # noqa: ARG002 - there is no next crawl
        """Grant the turn at once; a rest of the domain is kept all the same."""
        until, reason, strikes = self._rests.get(domain, (0.0, None, 0))
        pace, learned_at = self._paces.get(domain, (0.0, 0.0))
        now = monotonic()
        return Turn(True, until - now, reason, strikes, pace, now - learned_at)  # noqa: FBT003 - its first field

    async def keep(self, domain: str, delay: float) -> bool:  # noqa: ARG002 - as above
        """Always True: no other crawl waits."""
        return True

    async def release(self, domain: str, delay: float) -> None:
        """Do nothing: no other crawl takes over."""

    async def rest(self, domain: str, seconds: float, reason: str, strikes: int) -> None:
        """Keep the rest in memory, as long as the process lives."""
        self._rests[domain] = (monotonic() + seconds, reason, strikes)

    async def clear_rest(self, domain: str) -> None:
        """Delete the domain's rest."""
        self._rests.pop(domain, None)

    async def store_pace(self, domain: str, seconds: float) -> None:
        """Keep the pace in memory, as long as the process lives."""
        self._paces[domain] = (seconds, monotonic())
