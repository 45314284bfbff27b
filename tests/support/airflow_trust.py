"""What an Airflow must not let through: tests that run last in `test_airflow_runs.py`, in its Airflow."""

from __future__ import annotations

import re
from contextlib import closing
from typing import TYPE_CHECKING, Any

import psycopg2
import pytest
from support.checkout import ROOT

from pipelines.database.connections import connect
from spiders.publishers import publisher_keys

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.running_airflow import Airflow

    from pipelines.stack.postgres import Server

__all__ = [
    "passwords",
    "test_a_task_that_fails_over_its_password_does_not_tell_it",
    "test_a_viewer_sees_everything_and_starts_or_changes_nothing",
    "test_names_and_urls_that_are_no_field_change_nothing",
    "test_no_code_of_ours_starts_a_shell",
    "test_no_secret_is_in_logs_xcom_rendered_fields_api_answers_or_the_metadata",
    "test_what_no_field_of_a_form_allows_is_refused_by_the_api_and_nothing_runs",
]

MARK = "jejak-perampok"
"""A file of this name appears where a parameter is run by a shell or a template."""
SHELL = [f"; touch {MARK}", f"$(touch {MARK})", f"`touch {MARK}`", f"| touch {MARK}", f"2026-11-10\ntouch {MARK}"]
TEMPLATES = [
    "{{ ''.__class__.__mro__ }}",
    "{% for x in (1).__class__.__base__.__subclasses__() %}{% endfor %}",
    "{{ conn.lumbung }}",
]
OTHERS = [
    "' or 1=1 --",
    "../../etc/passwd",
    "http://169.254.169.254/",
    "-s ROBOTSTXT_OBEY=0",
    "\x00",
    "٢",
    "1e9",
    {},
    [],
]
HOSTILE = [*SHELL, *TEMPLATES, *OTHERS]
FIELDS = {
    "crawl_contoh": ("from_date", "to_date", "max_articles", "refetch"),
    "deduplicate": ("recheck", "publisher", "batch"),
    "check_publishers": ("publishers", "articles"),
}
OUT_OF_RANGE: list[tuple[str, dict[str, Any]]] = [
    ("crawl_contoh", {"max_articles": -1}),
    ("crawl_contoh", {"max_articles": 10**30}),
    ("crawl_contoh", {"from_date": "2026-02-30"}),
    ("crawl_contoh", {"from_date": "-999999-01-01"}),
    ("deduplicate", {"batch": 10**9}),
    ("deduplicate", {"publisher": "bukan-penerbit"}),
    ("check_publishers", {"articles": 10**6}),
    ("check_publishers", {"publishers": ["contoh; id"]}),
    ("check_publishers", {"publishers": ["--help"]}),
]


def runs(airflow: Airflow) -> int:
    found: int = airflow.call("GET", "/api/v2/dags/~/dagRuns?limit=1")[1]["total_entries"]
    return found


def test_a_viewer_sees_everything_and_starts_or_changes_nothing(airflow: Airflow) -> None:
    run = airflow.first_run("crawl_contoh")
    airflow.finished("crawl_contoh", run)
    viewer, before = airflow.viewer(), runs(airflow)
    dag, known = "/api/v2/dags/crawl_contoh", f"/api/v2/dags/crawl_contoh/dagRuns/{run}"
    for path in ("/api/v2/dags", f"{dag}/dagRuns", f"{known}/taskInstances", f"{known}/taskInstances/crawl/logs/1"):
        assert airflow.call("GET", path, token=viewer)[0] == 200, path
    connection = {"connection_id": "jahat", "conn_type": "postgres", "host": "jahat.example"}
    backfill = {"dag_id": "crawl_contoh", "from_date": "2026-11-01T00:00:00Z", "to_date": "2026-11-02T00:00:00Z"}
    clear = {"dry_run": False, "dag_run_id": run, "only_failed": False}
    changes: list[tuple[str, str, object]] = [
        ("POST", f"{dag}/dagRuns", {"logical_date": None, "conf": {}}),
        ("PATCH", dag, {"is_paused": True}),
        ("DELETE", dag, None),
        ("POST", "/api/v2/backfills", backfill),
        ("POST", f"{dag}/clearTaskInstances", clear),
        ("POST", f"{known}/clear", {"dry_run": False}),
        ("PATCH", known, {"state": "failed"}),
        ("DELETE", known, None),
        ("PATCH", f"{known}/taskInstances/crawl", {"new_state": "failed"}),
        ("POST", "/api/v2/connections", connection),
        ("POST", "/api/v2/variables", {"key": "jahat", "value": "1"}),
        ("GET", "/api/v2/connections", None),
        ("GET", "/api/v2/variables", None),
    ]
    for method, path, body in changes:
        assert airflow.call(method, path, body, token=viewer)[0] == 403, f"{method} {path}"
        assert airflow.call(method, path, body, token="")[0] == 401, f"{method} {path} by nobody"
    assert airflow.call("GET", "/api/v2/config", token=viewer)[0] == 403
    assert airflow.call("GET", "/api/v2/dags", token="")[0] == 401
    assert airflow.call("GET", f"{known}/taskInstances", token=viewer)[0] == 200
    assert runs(airflow) == before
    assert airflow.finished("crawl_contoh", run)["run"] == "success"


