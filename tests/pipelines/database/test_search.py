"""Full-text search finds what a reader sees, whatever characters stand inside the words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.stories import Story, put, rows

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
