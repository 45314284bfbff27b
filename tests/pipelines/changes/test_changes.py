"""The feed: every change of what a reader sees, in the order of commits, whoever writes and however it ends."""

from __future__ import annotations

import itertools
import secrets
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING, Any

import psycopg2
import pytest
from support.feed_copy import Copy
from support.stories import NOON, Story, body, put, revise, rows

from pipelines.database import migrate as migrating
from pipelines.database.connections import Connection, Work, connect, transaction
from pipelines.database.migrate import migrations
from pipelines.duplicates.deduplicate import deduplicate

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipelines.stack.postgres import Server


def feed(database: Connection, above: int = 0) -> list[tuple[Any, ...]]:
    return rows(database, f"select article_id, what from news.changes where change_id > {above} order by change_id")


def mark(database: Connection) -> int:
    return int(rows(database, "select coalesce(max(change_id), 0) from news.changes")[0][0])


def do(database: Connection, statement: str) -> None:
    with transaction(database) as cursor:
        cursor.execute(statement)


def until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("update lumbung.article set section = 'Daerah' where article_id = 1", [(1, "fields")]),
        ("update lumbung.article set reads = 7 where article_id = 1", [(1, "fields")]),
        ("update lumbung.article set gone_at = now() where article_id = 1", [(1, "gone")]),
        ("update lumbung.article set section = section where article_id = 1", []),
        ("delete from lumbung.article where article_id = 1", [(1, "deleted")]),
        ("truncate lumbung.article cascade", [(1, "deleted"), (2, "deleted"), (3, "deleted")]),
        (
            """update lumbung.article set gone_at = now() where article_id = 2;
            update lumbung.article set gone_at = null, section = 'x' where article_id = 2""",
            [(2, "back"), (2, "gone")],
        ),
        (
            """alter table lumbung.article add column later int;
            update lumbung.article set later = 1 where article_id = 3""",
            [(3, "fields")],
        ),
    ],
)
def test_what_changes_an_article_is_in_the_feed_whoever_does_it(
    database: Connection, statement: str, what: list[Any]
) -> None:
    put(database, [Story(body(number)) for number in range(3)])
    assert feed(database) == [(1, "new"), (2, "new"), (3, "new")]
    before = mark(database)
    do(database, statement)
    assert feed(database, before) == what


def test_a_revision_is_told_as_such(database: Connection) -> None:
    (number,) = put(database, [Story(body(1))])
    revise(database, number, body(2))
    assert feed(database) == [(1, "new"), (1, "revised")]
    latest = rows(database, "select what, latest from news.changes order by change_id")
    assert latest == [("new", False), ("revised", True)]
    assert rows(database, "select changed_id from news.all_articles") == [(mark(database),)]


def test_all_of_a_story_that_others_see_changed_is_told_and_nothing_else(database: Connection) -> None:
    told = [Story(body(1), "kabar"), Story(body(1), "warta"), Story(body(1), "koran"), Story(body(9))]
    one, two, three, alone = put(database, told)
    before = mark(database)
    deduplicate(database)
    assert feed(database, before) == [(one, "cluster"), (two, "cluster"), (three, "cluster")]
    seen = "select article_id, cluster_id, canonical, canonical_article_id, copies from news.all_articles order by 1"
    assert rows(database, seen) == [
        (one, 1, True, one, 2), (two, 1, False, one, 0), (three, 1, False, one, 0), (alone, None, True, alone, 0),
    ]  # fmt: skip
    before = mark(database)
    deduplicate(database)
    put_out = "delete from lumbung.cluster_member where article_id = 3"
    do(database, f"{put_out}; insert into lumbung.cluster_member values (3, 1, false)")
    assert feed(database, before) == [], "in the end nothing has changed"
    # The canonical article goes: the other two are told of it although nobody has looked at them yet.
    do(database, f"delete from lumbung.article where article_id = {one}")
    assert feed(database, before) == [(one, "deleted"), (two, "cluster"), (three, "cluster")]
    deduplicate(database)
    assert rows(database, seen)[:2] == [(two, two, True, two, 1), (three, two, False, two, 0)]


def test_a_number_is_drawn_in_the_order_of_commits_not_of_writing(database_url: str, database: Connection) -> None:
    put(database, [Story(body(number)) for number in range(2)])
    before = mark(database)
    with closing(connect(database_url)) as slow:
        slow.cursor().execute("update lumbung.article set section = 'a' where article_id = 1")
        do(database, "update lumbung.article set section = 'b' where article_id = 2")
        assert feed(database, before) == [(2, "fields")]
        read = mark(database)
        slow.commit()
    assert feed(database, read) == [(1, "fields")], "it committed later, and is found above the mark"


def test_what_is_rolled_back_or_whose_session_ends_is_not_told_and_holds_nobody_up(
    database_url: str, database: Connection
) -> None:
    put(database, [Story(body(number)) for number in range(3)])
    before = mark(database)
    with closing(connect(database_url)) as other:
        other.cursor().execute("update lumbung.article set section = 'a' where article_id = 1")
        other.rollback()
        cursor = other.cursor()
        cursor.execute("update lumbung.article set section = 'a' where article_id = 2; savepoint s")
        cursor.execute("update lumbung.article set section = 'a' where article_id = 1; rollback to s")
        other.commit()
    killed = connect(database_url)
    # It has its numbers already, and the lock.
    killed.cursor().execute("set constraints all immediate; update lumbung.article set reads = 1 where article_id = 3")
    with ThreadPoolExecutor(1) as pool, closing(connect(database_url)) as third:
        waiting = pool.submit(do, third, "update lumbung.article set section = 'c' where article_id = 1")
        until(lambda: rows(database, f"select from pg_locks where not granted and pid = {third.info.backend_pid}"))
        rows(database, f"select pg_terminate_backend({killed.info.backend_pid})")
        waiting.result()
    assert feed(database, before) == [(2, "fields"), (1, "fields")]
    assert rows(database, "select * from lumbung.change_due") == []
    killed.close()


