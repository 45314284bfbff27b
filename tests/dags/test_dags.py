"""The DAG files as Airflow's own loader sees them, in a process of its own: nothing of Airflow enters this one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from support.checkout import ROOT, SUPPORT

from spiders.publishers import Publisher, load_publishers

if TYPE_CHECKING:
    from pathlib import Path

FORM_VALUES: list[tuple[str, Any, bool]] = [
    ("from_date", None, True),
    ("from_date", "2026-11-10", True),
    ("from_date", "10-11-2026", False),
    ("from_date", "2026-02-30", False),
    ("from_date", 20261110, False),
    ("to_date", "kemarin", False),
    ("max_articles", None, True),
    ("max_articles", 1, True),
    ("max_articles", 0, False),
    ("max_articles", 1_000_001, False),
    ("max_articles", 1.5, False),
    ("max_articles", "banyak", False),
    ("refetch", True, True),
    ("refetch", None, True),
    ("refetch", "ya", False),
]
CHECK_FORM_VALUES: list[tuple[str, Any, bool]] = [
    ("publishers", [], True),
    ("publishers", ["contoh", "antara"], True),
    ("publishers", ["kompass"], False),
    ("publishers", "contoh", False),
    ("articles", 20, True),
    ("articles", 0, False),
    ("articles", 21, False),
]
ASKED = [("crawl_contoh", *each) for each in FORM_VALUES] + [("check_publishers", *each) for each in CHECK_FORM_VALUES]


def load(home: Path, **environment: str) -> dict[str, Any]:
    settings = {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "dags" / "plugins"),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/airflow.db",
    }
    values = json.dumps([each[:3] for each in ASKED])
    done = subprocess.run(
        [sys.executable, str(SUPPORT / "dag_probe.py"), str(ROOT / "dags"), values],
        env={**os.environ, **settings, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return load(tmp_path_factory.mktemp("airflow"))


def crawls(result: dict[str, Any]) -> list[str]:
    """Names of the DAGs that are a publisher's."""
    return sorted(dag for dag in result["dags"] if dag.startswith("crawl_") and dag != "crawl_many")


def test_every_dag_file_loads(loaded: dict[str, Any]) -> None:
    assert loaded["errors"] == []


def test_each_publisher_has_one_dag_and_nothing_else_crawls(loaded: dict[str, Any]) -> None:
    assert crawls(loaded) == [f"crawl_{key}" for key in load_publishers()]


@pytest.mark.parametrize("publisher", load_publishers().values(), ids=lambda publisher: publisher.key)
def test_a_crawl_runs_by_the_cron_of_its_publisher_in_its_zone(loaded: dict[str, Any], publisher: Publisher) -> None:
    dag = loaded["dags"][f"crawl_{publisher.key}"]
    assert (dag["cron"], dag["zone"]) == (publisher.schedule, publisher.timezone)


def test_no_dag_starts_by_itself_catches_up_or_overlaps(loaded: dict[str, Any]) -> None:
    for name, dag in loaded["dags"].items():
        if name == "crawl_many":  # no schedule starts it, so that it need not be switched on before it is triggered
            assert (dag["paused"], dag["catchup"], dag["max_active_runs"], dag["cron"]) == (False, False, 4, None)
        else:
            assert (dag["paused"], dag["catchup"], dag["max_active_runs"]) == (True, False, 1)


def test_every_crawl_has_the_name_of_its_publisher_and_a_link_to_it(loaded: dict[str, Any]) -> None:
    publishers = load_publishers()
    names = {key: loaded["dags"][f"crawl_{key}"]["name"] for key in publishers}
    assert names == {key: publisher.name for key, publisher in publishers.items()}
    assert len(set(names.values())) == len(names)
    assert all(
        loaded["dags"][f"crawl_{key}"]["owners"] == {each.hosts[0]: each.home} for key, each in publishers.items()
    )


@pytest.mark.parametrize("key", ["antara", "tribun_wib", "contoh"])
def test_the_page_of_a_crawl_tells_its_publishers_facts(loaded: dict[str, Any], key: str) -> None:
    publisher, page = load_publishers()[key], loaded["dags"][f"crawl_{key}"]["doc"]
    assert page.startswith(f"**{publisher.name}**")
    assert publisher.home in page
    assert f"| Announces articles in | {len(publisher.feeds)} x feed" in page
    assert all(f"`{fact}`" in page for fact in publisher.unverified)
    assert ("unverified" in loaded["dags"][f"crawl_{key}"]["tags"]) == bool(publisher.unverified)


