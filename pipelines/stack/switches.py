"""Which publishers' crawls run by their schedules: the switches of their DAGs, for many at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.stack.home import StackError
from spiders.publishers import find_publisher

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pipelines.stack.airflow_api import AirflowApi


def switch_on(api: AirflowApi, keys: Sequence[str]) -> list[str]:
    """Unpause the DAGs of publishers; their names.

    Raises:
        UnknownPublisher: before anything is switched.
        StackError: Airflow does not know a DAG, or does not answer; says which are on already.
    """
    return _switch(api.unpause, keys)


def switch_off(api: AirflowApi, keys: Sequence[str]) -> list[str]:
    """Pause the DAGs of publishers; their names. Raises what `switch_on` does."""
    return _switch(api.pause, keys)


def _switch(switch: Callable[[str], bool], keys: Sequence[str]) -> list[str]:
    publishers = [find_publisher(key) for key in dict.fromkeys(keys)]
    done: list[str] = []
    for each in publishers:
        if not switch(f"crawl_{each.key}"):
            before = f" ({', '.join(done)} switched before)" if done else ""
            raise StackError(
                f"Airflow has no DAG crawl_{each.key}{before}: a new publisher's appears within a minute,"
                " and Airflow must read the same publishers' folder"
            )
        done.append(each.name)
    return done
