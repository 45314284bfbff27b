"""Airflow plugin: the closing line of a crawl becomes the note of its DAG run, where the list of runs shows it.

A task has no access to its run's note, so the operator pushes the line as an XCom and this listener, which Airflow
calls in the scheduler when a run has ended, copies it. A note that a person has written stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.listeners import hookimpl
from airflow.plugins_manager import AirflowPlugin
from sqlalchemy import select
from sqlalchemy.orm import object_session

from harvest import RUN_NOTE

if TYPE_CHECKING:
    from airflow.models.dagrun import DagRun

_LONGEST = 1000
"""Characters that Airflow allows in a note."""


class RunNotes:
    """Listener to the ends of DAG runs. Airflow logs its errors and goes on."""

    @hookimpl
    def on_dag_run_success(self, dag_run: DagRun, msg: str) -> None:
        """Note what a good run says."""
        del msg
        _write_note(dag_run)

    @hookimpl
    def on_dag_run_failed(self, dag_run: DagRun, msg: str) -> None:
        """Note what a failed run says."""
        del msg
        _write_note(dag_run)


def _write_note(dag_run: DagRun) -> None:
    from airflow.models.xcom import XComModel

    session, before = object_session(dag_run), dag_run.dag_run_note
    if session is None or (before is not None and before.user_id is not None):
        return
    found = select(XComModel).where(
        XComModel.dag_id == dag_run.dag_id, XComModel.run_id == dag_run.run_id, XComModel.key == RUN_NOTE
    )
    if (told := session.scalar(found)) is not None:
        dag_run.note = str(XComModel.deserialize_value(told))[:_LONGEST]


class RunNotesPlugin(AirflowPlugin):
    """Registers the listener."""

    name = "lumbung_run_notes"
    listeners = [RunNotes()]  # noqa: RUF012 - Airflow's signature