def test_the_filter_knows_the_publishers_of_this_machine(loaded: dict[str, Any]) -> None:
    local = {name for name, dag in loaded["dags"].items() if "local" in dag["tags"]}
    assert local == {"crawl_contoh"}


def test_every_dag_explains_itself_and_retries(loaded: dict[str, Any]) -> None:
    for dag in loaded["dags"].values():
        assert len(dag["doc"]) > 200
        assert dag["tags"]
        assert min(dag["retries"].values()) >= 1


def test_a_crawl_announces_and_deduplication_follows_the_announcement(loaded: dict[str, Any]) -> None:
    crawl, deduplicate = loaded["dags"]["crawl_contoh"], loaded["dags"]["deduplicate"]
    assert crawl["tasks"] == {"crawl": ["announce"], "announce": []}
    assert crawl["outlets"] == {"crawl": [], "announce": ["news_articles_due"]}
    assert deduplicate["assets"] == ["news_articles"]


def test_deduplication_has_a_net_under_the_event(loaded: dict[str, Any]) -> None:
    assert (loaded["dags"]["deduplicate"]["cron"], loaded["dags"]["deduplicate"]["zone"]) == (
        "13,43 * * * *",
        "Asia/Jakarta",
    )


def test_a_crawl_that_hangs_ends_before_it_has_kept_its_publisher_waiting_for_a_day(loaded: dict[str, Any]) -> None:
    found = [dag for dag in loaded["dags"].values() if "crawl" in dag["tags"] and "broken" not in dag["tags"]]
    assert {dag["limits"]["crawl"] for dag in found} == {12 * 3600.0}


def test_no_field_of_a_form_is_marked_as_required(loaded: dict[str, Any]) -> None:
    for name, dag in loaded["dags"].items():
        assert sorted(dag["optional"]) == sorted(dag["form"]), name


def test_every_field_of_the_form_has_title_description_and_section(loaded: dict[str, Any]) -> None:
    crawl, check = loaded["dags"]["crawl_contoh"]["form"], loaded["dags"]["check_publishers"]["form"]
    assert sorted(crawl) == ["from_date", "max_articles", "refetch", "to_date"]
    assert sorted(check) == ["articles", "publishers"]
    many = loaded["dags"]["crawl_many"]["form"]
    assert sorted(many) == sorted([*crawl, "publishers"])
    again = loaded["dags"]["deduplicate"]["form"]
    assert sorted(again) == ["batch", "publisher", "recheck"]
    assert all(all(field) for field in [*crawl.values(), *many.values(), *check.values(), *again.values()])


def test_the_form_refuses_values_that_make_no_sense(loaded: dict[str, Any]) -> None:
    taken = [each[:3] for each, good in zip(ASKED, loaded["accepts"], strict=True) if good]
    assert taken == [each[:3] for each in ASKED if each[3]]


def test_publishers_are_checked_one_task_each_weekly(loaded: dict[str, Any]) -> None:
    dag = loaded["dags"]["check_publishers"]
    assert dag["tasks"] == {"choose": ["check"], "check": []}
    assert (dag["cron"], dag["zone"]) == ("23 5 * * 1", "Asia/Jakarta")


def test_loading_the_dags_imports_neither_scrapy_nor_the_pipelines(loaded: dict[str, Any]) -> None:
    assert loaded["imported"] == []


def test_a_task_builds_only_its_own_dag(tmp_path: Path) -> None:
    result = load(tmp_path, _AIRFLOW_PARSING_CONTEXT_DAG_ID="crawl_contoh")
    assert crawls(result) == ["crawl_contoh"]


def test_a_broken_publisher_file_stops_its_own_publisher_only(tmp_path: Path) -> None:
    (tmp_path / "contoh.toml").write_text((ROOT / "seeds/publishers/contoh.toml").read_text("utf-8"), "utf-8")
    broken = 'name = "Rusak"\nhome = "http://127.0.0.1:1/"\njadwal = "* * * * *"\n'
    for name in ("rusak.toml", "Koran Kita.toml"):
        (tmp_path / name).write_text(broken, "utf-8")
    result = load(tmp_path, LUMBUNG_PUBLISHERS=str(tmp_path))
    assert result["errors"] == []
    assert crawls(result) == [
        "crawl_Koran_Kita",
        "crawl_contoh",
        "crawl_rusak",
    ]
    assert result["dags"]["crawl_rusak"]["tags"] == ["broken", "crawl"]
    assert "rusak.toml: jadwal: unknown key; allowed are " in result["dags"]["crawl_rusak"]["doc"]
    assert "broken" not in result["dags"]["crawl_contoh"]["tags"]
