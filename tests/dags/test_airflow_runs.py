"""Crawls in a real, running Airflow, driven through its REST API, with a real Postgres and real newspapers."""

from __future__ import annotations

import re
from collections import Counter
from contextlib import ExitStack, closing
from datetime import UTC, datetime, time, timedelta
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from support.running_airflow import Airflow
from support.throwaway import free_port, throwaway_server

from pipelines.database.connections import connect
from pipelines.database.migrate import migrate
from pipelines.database.roles import CRAWLER, login
from seeds.newsstand.newspaper import Newspaper, Settings
from seeds.newsstand.server import Newsstand, serve
from seeds.newsstand.truth import expected
from spiders.publishers import find_publisher, publishers_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.stack.postgres import Server

ZONE = find_publisher("contoh").zone
NOW = datetime.now(ZONE)
TODAY = NOW.date()
HARVEST_PASSWORD = token_urlsafe(18)


@pytest.fixture(scope="module")
def barn() -> Iterator[Server]:
    """A server of its own for the harvest: one test stops it, and the others' lives on."""
    with throwaway_server() as server:
        server.create_database("lumbung")
        with closing(connect(server.url())) as connection:
            migrate(connection)
            login(connection, "pemanen", CRAWLER, HARVEST_PASSWORD)
        yield server


@pytest.fixture(scope="module")
def papers() -> Iterator[dict[str, Newsstand]]:
    """A newspaper for each of the publishers `contoh`, `rentang`, `rusak` and `lambat`."""
    with ExitStack() as open_papers:
        found = {
            key: open_papers.enter_context(
                serve(Newspaper(Settings(articles=articles, days=14, crawl_delay=0), now=NOW))
            )
            for key, articles in {"contoh": 20, "rentang": 40, "rusak": 5, "lambat": 15}.items()
        }
        found["rusak"].set_fault("/", "html")
        found["lambat"].set_fault("/news-", "slow", seconds=0.3)
        yield found


@pytest.fixture(scope="module")
def airflow(
    server: Server, barn: Server, papers: dict[str, Newsstand], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Airflow]:
    """Started once for all tests. `tutup` is a newspaper whose address answers nobody."""
    publishers = tmp_path_factory.mktemp("publishers")
    homes = {**{key: paper.url for key, paper in papers.items()}, "tutup": f"http://127.0.0.1:{free_port()}"}
    text = (publishers_folder() / "contoh.toml").read_text("utf-8")
    for key, home in homes.items():
        changed = {"home": f'"{home}/"', "schedule": '"0 0 * * *"', "lookback_days": "14"}
        if key in {"rentang", "lambat"}:
            # Their scheduled crawl takes what is of today, and leaves the rest to the ranges that tests ask for.
            changed |= {"lookback_days": "0", "sitemaps": "[]", "schedule": '"3 */6 * * *"'}
        file = text
        for name, value in changed.items():
            file = re.sub(rf"^{name} = .*$", f"{name} = {value}", file, flags=re.MULTILINE)
        (publishers / f"{key}.toml").write_text(file, "utf-8")
    crawler = barn.url(login="pemanen", password=HARVEST_PASSWORD)
    harvest = {"DATABASE_URL": crawler, "LUMBUNG_PUBLISHERS": str(publishers)}
    server.create_database("airflow_runs")
    started = Airflow(tmp_path_factory.mktemp("airflow"), server.url("airflow_runs"), harvest)
    try:
        started.start()
        for dag in ("crawl_contoh", "deduplicate", "crawl_rusak", "crawl_tutup"):
            started.unpause(dag)
        yield started
    finally:
        started.stop()


def rows(server: Server, statement: str, *values: object, database: str = "lumbung") -> list[tuple[Any, ...]]:
    with closing(connect(server.url(database))) as connection, connection, connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


DUE = "select count(*) from lumbung.deduplication_due"


def asset_events(airflow: Airflow) -> list[dict[str, Any]]:
    path = "/api/v2/assets/events?source_dag_id=crawl_contoh"
    # Airflow 3.3.2 answers 500 while a run that the event has created waits to be started.
    airflow.wait_for("the asset's events", lambda: airflow.call("GET", path)[0] == 200)
    events: list[dict[str, Any]] = airflow.call("GET", path)[1]["asset_events"]
    return events


