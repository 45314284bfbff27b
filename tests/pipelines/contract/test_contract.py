"""The contract with readers: the file, the page, a migrated database and a harvest say the same."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.spider_runs import FAST, run_spider
from support.stories import Story, body, put, rows

from pipelines.changes.takedown import take_down
from pipelines.contract.contract import PAGE, Column, Relation, breaks, changes, found, page, promised, toml
from pipelines.database.connections import Connection, Work, connect, transaction
from pipelines.duplicates.deduplicate import deduplicate
from seeds.newsstand.newspaper import Newspaper, Settings
from seeds.newsstand.server import serve

if TYPE_CHECKING:
    from pipelines.contract.contract import Contract

LUMBUNG = Path(sys.executable).with_name("lumbung")
COMMENT = re.compile(r".{10,}\. E\.g\. .+\. (?:NULL .+\. )?Since (?:1, text since )?([123])(?:\.\d+)?\.", re.DOTALL)


def test_the_file_is_what_a_migrated_database_has_and_the_page_is_the_file(database: Connection) -> None:
    assert changes(promised(), found(database)) == [], "run `lumbung contract --write` after `lumbung migrate`"
    assert (files("pipelines.contract") / PAGE).read_text("utf-8") == page(promised())
    assert len(promised()) >= 19


def again(view: str, columns: str, table: str) -> str:
    """A migration that makes a view anew."""
    return f"drop view news.{view}; create view news.{view} as select {columns} from {table}"


@pytest.mark.parametrize(
    ("migration", "broken"),
    [
        ("drop view news.reads", ["reads: is gone"]),
        ("alter view news.reads rename to readers", ["reads: is gone"]),
        ("drop function news.search", ["search(): is gone"]),
        (
            again("version", "date '2026-11-28' as since, '2.0'::text as version", "(select) nothing"),
            ["version.since: was column 2, is column 1", "version.version: was column 1, is column 2"],
        ),
        (again("version", "'2.0'::text as version", "(select) nothing"), ["version.since: is gone"]),
        (
            again("version", "2.0 as version, date '2026-11-28' as since", "(select) nothing"),
            ["version.version: was text, is numeric"],
        ),
        (
            "comment on column news.reads.reads is 'The count. E.g. 1. NULL at times. Since 1.'",
            ["reads.reads: was never NULL, may be now"],
        ),
        (again("version", "'2.1'::text as version, date '2026-12-28' as since, 1 as more", "(select) nothing"), []),
        ("create view news.more as select 1 as one", []),
    ],
)
def test_a_migration_that_breaks_it_is_told_by_name(database: Connection, migration: str, broken: list[str]) -> None:
    with transaction(database) as cursor:
        cursor.execute(migration)
    assert breaks(promised(), found(database)) == broken


def test_the_command_says_what_a_database_breaks(database: Connection) -> None:
    run = [str(LUMBUNG), "contract"]
    assert subprocess.run(run, check=True, capture_output=True).stdout == b""
    with transaction(database) as cursor:
        cursor.execute("drop view news.reads")
    broken = subprocess.run(run, check=False, capture_output=True, text=True)
    assert (broken.returncode, broken.stdout) == (1, "reads: is gone\n")
    refused = subprocess.run([*run, "--write"], check=False, capture_output=True, text=True)
    assert refused.returncode == 1
    assert "reads" in promised()


def test_what_is_written_is_read_back(database: Connection) -> None:
    import tomllib

    odd: Contract = {"a": Relation("a", 'says "so"', (Column("b", "text", "a \\ b"),))}
    assert tomllib.loads(toml(odd))["a"] == {
        "comment": 'says "so"', "columns": {"b": {"type": "text", "null": False, "comment": "a \\ b"}},
    }  # fmt: skip
    assert changes(promised(), {**found(database), **odd}) == ["a: is new"]


def test_every_column_says_what_it_means_gives_an_example_and_since_when(database: Connection) -> None:
    columns = [(f"{name}.{each.name}", each.comment) for name, view in found(database).items()
               if "()" not in name for each in view.columns]  # fmt: skip
    assert len(columns) > 180
    assert [name for name, comment in columns if not COMMENT.fullmatch(comment)] == []
    assert [name for name, relation in found(database).items() if not relation.comment] == []
    (version,) = rows(database, "select version from news.version")
    newest = max(int(said[1]) for _, comment in columns if (said := COMMENT.fullmatch(comment)))
    assert int(version[0].partition(".")[0]) == newest


def test_no_view_has_a_type_that_clients_choke_on(database: Connection) -> None:
    columns = {each for name, view in found(database).items() if "()" not in name for each in view.columns}
    # A domain goes over the wire as the type that it rests on.
    assert rows(database, "select 'news.searchable'::regtype::oid, typbasetype::regtype::text from pg_type"
                          " where oid = 'news.searchable'::regtype")[0][1] == "text"  # fmt: skip
    assert {each.type for each in columns} <= {
        "news.searchable",
        "bigint", "integer", "real", "double precision", "text", "text[]", "bigint[]", "boolean", "date",
        "timestamp with time zone",
    }  # fmt: skip


def test_after_a_harvest_no_column_is_null_that_never_is_and_every_view_has_rows(
    database: Connection, database_url: str
) -> None:
    now = datetime.now(UTC)
    with serve(Newspaper(Settings(articles=12, crawl_delay=0), now=now)) as stand:
        environment = {"DATABASE_URL": database_url, "LUMBUNG_HOME_CONTOH": stand.url + "/"}
        for number in range(2):
            run_spider("contoh", environment, f"run={number}", "refetch=true", settings=FAST)
    put(database, [Story(body(1)), Story(body(1), "warta", published_at=None), Story(body(2))], first=90000)
    deduplicate(connect(database_url, work=Work.DEDUPLICATING))
    take_down(database, "90002", "diminta")
    take_down(database, "https://koran.example/9", "diminta")
    with transaction(database) as cursor:
        cursor.execute(
            "insert into lumbung.revision (article_id, number, headline_before, paragraphs_before, revised_at,"
            " crawl_id) select article_id, 1, 'x', '{x}', now(), crawl_id from lumbung.article limit 1"
        )
    empty, wrong = [], []
    for name, view in promised().items():
        if "()" in name:
            continue
        never = [column.name for column in view.columns if not column.nullable]
        asked = ", ".join(f"count(*) - count({column})" for column in never)
        ((count, *nulls),) = rows(database, f"select count(*), {asked} from news.{name}")
        empty += [] if count else [name]
        wrong += [f"{name}.{column}" for column, null in zip(never, nulls, strict=True) if null]
    assert wrong == []
    assert empty == []
