"""Ask all publishers whose crawls are switched on for news, in one process; wake the crawls of those that have some.

**Runs.** Every five minutes. One run asks for the feeds, sitemaps and index pages that are due, many publishers at a
time and each through the same gate as its crawls: one request at a time, robots.txt, only what has changed. What is new
is committed at once. Then the publishers that have due pages get an event (asset `due_<key>`), and their DAGs
`crawl_<key>` run. A publisher whose crawl is paused is not asked. Each crawl's own schedule goes on as the slow,
complete look.

**Colours.** Green also when a publisher fails: its crawl in the ledger (`news.crawls`, run `watch/...`) says why, it is
asked ever more seldom, and the others are not kept waiting. Red only when the round could not begin or lost its
database.

**Database.** The Airflow connection `lumbung` where it is defined, else `DATABASE_URL`.
"""

from __future__ import annotations

import json
import logging
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from airflow.sdk import CronTriggerTimetable, Variable, dag, get_current_context, task

from harvest import (
    DUE_PAGES,
    WANTED,
    database_url,
    due_asset,
    harvest_database,
    name_of_dag,
    note_run,
    one_line_errors,
)
from spider_process import PythonProcess
from spiders.errors import AT_WORK, LumbungError
from spiders.publishers import publisher_keys

log = logging.getLogger(__name__)

ZONE = "Asia/Jakarta"


class WatchFailed(LumbungError):  # noqa: N818 - reads as what it is
    """A round that could not begin, or lost its database."""


def wanted() -> list[str]:
    """Keys of the publishers whose crawls are switched on.

    Raises:
        WatchFailed: nobody has noted which.
    """
    noted = Variable.get(WANTED, default=None)
    if noted is None:
        raise WatchFailed(f"the variable {WANTED} is missing: the scheduler has to load the plugin `switches`")
    on = set(json.loads(noted))
    return [key for key in publisher_keys() if name_of_dag(key) in on]


def look(keys: list[str], run: str) -> bool:
    """Run one round to its end, its log in ours; False where another one is at work.

    Raises:
        WatchFailed: with its last words.
    """
    url = database_url()
    with PythonProcess(["spiders.watch", run, *keys], {"DATABASE_URL": url} if url else {}) as process:
        for level, text in process.lines():
            log.log(level, "%s", text)
        status = process.wait()
    if status not in {0, AT_WORK}:
        raise WatchFailed(f"the round ended with status {status}: {process.last_words}")
    return status == 0


@task(outlets=[DUE_PAGES], execution_timeout=timedelta(minutes=10))
def ask() -> str:
    """One round, and an event for each publisher that has due pages; what was told, for whoever opens the task."""
    from pipelines.watch.due import wake

    context = get_current_context()
    with one_line_errors():
        if not (keys := wanted()):
            return "nobody was asked: no publisher's crawl is switched on"
        with harvest_database():
            pass
        if not look(keys, context["dag_run"].run_id):
            return "nobody was asked: another round is at work"
        with harvest_database() as connection:
            due = wake(connection, keys)
    for key, pages in due.items():
        context["outlet_events"][DUE_PAGES].add(due_asset(key), extra={"pages": pages})
    woken = ", ".join(f"{key} ({pages})" for key, pages in due.items())
    told = f"{len(keys)} publishers watched; " + (f"due pages: {woken}" if due else "nobody has due pages")
    note_run(context, told)
    return told


@dag(
    dag_display_name="Watch all publishers",
    doc_md=__doc__,
    schedule=CronTriggerTimetable("*/5 * * * *", timezone=ZONE),
    start_date=datetime(2000, 1, 1, tzinfo=ZoneInfo(ZONE)),
    catchup=False,
    max_active_runs=1,
    is_paused_upon_creation=True,
    tags=["watch"],
    default_args={"retries": 1, "retry_delay": timedelta(seconds=30)},
)
def watch() -> None:
    """One task: `spiders/watch.py` does the work."""
    ask()


watch()