def test_the_first_harvest_finds_what_the_newspaper_printed_and_deduplication_follows(
    airflow: Airflow, barn: Server, papers: dict[str, Newsstand]
) -> None:
    truth = expected(papers["contoh"].newspaper)
    run = airflow.first_run("crawl_contoh")
    assert airflow.finished("crawl_contoh", run) == {"run": "success", "crawl": "success", "announce": "success"}
    stored = rows(barn, "select canonical_url from news.all_articles where publisher = 'contoh'")
    assert {url for (url,) in stored} == {article["canonical_url"] for article in truth["articles"]}
    rejected = rows(barn, "select reason from news.rejections where publisher = 'contoh'")
    assert dict(Counter(reason for (reason,) in rejected)) == truth["counts"]["rejections"]
    ledger = rows(barn, "select stored, rejected, balanced from news.crawls where run_id = %s", f"crawl_contoh/{run}/1")
    assert ledger == [(len(stored), len(rejected), True)]

    (event,) = asset_events(airflow)
    assert event["uri"] == "lumbung://news/articles"
    assert (event["extra"]["publisher"], event["extra"]["stored"]) == ("contoh", len(stored))
    reasons = truth["counts"]["rejections"]
    told = ", ".join(f"{pages} {why}" for why, pages in sorted(reasons.items(), key=lambda each: (-each[1], each[0])))
    assert airflow.note("crawl_contoh", run) == (
        f"{len(stored)} stored, 0 updated, {len(rejected)} rejected ({told}), 0 failed"
    )

    follower = airflow.first_run("deduplicate", "asset_triggered")
    assert airflow.finished("deduplicate", follower) == {"run": "success", "mark_duplicates": "success"}
    seen = "select count(*) from lumbung.fingerprint join lumbung.article using (article_id) where publisher = 'contoh'"
    assert rows(barn, seen) == [(len(stored),)]


def test_a_full_recheck_by_hand_tells_each_batch_and_changes_nothing(airflow: Airflow, barn: Server) -> None:
    airflow.finished("deduplicate", airflow.first_run("deduplicate", "asset_triggered"))
    known = rows(barn, "select * from news.duplicates order by article_id")
    stamps = (
        "select count(*), max(f.xmin::text::bigint) from lumbung.fingerprint f join lumbung.article using (article_id)"
    )
    before = rows(barn, stamps + " where publisher = 'contoh'")
    run = airflow.trigger("deduplicate", recheck=True, publisher="contoh", batch=7)
    assert airflow.finished("deduplicate", run) == {"run": "success", "mark_duplicates": "success"}
    assert rows(barn, "select * from news.duplicates order by article_id") == known
    after = rows(barn, stamps + " where publisher = 'contoh'")
    assert after[0][0] == before[0][0] > 7
    assert after[0][1] > before[0][1]  # all of them were written anew


def test_a_crawl_without_news_is_green_and_wakes_nobody(airflow: Airflow, barn: Server) -> None:
    airflow.finished("crawl_contoh", airflow.first_run("crawl_contoh"))
    airflow.wait_for("deduplication", lambda: rows(barn, DUE) == [(0,)])
    before = len(asset_events(airflow))
    run = airflow.trigger("crawl_contoh")
    assert airflow.finished("crawl_contoh", run) == {"run": "success", "crawl": "success", "announce": "success"}
    assert len(asset_events(airflow)) == before
    ledger = "select stored, updated from news.crawls where run_id = %s"
    assert rows(barn, ledger, f"crawl_contoh/{run}/1") == [(0, 0)]


def test_a_date_range_crawls_that_range_only(airflow: Airflow, barn: Server, papers: dict[str, Newsstand]) -> None:
    first, last = TODAY - timedelta(days=9), TODAY - timedelta(days=6)
    run = airflow.trigger("crawl_rentang", from_date=str(first), to_date=str(last))
    airflow.unpause("crawl_rentang")
    assert airflow.finished("crawl_rentang", run)["run"] == "success"
    found = rows(
        barn,
        "select canonical_url from lumbung.article join news.crawls using (crawl_id) where run_id = %s",
        f"crawl_rentang/{run}/1",
    )
    printed = {
        article["canonical_url"]
        for article in expected(papers["rentang"].newspaper)["articles"]
        if first <= datetime.fromisoformat(article["published_at"]).astimezone(ZONE).date() <= last
    }
    assert len(printed) > 5
    assert {url for (url,) in found} == printed
    events = [line["event"] for line in airflow.log("crawl_rentang", run, 1)]
    for day in (first, last):
        ((report,),) = rows(
            barn,
            "select format('%%s: %%s announced = %%s stored + %%s rejected', day, announced, stored, rejected)"
            " from news.coverage where publisher = 'rentang' and day = %s",
            day,
        )
        assert any(report in event for event in events), f"no report of {day}"


