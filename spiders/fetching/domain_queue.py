"""The requests of one crawl to one registered domain: in order, a few at a time, and only while it is our turn."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from spiders.fetching.standing import Rest, Standing
    from spiders.fetching.turns import Turns

logger = logging.getLogger(__name__)

LEFT_ALONE = "is left alone until"
"""Part of the reason of a crawl that ended so."""
_LOT, _LOT_SECONDS = 16, 60.0
"""Requests, and seconds, after which a crawl asks whether others wait for their turn."""
_LOOK = 0.5
"""Seconds between two looks at whether it is our turn."""
_READ_LOOK = 0.05
_BLINK = 0.25
"""Seconds that a waiting request sleeps at most before it looks whether the crawl is being stopped."""
_READING = 120.0
"""Seconds that a request waits at most for an earlier page to be read."""
_IDLE = 5.0
"""Seconds without a request after which a turn is given up unasked."""


class LeftAlone(Exception):  # noqa: N818 - reads as what it is
    """A request that was not made, because its domain is to be left alone; the text says until when and why."""


class Stopping(Exception):  # noqa: N818 - as above
    """A request that was not made, because the crawl is being stopped."""


class DomainQueue:
    """One domain as one crawl asks it."""

    def __init__(  # noqa: PLR0913 - what a queue is made of
        self,
        domain: str,
        turns: Turns,
        standing: Standing,
        *,
        width: int,
        delay: Callable[[], float],
        stopping: Callable[[], bool],
    ) -> None:
        """Begin outside of any turn.

        Args:
            domain: the registered domain.
            turns: where the crawls of a domain queue up.
            standing: how it has answered.
            width: requests on their way at the same time.
            delay: seconds that are kept between two requests at the moment.
            stopping: whether the crawl is being stopped.
        """
        self.domain = domain
        self.floor = 0.0
        """Seconds between two requests that its robots.txt asks for."""
        self.over: str | None = None
        """Why this crawl asks it for nothing more, as a sentence."""
        self.standing = standing
        self._turns = turns
        self._width = width
        self._delay = delay
        self._stopping = stopping
        self._door = asyncio.Lock()
        self._gone = asyncio.Event()
        self._inside = 0
        self._held = False
        self._passed = 0
        self._looked_at = 0.0
        self._left_at = 0.0
        self._not_before = 0.0
        self._rested = False
        self._unread = 0
        self._trusted = False

    async def enter(self) -> None:
        """Wait until one more request may go out; `leave()` must follow.

        Raises:
            LeftAlone: it may not for longer than a crawl waits.
            Stopping: the crawl is being stopped.
        """
        async with self._door:
            self._refuse()
            await self._until_inside_are_less_than(self._width)
            if not self._held or self._passed >= _LOT or monotonic() - self._looked_at > _LOT_SECONDS:
                await self._until_inside_are_less_than(1)
                await self._look()
            await self._wait_until_read()
            await self._wait_until_free()
            self._inside += 1
            self._passed += 1

    def leave(self) -> None:
        """One request is back, whatever came of it."""
        self._inside -= 1
        self._left_at = monotonic()
        self._gone.set()

    def page_came(self) -> None:
        """A page came that may yet turn out to be a wall: `page_read()` must follow."""
        self._unread += 1

    def page_read(self, wall: str | None, *, good: bool) -> Rest | None:
        """A page has been read.

        Args:
            wall: what keeps machines out there; None where nothing does.
            good: whether it shows that the domain lets us in.

        Returns:
            How long the domain is to be left alone; None for not at all.
        """
        self._unread -= 1
        if wall is not None:
            self._trusted = False
            return self.standing.walled(wall)
        if good:
            self._trusted = True
            self.standing.walls = 0
        return None

    def leave_alone(self, rest: Rest) -> None:
        """Ask the domain for nothing for a while. Other crawls learn it from `remember()`, which must follow."""
        self._rested = True
        self.standing.strikes = rest.strikes
        self._not_before = max(self._not_before, monotonic() + rest.seconds)
        if rest.ends:
            self._end(rest.seconds, rest.reason)
        else:
            logger.info("%s is left alone for %.1f s: %s", self.domain, rest.seconds, rest.reason)

    async def remember(self, rest: Rest) -> None:
        """Let other crawls of the domain know of a rest, also those after a restart."""
        await self._turns.rest(self.domain, rest.seconds, rest.reason, rest.strikes)

    @property
    def is_remembered(self) -> bool:
        """Whether a rest is remembered that a good answer puts out of memory: one that came before it does not."""
        return self._rested and self.over is None and monotonic() >= self._not_before

    async def forget(self) -> None:
        """An earlier rest needs no longer be remembered: the domain answers well."""
        self._rested = False
        self.standing.strikes = 0
        await self._turns.well(self.domain)

    def slow_down(self, seconds: float) -> None:
        """Keep at least so many seconds between two requests from now on."""
        if seconds > self.floor:
            self.floor = seconds
            self._looked_at = 0.0  # whoever comes after us is to learn of it with the next request

    async def leave_if_idle(self) -> None:
        """Give the turn up where nothing has been asked for a while: others may wait for it."""
        if self._door.locked() or not self._is_idle:
            return
        async with self._door:
            if self._is_idle:
                self._held = False
                await self._turns.leave(self.domain, self._delay())

    @property
    def _is_idle(self) -> bool:
        return self._held and self._inside == 0 and monotonic() - self._left_at > _IDLE

    async def _until_inside_are_less_than(self, number: int) -> None:
        while self._inside >= number:
            self._gone.clear()
            await self._gone.wait()
        self._refuse()

    async def _look(self) -> None:
        """Go on with our turn, or queue up until it is ours again."""
        if not (self._held and await self._turns.keep(self.domain, self._delay())):
            self._held = False
            await self._take()
        self._passed = 0
        self._looked_at = self._left_at = monotonic()

    async def _take(self) -> None:
        while not (turn := await self._turns.take(self.domain, self._delay())).ours:
            deadline = monotonic() + _LOOK
            while monotonic() < deadline:
                await self._blink(deadline)
        self._held = True
        self.standing.strikes = turn.strikes
        self._rested = turn.reason is not None
        self._not_before = max(self._not_before, monotonic() + turn.seconds)
        if turn.seconds > self.standing.patience:
            self._end(turn.seconds, turn.reason or "an earlier crawl left it so")

    async def _wait_until_read(self) -> None:
        """Before the first page has been read, and after a wall, each page is read before the next one is asked for."""
        deadline = monotonic() + _READING
        while self._unread and not self._trusted and monotonic() < deadline:
            await self._blink(min(deadline, monotonic() + _READ_LOOK))

    async def _wait_until_free(self) -> None:
        self._refuse()
        while monotonic() < self._not_before:
            await self._blink(self._not_before)

    async def _blink(self, until: float) -> None:
        await asyncio.sleep(max(0.0, min(until - monotonic(), _BLINK)))
        self._refuse()

    def _refuse(self) -> None:
        if self.over is not None:
            raise LeftAlone(self.over)
        if self._stopping():
            raise Stopping

    def _end(self, seconds: float, reason: str) -> None:
        until = datetime.now(UTC) + timedelta(seconds=seconds)
        self.over = f"{self.domain} {LEFT_ALONE} {until:%Y-%m-%d %H:%M:%S} UTC: {reason}"
        logger.warning("%s", self.over)
