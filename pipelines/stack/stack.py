"""The embedded stack: PostgreSQL, the newsstand and Airflow as child processes (`make up`, `make down`).

Every service has a session of its own and outlives `lumbung up`. Whatever interrupts `up` (an error, Ctrl-C, SIGTERM),
what it had started by then is stopped again. `down` finds processes by what was written down and by their mark.
"""

from __future__ import annotations

import os
import secrets
import sys
import time
from typing import TYPE_CHECKING, Final
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from pipelines.command_line import counted
from pipelines.database.administration import OWNER
from pipelines.stack import airflow_service, processes
from pipelines.stack.airflow_api import AirflowApi, AirflowSilent
from pipelines.stack.home import Home, StackError, State, checkout
from pipelines.stack.own_server import CRAWLS, METADATA, READS, Passwords, settle
from pipelines.stack.postgres import ACCOUNT, Server, data_directory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    import psutil

    from pipelines.progress import Reporter, Step

ZONE: Final = "Asia/Jakarta"
"""Zone of every time that the stack shows: Harian Contoh's, and most publishers'."""

SERVICES: Final = ("postgres", "newsstand", "log-keeper", *airflow_service.COMPONENTS)

_CODE: Final = ("seeds", "spiders", "pipelines", "dags")
"""Folders whose Python files the services have loaded."""
_ANSWERS_WITHIN: Final = 240.0
"""Seconds a service may take until it answers."""

_MIGRATION: Final = "airflow-migrate"
"""The process that makes Airflow's tables: part of the start, not a service."""