def test_a_backfill_crawls_each_day_of_its_range_once_whatever_the_cron(airflow: Airflow, barn: Server) -> None:
    airflow.unpause("crawl_rentang")
    start = datetime.combine(TODAY - timedelta(days=12), time(), ZONE)
    asked = {
        "dag_id": "crawl_rentang",
        "from_date": (start + timedelta(hours=7)).isoformat(),
        "to_date": (start + timedelta(days=1, hours=7)).isoformat(),
        "reprocess_behavior": "none",
        "max_active_runs": 1,
    }
    status, answer = airflow.call("POST", "/api/v2/backfills", asked)
    assert status == 200, answer
    days = [start + timedelta(days=number) for number in range(3)]
    for end in days[1:]:
        assert airflow.finished("crawl_rentang", f"backfill__{end.astimezone(UTC).isoformat()}")["crawl"] == "success"
    crawls = "select window_start, window_end, stored > 0 from news.crawls where run_id like %s order by 1"
    assert rows(barn, crawls, "crawl_rentang/backfill__%") == [(days[0], days[1], True), (days[1], days[2], True)]


def test_a_date_that_is_none_is_refused_by_the_api(airflow: Airflow) -> None:
    asked = {"logical_date": None, "conf": {"from_date": "10-11-2026"}}
    status, answer = airflow.call("POST", "/api/v2/dags/crawl_contoh/dagRuns", asked)
    assert status == 400
    assert "'10-11-2026' is not a 'date'" in answer["detail"]


def test_a_range_that_ends_before_it_begins_fails_at_once_and_says_so(airflow: Airflow, barn: Server) -> None:
    run = airflow.trigger("crawl_contoh", from_date="2026-11-20", to_date="2026-11-10")
    assert airflow.finished("crawl_contoh", run)["crawl"] == "failed"
    assert airflow.errors("crawl_contoh", run, 1) == [
        "from_date 2026-11-20 is after to_date 2026-11-10; give the earlier one first"
    ]
    assert rows(barn, "select count(*) from news.crawls where run_id = %s", f"crawl_contoh/{run}/1") == [(0,)]


@pytest.mark.parametrize(
    ("publisher", "tries_wanted", "reason"),
    [("rusak", 2, "/rss is not a feed: it is an HTML page"), ("tutup", 1, "UTC: it refused 3 connections in a row")],
)
def test_a_publisher_that_cannot_be_harvested_is_red_and_the_log_says_why(
    airflow: Airflow, publisher: str, tries_wanted: int, reason: str
) -> None:
    dag = f"crawl_{publisher}"
    run = airflow.first_run(dag)
    assert airflow.finished(dag, run) == {"run": "failed", "crawl": "failed", "announce": "upstream_failed"}
    last = airflow.errors(dag, run, tries_wanted)[-1]
    assert reason in last
    assert "\n" not in last
    assert airflow.tries(dag, run) == tries_wanted
    assert airflow.note(dag, run) == last


def test_a_stopped_task_stops_its_spider_keeps_what_was_loaded_and_returns_the_leases(
    airflow: Airflow, barn: Server
) -> None:
    run = airflow.trigger("crawl_lambat", from_date=str(TODAY - timedelta(days=13)))
    airflow.unpause("crawl_lambat")
    name = f"crawl_lambat/{run}/1"
    loaded = "select 1 from news.crawls where run_id = %s and stored > 0"
    airflow.wait_for("the first rows", lambda: rows(barn, loaded, name))
    assert len(airflow.spiders("lambat")) == 1

    task = f"/api/v2/dags/crawl_lambat/dagRuns/{quote(run)}/taskInstances/crawl"
    status, answer = airflow.call("PATCH", task, {"new_state": "failed"})
    assert status == 200, answer
    airflow.wait_for("the end of the spider", lambda: not airflow.spiders("lambat"))
    ended = "select stored, balanced, finish_reason from news.crawls where run_id = %s and finished_at is not null"
    ((stored, balanced, reason),) = airflow.wait_for("the ledger", lambda: rows(barn, ended, name))
    assert stored > 0
    assert balanced
    assert reason in {"shutdown", "killed"}
    kept = "select count(*) from lumbung.article join news.crawls using (crawl_id) where run_id = %s"
    assert rows(barn, kept, name) == [(stored,)]
    leased = "select count(*) from lumbung.page join news.crawls on crawl_id = leased_by where run_id = %s"
    assert rows(barn, leased, name) == [(0,)]


