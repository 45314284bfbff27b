"""Each format, read back by a reader of its own: what the view says is what comes out."""

from __future__ import annotations

import csv
import json
import re
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg2.extras import RealDictCursor
from pyarrow import dataset
from support.exported import harvest
from support.stories import Story, body, put, rows

from pipelines.database.connections import Connection, transaction
from pipelines.exports.comma_separated import cell, text_of
from pipelines.exports.export import export
from pipelines.exports.parquet import TYPES
from pipelines.exports.seed_texts import stable_hash
from pipelines.exports.selection import Selection
from spiders.seed_format import loads

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

ALL = Selection(duplicates=True)


def of_the_view(connection: Connection, view: str = "all_articles") -> list[dict[str, Any]]:
    with transaction(connection, RealDictCursor) as cursor:
        cursor.execute("set local timezone = 'UTC'")
        cursor.execute(f"select * from news.{view} order by article_id")
        found = [dict(row) for row in cursor.fetchall()]
    return [{name: value for name, value in row.items() if name not in {"search", "paragraphs"}} for row in found]


def as_json(articles: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in row.items()}
        for row in articles
    ]


def test_json_lines_have_every_column_of_the_view_in_its_order(
    database: Connection, database_url: str, tmp_path: Path
) -> None:
    harvest(database, database_url)
    export(database, str(tmp_path), "jsonl", ALL)
    text = (tmp_path / "articles.jsonl").read_text("utf-8")
    found = [json.loads(line) for line in text.splitlines()]  # breaks a line at U+2028 too
    expected = as_json(of_the_view(database))
    assert found == expected
    assert [*found[0]] == [*expected[0]]
    assert {"reads", "authors", "quality", "modified_at"} <= {name for name, value in found[0].items() if value}


def test_csv_is_read_back_and_has_no_formula(database: Connection, database_url: str, tmp_path: Path) -> None:
    harvest(database, database_url)
    export(database, str(tmp_path), "csv", ALL)
    assert b"\r" not in (tmp_path / "articles.csv").read_bytes()
    with (tmp_path / "articles.csv").open(encoding="utf-8", newline="") as file:
        found = [*csv.DictReader(file)]
    expected = of_the_view(database)
    assert [*found[0]] == [*expected[0]]
    for name in ("headline", "text", "article_id", "published_at", "section"):
        assert [text_of(row[name]) for row in found] == [str(row[name] or "") for row in expected]
    assert json.loads(found[0]["authors"]) == ["Siti Aminah", "B, C"]
    assert (found[0]["paywalled"], found[1]["paywalled"], found[0]["canonical"]) == ("true", "", "true")
    assert [row["headline"][:3] for row in found[4:]] == ["'=H", "'-5"]
    assert not [value for row in found for value in row.values() if value.startswith(("=", "+", "-", "@"))]


@pytest.mark.parametrize(
    "text", ["=1+1", "+62", "-5", "@x", "\t=1", "\r=1", "\n", " =1", "\u00a0@x", "＝1", "'=1", "''=1"]
)
def test_a_cell_that_a_spreadsheet_would_calculate_is_guarded(text: str) -> None:
    assert cell(text) == f"'{text}"
    assert text_of(f"'{text}") == text


@pytest.mark.parametrize("text", ["", "Panen = raya", "'kata' dia", "'a'=b", "5-1", "'", "a"])
def test_a_cell_that_is_text_stays_as_it_is(text: str) -> None:
    assert cell(text) == text
    assert text_of(text) == text


@given(st.text(alphabet="=+-@' \t\r\nab＝", max_size=8) | st.text())
def test_every_text_comes_back_from_its_cell(text: str) -> None:
    assert text_of(str(cell(text))) == text


def test_parquet_is_read_as_one_table_by_publisher_and_month(
    database: Connection, database_url: str, tmp_path: Path
) -> None:
    harvest(database, database_url)
    export(database, str(tmp_path), "parquet", ALL)
    table = dataset.dataset(tmp_path, partitioning="hive").to_table().sort_by("article_id")
    expected = of_the_view(database)
    months = table.column("month").to_pylist()
    found = table.select([*expected[0]]).to_pylist()
    assert found[0].pop("quality") == pytest.approx(expected[0].pop("quality"))  # four bytes here as in Postgres
    assert found == expected
    assert months == ["2026-11", "2026-11", None, "2026-11", "2026-12", "2026-11"], "days are those of the publisher"
    assert (tmp_path / "publisher=warta" / "month=2026-11" / "articles.parquet").is_file()
    assert table.schema.field("published_at").type == pa.timestamp("us", tz="UTC")
    assert table.schema.field("authors").type == pa.list_(pa.string())


