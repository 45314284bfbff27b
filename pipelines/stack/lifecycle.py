"""What `lumbung up`, `down` and `status` do with a stack: checks before, clean-up after, and what people are told."""

from __future__ import annotations

import shutil
import signal
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from pipelines.stack.first_harvest import harvest
from pipelines.stack.home import Home, StackError, State
from pipelines.stack.patience import HarvestFailed
from pipelines.stack.ports import choose_ports
from pipelines.stack.postgres import Server, data_directory
from pipelines.stack.processes import sweep
from pipelines.stack.stack import SERVICES, Stack
from pipelines.stack.welcome import ways_in, welcome

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import FrameType

    from pipelines.progress import Reporter
    from pipelines.stack.airflow_api import AirflowApi

_LEAST_FREE = 1_000_000_000
"""Bytes of disk that a first harvest and Airflow's logs fit into with room to spare."""

_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """One line of `lumbung status`."""

    name: str
    pid: int | None
    address: str


def up(home: Home, reporter: Reporter) -> None:
    """Start the stack, or what is missing of it, wait for the first harvest, say where everything is.

    Raises:
        StackError: why not; what this call had started is stopped again, except after `HarvestFailed`.
    """
    _check_disk(home.folder)
    home.make()
    with home.locked("up"), _stopped_by_signals():
        stack = _prepared(home)
        try:
            stack.start(reporter)
        except BaseException:
            _undo(stack, reporter)
            raise
        try:
            harvest(stack.api, stack.server.url(), reporter, stack.check_alive)
        except SystemExit:
            _undo(stack, reporter)
            raise
        except HarvestFailed:
            reporter.say()
            reporter.say("  No harvest yet. The services keep running, so that you can see why:")
            ways_in(stack, reporter)
            raise
        welcome(stack, reporter)


def down(home: Home) -> list[str]:
    """Stop every process of the stack, whatever state it is in; names of those that ran."""
    with home.locked("down", interrupt=True) if home.exists else nullcontext(enter_result=False) as interrupted:
        state = _remembered(home)
        ran = ["what another command had begun"] if interrupted else []
        if state is not None and state.ports:
            stack = Stack(home, state)
            ran += [service for service in SERVICES if stack.pid(service)]
            stack.stop([*SERVICES, *state.processes])
        elif home.exists:
            Server(data_directory(home.folder / "postgres"), 0, "").stop()
        left = sweep(home.folder)
        return ran or left


def status(home: Home) -> list[ServiceStatus]:
    """Every service of the stack, running or not; empty when nothing was ever started."""
    state = home.load()
    if state is None or not state.ports:
        return []
    stack = Stack(home, state)
    addresses = {
        "postgres": f"127.0.0.1:{state.ports['postgres']}",
        "newsstand": stack.newsstand_url,
        "airflow-api": stack.airflow_url,
    }
    return [ServiceStatus(service, stack.pid(service), addresses.get(service, "")) for service in SERVICES]


def reader_url(home: Home) -> str | None:
    """Connection string for people who read the harvest; None when nothing was ever started."""
    return home.shell_variables().get("DATABASE_READER_URL")


def airflow_api(home: Home) -> AirflowApi:
    """Airflow's API, as its administrator.

    Raises:
        StackError: nothing was ever started here.
    """
    state = home.load()
    if state is None or not state.ports:
        raise StackError("no stack has been started here: `make up` starts one, or name an Airflow with --airflow")
    return Stack(home, state).api


def _prepared(home: Home) -> Stack:
    state = home.load() or State.new()
    stack = Stack(home, state)
    running = [service for service in SERVICES if state.ports and stack.pid(service)]
    stack.continued = bool(running)
    # Airflow's port belongs to its API.
    holding = ["airflow" if service == "airflow-api" else service for service in running]
    remembered = state.ports if state.settled or running else {}
    state.ports = choose_ports(remembered, [service for service in holding if service in remembered])
    home.save(state)
    return stack


def _remembered(home: Home) -> State | None:
    try:
        return home.load()
    except StackError:  # damaged: the marks of the processes are enough
        return None


def _undo(stack: Stack, reporter: Reporter) -> None:
    if stack.started:
        for number in _STOPPING:
            signal.signal(number, signal.SIG_IGN)
        reporter.say("  stopping what was started ...")
        stack.stop_started()


def _check_disk(folder: Path) -> None:
    existing = next(each for each in (folder, *folder.parents) if each.exists())
    free = shutil.disk_usage(existing).free
    if free < _LEAST_FREE:
        raise StackError(
            f"{existing} has {free / 1e9:.1f} GB of free disk, the stack needs {_LEAST_FREE / 1e9:.0f} GB:"
            " make room, or keep the stack elsewhere with LUMBUNG_STACK=/path"
        )


@contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """Let Ctrl-C, SIGTERM and a closed terminal end the block with the status shells expect: 128 + number."""

    def stop(number: int, _frame: FrameType | None) -> NoReturn:
        raise SystemExit(128 + number)

    # `nohup` asks to outlive the terminal.
    heeded = [each for each in _STOPPING if each != signal.SIGHUP or signal.getsignal(each) != signal.SIG_IGN]
    before = {number: signal.signal(number, stop) for number in heeded}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
