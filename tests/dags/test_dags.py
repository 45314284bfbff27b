"""The DAG files as Airflow's own loader sees them, under an installation's defaults that are not ours."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from support.checkout import ROOT
from support.form_values import ASKED

from pipelines.exports.selection import FORMATS
from spiders.publishers import load_publishers, publisher_keys
from spiders.publishers.in_words import ways_in_words

if TYPE_CHECKING:
    from pathlib import Path

    from support.forking_airflow import ForkingAirflow

CRAWL_FORM = {"from_date": None, "to_date": None, "max_articles": None, "refetch": False}


def load(ask: ForkingAirflow, **environment: str) -> dict[str, Any]:
    found: dict[str, Any] = ask("dag_probe.found", [each[:3] for each in ASKED], **environment)
    return found


@pytest.fixture(scope="module")
def loaded(ask: ForkingAirflow) -> dict[str, Any]:
    return load(ask)


def crawls(result: dict[str, Any]) -> list[str]:
    """Names of the DAGs that are a publisher's."""
    return sorted(dag for dag in result["dags"] if dag.startswith("crawl_") and dag != "crawl_many")


def test_every_dag_file_loads(loaded: dict[str, Any]) -> None:
    assert loaded["errors"] == []


def test_each_publisher_has_one_dag_and_nothing_else_crawls(loaded: dict[str, Any]) -> None:
    assert crawls(loaded) == [f"crawl_{key}" for key in load_publishers()]


def test_each_crawl_runs_by_the_cron_of_its_publisher_in_its_zone(loaded: dict[str, Any]) -> None:
    found = {
        name: (dag["timetable"], dag["cron"], dag["zone"])
        for name, dag in loaded["dags"].items()
        if name in crawls(loaded)
    }
    assert found == {
        f"crawl_{key}": ("CrawlTimetable", publisher.schedule, publisher.timezone)
        for key, publisher in load_publishers().items()
    }


def test_no_dag_starts_by_itself_catches_up_or_overlaps(loaded: dict[str, Any]) -> None:
    for name, dag in loaded["dags"].items():
        if "by hand" in dag["tags"]:  # no schedule starts it, so it need not be switched on before it is triggered
            runs = {"crawl_many": 4, "export": 1}[name]
            assert (dag["paused"], dag["catchup"], dag["max_active_runs"], dag["cron"]) == (False, False, runs, None)
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
    assert f"| Announces articles in | {ways_in_words(publisher)} |" in page
    assert all(f"`{fact}`" in page for fact in publisher.unverified)
    assert ("unverified" in loaded["dags"][f"crawl_{key}"]["tags"]) == bool(publisher.unverified)


def test_the_filter_knows_the_publishers_of_this_machine(loaded: dict[str, Any]) -> None:
    local = {name for name, dag in loaded["dags"].items() if "local" in dag["tags"]}
    assert local == {"crawl_contoh"}


def test_every_dag_explains_itself(loaded: dict[str, Any]) -> None:
    for dag in loaded["dags"].values():
        assert len(dag["doc"]) > 200
    for key, publisher in load_publishers().items():
        cared_for = [*["unverified"][: len(publisher.unverified)], *["local"][: publisher.local]]
        assert loaded["dags"][f"crawl_{key}"]["tags"] == sorted(["crawl", publisher.language, *cared_for])
    assert loaded["dags"]["crawl_many"]["tags"] == ["by hand", "crawl"]
    assert loaded["dags"]["export"]["tags"] == ["by hand", "export"]
    assert loaded["dags"]["crawl_contoh"]["description"] == "Harian Contoh: http://127.0.0.1:8710/"
    assert loaded["dags"]["deduplicate"]["tags"] == ["deduplicate"]
    assert loaded["dags"]["check_publishers"]["tags"] == ["check"]
    assert loaded["dags"]["watch"]["tags"] == ["watch"]


def test_a_task_that_fails_is_tried_again_after_a_pause(loaded: dict[str, Any]) -> None:
    others = {"deduplicate": (2, 30.0), "check_publishers": (1, 600.0)}
    for name, dag in loaded["dags"].items():
        for task, times in dag["retries"].items():
            assert (times, dag["delays"][task]) == others.get(name, (1, 30.0)), (name, task)