class Stack:
    """One stack: its folder and what is remembered there."""

    def __init__(self, home: Home, state: State) -> None:
        """`state` has ports for every service."""
        self.home = home
        self.state = state
        self._token = secrets.token_hex(8)
        """Marks every process that this object starts, and what those start."""
        self.started: list[str] = []
        """Services that this object has started."""
        self.continued = False
        """Whether services of an earlier start run on."""

    @property
    def server(self) -> Server:
        """The embedded PostgreSQL."""
        data = data_directory(self.home.folder / "postgres")
        mark = processes.marked(self.home.folder, self._token)
        return Server(data, self.state.ports["postgres"], self.state.postgres_password, zone=ZONE, environment=mark)

    @property
    def newsstand_url(self) -> str:
        """Front page of Harian Contoh."""
        return f"http://127.0.0.1:{self.state.ports['newsstand']}/"

    @property
    def airflow_url(self) -> str:
        """Airflow's front page."""
        return airflow_service.url(self.state)

    @property
    def api(self) -> AirflowApi:
        """Airflow's API, as its administrator."""
        return AirflowApi(self.airflow_url, airflow_service.ADMIN, self.state.airflow_password)

    @property
    def reader_url(self) -> str:
        """Where people read the harvest, and can do nothing else."""
        return self.server.url(login=READS, password=self.state.reader_password)

    def shell_variables(self) -> dict[str, str]:
        """What `.lumbung/env` tells a shell."""
        return {
            **self._harvest_variables(),
            "DATABASE_READER_URL": self.reader_url,
            OWNER: self.server.url(),
            "AIRFLOW_URL": self.airflow_url,
            "AIRFLOW_USER": airflow_service.ADMIN,
            "AIRFLOW_PASSWORD": self.state.airflow_password,
            "AIRFLOW_VIEWER_PASSWORD": self.state.viewer_password,
            "SCRAPY_SETTINGS_MODULE": "spiders.settings",  # `scrapy` in any folder, as cron starts it
        }

    def pid(self, service: str) -> int | None:
        """Process id of a service that runs."""
        if service == "postgres":
            return self.server.postmaster[0] if self.server.running and self.server.postmaster else None
        process = self._process(service)
        return process.pid if process else None

    def check_alive(self) -> None:
        """See that every service still runs.

        Raises:
            StackError: names the service that died, its last words and its log.
        """
        for service in self.state.processes:
            if service != _MIGRATION and self._process(service) is None:
                raise StackError(f"{service} has ended: {_last_words(self._log(service))}")

    def start(self, reporter: Reporter) -> None:
        """Start what does not run and wait until it answers.

        Raises:
            StackError, DatabaseError, ServerError: what does not start and why.
        """
        # What has ended since is started again: it is not one that died while it was waited for.
        self.state.processes = {name: each for name, each in self.state.processes.items() if processes.find(each)}
        with reporter.step("PostgreSQL") as step:
            self._start_postgres(step)
        fresh = self.state.airflow_version != airflow_service.installed_version()
        if fresh:  # takes seconds and nobody waits for it yet
            self.stop([_MIGRATION])  # an earlier start that was killed may have left one at work
            self._spawn(_MIGRATION, airflow_service.command(airflow_service.MIGRATE), self._airflow_environment())
        if outdated := self._outdated():
            with reporter.step("Newer code than they run") as step:
                step.note(f"stops {', '.join(outdated)} to start anew")
                self.stop(outdated)
        with reporter.step("Harian Contoh") as step:
            self._start_newsstand(step)
        if fresh:
            with reporter.step("Airflow's tables") as step:
                self._finish_migration(step)
        with reporter.step("Airflow") as step:
            self._start_airflow(step)
        self.state.settled = True
        self.home.save(self.state)
        self.home.write_environment(self.shell_variables())

    def stop(self, services: Sequence[str]) -> None:
        """Stop services: spiders first, which give their pages back, then Airflow, which they report to."""
        found = {name: process for name in services if (process := self._process(name))}
        if "airflow-scheduler" in found:
            processes.terminate(_spiders(self.home.folder), 4)
        api = found.pop("airflow-api", None)
        processes.terminate(found.values(), 6)
        processes.terminate([api] if api else [], 3)
        if "postgres" in services:
            self.server.stop()
        self.state.processes = {name: each for name, each in self.state.processes.items() if name not in services}
        self.home.save(self.state)

    def stop_started(self) -> None:
        """Stop what this object has started: an interrupted start leaves nothing behind."""
        self.stop(self.started)
        processes.sweep(self.home.folder, self._token if self.continued else "")

    def _outdated(self) -> list[str]:
        """Services that run code from before the last change of a file: after `git pull` their tasks would mix both."""
        newest = max(path.stat().st_mtime for room in _CODE for path in (checkout() / room).rglob("*.py"))
        running = ((name, self._process(name)) for name in SERVICES if name != "postgres")
        return [name for name, process in running if process and process.create_time() < newest]

    def _process(self, service: str) -> psutil.Process | None:
        return processes.find(self.state.processes.get(service))

    def _log(self, service: str) -> Path:
        return self.home.logs / f"{service}.log"

    def _harvest_variables(self) -> dict[str, str]:
        crawler = self.server.url(login=CRAWLS, password=self.state.crawler_password)
        return {"DATABASE_URL": crawler, "LUMBUNG_HOME_CONTOH": self.newsstand_url}

    def _airflow_environment(self) -> dict[str, str]:
        metadata = self.server.url(METADATA, login=METADATA, password=self.state.metadata_password)
        mark = processes.marked(self.home.folder, self._token)
        return {**airflow_service.environment(self.home, self.state, self._harvest_variables(), metadata), **mark}

    def _start_postgres(self, step: Step) -> None:
        server = self.server
        if not server.running:
            self.started.append("postgres")
            server.start()
        server.create_database(ACCOUNT)
        state = self.state
        applied = settle(server.url, Passwords(state.crawler_password, state.reader_password, state.metadata_password))
        news = f", {counted(len(applied), 'migration')} applied" if applied else ""
        step.note(f"127.0.0.1:{server.port}{news}")

    def _start_newsstand(self, step: Step) -> None:
        step.note(self.newsstand_url)
        environment = {**os.environ, **processes.marked(self.home.folder, self._token), "PYTHONUNBUFFERED": "1"}
        if not self._process("log-keeper"):
            logs = (str(self.home.logs), str(self.server.log))
            self._spawn("log-keeper", [sys.executable, "-P", "-m", "pipelines.stack.log_keeper", *logs], environment)
        if not self._process("newsstand"):
            words = ("--port", str(self.state.ports["newsstand"]), "--founded", self.state.founded)
            self._spawn("newsstand", [sys.executable, "-P", "-m", "seeds.newsstand", *words], environment)
        self._wait_until(lambda: _answers(self.newsstand_url), "Harian Contoh", step)

    def _finish_migration(self, step: Step) -> None:
        step.note(f"version {airflow_service.installed_version()}")
        while (status := processes.exit_status(self.state.processes[_MIGRATION])) is None:
            time.sleep(0.1)
        del self.state.processes[_MIGRATION]
        if status:
            raise StackError(f"Airflow cannot make its tables: {_last_words(self._log(_MIGRATION))}")
        self.state.airflow_version = airflow_service.installed_version()
        self.home.save(self.state)

    def _start_airflow(self, step: Step) -> None:
        step.note(self.airflow_url)
        airflow_service.write_passwords(self.home, self.state)
        for service, words in airflow_service.COMPONENTS.items():
            if not self._process(service):
                self._spawn(service, airflow_service.command(words), self._airflow_environment())
        self._wait_until(lambda: _healthy(self.api), "Airflow", step)

    def _spawn(self, service: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self.started.append(service)
        self.state.processes[service] = processes.start(command, environment, self._log(service), cwd=checkout())
        self.home.save(self.state)

    def _wait_until(self, ready: Callable[[], bool], what: str, step: Step) -> None:
        deadline = time.monotonic() + _ANSWERS_WITHIN
        while not ready():
            self.check_alive()
            step.note(step.detail)
            if time.monotonic() > deadline:
                raise StackError(
                    f"{what} does not answer after {_ANSWERS_WITHIN:.0f} s: its logs are in {self.home.logs}"
                )
            time.sleep(0.2)


def _spiders(folder: Path) -> Iterable[psutil.Process]:
    return [each for each in processes.members(folder) if _runs_scrapy(each)]


def _runs_scrapy(process: psutil.Process) -> bool:
    import psutil  # noqa: PLC0415 - with the processes it names

    try:
        return "scrapy" in process.cmdline()
    except psutil.Error:
        return False


def _healthy(api: AirflowApi) -> bool:
    health = api.health()
    if not all(health.get(part) == "healthy" for part in ("metadatabase", "scheduler", "dag_processor", "triggerer")):
        return False
    try:
        api.log_in()
    except AirflowSilent:
        return False
    return True


def _answers(url: str) -> bool:
    try:
        with build_opener(ProxyHandler({})).open(url, timeout=5):
            return True
    except (URLError, OSError):
        return False


def _last_words(log: Path) -> str:
    try:
        lines = [line.strip() for line in log.read_text("utf-8", "replace").splitlines()]
    except OSError:
        lines = []
    said = next((line for line in reversed(lines) if line), "it said nothing")
    return f"{said} (its log: {log})"
