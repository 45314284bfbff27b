"""Any text goes the whole way from page to view: kept as it is, or repaired and counted, or rejected with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hostile.text_journeys import run
from hostile.texts import Input, generated, huge, written
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.database.connections import Connection, transaction

if TYPE_CHECKING:
    from collections import Counter


def gone_wrong(told: Counter[str]) -> list[str]:
    return [word for word in told if word.startswith(("crash", "unaccounted"))]


def tenfold(name: str) -> Input:
    return next(text for text in huge() if text.name == name)


def test_texts_that_break_programs_break_nothing(database_url: str) -> None:
    texts = list(generated(step=64))
    told = run(database_url, texts)
    assert gone_wrong(told) == []
    assert told["inputs"] == len(texts) > 1_000
    assert told["repaired"] > 100
    assert told["kept"] > 900


@pytest.mark.parametrize("name", ["10 MB, compounds", "10 MB, letters of four bytes"])
def test_ten_megabytes_in_one_paragraph_are_stored(database_url: str, name: str) -> None:
    assert run(database_url, [tenfold(name)]) == {"kept": 1, "inputs": 1}


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(st.characters(codec=None), max_size=80), min_size=10, max_size=50))
def test_any_text_at_all(database_url: str, database: Connection, texts: list[str]) -> None:
    with transaction(database) as cursor:
        cursor.execute("truncate lumbung.page, lumbung.article, lumbung.crawl cascade")
    assert gone_wrong(run(database_url, [written(ascii(text), text) for text in texts])) == []


def test_what_is_no_text_is_counted_in_the_ledger_and_beside_the_article(
    database_url: str, database: Connection
) -> None:
    run(database_url, [written("NUL", "a\0b"), Input("bytes", b"\xff\xfe\xfd"), written("plain", "padi")])
    with transaction(database) as cursor:
        cursor.execute("select repaired from news.all_articles order by article_id")
        counted = [count for (count,) in cursor]
        cursor.execute("select repaired, balanced from news.crawls")
        assert cursor.fetchall() == [(sum(counted), True)]
    # Both stand in title, keywords, heading and body; the NUL also in author, section and keywords of the data.
    assert counted == [7, 12, 0]


def test_a_very_long_text_is_found_by_its_beginning(database_url: str, database: Connection) -> None:
    assert run(database_url, [tenfold("10 MB, all words different")])["kept"] == 1
    with transaction(database) as cursor:
        cursor.execute(
            "select article_id in (select article_id from news.search('k0000042')), length(text) > 9900000"
            " from news.articles"
        )
        assert cursor.fetchall() == [(True, True)]
