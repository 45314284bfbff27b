"""What a stack remembers in `.lumbung`: ports, secrets, processes. One command at a time works on it.

LumbungError
└── StackError             the stack cannot be started, stopped or asked; one line that says what to do
    └── StackBusy          another `lumbung up` or `down` is at work
"""

from __future__ import annotations

import base64
import fcntl
import os
import secrets
import shlex
import signal
import sys
import time
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field, ValidationError

from spiders.errors import LumbungError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_PATIENCE = 40.0
"""Seconds that `down` waits for an `up` to stop what it has started."""


class StackError(LumbungError):
    """The stack cannot be started, stopped or asked."""


class StackBusy(StackError):  # noqa: N818 - reads as what it is
    """Another command works on the same stack."""


class Recorded(BaseModel):
    """A process as it was when it was started: the id alone may have gone to another program since."""

    pid: int
    started: float
    """Seconds since the epoch, as the operating system tells."""


class State(BaseModel):
    """What is kept between two runs of `lumbung up`, in `.lumbung/state.json`, readable by its owner only."""

    founded: str
    """ISO date on which Harian Contoh was founded: its articles are dated relative to it."""
    postgres_password: str
    airflow_password: str
    jwt_secret: str
    session_secret: str
    fernet_key: str
    crawler_password: str = Field(default_factory=lambda: secrets.token_urlsafe(18))
    reader_password: str = Field(default_factory=lambda: secrets.token_urlsafe(18))
    metadata_password: str = Field(default_factory=lambda: secrets.token_urlsafe(18))
    viewer_password: str = Field(default_factory=lambda: secrets.token_urlsafe(12))
    ports: dict[str, int] = Field(default_factory=dict)
    settled: bool = False
    """Whether the services have answered on these ports once: from then on their addresses stay the same."""
    processes: dict[str, Recorded] = Field(default_factory=dict)
    airflow_version: str | None = None
    """Version whose metadata schema is in place."""

    @classmethod
    def new(cls) -> Self:
        """A stack that has never been started: fresh secrets, founded today."""
        return cls(
            founded=datetime.now(ZoneInfo("Asia/Jakarta")).date().isoformat(),
            postgres_password=secrets.token_urlsafe(18),
            airflow_password=secrets.token_urlsafe(12),
            jwt_secret=secrets.token_urlsafe(64),
            session_secret=secrets.token_urlsafe(32),
            fernet_key=base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        )


class Home:
    """The folder of one stack."""

    def __init__(self, folder: Path) -> None:
        """`folder` need not exist yet."""
        self.folder = folder.absolute()

    @classmethod
    def default(cls) -> Self:
        """`LUMBUNG_STACK`, else `.lumbung` in the checkout."""
        return cls(Path(os.environ.get("LUMBUNG_STACK") or checkout() / ".lumbung"))

    @property
    def environment_file(self) -> Path:
        """For shells: `. .lumbung/env`."""
        return self.folder / "env"

    @property
    def logs(self) -> Path:
        """One file a service."""
        return self.folder / "logs"

    @property
    def exists(self) -> bool:
        """Whether anything was ever started here."""
        return self.folder.is_dir()

    def shell_variables(self) -> dict[str, str]:
        """The variables of the environment file; none when no stack has been started here."""
        try:
            lines = self.environment_file.read_text("utf-8").splitlines()
        except FileNotFoundError:
            return {}
        assignments = (line for line in lines if line.startswith("export "))
        return dict(shlex.split(line)[1].split("=", 1) for line in assignments)

    def make(self) -> None:
        """Make the folder. Root's may be entered by the server's user, but not listed."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
        self.logs.mkdir(mode=0o700, exist_ok=True)

    def load(self) -> State | None:
        """What is remembered; None when nothing is.

        Raises:
            StackError: the file is damaged.
        """
        path = self.folder / "state.json"
        try:
            return State.model_validate_json(path.read_bytes())
        except FileNotFoundError:
            return None
        except ValidationError as error:
            raise StackError(f"{path} is damaged: remove {self.folder} to start over, without its data") from error

    def save(self, state: State) -> None:
        """Remember, in one step."""
        self.write_private("state.json", state.model_dump_json(indent=2) + "\n")

    def write_private(self, name: str, text: str) -> Path:
        """Replace a file that only its owner may read."""
        path = self.folder / name
        new = path.with_name(f"{path.name}.new")
        new.unlink(missing_ok=True)
        new.touch(mode=0o600)
        new.write_text(text, "utf-8")
        new.replace(path)
        return path

    def write_environment(self, variables: Mapping[str, str]) -> None:
        """Write the variables for `. .lumbung/env`, and put `lumbung` and `scrapy` on the shell's PATH, once."""
        programs = shlex.quote(str(Path(sys.executable).parent))
        path = f'case ":$PATH:" in *:{programs}:*) ;; *) PATH={programs}"${{PATH:+:$PATH}}"; export PATH ;; esac\n'
        lines = (f"export {name}={shlex.quote(value)}\n" for name, value in variables.items())
        self.write_private("env", "".join([*lines, path]))

    @contextmanager
    def locked(self, command: str, *, interrupt: bool = False) -> Iterator[bool]:
        """Be the only one that starts or stops things here.

        Args:
            command: who locks, shown to others.
            interrupt: ask an `up` that is at work to stop, and wait until it has.

        Yields:
            Whether another command was at work before.

        Raises:
            StackBusy: another command is at work; the text names it and its process id.
        """
        with (self.folder / "lock").open("a+", encoding="utf-8") as file:
            if busy := not _take(file.fileno()):
                holder, pid = _holder(self.folder / "lock")
                if not interrupt or not _wait_for(file.fileno(), pid if holder == "up" else None):
                    raise StackBusy(f"`lumbung {holder}` (process {pid}) is at work on {self.folder}: wait for it")
            file.truncate(0)
            file.write(f"{command} {os.getpid()}\n")
            file.flush()
            try:
                yield busy
            finally:
                file.truncate(0)


def checkout() -> Path:
    """The folder that this code was checked out to.

    Raises:
        StackError: the code is not in a checkout, which has the DAGs and the newspaper.
    """
    folder = Path(__file__).resolve().parents[2]
    if not (folder / "dags").is_dir():
        raise StackError(f"{folder} has no dags/: the stack runs from a checkout of Lumbung (`make up`)")
    return folder


def _take(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(path: Path) -> tuple[str, int]:
    words = path.read_text("utf-8").split()
    return (words[0], int(words[1])) if len(words) == 2 else ("up", 0)  # noqa: PLR2004 - command and process id


def _wait_for(descriptor: int, interrupted: int | None) -> bool:
    if interrupted:
        with suppress(ProcessLookupError):
            os.kill(interrupted, signal.SIGTERM)
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        if _take(descriptor):
            return True
        time.sleep(0.2)
    return False
