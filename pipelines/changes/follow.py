"""Following the feed: each change above a mark as a line of JSON, then the next ones as they are committed.

Postgres wakes the follower by NOTIFY and it looks by itself twice a minute; a restart of the server only makes it wait.
The mark moves when lines have been written, so whoever reads them gets each change at least once, in order.

LumbungError
└── MarkAhead                  the mark is above the last change: it is of another database, or of a later state of it
"""

from __future__ import annotations

import json
import logging
import os
import select
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Any

import psycopg2
from psycopg2.extras import RealDictCursor

from pipelines.database.connections import (
    Connection,
    DatabaseLost,
    DatabaseUnreachable,
    connect,
    one_line,
    the_row,
    transaction,
)
from pipelines.database.statements import query
from spiders.errors import LumbungError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

logger = logging.getLogger(__name__)

CHANNEL = "lumbung_changes"
_LOOK = 30.0
"""Seconds after which it looks without having been told."""
_PAUSE = 1.0
"""Seconds between two attempts to reach a server that is away."""
_MOST = 500
"""Changes read at a time."""


class MarkAhead(LumbungError):  # noqa: N818 - reads as what it is
    """The mark is above the last change."""


class Stop:
    """Asks a follower to end, from a signal handler: it wakes from any wait and ends between two batches."""

    def __init__(self, pipe: int | None = None) -> None:
        """Watch a pipe that is written to: when nobody reads it any more, that counts as being asked.

        Args:
            pipe: its file descriptor.
        """
        self._read, self._write = os.pipe()
        self._pipe = pipe
        self.asked = False

    def __call__(self, *_signal: Any) -> None:  # noqa: ANN401 - as signal handlers are called
        """Ask."""
        self.asked = True
        os.write(self._write, b".")

    def wait(self, seconds: float, *others: int) -> None:
        """Wait until it is asked, one of the other file descriptors can be read, or the time is over."""
        watch = select.poll()
        for each in (self._read, *others):
            watch.register(each, select.POLLIN)
        if self._pipe is not None:
            watch.register(self._pipe, 0)
        # The handler may set it while this waits.
        if any(descriptor == self._pipe for descriptor, _ in watch.poll(seconds * 1000)):
            self.asked = True


class Follower:
    """One run of `lumbung follow`."""

    def __init__(
        self,
        database_url: str,
        write: Callable[[Sequence[str], int], None],
        stop: Stop,
        *,
        mark: int | None = None,
        whole: bool = False,
    ) -> None:
        """Begin at a mark.

        Args:
            database_url: libpq connection string; a reader's rights are enough.
            write: takes lines without their ends and the mark after them, and returns when they are written; called
                without lines when it begins.
            stop: ends it.
            mark: last change that is known; None: the last one there is, so that only new ones follow.
            whole: give each article with all columns.
        """
        self.mark = mark
        self._database_url, self._write, self._stop = database_url, write, stop
        self._statement = query("whole_changes_above" if whole else "changes_above")

    def run(self, *, once: bool = False) -> None:
        """Write changes until it is asked to stop; `once`: those that are there now.

        Raises:
            DatabaseUnreachable: at the start. Later it waits for the server.
            MarkAhead: the mark is above the last change.
        """
        connected = False
        while not self._stop.asked:
            try:
                with closing(connect(self._database_url, application="lumbung follow")) as connection:
                    connected = True
                    self._begin(connection)
                    if self._follow(connection, once=once):
                        return
            except (DatabaseLost, DatabaseUnreachable) as error:
                if not connected:
                    raise
                logger.warning("%s; waiting for it", error)
                self._stop.wait(_PAUSE)

    def _begin(self, connection: Connection) -> None:
        with transaction(connection) as cursor:
            cursor.execute(f"listen {CHANNEL}")
        with transaction(connection) as cursor:
            cursor.execute(query("last_change"))
            (last,) = the_row(cursor)
        if self.mark is None:
            self.mark = last
            self._write([], last)
        if self.mark > last:
            raise MarkAhead(
                f"the mark {self.mark} is above the last change, {last}: the database is another one, or an earlier"
                " state of it; copy it anew, from mark 0"
            )

    def _follow(self, connection: Connection, *, once: bool) -> bool:
        """Whether all is done."""
        while not self._stop.asked:
            if self._catch_up(connection) == _MOST:
                continue
            if once:
                return True
            _wait(connection, self._stop)
        return True

    def _catch_up(self, connection: Connection) -> int:
        with transaction(connection, RealDictCursor) as cursor:
            cursor.execute(self._statement, {"mark": self.mark, "most": _MOST})
            changes: list[Any] = cursor.fetchall()
        if changes:
            self._write([line(change) for change in changes], changes[-1]["change_id"])
            self.mark = changes[-1]["change_id"]
        return len(changes)


def _wait(connection: Connection, stop: Stop) -> None:
    try:
        connection.poll()
        if not connection.notifies:
            stop.wait(_LOOK, connection.fileno())
            connection.poll()
    except psycopg2.Error as error:
        raise DatabaseLost(f"Postgres was lost: {one_line(error)}") from error
    connection.notifies.clear()


def line(change: Mapping[str, Any]) -> str:
    """A change as one line of JSON, times in ISO 8601; columns of an article that is no longer there are left out."""
    told = {name: value for name, value in change.items() if value is not None}
    return json.dumps(told, ensure_ascii=False, default=_time)


def _time(value: datetime) -> str:
    return value.isoformat()


def read_mark(path: Path) -> int | None:
    """The mark that a file keeps; None where there is no file yet.

    Raises:
        LumbungError: the file holds something else.
    """
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return None
    with suppress(ValueError):
        return int(text)
    raise LumbungError(f"{path} holds no mark: one whole number is expected")


def keep_mark(path: Path, mark: int) -> None:
    """Write a mark so that the file holds the old one or the new one, whatever happens meanwhile."""
    new = path.with_name(path.name + ".new")
    with new.open("w", encoding="utf-8") as file:
        file.write(f"{mark}\n")
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
