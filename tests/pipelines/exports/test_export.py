"""What an export holds: the articles of one moment, the same bytes each time, and afterwards only what changed."""

from __future__ import annotations

import json
import os
from contextlib import closing
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from support.exported import clustered, files_of, harvest, sums_are_right
from support.stories import NOON, Story, body, put, revise, rows

from pipelines.changes.takedown import take_down
from pipelines.database.connections import Connection, Work, connect, transaction
from pipelines.database.roles import READER, login
from pipelines.exports.destination import DestinationError
from pipelines.exports.export import Done, ExportError, each_tenth, export
from pipelines.exports.selection import FORMATS, Selection, SelectionError
from spiders.publishers import UnknownPublisher

if TYPE_CHECKING:
    from pathlib import Path

EACH_STORY = Selection()
ALL = Selection(duplicates=True)


def lines(folder: Path, pattern: str) -> list[dict[str, Any]]:
    text = "".join(path.read_text("utf-8") for path in sorted(folder.glob(pattern)))
    return [json.loads(line) for line in text.split("\n") if line]


def numbers_in(folder: Path) -> list[int]:
    return [each["article_id"] for each in lines(folder, "articles*.jsonl")]


def manifests(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("_manifest*.json"))]


@pytest.mark.parametrize("name", FORMATS)
def test_two_exports_are_the_same_bytes_with_right_sums_and_a_third_changes_nothing(
    database: Connection, database_url: str, tmp_path: Path, name: str
) -> None:
    harvest(database, database_url)
    for folder in ("one", "two", "two"):
        done = export(database, str(tmp_path / folder), name, ALL)
    one, two = files_of(tmp_path / "one"), files_of(tmp_path / "two")
    assert one == two
    assert sums_are_right(one)
    told = json.loads(one["_manifest.json"])
    data = {name: each for name, each in one.items() if not name.startswith(("_manifest", "_SHA256SUMS"))}
    assert (told["articles"], told["files"], told["bytes"]) == (6, len(data), sum(map(len, data.values())))
    assert told["articles_by_publisher"] == {"kabar": 4, "warta": 2}
    assert (done.articles, done.files, done.bytes) == (told["articles"], told["files"], told["bytes"])


def test_a_later_export_takes_the_place_of_the_whole_earlier_one(
    database: Connection, database_url: str, tmp_path: Path
) -> None:
    numbers = harvest(database, database_url)
    export(database, str(tmp_path), "parquet", ALL)
    revise(database, numbers[0], body(9))
    export(database, str(tmp_path), "parquet", ALL, incremental=True)
    with transaction(database) as cursor:
        cursor.execute("delete from lumbung.article where publisher = 'warta'")
    export(database, str(tmp_path), "parquet", ALL)
    fresh = tmp_path / "fresh"
    export(database, str(fresh), "parquet", ALL)
    again = {name: each for name, each in files_of(tmp_path).items() if not name.startswith("fresh/")}
    assert again == files_of(fresh)
    assert not [name for name in again if "warta" in name]


def test_only_what_is_asked_for_is_there(database: Connection, database_url: str, tmp_path: Path) -> None:
    one, copy, undated, evening, december, cold = harvest(database, database_url)
    place = count()

    def found(
        *publishers: str, first: str | None = None, last: str | None = None, duplicates: bool = False
    ) -> set[int]:
        folder = tmp_path / str(next(place))
        export(database, str(folder), "jsonl", Selection.asked(publishers, first, last, duplicates=duplicates))
        return {*numbers_in(folder)}

    assert found() == {one, undated, evening, december, cold}
    assert found(duplicates=True) == {one, copy, undated, evening, december, cold}
    assert found("warta", duplicates=True) == {copy, evening}
    assert found("kabar", "warta", first="2026-11-01", last="2026-11-30") == {one, evening, cold}
    assert found(last="2026-10-31") == set(), "in Jakarta it was November"
    assert found(first="2026-12-20") == {december}
    assert found("antara") == set(), "has a file and no articles yet"


@pytest.mark.parametrize("name", FORMATS)
def test_an_incremental_export_twice_exports_nothing(
    database: Connection, database_url: str, tmp_path: Path, name: str
) -> None:
    harvest(database, database_url)
    first = export(database, str(tmp_path), name, EACH_STORY, incremental=True)
    before = files_of(tmp_path)
    assert (first.articles, [*manifests(tmp_path)[0]["selection"].values()]) == (5, [None, None, None, False])
    again = export(database, str(tmp_path), name, EACH_STORY, incremental=True)
    assert (again.articles, again.files, again.mark) == (0, 0, first.mark)
    assert files_of(tmp_path) == before
    assert str(again) == f"nothing has changed since change {first.mark}"
    put(database, [Story(body(20))])
    third = export(database, str(tmp_path), name, EACH_STORY, incremental=True)
    assert (third.articles, third.removed) == (1, 0)
    after = files_of(tmp_path)
    assert sums_are_right(after)
    assert before.items() <= after.items()
    assert {path for path in after.keys() - before.keys() if f"{first.mark:012}-{third.mark:012}" not in path} == {
        path for path in after.keys() - before.keys() if path.startswith("005_")
    }
    assert export(database, str(tmp_path), name, EACH_STORY, incremental=True).files == 0


