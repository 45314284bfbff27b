"""The database server of the harness: durable, on a small file system of its own where that can be mounted."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import tempfile
import time
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from support.throwaway import free_port

from pipelines.database.connections import Connection, DatabaseUnreachable, connect
from pipelines.database.migrate import migrate
from pipelines.stack.postgres import Server
from pipelines.stack.postgres_programs import call

if TYPE_CHECKING:
    from collections.abc import Iterator


class Barn:
    """One server that can be stopped at once, and whose disk can be filled."""

    def __init__(self, folder: Path, *, can_fill: bool) -> None:
        self.can_fill = can_fill
        self._ballast = folder / "ballast"
        self._folder = folder
        self.server = Server(folder / "data", free_port(), secrets.token_urlsafe(12))

    def start(self) -> None:
        """Start the server when it does not run, and wait until it takes connections."""
        if not self.server.running:
            self.server.start()
        deadline = time.monotonic() + 60
        while True:
            try:
                connect(self.server.url("postgres")).close()
            except DatabaseUnreachable:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
            else:
                return

    def stop_at_once(self) -> None:
        """As after a power cut of the server's processes: no checkpoint, no goodbye."""
        call("pg_ctl", "-w", "-m", "immediate", "-D", self.server.data, "stop", check=False)

    def database(self, name: str) -> str:
        """Make a database with our schema; its URL."""
        self.server.create_database(name)
        with closing(connect(self.server.url(name))) as connection:
            migrate(connection)
        return self.server.url(name)

    def look(self, name: str) -> Connection:
        """A connection to one of its databases."""
        return quietly(self.server.url(name))

    def fill(self) -> None:
        """Leave no room on the disk."""
        size = 0
        with self._ballast.open("wb") as file:
            for step in (1 << 20, 1 << 12):
                with suppress(OSError):
                    while True:
                        os.posix_fallocate(file.fileno(), size, step)
                        size += step

    def empty(self) -> None:
        """Give the room back, and have the server run again where it gave up."""
        self._ballast.unlink(missing_ok=True)
        self.start()


@contextmanager
def barn(megabytes: int = 1200) -> Iterator[Barn]:
    """A running server for one run; it survives crashes of its processes as one in use does.

    `megabytes`: of its file system.
    """
    folder = Path(tempfile.mkdtemp(prefix="lumbung-crash-"))
    words = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0755", "lumbung-crash", str(folder)]
    mounted = (
        shutil.which("mount") is not None and subprocess.run(words, capture_output=True, check=False).returncode == 0
    )
    folder.chmod(0o755)  # root starts the server as a user who must be able to enter
    made = Barn(folder, can_fill=mounted)
    try:
        made.start()
        made.server.psql("-d", "postgres", "-qc", "alter system set max_wal_size = '256MB'")
        made.server.psql("-d", "postgres", "-qc", "select pg_reload_conf()")
        yield made
    finally:
        made.server.stop()
        if mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)
        shutil.rmtree(folder, ignore_errors=True)


def quietly(url: str) -> Connection:
    """A connection for looking at things, outside of transactions."""
    connection = connect(url, application="crash harness")
    connection.autocommit = True
    return connection
