"""The queue of a domain on a clock of the test's own, with turns that a test scripts."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from spiders.fetching.domain_queue import DomainQueue
from spiders.fetching.pace import Pace
from spiders.fetching.standing import Standing
from spiders.fetching.turns import Turn

real_sleep = asyncio.sleep


@dataclass
class Clock:
    now: float = 1_000.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await real_sleep(0)


@dataclass
class ScriptedTurns:
    """Turns that answer `take` in the order of `taken`, the last one for ever, and `keep` with `kept`."""

    clock: Clock
    taken: list[Turn] = field(default_factory=lambda: [Turn(ours=True)])
    kept: bool = True
    calls: list[tuple[Any, ...]] = field(default_factory=list)
    queue: DomainQueue | None = None

    async def take(self, domain: str, delay: float) -> Turn:
        self.calls.append(("take", domain, delay))
        return self.taken.pop(0) if len(self.taken) > 1 else self.taken[0]

    async def keep(self, domain: str, delay: float) -> bool:
        assert self.queue is not None
        assert self.queue._in_flight == 0, "others may get the turn while a request of ours is on its way"  # noqa: SLF001
        self.calls.append(("keep", domain, delay))
        return self.kept

    async def release(self, domain: str, delay: float) -> None:
        self.calls.append(("release", domain, delay))

    async def rest(self, domain: str, seconds: float, reason: str, strikes: int) -> None:
        self.calls.append(("rest", domain, seconds, reason, strikes))

    async def clear_rest(self, domain: str) -> None:
        self.calls.append(("clear_rest", domain))

    async def store_pace(self, domain: str, seconds: float) -> None:
        self.calls.append(("store_pace", domain, seconds))

    def names(self) -> list[str]:
        return [call[0] for call in self.calls]


@dataclass
class Stand:
    """A queue and what it is made of."""

    clock: Clock
    turns: ScriptedTurns
    queue: DomainQueue
    stopping: bool = False
    throttle: float = 0.0

    async def one(self, times: int = 1) -> float:
        """Send requests that are answered at once; the time of the last one."""
        for _ in range(times):
            await self.queue.enter()
            self.queue.release()
        return self.clock.now


def stand(clock: Clock, *taken: Turn, width: int = 1, floor: float = 0.0) -> Stand:
    turns = ScriptedTurns(clock, list(taken) or [Turn(ours=True)])
    standing, pace = Standing(patience=120, pause=2), Pace(floor, first_lesson=2, now=clock.now)
    queue = DomainQueue(
        "koran.example",
        turns,
        standing,
        pace,
        width=width,
        throttle=lambda: made.throttle,
        stopping=lambda: made.stopping,
    )
    turns.queue = queue
    made = Stand(clock, turns, queue)
    return made