def copied(folder: Path) -> dict[int, dict[str, Any]]:
    """What a consumer has who applies the files in their order."""
    copy: dict[int, dict[str, Any]] = {}
    for manifest in manifests(folder):
        marks = "" if manifest["after"] is None else f"_{manifest['after']:012}-{manifest['mark']:012}"
        for each in lines(folder, f"_removed{marks}.jsonl"):
            copy.pop(each["article_id"], None)
        copy |= {each["article_id"]: each for each in lines(folder, f"articles{marks}.jsonl")}
    return copy


@pytest.mark.parametrize(
    "selection",
    [EACH_STORY, ALL, Selection(publishers=("kabar",)), Selection(from_date="2026-11-01", to_date="2026-11-30")],
    ids=["stories", "all", "publisher", "days"],
)
def test_incremental_exports_together_are_the_export_of_the_end(
    database: Connection, database_url: str, tmp_path: Path, selection: Selection
) -> None:
    one, copy, undated, evening, december, _cold = harvest(database, database_url)
    folder = tmp_path / "copy"

    def change(statement: str, *values: Any) -> None:
        with transaction(database) as cursor:
            cursor.execute(statement, values)

    def step() -> None:
        export(database, str(folder), "jsonl", selection, incremental=True)

    step()
    revise(database, evening, body(30))
    (late,) = put(database, [Story(body(2), "warta", "Tanpa Tanggal", NOON)])
    step()
    clustered(database_url)  # the undated one and the late one are one story now
    step()
    change("update lumbung.article set published_at = %s where article_id = %s", NOON, december)
    change("update lumbung.article set published_at = published_at - interval '1 year' where article_id = %s", one)
    step()
    change("delete from lumbung.article where article_id = %s", undated)
    with closing(connect(database_url, work=Work.DEDUPLICATING)) as owner:
        take_down(owner, str(copy), "asked for")
    (gone,) = put(database, [Story(body(40))])
    change("delete from lumbung.article where article_id = %s", gone)
    clustered(database_url)
    step()
    step()
    export(database, str(tmp_path / "end"), "jsonl", selection)
    assert copied(folder) == copied(tmp_path / "end")
    assert len(copied(folder)) >= 2
    removed = lines(folder, "_removed*.jsonl")
    assert gone not in {each["article_id"] for each in removed}, "it was in no export"
    if selection == ALL:
        assert {(each["article_id"], each["what"]) for each in removed} == {(undated, "deleted"), (copy, "taken_down")}
    assert late in copied(folder) or selection.publishers


def test_where_articles_only_went_an_incremental_export_says_so(database: Connection, tmp_path: Path) -> None:
    first, second = put(database, [Story(body(1)), Story(body(2))])
    export(database, str(tmp_path), "csv", ALL)
    with transaction(database) as cursor:
        cursor.execute("delete from lumbung.article where article_id = %s", [second])
    done = export(database, str(tmp_path), "csv", ALL, incremental=True)
    assert (done.articles, done.removed) == (0, 1)
    assert ", 1 removed in 2 files" in str(done)
    (gone,) = lines(tmp_path, "_removed*.jsonl")
    assert (gone["article_id"], gone["what"], gone["change_id"]) == (second, "deleted", done.mark)
    assert first
    assert export(database, str(tmp_path), "csv", ALL, incremental=True).files == 0


def test_an_export_has_the_articles_of_the_moment_at_which_it_began(
    database: Connection, database_url: str, tmp_path: Path
) -> None:
    put(database, [Story([f"Kata {number}."]) for number in range(700)])
    late: list[int] = []
    told: list[tuple[int, int]] = []

    def meanwhile(done: int, total: int) -> None:
        told.append((done, total))
        if not late:
            with closing(connect(database_url)) as other:
                late.extend(put(other, [Story(body(1))]))
                revise(other, 650, body(2))

    done = export(database, str(tmp_path), "jsonl", ALL, told=meanwhile)
    assert told == [(500, 700), (700, 700)], "articles written so far, and all there are"
    assert numbers_in(tmp_path) == [*range(1, 701)]
    assert lines(tmp_path, "articles.jsonl")[649]["text"] == "Kata 649."
    then = export(database, str(tmp_path), "jsonl", ALL, incremental=True)
    assert (done.articles, then.articles, then.removed) == (700, 2, 0)


def test_a_readers_login_is_enough_whatever_its_time_zone(
    database: Connection, database_url: str, tmp_path: Path
) -> None:
    harvest(database, database_url)
    name = f"baca_{os.getpid()}"
    login(database, name, READER, "rahasia")
    about = database.info
    url = f"postgresql://{name}:rahasia@{about.host}:{about.port}/{about.dbname}?options=-c%20timezone%3DAsia/Jayapura"
    with closing(connect(url)) as reader:
        export(reader, str(tmp_path / "reader"), "csv", ALL)
    export(database, str(tmp_path / "owner"), "csv", ALL)
    assert files_of(tmp_path / "reader") == files_of(tmp_path / "owner")


