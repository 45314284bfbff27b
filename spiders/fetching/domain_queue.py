"""Requests of one crawl to one registered domain: in FIFO order, a few at a time, only while the crawl has the turn."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from spiders.fetching.pace import Pace
    from spiders.fetching.standing import Rest, Standing
    from spiders.fetching.turns import Turns

logger = logging.getLogger(__name__)

LEFT_ALONE = "is left alone until"
"""Part of the reason of a crawl that ended because its publisher's domain rests; the ledger looks for it."""
_MOST_PASSED, _MOST_SECONDS = 16, 60.0
"""Requests, and seconds, after which a crawl looks whether other crawls wait for the turn."""
_POLL_TURN = 0.5
"""Seconds between two looks at whether the turn has come."""
_POLL_READ = 0.05
"""Seconds between two looks at whether an earlier page has been read."""
_POLL_STOP = 0.25
"""Seconds that a waiting request sleeps at most before it looks whether the crawl is being stopped."""
_LONGEST_READING = 120.0
"""Seconds that a request waits at most for an earlier page to be read."""
_IDLE = 5.0
"""Seconds without a request after which the turn is released, whether or not another crawl waits."""


class LeftAlone(Exception):  # noqa: N818 - reads as what it is
    """A request that was not sent because its domain rests; the text says until when and why."""


class Stopping(Exception):  # noqa: N818 - as above
    """A request that was not sent because the crawl is being stopped."""


