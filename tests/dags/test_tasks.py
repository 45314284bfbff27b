"""The tasks of the DAGs other than the crawl itself: announce, mark_duplicates, choose; over one harvest."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from support.scripted_press import ARTICLE, Answer, Press, printing, write_publisher
from support.stories import Story, body, put
from support.throwaway import fresh_database

from pipelines.database.connections import connect

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.forking_airflow import ForkingAirflow

    from pipelines.stack.postgres import Server

WATCH = """
create table watched (statement text, application text);
create function watch() returns trigger language plpgsql security definer as $$ begin
    insert into watched values (current_setting('statement_timeout'), current_setting('application_name'));
    return null;
end $$;
create trigger watch after insert on lumbung.fingerprint for each statement execute function watch();
"""


@pytest.fixture(scope="module")
def harvest(server: Server) -> Iterator[str]:
    with fresh_database(server) as url:
        rows(url, WATCH)
        yield url


@pytest.fixture(scope="module")
def press() -> Iterator[Press]:
    with printing() as printed:
        yield printed


@pytest.fixture(scope="module")
def world(harvest: str, press: Press, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    found = write_publisher(tmp_path_factory.mktemp("publishers"), "warta", press.home)
    return {**found, "AIRFLOW_CONN_LUMBUNG": harvest}


@pytest.fixture(scope="module")
def crawl(ask: ForkingAirflow, world: dict[str, str]) -> dict[str, Any]:
    """What the first crawl has returned."""
    told = ask("task_probe.crawled", "warta", **world)
    assert told["error"] is None
    found: dict[str, Any] = told["returned"]
    return found


def rows(url: str, statement: str) -> list[tuple[Any, ...]]:
    with closing(connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


@pytest.fixture
def waiting(harvest: str, crawl: dict[str, Any]) -> None:
    """All five articles wait for deduplication, and nothing is watched yet."""
    assert crawl["stored"] == 5
    rows(harvest, "insert into lumbung.deduplication_due (article_id) select article_id from lumbung.article")
    rows(harvest, "truncate watched")


@pytest.fixture
def quiet(harvest: str, crawl: dict[str, Any]) -> None:
    """No article waits for deduplication."""
    assert crawl["stored"] == 5
    rows(harvest, "truncate watched, lumbung.deduplication_due")


@pytest.mark.usefixtures("waiting")
def test_what_waits_is_announced_with_the_figures_of_the_crawl(
    ask: ForkingAirflow, world: dict[str, str], crawl: dict[str, Any]
) -> None:
    told = ask("task_probe.ran", "crawl_warta", "announce", crawl, **world)
    assert told["returned"] == "5 articles wait for deduplication"
    assert told["events"] == [["news_articles", {**crawl, "due": 5}]]


@pytest.mark.usefixtures("waiting")
def test_many_crawls_are_announced_as_one_with_the_sums_of_their_figures(
    ask: ForkingAirflow, world: dict[str, str], crawl: dict[str, Any]
) -> None:
    other = {**crawl, "publisher": "lain", "stored": 7}
    told = ask("task_probe.ran", "crawl_many", "announce", [crawl, None, other], **world)
    ((asset, extra),) = told["events"]
    assert asset == "news_articles"
    assert extra["publishers"] == ["warta", "lain"]
    assert (extra["stored"], extra["entries"], extra["due"]) == (12, 2 * crawl["entries"], 5)
    assert "publisher" not in extra
    told = ask("task_probe.ran", "crawl_many", "announce", None, **world)
    assert told["events"] == [["news_articles", {"publishers": [], "due": 5}]]


@pytest.mark.usefixtures("waiting")
def test_deduplication_works_under_limits_of_its_own_and_tells_what_it_did(
    ask: ForkingAirflow, world: dict[str, str], harvest: str
) -> None:
    told = ask("task_probe.ran", "deduplicate", "mark_duplicates", None, {"batch": 2}, **world)
    assert told["error"] is None
    assert told["returned"]["seen"] == 5
    assert [text for level, text in told["said"] if level == "INFO" and " of 5 articles, " in text][-1].startswith(
        "5 of"
    )
    assert any(text.startswith("seen 5, ") for _, text in told["said"])
    assert set(rows(harvest, "select * from watched")) == {("30min", "lumbung airflow")}
    assert rows(harvest, "select count(*) from watched") == [(3,)]  # two articles a transaction


def test_a_task_that_only_reads_has_a_readers_limits(ask: ForkingAirflow, world: dict[str, str], harvest: str) -> None:
    told = ask("task_probe.session_limits", **world)
    assert told == {"statement": "5min", "application": "lumbung airflow", "database": harvest.rpartition("/")[2]}


@pytest.mark.usefixtures("quiet")
def test_nothing_is_announced_when_nothing_waits(
    ask: ForkingAirflow, world: dict[str, str], crawl: dict[str, Any]
) -> None:
    told = ask("task_probe.ran", "crawl_warta", "announce", crawl, **world)
    assert told["returned"] == "nothing: no article waits for deduplication"
    assert told["events"] == []


@pytest.mark.usefixtures("quiet")
def test_a_full_recheck_looks_again_and_a_form_left_empty_asks_for_none(
    ask: ForkingAirflow, world: dict[str, str], harvest: str
) -> None:
    def seen(**form: object) -> int:
        told = ask("task_probe.ran", "deduplicate", "mark_duplicates", None, form, **world)
        found: int = told["returned"]["seen"]
        return found

    assert seen(recheck=None, publisher=None, batch=None) == 0
    assert seen(recheck=False, publisher="warta", batch=None) == 0
    assert seen(recheck=True, publisher="lain", batch=None) == 0
    assert seen(recheck=True, publisher="warta", batch=None) == 5
    assert seen(recheck=True, publisher=None, batch=4) == 5
    assert rows(harvest, "select count(*) from watched") == [(3,)]  # all five at a time, then four and one


def test_a_form_left_empty_takes_five_hundred_articles_a_transaction(
    ask: ForkingAirflow, world: dict[str, str], database_url: str
) -> None:
    with closing(connect(database_url)) as connection:
        put(connection, [Story(body(number, 1)) for number in range(501)])
    rows(database_url, WATCH)
    here = {**world, "AIRFLOW_CONN_LUMBUNG": database_url}
    told = ask("task_probe.ran", "deduplicate", "mark_duplicates", None, {"batch": None}, **here)
    assert told["returned"]["seen"] == 501
    assert rows(database_url, "select count(*) from watched") == [(2,)]


@pytest.mark.parametrize(("dag", "task"), [("crawl_warta", "announce"), ("deduplicate", "mark_duplicates")])
def test_a_database_that_lacks_a_migration_is_told_in_one_line(
    ask: ForkingAirflow, world: dict[str, str], database_url: str, dag: str, task: str
) -> None:
    rows(
        database_url,
        "delete from public.lumbung_migration where name = (select max(name) from public.lumbung_migration)",
    )
    told = ask("task_probe.ran", dag, task, **{**world, "AIRFLOW_CONN_LUMBUNG": database_url})
    assert told["error"].startswith("the database lacks migration ")
    assert told["error"].endswith(": run `lumbung migrate`")
    assert told["type"] == "AirflowException"


@pytest.mark.usefixtures("waiting")
def test_a_recheck_that_only_tells_changes_nothing_and_goes_with_a_recheck(
    ask: ForkingAirflow, world: dict[str, str], harvest: str
) -> None:
    stored = "select xmin::text, f.* from lumbung.fingerprint f order by 2"
    ask("task_probe.ran", "deduplicate", "mark_duplicates", **world)
    assert len(before := rows(harvest, stored)) == 5
    told = ask("task_probe.ran", "deduplicate", "mark_duplicates", None, {"recheck": True, "dry_run": True}, **world)
    assert told["error"] is None
    assert told["returned"] == {"looked_at": 5, "parting": 0, "joining": 0, "shown": 0, "hidden": 0}
    assert any(text.startswith("5 articles looked at: 0 clusters would lose") for _, text in told["said"])
    assert [text for _, text in told["said"] if text.endswith(" articles looked at")] == ["5 of 5 articles looked at"]
    some = {"recheck": True, "dry_run": True, "publisher": "warta", "batch": 3}
    told = ask("task_probe.ran", "deduplicate", "mark_duplicates", None, some, **world)
    assert [text for _, text in told["said"] if text.endswith(" articles looked at")] == [
        "3 of 5 articles looked at", "5 of 5 articles looked at",
    ]  # fmt: skip
    told = ask("task_probe.ran", "deduplicate", "mark_duplicates", None, {**some, "publisher": "lain"}, **world)
    assert told["returned"]["looked_at"] == 0
    told = ask("task_probe.ran", "deduplicate", "mark_duplicates", None, {"dry_run": True}, **world)
    assert "Only tell goes with Look again" in str(told["error"])
    assert rows(harvest, stored) == before


@pytest.mark.usefixtures("quiet")
def test_updated_articles_are_announced_as_new_ones_are(
    ask: ForkingAirflow, world: dict[str, str], crawl: dict[str, Any], press: Press
) -> None:
    assert crawl
    changed = Answer(ARTICLE.replace("padi", "jagung"))
    press.script = lambda path, _number: changed if "/berita-" in path else None
    told = ask("task_probe.crawled", "warta", None, {"refetch": True}, **world)["returned"]
    assert (told["stored"], told["updated"]) == (0, 5)
    announced = ask("task_probe.ran", "crawl_warta", "announce", told, **world)
    assert announced["events"] == [["news_articles", {**told, "due": 5}]]


def test_publishers_are_checked_as_asked_or_all(ask: ForkingAirflow, world: dict[str, str]) -> None:
    def chosen(**form: object) -> object:
        return ask("task_probe.ran", "check_publishers", "choose", None, form, **world)["returned"]

    assert chosen() == chosen(publishers=None) == chosen(publishers=[]) == ["warta"]
    assert chosen(publishers=["a", "b"]) == ["a", "b"]


def test_publishers_to_crawl_must_be_chosen_and_each_counts_once(ask: ForkingAirflow, world: dict[str, str]) -> None:
    told = ask("task_probe.ran", "crawl_many", "choose", None, {"publishers": ["b", "a", "b"]}, **world)
    assert told["returned"] == ["b", "a"]
    forms: list[dict[str, Any]] = [{}, {"publishers": None}, {"publishers": []}]
    for form in forms:
        told = ask("task_probe.ran", "crawl_many", "choose", None, form, **world)
        assert told["type"] == "AirflowFailException"
        assert told["error"].startswith("no publisher was chosen")


def test_an_export_writes_what_the_form_asks_for_and_afterwards_what_changed(
    ask: ForkingAirflow, world: dict[str, str], harvest: str, crawl: dict[str, Any], tmp_path: Path
) -> None:
    assert crawl

    def exported(**form: object) -> dict[str, Any]:
        fields = ("destination", "format", "publishers", "from_date", "to_date", "duplicates", "incremental")
        empty = dict.fromkeys(fields)
        found: dict[str, Any] = ask("task_probe.ran", "export", "write_articles", None, {**empty, **form}, **world)
        return found

    ((stories,),) = rows(harvest, "select count(*) from news.articles")
    ((everything,),) = rows(harvest, "select count(*) from news.all_articles")
    here, there = tmp_path / "here", tmp_path / "there"
    told = exported(destination=str(here))
    assert told["error"] is None
    assert told["returned"].startswith(f"{stories} article")
    assert told["pushed"] == {"run_note": f"{here}: {told['returned']}"}
    assert ["INFO", f"{stories} of {stories} articles"] in told["said"]
    assert ["INFO", f"{here}: {told['returned']}"] in told["said"]
    assert len((here / "articles.jsonl").read_text("utf-8").splitlines()) == stories
    wishes: dict[str, Any] = {"destination": str(there), "format": "seed", "duplicates": True, "incremental": True}
    assert exported(**wishes)["returned"].startswith(f"{everything} articles in {everything + 1} files")
    assert exported(**wishes)["returned"].startswith("nothing has changed since change ")
    nothing = exported(destination=str(tmp_path / "none"), publishers=["warta"], from_date="2100-01-01")
    assert nothing["returned"].startswith("0 articles")
    unsaid = exported()
    assert "no destination was given" in str(unsaid["error"])
    assert unsaid["pushed"] == {"run_note": unsaid["error"]}
    assert unsaid["type"] == "AirflowFailException"
    assert "holds other files" in str(exported(destination=str(tmp_path))["error"])
    refused = exported(destination=str(here), from_date="2026-11-02", to_date="2026-11-01")
    assert "before its first day" in str(refused["error"])
