"""`lumbung logs`: follow the logs of every service and task, each line with its origin.

It begins with what people look for: the newest log of each task, then the newspaper, the database, and Airflow's own.
"""

from __future__ import annotations

import json
import time
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pipelines.stack.home import Home

_LOOK_AGAIN = 0.5
"""Seconds between two looks at the files."""
_FOLDS = ("::group::", "::endgroup::")
"""What Airflow's UI takes for the beginning and the end of lines to be folded."""


class _Tail:
    """One log file, read as it grows."""

    def __init__(self, path: Path, origin: str, *, last: int) -> None:
        """`last`: lines of what is there already to begin with; -1 for all."""
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
        found = [text for line in whole if (text := _readable(line.decode("utf-8", "replace"))).strip()]
        kept, self._first = (found[max(len(found) - self._first, 0) :] if self._first >= 0 else found), -1
        return kept


def follow(home: Home, *, last: int, forever: bool) -> Iterator[tuple[str, str]]:
    """Lines of all logs with their origin.

    Args:
        home: whose logs.
        last: lines of each log to begin with; at least 1.
        forever: go on with lines that are written later.
    """
    tails: dict[Path, _Tail] = {}
    begun = False
    while True:
        shown = set[str]()
        for path, origin in _files(home):
            if path not in tails:
                tails[path] = _Tail(path, origin, last=-1 if begun else 0 if origin in shown else last)
            for line in tails[path].lines():
                shown.add(origin)  # the newest log of a task that has only just begun has nothing to show yet
                yield origin, line
        begun = True
        if not forever:
            return
        time.sleep(_LOOK_AGAIN)


def _files(home: Home) -> list[tuple[Path, str]]:
    """Each log with its origin: those of tasks, the newest first, then those of services, Airflow's last."""
    tasks = []
    for path in (home.logs / "tasks").glob("dag_id=*/run_id=*/task_id=*/**/attempt=*.log"):
        names = [part.partition("=")[2] for part in path.relative_to(home.logs / "tasks").parts]
        with suppress(OSError):  # removed meanwhile
            tasks.append((-path.stat().st_mtime, path, f"{names[0]}.{names[2]}"))
    services = [(path, path.stem) for path in home.logs.glob("*.log")]
    services.append((home.folder / "postgres" / "server.log", "postgres"))
    services.sort(key=lambda each: (each[1].startswith("airflow"), each[1]))
    return [*((path, origin) for _, path, origin in sorted(tasks)), *services]


def _readable(line: str) -> str:
    """The line of a task's log, which Airflow writes as JSON, as time, level and event; empty for its fold marks."""
    if not line.startswith("{"):
        return line
    try:
        event = json.loads(line)
    except ValueError:
        return line
    if not isinstance(event, dict) or "event" not in event:
        return line
    if str(event["event"]).startswith(_FOLDS):
        return ""
    return f"{str(event.get('timestamp', ''))[:19]} {str(event.get('level', '')).upper()} {event['event']}".strip()
