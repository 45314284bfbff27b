"""Child processes that outlive the command that started them, found again and stopped for certain.

Each gets its own session and a mark in its environment, which its own children inherit. A process is ours when it
has the mark, or when id and start time are those that were written down: an id alone may have gone to another program.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from typing import TYPE_CHECKING, Final

import psutil

from pipelines.stack.home import Recorded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

MARK: Final = "LUMBUNG_STACK_MEMBER"
"""Environment variable of every process of a stack: the stack's folder."""
STARTED_BY: Final = "LUMBUNG_STACK_START"
"""Environment variable of every process that one `lumbung up` has started: a token of that start."""

_QUIET_LOOKS, _BETWEEN_LOOKS, _SWEEP_WITHIN = 2, 0.2, 30.0
"""Looks in a row that must find nothing, seconds between them, seconds after which whoever cannot be killed is left."""

_children: dict[int, subprocess.Popen[bytes]] = {}
"""Children of this very process, for their exit status; kept, since Python complains of children that outlive it."""


def marked(folder: Path, start_token: str = "") -> dict[str, str]:
    """The variables that mark a process as a member of the stack in `folder`, begun by one start of it."""
    # setproctitle, which Airflow uses, would otherwise write its title over the environment that others read.
    return {MARK: str(folder), STARTED_BY: start_token, "SPT_NOENV": "1"}


def start(command: Sequence[str], environment: Mapping[str, str], log: Path, *, cwd: Path) -> Recorded:
    """Start a process in a session of its own; its output goes to `log`, the log before it to `<log>.1`."""
    if log.exists():
        log.replace(log.with_name(log.name + ".1"))
    with log.open("ab") as output:
        log.chmod(0o600)
        child = subprocess.Popen(
            command,
            cwd=cwd,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    _children[child.pid] = child
    return Recorded(pid=child.pid, started=psutil.Process(child.pid).create_time())


def exit_status(recorded: Recorded) -> int | None:
    """Exit status of a child that this very process started; None while it runs."""
    return _children[recorded.pid].poll()


def find(recorded: Recorded | None) -> psutil.Process | None:
    """The process that was written down, if it still runs."""
    if recorded is None:
        return None
    try:
        process = psutil.Process(recorded.pid)
        same = abs(process.create_time() - recorded.started) < 1
        return process if same and process.status() != psutil.STATUS_ZOMBIE else None
    except psutil.NoSuchProcess:
        return None


def members(folder: Path, start_token: str = "") -> list[psutil.Process]:
    """Every running process that carries the mark of the stack in `folder`, without this one.

    With `start_token`, only those that this start of the stack has begun, and their descendants.
    """
    wanted = {MARK: str(folder), **({STARTED_BY: start_token} if start_token else {})}
    found = []
    for process in psutil.process_iter():
        try:
            ours = process.pid != os.getpid() and wanted.items() <= process.environ().items()
            if ours and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except (psutil.Error, OSError):  # ended meanwhile, or somebody else's
            continue
    return found


def sweep(folder: Path, start_token: str = "") -> list[str]:
    """End all `members`, whatever was written down, until none is left; their names.

    One look is not enough: a process may have forked since, and one that is just being started has no environment yet.
    """
    names: list[str] = []
    quiet, deadline = 0, time.monotonic() + _SWEEP_WITHIN
    while quiet < _QUIET_LOOKS and time.monotonic() < deadline:
        left = {process: _name(process) for process in members(folder, start_token)}
        names += left.values()
        if left:
            interrupt((process for process, name in left.items() if name == "postgres"), 8)
            kill(members(folder, start_token))
        quiet = 0 if left else quiet + 1
        time.sleep(_BETWEEN_LOOKS)
    return names


def _name(process: psutil.Process) -> str:
    try:
        return str(process.name())
    except psutil.Error:
        return "a process"


def interrupt(processes: Iterable[psutil.Process], patience: float) -> None:
    """Send SIGINT, at which PostgreSQL closes its connections and stops; wait up to `patience` seconds."""
    asked = list(processes)
    _each(asked, lambda process: process.send_signal(signal.SIGINT))
    _wait(asked, patience)


def terminate(processes: Iterable[psutil.Process], patience: float) -> None:
    """Ask processes to end, wait up to `patience` seconds, then kill those that did not."""
    asked = list(processes)
    _each(asked, lambda process: process.terminate())
    kill(_wait(asked, patience))


def kill(processes: Iterable[psutil.Process]) -> None:
    """End processes at once."""
    killed = list(processes)
    _each(killed, lambda process: process.kill())
    _wait(killed, 3)


def _each(processes: Iterable[psutil.Process], act: Callable[[psutil.Process], None]) -> None:
    for process in processes:
        try:
            act(process)
        except psutil.NoSuchProcess:
            continue


def _wait(processes: Iterable[psutil.Process], patience: float) -> list[psutil.Process]:
    """Those that still run after `patience` seconds."""
    running = list(processes)
    deadline = time.monotonic() + patience
    while running and time.monotonic() < deadline:
        time.sleep(0.05)
        running = [process for process in running if _runs(process)]
    return running


def _runs(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running()) and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
