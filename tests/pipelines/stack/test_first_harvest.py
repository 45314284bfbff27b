"""The first harvest of a real Airflow that is slow, loses events and is killed; deduplication behind it."""

from __future__ import annotations

import re
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from support.running_airflow import EVERY_MINUTE, IMPATIENT, Airflow
from support.slow_proxy import Trouble, slow_proxy
from support.throwaway import throwaway_server

from pipelines.database.connections import connect
from pipelines.database.migrate import migrate
from pipelines.duplicates.deduplicate import look_again
from pipelines.progress import Reporter
from pipelines.stack import first_harvest
from pipelines.stack.airflow_api import AirflowApi, AirflowRefused, AirflowSilent
from pipelines.stack.airflow_service import ADMIN
from pipelines.stack.first_harvest import CRAWL, DEDUPLICATE, PUBLISHER, harvest
from pipelines.stack.patience import HarvestFailed, Patience
from seeds.newsstand.newspaper import Newspaper, Settings
from seeds.newsstand.server import Newsstand, serve
from spiders.publishers import publishers_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.stack.postgres import Server

DUE = "select count(*) from lumbung.deduplication_due join lumbung.article using (article_id) where publisher = %s"


@pytest.fixture(scope="module")
def barn() -> Iterator[Server]:
    with throwaway_server() as server:
        server.create_database("lumbung")
        with closing(connect(server.url())) as connection:
            migrate(connection)
        yield server


@pytest.fixture(scope="module")
def paper() -> Iterator[Newsstand]:
    with serve(Newspaper(Settings(articles=20, days=7, crawl_delay=0), now=datetime.now(UTC))) as stand:
        yield stand


@pytest.fixture(scope="module")
def airflow(
    server: Server, barn: Server, paper: Newsstand, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Airflow]:
    publishers = tmp_path_factory.mktemp("publishers")
    text = (publishers_folder() / f"{PUBLISHER}.toml").read_text("utf-8")
    text = re.sub(r"^schedule = .*$", 'schedule = "0 0 * * *"', text, flags=re.MULTILINE)
    (publishers / f"{PUBLISHER}.toml").write_text(text, "utf-8")
    variables = {
        "DATABASE_URL": barn.url(),
        "LUMBUNG_PUBLISHERS": str(publishers),
        "LUMBUNG_HOME_CONTOH": f"{paper.url}/",
    }
    server.create_database("first_harvest")
    started = Airflow(tmp_path_factory.mktemp("airflow"), server.url("first_harvest"), variables)
    try:
        started.start()
        yield started
    finally:
        started.stop()


def rows(barn: Server, statement: str, *values: object) -> list[tuple[Any, ...]]:
    with closing(connect(barn.url())) as connection, connection, connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def due(barn: Server, publisher: str = PUBLISHER) -> int:
    ((count,),) = rows(barn, DUE, publisher)
    return int(count)


def lose_event(barn: Server) -> None:
    """Leave every article of the newspaper for deduplication, as when the crawl's event is lost."""
    with closing(connect(barn.url())) as connection:
        assert look_again(connection, PUBLISHER) > 10


