"""What an editor does in Airflow: find a publisher by its name, read its page, crawl several, switch some on and off.

`tests/dags/test_airflow_runs.py` runs these tests in the Airflow that it has started.
"""

from __future__ import annotations

from contextlib import closing
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from pipelines.database.connections import connect, transaction
from pipelines.stack.home import StackError
from pipelines.stack.switches import switch_off, switch_on
from spiders.publishers import UnknownPublisher, find_publisher

if TYPE_CHECKING:
    from support.running_airflow import Airflow

    from pipelines.stack.postgres import Server

__all__ = [
    "test_many_publishers_are_crawled_at_once_and_one_that_fails_hides_in_no_green",
    "test_many_publishers_must_be_named",
    "test_publishers_are_switched_on_and_off_together",
    "test_the_health_of_publishers_is_seen_by_those_who_may_see_airflow_and_changes_nothing",
    "test_the_page_of_a_crawl_is_about_its_publisher",
    "test_the_search_box_finds_a_publisher_by_any_part_of_its_name",
]

DAY = datetime.now(find_publisher("contoh").zone).date() - timedelta(days=3)


@pytest.mark.parametrize("path", ["/ui/dags", "/api/v2/dags"])
@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("contoh", {"crawl_contoh", "crawl_rentang", "crawl_rusak", "crawl_lambat", "crawl_tutup"}),
        ("HARIAN c", {"crawl_contoh", "crawl_rentang", "crawl_rusak", "crawl_lambat", "crawl_tutup"}),
        ("crawl_rent", {"crawl_rentang"}),
        ("dedup", {"deduplicate"}),
        ("kompas", set()),
    ],
)
def test_the_search_box_finds_a_publisher_by_any_part_of_its_name(
    airflow: Airflow, path: str, typed: str, found: set[str]
) -> None:
    status, answer = airflow.call("GET", f"{path}?dag_display_name_prefix_pattern={quote(typed)}&limit=50")
    assert status == 200, answer
    assert {dag["dag_id"] for dag in answer["dags"]} == found


def test_the_page_of_a_crawl_is_about_its_publisher(airflow: Airflow) -> None:
    page = airflow.call("GET", "/api/v2/dags/crawl_contoh/details")[1]
    assert page["dag_display_name"] == "Harian Contoh"
    assert "| Is asked | at 00:00, Asia/Jakarta (`0 0 * * *`) |" in page["doc_md"]
    (link,) = page["owner_links"].items()
    assert link[0] == page["owners"][0] == "127.0.0.1"
    assert link[1].startswith("http://127.0.0.1:")


def test_many_publishers_are_crawled_at_once_and_one_that_fails_hides_in_no_green(
    airflow: Airflow, barn: Server
) -> None:
    asked = {"publishers": ["rentang", "rusak", "rentang"], "from_date": str(DAY), "to_date": str(DAY)}
    airflow.unpause("crawl_many")
    run = airflow.trigger("crawl_many", **asked)
    states = airflow.finished("crawl_many", run)
    assert (states["run"], states["announce"]) == ("failed", "success")
    path = f"/api/v2/dags/crawl_many/dagRuns/{run}/taskInstances"
    crawls = [each for each in airflow.call("GET", path)[1]["task_instances"] if each["task_id"] == "crawl"]
    assert {each["rendered_map_index"]: each["state"] for each in crawls} == {"rentang": "success", "rusak": "failed"}
    began = "select publisher, run_id from news.crawls where run_id like %s"
    names = {each["rendered_map_index"]: each["map_index"] for each in crawls}
    with closing(connect(barn.url("lumbung"))) as connection, transaction(connection) as cursor:
        cursor.execute(began, [f"crawl_many/{run}/%"])
        found = set(cursor.fetchall())
    tries = {("rusak", f"crawl_many/{run}/{names['rusak']}/{number}") for number in (1, 2)}
    assert found == {("rentang", f"crawl_many/{run}/{names['rentang']}/1"), *tries}


def test_many_publishers_must_be_named(airflow: Airflow) -> None:
    airflow.unpause("crawl_many")
    run = airflow.trigger("crawl_many")
    assert airflow.finished("crawl_many", run)["choose"] == "failed"
    said = airflow.errors("crawl_many", run, 1, "choose")
    assert not said or "no publisher was chosen" in said[-1]


def test_publishers_are_switched_on_and_off_together(airflow: Airflow) -> None:
    def paused() -> dict[str, bool]:
        dags = airflow.call("GET", "/api/v2/dags?limit=50")[1]["dags"]
        return {dag["dag_id"]: dag["is_paused"] for dag in dags}

    api = airflow.api()
    try:
        assert switch_off(api, ["contoh", "contoh"]) == ["Harian Contoh"]
        assert paused()["crawl_contoh"]
        with pytest.raises(UnknownPublisher):
            switch_on(api, ["contoh", "antarra"])
        assert paused()["crawl_contoh"]
        with pytest.raises(StackError, match=r"no DAG crawl_antara \(Harian Contoh switched before\)"):
            switch_on(api, ["contoh", "antara"])
    finally:
        airflow.unpause("crawl_contoh")
    assert not paused()["crawl_contoh"]


def test_the_health_of_publishers_is_seen_by_those_who_may_see_airflow_and_changes_nothing(airflow: Airflow) -> None:
    viewer = airflow.viewer()
    paths = ("/harvest-health/", "/harvest-health/health.json", "/harvest-health/publisher/rentang")
    pages = [airflow.call("GET", path, token=viewer) for path in paths]
    assert [status for status, _ in pages] == [200, 200, 200], pages
    told = pages[1][1]
    assert {each["publisher"] for each in told["publishers"]} >= {"contoh", "rentang", "rusak"}
    assert sum(told["totals"].values()) == len(told["publishers"])
    assert pages[0][1].count("<tr data-name=") == len(told["publishers"])
    assert "DAG crawl_rentang" in pages[2][1]
    assert [airflow.call("GET", path, token="none")[0] for path in paths] == [403, 403, 403]
    assert [airflow.call(method, paths[0], {}, token=viewer)[0] for method in ("POST", "DELETE")] == [405, 405]
    assert airflow.call("GET", "/harvest-health/publisher/x")[0] == 404
    plugins = airflow.call("GET", "/api/v2/plugins")[1]["plugins"]
    views = [view for plugin in plugins for view in plugin["external_views"]]
    assert [view["href"] for view in views if view["name"] == "Harvest health"] == ["/harvest-health/"]
