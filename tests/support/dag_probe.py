"""Print as JSON what Airflow's loader finds in the DAG files: `python dag_probe.py FOLDER FORM_VALUES`."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from airflow.dag_processing.dagbag import DagBag
from airflow.sdk.exceptions import ParamValidationError
from airflow.serialization.serialized_objects import DagSerialization

if TYPE_CHECKING:
    from airflow.sdk import DAG

HEAVY = {"scrapy", "bs4", "psycopg2", "pipelines"}


def describe(dag: DAG) -> dict[str, Any]:
    """What the tests look at; serialising the DAG shows that the scheduler can take it."""
    DagSerialization.serialize_dag(dag)
    return {
        "doc": dag.doc_md,
        "name": dag.dag_display_name,
        "owners": dag.owner_links,
        "tags": sorted(dag.tags),
        "catchup": dag.catchup,
        "max_active_runs": dag.max_active_runs,
        "paused": dag.is_paused_upon_creation,
        "cron": getattr(by_time(dag), "expression", None),
        "zone": str(getattr(by_time(dag), "timezone", "")),
        "assets": [asset.name for asset in getattr(dag.timetable.asset_condition, "objects", ())],
        "tasks": {task.task_id: sorted(task.downstream_task_ids) for task in dag.tasks},
        "limits": {task.task_id: limit_of(task) for task in dag.tasks},
        "optional": [name for name, f in form(dag).items() if "null" in f.schema.get("type", ())],
        "retries": {task.task_id: task.retries for task in dag.tasks},
        "outlets": {task.task_id: [asset.name for asset in task.outlets] for task in dag.tasks},
        "form": {
            name: [f.description, f.schema.get("title"), f.schema.get("section")] for name, f in form(dag).items()
        },
    }


def by_time(dag: DAG) -> object:
    """The part of the schedule that goes by the clock."""
    return getattr(dag.timetable, "timetable", dag.timetable)


def limit_of(task: Any) -> float | None:
    """Seconds that the task may take."""
    limit = getattr(task, "execution_timeout", None)
    return limit.total_seconds() if limit else None


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


if __name__ == "__main__":
    bag = DagBag(sys.argv[1])
    imported = sorted(HEAVY & set(sys.modules))
    found = {
        "errors": list(bag.import_errors.values()),
        "imported": imported,
        "dags": {key: describe(dag) for key, dag in bag.dags.items()},
        "accepts": [
            accepts(bag.dags[dag], name, value) for dag, name, value in json.loads(sys.argv[2]) if dag in bag.dags
        ],
    }
    sys.stdout.write("\n" + json.dumps(found))
