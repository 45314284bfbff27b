"""Keeps the logs of a stack small: `python -m pipelines.stack.log_keeper FOLDER [FILE]...` looks every minute.

A service's log (`FOLDER/*.log`, and each FILE) is rotated at 10 MB: the two before it stay as `.1` and `.2`. Logs of
tasks and of the parsing of DAG files (`FOLDER/tasks`, `FOLDER/dags`) go after 30 days, and the oldest of them earlier
where all together take more than 200 MB; those written in the last hour stay.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_EVERY: Final = 60.0
"""Seconds between two looks."""
_MEGABYTE: Final = 1_000_000
_HOUR: Final = 3600.0
_SECTIONS: Final = ("tasks", "dags")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much is kept."""

    file_bytes: int = 10 * _MEGABYTE
    """Size at which a service's log is rotated."""
    older: int = 2
    """Rotated logs kept of each service."""
    all_bytes: int = 200 * _MEGABYTE
    """Size of all logs of tasks and DAG files together."""
    seconds: float = 30 * 24 * _HOUR
    """Age at which a log of a task or DAG file goes."""
    fresh: float = _HOUR
    """Seconds since the last line for which a log may still be written to, and stays."""


def keep(folder: Path, files: Iterable[Path], bounds: Bounds, now: float) -> None:
    """Rotate and remove what is beyond the bounds; `now` in seconds since the epoch."""
    for path in (*folder.glob("*.log"), *files):
        with suppress(OSError):  # gone meanwhile
            if path.stat().st_size > bounds.file_bytes:
                _rotate(path, bounds.older)
    _remove_old(folder, bounds, now)


def _rotate(path: Path, older: int) -> None:
    """Copy and empty the file, to which its service goes on appending; the lines of that moment are lost."""
    for number in range(older, 1, -1):
        newer = path.with_name(f"{path.name}.{number - 1}")
        if newer.exists():
            newer.replace(path.with_name(f"{path.name}.{number}"))
    copy = path.with_name(f"{path.name}.1")
    shutil.copy2(path, copy)
    with path.open("r+b") as file:
        file.truncate(0)


def _remove_old(folder: Path, bounds: Bounds, now: float) -> None:
    found = []
    for path in (each for section in _SECTIONS for each in (folder / section).rglob("*")):
        with suppress(OSError):
            if path.is_file() and not path.is_symlink():
                stat = path.stat()
                found.append((stat.st_mtime, stat.st_size, path))
    total = sum(size for _, size, _ in found)
    for modified, size, path in sorted(found):
        too_old, too_much = now - modified > bounds.seconds, total > bounds.all_bytes
        if now - modified <= bounds.fresh or not (too_old or too_much):
            break
        with suppress(OSError):
            path.unlink()
            total -= size
            _remove_empty(path.parent, folder)


def _remove_empty(folder: Path, top: Path) -> None:
    """Remove a folder and those above it as far as they are empty."""
    while folder not in {top, *(top / section for section in _SECTIONS)}:
        folder.rmdir()  # fails where something is in it
        folder = folder.parent


def main() -> None:
    """Look every minute, until stopped; LOG_KEEPER_LOOKED names a file to touch each time, for a health check."""
    folder, *files = map(Path, sys.argv[1:])
    looked = os.environ.get("LOG_KEEPER_LOOKED")
    while True:
        keep(folder, files, Bounds(), time.time())
        if looked:
            Path(looked).touch()
        time.sleep(_EVERY)


if __name__ == "__main__":
    main()
