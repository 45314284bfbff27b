"""`lumbung logs` begins with what people look for."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from pipelines.stack.home import Home
from pipelines.stack.logs import follow

if TYPE_CHECKING:
    from pathlib import Path


def write(path: Path, lines: list[str], age: float) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    os.utime(path, (1_800_000_000 - age, 1_800_000_000 - age))


def task(home: Home, dag: str, run: str, events: list[str], age: float) -> None:
    lines = [json.dumps({"timestamp": "2026-11-20T03:00:00Z", "level": "info", "event": event}) for event in events]
    write(home.logs / "tasks" / f"dag_id={dag}" / f"run_id={run}" / "task_id=crawl" / "attempt=1.log", lines, age)


def test_the_newest_run_of_each_task_comes_first_then_services_and_airflows_own_last(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.make()
    task(home, "crawl_antara", "1", ["antara first"], 300)
    task(home, "crawl_antara", "2", ["::group::Pre", "antara second", "::endgroup::"], 20)
    task(home, "crawl_contoh", "1", ["one", "two", "three"], 100)
    write(home.logs / "airflow-api.log", ["api"], 1)
    write(home.logs / "newsstand.log", ["paper"], 400)
    write(home.folder / "postgres" / "server.log", ["server"], 2)
    said = list(follow(home, last=2, forever=False))
    assert said == [
        ("crawl_antara.crawl", "2026-11-20T03:00:00 INFO antara second"),
        ("crawl_contoh.crawl", "2026-11-20T03:00:00 INFO two"),
        ("crawl_contoh.crawl", "2026-11-20T03:00:00 INFO three"),
        ("newsstand", "paper"),
        ("postgres", "server"),
        ("airflow-api", "api"),
    ]


def test_a_task_that_has_only_just_begun_hides_no_run_before_it(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.make()
    task(home, "crawl_antara", "1", ["antara first"], 300)
    task(home, "crawl_antara", "2", ["::group::Pre"], 20)
    write(home.logs / "tasks" / "dag_id=crawl_antara" / "run_id=3" / "task_id=crawl" / "attempt=1.log", [], 1)
    assert list(follow(home, last=1, forever=False)) == [
        ("crawl_antara.crawl", "2026-11-20T03:00:00 INFO antara first")
    ]
