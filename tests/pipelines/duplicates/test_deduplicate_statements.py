"""Statements of deduplication at their bounds, over fingerprints that are made up: which articles each gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from support.stories import NOON, Story, put, rows

from pipelines.database.connections import Connection, transaction
from pipelines.database.statements import query
from pipelines.duplicates.deduplicate import CANDIDATES
from pipelines.duplicates.fingerprints import ALGORITHM

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MANY = 140


@pytest.fixture
def made_up(database: Connection) -> Connection:
    """A hundred and forty articles that nobody has looked at."""
    put(database, [Story([f"Isi {number}."], "ab"[number % 2]) for number in range(1, MANY + 1)], first=1)
    with transaction(database) as cursor:
        cursor.execute("delete from lumbung.deduplication_due")
    return database


def seen(
    database: Connection,
    keys: Mapping[int, Sequence[int]],
    *,
    sampled: Mapping[int, int] | int = 1,
    same: Sequence[int] = (),
    algorithm: Mapping[int, int] | None = None,
) -> None:
    """Fingerprints of these keys in place of those there are; of those in `same` the text is the same."""
    with transaction(database) as cursor:
        cursor.execute("delete from lumbung.fingerprint")
        for number, mine in keys.items():
            clean = "same" if number in same else str(number)
            of = sampled if isinstance(sampled, int) else sampled.get(number, 1)
            cursor.execute(
                "insert into lumbung.fingerprint values (%s, md5('x')::uuid, md5(%s)::uuid, 100, %s, %s, %s)",
                [number, clean, list(mine), of, (algorithm or {}).get(number, ALGORITHM)],
            )
        cursor.execute(query("insert_keys"), {"articles": list(keys)})


def ask(database: Connection, name: str, **values: Any) -> list[tuple[Any, ...]]:
    with transaction(database) as cursor:
        cursor.execute(query(name), values)
        return cursor.fetchall() if cursor.description else []


def candidates(database: Connection, *articles: int) -> list[tuple[Any, ...]]:
    return ask(database, "find_candidates", articles=list(articles), **CANDIDATES)


def numbers(found: list[tuple[Any, ...]]) -> list[int]:
    return sorted(number for (number,) in found)


def test_by_one_key_an_article_meets_the_sixteen_nearest_and_by_two_the_sixty_four_nearest(made_up: Connection) -> None:
    seen(made_up, {number: [7] for number in range(1, MANY + 1)})
    assert candidates(made_up, 70) == [*((a, 70) for a in range(54, 70)), *((70, b) for b in range(71, 87))]
    seen(made_up, {number: [7, -8] for number in range(1, MANY + 1)})
    assert candidates(made_up, 70) == [*((a, 70) for a in range(6, 70)), *((70, b) for b in range(71, 135))]
    assert candidates(made_up, MANY) == [(a, MANY) for a in range(MANY - 64, MANY)]
    assert candidates(made_up, 1, 2)[-1] == (2, 66)
    every = candidates(made_up, *range(1, MANY + 1))
    assert every == sorted({(a, b) for a in range(1, MANY + 1) for b in range(a + 1, min(a + 64, MANY) + 1)})


def test_candidates_share_enough_of_the_smaller_sample_and_are_no_equal_texts(made_up: Connection) -> None:
    shared = {1: [7, 8], 2: [7, 8, 1], 3: [8, 7, 2], 4: [7, 8, 3], 5: [9], 6: [7, 8, 4]}
    sizes = {1: 100, 2: 13, 3: 14, 4: 2, 5: 1, 6: 3}
    seen(made_up, shared, sampled=sizes, same=(1, 6))
    assert candidates(made_up, 1) == [(1, 2), (1, 4)], "2 of 13 is enough, 2 of 14 is not"
    assert candidates(made_up, 3) == [(2, 3), (3, 4), (3, 6)]
    seen(made_up, {1: [7], 2: [7]}, sampled={1: 6, 2: 100})
    assert candidates(made_up, 1) == candidates(made_up, 2) == [(1, 2)]
    seen(made_up, {1: [7], 2: [7]}, sampled={1: 7, 2: 7})
    assert candidates(made_up, 1) == []


def test_keys_are_stored_for_the_articles_that_are_named(made_up: Connection) -> None:
    seen(made_up, {1: [3, -1], 2: [3], 5: []})
    assert rows(made_up, "select key, article_id from lumbung.fingerprint_key order by 1, 2") == [
        (-1, 1),
        (3, 1),
        (3, 2),
    ]


def test_what_is_due_is_taken_by_number_once_and_struck_off(made_up: Connection) -> None:
    with transaction(made_up) as cursor:
        cursor.execute("insert into lumbung.deduplication_due select unnest(array[9, 3, 3, 7, 5]::bigint[])")
    assert ask(made_up, "count_due", algorithm=ALGORITHM) == [(4,)]
    assert ask(made_up, "take_due", batch=2) == [(3,), (5,)]
    assert rows(made_up, "select article_id from lumbung.deduplication_due order by 1") == [(7,), (9,)]
    ask(made_up, "look_again", publisher="a")
    assert ask(made_up, "count_due", algorithm=ALGORITHM) == [(MANY // 2 + 2,)]
    ask(made_up, "look_again", publisher=None)
    assert ask(made_up, "count_due", algorithm=ALGORITHM) == [(MANY,)]


def test_what_an_older_algorithm_saw_is_taken_oldest_first_and_keeps_its_pairs(made_up: Connection) -> None:
    old = {1: ALGORITHM - 1, 2: ALGORITHM - 2, 3: ALGORITHM, 4: ALGORITHM - 1, 5: ALGORITHM - 1, 6: ALGORITHM + 1}
    seen(made_up, {number: [] for number in old}, algorithm=old, same=(1, 4, 5, 6))
    assert ask(made_up, "take_outdated", batch=3, algorithm=ALGORITHM) == [(2,), (1,), (4,)]
    assert ask(made_up, "take_outdated", batch=9, algorithm=ALGORITHM) == [(2,), (1,), (4,), (5,)]
    assert ask(made_up, "count_due", algorithm=ALGORITHM) == [(4,)]
    pairs = [
        (1, 2, "a", 0.5, "r", 1),
        (1, 3, "b", 0.5, "r", 0),
        (2, 5, "c", 0.25, "s", 2),
        (3, 4, "d", 0.75, "t", 3),
        (3, 6, "e", 1, "", 0),
    ]
    with transaction(made_up) as cursor:
        for pair in pairs:
            cursor.execute("insert into lumbung.near_duplicate (article_a, article_b, why, score, rule, doubts)"
                           " values (%s, %s, %s, %s, %s, %s)", pair)  # fmt: skip
    twin = ("same text", 1.0, "equal after cleaning", 0)

    def kept(*articles: int, hot: int = 64) -> list[tuple[Any, ...]]:
        found = ask(made_up, "outdated_pairs", articles=list(articles), algorithm=ALGORITHM, hot=hot)
        return sorted(found)

    assert kept(1) == [(1, 2, "a", 0.5, "r", 1), (1, 4, *twin), (1, 5, *twin)]
    assert kept(1, hot=1) == [(1, 2, "a", 0.5, "r", 1), (1, 4, *twin)]
    assert kept(3) == [(1, 3, "b", 0.5, "r", 0), (3, 4, "d", 0.75, "t", 3)], "with others of an earlier one"
    assert kept(1, 2) == [(1, 4, *twin), (1, 5, *twin), (2, 5, "c", 0.25, "s", 2)], "none between the two"
    assert kept(6) == []
    assert kept(5) == [(2, 5, "c", 0.25, "s", 2)], "a pair of equal texts is kept by the lower number"


def test_whatever_was_tied_to_a_revised_article_is_looked_at_with_it(made_up: Connection) -> None:
    def tied(*articles: int) -> list[int]:
        seen(made_up, {number: [number] for number in range(1, 12)}, same=(1, 2))
        with transaction(made_up) as cursor:
            cursor.execute("insert into lumbung.near_duplicate (article_a, article_b, why, score) values"
                           " (3, 4, 'x', 1), (4, 5, 'x', 1), (10, 11, 'x', 1)")  # fmt: skip
            cursor.execute("insert into lumbung.contradiction values (6, 7), (7, 8), (9, 10)")
            cursor.execute(query("forget_fingerprints"), {"articles": list(articles)})
            found = numbers(cursor.fetchall())
        left = [number for (number,) in rows(made_up, "select article_id from lumbung.fingerprint order by 1")]
        assert left == [number for number in range(1, 12) if number not in articles]
        return found

    assert tied(1) == [1, 2]
    assert tied(4) == [3, 4, 5]
    assert tied(7) == [6, 7, 8]
    assert tied(10) == [9, 10, 11]
    assert tied(3, 9) == [3, 4, 9, 10]
    assert tied() == []


def test_pairs_with_doubts_are_those_of_the_articles_that_are_named(made_up: Connection) -> None:
    seen(made_up, {number: [] for number in range(1, 7)})
    with transaction(made_up) as cursor:
        cursor.execute("insert into lumbung.near_duplicate (article_a, article_b, why, score, doubts) values"
                       " (1, 2, 'x', 1, 1), (2, 3, 'x', 1, 0), (4, 5, 'x', 1, 2)")  # fmt: skip
    assert numbers(ask(made_up, "doubted", articles=[1, 2, 3, 6])) == [1, 2]
    assert numbers(ask(made_up, "doubted", articles=[3, 5])) == [5]
    assert numbers(ask(made_up, "doubted", articles=[4, 3])) == [4]


def test_everything_that_pairs_or_equal_texts_connect_is_read_with_what_is_known_of_it(made_up: Connection) -> None:
    seen(made_up, {number: [] for number in range(1, 13)}, same=(2, 3))
    with transaction(made_up) as cursor:
        cursor.execute("insert into lumbung.near_duplicate (article_a, article_b, why, score, rule, doubts) values"
                       " (1, 2, 'x', 0.5, 'r', 0), (3, 4, 'y', 0.25, 's', 2), (4, 5, 'z', 1, 't', 0),"
                       " (6, 7, 'x', 1, 'r', 0)")  # fmt: skip
        cursor.execute("insert into lumbung.contradiction values (1, 8), (1, 9), (1, 10), (2, 8), (2, 9), (4, 8),"
                       " (4, 9), (3, 4)")  # fmt: skip
        cursor.execute("update lumbung.fingerprint set words = article_id * 10")
        cursor.execute("update lumbung.article set gone_at = now() where article_id = 3")
        cursor.execute("update lumbung.article set published_at = null where article_id = 5")
        cursor.execute(
            "select md5('same')::uuid::text, md5('1')::uuid::text, md5('4')::uuid::text, md5('5')::uuid::text"
        )
        same, one, four, five = cursor.fetchone() or ("",) * 4
    wanted = [
        (1, one, 10, NOON, False, True),
        (2, same, 20, NOON, False, False),
        (3, same, 30, NOON, True, False),
        (4, four, 40, NOON, False, True),
        (5, five, 50, None, False, False),
    ]
    for start in ([1], [5], [3], [1, 4]):
        assert sorted(ask(made_up, "read_components", articles=start, fillings=3)) == wanted, start
    assert numbers([row[:1] for row in ask(made_up, "read_components", articles=[6], fillings=3)]) == [6, 7]
    assert numbers([row[:1] for row in ask(made_up, "read_components", articles=[12], fillings=3)]) == [12]
    assert sorted(ask(made_up, "read_pairs", articles=[3, 4, 5])) == [
        (3, 4, "y", 0.25, "s", 2), (4, 5, "z", 1.0, "t", 0),
    ]  # fmt: skip


def test_only_rows_of_clusters_that_differ_are_written_and_each_column_tells_them_apart(made_up: Connection) -> None:
    names = ("members", "clusters", "canonical", "why", "scores", "tied_to", "rules")
    rows_of: list[tuple[Any, ...]] = [
        (1, 1, True, None, None, None, "first"),
        (2, 1, False, "a", 0.5, 1, "r"),
        (3, 1, False, "b", 0.25, 2, "s"),
    ]

    def written(wanted: list[tuple[Any, ...]], articles: Sequence[int] = (1, 2, 3, 4)) -> tuple[list[int], list[int]]:
        values = (
            dict(zip(names, map(list, zip(*wanted, strict=True)), strict=True)) if wanted else {n: [] for n in names}
        )
        with transaction(made_up) as cursor:
            cursor.execute(query("delete_changed_members"), {**values, "articles": list(articles)})
            dropped = numbers(cursor.fetchall())
            cursor.execute(query("insert_changed_members"), {**values, "articles": list(articles)})
            return dropped, numbers(cursor.fetchall())

    def stored() -> list[tuple[Any, ...]]:
        return rows(made_up, "select article_id, cluster_id, canonical, why, score, tied_to, rule"
                             " from lumbung.cluster_member order by 1")  # fmt: skip

    assert written(rows_of) == ([], [1, 1, 1])
    assert stored() == rows_of
    assert written(rows_of) == ([], [])
    for place, value in ((3, "c"), (4, 0.75), (5, 3), (6, "t")):
        changed = (*rows_of[1][:place], value, *rows_of[1][place + 1 :])
        rows_of[1] = changed
        assert written(rows_of) == ([1], [1]), names[place]
        assert stored() == rows_of
    moved = [(1, 1, False, "a", 0.5, 2, "r"), (2, 1, True, None, None, None, "first"), rows_of[2]]
    assert written(moved) == ([1, 1], [1, 1]), "the mark"
    assert stored() == moved
    apart = [rows_of[0], (2, 1, False, "a", 0.5, 1, "r"), (3, 3, True, None, None, None, "x"),
             (4, 3, False, "a", 0.5, 3, "r")]  # fmt: skip
    assert written(apart) == ([1, 1, 1], [1, 1, 3, 3])
    assert stored() == apart
    assert written([], [4]) == ([3], [])
    assert stored() == apart[:3]


def test_articles_of_a_batch_meet_those_that_lie_between_them(made_up: Connection) -> None:
    seen(made_up, {1: [7], 3: [7], 5: [7]})
    assert candidates(made_up, 1, 5) == [(1, 3), (1, 5), (3, 5)]
    assert candidates(made_up, 1, 3, 5) == [(1, 3), (1, 5), (3, 5)]


def test_articles_of_one_address_are_paired_once_both_are_seen_and_for_those_that_are_named(
    made_up: Connection,
) -> None:
    with transaction(made_up) as cursor:
        for number, address in {1: "x", 2: "x", 3: "y", 4: "y", 5: "x"}.items():
            cursor.execute("update lumbung.article set declared_url = 'https://b.example/' || %s where article_id = %s",
                           [address, number])  # fmt: skip
    seen(made_up, {number: [] for number in (1, 2, 3, 4)})
    with transaction(made_up) as cursor:
        cursor.execute(
            "insert into lumbung.near_duplicate values (1, 2, 'old', 0.5, 'r', 3), (1, 3, 'old', 0.5, 'r', 3)"
        )
    ask(made_up, "pair_addresses", articles=[2])
    stored = "select article_a, article_b, why, score, rule, doubts from lumbung.near_duplicate order by 1, 2"
    pair, other = (1, 2, "same address", 1.0, "same address", 0), (1, 3, "old", 0.5, "r", 3)
    assert rows(made_up, stored) == [pair, other]
    ask(made_up, "pair_addresses", articles=[1, 2, 3])
    assert rows(made_up, stored) == [pair, other, (3, 4, "same address", 1.0, "same address", 0)]
