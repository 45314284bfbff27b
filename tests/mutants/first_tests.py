"""A pytest plugin: begins with the tests most likely to fail, and notes how long each takes and what it runs."""

from __future__ import annotations

import json
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from types import FrameType

_STATEMENTS: Final = "pipelines/database/statements.py"
"""Where the named statements of SQL files are asked for."""


class FirstTests:
    """For one run."""

    def __init__(self, first: Sequence[str], notes: str, watched: str | None) -> None:
        """Begin.

        Args:
            first: node ids of the tests to begin with, in this order.
            notes: file that the notes are written into, as JSON by node id.
            watched: path of the module whose functions or statements are noted; None to note nothing.
        """
        self._place = {node_id: place for place, node_id in enumerate(first)}
        self._notes = Path(notes)
        self._is_sql = watched is not None and watched.endswith(".sql")
        self._file = str(Path(_STATEMENTS if self._is_sql else watched).resolve()) if watched else None
        self._noted: dict[str, dict[str, Any]] = {}
        self._ran: set[str] = set()

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Order the tests; those that are not named stay behind, as they were."""
        items.sort(key=lambda item: self._place.get(item.nodeid, len(self._place)))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Watch one test with its fixtures."""
        if self._file is None:
            return (yield)
        start, self._ran = time.monotonic(), set()
        threading.setprofile(self._called)
        sys.setprofile(self._called)
        try:
            return (yield)
        finally:
            sys.setprofile(None)
            threading.setprofile(None)
            self._noted[item.nodeid] = {"seconds": time.monotonic() - start, "ran": sorted(self._ran)}

    def pytest_sessionfinish(self) -> None:
        """Write the notes."""
        if self._file is not None:
            self._notes.write_text(json.dumps(self._noted), "utf-8")

    def _called(self, frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        if event != "call" or code.co_filename != self._file:
            return
        if not self._is_sql:
            self._ran.add(code.co_qualname.replace(".<locals>", ""))
        elif code.co_name == "query":
            self._ran.add(frame.f_locals["name"])