def test_a_backfill_may_go_back_to_the_first_day_of_2000(loaded: dict[str, Any]) -> None:
    zones = {f"crawl_{key}": publisher.zone for key, publisher in load_publishers().items()}
    assert len(set(zones.values())) > 1
    for name, dag in loaded["dags"].items():
        first = datetime(2000, 1, 1, tzinfo=zones.get(name, zones["crawl_contoh"])).astimezone(UTC)
        assert dag["start"] == [first.replace(tzinfo=None).isoformat(), "UTC"], name


def test_a_crawl_announces_and_deduplication_follows_the_announcement(loaded: dict[str, Any]) -> None:
    crawl, deduplicate = loaded["dags"]["crawl_contoh"], loaded["dags"]["deduplicate"]
    assert crawl["tasks"] == {"crawl": ["announce"], "announce": []}
    assert crawl["outlets"] == {"crawl": [], "announce": ["news_articles_due"]}
    assert deduplicate["assets"] == ["news_articles"]
    assert crawl["assets"] == ["due_contoh"]
    assert loaded["dags"]["watch"]["outlets"] == {"ask": ["due_pages"]}
    assert deduplicate["inlets"] == {"mark_duplicates": ["lumbung://news/articles"]}


def test_what_the_tasks_send_and_wait_for_is_in_one_group_of_assets(loaded: dict[str, Any]) -> None:
    groups = {name: dag["groups"] for name, dag in loaded["dags"].items()}
    with_assets = [*crawls(loaded), "crawl_many", "deduplicate", "watch"]
    assert {name: of for name, of in groups.items() if of} == {name: ["lumbung"] for name in with_assets}


def test_whatever_asks_a_publisher_has_one_colour_and_its_tasks_its_owner(loaded: dict[str, Any]) -> None:
    publishers = {f"crawl_{key}": each for key, each in load_publishers().items()}
    for name, dag in loaded["dags"].items():
        assert all(re.fullmatch("#[0-9a-f]{6}", colour) for colour in dag["colours"]), name
        assert len(dag["colours"]) == (name.startswith("crawl") or name == "check_publishers"), name
        if name in publishers:
            assert set(dag["owned by"].values()) == {publishers[name].hosts[0]} == set(dag["owners"])
            assert dag["description"] == f"{publishers[name].name}: {publishers[name].home}"
            assert "**Colours.**" in dag["doc"]
        else:
            assert set(dag["owned by"].values()) == {"airflow"}


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
    assert sorted(again) == ["batch", "dry_run", "publisher", "recheck"]
    export = loaded["dags"]["export"]["form"]
    assert sorted(export) == [
        "destination", "duplicates", "format", "from_date", "incremental", "publishers", "to_date",
    ]  # fmt: skip
    forms = (crawl, many, check, again, export)
    assert all(all(field) for form in forms for field in form.values())


def test_a_form_that_nobody_has_filled_in_asks_for_the_usual(loaded: dict[str, Any]) -> None:
    dags = loaded["dags"]
    assert dags["crawl_contoh"]["defaults"] == CRAWL_FORM
    assert dags["crawl_many"]["defaults"] == {"publishers": [], **CRAWL_FORM}
    assert dags["check_publishers"]["defaults"] == {"publishers": [], "articles": 3}
    assert dags["deduplicate"]["defaults"] == {
        "recheck": False, "dry_run": False, "publisher": None, "batch": 500,
    }  # fmt: skip
    assert dags["export"]["defaults"] == {
        "destination": None, "format": "jsonl", "incremental": False, "publishers": [], "from_date": None,
        "to_date": None, "duplicates": False,
    }  # fmt: skip


def test_publishers_to_check_are_chosen_from_a_list(loaded: dict[str, Any]) -> None:
    assert loaded["dags"]["check_publishers"]["choices"] == {"publishers": publisher_keys()}
    assert loaded["dags"]["crawl_many"]["choices"] == {"publishers": publisher_keys()}
    lists = {name: dag["items"] for name, dag in loaded["dags"].items() if dag["items"]}
    # Airflow's form draws choices for a list of strings, and a field for JSON where it does not know what is listed.
    assert lists == {name: {"publishers": "string"} for name in ("check_publishers", "crawl_many", "export")}


def test_the_formats_of_an_export_are_those_that_there_are(loaded: dict[str, Any]) -> None:
    choices = {"format": [*FORMATS], "publishers": publisher_keys()}
    assert loaded["dags"]["export"]["choices"] == choices


