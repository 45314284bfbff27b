"""`lumbung logs`: follow the logs of every service and task, each line with its origin."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pipelines.stack.home import Home

_LOOK_AGAIN = 0.5
"""Seconds between two looks at the files."""


class _Tail:
    """One log file, read as it grows."""

    def __init__(self, path: Path, origin: str, *, last: int) -> None:
        self._path = path
        self.origin = origin
        self._position = 0
        self._rest = b""
        self._first = last

    def lines(self) -> list[str]:
        """Whole lines since the last call; at the first call the last few."""
        try:
            size = self._path.stat().st_size
            if size < self._position:  # a new file of that name
                self._position, self._rest = 0, b""
            if size == self._position:
                return []
            with self._path.open("rb") as file:
                file.seek(self._position)
                data = self._rest + file.read()
                self._position = file.tell()
        except OSError:
            return []
        *whole, self._rest = data.split(b"\n")
        found = [line.decode("utf-8", "replace") for line in whole if line.strip()]
        kept, self._first = (found[-self._first :] if self._first >= 0 else found), -1
        return kept


def follow(home: Home, *, last: int, forever: bool) -> Iterator[tuple[str, str]]:
    """Lines of all logs with their origin.

    Args:
        home: whose logs.
        last: lines of each log to begin with; at least 1.
        forever: go on with lines that are written later.
    """
    tails: dict[Path, _Tail] = {}
    known = False
    while True:
        for path, origin in sorted(_files(home).items()):
            if path not in tails:
                tails[path] = _Tail(path, origin, last=-1 if known else last)
        for tail in tails.values():
            for line in tail.lines():
                yield tail.origin, _readable(line)
        known = True
        if not forever:
            return
        time.sleep(_LOOK_AGAIN)


def _files(home: Home) -> dict[Path, str]:
    found = {path: path.stem for path in home.logs.glob("*.log")}
    found[home.folder / "postgres" / "server.log"] = "postgres"
    for path in (home.logs / "tasks").glob("dag_id=*/run_id=*/task_id=*/attempt=*.log"):
        names = [part.partition("=")[2] for part in path.parts[-4:-1]]
        found[path] = f"{names[0]}.{names[2]}"
    return found


def _readable(line: str) -> str:
    """Airflow writes the logs of tasks as JSON: time, level, event."""
    if not line.startswith("{"):
        return line
    try:
        event = json.loads(line)
    except ValueError:
        return line
    if not isinstance(event, dict) or "event" not in event:
        return line
    return f"{str(event.get('timestamp', ''))[:19]} {str(event.get('level', '')).upper()} {event['event']}".strip()
