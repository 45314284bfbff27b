"""ScrapyOperator with real spiders in real processes: which days each type of run asks for, and every way to end."""

from __future__ import annotations

import re
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from support.scripted_press import Answer, printing, write_publisher
from support.throwaway import free_port, fresh_database

from pipelines.database.connections import connect

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.forking_airflow import ForkingAirflow

    from pipelines.stack.postgres import Server

START, END = "2026-11-20T03:00:00+00:00", "2026-11-20T03:15:00+00:00"
EXPECTED = {
    "backfill": {"from_date": START, "to_date": END},
    "scheduled": {"interval_start": START},
    "manual": {},
    "operator_triggered": {},
    "asset_triggered": {"interval_start": END},
    "asset_materialization": {},
}
STOPPED = "was stopped; what it had loaded is kept, its other pages stay due"
ERRORS = {
    "dihentikan": ("AirflowException", f"the crawl {STOPPED}"),
    "terbunuh": ("AirflowException", r"crawl \d+ ended early: killed \(killed by SIGKILL: where nobody did it, .*"),
    "terputus": ("AirflowException", r"crawl \d+ ended early: (killed|database_lost): .*another.*"),
    "sibuk": (
        "AirflowFailException",
        r"crawl \d+ ended early: .* is left alone until .*Retry-After of 7200.*",
    ),
    "rusak": ("AirflowException", r"nothing could be fetched from rusak: .*/rss: HTTP 500"),
    "bisu": ("AirflowException", "the spider did not begin: tidak mau"),
    "mati": ("AirflowException", "the spider did not begin: killed by SIGKILL: where nobody did it, .*"),
    "goyah": ("AirflowException", r"the spider failed \(exit status 7: .+\)"),
}
"""Type and pattern of what a task raises; Airflow tries again unless it is an AirflowFailException."""
SITECUSTOMIZE = """
import atexit, os, sys
if "crawl" in sys.orig_argv:
    key = sys.orig_argv[sys.orig_argv.index("crawl") + 1]
    if key == "bisu":
        print("tidak mau", flush=True)
        os._exit(0)
    if key == "mati":
        os.kill(os.getpid(), 9)
    if key == "goyah":
        atexit.register(os._exit, 7)
"""
"""Python runs it when it starts: spiders of these publishers end before they begin, or badly after a good crawl."""
SLOW = ("dihentikan", "terbunuh", "terputus", "gantung")


def script(path: str, _number: int) -> Answer | None:
    key, _, name = path.strip("/").partition("/")
    if name.startswith("berita-") and key in SLOW:
        return Answer(seconds=300 if key in {"terbunuh", "gantung"} else 1)
    return {
        "sibuk/rss": Answer("", 429, {"Retry-After": "7200"}),
        "rusak/rss": Answer("oops", 500),
    }.get(f"{key}/{name}")


@pytest.fixture(scope="module")
def dates(ask: ForkingAirflow) -> dict[str, Any]:
    found: dict[str, Any] = ask("task_probe.arguments")
    return found


def test_airflow_has_no_type_of_run_that_is_not_looked_at_here(dates: dict[str, Any]) -> None:
    assert set(dates) - {"from", "to", "limits", "names", "colour"} == set(EXPECTED)
    assert re.fullmatch("#[0-9a-f]{6}", dates["colour"])


@pytest.mark.parametrize("run_type", EXPECTED)
def test_only_a_schedule_and_a_backfill_go_by_the_data_interval(dates: dict[str, Any], run_type: str) -> None:
    whole, given, none, half, other_half = dates[run_type]
    woken = EXPECTED[run_type] if run_type == "asset_triggered" else {}  # it has no data interval
    assert (whole, given, none) == (EXPECTED[run_type], {"from_date": "2026-11-01"}, woken)
    assert half == other_half == woken


def test_what_the_form_says_becomes_spider_arguments_and_what_is_empty_does_not(dates: dict[str, Any]) -> None:
    assert dates["from"] == {"from_date": "2026-11-01"}
    assert dates["to"] == {"to_date": "2026-11-02"}
    assert dates["limits"] == [{}, {}, {"max_articles": "7"}, {"max_articles": "1", "refetch": "true"}]


def test_each_try_of_each_of_many_has_a_name_of_its_own_in_the_ledger(dates: dict[str, Any]) -> None:
    assert dates["names"] == ["d/r/3", "d/r/3", "d/r/0/3", "d/r/7/3"]


