"""Tasks of our DAGs, run in a process that has imported Airflow: what they return, push, emit, log and raise."""

from __future__ import annotations

import logging
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from threading import Timer
from time import monotonic, sleep
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import AssetAlias
from airflow.sdk.api.datamodels._generated import DagRunType
from airflow.sdk.execution_time.context import OutletEventAccessors, set_current_context
from airflow.sdk.execution_time.timeout import TimeoutPosix
from structlog.testing import capture_logs
from support.checkout import ROOT

from harvest import harvest_database
from scrapy_operator import ScrapyOperator, date_range, limits, run_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

START, END = datetime(2026, 11, 20, 3, tzinfo=UTC), datetime(2026, 11, 20, 3, 15, tzinfo=UTC)
PATIENCE = 100.0
"""Seconds until a spider must have come as far as a test wants it."""


@contextmanager
def listening() -> Iterator[list[tuple[str, str]]]:
    """Level and text of what is logged in the block, by way of Airflow's structlog or of Python's logging."""
    lines: list[tuple[str, str]] = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append((record.levelname, record.getMessage()))  # type: ignore[method-assign]
    logging.getLogger().addHandler(handler)
    with capture_logs() as captured:
        yield lines
    lines += [(each["log_level"].upper(), each["event"]) for each in captured]


class TaskInstance:
    """As much of one as our tasks ask for."""

    try_number = 3

    def __init__(self, crawl: object = None, *, map_index: int | None = -1, deaf: bool = False) -> None:
        self.pushed: dict[str, Any] = {}
        self.map_index = map_index
        self._crawl = crawl
        self._deaf = deaf

    def xcom_push(self, key: str, value: object) -> None:
        """Airflow's own refuses what it cannot store, and when its API is away."""
        if self._deaf:
            raise RuntimeError("the API is away")
        self.pushed[key] = value

    def xcom_pull(self, task_ids: str) -> object:
        """What a task of this run has returned."""
        return {"crawl": self._crawl}[task_ids]


def run_of(
    dag_id: str, run_type: str = "manual", interval: tuple[datetime | None, datetime | None] = (START, END)
) -> SimpleNamespace:
    """A run, which Airflow 3 gives a data interval or none; its types allow a half one too."""
    start, end = interval
    return SimpleNamespace(
        dag_id=dag_id, run_id="r", run_type=run_type, data_interval_start=start, data_interval_end=end, run_after=END
    )


def told(function: Callable[..., Any], *more: Any) -> dict[str, Any]:
    """What it returns or raises."""
    try:
        return {"returned": function(*more), "error": None}
    except Exception as error:  # noqa: BLE001 - the test looks at its type
        return {"error": str(error), "type": type(error).__name__, "chained": error.__cause__ is not None}


def arguments() -> dict[str, Any]:
    """The spider arguments of each type of run: without dates in the form, with one, without a data interval, with a
    half one; and what else a task makes of its context."""

    def of(kind: str, *interval: datetime | None, **params: str) -> dict[str, str]:
        run = run_of("d", kind, interval or (START, END))  # type: ignore[arg-type]  # two or none
        return date_range({"dag_run": run, "params": params})

    return {
        each.value: [
            of(each),
            of(each, from_date="2026-11-01"),
            of(each, None, None),
            of(each, START, None),
            of(each, None, END),
        ]
        for each in DagRunType
    } | {
        "colour": ScrapyOperator.ui_color,
        "from": of("manual", from_date="2026-11-01", to_date=""),
        "to": of("manual", to_date="2026-11-02"),
        "limits": [limits(each) for each in ({}, {"max_articles": None, "refetch": None}, {"max_articles": 7})]
        + [limits({"max_articles": 1, "refetch": True})],
        "names": [
            run_name({"dag_run": run_of("d"), "ti": TaskInstance(map_index=number)})  # type: ignore[typeddict-item]
            for number in (-1, None, 0, 7)
        ],
    }


def crawled(key: str, seconds: float | None = None, form: dict[str, Any] | None = None) -> dict[str, Any]:
    """What becomes of a crawl task with this form, which may last so many seconds."""
    with listening() as said:
        ended = _executed(_operator(key, seconds), form)
    return {**ended, "said": said}


