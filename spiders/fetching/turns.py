"""Turns: of all running crawls, in whatever process and on whatever machine, one at a time asks a registered domain."""

from __future__ import annotations

from time import monotonic
from typing import NamedTuple, Protocol


class Turn(NamedTuple):
    """Where a crawl stands in the queue of a domain, and what is known of the domain."""

    ours: bool
    """Whether it is this crawl's turn; otherwise it keeps its place and asks again."""
    seconds: float = 0.0
    """Until the next request may go out; 0 or less for now."""
    reason: str | None = None
    """Why the domain is left alone until then; None for the ordinary delay between two requests."""
    strikes: int = 0
    """Rests in a row that crawls ended with."""


class Turns(Protocol):
    """The queues of all domains, and what is remembered of each."""

    async def take(self, domain: str, delay: float) -> Turn:
        """Queue up for a domain, or see whether it is our turn by now.

        Args:
            domain: a registered domain.
            delay: seconds that are kept between two requests, for whoever comes after us.
        """

    async def keep(self, domain: str, delay: float) -> bool:
        """Go on with a turn; False when others wait, and the turn is now theirs."""

    async def leave(self, domain: str, delay: float) -> None:
        """Give a turn up; the next request to the domain goes out after `delay` at the earliest."""

    async def rest(self, domain: str, seconds: float, reason: str, strikes: int) -> None:
        """Let nobody ask a domain for a while, also after a restart."""

    async def well(self, domain: str) -> None:
        """Forget why a domain was left alone: it answers again."""


class KeepsTurns(Protocol):
    """A frontier, as far as politeness needs one."""

    turns: Turns


class OwnTurns:
    """For a spider without a frontier, such as one that only looks at a site: it has nobody to take turns with."""

    def __init__(self) -> None:
        self._rests: dict[str, tuple[float, str, int]] = {}

    async def take(self, domain: str, delay: float) -> Turn:  # noqa: ARG002 - there is nobody after us
        """It is always our turn; what the domain asked for holds all the same."""
        until, reason, strikes = self._rests.get(domain, (0.0, None, 0))
        return Turn(ours=True, seconds=until - monotonic(), reason=reason, strikes=strikes)

    async def keep(self, domain: str, delay: float) -> bool:  # noqa: ARG002 - as above
        """Nobody waits."""
        return True

    async def leave(self, domain: str, delay: float) -> None:
        """Nobody takes over."""

    async def rest(self, domain: str, seconds: float, reason: str, strikes: int) -> None:
        """Remember for as long as the process lives."""
        self._rests[domain] = (monotonic() + seconds, reason, strikes)

    async def well(self, domain: str) -> None:
        """Forget the domain's rest."""
        self._rests.pop(domain, None)
