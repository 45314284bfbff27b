"""New rules come to stored clusters: proposed, reported, and final with the run after the report."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from support.stories import Story, body, clusters, members, put, rows

from pipelines.database.connections import connect, transaction
from pipelines.duplicates.deduplicate import count_due, deduplicate, run
from pipelines.duplicates.fingerprints import ALGORITHM
from pipelines.duplicates.recheck import preview

if TYPE_CHECKING:
    from pipelines.database.connections import Connection

TEXT = body(1)
REPORT = "select algorithm, looked_at, parting, joining, shown, hidden, final_at is not null from lumbung.renewal"
EXAMPLES = "select change, article_id, other_id, reason from lumbung.renewal_example order by change, article_id"


@pytest.fixture
def stored(database: Connection) -> list[int]:
    """Clusters as an earlier version of the rules left them: two stories joined, a copy missed, one cluster right."""
    numbers = put(
        database,
        [
            *(Story(body(2), "a"), Story(body(3), "b"), Story(TEXT, "a"), Story(TEXT[:6], "b")),
            *(Story(body(4), "a"), Story(body(4), "b")),
        ],
    )
    deduplicate(database)
    wrong, other, original, copy, *_ = numbers
    with transaction(database) as cursor:
        cursor.execute("delete from lumbung.cluster_member where article_id in (%s, %s)", [original, copy])
        cursor.execute(
            "insert into lumbung.cluster_member (article_id, cluster_id, canonical, rule)"
            " values (%(a)s, %(a)s, true, 'old'), (%(b)s, %(a)s, false, 'old')",
            {"a": wrong, "b": other},
        )
        cursor.execute(
            "insert into lumbung.near_duplicate (article_a, article_b, why, score, rule)"
            " values (%s, %s, 'nearly the same text', 0.9, 'old')", [wrong, other],
        )  # fmt: skip
        cursor.execute("update lumbung.fingerprint set algorithm = %s", [ALGORITHM - 1])
    return numbers


def test_what_new_rules_change_is_reported_before_it_is_final(database: Connection, stored: list[int]) -> None:
    wrong, other, original, copy, first, second = stored
    before = members(database)
    untouched = f"select xmin::text from lumbung.cluster_member where article_id in ({first}, {second})"
    written = rows(database, untouched)
    said: list[str] = []
    assert run(database, said.append, batch=2)["seen"] == 6
    assert members(database) == before
    assert rows(database, REPORT) == [(ALGORITHM, 6, 1, 1, 1, 1, False)]
    parts, joins = sorted(rows(database, EXAMPLES), reverse=True)
    assert parts[:3] == ("parts", other, wrong)
    assert joins[:3] == ("joins", copy, original)
    assert joins[3].startswith("No contradiction")
    assert any("1 clusters would lose members" in line for line in said)
    assert "Nothing of it is final before the next run" in said[-1]
    assert count_due(database) == 0
    said.clear()
    run(database, said.append)
    assert clusters(database) == {frozenset({original, copy}), frozenset({first, second})}
    assert rows(database, REPORT) == [(ALGORITHM, 6, 1, 1, 1, 1, True)]
    assert rows(database, untouched) == written
    assert any("is final" in line for line in said)
    known = members(database)
    deduplicate(database)
    assert members(database) == known


def test_new_rules_that_change_nothing_are_final_at_once(database: Connection) -> None:
    put(database, [Story(TEXT, "a"), Story(TEXT, "b")])
    deduplicate(database)
    known = rows(database, "select xmin::text, * from lumbung.cluster_member order by 2")
    with transaction(database) as cursor:
        cursor.execute("update lumbung.fingerprint set algorithm = %s", [ALGORITHM - 1])
    deduplicate(database)
    assert rows(database, REPORT) == [(ALGORITHM, 2, 0, 0, 0, 0, True)]
    assert rows(database, "select xmin::text, * from lumbung.cluster_member order by 2") == known


def test_what_comes_while_changes_are_proposed_is_decided_at_once_with_all_that_it_touches(
    database: Connection, stored: list[int]
) -> None:
    wrong, _, original, copy, *right = stored
    deduplicate(database)
    numbers = put(database, [Story(TEXT, "c"), Story(body(2), "c")], first=100)
    deduplicate(database, limit=2)
    assert clusters(database) == {
        frozenset({original, copy, numbers[0]}), frozenset({wrong, numbers[1]}), frozenset(right)
    }  # fmt: skip
    assert rows(database, "select * from lumbung.cluster_proposed") == []


def test_an_article_that_is_deleted_takes_its_proposed_cluster_with_it(database: Connection, stored: list[int]) -> None:
    _, _, original, copy, *right = stored
    deduplicate(database)
    with transaction(database) as cursor:
        cursor.execute("delete from lumbung.article where article_id = %s", [original])
    deduplicate(database)
    deduplicate(database)
    assert clusters(database) == {frozenset(right)}
    assert rows(database, "select article_id from lumbung.cluster_member where article_id = " + str(copy)) == []


def test_a_report_that_another_run_wrote_meanwhile_is_final_with_the_next_run_only(
    database: Connection, database_url: str, stored: list[int]
) -> None:
    before = members(database)
    deduplicate(database, limit=2)
    said: list[str] = []
    with closing(connect(database_url)) as another:

        def report_meanwhile(_: object) -> None:
            if not count_due(another):
                deduplicate(another)

        deduplicate(database, batch=2, progress=report_meanwhile, say=said.append)
    assert (members(database), said) == (before, [])
    assert rows(database, REPORT) == [(ALGORITHM, 6, 1, 1, 1, 1, False)]
    deduplicate(database)
    assert clusters(database) == {frozenset(stored[2:4]), frozenset(stored[4:])}


def test_a_report_is_written_again_where_rules_change_again_before_it_is_final(
    database: Connection, stored: list[int]
) -> None:
    deduplicate(database)
    with transaction(database) as cursor:
        cursor.execute("update lumbung.fingerprint set algorithm = %s where article_id = %s", [0, stored[0]])
    before = members(database)
    deduplicate(database)
    assert members(database) == before
    assert rows(database, REPORT) == [(ALGORITHM, 6, 1, 1, 1, 1, False)]


def test_a_preview_shows_what_is_proposed_too(database: Connection, stored: list[int]) -> None:
    deduplicate(database)
    changes = preview(database, lambda _: None, publisher="b")
    assert (changes.parting, changes.joining) == (1, 1)
    assert rows(database, REPORT) == [(ALGORITHM, len(stored), 1, 1, 1, 1, False)]
