"""The DAG `watch` in a real, running Airflow: who is asked, who is woken, and by what."""

from __future__ import annotations

import json
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

import pytest
from support.running_airflow import Airflow
from support.throwaway import fresh_database
from support.watching import Town

from pipelines.database.connections import connect

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pipelines.stack.postgres import Server


@pytest.fixture
def town(server: Server, tmp_path: Path) -> Iterator[Town]:
    """`satu` and `dua` are switched on, `tiga` is not."""
    with fresh_database(server) as url, closing(connect(url)) as database, ExitStack() as stack:
        town = Town(stack, tmp_path, database)
        for key in ("satu", "dua", "tiga"):
            town.paper(key, schedule='"0 0 * * *"')
        town.environment |= {"DATABASE_URL": url}
        yield town


@pytest.fixture
def airflow(server: Server, town: Town, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Airflow]:
    server.create_database("airflow_watch")
    started = Airflow(tmp_path_factory.mktemp("airflow"), server.url("airflow_watch"), town.environment)
    try:
        started.start()
        yield started
    finally:
        started.stop()


def test_only_publishers_with_due_pages_are_woken_and_only_those_switched_on_are_asked(
    airflow: Airflow, town: Town
) -> None:
    for key in ("satu", "dua"):
        airflow.unpause(f"crawl_{key}")
        run = airflow.first_run(f"crawl_{key}")
        assert airflow.finished(f"crawl_{key}", run)["run"] == "success"
    town.make_due()
    town.news["satu"] += 2
    airflow.unpause("watch")
    run = airflow.first_run("watch")
    assert airflow.finished("watch", run) == {"run": "success", "ask": "success"}
    assert airflow.note("watch", run) == "2 publishers watched; due pages: satu (2)"
    woken = airflow.first_run("crawl_satu", "asset_triggered")
    assert airflow.finished("crawl_satu", woken)["run"] == "success"
    stored = town.rows("select publisher, count(*) from lumbung.article group by 1 order by 1")
    assert stored == [("dua", 3), ("satu", 5)]
    ledger = town.rows("select publisher, enqueued, stored from lumbung.crawl order by crawl_id desc limit 2")
    assert ledger == [("satu", 0, 2), ("satu", 2, 0)], "one row of the watch, one of the crawl that it woke"
    answer = airflow.call("GET", "/api/v2/assets/events?source_dag_id=watch")[1]["asset_events"]
    assert [(event["uri"], event["extra"]) for event in answer] == [("lumbung://due/satu", {"pages": 2})]
    assert airflow.call("GET", "/api/v2/dags/crawl_dua/dagRuns?run_type=asset_triggered")[1]["dag_runs"] == []
    assert town.presses["tiga"].requests == []
    on = json.loads(airflow.call("GET", "/api/v2/variables/lumbung_wanted")[1]["value"])
    assert {"crawl_satu", "crawl_dua"} <= set(on)
    assert "crawl_tiga" not in on
