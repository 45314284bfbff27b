"""What a run of deduplication tells, and the rows it leaves, column by column."""

from __future__ import annotations

import re
from typing import Any

import pytest
from support.stories import Story, body, put, rows, weather

from pipelines.database.connections import Connection, transaction
from pipelines.duplicates.deduplicate import count_due, deduplicate, has_articles, run
from pipelines.duplicates.fingerprints import ALGORITHM, fingerprint
from pipelines.duplicates.matching import Match, compare


def told(connection: Connection, **wishes: Any) -> tuple[list[str], dict[str, int]]:
    """The lines of a run, without its speed, and what it returns."""
    lines: list[str] = []
    done = run(connection, lines.append, **wishes)
    for line in lines[wishes.get("recheck", False) :]:
        assert re.search(r", [\d,]+ a second$", line), line
    return [line.rpartition(", ")[0] if line.endswith(" a second") else line for line in lines], done


def test_a_run_tells_each_batch_of_how_many_are_due_and_returns_what_it_did_by_name(database: Connection) -> None:
    put(database, [Story(body(1), "a"), Story(body(1), "b"), Story(body(1)[:6], "c"), Story(body(2)), Story(body(3))])
    assert told(database, batch=2) == (
        [
            "2 of 5 articles, 0 pairs, 1 cluster changed",
            "4 of 5 articles, 2 pairs, 1 cluster changed",
            "5 of 5 articles, 2 pairs, 1 cluster changed",
        ],
        {"seen": 5, "exact": 1, "near": 2, "clusters": 1},
    )
    nothing = {"seen": 0, "exact": 0, "near": 0, "clusters": 0}
    assert told(database) == ([], nothing)
    assert told(database, publisher="a") == ([], nothing), "a publisher goes with a recheck"
    again = {"seen": 1, "exact": 0, "near": 1, "clusters": 0}
    assert told(database, recheck=True, publisher="a") == (
        ["looking again at 1 article of a", "1 of 1 article, 1 pair, 0 clusters changed"], again,
    )  # fmt: skip
    lines, done = told(database, recheck=True)
    assert lines == ["looking again at 5 articles", "5 of 5 articles, 2 pairs, 0 clusters changed"]
    assert done == {"seen": 5, "exact": 1, "near": 2, "clusters": 0}
    with transaction(database) as cursor:
        cursor.execute("insert into lumbung.deduplication_due select article_id from lumbung.article")
        cursor.execute("insert into lumbung.deduplication_due select article_id from lumbung.article")
        cursor.execute("update lumbung.fingerprint set algorithm = 0 where article_id > 3")
    assert count_due(database) == 7, (
        "an article that is listed twice is one; one that an older algorithm saw is another"
    )
    lines, _ = told(database, batch=500)
    assert lines[0].startswith("5 of 7 articles, ")


def test_a_run_ends_sessions_of_readers_that_would_keep_it_waiting(
    database: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    with transaction(database) as cursor:
        cursor.execute(
            "create or replace function lumbung.end_long_readers(longest interval default '10 minutes') returns int"
            " language sql as 'select 7'"
        )
    told(database)
    assert [record.getMessage() for record in caplog.records] == [
        "ended 7 sessions of readers whose transaction was too old"
    ]


def test_whether_a_publisher_has_articles_is_known_without_its_file(database: Connection) -> None:
    put(database, [Story(body(1), "a")])
    assert [has_articles(database, key) for key in ("a", "b", "")] == [True, False, False]


def test_every_column_of_a_fingerprint_and_of_a_pair_says_what_it_is_named_after(database: Connection) -> None:
    """Looked up beside what the pure functions say of the same texts."""
    stories = [Story(body(1), "a"), Story([*body(1)[:6], *body(9, 1)], "b", "Ramai"), Story(weather(3, 20, 5), "c")]
    numbers = put(database, stories)
    deduplicate(database)
    prints = {
        number: fingerprint(story.publisher, story.headline, story.paragraphs, story.published_at)
        for number, story in zip(numbers, stories, strict=True)
    }
    stored = rows(
        database,
        "select f.article_id, f.text_hash = a.text_hash, f.clean_hash::text, f.words, f.keys, f.sampled, f.algorithm"
        " from lumbung.fingerprint f join lumbung.article a using (article_id) order by 1",
    )
    assert stored == [
        (number, True, str(seen.clean_hash), seen.words, list(seen.keys), seen.sampled, ALGORITHM)
        for number, seen in prints.items()
    ]
    found = compare(prints[numbers[0]], prints[numbers[1]])
    assert isinstance(found, Match)
    pairs = rows(database, "select article_a, article_b, why, score::float8, rule, doubts from lumbung.near_duplicate")
    assert pairs == [(*numbers[:2], found.why, pytest.approx(found.score), found.rule, found.doubts)]
