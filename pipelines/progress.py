"""What people see while a long command works: one line a step with its seconds, live on a terminal, plain elsewhere."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_QUIET = 10.0
"""Where nothing can be redrawn, a step that takes longer says so every so many seconds."""

_PLAIN_WIDTH = 120
"""Columns of tables where there is no terminal to ask."""


class Step:
    """A step at work."""

    def __init__(self, title: str, show: Callable[[Step], None]) -> None:
        """Starts its clock; `show` is called when there is something new to see."""
        self.title = title
        self.detail = ""
        self._show = show
        self._began = time.monotonic()

    @property
    def seconds(self) -> float:
        """Since it began."""
        return time.monotonic() - self._began

    def note(self, detail: str) -> None:
        """Say how far it is; the last note stays behind the title when the step is done."""
        self.detail = detail
        self._show(self)

    def __str__(self) -> str:
        """Title and note."""
        return f"{self.title}: {self.detail}" if self.detail else self.title


class Reporter:
    """Prints the steps of one command."""

    def __init__(self, console: Console | None = None) -> None:
        """On standard output, unless another console is given."""
        console = console or Console(highlight=False)
        plain = Console(highlight=False, width=_PLAIN_WIDTH, file=console.file)
        self.console = console if console.is_terminal else plain

    def say(self, text: str = "") -> None:
        """One line, as it is, at once."""
        self.console.print(escape(text), soft_wrap=True)
        self.console.file.flush()

    @contextmanager
    def step(self, title: str) -> Iterator[Step]:
        """Show a step while the block runs; one line remains, unless the block raises."""
        with self._live(title) if self.console.is_terminal else self._plain(title) as step:
            yield step
        self._line(f"  ok  {step}", step)

    @contextmanager
    def bar(self, title: str) -> Iterator[Callable[[int, int], None]]:
        """Show how much of something is done while the block runs: it calls what it gets with what is done and all."""
        if self.console.is_terminal:
            columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
            with Progress(*columns, console=self.console, transient=True) as progress:
                task = progress.add_task(escape(title), total=None)
                yield lambda done, total: progress.update(task, completed=done, total=total)
        else:
            with self._plain(title) as step:
                yield lambda done, total: step.note(f"{done:,} of {total:,}")

    def _line(self, text: str, step: Step) -> None:
        self.say(f"{text:<88} {step.seconds:5.1f} s")

    @contextmanager
    def _live(self, title: str) -> Iterator[Step]:
        columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        with Progress(*columns, console=self.console, transient=True) as progress:
            task = progress.add_task(escape(title), total=None)
            yield Step(title, lambda step: progress.update(task, description=escape(str(step))))

    @contextmanager
    def _plain(self, title: str) -> Iterator[Step]:
        spoken = 0.0

        def show(step: Step) -> None:
            nonlocal spoken
            if step.seconds - spoken >= _QUIET:
                spoken = step.seconds
                self._line(f"  ... {step}", step)

        yield Step(title, show)
