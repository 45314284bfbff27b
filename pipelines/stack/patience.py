"""A wait with a deadline of its own: what does not answer for the moment is asked again until then.

LumbungError
└── StackError
    └── HarvestFailed      a run failed or never came, or nobody answered until the deadline; the reason in one line
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

from pipelines.database.connections import DatabaseLost, DatabaseUnreachable
from pipelines.stack.airflow_api import AirflowSilent
from pipelines.stack.home import StackError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

_TRANSIENT = (AirflowSilent, DatabaseUnreachable, DatabaseLost)
"""What a busy machine does: slow answers, refused connections, errors of a server that is starting."""
_BETWEEN = 0.5


class HarvestFailed(StackError):  # noqa: N818 - reads as what it is
    """A run failed or never came."""


class Patience:
    """The deadline of one wait, and what must live meanwhile."""

    def __init__(self, seconds: float, alive: Callable[[], None]) -> None:
        """Begin to wait.

        Args:
            seconds: from now until the deadline.
            alive: raises when a service has died, so that nobody waits for it in vain.
        """
        self.seconds = seconds
        self._alive = alive
        self._begun = time.monotonic()

    @property
    def waited(self) -> float:
        """Seconds since the wait began."""
        return time.monotonic() - self._begun

    @property
    def over(self) -> bool:
        """Whether the deadline has passed."""
        return self.waited > self.seconds

    def pause(self) -> None:
        """Let a moment pass before the next question."""
        self._alive()
        time.sleep(_BETWEEN)

    def ask(self, question: Callable[[], T]) -> T:
        """The answer to a question, which is repeated while Airflow or the database do not answer.

        Raises:
            HarvestFailed: they do not answer until the deadline.
        """
        while True:
            self._alive()
            try:
                return question()
            except _TRANSIENT as error:
                if self.over:
                    raise HarvestFailed(f"{error} (for {self.waited:.0f} s)") from error
            self.pause()
