"""Questions of many tasks to one connection, put together: who asks within a few milliseconds shares a statement."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

Q = TypeVar("Q")
A = TypeVar("A")

_JOINING = 0.005
"""Seconds that the first question waits for others."""


class Together(Generic[Q, A]):
    """One kind of question."""

    def __init__(self, answer: Callable[[Sequence[Q]], Awaitable[Sequence[A]]]) -> None:
        """Begin with `answer`, which answers many questions at once, in their order."""
        self._answer = answer
        self._waiting: list[tuple[Q, asyncio.Future[A]]] = []
        self._task: asyncio.Task[None] | None = None

    async def ask(self, question: Q) -> A:
        """Ask with the others; raises what answering them raised."""
        future: asyncio.Future[A] = asyncio.get_running_loop().create_future()
        self._waiting.append((question, future))
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._work())
        return await future

    async def _work(self) -> None:
        try:
            await asyncio.sleep(_JOINING)
            while self._waiting:
                asked, self._waiting = self._waiting, []
                try:
                    answers = await self._answer([question for question, _ in asked])
                except Exception as error:  # noqa: BLE001 - each of those who asked is told
                    for _, future in asked:
                        if not future.done():
                            future.set_exception(error)
                else:
                    for (_, future), answer in zip(asked, answers, strict=True):
                        if not future.done():
                            future.set_result(answer)
        finally:
            self._task = None