def test_what_no_field_of_a_form_allows_is_refused_by_the_api_and_nothing_runs(
    airflow: Airflow, tmp_path: Path
) -> None:
    for dag in FIELDS:
        airflow.wait_for(dag, lambda dag=dag: airflow.call("GET", f"/api/v2/dags/{dag}")[0] == 200)  # type: ignore[misc]
    before, asked = runs(airflow), 0
    hostile = [(dag, {field: value}) for dag, fields in FIELDS.items() for field in fields for value in HOSTILE]
    allowed: list[tuple[str, dict[str, Any]]] = [("check_publishers", {"publishers": []})]
    for dag, conf in [*hostile, *OUT_OF_RANGE]:
        if (dag, conf) not in allowed:
            status, answer = airflow.call("POST", f"/api/v2/dags/{dag}/dagRuns", {"logical_date": None, "conf": conf})
            assert status == 400, f"{dag} {conf}: {status} {answer}"
            asked += 1
    assert asked > 150
    for value in (*SHELL, *TEMPLATES, "../../etc/passwd"):
        for field in ("dag_run_id", "logical_date"):
            body: dict[str, Any] = {"logical_date": None, "conf": {}, field: value}
            assert airflow.call("POST", "/api/v2/dags/crawl_contoh/dagRuns", body)[0] in {400, 422}, body
    assert runs(airflow) == before
    assert list(airflow.folder.rglob(MARK)) == list(tmp_path.rglob(MARK)) == []


def test_names_and_urls_that_are_no_field_change_nothing(airflow: Airflow, barn: Server) -> None:
    conf = {
        "url": "http://169.254.169.254/latest", "home": "http://jahat.example/", "publisher": "antara", "run": "palsu",
        "arguments": ["-s", "ROBOTSTXT_OBEY=False"], "interval_start": "1970-01-01", "max_articles": 1,
    }  # fmt: skip
    run = airflow.trigger("crawl_contoh", **conf)
    assert airflow.finished("crawl_contoh", run)["crawl"] == "success"
    with closing(connect(barn.url())) as connection, connection, connection.cursor() as cursor:
        cursor.execute("select publisher from news.crawls where run_id = %s", [f"crawl_contoh/{run}/1"])
        assert cursor.fetchall() == [("contoh",)]
        cursor.execute("select count(*) from news.crawls where run_id = 'palsu' or publisher = 'antara'")
        assert cursor.fetchone() == (0,)
        cursor.execute("select count(*) from lumbung.page where url like %s", ["%jahat%"])
        assert cursor.fetchone() == (0,)
    log = "\n".join(line["event"] for line in airflow.log("crawl_contoh", run, 1))
    assert "jahat.example" not in log


@pytest.fixture(scope="module")
def passwords(airflow: Airflow, barn: Server, server: Server, request: pytest.FixtureRequest) -> dict[str, str]:
    """Everything that must not be told, after tasks that succeeded and tasks that failed in many ways."""
    return {
        **airflow.secrets,
        "harvest": request.module.HARVEST_PASSWORD,
        "barn": barn.password,
        "metadata": server.password,
    }