def test_a_cleared_task_stops_its_spider_and_the_next_try_goes_on(
    airflow: Airflow, barn: Server, papers: dict[str, Newsstand]
) -> None:
    run = airflow.trigger("crawl_lambat", from_date=str(TODAY - timedelta(days=20)))
    airflow.unpause("crawl_lambat")
    started = "select 1 from news.crawls where run_id = %s and leased > 0"
    airflow.wait_for("the spider", lambda: rows(barn, started, f"crawl_lambat/{run}/1"))
    asked = {"dry_run": False, "dag_run_id": run, "task_ids": ["crawl"], "only_failed": False, "only_running": False}
    status, answer = airflow.call("POST", "/api/v2/dags/crawl_lambat/clearTaskInstances", asked)
    assert status == 200, answer
    assert airflow.finished("crawl_lambat", run)["crawl"] == "success"
    tries = "select started_at, finished_at from news.crawls where run_id like %s order by crawl_id"
    first, second = rows(barn, tries, f"crawl_lambat/{run}/%")
    assert first[1] < second[0]
    stored = rows(barn, "select count(*) from news.all_articles where publisher = 'lambat'")
    assert stored == [(expected(papers["lambat"].newspaper)["counts"]["articles"],)]


def checks(airflow: Airflow, run: str) -> dict[str, dict[str, Any]]:
    path = f"/api/v2/dags/check_publishers/dagRuns/{run}/taskInstances"
    tasks = airflow.call("GET", path)[1]["task_instances"]
    return {each["rendered_map_index"]: each for each in tasks if each["task_id"] == "check"}


def test_publishers_are_checked_a_task_each_and_a_finding_is_red_in_one_line(
    airflow: Airflow, papers: dict[str, Newsstand]
) -> None:
    airflow.unpause("check_publishers")
    run = airflow.first_run("check_publishers")
    assert airflow.finished("check_publishers", run)["run"] == "failed"
    found = checks(airflow, run)
    assert {key: check["state"] for key, check in found.items() if key in {"contoh", "rentang", "rusak"}} == {
        "contoh": "success",
        "rentang": "success",
        "rusak": "failed",
    }
    assert set(found) == {*papers, "tutup"}
    (finding,) = airflow.errors("check_publishers", run, 2, "check", found["rusak"]["map_index"])
    assert finding.startswith(f"rusak: feed {papers['rusak'].url}/rss: is not a feed: it is an HTML page; feed ")
    assert "\n" not in finding
    run = airflow.trigger("check_publishers", publishers=["contoh"], articles=1)
    assert airflow.finished("check_publishers", run)["run"] == "success"
    assert list(checks(airflow, run)) == ["contoh"]


def test_the_airflow_connection_lumbung_comes_before_the_environment(airflow: Airflow, barn: Server) -> None:
    barn.create_database("gudang")
    with closing(connect(barn.url("gudang"))) as connection:
        migrate(connection)
    elsewhere = {
        "host": "127.0.0.1",
        "port": barn.port,
        "schema": "gudang",
        "login": "lumbung",
        "password": barn.password,
    }
    asked = {"connection_id": "lumbung", "conn_type": "postgres", **elsewhere}
    status, answer = airflow.call("POST", "/api/v2/connections", asked)
    assert status == 201, answer
    try:
        run = airflow.trigger("crawl_contoh")
        assert airflow.finished("crawl_contoh", run)["crawl"] == "success"
    finally:
        airflow.call("DELETE", "/api/v2/connections/lumbung")
    name = f"crawl_contoh/{run}/1"
    crawls = "select stored > 0 from news.crawls where run_id = %s"
    assert rows(barn, crawls, name, database="gudang") == [(True,)]
    assert rows(barn, crawls, name) == []


from support.airflow_desk import *  # noqa: E402, F403

# Last: they search what all the others have left behind.
from support.airflow_trust import *  # noqa: E402, F403
