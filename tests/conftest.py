"""A real PostgreSQL, the embedded one, for every test that asks for a database."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg2
import pytest

from pipelines.database import Connection, connect
from pipelines.migrate import migrate
from pipelines.postgres import Server

if TYPE_CHECKING:
    from collections.abc import Iterator

SHARED = Path(__file__).resolve().parents[2] / "shared"


def free_port() -> int:
    """A TCP port on loopback that nothing listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A throw-away server; its data lie where an unprivileged user can reach them, since tests may run as root."""
    folder = Path(tempfile.mkdtemp(prefix="lumbung-test-"))
    folder.chmod(0o755)
    started = Server(folder / "data", free_port(), secrets.token_urlsafe(12), fast=True)
    started.start()
    try:
        started.create_database("template_lumbung")
        template = connect(started.url("template_lumbung"))
        migrate(template)
        template.close()
        yield started
    finally:
        started.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def database_url(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A fresh, migrated database; DATABASE_URL names it while the test runs."""
    name = f"t_{secrets.token_hex(6)}"
    admin = psycopg2.connect(server.url("postgres"))
    admin.autocommit = True
    with admin.cursor() as cursor:
        cursor.execute(f'create database "{name}" template template_lumbung')
    monkeypatch.setenv("DATABASE_URL", server.url(name))
    yield server.url(name)
    with admin.cursor() as cursor:
        cursor.execute(f'drop database "{name}" with (force)')
    admin.close()


@pytest.fixture
def database(database_url: str) -> Iterator[Connection]:
    """A connection to the fresh database."""
    connection = connect(database_url)
    yield connection
    connection.close()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The measuring material beside the checkout; tests that need it are skipped where it is not."""
    if not SHARED.is_dir() or os.environ.get("LUMBUNG_WITHOUT_SHARED"):
        pytest.skip("needs the measuring material in ../shared, which is not part of the repository")
    return SHARED