def test_a_task_that_fails_over_its_password_does_not_tell_it(airflow: Airflow, barn: Server) -> None:
    secret = "sandi+rahasia/49:1"  # would be %2B, %2F and %3A in an address
    wrong = {"host": "127.0.0.1", "port": barn.port, "schema": "lumbung", "login": "lumbung", "password": secret}
    status, answer = airflow.call(
        "POST", "/api/v2/connections", {"connection_id": "lumbung", "conn_type": "postgres", **wrong}
    )
    assert status == 201, answer
    assert secret not in str(answer)
    try:
        run = airflow.trigger("crawl_contoh")
        assert airflow.finished("crawl_contoh", run)["crawl"] == "failed"
        last = airflow.errors("crawl_contoh", run, 2)[-1]
        shown = airflow.call("GET", "/api/v2/connections/lumbung")[1]
    finally:
        airflow.call("DELETE", "/api/v2/connections/lumbung")
    assert 'password authentication failed for user "lumbung"' in last
    assert secret not in str(shown)
    for written in ("rahasia/49", "rahasia%2F49"):
        assert told_in_files(airflow.folder / "logs", written) == []


def test_no_secret_is_in_logs_xcom_rendered_fields_api_answers_or_the_metadata(
    airflow: Airflow, server: Server, passwords: dict[str, str]
) -> None:
    states = airflow.call("GET", "/api/v2/dags/~/dagRuns/~/taskInstances?limit=1000")[1]["task_instances"]
    assert {"success", "failed"} <= {each["state"] for each in states}
    assert {"crawl", "announce", "mark_duplicates"} <= {each["task_id"] for each in states}
    logs = [path for path in (airflow.folder / "logs").rglob("*") if path.is_file()]
    assert len([path for path in logs if "tasks" in path.parts]) >= len(states) // 2
    answers = "\n".join(str(airflow.call("GET", path)) for path in api_paths(states))
    assert len(passwords) >= 8
    with closing(psycopg2.connect(server.url("airflow_runs"))) as connection, connection.cursor() as cursor:
        cursor.execute("select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace")
        tables = [table for (table,) in cursor.fetchall()]
        assert {"xcom", "rendered_task_instance_fields", "dag_run", "log"} <= set(tables)
        for name, secret in passwords.items():
            assert told_in_files(airflow.folder / "logs", secret) == [], name
            assert secret not in answers, name
            for table in tables:
                cursor.execute(f'select count(*) from "{table}" t where strpos(t::text, %s) > 0', [secret])
                assert cursor.fetchone() == (0,), f"{name} in {table}"


def api_paths(states: list[dict[str, Any]]) -> Iterator[str]:
    """What the UI asks for, of everything there is."""
    yield from (
        "/api/v2/dags?limit=1000",
        "/api/v2/dags/~/dagRuns?limit=1000",
        "/api/v2/importErrors",
        "/api/v2/config",
    )
    yield from ("/api/v2/eventLogs?limit=1000", "/api/v2/connections", "/api/v2/variables", "/api/v2/assets/events")
    yield from ("/api/v2/plugins", "/api/v2/providers", "/api/v2/dagSources/crawl_contoh", "/api/v2/monitor/health")
    for each in states:
        task = f"/api/v2/dags/{each['dag_id']}/dagRuns/{each['dag_run_id']}/taskInstances/{each['task_id']}"
        yield f"{task}/xcomEntries/return_value?map_index={each['map_index']}"
        if each["task_id"] != "check":
            yield from (task, f"{task}/logs/{max(each['try_number'], 1)}")


def told_in_files(folder: Path, secret: str) -> list[str]:
    """Files that hold the secret."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [str(path) for path in files if secret.encode() in path.read_bytes()]


def test_no_code_of_ours_starts_a_shell() -> None:
    sources = [path for room in ("dags", "pipelines", "spiders", "seeds") for path in (ROOT / room).rglob("*.py")]
    assert len(sources) > 100
    shells = re.compile(r"shell=True|os\.system|os\.popen|BashOperator|SSHOperator|\beval\(|\bexec\(")
    assert [str(path) for path in sources if shells.search(path.read_text("utf-8"))] == []
    assert "contoh" in publisher_keys()
