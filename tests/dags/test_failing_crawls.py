"""Sixteen ways in which a crawl fails: each is a red task in a real Airflow, and its last line says why."""

from __future__ import annotations

import re
from contextlib import closing
from random import Random
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from crash.barn import Barn, barn
from support.failing_crawls import SITES, failing
from support.running_airflow import Airflow
from support.scripted_press import TEXT, Answer, printing, write_publisher
from support.throwaway import free_port

from pipelines.database.connections import connect
from pipelines.harvest.frontier import close_abandoned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.stack.postgres import Server

POLICY = """
from datetime import timedelta

def task_policy(task):
    task.retries = 0  # the first failure is what is looked at
    if task.dag_id == "crawl_gantung" and task.task_id == "crawl":
        task.execution_timeout = timedelta(seconds=8)
"""
SOUND = "sehat"
"""A publisher in order: what fails is the database."""


FULL = "penuh"
"""A publisher in order: the disk fills up while it is being crawled."""
CRAWL_OF_FULL = f"select stored, balanced from news.crawls where publisher = '{FULL}'"


def long_page(path: str, number: int) -> Answer | None:
    """An article that takes room, after a while."""
    words = Random(number)  # noqa: S311 - words that no compression makes small
    text = " ".join(f"{words.getrandbits(64):x}" for _ in range(8_000))
    page = f"<html><body><article><h1>Panen {number}</h1><p>{TEXT}</p><p>{text}</p></article></body></html>"
    return Answer(page, seconds=0.3) if "/berita-" in path else None


@pytest.fixture(scope="module")
def grain() -> Iterator[Barn]:
    with barn(400) as started:
        started.database("lumbung")
        yield started


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    publishers = tmp_path_factory.mktemp("publishers")
    folder = tmp_path_factory.mktemp("certificate")
    with failing(folder, publishers) as found, printing() as sound, printing(long_page, articles=40) as full:
        write_publisher(publishers, SOUND, sound.home)
        write_publisher(publishers, FULL, full.home)
        yield {**found, "": str(publishers)}


@pytest.fixture(scope="module")
def airflow(
    server: Server, grain: Barn, homes: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Airflow]:
    harvest = {"DATABASE_URL": grain.server.url(), "LUMBUNG_PUBLISHERS": homes[""]}
    server.create_database("failing_crawls")
    started = Airflow(tmp_path_factory.mktemp("airflow"), server.url("failing_crawls"), harvest)
    try:
        started.start(POLICY)
        for key in SITES:
            started.unpause(f"crawl_{key}")
        yield started
    finally:
        started.stop()


def rows(grain: Barn, statement: str) -> list[tuple[Any, ...]]:
    with closing(grain.look("lumbung")) as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def last_error(airflow: Airflow, key: str, run: str) -> str:
    """The last line of a task that must be red."""
    states = airflow.finished(f"crawl_{key}", run)
    assert states["crawl"] == "failed", states
    return airflow.errors(f"crawl_{key}", run, 1)[-1]


def test_twelve_publishers_that_cannot_be_harvested_are_red_for_twelve_reasons(
    airflow: Airflow, grain: Barn, homes: dict[str, str]
) -> None:
    begun = "select 1 from news.crawls where publisher = 'terbunuh' and leased > 0"
    airflow.wait_for("a spider to kill", lambda: rows(grain, begun))
    (spider,) = airflow.spiders("terbunuh")
    spider.kill()
    said, wanted = {}, {}
    for key, mode in SITES.items():
        said[key] = last_error(airflow, key, airflow.first_run(f"crawl_{key}"))
        home = re.escape(homes[key])
        wanted[key] = mode.line.replace("HOME", home).replace("HOST", re.escape(urlsplit(homes[key]).netloc))
    assert {key: line for key, line in said.items() if not re.match(wanted[key], line) or "\n" in line} == {}


def test_three_databases_that_cannot_be_used_are_red_for_three_reasons(airflow: Airflow, grain: Barn) -> None:
    airflow.unpause(f"crawl_{SOUND}")
    first = airflow.first_run(f"crawl_{SOUND}")
    assert airflow.finished(f"crawl_{SOUND}", first)["crawl"] == "success"
    nowhere = free_port()
    reasons: dict[str, dict[str, Any]] = {
        f'Postgres cannot be reached: connection to server at "127.0.0.1", port {nowhere} failed': {"port": nowhere},
        "Postgres cannot be reached: .* password authentication failed": {"password": "wrong"},
        ".*lumbung migrate": {"schema": "postgres"},
    }
    for reason, change in reasons.items():
        login = {"login": "lumbung", "password": grain.server.password, "schema": "lumbung", "port": grain.server.port}
        asked = {"connection_id": "lumbung", "conn_type": "postgres", "host": "127.0.0.1", **login, **change}
        assert airflow.call("POST", "/api/v2/connections", asked)[0] == 201
        try:
            line = last_error(airflow, SOUND, airflow.trigger(f"crawl_{SOUND}"))
        finally:
            airflow.call("DELETE", "/api/v2/connections/lumbung")
        assert re.match(reason, line), line


def test_a_disk_that_fills_up_in_the_middle_is_red_with_its_reason_and_costs_nothing_that_was_stored(
    airflow: Airflow, grain: Barn
) -> None:
    if not grain.can_fill:
        pytest.skip("needs a file system of its own, and this machine lets nobody mount one")
    airflow.unpause(f"crawl_{FULL}")
    airflow.wait_for("a crawl on its way", lambda: rows(grain, CRAWL_OF_FULL + " and leased > 0"))
    grain.fill()
    try:
        airflow.wait_for("the end of its spider", lambda: not airflow.spiders(FULL))
    finally:
        grain.empty()
    line = last_error(airflow, FULL, airflow.first_run(f"crawl_{FULL}"))
    # The task itself may find the disk full when it looks into the ledger; then the next crawl closes it.
    early = r"crawl \d+ ended early: (killed|database_lost): the crawl ends, what it has not stored|Postgres refuses: "
    assert re.match(early, line), line
    assert "No space left on device" in line
    with closing(connect(grain.server.url("lumbung"))) as connection:
        close_abandoned(connection)
    ((stored, balanced),) = rows(grain, CRAWL_OF_FULL)
    assert balanced
    assert rows(grain, f"select count(*) from news.all_articles where publisher = '{FULL}'") == [(stored,)]