@pytest.fixture(scope="module")
def harvest(server: Server) -> Iterator[str]:
    with fresh_database(server) as url:
        yield url


@pytest.fixture(scope="module")
def world(harvest: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Variables under which tasks find the database and the publishers."""
    folder = tmp_path_factory.mktemp("publishers")
    hooks = tmp_path_factory.mktemp("hooks")
    (hooks / "sitecustomize.py").write_text(SITECUSTOMIZE, "utf-8")
    hosts = {key: f"127.0.1.{number}" for number, key in enumerate(("baik", "gantung", *ERRORS), 1)}
    with printing(script, addresses=[*hosts.values()]) as press:
        for key, host in hosts.items():  # each a domain of its own: what one asks for holds for no other
            write_publisher(folder, key, f"http://{host}:{press.port}/")
        yield {"AIRFLOW_CONN_LUMBUNG": harvest, "LUMBUNG_PUBLISHERS": str(folder), "PYTHONPATH": str(hooks)}


@pytest.fixture(scope="module")
def ended(ask: ForkingAirflow, world: dict[str, str]) -> dict[str, Any]:
    """What became of one crawl of each publisher."""
    found: dict[str, Any] = ask("task_probe.crawled_together", "baik", *ERRORS, **world)
    return found


def rows(url: str, statement: str) -> list[tuple[Any, ...]]:
    with closing(connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def in_ledger(url: str, end: str) -> int:
    """A crawl under the name `r` with a reason and a time of its end."""
    statement = "insert into lumbung.crawl (publisher, run_id, finish_reason, finished_at) values ('warta', 'r', {})"
    ((number,),) = rows(url, statement.format(end) + " returning crawl_id")
    return int(number)


def test_a_good_crawl_returns_its_figures_and_says_what_is_odd_in_note_and_log(
    ended: dict[str, Any], harvest: str
) -> None:
    good = ended["baik"]
    assert good["error"] is None
    figures = rows(
        harvest, "select crawl_id, entries, leased, stored, failed from news.crawls where publisher = 'baik'"
    )
    names = ("crawl_id", "entries", "leased", "stored", "failed")
    assert [tuple(good["returned"][name] for name in names)] == figures
    assert (good["returned"]["publisher"], good["returned"]["stored"]) == ("baik", 5)
    odd = "none of 5 stored articles states when it was published"
    assert good["pushed"] == {"run_note": f"5 stored, 0 updated, 0 rejected, 0 failed; to look at: {odd}"}
    said = ended[""]["said"]
    assert ["WARNING", f"to look at: {odd}"] in said
    assert any(level == "INFO" and " of baik: " in text and "5 stored" in text for level, text in said)
    assert good["retries"] == 5


@pytest.mark.parametrize("key", ERRORS)
def test_a_crawl_that_ends_badly_is_red_with_one_line_that_is_also_the_runs_note(
    ended: dict[str, Any], key: str
) -> None:
    kind, pattern = ERRORS[key]
    error = ended[key]["error"]
    assert ended[key]["type"] == kind
    assert re.fullmatch(pattern, error), error
    assert ended[key]["pushed"] == {"run_note": error}
    assert ["ERROR", error] in ended[""]["said"]
    assert not ended[key]["chained"]


def test_whatever_ended_a_crawl_its_pages_are_given_back_and_its_ledger_is_closed(
    ended: dict[str, Any], harvest: str
) -> None:
    assert ended
    assert rows(harvest, "select url from lumbung.page where leased_by is not null") == []
    assert rows(harvest, "select publisher from lumbung.crawl where finished_at is null") == []
    begun = {key for (key,) in rows(harvest, "select publisher from lumbung.crawl where leased > 0")}
    assert begun >= {"baik", "goyah", "dihentikan", "terbunuh", "terputus"}
    assert not begun & {"bisu", "mati", "rusak", "sibuk"}


def test_a_crawl_over_its_time_is_stopped_and_says_how_long_it_might_take(
    ask: ForkingAirflow, world: dict[str, str], harvest: str
) -> None:
    told = ask("task_probe.crawled", "gantung", 8, **world)
    assert told["error"] == f"the crawl ran for longer than 0:00:08 and {STOPPED}"
    assert told["type"] == "AirflowException"
    assert rows(harvest, "select url from lumbung.page where leased_by is not null") == []


def test_days_that_make_no_sense_are_refused_for_good_and_no_spider_starts(
    ask: ForkingAirflow, world: dict[str, str], harvest: str
) -> None:
    before = rows(harvest, "select count(*) from lumbung.crawl")
    told = ask("task_probe.crawled", "baik", None, {"from_date": "2026-11-20", "to_date": "2026-11-10"}, **world)
    assert (told["type"], told["error"]) == (
        "AirflowFailException",
        "from_date 2026-11-20 is after to_date 2026-11-10; give the earlier one first",
    )
    assert rows(harvest, "select count(*) from lumbung.crawl") == before


def test_a_database_that_does_not_answer_is_told_before_a_spider_starts(
    ask: ForkingAirflow, world: dict[str, str]
) -> None:
    nowhere = f"postgresql://lumbung:x@127.0.0.1:{free_port()}/lumbung"
    told = ask("task_probe.crawled", "bisu", **{**world, "AIRFLOW_CONN_LUMBUNG": nowhere})
    assert told["type"] == "AirflowException"
    assert told["error"].startswith("Postgres cannot be reached: ")
    assert told["pushed"] == {"run_note": told["error"]}


def test_without_an_airflow_connection_the_crawl_goes_where_the_environment_says_and_needs_no_note(
    ask: ForkingAirflow, world: dict[str, str], server: Server
) -> None:
    with fresh_database(server) as elsewhere:
        given = {name: value for name, value in world.items() if not name.startswith("AIRFLOW_CONN")}
        told = ask("task_probe.crawled_without_a_note", "baik", **given, DATABASE_URL=elsewhere)
        assert told["error"] is None
        assert (told["returned"]["stored"], told["pushed"]) == (2, {})
        assert ["WARNING", "the run gets no note: the API is away"] in told["said"]
        assert rows(elsewhere, "select run_id, stored from lumbung.crawl") == [("crawl_baik/r/3", 2)]


def test_a_task_that_is_stopped_before_its_spider_began_starts_none(
    ask: ForkingAirflow, tmp_path: Path, database_url: str
) -> None:
    with printing(lambda path, _number: Answer(seconds=1) if "/berita-" in path else None) as press:
        found = write_publisher(tmp_path, "lambat", press.home)
        told = ask("task_probe.stopped_before", "lambat", AIRFLOW_CONN_LUMBUNG=database_url, **found)
    assert told["error"] == f"the crawl {STOPPED}"
    assert press.requests == []
    assert rows(database_url, "select count(*) from lumbung.crawl") == [(0,)]


@pytest.mark.parametrize(
    ("reason", "status", "error"),
    [
        ("killed", 0, "ended early: killed: kata terakhir"),
        ("database_lost", 0, "ended early: database_lost: kata terakhir"),
        ("shutdown", 0, "ended early: shutdown"),
        ("killed", 3, "ended early: killed (exit status 3: kata terakhir)"),
        ("shutdown", 3, "ended early: shutdown (exit status 3: kata terakhir)"),
    ],
)
def test_why_a_spider_ended_is_told_by_the_ledger_and_where_that_cannot_know_by_its_last_words(
    ask: ForkingAirflow, database_url: str, reason: str, status: int, error: str
) -> None:
    number = in_ledger(database_url, f"'{reason}', now()")
    told = ask("task_probe.settled", number, status, "kata terakhir", 0, AIRFLOW_CONN_LUMBUNG=database_url)
    assert told["error"] == f"crawl {number} {error}"


def test_a_killed_spiders_crawl_is_closed_when_its_sessions_are_gone_which_is_waited_for_a_moment(
    ask: ForkingAirflow, database_url: str
) -> None:
    number = in_ledger(database_url, "null, null")
    told = ask("task_probe.settled", number, 0, "", 60, AIRFLOW_CONN_LUMBUNG=database_url)
    assert told["error"] == f"crawl {number} was never closed: the spider died or lost its database"
    assert told["seconds"] < 30
    told = ask("task_probe.settled", number, 0, "habis", 0.2, AIRFLOW_CONN_LUMBUNG=database_url)
    assert told["error"] == f"crawl {number} ended early: killed: habis"
    again = [ask("task_probe.settled", number, 0, "", 0, AIRFLOW_CONN_LUMBUNG=database_url) for _ in range(3)]
    assert min(each["seconds"] for each in again) < 1, "a crawl that is closed is not waited for"