def test_whoever_has_its_numbers_keeps_the_next_from_theirs_until_it_can_be_seen(
    database_url: str, database: Connection
) -> None:
    put(database, [Story(body(number)) for number in range(2)])
    before = mark(database)
    with closing(connect(database_url)) as slow, closing(connect(database_url)) as other, ThreadPoolExecutor(1) as pool:
        slow.cursor().execute(
            "update lumbung.article set section = 'a' where article_id = 1; set constraints all immediate"
        )
        later = pool.submit(do, other, "update lumbung.article set section = 'b' where article_id = 2")
        until(lambda: rows(database, f"select from pg_locks where not granted and pid = {other.info.backend_pid}"))
        assert feed(database, before) == []
        slow.commit()
        later.result()
    assert feed(database, before) == [(1, "fields"), (2, "fields")]


def test_whoever_listens_is_told_at_the_commit_once(database_url: str, database: Connection) -> None:
    with closing(connect(database_url)) as listener:
        do(listener, "listen lumbung_changes")
        put(database, [Story(body(number)) for number in range(3)])
        rows(listener, "select 1")
        assert [note.channel for note in listener.notifies] == ["lumbung_changes"]


@pytest.mark.parametrize("view", ["all_articles", "articles"])
def test_a_copy_that_only_follows_its_mark_is_equal_to_the_view_after_each_kind_of_change(
    database_url: str, database: Connection, view: str
) -> None:
    copy = Copy(database_url, view)

    def equal() -> None:
        copy.follow()
        assert copy.differences() == []

    put(database, [Story(body(number % 4), f"p{number}", published_at=NOON) for number in range(12)])
    equal()
    assert deduplicate(database).clusters == 4
    equal()
    assert len(copy.rows) == (12 if view == "all_articles" else 4)
    for statement in (
        "update lumbung.article set reads = 5 where article_id = 3",
        "update lumbung.article set gone_at = now() where article_id < 3",
        "delete from lumbung.article where article_id in (1, 6)",
    ):
        do(database, statement)
        equal()
        deduplicate(database)
        equal()
    do(database, "truncate lumbung.cluster_member")
    equal()
    copy.close()


def test_eight_writers_and_a_copy_that_follows_its_mark(database_url: str, database: Connection) -> None:
    """A short `tests/crash/feed.py`."""
    numbers = put(database, [Story(body(number % 30, 3), f"p{number % 5}") for number in range(120)])
    over = threading.Event()

    def write(seed: int) -> int:
        done = 0
        while not over.is_set():
            with closing(psycopg2.connect(database_url)) as connection, connection.cursor() as cursor:
                for step in range(6):
                    which = numbers[(seed * 31 + done * 17 + step * 7) % len(numbers)]
                    more = "reads = coalesce(reads, 0) + 1"
                    cursor.execute(f"update lumbung.article set {more} where article_id = {which}")
                    time.sleep(0.003 * (seed % 4))
                    if (done + step) % 5 == 4:
                        connection.rollback()
                    elif step % 2:
                        connection.commit()
                        done += 1
                # Closed in the middle of a transaction.
        return done

    copies = [Copy(database_url, view) for view in ("all_articles", "articles")]
    with ThreadPoolExecutor(9) as pool:
        writers = [pool.submit(write, seed) for seed in range(7)]
        merging = pool.submit(lambda: deduplicate(connect(database_url, work=Work.DEDUPLICATING), batch=10))
        end = time.monotonic() + 5
        while time.monotonic() < end:
            for copy in copies:
                copy.follow()
        over.set()
        assert sum(writer.result() for writer in writers) > 50
        assert merging.result().clusters == 30
    for copy in copies:
        copy.follow()
        assert copy.differences() == []
        copy.close()


def test_a_database_from_before_the_feed_has_all_its_articles_in_it(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"old_{secrets.token_hex(4)}"
    server.create_database(name)
    earlier = dict(itertools.takewhile(lambda each: not each[0].endswith("_changes"), migrations().items()))
    with closing(connect(server.url(name), work=Work.MIGRATING)) as owner:
        with monkeypatch.context() as past:
            past.setattr(migrating, "migrations", lambda: earlier)
            past.setattr(migrating, "grant_rights", lambda _: None)
            assert migrating.migrate(owner) == list(earlier)
        put(owner, [Story(body(number % 3)) for number in range(6)])
        do(owner, "insert into lumbung.cluster_member values (1, 1, true), (4, 1, false), (2, 2, false), (5, 2, true)")
        assert len(migrating.migrate(owner)) == len(migrations()) - len(earlier)
        seen = (
            "select article_id, cluster_id, canonical, canonical_article_id, copies from news.all_articles order by 1"
        )
        assert rows(owner, seen) == [
            (1, 1, True, 1, 1), (2, 2, False, 5, 0), (3, None, True, 3, 0), (4, 1, False, 1, 0), (5, 2, True, 5, 1),
            (6, None, True, 6, 0),
        ]  # fmt: skip
        assert feed(owner) == [(number, "new") for number in range(1, 7)]
        copy = Copy(server.url(name), "articles")
        copy.follow()
        do(owner, "delete from lumbung.cluster_member where article_id = 4")
        assert feed(owner, 6) == [(1, "cluster"), (4, "cluster")]
        copy.follow()
        assert copy.differences() == []
        copy.close()
    server.psql("-d", "postgres", "-qc", f"drop database {name}")
