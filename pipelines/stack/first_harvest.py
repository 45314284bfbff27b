"""The first harvest of a stack: let its DAGs run, wait for them, and say why when they fail.

LumbungError
└── StackError
    └── HarvestFailed      a run failed or never came; the reason in one line
"""

from __future__ import annotations

import time
from contextlib import closing
from typing import TYPE_CHECKING, Final

from pipelines.database.connections import connect, transaction
from pipelines.stack.home import StackError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from pipelines.progress import Reporter, Step
    from pipelines.stack.airflow_api import AirflowApi, Run

PUBLISHER: Final = "contoh"
CRAWL: Final = f"crawl_{PUBLISHER}"
DEDUPLICATE: Final = "deduplicate"

_KNOWN_WITHIN = 120.0
_BEGUN_WITHIN = 15.0
_CRAWLED_WITHIN = 900.0
_FOLLOWED_WITHIN = 180.0
"""Seconds: until Airflow knows the DAGs, until the schedule begins a run, until it ends, until deduplication has."""


class HarvestFailed(StackError):  # noqa: N818 - reads as what it is
    """A run failed or never came."""


def harvest(api: AirflowApi, database_url: str, reporter: Reporter, alive: Callable[[], None]) -> None:
    """Let the DAGs run; wait for the first good harvest and for deduplication behind it.

    A stack that has its harvest already is not asked to wait for another one.

    Args:
        api: Airflow.
        database_url: where the harvest is kept.
        reporter: shows the ledger's figures as they grow.
        alive: raises when a service has died, so that nobody waits for it in vain.

    Raises:
        HarvestFailed: one line with the reason.
    """
    with reporter.step("Airflow's DAGs") as step:
        step.note(f"{CRAWL} and {DEDUPLICATE}")
        for dag in (CRAWL, DEDUPLICATE):
            _until(lambda dag=dag: api.unpause(dag), _KNOWN_WITHIN, lambda: _unknown(api), alive)  # type: ignore[misc]  # mypy does not infer the default's type
    with reporter.step("First harvest of Harian Contoh") as step:
        since = _crawled(api, database_url, step, alive)
    with reporter.step("Duplicates") as step:
        _deduplicated(api, database_url, step, since, alive)


def _crawled(api: AirflowApi, database_url: str, step: Step, alive: Callable[[], None]) -> datetime | None:
    """Wait until a crawl has succeeded; when it was queued.

    A run that an earlier start left behind may fail, as its tasks were stopped with it: then another one is made.
    """
    if (good := api.newest_run(CRAWL, state="success")) is not None:
        step.note(_ledger(database_url))
        return good.queued_at
    left_behind = api.newest_run(CRAWL)
    run = _ended(api, left_behind or _begun(api, alive), database_url, step, alive)
    if run.state == "failed" and left_behind is not None:
        run = _ended(api, api.trigger(CRAWL), database_url, step, alive)
    step.note(_ledger(database_url))
    if run.state == "failed":
        raise HarvestFailed(f"the first harvest failed: {api.failure(CRAWL, run.run_id)}")
    return run.queued_at


def _begun(api: AirflowApi, alive: Callable[[], None]) -> Run:
    """The run that the schedule begins, else one we trigger."""
    deadline = time.monotonic() + _BEGUN_WITHIN
    while (run := api.newest_run(CRAWL)) is None and time.monotonic() < deadline:
        alive()
        time.sleep(0.5)
    return run or api.trigger(CRAWL)


def _ended(api: AirflowApi, run: Run, database_url: str, step: Step, alive: Callable[[], None]) -> Run:
    """The run at its end."""
    deadline = time.monotonic() + _CRAWLED_WITHIN
    while not run.ended:
        if time.monotonic() > deadline:
            raise HarvestFailed(
                f"the first harvest has not ended after {_CRAWLED_WITHIN:.0f} s:"
                f" {CRAWL} run {run.run_id} is {run.state}; see its log in Airflow"
            )
        alive()
        step.note(_ledger(database_url) or "starting the spider")
        time.sleep(1)
        run = api.run(CRAWL, run.run_id)
    return run


def _deduplicated(
    api: AirflowApi, database_url: str, step: Step, since: datetime | None, alive: Callable[[], None]
) -> None:
    """Wait for the run that follows the crawl; none follows a crawl that brought nothing new."""
    if _seen_by_deduplication(database_url):
        step.note(_duplicates(database_url))
        return
    deadline, run = time.monotonic() + _FOLLOWED_WITHIN, None
    while time.monotonic() < deadline:
        alive()
        run = api.newest_run(DEDUPLICATE)
        if run and run.state == "failed" and since and run.queued_at and run.queued_at > since:
            raise HarvestFailed(f"{DEDUPLICATE} failed: {api.failure(DEDUPLICATE, run.run_id)}")
        if run and run.state == "success" and _seen_by_deduplication(database_url):
            step.note(_duplicates(database_url))
            return
        step.note(run.state if run else "waiting for the crawl's event")
        time.sleep(0.5)
    state = (
        f"its newest run {run.run_id} is {run.state}; see its log in Airflow" if run else "no run of it has been made"
    )
    raise HarvestFailed(f"{DEDUPLICATE} is not done {_FOLLOWED_WITHIN:.0f} s after the crawl: {state}")


def _until(true: Callable[[], bool], patience: float, otherwise: Callable[[], str], alive: Callable[[], None]) -> None:
    deadline = time.monotonic() + patience
    while not true():
        alive()
        if time.monotonic() > deadline:
            raise HarvestFailed(otherwise())
        time.sleep(0.5)


def _unknown(api: AirflowApi) -> str:
    errors = api.import_errors()
    if errors:
        return f"a DAG file cannot be loaded: {errors[0]}"
    return f"Airflow does not know {CRAWL} and {DEDUPLICATE} after {_KNOWN_WITHIN:.0f} s: see its DAG processor's log"


def _ledger(database_url: str) -> str:
    """The figures of the newest crawl, as a line for people."""
    figures = _row(
        database_url,
        "select entries, leased, stored, updated, unchanged, rejected, failed from lumbung.crawl"
        " where publisher = %s order by crawl_id desc limit 1",
        PUBLISHER,
    )
    if figures is None:
        return ""
    names = ("announced", "asked for", "stored", "updated", "unchanged", "rejected", "failed")
    told = [f"{count:,} {name}" for count, name in zip(figures, names, strict=True) if count or name == "stored"]
    return ", ".join(told)


def _seen_by_deduplication(database_url: str) -> bool:
    """Whether every article has been looked at as it is now."""
    row = _row(database_url, "select count(*) from lumbung.deduplication_due")
    return row is not None and row[0] == 0


def _duplicates(database_url: str) -> str:
    row = _row(database_url, "select (select count(*) from news.articles), (select count(*) from news.duplicates)")
    return f"{row[0]:,} stories, {row[1]:,} articles that repeat one" if row else ""


def _row(database_url: str, statement: str, *parameters: str) -> tuple[int, ...] | None:
    with closing(connect(database_url)) as connection, transaction(connection) as cursor:
        cursor.execute(statement, parameters)
        row: tuple[int, ...] | None = cursor.fetchone()
        return row