def crawled_without_a_note(key: str) -> dict[str, Any]:
    """What becomes of a crawl of at most two articles where Airflow takes no XCom."""
    with listening() as said:
        ended = _executed(_operator(key), {"max_articles": 2}, deaf=True)
    return {**ended, "said": said}


def crawled_together(*keys: str) -> dict[str, dict[str, Any]]:
    """The same of several publishers at once; those of `_BLOWS` are struck while they crawl."""
    with listening() as said, ThreadPoolExecutor(len(keys)) as pool:
        running = {key: pool.submit(_struck, key) for key in keys}
        ended = {key: each.result() for key, each in running.items()}
    return {**ended, "": {"said": said}}


def stopped_before(key: str) -> dict[str, Any]:
    """What becomes of a task that Airflow stops before its spider runs."""
    operator = _operator(key)
    operator.on_kill()
    return _executed(operator)


def settled(crawl_id: int, status: int, last_words: str, seconds: float) -> dict[str, Any]:
    """What a task makes of the run `r` in the ledger whose spider has ended, and its session after so many seconds."""
    from pipelines.harvest.frontier import LOCK

    with harvest_database() as spiders, harvest_database() as connection:
        with spiders, spiders.cursor() as cursor:
            cursor.execute("select pg_advisory_lock(%s, %s)", (LOCK, crawl_id))
        last_breath = Timer(seconds, spiders.close)
        last_breath.start()
        begun = monotonic()
        outcome = told(_operator("warta")._settle, connection, "r", (status, last_words))  # noqa: SLF001 - after an end
        took = monotonic() - begun
        last_breath.cancel()
    return {"error": outcome["error"], "seconds": took}


def _operator(key: str, seconds: float | None = None) -> ScrapyOperator:
    limit = None if seconds is None else timedelta(seconds=seconds)
    return ScrapyOperator(task_id="crawl", publisher=key, execution_timeout=limit, retries=5)


def _executed(operator: ScrapyOperator, form: dict[str, Any] | None = None, *, deaf: bool = False) -> dict[str, Any]:
    instance = TaskInstance(deaf=deaf)
    context: Any = {"dag_run": run_of(f"crawl_{operator.publisher}"), "params": form or {}, "ti": instance}
    if operator.execution_timeout is None:
        outcome = told(operator.execute, context)
    else:
        with TimeoutPosix(operator.execution_timeout.total_seconds()):  # type: ignore[no-untyped-call]  # Airflow's
            outcome = told(operator.execute, context)
    return {**outcome, "pushed": instance.pushed, "retries": operator.retries}


def _struck(key: str) -> dict[str, Any]:
    operator = _operator(key)
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(_executed, operator)
        if key in _BLOWS:
            _until_leased(key, running)
            if not running.done():
                _BLOWS[key](operator)
        return running.result()


def _until_leased(key: str, running: Any) -> None:
    deadline = monotonic() + PATIENCE
    with harvest_database() as connection:
        while not running.done() and monotonic() < deadline:
            with connection, connection.cursor() as cursor:
                cursor.execute("select 1 from news.crawls where publisher = %s and leased > 0", (key,))
                if cursor.fetchone():
                    return
            sleep(0.1)


def _kill(operator: ScrapyOperator) -> None:
    assert operator._spider is not None  # noqa: SLF001 - a blow from outside
    os.kill(operator._spider.pid, 9)  # noqa: SLF001


def _cut_off(operator: ScrapyOperator) -> None:
    """Its sessions end, and its crawl is taken for dead before it comes back: by us, or by a task that just ends."""
    from pipelines.harvest.frontier import close_abandoned

    with harvest_database() as connection:
        open_still, deadline = True, monotonic() + PATIENCE
        while open_still and monotonic() < deadline:
            with connection, connection.cursor() as cursor:
                cursor.execute(
                    "select pg_terminate_backend(pid, 10000) from pg_stat_activity where application_name = %s",
                    (f"lumbung crawl {operator.publisher}",),
                )
            close_abandoned(connection)
            with connection, connection.cursor() as cursor:
                cursor.execute(
                    "select 1 from news.crawls where publisher = %s and finished_at is null", (operator.publisher,)
                )
                open_still = cursor.fetchone() is not None