@pytest.mark.parametrize("view", ["articles", "all_articles"])
def test_every_column_of_the_views_has_a_type_in_parquet(database: Connection, view: str) -> None:
    with transaction(database) as cursor:
        cursor.execute(f"select * from news.{view} limit 0")
        types = {each.name: each.type_code for each in cursor.description or () if each.name != "search"}
    assert len(types) > 30
    assert {name for name, number in types.items() if number not in TYPES} == set()


def test_seed_texts_are_those_of_the_view_under_names_of_their_addresses(
    database: Connection, database_url: str, tmp_path: Path
) -> None:
    harvest(database, database_url)
    export(database, str(tmp_path), "seed", ALL)
    stored = rows(database, "select article_id, text, canonical_url from news.article_text order by article_id")
    names = sorted(path.name for path in tmp_path.glob("*.txt"))
    assert names == [f"{number:03}_{stable_hash(url)}.txt" for number, (_, _, url) in enumerate(stored)]
    assert all(re.fullmatch(r"\d{3}_[0-9a-f]{16}\.txt", name) for name in names)
    texts = [(tmp_path / name).read_bytes().decode() for name in names]
    assert texts == [text for _, text, _ in stored]
    assert loads(texts[0]).reads == 953
    listed = [json.loads(line) for line in (tmp_path / "_articles.jsonl").read_text("utf-8").splitlines()]
    assert [(each["article_id"], each["file"]) for each in listed] == [
        (number, name) for (number, *_), name in zip(stored, names, strict=True)
    ]


def test_an_article_that_is_no_seed_text_is_left_out_and_named(database: Connection, tmp_path: Path) -> None:
    numbers = put(database, [Story(body(1)), Story(body(2), headline=" "), Story(body(3))])
    done = export(database, str(tmp_path), "seed", ALL)
    assert (done.articles, [*done.left_out]) == (2, numbers[1:2])
    assert f"left out 1: {numbers[1]}" in str(done)
    assert sorted(path.name[:4] for path in tmp_path.glob("*.txt")) == ["000_", "001_"]
    assert json.loads((tmp_path / "_manifest.json").read_text("utf-8"))["left_out"] == 1


def test_schema_org_has_its_own_names_and_nothing_that_is_not_known(
    database: Connection, database_url: str, tmp_path: Path
) -> None:
    harvest(database, database_url)
    export(database, str(tmp_path), "schema.org", ALL)
    first, copy, undated, *_ = map(json.loads, (tmp_path / "articles.jsonl").read_text("utf-8").splitlines())
    text = first.pop("articleBody")
    assert text.endswith("Kata “penutup”\u00a0ini.")
    assert first == {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "identifier": "1",
        "url": "https://kabar.example/1",
        "headline": "Panen Raya",
        "datePublished": "2026-11-10T12:00:00+00:00",
        "dateModified": "2026-11-10T13:00:00.123456+00:00",
        "author": [{"name": "Siti Aminah"}, {"name": "B, C"}],
        "publisher": {
            "@type": "NewsMediaOrganization",
            "identifier": "kabar",
            "name": "Kabar",
            "url": "https://kabar.example/",
        },
        "articleSection": "Ekonomi",
        "dateline": "Kendari, Kabar",
        "keywords": ["beras"],
        "inLanguage": "id",
        "image": "https://kabar.example/1.jpg",
        "isAccessibleForFree": False,
        "interactionStatistic": {
            "@type": "InteractionCounter",
            "interactionType": "https://schema.org/ReadAction",
            "userInteractionCount": 953,
        },
        "wordCount": 242,
    }
    assert copy["publisher"] == {"@type": "NewsMediaOrganization", "identifier": "warta"}
    assert not {"datePublished", "author", "keywords", "image", "isAccessibleForFree"} & undated.keys()
