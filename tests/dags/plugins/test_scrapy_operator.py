"""ScrapyOperator in a process of its own: which days each type of run asks for, and a stop that comes early."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from support.checkout import ROOT, SUPPORT
from support.scripted_press import Answer, printing, write_publisher

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.database.connections import Connection

START, END = "2026-11-20T03:00:00+00:00", "2026-11-20T03:15:00+00:00"
EXPECTED = {
    "backfill": {"from_date": START, "to_date": END},
    "scheduled": {"interval_start": START},
    "manual": {},
    "operator_triggered": {},
    "asset_triggered": {},
    "asset_materialization": {},
}


def probe(home: Path, *words: str, **environment: str) -> dict[str, Any]:
    settings = {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "dags" / "plugins"),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/airflow.db",
        "PYTHONPATH": f"{ROOT / 'dags' / 'plugins'}{os.pathsep}{ROOT}",
    }
    done = subprocess.run(
        [sys.executable, str(SUPPORT / "operator_probe.py"), *words],
        env={**os.environ, **settings, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.fixture(scope="module")
def dates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return probe(tmp_path_factory.mktemp("airflow"), "dates")


def test_airflow_has_no_type_of_run_that_is_not_looked_at_here(dates: dict[str, Any]) -> None:
    assert set(dates) == set(EXPECTED)


@pytest.mark.parametrize("run_type", EXPECTED)
def test_only_a_schedule_and_a_backfill_go_by_the_data_interval(dates: dict[str, Any], run_type: str) -> None:
    assert dates[run_type] == [EXPECTED[run_type], {"from_date": "2026-11-01"}]


def test_a_task_that_is_stopped_before_its_spider_began_starts_none(
    tmp_path: Path, database_url: str, database: Connection
) -> None:
    with printing(lambda path, _number: Answer(seconds=1) if "/berita-" in path else None) as press:
        found = write_publisher(tmp_path, "lambat", press.home)
        told = probe(tmp_path, "stopped", "lambat", AIRFLOW_CONN_LUMBUNG=database_url, **found)
    assert told["error"].startswith("the crawl was stopped; what it had loaded is kept")
    assert told["seconds"] < 20
    assert press.requests == []
    with database, database.cursor() as cursor:
        cursor.execute("select count(*) from lumbung.crawl")
        assert cursor.fetchone() == (0,)