_BLOWS: dict[str, Callable[[ScrapyOperator], None]] = {
    "dihentikan": ScrapyOperator.on_kill,
    "terbunuh": _kill,
    "terputus": _cut_off,
}


def ran(dag_id: str, task_id: str, crawl: object = None, conf: dict[str, Any] | None = None) -> dict[str, Any]:
    """What becomes of a task of a DAG with these words in the form, what it pushes and the events it emits."""
    bag = DagBag(str(ROOT / "dags"))
    dag, events, instance = bag.dags[dag_id], OutletEventAccessors(), TaskInstance(crawl)
    context: Any = {
        "dag_run": run_of(dag_id),
        "params": {**dag.params.dump(), **(conf or {})},
        "ti": instance,
        "outlet_events": events,
    }
    task: Any = dag.get_task(task_id)
    with listening() as said, set_current_context(context):
        outcome = told(task.execute, context)
    told_of = [
        [each.dest_asset_key.name, each.extra]
        for alias in ("news_articles_due", "due_pages")
        for each in events[AssetAlias(alias)].asset_alias_events
    ]
    return {**outcome, "pushed": instance.pushed, "events": told_of, "said": said}


def session_limits() -> dict[str, str]:
    """The limits of a session of a task that only reads, and where it is."""
    with harvest_database() as connection, closing(connection.cursor()) as cursor:
        cursor.execute(
            "select current_setting('statement_timeout'), current_setting('application_name'), current_database()"
        )
        row = cursor.fetchone()
    assert row is not None
    return dict(zip(("statement", "application", "database"), row, strict=True))


def checked(key: str, articles: int | None = None, stop: str = "") -> dict[str, Any]:
    """What becomes of a check, which Airflow may want stopped `before` it has begun or at its `first` line."""
    from check_operator import CheckOperator

    given = {} if articles is None else {"articles": articles}
    operator = CheckOperator(task_id="check", publisher=key, retries=4, **given)
    if stop == "before":
        operator.on_kill()
    with listening() as said, ThreadPoolExecutor(1) as pool:
        running = pool.submit(told, operator.execute, {})
        while stop == "first" and operator._check is None:  # noqa: SLF001 - until there is something to stop
            sleep(0.05)
        if stop == "first":
            operator.on_kill()
        outcome = running.result()
    return {
        **outcome,
        "said": said,
        "retries": operator.retries,
        "fields": list(operator.template_fields),
        "colour": operator.ui_color,
    }


def noted(end: str, cases: list[dict[str, Any]]) -> dict[str, Any]:
    """The plugin's name, and notes of runs after their `end`, by Airflow's own models in a database of its own.

    Args:
        end: `success` or `failed`.
        cases: `pushed`, rows of XComs; and `written`, what was noted before and by whom, or None.
    """
    from airflow.models.dagrun import DagRun, DagRunNote
    from airflow.models.tasklog import LogTemplate
    from airflow.models.xcom import XComModel
    from airflow.utils.types import DagRunType as Kind
    from sqlalchemy import create_engine
    from sqlalchemy.orm import Session

    from run_notes import RunNotesPlugin

    engine = create_engine("sqlite://")
    for model in (DagRun, DagRunNote, LogTemplate, XComModel):
        model.__table__.create(engine)
    (listener,) = RunNotesPlugin.listeners
    notes = []
    for case in cases:
        with Session(engine) as session:
            run = DagRun("crawl_warta", "r", run_type=Kind.MANUAL)
            session.add(run)
            session.flush()
            for number, (dag_id, run_id, key, text) in enumerate(case["pushed"]):
                at = {"dag_id": dag_id, "run_id": run_id, "task_id": "crawl", "map_index": number}
                value = XComModel.serialize_value(text)
                session.add(XComModel(**at, dag_run_id=run.id, key=key, value=value, timestamp=START))
            if case["written"]:
                run.dag_run_note = DagRunNote(*case["written"])  # type: ignore[no-untyped-call]  # Airflow's
            session.flush()
            getattr(listener, f"on_dag_run_{end}")(run, "")
            notes.append(run.note)
    getattr(listener, f"on_dag_run_{end}")(DagRun("crawl_warta", "r", run_type=Kind.MANUAL), "")  # of no session
    return {"name": RunNotesPlugin.name, "notes": notes}