class DomainQueue:
    """Queue of one crawl's requests to one registered domain."""

    def __init__(  # noqa: PLR0913 - its collaborators, given by name
        self,
        domain: str,
        turns: Turns,
        standing: Standing,
        pace: Pace,
        *,
        width: int,
        throttle: Callable[[], float],
        stopping: Callable[[], bool],
    ) -> None:
        """Create the queue without a turn; the first request takes one.

        Args:
            domain: the registered domain.
            turns: the queue of crawls that this one joins.
            standing: how the domain has answered this crawl.
            pace: the least seconds between two requests.
            width: most requests in flight at the same time.
            throttle: returns the seconds between two requests by AutoThrottle, which follows the response times.
            stopping: returns whether the crawl is being stopped.
        """
        self.domain = domain
        self.over: str | None = None
        """Why this crawl sends the domain no more requests, as a sentence; None while it does."""
        self.standing = standing
        self._turns = turns
        self._width = width
        self._pace = pace
        self._throttle = throttle
        self._stopping = stopping
        self._lock = asyncio.Lock()
        self._request_finished = asyncio.Event()
        self._in_flight = 0
        self._has_turn = False
        self._passed = 0
        self._turn_checked_at = 0.0
        self._finished_at = 0.0
        self._sent_at = self._ended_at = float("-inf")
        self._not_before = 0.0
        self._rested = False
        self._unread = 0
        self._trusted = False

    async def enter(self) -> None:
        """Wait until one more request may be sent; `release()` must follow.

        Raises:
            LeftAlone: the domain rests for longer than the crawl waits.
            Stopping: the crawl is being stopped.
        """
        async with self._lock:
            self._raise_if_over()
            await self._wait_for_fewer_than(self._width)
            if (
                not self._has_turn
                or self._passed >= _MOST_PASSED
                or monotonic() - self._turn_checked_at > _MOST_SECONDS
            ):
                await self._wait_for_fewer_than(1)
                await self._check_turn()
            await self._wait_until_read()
            await self._wait_for_delay()
            self._in_flight += 1
            self._passed += 1
            self._sent_at = monotonic()

    def release(self) -> None:
        """Count a request as finished, whether it got a response or not."""
        self._in_flight -= 1
        self._finished_at = self._ended_at = monotonic()
        self._request_finished.set()

    def response_received(self) -> None:
        """Count a response whose page the spider will read and may find to be a wall; `page_read()` must follow."""
        self._unread += 1

    def page_read(self, wall: str | None, *, good: bool) -> Rest | None:
        """Take note of what a page has shown.

        Args:
            wall: title of a page that keeps machines out; None for any other page.
            good: whether the page shows that the domain serves this crawl.

        Returns:
            The rest that the domain gets; None for none.
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
        """Send the domain no request during a rest. `store_rest()` must follow, for the other crawls."""
        self._rested = True
        self.standing.strikes = rest.strikes
        self._not_before = max(self._not_before, monotonic() + rest.seconds)
        if rest.ends:
            self._end(rest.seconds, rest.reason)
        else:
            logger.info("%s is left alone for %.1f s: %s", self.domain, rest.seconds, rest.reason)

    async def store_rest(self, rest: Rest) -> None:
        """Store a rest for the other crawls of the domain, later ones included."""
        await self._turns.rest(self.domain, rest.seconds, rest.reason, rest.strikes)

    @property
    def has_past_rest(self) -> bool:
        """Whether a rest is stored whose time is over, so that a good response now clears it."""
        return self._rested and self.over is None and monotonic() >= self._not_before

    async def clear_rest(self) -> None:
        """Delete the stored rest after a good response."""
        self._rested = False
        self.standing.strikes = 0
        await self._turns.clear_rest(self.domain)

    def slow_down(self, seconds: float) -> None:
        """Keep at least so many seconds between two requests from now on; fewer than before change nothing."""
        if self._pace.raise_floor(seconds):
            self._turn_checked_at = 0.0  # so that the next request stores the delay for other crawls

    def answered_well(self) -> None:
        """Take note of a good response, for the pace."""
        self._pace.answered_well(monotonic())

    async def put_off(self, status: int) -> None:
        """Take note of a 429 or 503: keep a slower pace from now on, and store it for other crawls of the domain."""
        lesson = self._pace.put_off(self._delay(), monotonic())
        if lesson is not None:
            logger.info("%s answered %d: from now on %.2g s between two requests", self.domain, status, lesson)
            await self._turns.store_pace(self.domain, lesson)
            self._turn_checked_at = 0.0

    async def release_if_idle(self) -> None:
        """Give up the turn after a while without requests: other crawls may wait for it."""
        if self._lock.locked() or not self._is_idle:
            return
        async with self._lock:
            if self._is_idle:
                self._has_turn = False
                await self._turns.release(self.domain, self._delay())

    @property
    def _is_idle(self) -> bool:
        return self._has_turn and self._in_flight == 0 and monotonic() - self._finished_at > _IDLE

    async def _wait_for_fewer_than(self, number: int) -> None:
        while self._in_flight >= number:
            self._request_finished.clear()
            await self._request_finished.wait()
        self._raise_if_over()

    async def _check_turn(self) -> None:
        """Extend the turn, or wait in the queue until it comes again."""
        if not (self._has_turn and await self._turns.keep(self.domain, self._delay())):
            self._has_turn = False
            await self._take_turn()
        self._passed = 0
        self._turn_checked_at = self._finished_at = monotonic()

    async def _take_turn(self) -> None:
        while not (turn := await self._turns.take(self.domain, self._delay())).ours:
            deadline = monotonic() + _POLL_TURN
            while monotonic() < deadline:
                await self._sleep(deadline)
        self._has_turn = True
        self.standing.strikes = turn.strikes
        self._rested = turn.reason is not None
        self._pace.recall(turn.pace, turn.pace_age, monotonic(), refused=self._rested)
        self._not_before = max(self._not_before, monotonic() + turn.seconds)
        if turn.seconds > self.standing.patience:
            self._end(turn.seconds, turn.reason or "an earlier crawl left it so")

    async def _wait_until_read(self) -> None:
        """Wait for the spider to read the page before, until a first page was good and again after each wall."""
        deadline = monotonic() + _LONGEST_READING
        while self._unread and not self._trusted and monotonic() < deadline:
            await self._sleep(min(deadline, monotonic() + _POLL_READ))

    async def _wait_for_delay(self) -> None:
        self._raise_if_over()
        while monotonic() < (earliest := max(self._not_before, self._sent_at + self._delay(), self._spaced())):
            await self._sleep(earliest)

    def _spaced(self) -> float:
        """The pace counts from the end of a request: nobody knows when on its way the server saw it begin."""
        return self._ended_at + self._pace.seconds(monotonic())

    def _delay(self) -> float:
        """Seconds between two requests that hold now."""
        return max(self._pace.seconds(monotonic()), self._throttle())

    async def _sleep(self, until: float) -> None:
        await asyncio.sleep(max(0.0, min(until - monotonic(), _POLL_STOP)))
        self._raise_if_over()

    def _raise_if_over(self) -> None:
        if self.over is not None:
            raise LeftAlone(self.over)
        if self._stopping():
            raise Stopping

    def _end(self, seconds: float, reason: str) -> None:
        until = datetime.now(UTC) + timedelta(seconds=seconds)
        self.over = f"{self.domain} {LEFT_ALONE} {until:%Y-%m-%d %H:%M:%S} UTC: {reason}"
        logger.warning("%s", self.over)
