"""README's SQL, run as its reader would, with what it says of the result."""

from __future__ import annotations

import re
import secrets
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import psycopg2
import pytest
from support.checkout import ROOT
from support.stories import NOON, Story, body, put

from pipelines.database.connections import Connection, Work, connect, transaction
from pipelines.database.roles import READER, login
from pipelines.duplicates.deduplicate import deduplicate

if TYPE_CHECKING:
    from collections.abc import Iterator

BLOCK = re.compile(r"```sql\n(.*?)```", re.DOTALL)


def statements() -> list[str]:
    text = "\n".join(BLOCK.findall((ROOT / "README.md").read_text("utf-8")))
    plain = re.sub(r"--.*", "", text)
    return [" ".join(each.split()) for each in plain.split(";") if each.strip()]


@pytest.fixture
def reader(database: Connection, database_url: str) -> Iterator[psycopg2.extensions.cursor]:
    put(
        database,
        [
            Story([*body(1), "Banjir merendam rumah warga."], headline="Kandahar Banjir", published_at=NOON),
            Story(body(1), "warta", headline="Salinan", published_at=NOON + timedelta(hours=1)),
            Story(body(2), headline="Tanpa Tanggal", published_at=None),
            Story(body(3), headline="Terbaru", published_at=NOON + timedelta(days=1)),
        ],
    )
    with closing(connect(database_url, work=Work.DEDUPLICATING)) as run:
        deduplicate(run)
    name = f"baca_{secrets.token_hex(4)}"
    login(database, name, READER, "rahasia")
    about = database.info
    with closing(
        psycopg2.connect(f"postgresql://{name}:rahasia@{about.host}:{about.port}/{about.dbname}")
    ) as connection:
        connection.autocommit = True
        yield connection.cursor()


def test_each_statement_runs_for_a_reader_but_those_that_change_something(
    reader: psycopg2.extensions.cursor, database: Connection
) -> None:
    found = statements()
    assert len(found) >= 12
    for statement in found:
        filled = statement.replace(":mark", "0")
        if re.match(r"(?:select|table)\b(?!.*take_down)", filled):
            reader.execute(filled)
        else:
            with pytest.raises(psycopg2.Error):
                reader.execute(filled)
            try:
                with transaction(database) as cursor:
                    cursor.execute(filled)
            except psycopg2.errors.RaiseException as raised:  # of an article that is not there
                assert "no article has the number" in str(raised)  # noqa: PT017 - only where it is raised


def asked(cursor: psycopg2.extensions.cursor, beginning: str) -> list[tuple[object, ...]]:
    (statement,) = [each for each in statements() if each.startswith(beginning)]
    cursor.execute(statement)
    return cursor.fetchall()


def test_their_results_are_what_the_text_says(reader: psycopg2.extensions.cursor) -> None:
    newest = asked(reader, "select headline, published_at, section from news.articles")
    assert [headline for headline, *_ in newest] == ["Terbaru", "Kandahar Banjir", "Tanpa Tanggal"]
    ((headline, snippet),) = asked(reader, "select a.headline, s.snippet from news.search('banjir rumah')")
    assert headline == "Kandahar Banjir"
    assert "«Banjir» merendam «rumah»" in str(snippet)
    ((text,),) = asked(reader, "select text from news.article_text")
    assert str(text).startswith("Kandahar Banjir\n\nKandahar Banjir\n\n")
    ((publisher, headline, canonical, *_),) = asked(reader, "select publisher, headline, canonical_headline")
    assert (publisher, headline, canonical) == ("warta", "Salinan", "Kandahar Banjir")
