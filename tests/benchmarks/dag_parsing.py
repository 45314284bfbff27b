"""Parsing 500 publisher files into DAGs, against a file with one trivial DAG in the same run.

Run by `make bench`. The files that ship are copied under new keys until there are 500. A parse is the DAG processor's
own function on one file, loading, checking and serialising, in a fresh process that has imported Airflow before, as the
processor's children have. "One task" is what a task pays before it runs: the same file, asked for one DAG only. Rounds
alternate, and each figure is the least of its own: other work on a machine can only add to it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from spiders.publishers import publishers_folder

ROOT = Path(__file__).resolve().parents[2]
COUNT, ROUNDS = 500, 5
NEVER = ("scrapy", "bs4", "lxml", "psycopg2", "pipelines")
TRIVIAL = """\
from airflow.sdk import DAG
from airflow.providers.standard.operators.empty import EmptyOperator

with DAG("trivial"):
    EmptyOperator(task_id="nothing")
"""


def parse(file: Path, environment: dict[str, str]) -> dict[str, Any]:
    """Parse one file in a fresh process; what `_child` prints."""
    done = subprocess.run(
        [sys.executable, __file__, str(file)], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr[-3_000:])
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def _child(file: Path) -> None:
    import time

    import structlog
    from airflow.dag_processing.processor import DagFileParseRequest, _parse_file
    from airflow.providers.standard.operators.empty import EmptyOperator
    from airflow.sdk.definitions._internal.dag_parsing_context import _airflow_parsing_context_manager
    from airflow.serialization.serialized_objects import DagSerialization

    del EmptyOperator, DagSerialization  # imported before the clock runs
    before = set(sys.modules)
    request = DagFileParseRequest(file=str(file), bundle_path=file.parent, bundle_name="bench", callback_requests=[])
    started = time.perf_counter()
    with _airflow_parsing_context_manager(dag_id=os.environ.get("ONLY_DAG")):
        result = _parse_file(request, structlog.get_logger())
    seconds = time.perf_counter() - started
    assert result is not None
    found = {
        "seconds": seconds,
        "dags": len(result.serialized_dags),
        "errors": result.import_errors or {},
        "imported": sorted({name.partition(".")[0] for name in set(sys.modules) - before} & set(NEVER)),
        "there": sorted(set(NEVER) & before),
    }
    sys.stdout.write("\n" + json.dumps(found))


def copy_publishers(folder: Path, count: int) -> None:
    """Publisher files under new keys."""
    shipped = sorted(publishers_folder().glob("*.toml"))
    for number, path in enumerate(islice(cycle(shipped), count)):
        (folder / f"{path.stem}_{number}.toml").write_text(path.read_text("utf-8"), "utf-8")


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="lumbung-bench-") as name:
        home = Path(name)
        (home / "publishers").mkdir()
        copy_publishers(home / "publishers", COUNT)
        (home / "trivial.py").write_text(TRIVIAL, "utf-8")
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "dags" / "plugins")]),
            "AIRFLOW_HOME": str(home),
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/airflow.db",
            "LUMBUNG_PUBLISHERS": str(home / "publishers"),
        }
        one = {**environment, "ONLY_DAG": "crawl_alinea_0"}
        crawl, trivial = ROOT / "dags" / "crawl.py", home / "trivial.py"
        rounds = [(parse(trivial, environment), parse(crawl, environment), parse(crawl, one)) for _ in range(ROUNDS)]
    floor, many, task = (min(column, key=lambda each: each["seconds"]) for column in zip(*rounds, strict=True))
    assert (floor["dags"], many["dags"], task["dags"]) == (1, COUNT, 1), (floor, many["errors"], task)
    print(f"one trivial DAG:         {1_000 * floor['seconds']:7.1f} ms")
    per_dag = 1_000 * many["seconds"] / COUNT
    print(f"{COUNT} publishers, {COUNT} DAGs: {1_000 * many['seconds']:7.1f} ms, {per_dag:.2f} ms a DAG")
    print(f"the same for one task:   {1_000 * task['seconds']:7.1f} ms")
    whole, single = many["seconds"] / floor["seconds"], task["seconds"] / floor["seconds"]
    print(
        f"ratio to the trivial file: {whole:.1f} for {COUNT} DAGs, {whole / COUNT:.3f} a DAG, {single:.2f} for one task"
    )
    print(f"of {', '.join(NEVER)} parsing has imported: {', '.join(many['imported'] + many['there']) or 'none'}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        _child(Path(sys.argv[1]))
    else:
        main()
