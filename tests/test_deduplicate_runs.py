"""Runs of deduplication: they give the same whatever the batches, order and processes, and write only what changes."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from stories import Story, body, members, newsroom, put, rows

from pipelines.database import Connection, connect, transaction
from pipelines.deduplicate import Summary, deduplicate


def versions(connection: Connection) -> list[list[tuple[Any, ...]]]:
    """Where each row lies and which transactions wrote, locked or ended it."""
    return [
        rows(connection, "select ctid, xmin, xmax, t.* from lumbung.fingerprint t order by 1"),
        rows(connection, "select ctid, xmin, xmax, t.* from lumbung.fingerprint_key t order by 1"),
        rows(connection, "select ctid, xmin, xmax, t.* from lumbung.near_duplicate t order by 1"),
        rows(connection, "select ctid, xmin, xmax, t.* from lumbung.cluster_member t order by 1"),
    ]


def forget_everything(connection: Connection) -> None:
    with transaction(connection) as cursor:
        cursor.execute(
            "truncate lumbung.fingerprint, lumbung.fingerprint_key, lumbung.near_duplicate, lumbung.cluster_member"
        )


def test_a_second_run_writes_no_row(database: Connection) -> None:
    put(database, newsroom())
    deduplicate(database)
    before = versions(database)
    assert all(before)
    assert deduplicate(database) == Summary()
    assert versions(database) == before


def test_a_new_article_rewrites_only_its_own_cluster(database: Connection) -> None:
    put(database, [Story(body(seed), f"p{copy}") for seed in (1, 2) for copy in (1, 2)])
    deduplicate(database)
    (known,) = rows(database, "select array_agg((ctid, xmin)::text) from lumbung.cluster_member")
    put(database, [Story(body(2)[:6], "p3")])
    assert deduplicate(database).clusters == 1
    (now,) = rows(database, "select array_agg((ctid, xmin)::text) from lumbung.cluster_member")
    assert set(known[0]) < set(now[0])


@pytest.mark.parametrize("batch", [1, 7])
def test_the_size_of_batches_does_not_matter(database: Connection, batch: int) -> None:
    put(database, newsroom())
    at_once = deduplicate(database)
    expected_rows = members(database)
    assert len(expected_rows) > 30
    forget_everything(database)
    done = deduplicate(database, batch=batch)
    assert (done.seen, done.exact, done.near) == (at_once.seen, at_once.exact, at_once.near)
    assert members(database) == expected_rows


def test_the_order_of_arrival_does_not_matter(database: Connection) -> None:
    """Articles are processed one by one in a shuffled order of their numbers, as when slow crawls commit late."""
    stories = newsroom()
    put(database, stories)
    deduplicate(database)
    in_order = members(database)
    forget_everything(database)
    with transaction(database) as cursor:
        cursor.execute("truncate lumbung.article cascade")
        cursor.execute("delete from lumbung.page")
    numbers = list(range(1, len(stories) + 1))
    random.Random(3).shuffle(numbers)  # noqa: S311 - the same order every time
    for number in numbers:
        put(database, [stories[number - 1]], first=number)
        assert deduplicate(database).seen == 1
    assert members(database) == in_order


def test_two_runs_at_once_share_the_work_and_find_the_same(database: Connection, database_url: str) -> None:
    put(database, newsroom())
    alone = deduplicate(database)
    expected_rows = members(database)
    forget_everything(database)

    def run(batch: int) -> Summary:
        connection = connect(database_url)
        try:
            return deduplicate(connection, batch=batch)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(run, [3, 2]))
    assert sum(each.seen for each in done) == alone.seen
    assert members(database) == expected_rows


def test_a_run_that_dies_is_continued_by_the_next(database: Connection) -> None:
    put(database, newsroom())
    deduplicate(database)
    expected_rows = members(database)
    forget_everything(database)

    def die(done: Summary) -> None:
        raise InterruptedError(str(done.seen))

    for _ in range(3):
        with pytest.raises(InterruptedError, match="10"):
            deduplicate(database, batch=10, progress=die)
    assert deduplicate(database).seen == 30
    assert members(database) == expected_rows


def test_a_limit_is_kept_and_progress_is_told(database: Connection) -> None:
    put(database, newsroom(20))
    told: list[int] = []
    assert deduplicate(database, batch=3, limit=8, progress=lambda done: told.append(done.seen)).seen == 8
    assert told == [3, 6, 8]
    assert deduplicate(database).seen == 12


def test_another_algorithm_sees_everything_again(database: Connection) -> None:
    put(database, newsroom(20))
    deduplicate(database)
    known = members(database)
    with transaction(database) as cursor:
        cursor.execute("update lumbung.fingerprint set algorithm = 0")
    assert deduplicate(database, batch=6).seen == 20
    assert members(database) == known
