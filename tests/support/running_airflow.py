"""A real Airflow for tests, started as the stack starts it and driven through its REST API."""

from __future__ import annotations

import json
import sys
import time
import urllib.error
import urllib.request
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import psutil
from support.last_will import last_will
from support.throwaway import free_port

from pipelines.stack import airflow_service, processes
from pipelines.stack.airflow_api import AirflowApi
from pipelines.stack.home import Home, Recorded, State

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PATIENCE = 240
"""Seconds until a test gives up waiting for Airflow, which is slow on a busy machine, and which takes a task for
running until two minutes after its killed scheduler was last heard of."""

IMPATIENT = """
from datetime import timedelta

def task_policy(task):
    task.retry_delay = timedelta(seconds=1)
"""
"""Airflow's way for an installation to change the tasks of all DAGs: tests do not sit out the delay before a retry."""


EVERY_MINUTE = """
from airflow.sdk import CronTriggerTimetable

def dag_policy(dag):
    if dag.dag_id == "deduplicate":
        dag.timetable.timetable = CronTriggerTimetable("* * * * *", timezone="Asia/Jakarta")
"""
"""Tests do not sit out half an hour until the tick of the net either."""


class Airflow:
    """One Airflow with a folder of its own."""

    def __init__(self, folder: Path, metadata_url: str, harvest: dict[str, str]) -> None:
        """`metadata_url`: an empty database; `harvest`: variables for the tasks, `DATABASE_URL` among them."""
        self._home = Home(folder)
        self._state = State.new()
        self._state.ports["airflow"] = free_port()
        self._environment = airflow_service.environment(self._home, self._state, harvest, metadata_url)
        # What the connection is for is a matter of one test; the others go by DATABASE_URL.
        del self._environment["AIRFLOW_CONN_LUMBUNG"]
        self._token = ""
        self._until_stopped = ExitStack()
        self._running: dict[str, Recorded] = {}

    def start(self, policy: str = IMPATIENT) -> None:
        """Make the metadata tables, start the components and wait until they answer.

        `policy`: the text of `airflow_local_settings.py`.
        """
        self._home.make()
        end = "import sys, pathlib; from pipelines.stack.processes import sweep; sweep(pathlib.Path(sys.argv[1]))"
        self._until_stopped.enter_context(last_will([sys.executable, "-c", end, str(self._home.folder)]))
        self._write_policy(policy)
        airflow_service.write_passwords(self._home, self._state)
        migration = self._run("migrate", airflow_service.MIGRATE)
        self.wait_for("the metadata tables", lambda: processes.exit_status(migration) is not None)
        assert processes.exit_status(migration) == 0, self._home.logs
        for name, words in airflow_service.COMPONENTS.items():
            if name != "airflow-triggerer":  # no task defers
                self._run(name, words)
        self.wait_for("Airflow's API", self._log_in)

    def kill(self, component: str) -> None:
        """End a component with everything it has started, at once, as a crash of its container does."""
        process = processes.find(self._running[component])
        assert process is not None, component
        processes.kill([process, *process.children(recursive=True)])

    def restart(self, component: str) -> None:
        """Start a component again that was killed."""
        self._run(component, airflow_service.COMPONENTS[component])

    def retune(self, policy: str) -> None:
        """Read the DAG files again under another policy."""
        self.kill("airflow-dag-processor")
        self._write_policy(policy)
        self.restart("airflow-dag-processor")

    def _write_policy(self, text: str) -> None:
        settings = self._home.folder / "airflow" / "config" / "airflow_local_settings.py"
        settings.parent.mkdir(parents=True, exist_ok=True)
        settings.write_text(text, "utf-8")

    def api(self, url: str = "") -> AirflowApi:
        """The stack's own client of this Airflow's API, by another address where one is given."""
        return AirflowApi(url or airflow_service.url(self._state), airflow_service.ADMIN, self._state.airflow_password)

    @property
    def port(self) -> int:
        """Where its API listens on loopback."""
        return self._state.ports["airflow"]

    def stop(self) -> None:
        """End every process, the tasks' too. In haste: nothing of this Airflow is needed again."""
        processes.sweep(self._home.folder)
        self._until_stopped.close()

    def call(self, method: str, path: str, body: object = None, token: str | None = None) -> tuple[int, Any]:
        """Status and answer of one request to the REST API, as the administrator or by another token."""
        request = urllib.request.Request(  # noqa: S310 - loopback
            airflow_service.url(self._state) + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Content-Type": "application/json",
                "Authorization": f"Bearer {self._token if token is None else token}",
            },
        )
        try:
            answer = urllib.request.urlopen(request, timeout=30)  # noqa: S310 - loopback
        except urllib.error.HTTPError as refusal:
            answer = refusal
        with answer:
            said = answer.read()
        return answer.status, json.loads(said) if said.startswith((b"{", b"[")) else said.decode()

    def viewer(self) -> str:
        """Token of the user who may only look."""
        login = {"username": airflow_service.VIEWER, "password": self._state.viewer_password}
        status, answer = self.call("POST", "/auth/token", login)
        assert status == 201, answer
        token: str = answer["access_token"]
        return token

    @property
    def secrets(self) -> dict[str, str]:
        """Every secret of this Airflow by name."""
        return {name: str(value) for name, value in self._state if name.endswith(("password", "secret", "key"))}

    @property
    def folder(self) -> Path:
        """Everything it writes lies here."""
        return self._home.folder

    def unpause(self, dag: str) -> None:
        """Wait until the dag-processor has found the DAG, and let it run."""
        self.wait_for(dag, lambda: self.call("PATCH", f"/api/v2/dags/{dag}", {"is_paused": False})[0] == 200)

    def trigger(self, dag: str, **conf: object) -> str:
        """Start a run as the form of the UI does; its run_id."""
        status, answer = self.call("POST", f"/api/v2/dags/{dag}/dagRuns", {"logical_date": None, "conf": conf})
        assert status == 200, answer
        run: str = answer["dag_run_id"]
        return run

    def first_run(self, dag: str, kind: str = "scheduled") -> str:
        """The first run of that `run_type`; its run_id."""
        path = f"/api/v2/dags/{dag}/dagRuns?run_type={kind}&order_by=id"
        found: str = self.wait_for(f"a run of {dag}", lambda: self.call("GET", path)[1]["dag_runs"])[0]["dag_run_id"]
        return found

    def finished(self, dag: str, run: str) -> dict[str, str]:
        """Wait for the end of a run; the states of its tasks, and its own as `run`."""
        path = f"/api/v2/dags/{dag}/dagRuns/{run}"
        ended = {"success", "failed"}
        state = self.wait_for(f"the end of {dag}", lambda: ended & {self.call("GET", path)[1]["state"]}).pop()
        tasks = self.call("GET", f"{path}/taskInstances")[1]["task_instances"]
        return {"run": state, **{task["task_id"]: task["state"] for task in tasks}}

    def note(self, dag: str, run: str) -> str | None:
        """The note of a run."""
        text: str | None = self.call("GET", f"/api/v2/dags/{dag}/dagRuns/{run}")[1]["note"]
        return text

    def tries(self, dag: str, run: str, task: str = "crawl") -> int:
        """How often a task of a run was tried."""
        path = f"/api/v2/dags/{dag}/dagRuns/{run}/taskInstances/{task}"
        number: int = self.call("GET", path)[1]["try_number"]
        return number

    def log(self, dag: str, run: str, number: int, task: str = "crawl", map_index: int = -1) -> list[dict[str, str]]:
        """Lines of one try's log: `event`, most with a `level`."""
        path = f"/api/v2/dags/{dag}/dagRuns/{run}/taskInstances/{task}/logs/{number}?map_index={map_index}"
        lines: list[dict[str, str]] = self.call("GET", path)[1]["content"]
        return lines

    def errors(self, dag: str, run: str, number: int, task: str = "crawl", map_index: int = -1) -> list[str]:
        """Lines of one try's log at level error, without Airflow's own traceback."""
        lines = self.log(dag, run, number, task, map_index)
        said = [line["event"] for line in lines if line.get("level") == "error"]
        return [event for event in said if event != "Task failed with exception"]

    def wait_for(self, what: str, ready: Callable[[], Any]) -> Any:
        """Ask until the answer is true."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if answer := ready():
                return answer
            time.sleep(0.5)
        raise AssertionError(f"waited {PATIENCE} s for {what}; see {self._home.logs}")

    def spiders(self, publisher: str) -> list[psutil.Process]:
        """The running spiders of a publisher that this Airflow started."""
        words = ["scrapy", "crawl", publisher]
        return [each for each in processes.members(self._home.folder) if words in _triples(each)]

    def _log_in(self) -> bool:
        login = {"username": airflow_service.ADMIN, "password": self._state.airflow_password}
        try:
            status, answer = self.call("POST", "/auth/token", login)
        except OSError:
            return False
        self._token = answer["access_token"] if status == 201 else ""
        return bool(self._token)

    def _run(self, name: str, words: tuple[str, ...]) -> Any:
        command, log = airflow_service.command(words), self._home.logs / f"{name}.log"
        self._running[name] = processes.start(command, self._environment, log, cwd=self._home.folder)
        return self._running[name]


def _triples(process: psutil.Process) -> list[list[str]]:
    try:
        words = process.cmdline()
    except psutil.NoSuchProcess:
        return []
    return [words[at : at + 3] for at in range(len(words) - 2)]
