"""A real PostgreSQL, the embedded one, for every test that asks for a database."""

from __future__ import annotations

import os
import sys
from collections import Counter
from typing import TYPE_CHECKING, Final

import hypothesis
import pytest
from support.checkout import SHARED
from support.throwaway import fresh_database, shared_server

from pipelines.database.connections import Connection, connect

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pipelines.stack.postgres import Server

pytest.register_assert_rewrite("support.airflow_desk", "support.airflow_trust")

# Property tests: no deadline, for these machines are busy; the same examples each time in CI; a failing one is printed.
hypothesis.settings.register_profile("lumbung", deadline=None, derandomize=bool(os.environ.get("CI")), print_blob=True)
hypothesis.settings.load_profile("lumbung")
# For `make mutants`: whether an example fails is enough, the shortest one takes a minute to find.
hypothesis.settings.register_profile(
    "mutants", deadline=None, derandomize=True, phases=(hypothesis.Phase.explicit, hypothesis.Phase.generate)
)
# Hypothesis would also write failing examples as a patch, by libcst, which trips over zope's `__provides__` once Scrapy
# is imported and ends the whole run with INTERNALERROR. It does without where that module cannot be imported.
sys.modules["hypothesis.extra._patching"] = None  # type: ignore[assignment]  # Python's way to forbid an import

_LONGEST_FIRST: Final = (
    "tests/dags/test_airflow_runs.py",
    "tests/dags/test_watch_runs.py",
    "tests/crawls/test_internet.py",
    "tests/crawls/test_watch.py",
    "tests/dags/test_failing_crawls.py",
    "tests/pipelines/duplicates/test_hidden_copies.py",
    "tests/pipelines/stack/test_stack.py",
    "tests/pipelines/stack/test_second_start.py",
    "tests/pipelines/stack/test_first_harvest.py",
    "tests/dags/plugins/test_scrapy_operator.py",
    "tests/dags/plugins/test_check_operator.py",
    "tests/test_install.py",
    "tests/test_aborted_run.py",
    "tests/pipelines/harvest/test_states.py",
    "tests/pipelines/database/test_restarts.py",
)
"""Files that take a minute or more. What begins last is waited for with one core idle, and xdist would begin with the
files of most tests, which are the quick ones. Of two neighbours one waits for services while the other calculates."""
_SHOWN: Final = 15


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first; `--no-loadscope-reorder` has xdist keep this order."""
    place = {name: number for number, name in enumerate(_LONGEST_FIRST)}
    items.sort(key=lambda item: place.get(item.nodeid.partition("::")[0], len(place)))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Where the minutes of a run of many files go."""
    seconds: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport):
                seconds[report.nodeid.partition("::")[0]] += report.duration  # type: ignore[assignment]
    if len(seconds) > _SHOWN:
        terminalreporter.section("seconds by file")
        for name, spent in seconds.most_common(_SHOWN):
            terminalreporter.line(f"{spent:7.0f}  {name}")


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A throw-away server for the whole run."""
    with shared_server() as started:
        yield started


@pytest.fixture
def database_url(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A fresh, migrated database; DATABASE_URL names it while the test runs."""
    with fresh_database(server) as url:
        monkeypatch.setenv("DATABASE_URL", url)
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Connection]:
    """A connection to the fresh database."""
    connection = connect(database_url)
    yield connection
    connection.close()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The measuring material beside the checkout; tests that need it are skipped where it is not."""
    if not SHARED.is_dir() or os.environ.get("LUMBUNG_WITHOUT_SHARED"):
        pytest.skip("needs the measuring material in ../shared, which is not part of the repository")
    return SHARED
