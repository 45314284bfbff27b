"""Logs stay small while their services go on writing, and what people still need stays."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from pipelines.stack.log_keeper import Bounds, keep

if TYPE_CHECKING:
    from pathlib import Path

NOW = 1_800_000_000.0
SMALL = Bounds(file_bytes=100, older=2, all_bytes=1_000, seconds=3600 * 24, fresh=3600)


def log(path: Path, size: int, hours_ago: float) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * size)
    os.utime(path, (NOW - hours_ago * 3600, NOW - hours_ago * 3600))
    return path


def task_log(folder: Path, run: str, size: int, hours_ago: float) -> Path:
    return log(folder / "tasks" / "dag_id=d" / f"run_id={run}" / "task_id=t" / "attempt=1.log", size, hours_ago)


def test_a_log_is_rotated_while_its_service_goes_on_writing(tmp_path: Path) -> None:
    path = tmp_path / "airflow-api.log"
    write = "import sys\nfor line in sys.stdin: print(line.strip() * 60, flush=True)"
    with path.open("ab") as output:
        service = subprocess.Popen([sys.executable, "-c", write], stdin=subprocess.PIPE, stdout=output, text=True)
    assert service.stdin is not None
    for letter in "abcde":
        size = path.stat().st_size
        service.stdin.write(f"{letter * 2}\n")
        service.stdin.flush()
        while path.stat().st_size == size:
            time.sleep(0.01)
        keep(tmp_path, [], SMALL, NOW)
    service.stdin.close()
    service.wait()
    assert path.read_text() == ""
    assert {each.name: each.read_text()[0] for each in tmp_path.iterdir() if each != path} == {
        "airflow-api.log.1": "e",
        "airflow-api.log.2": "d",
    }
    assert b"\0" not in path.read_bytes()


def test_a_small_log_is_left_alone_and_one_elsewhere_is_kept_too(tmp_path: Path) -> None:
    small, elsewhere = log(tmp_path / "newsstand.log", 100, 1), log(tmp_path / "data" / "server.log", 101, 1)
    keep(tmp_path, [elsewhere, tmp_path / "missing.log"], SMALL, NOW)
    assert small.stat().st_size == 100
    assert elsewhere.stat().st_size == 0


def test_task_logs_go_by_age_and_the_oldest_first_by_size(tmp_path: Path) -> None:
    old = task_log(tmp_path, "old", 10, 25)
    large = [task_log(tmp_path, f"large{number}", 400, 10 - number) for number in range(4)]
    keep(tmp_path, [], SMALL, NOW)
    assert not old.exists()
    assert not old.parent.exists()
    assert [path.exists() for path in large] == [False, False, True, True]
    assert (tmp_path / "tasks").is_dir()


def test_a_log_that_may_still_be_written_to_stays_however_large(tmp_path: Path) -> None:
    running = task_log(tmp_path, "running", 5_000, 0.5)
    ended = task_log(tmp_path, "ended", 10, 2)
    keep(tmp_path, [], SMALL, NOW)
    assert running.exists()
    assert not ended.exists()
