"""Texts remembered from batch to batch: always the stored version, never more words than allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg2.extensions
from support.stories import Story, body, clusters, put

from pipelines.database.connections import transaction
from pipelines.database.statements import query
from pipelines.duplicates.deduplicate import deduplicate, look_again
from pipelines.duplicates.texts import Texts

if TYPE_CHECKING:
    from typing import Any

    from pipelines.database.connections import Connection


class Counting(psycopg2.extensions.cursor):
    """Counts the articles whose texts are read."""

    texts = 0

    def execute(self, statement: Any, parameters: Any = None) -> None:
        if statement == query("read_articles"):
            Counting.texts += len(parameters["articles"])
        super().execute(statement, parameters)


def test_a_remembered_text_is_read_once_and_again_when_anything_of_it_changes(database: Connection) -> None:
    (number,) = put(database, [Story(body(1), headline="Judul Lama")])
    texts = Texts()
    with transaction(database) as cursor:
        (first,) = texts.read(cursor, [number])
        (again,) = texts.read(cursor, [number])
    assert again is first
    with transaction(database) as cursor:
        cursor.execute("update lumbung.article set headline = 'Judul Baru' where article_id = %s", [number])
    with transaction(database) as cursor:
        (changed,) = texts.read(cursor, [number])
        assert changed.print.headline == ("judul", "baru")
        cursor.execute("delete from lumbung.article where article_id = %s", [number])
        assert list(texts.read(cursor, [number])) == []


def test_what_was_read_longest_ago_is_forgotten(database: Connection) -> None:
    numbers = put(database, [Story(body(seed)) for seed in range(4)])
    with transaction(database) as cursor:
        words = [text.print.words for text in Texts().read(cursor, numbers)]
        texts = Texts(words=words[2] + words[3])
        before = list(texts.read(cursor, numbers))
        after = list(texts.read(cursor, numbers[::-1]))
    assert [one is other for one, other in zip(before, after, strict=True)] == [False, False, True, True]


def test_a_run_reads_each_text_once(database: Connection) -> None:
    numbers = put(database, [Story(body(1), f"p{number}") for number in range(3)] + [Story(body(1)[:6], "p9")])
    deduplicate(database)
    look_again(database)
    Counting.texts = 0
    database.cursor_factory = Counting
    deduplicate(database, batch=1)
    assert Counting.texts == len(numbers)
    assert clusters(database) == {frozenset(numbers)}
