"""Airflow for tests that ask what DAG files and operators do; those that need a running one start it themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.forking_airflow import ForkingAirflow, forking_airflow

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def ask() -> Iterator[ForkingAirflow]:
    """Runs a function of `tests/support` in a fork of a process that has imported Airflow."""
    with forking_airflow() as asked:
        yield asked
