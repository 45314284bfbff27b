"""CheckOperator with real checks in real processes: green, red for one reason, stopped."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from support.scripted_press import ARTICLE, Answer, Press, printing, write_publisher
from support.throwaway import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.forking_airflow import ForkingAirflow

STATES_WHEN = '<head><meta property="article:published_time" content="2026-11-20T08:00:00+07:00">'


def script(path: str, _number: int) -> Answer | None:
    if path == "/rusak/rss":
        return Answer("oops", 500)
    return Answer(ARTICLE.replace("<head>", STATES_WHEN)) if "/berita-" in path else None


@pytest.fixture
def press() -> Iterator[Press]:
    with printing(script) as printed:
        yield printed


@pytest.fixture
def world(press: Press, tmp_path: Path) -> dict[str, str]:
    write_publisher(tmp_path, "rusak", press.home)
    return write_publisher(tmp_path, "baik", press.home)


@pytest.mark.parametrize(("articles", "read"), [(None, 3), (1, 1)])
def test_a_check_reads_as_many_articles_as_asked_and_its_report_is_the_log(
    ask: ForkingAirflow, world: dict[str, str], press: Press, articles: int | None, read: int
) -> None:
    told = ask("task_probe.checked", "baik", articles, **world)
    assert told["error"] is None
    assert len([path for path in press.paths() if path.startswith("/baik/berita-")]) == read
    report = [text for level, text in told["said"] if level == "INFO"]
    assert any("baik" in line for line in report)
    assert any(line.strip() for line in report)
    assert told["retries"] == 4
    assert told["fields"] == ["publisher", "articles"]
    assert re.fullmatch("#[0-9a-f]{6}", told["colour"])


def test_a_finding_is_red_in_one_line_that_the_log_does_not_repeat(ask: ForkingAirflow, world: dict[str, str]) -> None:
    told = ask("task_probe.checked", "rusak", **world)
    assert told["type"] == "AirflowException"
    assert told["error"].startswith("rusak: ")
    assert "HTTP 500" in told["error"]
    assert "\n" not in told["error"]
    assert ["ERROR", told["error"]] in told["said"]
    assert not [text for _, text in told["said"] if text.startswith("needs a look")]


def test_a_check_that_cannot_begin_says_why(ask: ForkingAirflow, world: dict[str, str]) -> None:
    told = ask("task_probe.checked", "tiada", **world)
    assert told["error"].startswith("tiada: ")
    assert len(told["error"]) > len("tiada: ")


def test_a_check_asks_the_database_of_the_airflow_connection_what_is_usual_and_does_without(
    ask: ForkingAirflow, world: dict[str, str]
) -> None:
    port = free_port()
    nowhere = f"postgresql://lumbung:x@127.0.0.1:{port}/lumbung"
    told = ask("task_probe.checked", "baik", 1, **world, AIRFLOW_CONN_LUMBUNG=nowhere)
    assert told["error"] is None
    report = " ".join(text for _, text in told["said"])
    assert "what is usual is not known without a database" in report
    assert f"port {port} failed" in report


@pytest.mark.parametrize("moment", ["before", "first"])
def test_a_check_that_airflow_stops_is_red_whatever_it_found(
    ask: ForkingAirflow, world: dict[str, str], press: Press, moment: str
) -> None:
    press.script = lambda path, _number: Answer(seconds=60) if path == "/robots.txt" else None
    told = ask("task_probe.checked", "baik", 3, moment, **world)
    assert (told["type"], told["error"]) == ("AirflowException", "baik: the check was stopped")
    assert not [path for path in press.paths() if "berita" in path]
