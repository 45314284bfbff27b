"""Full-text search finds what a reader sees, whatever characters stand inside the words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.stories import Story, put, rows

from pipelines.database.connections import transaction

if TYPE_CHECKING:
    from pipelines.database.connections import Connection


@pytest.mark.parametrize("mark", [0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x200E, 0x202C, 0x61C, 0xFE0F])
def test_words_are_found_with_invisible_characters_inside(database: Connection, mark: int) -> None:
    hidden = chr(mark)
    text = f"Saluran iri{hidden}gasi di Rengas{hidden}dengklok sudah diperbaiki warga."
    put(database, [Story([text], headline=f"Panen Ke{hidden}bun")])
    for word in ("irigasi", "rengasdengklok", "kebun", "saluran"):
        found = f"select count(*) from news.search('{word}')"
        assert rows(database, found) == [(1,)], word
    assert rows(database, "select paragraphs[1] from news.articles") == [(text,)]  # what is stored is as printed


@pytest.mark.parametrize(
    ("printed", "asked"),
    [
        ("Beyonc\u00e9", ["beyonce", "beyonc\u00e9", "Beyonce\u0301", "BEYONCE"]),
        ("Beyonce\u0301", ["beyonce", "beyonc\u00e9"]),
        ("Mbapp\u00e9-Ozil", ["mbappe", "ozil"]),
        ("\u00d6zil", ["ozil", "\u00f6zil"]),
        ("Kapten", ["kapten", "k\u00e1pten"]),
        ("\ud55c\uad6d", ["\ud55c\uad6d"]),
    ],
)
def test_accents_are_of_no_account(database: Connection, printed: str, asked: list[str]) -> None:
    (number, _, other) = put(
        database,
        [
            Story([f"Penyanyi {printed} tiba di Jakarta."], headline="Konser"),
            Story(["Tidak ada yang tiba."], headline="Kosong"),
            Story(["Tidak ada."], headline=f"Kedatangan {printed}"),
        ],
    )
    for words in asked:
        found = rows(database, f"select article_id from news.search('{words}') order by 1")
        assert found == [(number,), (other,)], words
        assert rows(database, f"select news.search_count('{words}')") == [(2,)]
        without = f"select article_id from news.search('tiba -{words}')"
        assert number not in {each for (each,) in rows(database, without)}
    ((snippet,),) = rows(database, f"select snippet from news.search('{printed} jakarta')")
    assert f"\u00ab{printed.partition('-')[0]}" in str(snippet)


def test_queries_that_readers_build_themselves_find_what_is_printed(database: Connection) -> None:
    put(database, [Story(["Penyanyi Beyonc\u00e9 tiba."])])
    found = "select count(*) from news.articles where search @@ websearch_to_tsquery('indonesian', 'beyonc\u00e9 tiba')"
    assert rows(database, found) == [(1,)]


def test_a_text_of_any_size_with_accents_is_stored(database: Connection) -> None:
    words = " ".join(f"kat\u00e9{number}" for number in range(40_000))
    put(database, [Story([words[:size]]) for size in (80_000, 90_000, 400_000)])
    for asked in ("kat\u00e97", "kate7", "kat\u00e98000"):
        assert rows(database, f"select count(*) from news.search('{asked}')") == [(3,)]
    assert rows(database, "select count(*) from news.search('kat\u00e917000')") == [(1,)]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("search @@ websearch_to_tsquery('indonesian', 'penyanyi \"tiba di\"')", 1),
        ("search @@ to_tsquery('indonesian', 'tiba & !jakarta')", 1),
        ("search @@ plainto_tsquery('indonesian', 'tiba')", 2),
        ("search @@ 'tiba & jakarta'", 1),  # a bare literal: words as they are stored
        ("search @@ 'tiba:A'", 0),
        ("ts_rank(search::tsvector, to_tsquery('indonesian', 'jakarta')) > 0", 1),
        ("not search @@ to_tsquery('indonesian', 'tiba')", 1),
    ],
)
@pytest.mark.parametrize("path", ["", 'set search_path = "$user", public', "set search_path = news"])
def test_the_search_column_is_asked_as_people_write_it(database: Connection, asked: str, found: int, path: str) -> None:
    put(database, [Story(["Penyanyi tiba di Jakarta."]), Story(["Hujan tiba."]), Story(["Panen."])])
    with transaction(database) as cursor:
        cursor.execute(path or "select")
        cursor.execute(f"select count(*) from news.articles where {asked}")
        assert cursor.fetchone() == (found,)
        cursor.execute("reset search_path")


def test_every_client_can_read_whatever_a_view_gives(database: Connection) -> None:
    # What connectorx, the default engine of polars, knows of what we have; it gives up a result for one other column.
    plain = {"bool", "int4", "int8", "float4", "float8", "text", "date", "timestamptz", "_text", "_int8"}
    views = [name for (name,) in rows(database, "select viewname from pg_views where schemaname = 'news'")]
    assert len(views) >= 15
    names = dict(rows(database, "select oid, typname from pg_type"))
    for view in views:
        with transaction(database) as cursor:
            cursor.execute(f"select * from news.{view} limit 0")
            given = {each.name: each.type_code for each in cursor.description or ()}
        assert {name: names[code] for name, code in given.items() if names[code] not in plain} == {}, view
