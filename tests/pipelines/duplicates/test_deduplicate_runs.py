"""Runs of deduplication: they give the same whatever the batches, order and processes, and write only what changes."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from support.checkout import ROOT
from support.stories import Story, body, clusters, members, newsroom, put, rows

from pipelines.database.connections import Connection, Work, connect, transaction
from pipelines.duplicates.deduplicate import Summary, count_due, deduplicate, look_again

if TYPE_CHECKING:
    from pathlib import Path


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
            "truncate lumbung.fingerprint, lumbung.fingerprint_key, lumbung.near_duplicate, lumbung.contradiction,"
            " lumbung.cluster_member"
        )
    look_again(connection)


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
    other = "select ctid, xmin, xmax, t.* from lumbung.cluster_member t where cluster_id = 1 order by 1"
    known = rows(database, other)
    assert len(known) == 2
    put(database, [Story(body(2)[:6], "p3")])
    assert deduplicate(database).clusters == 1
    assert rows(database, other) == known


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

    def one_of_two(batch: int) -> Summary:
        connection = connect(database_url)
        try:
            return deduplicate(connection, batch=batch)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(one_of_two, [3, 2]))
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


def test_what_is_new_comes_before_what_an_older_algorithm_saw(database: Connection) -> None:
    put(database, newsroom(20))
    deduplicate(database)
    with transaction(database) as cursor:
        cursor.execute("update lumbung.fingerprint set algorithm = 0")
    (new,) = put(database, [Story(body(99))])
    assert count_due(database) == 21
    assert deduplicate(database, limit=1).seen == 1
    assert rows(database, "select article_id from lumbung.fingerprint where algorithm > 0") == [(new,)]


def test_another_algorithm_drops_no_pair_while_it_sees_everything_again(database: Connection) -> None:
    """As when keys and hashes of two algorithms have nothing in common: old pairs hold until both have been seen."""
    put(database, newsroom())
    deduplicate(database)
    stored = "select article_a, article_b, why from lumbung.near_duplicate"
    known, pairs = members(database), set(rows(database, stored))
    assert pairs
    with transaction(database) as cursor:
        cursor.execute(
            "update lumbung.fingerprint set algorithm = 0, keys = '{}', clean_hash = md5(clean_hash::text)::uuid"
        )
        cursor.execute("truncate lumbung.fingerprint_key")
    while count_due(database):
        deduplicate(database, batch=4, limit=4)
        assert pairs <= set(rows(database, stored))
    assert members(database) == known


def test_looking_again_at_one_publisher_or_all_changes_nothing(database: Connection) -> None:
    put(database, newsroom())
    deduplicate(database)
    known = members(database)
    mine = rows(database, "select count(*) from lumbung.article where publisher = 'p1'")[0][0]
    assert look_again(database, "p1") == mine == count_due(database)
    assert deduplicate(database, batch=5).seen == mine
    assert look_again(database) == 60
    assert deduplicate(database, batch=11).seen == 60
    assert members(database) == known


def test_stories_numbered_in_another_order_are_the_same_stories(database: Connection) -> None:
    stories = newsroom()
    put(database, stories)
    deduplicate(database)
    known = {frozenset(stories[number - 1].name for number in cluster) for cluster in clusters(database)}
    forget_everything(database)
    with transaction(database) as cursor:
        cursor.execute("truncate lumbung.article, lumbung.deduplication_due cascade")
        cursor.execute("delete from lumbung.page")
    random.Random(4).shuffle(stories)  # noqa: S311 - the same order every time
    numbers = put(database, stories)
    deduplicate(database)
    name = dict(zip(numbers, stories, strict=True))
    assert {frozenset(name[number].name for number in cluster) for cluster in clusters(database)} == known


def test_ten_kills_in_the_middle_of_a_batch_change_nothing(database: Connection, database_url: str) -> None:
    """Each run is ended by SIGKILL as soon as it has committed something, whatever it is at; the last one finishes."""
    put(database, newsroom(90))
    deduplicate(database)
    known = members(database)
    forget_everything(database)
    program = (
        "from pipelines.database.connections import connect; from pipelines.duplicates.deduplicate import deduplicate\n"
        f"deduplicate(connect({database_url!r}), batch=2, progress=lambda done: print(done.seen, flush=True))"
    )
    for _ in range(10):
        with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=ROOT) as run:
            assert run.stdout is not None
            assert run.stdout.readline() == b"2\n"
            run.kill()
    left = count_due(database)
    assert 0 < left <= 70
    assert deduplicate(database).seen == left
    assert members(database) == known


def test_the_command_works_under_the_limits_of_deduplication_and_not_of_a_reader(
    database: Connection, database_url: str
) -> None:
    put(database, [Story(body(1))])
    with transaction(database) as cursor:
        cursor.execute(
            "create table lumbung.seen (name text, setting text);"
            " create function lumbung.see() returns trigger language plpgsql as $$ begin"
            "   insert into lumbung.seen select name, setting from pg_settings where name like any"
            "   (array['statement_timeout', 'lock_timeout', 'idle_in_transaction%']); return null; end $$;"
            " create trigger see after insert on lumbung.fingerprint execute function lumbung.see()"
        )
    command = [sys.executable, "-m", "pipelines.cli", "deduplicate"]
    subprocess.run(command, cwd=ROOT, check=True, env={**os.environ, "DATABASE_URL": database_url})
    statement, lock, idle = (str(seconds * 1000) for seconds in Work.DEDUPLICATING.value)
    assert Work.DEDUPLICATING.value > Work.READING.value
    wanted = [("idle_in_transaction_session_timeout", idle), ("lock_timeout", lock), ("statement_timeout", statement)]
    assert rows(database, "select * from lumbung.seen order by 1") == wanted


def test_past_the_cap_of_a_hot_key_order_only_adds_verified_pairs_and_looking_again_takes_them_away(
    database: Connection,
) -> None:
    """100 versions of one text: in order, each meets the 64 before it; two that came first met before the others."""
    versions_of_one = [Story(body(50) + body(200 + number, 1), f"p{number}") for number in range(100)]
    put(database, versions_of_one)
    deduplicate(database, batch=30)
    stored = "select article_a, article_b, why, score, rule from lumbung.near_duplicate order by 1, 2"
    in_order = rows(database, stored)
    assert {b - a for a, b, *_ in in_order} == set(range(1, 65))
    together = clusters(database)
    assert together == {frozenset(range(1, 101))}

    forget_everything(database)
    with transaction(database) as cursor:
        cursor.execute("truncate lumbung.article, lumbung.deduplication_due cascade")
        cursor.execute("delete from lumbung.page")
    for first in (1, 100):
        put(database, [versions_of_one[first - 1]], first=first)
    deduplicate(database)
    put(database, versions_of_one[1:99], first=2)
    deduplicate(database)
    assert {(a, b) for a, b, *_ in set(rows(database, stored)) - set(in_order)} == {(1, 100)}
    assert set(in_order) < set(rows(database, stored))
    assert clusters(database) == together

    look_again(database)
    deduplicate(database, batch=17)
    assert rows(database, stored) == in_order


def test_the_benchmark_writes_a_cluster_for_every_row_of_a_file(tmp_path: Path) -> None:
    """The contract: IN.jsonl -> OUT.jsonl through the real pipeline in a scratch database; one URL is one cluster."""
    texts = {"a": body(61), "b": body(61)[:5], "c": body(62), "d": body(63), "e": body(64)}
    urls = {"d": "https://www.kabar.example/berita/1", "e": "https://m.kabar.example/berita/1?utm_source=rss&page=all"}
    given, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    given.write_text(
        "".join(
            json.dumps({
                "id": name, "url": urls.get(name, f"https://www.{name}.example/x/{name}"), "text": "\n".join(text),
                "outlet": "kabar.example" if name in urls else f"{name}.example", "title": "Pasar Kampung Dibuka Lagi",
                "published_at": "2026-11-10T10:00:00+07:00",
            }) + "\n"
            for name, text in texts.items()
        )
    )  # fmt: skip
    subprocess.run(
        [sys.executable, "tests/benchmarks/deduplication.py", given, out], cwd=ROOT, check=True, capture_output=True
    )
    found = {row["id"]: row["cluster_id"] for row in map(json.loads, out.read_text().splitlines())}
    assert list(found) == list(texts)
    assert found["a"] == found["b"]
    assert found["d"] == found["e"]
    assert len(set(found.values())) == 3