def test_the_form_refuses_values_that_make_no_sense(loaded: dict[str, Any]) -> None:
    taken = [each[:3] for each, good in zip(ASKED, loaded["accepts"], strict=True) if good]
    assert taken == [each[:3] for each in ASKED if each[3]]


def test_many_publishers_are_crawled_a_few_at_a_time_and_announced_whatever_became_of_them(
    loaded: dict[str, Any],
) -> None:
    dag = loaded["dags"]["crawl_many"]
    assert dag["tasks"] == {"choose": ["crawl"], "crawl": ["announce"], "announce": []}
    assert dag["teardowns"] == ["announce"]
    assert dag["limits"] == {"choose": None, "crawl": 12 * 3600.0, "announce": None}
    assert dag["operators"]["crawl"] == {"max_active_tis_per_dagrun": 4, "map_index_template": "{{ task.publisher }}"}
    assert (dag["name"], dag["cron"]) == ("Crawl many publishers", None)


def test_publishers_are_checked_one_task_each_weekly(loaded: dict[str, Any]) -> None:
    dag = loaded["dags"]["check_publishers"]
    assert dag["tasks"] == {"choose": ["check"], "check": []}
    assert (dag["cron"], dag["start"]) == ("23 5 * * 1", ["1999-12-31T17:00:00", "UTC"])
    assert dag["operators"]["check"] == {
        "articles": "{{ params.articles or 3 }}",
        "max_active_tis_per_dagrun": 4,
        "map_index_template": "{{ task.publisher }}",
    }


def test_loading_the_dags_imports_neither_scrapy_nor_the_pipelines(loaded: dict[str, Any]) -> None:
    assert loaded["imported"] == []


def test_a_task_builds_only_its_own_dag(ask: ForkingAirflow) -> None:
    result = load(ask, _AIRFLOW_PARSING_CONTEXT_DAG_ID="crawl_contoh")
    assert crawls(result) == ["crawl_contoh"]


BROKEN = 'name = "Rusak"\nhome = "http://127.0.0.1:1/"\njadwal = "* * * * *"\n'


@pytest.fixture
def with_broken(tmp_path: Path) -> dict[str, str]:
    """A folder of three publishers, two of whose files cannot be used."""
    (tmp_path / "contoh.toml").write_text((ROOT / "seeds/publishers/contoh.toml").read_text("utf-8"), "utf-8")
    for name in ("rusak.toml", "Koran Kita.toml"):
        (tmp_path / name).write_text(BROKEN, "utf-8")
    return {"LUMBUNG_PUBLISHERS": str(tmp_path)}


def test_a_broken_publisher_file_stops_its_own_publisher_only(
    ask: ForkingAirflow, loaded: dict[str, Any], with_broken: dict[str, str]
) -> None:
    result = load(ask, **with_broken)
    assert result["errors"] == []
    assert crawls(result) == ["crawl_Koran_Kita", "crawl_contoh", "crawl_rusak"]
    assert result["dags"]["crawl_contoh"] == loaded["dags"]["crawl_contoh"]
    rusak = result["dags"]["crawl_rusak"]
    assert "rusak.toml: jadwal: unknown key; allowed are " in rusak["doc"]
    assert rusak["description"] == rusak["doc"]
    same = ("file", "form", "defaults", "optional", "catchup", "max_active_runs", "paused")
    assert {name: rusak[name] for name in same} == {name: result["dags"]["crawl_contoh"][name] for name in same}
    assert rusak["tags"] == ["broken", "crawl"]
    assert (rusak["tasks"], rusak["operators"]) == ({"crawl": []}, {"crawl": {"publisher": "rusak"}})
    assert (rusak["retries"], rusak["delays"]) == ({"crawl": 1}, {"crawl": 30.0})
    assert (rusak["cron"], rusak["start"]) == ("0 * * * *", ["2000-01-01T00:00:00", "UTC"])


def test_the_task_of_a_broken_publisher_finds_its_dag_whatever_the_file_is_called(
    ask: ForkingAirflow, with_broken: dict[str, str]
) -> None:
    result = load(ask, _AIRFLOW_PARSING_CONTEXT_DAG_ID="crawl_Koran_Kita", **with_broken)
    assert crawls(result) == ["crawl_Koran_Kita"]
