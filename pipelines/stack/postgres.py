"""The embedded PostgreSQL server: made, started and stopped by us, as root too (see `postgres_programs`)."""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote

from pipelines.stack.postgres_programs import OUTSIDE, ServerError, account, call, reachable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["ACCOUNT", "Server", "ServerError", "data_directory"]

ACCOUNT = "lumbung"
"""Superuser of the embedded server and name of the harvest's database."""

_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""For throw-away servers of tests only: a crash of the machine loses them."""


@dataclass(frozen=True, slots=True)
class Server:
    """One embedded server: its data directory, its port on loopback, its password."""

    data: Path
    port: int
    password: str
    fast: bool = False
    zone: str = ""
    """IANA zone in which sessions print times unless they ask for another; empty: the machine's."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Added to the server's environment: a mark by which its owner finds it again."""

    def url(self, database: str = ACCOUNT, *, login: str = ACCOUNT, password: str | None = None) -> str:
        """Libpq URI of a database on this server, for its superuser or for another login with its password."""
        secret = quote(self.password if password is None else password, safe="")
        return f"postgresql://{login}:{secret}@127.0.0.1:{self.port}/{database}"

    @property
    def running(self) -> bool:
        """Whether a postmaster runs on this data directory."""
        return self._exists() and call("pg_ctl", "-D", self.data, "status", check=False).returncode == 0

    @property
    def postmaster(self) -> tuple[int, int] | None:
        """Process id and port of the running server as it wrote them down; None when it does not run."""
        try:
            lines = (self.data / "postmaster.pid").read_text("utf-8").splitlines()
            return int(lines[0]), int(lines[3])
        except (OSError, ValueError, IndexError):
            return None

    def start(self) -> None:
        """Make the data directory when it is missing and start the server; wait until it answers.

        Raises:
            ServerError: initdb or the server failed; its last words are in the text.
        """
        if not self._exists():
            self._create()
        options = {"port": str(self.port), "listen_addresses": "127.0.0.1", "unix_socket_directories": ""}
        zones = {"timezone": self.zone, "log_timezone": self.zone} if self.zone else {}
        settings = {**options, "max_connections": "200", **zones, **(_FAST if self.fast else {})}
        words = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        how = ("-w", "-t", "60", "-D", self.data, "-l", self.log, "-o", words, "start")
        if call("pg_ctl", *how, check=False, environment=self.environment).returncode:
            raise ServerError(f"PostgreSQL does not start on 127.0.0.1:{self.port}: {self._last_words()}")

    def stop(self) -> None:
        """Stop the server, ending open connections; nothing happens when it is not running."""
        if self.running:
            call("pg_ctl", "-w", "-t", "60", "-m", "fast", "-D", self.data, "stop")

    @property
    def log(self) -> Path:
        """The server's log file."""
        return self.data / "server.log"

    def create_database(self, name: str) -> None:
        """Create a database when it is missing."""
        listed = self.psql("-d", "postgres", "-Atc", "select datname from pg_database").split()
        if name not in listed:
            self.psql("-d", "postgres", "-qc", f'create database "{name}"')

    def psql(self, *arguments: str) -> str:
        """Run psql on this server and return what it prints."""
        login = {"PGPASSWORD": self.password, "PGHOST": "127.0.0.1", "PGPORT": str(self.port), "PGUSER": ACCOUNT}
        return call("psql", "-X", "-v", "ON_ERROR_STOP=1", *arguments, environment=login).stdout

    def _exists(self) -> bool:
        return (self.data / "PG_VERSION").exists()

    def _create(self) -> None:
        """Make the data directory beside its place and move it there whole: a half-made one is never taken for it."""
        half = self.data.with_name(self.data.name + ".new")
        secret = self.data.with_name(self.data.name + ".password")
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(parents=True)
        secret.unlink(missing_ok=True)
        secret.touch(mode=0o600)
        secret.write_text(self.password)
        if (user := account()) is not None:
            os.chown(half, user.uid, user.gid)
            os.chown(secret, user.uid, user.gid)
        half.chmod(0o700)
        locale = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--encoding=UTF8", "--locale=C")
        auth = ("--auth=scram-sha-256", "--pwfile", secret)
        try:
            call("initdb", "-D", half, "-U", ACCOUNT, *auth, *locale, *(["--no-sync"] if self.fast else []))
        finally:
            secret.unlink()
        half.rename(self.data)

    def _last_words(self) -> str:
        try:
            lines = self.log.read_text("utf-8", "replace").splitlines()
        except OSError:
            return "it left no log"
        telling = [line for line in lines[-50:] if "FATAL" in line or "PANIC" in line or "could not" in line]
        return (telling or lines or ["its log is empty"])[-1]


def data_directory(wanted: Path) -> Path:
    """Where the data of a server can lie: `wanted`, or a directory outside that `wanted` then links to.

    Root starts the server as an unprivileged user, who cannot enter `/root`: then the data go to `/var/lib/lumbung`.
    Data there without a link belong to a folder that was removed, and go too.
    """
    if wanted.is_symlink():
        return wanted.readlink()
    if reachable(wanted):
        return wanted
    outside = OUTSIDE / hashlib.sha256(str(wanted).encode()).hexdigest()[:12] / "postgres"
    left = Server(outside, 0, "")
    left.stop()
    shutil.rmtree(outside, ignore_errors=True)
    outside.parent.mkdir(parents=True, exist_ok=True)
    for each in (OUTSIDE, outside.parent):
        each.chmod(0o711 if each is outside.parent else 0o755)
    wanted.parent.mkdir(parents=True, exist_ok=True)
    wanted.symlink_to(outside)
    return outside
