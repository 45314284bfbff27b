"""What Airflow's loader finds in the DAG files, as JSON: for processes that have imported Airflow."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow.dag_processing.dagbag import DagBag
from airflow.sdk.exceptions import ParamValidationError
from airflow.serialization.serialized_objects import DagSerialization
from support.checkout import ROOT

if TYPE_CHECKING:
    from airflow.sdk import DAG

HEAVY = {"scrapy", "bs4", "psycopg2", "pipelines"}


def found(values: list[tuple[str, str, object]]) -> dict[str, Any]:
    """The DAGs by their id, errors of their files, what parsing them imports, and which of the values a form takes."""
    bag = DagBag(str(ROOT / "dags"))
    imported = sorted(HEAVY & set(sys.modules))
    return {
        "errors": list(bag.import_errors.values()),
        "imported": imported,
        "dags": {key: describe(dag) for key, dag in bag.dags.items()},
        "accepts": [accepts(bag.dags[dag], name, value) for dag, name, value in values if dag in bag.dags],
    }


def describe(dag: DAG) -> dict[str, Any]:
    """What the tests look at; serialising the DAG shows that the scheduler can take it."""
    DagSerialization.serialize_dag(dag)
    assert dag.start_date is not None
    return {
        "file": Path(dag.fileloc).name,
        "doc": dag.doc_md,
        "name": dag.dag_display_name,
        "owners": dag.owner_links,
        "description": dag.description,
        "tags": sorted(dag.tags),
        "catchup": dag.catchup,
        "max_active_runs": dag.max_active_runs,
        "paused": dag.is_paused_upon_creation,
        "start": [dag.start_date.replace(tzinfo=None).isoformat(), str(dag.start_date.tzinfo)],
        "timetable": type(by_time(dag)).__name__,
        "cron": part(by_time(dag), "expression"),
        "zone": str(getattr(zone := part(by_time(dag), "timezone"), "name", zone or "")),
        "assets": [asset.name for asset in getattr(dag.timetable.asset_condition, "objects", ())],
        "tasks": {task.task_id: sorted(task.downstream_task_ids) for task in dag.tasks},
        "limits": {task.task_id: seconds(getattr(task, "execution_timeout", None)) for task in dag.tasks},
        "retries": {task.task_id: task.retries for task in dag.tasks},
        "delays": {task.task_id: seconds(task.retry_delay) for task in dag.tasks},
        "outlets": {task.task_id: [asset.name for asset in task.outlets] for task in dag.tasks},
        "inlets": {task.task_id: [asset.uri for asset in task.inlets] for task in dag.tasks},
        "groups": sorted({each.group for task in dag.tasks for each in (*task.outlets, *task.inlets)}),
        "owned by": {task.task_id: task.owner for task in dag.tasks},
        "colours": sorted({task.ui_color for task in dag.tasks if task.task_id in {"crawl", "check"}}),
        "teardowns": [task.task_id for task in dag.tasks if task.is_teardown],
        "operators": {task.task_id: operator(task) for task in dag.tasks},
        "optional": [name for name, f in form(dag).items() if "null" in f.schema.get("type", ())],
        "form": {
            name: [f.description, f.schema.get("title"), f.schema.get("section")] for name, f in form(dag).items()
        },
        "defaults": {name: f.resolve() for name, f in form(dag).items()},
        "items": {name: f.schema["items"].get("type") for name, f in form(dag).items() if "items" in f.schema},
        "choices": {name: f.schema["examples"] for name, f in form(dag).items() if "examples" in f.schema},
    }


def by_time(dag: DAG) -> object:
    """The part of the schedule that goes by the clock."""
    return getattr(dag.timetable, "timetable", dag.timetable)


def part(timetable: object, name: str) -> Any:
    """Of what it was made from: Airflow's own of DAG files and of its scheduler, on which ours is built, name it so."""
    return getattr(timetable, name, None) or getattr(timetable, f"_{name}", None)


def seconds(length: Any) -> float | None:
    """Of a time that may not be set."""
    return length.total_seconds() if length else None


def operator(task: Any) -> dict[str, Any]:
    """What a task of ours was given, one that is mapped too."""
    given = {**vars(task), **getattr(task, "partial_kwargs", {})}
    kept = ("publisher", "articles", "max_active_tis_per_dagrun", "map_index_template")
    return {name: given[name] for name in kept if given.get(name) is not None}


def form(dag: DAG) -> dict[str, Any]:
    """Fields of the trigger form."""
    return {name: dag.params.get_param(name) for name in dag.params}


def accepts(dag: DAG, name: str, value: object) -> bool:
    """Whether the form takes the value."""
    try:
        form(dag)[name].resolve(value=value)
    except ParamValidationError:
        return False
    return True
