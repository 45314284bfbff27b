"""Airflow plugin: tells each run of the watch which crawls are switched on.

A task sees no metadata database, and the switch of a DAG lies there. So this listener, which Airflow calls in the
scheduler as a run begins, before any of its tasks does, notes the DAGs that are not paused in a variable.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from airflow.listeners import hookimpl
from airflow.plugins_manager import AirflowPlugin
from sqlalchemy import select
from sqlalchemy.orm import object_session

from harvest import WANTED

if TYPE_CHECKING:
    from airflow.models.dagrun import DagRun

_WATCH = "watch"


class Switches:
    """Listener to the beginnings of DAG runs. Airflow logs its errors and goes on."""

    @hookimpl
    def on_dag_run_running(self, dag_run: DagRun, msg: str) -> None:
        """Note whose crawls are switched on, for a run of the watch."""
        del msg
        session = object_session(dag_run) if dag_run.dag_id == _WATCH else None
        if session is None:
            return
        from airflow.models.dag import DagModel
        from airflow.models.variable import Variable

        on = select(DagModel.dag_id).where(
            DagModel.dag_id.startswith("crawl_"), DagModel.is_paused.is_(False), DagModel.is_stale.is_(False)
        )
        about = "DAGs that were switched on as the last run of the watch began; written by Lumbung's plugin `switches`."
        Variable.set(WANTED, json.dumps(sorted(session.scalars(on))), about, session=session)


class SwitchesPlugin(AirflowPlugin):
    """Registers the listener."""

    name = "lumbung_switches"
    listeners = [Switches()]  # noqa: RUF012 - Airflow's signature
