"""A pytest plugin: runs some tests in the order given, or notes of all how long each takes and what it runs."""

from __future__ import annotations

import json
import sys
import threading
import time
from pathlib import Path
from subprocess import Popen
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from types import FrameType

_STATEMENTS: Final = "pipelines/database/statements.py"
"""Where the named statements of SQL files are asked for."""


STARTED_A_PROCESS: Final = "(a process)"
"""Noted of a test that started one: what that runs is not seen."""


class SomeTests:
    """For one run."""

    def __init__(self, only: Sequence[str] | None, notes: str, watched: str | None) -> None:
        """Begin.

        Args:
            only: node ids of the tests to run, in this order; None for all as they are.
            notes: file that the notes are written into, as JSON by node id.
            watched: path of the module whose functions or statements are noted; None to note nothing.
        """
        self._place = None if only is None else {node_id: place for place, node_id in enumerate(only)}
        self._notes = Path(notes)
        self._is_sql = watched is not None and watched.endswith(".sql")
        self._file = str(Path(_STATEMENTS if self._is_sql else watched).resolve()) if watched else None
        self._noted: dict[str, dict[str, Any]] = {}
        self._ran: set[str] = set()
        self._fixtures: dict[str, set[str]] = {}
        """What fixtures that several tests share ran, for the first of them."""
        self._took: dict[str, float] = {}
        """Seconds that making them took: alone, every test that needs one would wait as long."""

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Choose and order the tests."""
        if (place := self._place) is not None:
            items[:] = sorted((each for each in items if each.nodeid in place), key=lambda each: place[each.nodeid])

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Watch one test with its fixtures."""
        if self._file is None:
            return (yield)
        start, self._ran = time.monotonic(), set()
        made = {*self._took}
        threading.setprofile(self._called)
        sys.setprofile(self._called)
        try:
            return (yield)
        finally:
            sys.setprofile(None)
            threading.setprofile(None)
            names = getattr(item, "fixturenames", ())
            ran = self._ran.union(*(self._fixtures.get(name, set()) for name in names))
            seconds = time.monotonic() - start + sum(self._took.get(name, 0.0) for name in names if name in made)
            self._noted[item.nodeid] = {"seconds": seconds, "ran": sorted(ran)}

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any]) -> Generator[None, Any, Any]:
        """Note what a fixture runs that other tests will find made."""
        before, self._ran = self._ran, set()
        start = time.monotonic()
        try:
            return (yield)
        finally:
            if fixturedef.scope != "function":
                self._took[fixturedef.argname] = time.monotonic() - start
                self._fixtures.setdefault(fixturedef.argname, set()).update(self._ran)
            self._ran |= before

    def pytest_sessionfinish(self) -> None:
        """Write the notes."""
        if self._file is not None:
            self._notes.write_text(json.dumps(self._noted), "utf-8")

    def _called(self, frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        if event == "call" and code is Popen.__init__.__code__:
            self._ran.add(STARTED_A_PROCESS)
        if event != "call" or code.co_filename != self._file:
            return
        if not self._is_sql:
            self._ran.add(code.co_qualname.replace(".<locals>", ""))
        elif code.co_name == "query":
            self._ran.add(frame.f_locals["name"])
