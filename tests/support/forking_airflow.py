"""A process that has imported Airflow and forks for each question: seconds of import once, and a clean slate each time.

As a program it reads a line of JSON a question, `{"function": "dag_probe.found", "words": [...], "environment": {...}}`
with a function of `tests/support`, and prints a line with what the function returned. Nothing of Airflow enters the
process of the tests.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import traceback
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any, TextIO

from support.checkout import ROOT, TESTS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ADVERSE = {
    "AIRFLOW__SCHEDULER__CATCHUP_BY_DEFAULT": "True",
    "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
    "AIRFLOW__CORE__DEFAULT_TASK_RETRIES": "0",
    "AIRFLOW__CORE__DEFAULT_TASK_RETRY_DELAY": "7",
    "AIRFLOW__CORE__DEFAULT_TIMEZONE": "America/Lima",
}
"""Defaults of an installation that no DAG of ours may depend on."""


class ForkingAirflow:
    """The tests' end of it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def __call__(self, function: str, *words: object, **environment: str) -> Any:
        """What `function(*words)` returns in a fresh process with these variables.

        Raises:
            AssertionError: it raised; with its traceback.
        """
        question = {"function": function, "words": words, "environment": environment}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "Airflow could not be imported, or its process has ended; see what pytest captured"
        answer = json.loads(line)
        assert "failed" not in answer, answer["failed"]
        return answer["returned"]


@contextmanager
def forking_airflow(home: Path) -> Iterator[ForkingAirflow]:
    """Start it with a home of its own, and no database."""
    settings = {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "dags" / "plugins"),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/airflow.db",
        "PYTHONPATH": os.pathsep.join(map(str, (ROOT, ROOT / "dags" / "plugins", TESTS))),
        **ADVERSE,
    }
    ours = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    process = subprocess.Popen(
        [sys.executable, "-m", "support.forking_airflow"],
        env={**ours, **settings},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield ForkingAirflow(process)
        finally:
            process.kill()


def _answer(question: dict[str, Any]) -> dict[str, Any]:
    os.environ.update(question["environment"])
    module, _, name = question["function"].rpartition(".")
    try:
        return {"returned": getattr(import_module(f"support.{module}"), name)(*question["words"])}
    except Exception:  # noqa: BLE001 - whatever it is, the test is to show it
        return {"failed": traceback.format_exc()}


def _serve(answers: TextIO) -> None:
    for line in sys.stdin:
        if child := os.fork():
            status = os.waitpid(child, 0)[1]
            if status:
                answers.write(json.dumps({"failed": f"the process ended with status {status}"}) + "\n")
        else:
            answers.write(json.dumps(_answer(json.loads(line))) + "\n")
            answers.flush()
            os._exit(0)
        answers.flush()


if __name__ == "__main__":
    # What Airflow prints goes elsewhere: standard output has the answers only.
    own = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    import_module("airflow.dag_processing.dagbag")
    import_module("airflow.serialization.serialized_objects")
    _serve(own)
