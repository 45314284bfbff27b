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
