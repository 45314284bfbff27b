"""A process that has imported Airflow and forks for each question: seconds of import once, and a clean slate each time.

As a program it listens on the socket that is its standard input. Of each connection it reads a line of JSON a question,
`{"function": "dag_probe.found", "words": [...], "environment": {...}}` with a function of `tests/support`, and writes a
line with what the function returned. Nothing of Airflow enters the process of the tests.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import traceback
from contextlib import closing, contextmanager, suppress
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from support.checkout import ROOT, TESTS

if TYPE_CHECKING:
    from collections.abc import Iterator

SHARED_AIRFLOW = "LUMBUNG_TEST_AIRFLOW"
"""Names the socket of such a process for several runs of tests, of `make mutants`."""
ADVERSE = {
    "AIRFLOW__SCHEDULER__CATCHUP_BY_DEFAULT": "True",
    "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
    "AIRFLOW__CORE__DEFAULT_TASK_RETRIES": "0",
    "AIRFLOW__CORE__DEFAULT_TASK_RETRY_DELAY": "7",
    "AIRFLOW__CORE__DEFAULT_TIMEZONE": "America/Lima",
}
"""Defaults of an installation that no DAG of ours may depend on."""
_LOOK = 0.02
_FAMILY = 1.0
"""Seconds between two looks whether whoever started the program is still there."""


class ForkingAirflow:
    """The tests' end of it."""

    def __init__(self, connection: socket.socket) -> None:
        self._questions = connection.makefile("w", encoding="utf-8")
        self._answers = connection.makefile("r", encoding="utf-8")

    def __call__(self, function: str, *words: object, **environment: str) -> Any:
        """What `function(*words)` returns in a fresh process with these variables.

        Raises:
            AssertionError: it raised; with its traceback.
        """
        question = {"function": function, "words": words, "environment": environment}
        self._questions.write(json.dumps(question) + "\n")
        self._questions.flush()
        line = self._answers.readline()
        assert line, "Airflow could not be imported, or its process has ended; see what pytest captured"
        answer = json.loads(line)
        assert "failed" not in answer, answer["failed"]
        return answer["returned"]

    def close(self) -> None:
        """Ask no more; what is being answered is given up."""
        self._questions.close()
        self._answers.close()


@contextmanager
def forking_airflow() -> Iterator[ForkingAirflow]:
    """The process that is named for several runs, or one started for this run."""
    if named := os.environ.get(SHARED_AIRFLOW):
        with _connected(named) as asked:
            yield asked
    else:
        with airflow_process() as address, _connected(address) as asked:
            yield asked


@contextmanager
def airflow_process(tests: Path = TESTS, output: int | None = None) -> Iterator[str]:
    """Start it with a home of its own and no database.

    Args:
        tests: folder of the tests of the checkout that it is to ask.
        output: where its log goes, as `subprocess` has it; None for where this process's goes.

    Yields:
        Path of its socket.
    """
    ours = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    with TemporaryDirectory(prefix="lumbung-airflow-") as home, socket.socket(socket.AF_UNIX) as listening:
        address = f"{home}/questions"
        listening.bind(address)
        listening.listen()
        process = subprocess.Popen(
            [sys.executable, "-m", "support.forking_airflow", home],
            cwd=tests.parent,
            env={**ours, "PYTHONPATH": str(tests)},
            stdin=listening.fileno(),
            stdout=output,
            stderr=output,
        )
        with process:
            listening.close()  # whoever connects is told when the process ends
            try:
                yield address
            finally:
                process.kill()


@contextmanager
def _connected(address: str) -> Iterator[ForkingAirflow]:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(address)
        with closing(ForkingAirflow(connection)) as asked:
            yield asked


def _set_up(home: str) -> None:
    paths = [str(ROOT), str(ROOT / "dags" / "plugins"), str(TESTS)]
    sys.path[:0] = paths
    os.environ.update(
        {
            "AIRFLOW_HOME": home,
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
            "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "dags" / "plugins"),
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/airflow.db",
            "PYTHONPATH": os.pathsep.join(paths),
            **ADVERSE,
        }
    )


def _answer(question: dict[str, Any]) -> dict[str, Any]:
    os.environ.update(question["environment"])
    module, _, name = question["function"].rpartition(".")
    try:
        return {"returned": getattr(import_module(f"support.{module}"), name)(*question["words"])}
    except Exception:  # noqa: BLE001 - whatever it is, the test is to show it
        return {"failed": traceback.format_exc()}


def _serve(listening: socket.socket) -> None:
    """Fork for each connection, until whoever started the program is gone."""
    started_by = os.getppid()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while os.getppid() == started_by:
        if select.select([listening], [], [], _FAMILY)[0]:
            connection, _ = listening.accept()
            if not os.fork():
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                listening.close()
                with suppress(ConnectionError):
                    _converse(connection)
                os._exit(0)
            connection.close()


def _converse(connection: socket.socket) -> None:
    """Fork for each question of a connection."""
    for line in connection.makefile("r", encoding="utf-8"):
        if child := os.fork():
            if (status := _ended(child, connection)) is None:
                return
            if status:
                _say(connection, {"failed": f"the process ended with status {status}"})
        else:
            _say(connection, _answer(json.loads(line)))
            os._exit(0)


def _ended(child: int, connection: socket.socket) -> int | None:
    """Status of a fork when it has ended; it is killed, None, when nobody waits for its answer any more."""
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return status
        if select.select([connection], [], [], _LOOK)[0] and not connection.recv(1, socket.MSG_PEEK):
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return None


def _say(connection: socket.socket, answer: dict[str, Any]) -> None:
    connection.sendall((json.dumps(answer) + "\n").encode())


if __name__ == "__main__":
    asked_at = socket.socket(fileno=os.dup(0))
    with Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    _set_up(sys.argv[1])
    import_module("airflow.dag_processing.dagbag")
    import_module("airflow.serialization.serialized_objects")
    _serve(asked_at)
