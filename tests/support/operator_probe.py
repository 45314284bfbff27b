"""What ScrapyOperator does with runs of each type, and when it is stopped before it has begun; prints JSON.

`python operator_probe.py dates` or `python operator_probe.py stopped`; Airflow enters this process alone.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from time import monotonic
from types import SimpleNamespace
from typing import Any, cast

from airflow.sdk.api.datamodels._generated import DagRunType
from airflow.sdk.exceptions import AirflowException

from scrapy_operator import ScrapyOperator, date_range

START, END = datetime(2026, 11, 20, 3, tzinfo=UTC), datetime(2026, 11, 20, 3, 15, tzinfo=UTC)


def context(run_type: str, **params: str) -> Any:
    """A run with a data interval, which Airflow 3 may also give to a run by hand."""
    run = SimpleNamespace(
        dag_id="crawl_contoh", run_id="r", run_type=run_type, data_interval_start=START, data_interval_end=END
    )
    pushed: dict[str, str] = {}
    return {
        "dag_run": run,
        "params": params,
        "ti": SimpleNamespace(try_number=1, xcom_push=lambda key, value: pushed.update({key: value})),
    }


def dates() -> dict[str, Any]:
    """The spider arguments of each run type: without dates in the form, and with."""
    types = [each.value for each in DagRunType]
    return {each: [date_range(context(each)), date_range(context(each, from_date="2026-11-01"))] for each in types}


def stopped() -> dict[str, Any]:
    """What happens to a task that Airflow stops before its spider runs."""
    operator = ScrapyOperator(task_id="crawl", publisher=sys.argv[2])
    operator.on_kill()
    begun = monotonic()
    try:
        operator.execute(cast("Any", context("manual")))
    except AirflowException as error:
        return {"error": str(error), "seconds": monotonic() - begun}
    return {"error": None}


if __name__ == "__main__":
    sys.stdout.write("\n" + json.dumps({"dates": dates, "stopped": stopped}[sys.argv[1]]()))
