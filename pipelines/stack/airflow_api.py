"""The few calls of Airflow's REST API that the stack makes.

LumbungError
└── StackError
    ├── AirflowRefused     Airflow answers, but not as asked; quotes it
    └── AirflowSilent      it does not answer for the moment, or says that it cannot: worth asking again
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode
from urllib.request import ProxyHandler, Request, build_opener

from pipelines.stack.home import StackError

_direct = build_opener(ProxyHandler({}))
"""Loopback never goes through the proxy of the environment."""


_ANSWERS_WITHIN = 30.0
"""Seconds that one answer may take; on a machine with much to do it takes 5 to 20."""
_CONFLICT, _UNAUTHORISED, _NOT_FOUND, _SERVER_ERROR = 409, 401, 404, 500
_LATER = frozenset((408, 425, 429))


class AirflowRefused(StackError):  # noqa: N818 - reads as what it is
    """Airflow answers, but not as asked."""


class AirflowSilent(StackError):  # noqa: N818 - reads as what it is
    """Airflow does not answer for the moment, or says that it cannot."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a DAG."""

    run_id: str
    state: str
    """Queued, running, success or failed."""
    queued_at: datetime | None

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state in {"success", "failed"}


class AirflowApi:
    """Airflow's API at one address, for one user."""

    def __init__(self, url: str, user: str, password: str) -> None:
        """Log in lazily, with the first request."""
        self._url = url
        self._login = {"username": user, "password": password}
        self._token = ""

    def health(self) -> dict[str, str]:
        """Component -> `healthy` or `unhealthy`; empty when the API does not answer."""
        try:
            answer = self._send("GET", "/api/v2/monitor/health")
        except (URLError, HTTPException, OSError, ValueError):
            return {}
        return {name: str(part.get("status")) for name, part in answer.items()}

    def log_in(self) -> None:
        """Take a token, as the first call does that needs one.

        Raises:
            AirflowRefused: our password is not one of this Airflow's: another one has come to the port before ours.
            AirflowSilent: no answer for the moment.
        """
        try:
            self._call("GET", "/api/v2/version")
        except AirflowRefused as refused:
            raise AirflowRefused(
                f"another Airflow answers at {self._url} ({refused}): stop that, or take another port with"
                " LUMBUNG_AIRFLOW_PORT"
            ) from refused

    def unpause(self, dag: str) -> bool:
        """Let the schedule start runs; False when Airflow does not know the DAG (yet)."""
        return self._switch(dag, paused=False)

    def pause(self, dag: str) -> bool:
        """Let the schedule start no more runs; False when Airflow does not know the DAG."""
        return self._switch(dag, paused=True)

    def import_errors(self) -> list[str]:
        """One line for each DAG file that cannot be loaded."""
        answer = self._call("GET", "/api/v2/importErrors") or {}
        return [
            f"{each['filename']}: {each['stack_trace'].strip().splitlines()[-1]}" for each in answer["import_errors"]
        ]

    def newest_run(self, dag: str, *, state: str | None = None) -> Run | None:
        """The run of the DAG that was queued last, of those in a state where one is named."""
        order = urlencode({"order_by": "-id", "limit": 1, **({"state": state} if state else {})})
        answer = self._call("GET", f"/api/v2/dags/{dag}/dagRuns?{order}")
        return _run(answer["dag_runs"][0]) if answer and answer["dag_runs"] else None

    def run(self, dag: str, run_id: str) -> Run:
        """One run of the DAG as it is now."""
        answer = self._call("GET", f"/api/v2/dags/{dag}/dagRuns/{quote(run_id, safe='')}")
        if answer is None:
            raise AirflowRefused(f"Airflow does not know the run {run_id} of {dag}")
        return _run(answer)

    def new_run_id(self) -> str:
        """A name for a run to be triggered."""
        return f"manual__{datetime.now(UTC).isoformat()}"

    def trigger(self, dag: str, run_id: str) -> Run:
        """Start a run as a person would in the UI; where one of that name was started before, it is that one."""
        asked: dict[str, object] = {"dag_run_id": run_id, "logical_date": None, "conf": {}}
        answer = self._call("POST", f"/api/v2/dags/{dag}/dagRuns", asked, fine=_CONFLICT)
        if answer == _CONFLICT:
            return self.run(dag, run_id)
        if answer is None:
            raise AirflowRefused(f"Airflow does not know the DAG {dag}")
        return _run(answer)

    def failure(self, dag: str, run_id: str) -> str:
        """Why the run failed: the last error in the log of its failed task, one line."""
        base = f"/api/v2/dags/{dag}/dagRuns/{quote(run_id, safe='')}/taskInstances"
        for task in (self._call("GET", base) or {"task_instances": []})["task_instances"]:
            if task["state"] in {"failed", "up_for_retry"}:
                log = self._call("GET", f"{base}/{task['task_id']}/logs/{task['try_number']}?map_index=-1") or {}
                return f"task {task['task_id']}: {_last_error(log.get('content', []))}"
        return "no task of it failed"

    def _switch(self, dag: str, *, paused: bool) -> bool:
        return self._call("PATCH", f"/api/v2/dags/{dag}", {"is_paused": paused}) is not None

    def _call(self, method: str, path: str, body: object = None, *, fine: int = 0) -> Any:  # noqa: ANN401 - JSON as Airflow has it
        """The answer; None for 404, and the status itself where it is `fine`.

        Raises:
            AirflowSilent: no answer, an error of the server's own, or a token that is none any more.
            AirflowRefused: any other answer.
        """
        try:
            if not self._token:
                self._token = str(self._send("POST", "/auth/token", self._login)["access_token"])
            return self._send(method, path, body)
        except HTTPError as error:
            if error.code in {_NOT_FOUND, fine}:
                return None if error.code == _NOT_FOUND else fine
            said = f"Airflow answers {error.code} to {method} {path}: {_beginning(error)}"
            if error.code == _UNAUTHORISED and self._token:  # it was restarted, or the token has expired
                self._token = ""
                raise AirflowSilent(said) from error
            raise (AirflowSilent if error.code in _LATER or error.code >= _SERVER_ERROR else AirflowRefused)(
                said
            ) from error
        except (URLError, HTTPException, OSError, ValueError) as error:
            raise AirflowSilent(f"Airflow does not answer at {self._url}: {error}") from error

    def _send(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - JSON as Airflow has it
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        data = None if body is None else json.dumps(body).encode()
        request = Request(self._url + path, data=data, headers=headers, method=method)  # noqa: S310 - our own URL
        with _direct.open(request, timeout=_ANSWERS_WITHIN) as answer:
            return json.loads(answer.read())


def _beginning(error: HTTPError) -> str:
    """What an error says, in one line; it may break off, too."""
    try:
        return " ".join(error.read(400).decode("utf-8", "replace").split())
    except (HTTPException, OSError):
        return "and says nothing"


def _run(fields: dict[str, Any]) -> Run:
    queued = fields.get("queued_at")
    return Run(fields["dag_run_id"], fields["state"], datetime.fromisoformat(queued) if queued else None)


def _last_error(events: object) -> str:
    """The event that explains the failure: the last error, with its exception where it has one."""
    lines = [each for each in events if isinstance(each, dict)] if isinstance(events, list) else []
    for line in reversed(lines):
        if line.get("level") in {"error", "critical"}:
            details = line.get("error_detail") or []
            said = details[-1]["exc_value"] if details and details[-1].get("exc_value") else line.get("event", "")
            return " ".join(str(said).split())
    return "it was killed: its log has no error"
