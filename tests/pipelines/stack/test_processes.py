"""Processes of a stack: marked, found again, and ended for certain with all that they have started."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import psutil
from support.checkout import ROOT
from support.stacks import sleeper, until

from pipelines.stack import lifecycle as stack_commands
from pipelines.stack import ports, processes
from pipelines.stack.home import Recorded, State

if TYPE_CHECKING:
    from pipelines.stack.home import Home


def test_process_is_found_by_id_and_start_time(home: Home) -> None:
    recorded = sleeper(home)
    found = processes.find(recorded)
    assert found is not None
    assert found.pid == recorded.pid
    assert processes.find(Recorded(pid=recorded.pid, started=recorded.started - 5)) is None
    assert processes.find(None) is None


def test_descendants_in_sessions_of_their_own_are_members_too(home: Home) -> None:
    child = (
        "import subprocess, sys, time\n"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'], start_new_session=True)\n"
        "time.sleep(600)"
    )
    sleeper(home, child)
    until(lambda: len(processes.members(home.folder)) == 2)
    stack_commands.down(home)
    assert processes.members(home.folder) == []


def test_processes_that_are_started_while_the_others_are_ended_are_ended_too(home: Home) -> None:
    # A child every few milliseconds: some come after every look at what there is.
    breeder = (
        "import os, time\nfor _ in range(1500):\n    if not os.fork():\n        time.sleep(600)\n    time.sleep(0.004)"
    )
    sleeper(home, breeder)
    until(lambda: len(processes.members(home.folder)) > 3)
    processes.sweep(home.folder)
    assert processes.members(home.folder) == []


def test_what_one_start_began_is_told_from_what_an_earlier_one_did(home: Home) -> None:
    home.make()
    wait = [sys.executable, "-c", "import time; time.sleep(600)"]
    started = {}
    for token in ("first", "second"):
        environment = {**os.environ, **processes.marked(home.folder, token)}
        started[token] = processes.start(wait, environment, home.logs / f"{token}.log", cwd=ROOT)
    until(lambda: len(processes.members(home.folder)) == 2)
    told = {each.environ()["LUMBUNG_STACK_START"] for each in processes.members(home.folder)}
    assert told == {"first", "second"}
    processes.sweep(home.folder, "second")
    assert [each.pid for each in processes.members(home.folder)] == [started["first"].pid]


def test_process_that_ignores_sigterm_is_killed(home: Home) -> None:
    log = home.logs / "sleeper.log"
    recorded = sleeper(
        home, "import signal, time; signal.signal(15, signal.SIG_IGN); print(1, flush=True); time.sleep(600)"
    )
    until(lambda: log.read_text() == "1\n")
    processes.terminate([psutil.Process(recorded.pid)], 0.2)
    assert processes.find(recorded) is None


def test_down_after_a_reboot_touches_no_foreign_process(home: Home) -> None:
    foreign = subprocess.Popen(["sleep", "600"], start_new_session=True)
    home.make()
    state = State.new()
    state.ports = dict.fromkeys(ports.PREFERRED, 1)
    state.processes = {"newsstand": Recorded(pid=foreign.pid, started=time.time() - 1_000_000)}
    home.save(state)
    stack_commands.down(home)
    assert foreign.poll() is None
    foreign.kill()
    foreign.wait()
