"""Which runs Airflow's scheduler and its backfills make of a DAG, as JSON: for processes that have imported Airflow."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import CronDataIntervalTimetable
from airflow.serialization.serialized_objects import DagSerialization
from airflow.timetables.base import TimeRestriction
from support.checkout import ROOT

from spiders.publishers import find_publisher

if TYPE_CHECKING:
    from airflow.serialization.definitions.dag import SerializedDAG
    from airflow.timetables.base import DagRunInfo


def backfill(dag: str, first: str, last: str) -> list[list[str]]:
    """Data intervals of a backfill between two moments, as the dialog and the API ask for it."""
    infos = _as_scheduled(dag).iter_dagrun_infos_between(datetime.fromisoformat(first), datetime.fromisoformat(last))
    return [_interval(info) for info in infos]


def ticks(dag: str, since: str, count: int) -> dict[str, list[list[str]]]:
    """Data intervals of scheduled runs, in a row: ours, and those of Airflow's timetable for the same cron."""
    while True:
        ours, airflow = _run_after_run(_as_scheduled(dag), since, count), _plain(dag, since, count)
        if ours == _run_after_run(_as_scheduled(dag), since, count):  # no tick has come between the two
            return {"ours": ours, "airflow": airflow}


def _as_scheduled(dag: str, *, plain: bool = False) -> SerializedDAG:
    """The DAG as the scheduler reads it from the database."""
    found = DagBag(str(ROOT / "dags" / "crawl.py")).dags[dag]
    if plain:
        publisher = find_publisher(dag.removeprefix("crawl_"))
        found.timetable = CronDataIntervalTimetable(publisher.schedule, timezone=publisher.timezone)
    return DagSerialization.from_dict(DagSerialization.to_dict(found))


def _plain(dag: str, since: str, count: int) -> list[list[str]]:
    return _run_after_run(_as_scheduled(dag, plain=True), since, count)


def _run_after_run(dag: SerializedDAG, since: str, count: int) -> list[list[str]]:
    info, found = None, []
    for _ in range(count):
        restriction = TimeRestriction(_moment(since), None, catchup=True)
        info = dag.timetable.next_dagrun_info_v2(last_dagrun_info=info, restriction=restriction)
        assert info is not None
        found.append(_interval(info))
    latest = dag.next_dagrun_info(last_automated_run_info=None)
    assert latest is not None
    return [*found, _interval(latest)]


def _moment(text: str) -> Any:
    from pendulum import parse

    return parse(text)


def _interval(info: DagRunInfo) -> list[str]:
    interval = info.data_interval
    assert interval is not None
    assert info.run_after == interval.end
    return [interval.start.isoformat(), interval.end.isoformat()]
