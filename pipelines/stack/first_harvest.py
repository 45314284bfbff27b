"""The first harvest of a stack: let its DAGs run, start what does not come by itself, and say why when it fails.

Everything asked here is asked of one publisher, the newspaper that ships: what else is in the database is none of its
business.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pipelines.stack.figures import due, duplicates, ledger
from pipelines.stack.patience import HarvestFailed, Patience

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipelines.progress import Reporter, Step
    from pipelines.stack.airflow_api import AirflowApi, Run

PUBLISHER: Final = "contoh"
CRAWL: Final = f"crawl_{PUBLISHER}"
DEDUPLICATE: Final = "deduplicate"

_KNOWN_WITHIN = 180.0
_BEGUN_WITHIN = 15.0
_CRAWLED_WITHIN = 900.0
_FOLLOWED_WITHIN = 600.0
_EVENT_WITHIN = 20.0
"""Seconds: until Airflow knows the DAGs, until the schedule begins a run, until it ends, until deduplication is done,
until the crawl's event has woken deduplication. Where the schedule or the event does not, a run is triggered."""


def harvest(api: AirflowApi, database_url: str, reporter: Reporter, alive: Callable[[], None]) -> None:
    """Let the DAGs run; wait for the first good harvest and until its articles have been deduplicated.

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
        patience = Patience(_KNOWN_WITHIN, alive)
        for dag in (CRAWL, DEDUPLICATE):
            _unpause(api, dag, patience)
    with reporter.step("First harvest of Harian Contoh") as step:
        _crawl(api, database_url, step, Patience(_CRAWLED_WITHIN, alive))
    with reporter.step("Duplicates") as step:
        _deduplicate(api, database_url, step, Patience(_FOLLOWED_WITHIN, alive))


def _unpause(api: AirflowApi, dag: str, patience: Patience) -> None:
    while not patience.ask(lambda: api.unpause(dag)):
        if patience.over:
            errors = patience.ask(api.import_errors)
            raise HarvestFailed(
                f"a DAG file cannot be loaded: {errors[0]}"
                if errors
                else f"Airflow does not know {dag} after {patience.seconds:.0f} s: see its DAG processor's log"
            )
        patience.pause()


def _crawl(api: AirflowApi, database_url: str, step: Step, patience: Patience) -> None:
    """Wait until a crawl has succeeded.

    A run that an earlier start left behind may fail, as its tasks were stopped with it: then another one is made.
    """
    if patience.ask(lambda: api.newest_run(CRAWL, state="success")) is None:
        left_behind = patience.ask(lambda: api.newest_run(CRAWL))
        run = _ended(api, left_behind or _begun(api, patience), database_url, step, patience)
        if run.state == "failed" and left_behind is not None:
            run = _ended(api, _triggered(api, CRAWL, patience), database_url, step, patience)
        if run.state == "failed":
            reason = patience.ask(lambda: api.failure(CRAWL, run.run_id))
            raise HarvestFailed(f"the first harvest failed: {reason}")
    step.note(patience.ask(lambda: ledger(database_url, PUBLISHER)))


def _begun(api: AirflowApi, patience: Patience) -> Run:
    """The run that the schedule begins, else one we trigger."""
    until = patience.waited + _BEGUN_WITHIN
    while (run := patience.ask(lambda: api.newest_run(CRAWL))) is None and patience.waited < until:
        patience.pause()
    return run or _triggered(api, CRAWL, patience)


def _triggered(api: AirflowApi, dag: str, patience: Patience) -> Run:
    """A new run; one and the same however often the request for it must be repeated."""
    run_id = api.new_run_id()
    return patience.ask(lambda: api.trigger(dag, run_id))


def _ended(api: AirflowApi, run: Run, database_url: str, step: Step, patience: Patience) -> Run:
    """The run at its end."""
    while not run.ended:
        if patience.over:
            raise HarvestFailed(
                f"the first harvest has not ended after {patience.seconds:.0f} s:"
                f" {CRAWL} run {run.run_id} is {run.state}; see its log in Airflow"
            )
        patience.pause()
        step.note(patience.ask(lambda: ledger(database_url, PUBLISHER)) or "starting the spider")
        run = patience.ask(lambda run_id=run.run_id: api.run(CRAWL, run_id))  # type: ignore[misc]  # mypy does not infer the default's type
    return run


def _deduplicate(api: AirflowApi, database_url: str, step: Step, patience: Patience) -> None:
    """Wait until no article of the publisher is due; start a run where none comes by itself."""
    before = patience.ask(lambda: api.newest_run(DEDUPLICATE))
    idle_since = patience.waited
    while patience.ask(lambda: due(database_url, PUBLISHER)):
        run = patience.ask(lambda: api.newest_run(DEDUPLICATE))
        if run and not run.ended:
            idle_since = patience.waited
        elif run and (before is None or run.run_id != before.run_id) and run.state == "failed":
            reason = patience.ask(lambda run_id=run.run_id: api.failure(DEDUPLICATE, run_id))  # type: ignore[misc]  # as above
            raise HarvestFailed(f"{DEDUPLICATE} failed: {reason}")
        elif patience.waited - idle_since > _EVENT_WITHIN:
            _triggered(api, DEDUPLICATE, patience)
            idle_since = patience.waited
        if patience.over:
            state = f"its newest run {run.run_id} is {run.state}; see its log in Airflow" if run else "it has no run"
            raise HarvestFailed(f"{DEDUPLICATE} is not done {patience.seconds:.0f} s after the crawl: {state}")
        step.note(run.state if run and not run.ended else "waiting for the crawl's event")
        patience.pause()
    step.note(patience.ask(lambda: duplicates(database_url)))
