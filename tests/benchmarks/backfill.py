"""A backfill of thirty days as Airflow's dialog makes it: its runs and requests, beside the documents there are.

Run as `PYTHONPATH=$PWD:$PWD/tests python tests/benchmarks/backfill.py [DAYS]`; half a minute a day on a busy machine.
A real Airflow, `POST /api/v2/backfills`, and the newspaper that ships, as its file has it but for its address and the
few days that its cron looks back: what its scheduled runs ask for is not counted.
"""

from __future__ import annotations

import re
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.error import URLError

from support.running_airflow import Airflow
from support.throwaway import TEMPLATE, throwaway_server

from pipelines.database.connections import connect, transaction
from seeds.newsstand.newspaper import Newspaper, Settings
from seeds.newsstand.server import serve
from spiders.publishers import find_publisher, publishers_folder

DAYS, LOOK = 30, 5.0
DAG = "crawl_contoh"
FIGURES = """
select count(*), count(*) filter (where finish_reason = 'finished'), sum(polls), sum(polls_skipped), sum(leased),
    sum(stored), bool_and(balanced)
from news.crawls where run_id like '%/backfill\\_\\_%'
"""


def asked(airflow: Airflow, path: str, body: object = None) -> Any:
    """An answer of the API, however long a busy machine takes to give it."""
    while True:
        with suppress(URLError, TimeoutError):
            status, answer = airflow.call("GET" if body is None else "POST", path, body)
            if status == 200:
                return answer
            print(status, answer)
        time.sleep(LOOK)


def backfill(airflow: Airflow, first: datetime, last: datetime) -> list[str]:
    """Make one and wait for its end; the states of its runs."""
    about = {"dag_id": DAG, "from_date": first.isoformat(), "to_date": last.isoformat(), "max_active_runs": 1}
    number = asked(airflow, "/api/v2/backfills", {**about, "reprocess_behavior": "none"})["id"]
    while asked(airflow, f"/api/v2/backfills/{number}")["completed_at"] is None:
        time.sleep(LOOK)
    runs = asked(airflow, f"/api/v2/dags/{DAG}/dagRuns?run_type=backfill&limit=100")["dag_runs"]
    for run in [run["dag_run_id"] for run in runs if run["state"] == "failed"][:1]:
        print(run, airflow.errors(DAG, run, airflow.tries(DAG, run)))
    return [run["state"] for run in runs]


def main(days: int) -> None:
    zone = find_publisher("contoh").zone
    now = datetime.now(zone)
    newspaper = Newspaper(Settings(crawl_delay=0), now=now)
    with throwaway_server() as server, tempfile.TemporaryDirectory() as folder, serve(newspaper) as stand:
        for name, template in (("harvest", TEMPLATE), ("airflow", "template0")):
            server.psql("-d", "postgres", "-qc", f"create database {name} template {template}")
        file = (publishers_folder() / "contoh.toml").read_text("utf-8")
        for name, value in {"home": f'"{stand.url}/"', "lookback_days": "0"}.items():
            file = re.sub(rf"^{name} = .*$", f"{name} = {value}", file, flags=re.MULTILINE)
        publishers = Path(folder) / "publishers"
        publishers.mkdir()
        (publishers / "contoh.toml").write_text(file, "utf-8")
        harvest = {"DATABASE_URL": server.url("harvest"), "LUMBUNG_PUBLISHERS": str(publishers)}
        airflow = Airflow(Path(folder) / "airflow", server.url("airflow"), harvest)
        try:
            airflow.start()
            airflow.unpause(DAG)
            last = now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)
            started = time.monotonic()
            states = backfill(airflow, last - timedelta(days=days - 1), last)
            took = time.monotonic() - started
        finally:
            airflow.stop()
        print(f"{days} days: {len(states)} runs, {dict(Counter(states))}, in {took:.0f} s")
        with closing(connect(server.url("harvest"))) as connection, transaction(connection) as cursor:
            cursor.execute(FIGURES)
            for name, figure in zip(
                ("crawls", "finished", "documents asked for", "and not asked for again", "pages", "stored", "balanced"),
                cursor.fetchone() or (),
                strict=True,
            ):
                print(f"    {name}: {figure}")
        paths = Counter(request.target for request in stand.requests)
        articles = Counter({path: count for path, count in paths.items() if path.startswith("/news-")})
        print(f"the server saw, scheduled runs included: {len(articles)} articles in {articles.total()} requests,")
        print(f"    {len(paths) - len(articles)} other documents in {paths.total() - articles.total()} requests:")
        for path, count in (paths - articles).most_common(12):
            print(f"    {count:4} {path}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else DAYS)
