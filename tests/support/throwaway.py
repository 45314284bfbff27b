"""A PostgreSQL server for one run of tests or of a benchmark, migrated and gone afterwards."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg2
from support.last_will import last_will

from pipelines.database.connections import connect
from pipelines.database.migrate import migrate
from pipelines.stack.postgres import Server

if TYPE_CHECKING:
    from collections.abc import Iterator

TEMPLATE = "template_lumbung"
"""A migrated database; a copy of it costs less than the migrations."""

SHARED_SERVER = "LUMBUNG_TEST_SERVER"
"""Names a server for several runs of tests, of `make mutants`: its port and password, with a blank between them."""
_REMOVE = """
pid=$(head -n 1 "$0/data/postmaster.pid") && kill -QUIT "$pid"
for _ in 1 2 3 4 5 6 7 8 9 10; do kill -0 "$pid" && sleep 1 || break; done
rm -rf "$0"
"""
"""Shell program that ends the server in a folder at once and removes the folder."""


def free_port() -> int:
    """A TCP port on loopback that nothing listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def throwaway_server(*, fast: bool = True) -> Iterator[Server]:
    """Start a server; `fast` ones do not survive a crash of the machine, and are no measure for one that does."""
    folder = Path(tempfile.mkdtemp(prefix="lumbung-test-"))
    folder.chmod(0o755)  # root starts the server as a user who must be able to enter
    server = Server(folder / "data", free_port(), secrets.token_urlsafe(12), fast=fast)
    with last_will(["/bin/sh", "-c", _REMOVE, str(folder)]):
        server.start()
        try:
            server.create_database(TEMPLATE)
            with closing(connect(server.url(TEMPLATE))) as connection:
                migrate(connection)
            yield server
        finally:
            server.stop()
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def fresh_database(server: Server) -> Iterator[str]:
    """The URL of a migrated database of its own, dropped afterwards."""
    name = f"t_{secrets.token_hex(6)}"
    admin = psycopg2.connect(server.url("postgres"))
    admin.autocommit = True
    try:
        with admin.cursor() as cursor:
            cursor.execute(f'create database "{name}" template {TEMPLATE}')
        yield server.url(name)
        with admin.cursor() as cursor:
            cursor.execute(f'drop database "{name}" with (force)')
    finally:
        admin.close()


@contextmanager
def shared_server() -> Iterator[Server]:
    """The server that another process has started for many runs of tests, or a throw-away one."""
    if named := os.environ.get(SHARED_SERVER):
        port, password = named.split()
        yield Server(Path(os.devnull), int(port), password)
    else:
        with throwaway_server() as server:
            yield server