def runs(airflow: Airflow, dag: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = airflow.call("GET", f"/api/v2/dags/{dag}/dagRuns?order_by=id")[1]["dag_runs"]
    return found


def wait(airflow: Airflow, barn: Server, url: str = "") -> None:
    harvest(airflow.api(url), barn.url(), Reporter(), lambda: None)


def test_a_slow_api_that_refuses_breaks_off_and_fails_at_first_only_costs_time(airflow: Airflow, barn: Server) -> None:
    troubles: dict[int, Trouble] = {
        1: 15.0,
        2: 6.0,
        3: "broken",
        4: "503 Service Unavailable",
        6: "500 Internal Server Error",
        7: "429 Too Many Requests",
        9: "broken",
        12: 15.0,
    }
    with slow_proxy(airflow.port, troubles.get, refused_for=5) as proxy:
        wait(airflow, barn, proxy.url)
    assert proxy.connections > max(troubles)
    assert rows(barn, "select count(*) > 10 from news.articles where publisher = %s", PUBLISHER) == [(True,)]
    assert due(barn) == 0
    assert [run["state"] for run in runs(airflow, CRAWL)] == ["success"]


def test_a_lost_event_is_made_up_for_and_other_publishers_are_not_waited_for(
    airflow: Airflow, barn: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait(airflow, barn)
    other = "(select min(article_id) from lumbung.article)"
    rows(barn, f"update lumbung.article set publisher = 'warta' where article_id = {other} returning 1")
    rows(barn, f"insert into lumbung.deduplication_due values ({other}) returning 1")
    known = len(runs(airflow, DEDUPLICATE))
    wait(airflow, barn)  # what the shell has left of another publisher is nobody's first harvest
    assert len(runs(airflow, DEDUPLICATE)) == known
    assert due(barn, "warta") == 1
    lose_event(barn)
    monkeypatch.setattr(first_harvest, "_EVENT_WITHIN", 1.0)
    wait(airflow, barn)
    assert due(barn) == 0
    newest = runs(airflow, DEDUPLICATE)[-1]
    assert (newest["run_type"], newest["state"]) == ("manual", "success") or newest["state"] == "running"


def test_a_scheduler_that_is_killed_between_crawl_and_announcement_loses_nothing(
    airflow: Airflow, barn: Server
) -> None:
    wait(airflow, barn)
    lose_event(barn)
    run = airflow.trigger(CRAWL)
    path = f"/api/v2/dags/{CRAWL}/dagRuns/{run}/taskInstances/crawl"
    airflow.wait_for("the crawl", lambda: airflow.call("GET", path)[1]["state"] == "success")
    airflow.kill("airflow-scheduler")
    assert due(barn) > 10
    airflow.restart("airflow-scheduler")
    wait(airflow, barn)
    assert due(barn) == 0


def test_what_no_event_has_told_of_is_announced_by_the_next_crawl_that_brings_nothing_new(
    airflow: Airflow, barn: Server
) -> None:
    wait(airflow, barn)
    rows(barn, "truncate lumbung.deduplication_due; select 1")
    run = airflow.trigger(CRAWL)
    assert airflow.finished(CRAWL, run) == {"run": "success", "crawl": "success", "announce": "success"}
    # As a crawl leaves them that was killed after it had stored or updated them.
    lose_event(barn)
    known = len(runs(airflow, DEDUPLICATE))
    run = airflow.trigger(CRAWL)
    assert airflow.finished(CRAWL, run)["announce"] == "success"
    follower = airflow.wait_for("deduplication", lambda: runs(airflow, DEDUPLICATE)[known:])[0]
    assert follower["run_type"] == "asset_triggered"
    assert airflow.finished(DEDUPLICATE, follower["dag_run_id"])["run"] == "success"
    assert due(barn) == 0


def test_deduplication_works_under_its_own_limits(airflow: Airflow, barn: Server) -> None:
    wait(airflow, barn)
    watch = """
        create table public.seen_limits (lock_timeout text, statement_timeout text);
        create function public.watch_limits() returns trigger language plpgsql security definer as $$
        begin
            insert into public.seen_limits
            values (current_setting('lock_timeout'), current_setting('statement_timeout'));
            return null;
        end $$;
        create trigger watch after insert on lumbung.fingerprint
            for each statement execute function public.watch_limits();
        select 1"""
    rows(barn, watch)
    try:
        run = airflow.trigger(DEDUPLICATE, recheck=True, publisher=PUBLISHER)
        assert airflow.finished(DEDUPLICATE, run)["run"] == "success"
        assert set(rows(barn, "select * from public.seen_limits")) == {("30min", "30min")}
    finally:
        rows(barn, "drop function public.watch_limits cascade; drop table public.seen_limits; select 1")


def test_a_run_that_finds_nothing_due_is_quick_and_green(airflow: Airflow, barn: Server) -> None:
    wait(airflow, barn)
    run = airflow.trigger(DEDUPLICATE, batch=None, recheck=None)  # as the form gives what is left empty
    assert airflow.finished(DEDUPLICATE, run) == {"run": "success", "mark_duplicates": "success"}
    path = f"/api/v2/dags/{DEDUPLICATE}/dagRuns/{run}/taskInstances/mark_duplicates"
    assert airflow.call("GET", path)[1]["duration"] < 15


def test_a_request_to_trigger_that_is_repeated_makes_one_run(airflow: Airflow, barn: Server) -> None:
    wait(airflow, barn)
    api = airflow.api()
    name = api.new_run_id()
    assert api.trigger(DEDUPLICATE, name).run_id == api.trigger(DEDUPLICATE, name).run_id == name
    assert [run["dag_run_id"] for run in runs(airflow, DEDUPLICATE)].count(name) == 1


def test_where_no_event_tells_of_what_is_due_its_own_tick_brings_deduplication(airflow: Airflow, barn: Server) -> None:
    wait(airflow, barn)
    lose_event(barn)
    airflow.retune(EVERY_MINUTE)
    try:
        airflow.wait_for("the tick", lambda: due(barn) == 0)
        assert {run["run_type"] for run in runs(airflow, DEDUPLICATE)} >= {"scheduled"}
    finally:
        airflow.retune(IMPATIENT)


def test_what_is_wrong_for_good_is_not_asked_again(airflow: Airflow) -> None:
    asked = airflow.api()
    asked._login["password"] = "wrong"  # noqa: SLF001 - a password that somebody has changed
    with pytest.raises(AirflowRefused, match="401"):
        Patience(60, lambda: None).ask(lambda: asked.unpause(CRAWL))


def test_an_airflow_that_does_not_know_our_password_is_another_one(airflow: Airflow) -> None:
    ours = airflow.api()
    ours.log_in()
    other = AirflowApi(f"http://127.0.0.1:{airflow.port}", ADMIN, "bukan kami")
    assert other.health() == ours.health() != {}
    with pytest.raises(AirflowRefused, match=r"another Airflow answers at .* 401 .*LUMBUNG_AIRFLOW_PORT"):
        other.log_in()
    with pytest.raises(AirflowSilent):
        airflow.api("http://127.0.0.1:1").log_in()


def test_an_api_that_never_answers_is_waited_for_until_the_deadline_and_no_longer(airflow: Airflow) -> None:
    with slow_proxy(airflow.port, lambda _number: "503 Service Unavailable") as proxy:
        patience = Patience(3, lambda: None)
        with pytest.raises(HarvestFailed, match=r"Airflow answers 503 to .* \(for \d+ s\)") as failed:
            patience.ask(lambda: airflow.api(proxy.url).unpause(CRAWL))
    assert isinstance(failed.value.__cause__, AirflowSilent)
    assert 3 < patience.waited < 10
    assert "\n" not in str(failed.value)


def test_a_service_that_has_died_ends_the_wait_at_once(airflow: Airflow) -> None:
    def died() -> None:
        raise HarvestFailed("airflow-scheduler has ended")

    with slow_proxy(airflow.port, lambda _number: "broken") as proxy:
        patience = Patience(60, died)
        with pytest.raises(HarvestFailed, match="airflow-scheduler has ended"):
            patience.ask(lambda: airflow.api(proxy.url).unpause(CRAWL))
    assert patience.waited < 5