def test_what_does_not_go_together_is_refused_and_nothing_is_touched(
    database: Connection, database_url: str, tmp_path: Path
) -> None:
    harvest(database, database_url)
    here = str(tmp_path / "out")
    export(database, here, "csv", ALL)
    before = files_of(tmp_path)
    with pytest.raises(ExportError, match="has an export as csv: choose another folder for jsonl"):
        export(database, here, "jsonl", ALL)
    with pytest.raises(ExportError, match="of another selection"):
        export(database, here, "csv", EACH_STORY, incremental=True)
    with pytest.raises(UnknownPublisher, match="did you mean kompas"):
        export(database, here, "csv", Selection(publishers=("kompass",)))
    with pytest.raises(DestinationError, match="holds other files"):
        export(database, str(tmp_path), "csv", ALL)
    with pytest.raises(DestinationError, match="is a file, no folder"):
        export(database, f"{here}/articles.csv", "csv", ALL)
    with pytest.raises(DestinationError, match="nosuch"):
        export(database, "nosuch://bucket/x", "csv", ALL)
    assert files_of(tmp_path) == before
    told = tmp_path / "out" / "_manifest.json"
    told.write_text(told.read_text("utf-8").replace('"mark": ', '"mark": 9'), "utf-8")
    with pytest.raises(ExportError, match="above the last one"):
        export(database, here, "csv", ALL, incremental=True)
    told.write_text("{}", "utf-8")
    with pytest.raises(DestinationError, match="is no manifest"):
        export(database, here, "csv", ALL)


def test_days_that_make_no_sense_are_refused() -> None:
    with pytest.raises(SelectionError, match="'kemarin' is no day"):
        Selection.asked((), "kemarin", None, duplicates=False)
    with pytest.raises(SelectionError, match="before its first day"):
        Selection.asked((), "2026-11-02", "2026-11-01", duplicates=False)
    assert Selection.asked(("b", "a", "b"), None, "2026-11-01", duplicates=False).publishers == ("a", "b")


@pytest.mark.parametrize("moment", ["0001-01-01 00:00+07", "9999-12-31 23:59-07", "infinity", "-infinity"])
def test_a_time_that_no_reader_can_hold_is_none_and_counted(database: Connection, tmp_path: Path, moment: str) -> None:
    put(database, [Story(body(1)), Story(body(2))])
    with transaction(database) as cursor:
        cursor.execute("update lumbung.article set published_at = %s where article_id = 1", [moment])
    for name in FORMATS:
        done = export(database, str(tmp_path / name), name, ALL)
        assert (done.articles, manifests(tmp_path / name)[0]["times_out_of_range"]) == (2, 1)
    assert [each["published_at"] for each in lines(tmp_path / "jsonl", "articles.jsonl")] == [None, NOON.isoformat()]


def test_an_empty_harvest_is_an_empty_export(database: Connection, tmp_path: Path) -> None:
    for name in FORMATS:
        done = export(database, str(tmp_path / name), name, ALL)
        assert (done.articles, manifests(tmp_path / name)[0]["articles"]) == (0, 0)
    assert rows(database, "select 1") == [(1,)], "the connection is as it was"


def test_whose_file_cannot_be_used_may_be_asked_for_as_long_as_there_is_one(
    database: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "rusak.toml").write_text("jadwal = 7", "utf-8")
    monkeypatch.setenv("LUMBUNG_PUBLISHERS", str(tmp_path))
    assert export(database, str(tmp_path / "out"), "jsonl", Selection(publishers=("rusak",))).articles == 0
    with pytest.raises(UnknownPublisher, match="tiada"):
        export(database, str(tmp_path / "none"), "jsonl", Selection(publishers=("tiada",)))


def test_in_a_log_progress_is_a_line_at_each_further_tenth() -> None:
    said: list[str] = []
    told = each_tenth(said.append)
    for done in range(50, 2_001, 50):
        told(done, 2_000)
    assert said == [f"{done:,} of 2,000 articles" for done in range(200, 2_001, 200)]
    told = each_tenth(said.append)
    told(3, 3)
    assert said[-1] == "3 of 3 articles"


@pytest.mark.parametrize(
    ("done", "sentence"),
    [
        (Done(7), "nothing has changed since change 7"),
        (Done(7, 1, 0, 3, 99_949), "1 article in 3 files, 99.9 kB, up to change 7"),
        (Done(7, 1234, 0, 1, 100_000), "1,234 articles in 1 file, 100.0 kB, up to change 7"),
        (Done(7, 0, 1234, 3, 100_001), "0 articles, 1,234 removed in 3 files, 0.1 MB, up to change 7"),
        (Done(7, 2, 0, 3, 2_360_000_000, [3, 4]), "2 articles in 3 files, 2,360.0 MB, up to change 7; left out 2: 3 4"),
        (
            Done(7, 2, 0, 3, 1, range(99)),
            f"2 articles in 3 files, 0.0 kB, up to change 7; left out 99: {' '.join(map(str, range(20)))}",
        ),
    ],
)
def test_what_an_export_did_is_told_in_a_sentence(done: Done, sentence: str) -> None:
    assert str(done) == sentence
