"""Airflow as the stack runs it: its configuration by environment, its components, its metadata schema."""

from __future__ import annotations

import json
import os
import sys
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from pipelines.stack.home import Home, State, checkout
from pipelines.stack.processes import marked

if TYPE_CHECKING:
    from collections.abc import Mapping

ADMIN: Final = "admin"
VIEWER: Final = "viewer"
"""Logins of the UI: one may do everything, the other look at everything but secrets and start nothing."""

COMPONENTS: Final[Mapping[str, tuple[str, ...]]] = {
    # Task logs are read from the same disk. The log server would listen on every address of the machine.
    "airflow-scheduler": ("scheduler", "--skip-serve-logs"),
    "airflow-dag-processor": ("dag-processor",),
    # No task of ours defers, but Airflow's home page shows a missing triggerer as a broken one.
    "airflow-triggerer": ("triggerer", "--skip-serve-logs"),
    "airflow-api": ("api-server",),
}
"""Name of a service -> words after `airflow`."""

LIMITS: Final[Mapping[str, str]] = {
    "AIRFLOW__WORKERS__EXECUTION_API_TIMEOUT": "30",
    "AIRFLOW__WORKERS__MAX_FAILED_HEARTBEATS": "6",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "120",
    "AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_THRESHOLD": "90",
    "AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "60",
    "AIRFLOW__DAG_PROCESSOR__HEALTH_CHECK_THRESHOLD": "90",
    "AIRFLOW__TRIGGERER__TRIGGERER_HEALTH_CHECK_THRESHOLD": "90",
    "AIRFLOW__DAG_PROCESSOR__DAG_FILE_PROCESSOR_TIMEOUT": "180",
    "AIRFLOW__CORE__DAGBAG_IMPORT_TIMEOUT": "120",
}
"""Seconds (and heartbeats) for a small machine with much to do, where an answer may take twenty seconds.

By Airflow's defaults a task fails before it begins when the API takes five seconds, while one whose worker was killed
counts as running for five minutes more, and one that a killed scheduler was about to begin as queued for as long.
`docker-compose.yml` has the same values.
"""

_QUIET: Final[Mapping[str, str]] = {
    "AIRFLOW__LOGGING__NAMESPACE_LEVELS": (
        "http.access=WARNING airflow.models.dag=WARNING airflow.serialization.definitions.dag=WARNING"
    ),
    "AIRFLOW__DAG_PROCESSOR__PRINT_STATS_INTERVAL": "0",
}
"""No line for each request and none for each DAG twice a minute: they were nine tenths of the logs."""

MIGRATE: Final = ("db", "migrate")


def command(words: tuple[str, ...]) -> list[str]:
    """Words that run Airflow's command line in this Python."""
    return [sys.executable, "-P", "-m", "airflow", *words]


def installed_version() -> str:
    """Version of Airflow in this environment."""
    return version("apache-airflow")


def url(state: State) -> str:
    """Where people and programs reach Airflow."""
    return f"http://127.0.0.1:{state.ports['airflow']}"


def write_passwords(home: Home, state: State) -> None:
    """Hand the logins to Airflow, which reads it from a file."""
    home.write_private(
        "airflow-passwords.json", json.dumps({ADMIN: state.airflow_password, VIEWER: state.viewer_password}) + "\n"
    )


def environment(home: Home, state: State, harvest: Mapping[str, str], metadata_url: str) -> dict[str, str]:
    """The environment of every Airflow process.

    Args:
        home: where Airflow keeps its files.
        state: secrets and ports.
        harvest: variables that spiders and tasks need: `DATABASE_URL`, `LUMBUNG_HOME_CONTOH`.
        metadata_url: libpq URI of Airflow's own database.
    """
    theirs = ("AIRFLOW", "LUMBUNG_HOME_", "LUMBUNG_PASSWORD", "DATABASE_")
    ours = {name: value for name, value in os.environ.items() if not name.startswith(theirs)}
    return {
        **ours,
        **marked(home.folder),
        **harvest,
        "AIRFLOW_HOME": str(home.folder / "airflow"),
        "AIRFLOW_CONN_LUMBUNG": harvest["DATABASE_URL"],
        "PYTHONUNBUFFERED": "1",
        **LIMITS,
        **_QUIET,
        **_core(home),
        **_secrets(home, state),
        **_addresses(state),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": metadata_url.replace("postgresql://", "postgresql+psycopg2://", 1),
    }


def _core(home: Home) -> dict[str, str]:
    dags = checkout() / "dags"
    return {
        "AIRFLOW__CORE__DAGS_FOLDER": str(dags),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(dags / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__PARALLELISM": "4",
        "AIRFLOW__CORE__AUTH_MANAGER": "airflow.api_fastapi.auth.managers.simple.simple_auth_manager.SimpleAuthManager",
        "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "30",
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__API__INSTANCE_NAME": "Lumbung",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(home.logs / "tasks"),
        "AIRFLOW__LOGGING__DAG_PROCESSOR_CHILD_PROCESS_LOG_DIRECTORY": str(home.logs / "dags"),
        # While a task runs Airflow also asks a log server: here nobody answers, not the one of another Airflow.
        "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": "9",
    }


def _secrets(home: Home, state: State) -> dict[str, str]:
    return {
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{ADMIN}:admin,{VIEWER}:viewer",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(home.folder / "airflow-passwords.json"),
        "AIRFLOW__CORE__FERNET_KEY": state.fernet_key,
        "AIRFLOW__API__SECRET_KEY": state.session_secret,
        "AIRFLOW__API_AUTH__JWT_SECRET": state.jwt_secret,
    }


def _addresses(state: State) -> dict[str, str]:
    return {
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(state.ports["airflow"]),
        "AIRFLOW__API__BASE_URL": url(state),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{url(state)}/execution/",
    }
