"""A database that goes away in the middle: work waits for it, is done again, and neither loses nor doubles anything."""

from __future__ import annotations

import socket
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import psycopg2
import pytest
from support.lost_reply import LossyWire
from support.stories import Story, body, put

from pipelines.database import migrate as migrating
from pipelines.database.connections import (
    Connection,
    DatabaseError,
    DatabaseLost,
    DatabaseNotReady,
    DatabaseRefused,
    Work,
    connect,
    transaction,
)
from pipelines.database.lasting import PATIENCE, Lasting
from pipelines.database.migrate import hold_schema, migrate, migrations
from pipelines.database.statements import query
from pipelines.duplicates.deduplicate import deduplicate
from pipelines.harvest.frontier import Frontier, close_abandoned
from spiders.publishers import Publisher
from spiders.publishers.window import Window
from spiders.settings import DATABASE_PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipelines.stack.postgres import Server

PUBLISHER = Publisher(key="koran", name="Koran", home="https://koran.example/")


def rows(connection: Connection, statement: str, *values: object) -> list[tuple[Any, ...]]:
    with transaction(connection) as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_crawl_that_another_one_closed_meanwhile_does_not_go_on(database_url: str, database: Connection) -> None:
    frontier = Frontier(connect(database_url), PUBLISHER, Window(datetime(2026, 11, 1, tzinfo=UTC), None, strict=False))
    kill_backend(database, frontier.connection)
    until(lambda: close_abandoned(database))
    whose = {"publisher": "koran", "crawl_id": frontier.crawl_id}
    with pytest.raises(DatabaseError, match=r"crawl \d+ was closed by another one while its database was away"):
        frontier._lasting.do(lambda: frontier._do("expire_leases", **whose))  # noqa: SLF001 - without a spider around it


def test_the_server_must_have_noticed_the_loss_before_the_crawl_takes_its_lock_up_again(
    database_url: str, database: Connection
) -> None:
    window = Window(datetime(2026, 11, 1, tzinfo=UTC), None, strict=False)
    frontier = Frontier(connect(database_url), PUBLISHER, window, patience=20)
    number = frontier.crawl_id
    with transaction(database) as cursor:
        cursor.execute(
            "select pg_advisory_lock(%s, %s)", [0, 0]
        )  # another session, so that the test can tell them apart
    other = connect(database_url)
    kill_backend(database, frontier.connection)
    until(lambda: rows(other, "select pg_try_advisory_lock(%s, %s)", 0x63726177, number) == [(True,)])
    threading.Timer(1, other.close).start()
    whose = {"publisher": "koran", "crawl_id": number}
    frontier._lasting.do(lambda: frontier._do("expire_leases", **whose))  # noqa: SLF001 - as above
    assert close_abandoned(database) == []


def kill_backend(other: Connection, connection: Connection) -> None:
    rows(other, "select pg_terminate_backend(%s)", connection.info.backend_pid)


def waits(watcher: Connection, other: Connection) -> bool:
    """Whether a session waits for a lock."""
    return bool(rows(watcher, "select from pg_locks where not granted and pid = %s", other.info.backend_pid))


def test_a_migration_and_deduplication_wait_for_each_other(
    database_url: str, database: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(database, [Story(body(1)), Story(body(1)[:5], "warta")])
    other = connect(database_url, work=Work.MIGRATING)
    said: list[str] = []
    with ThreadPoolExecutor(1) as pool, closing(connect(database_url)) as watcher:
        with transaction(database) as cursor:
            hold_schema(cursor)  # as a batch does
            with monkeypatch.context() as later:
                later.setattr(migrating, "migrations", lambda: {**migrations(), "9999_later": "select 1"})
                migration = pool.submit(migrate, other, said.append)
                until(lambda: said)
                assert said[0].startswith(f"waiting for process {database.info.backend_pid}, lumbung of ")
                assert not migration.done()
                database.commit()
                assert migration.result() == ["9999_later"]
        rows(watcher, "delete from public.lumbung_migration where name = '9999_later' returning 1")
        with transaction(other) as cursor:
            cursor.execute("lock table lumbung.schema_turn in access exclusive mode")  # as a migration does
            run = connect(database_url, work=Work.DEDUPLICATING)
            deduplication = pool.submit(deduplicate, run)
            until(lambda: waits(watcher, run))
            assert rows(watcher, "select count(*) from lumbung.fingerprint") == [(0,)]
        assert deduplication.result().seen == 2
    run.close()
    other.close()


def test_deduplication_of_an_older_version_stops_at_the_batch_after_a_migration(
    database_url: str, database: Connection
) -> None:
    put(database, [Story(body(number)) for number in range(4)])

    def newer(_done: Any) -> None:
        with closing(connect(database_url)) as other, transaction(other) as cursor:
            cursor.execute("insert into public.lumbung_migration (name) values ('9999_future')")

    with pytest.raises(DatabaseNotReady, match="migrated to another version meanwhile"):
        deduplicate(database, batch=2, progress=newer)
    assert rows(database, "select count(*) from lumbung.fingerprint") == [(2,)]


def test_whoever_loses_a_deadlock_does_its_work_again(database_url: str, database: Connection) -> None:
    with transaction(database) as cursor:
        cursor.execute("insert into lumbung.domain (domain) values ('a.example'), ('b.example')")
    other, mine = connect(database_url), connect(database_url)
    lasting, began = Lasting(mine), threading.Event()
    waits = "select count(*) from pg_locks where not granted and pid = %s"
    strike = "update lumbung.domain set strikes = strikes + 1 where domain = %s"

    def theirs() -> None:
        with transaction(other) as cursor:
            cursor.execute("set local deadlock_timeout = '1h'")  # it is the other one that finds out, and loses
            cursor.execute(strike, ["b.example"])
            began.set()
            cursor.execute(strike, ["a.example"])

    def ours() -> None:
        tries.append(1)
        for other_one in them:
            other_one.result()  # it has won: were it not done yet, both could meet again
        with transaction(mine) as cursor:
            cursor.execute(strike, ["a.example"])
            if len(tries) == 1:
                them.append(pool.submit(theirs))
                began.wait()
                until(lambda: rows(database, waits, other.info.backend_pid) == [(1,)])
            cursor.execute(strike, ["b.example"])

    tries: list[int] = []
    them: list[Future[None]] = []
    with ThreadPoolExecutor(1) as pool:
        lasting.do(ours)
        them[0].result()
    assert len(tries) == 2
    assert rows(database, "select distinct strikes from lumbung.domain") == [(2,)]
    mine.close()
    other.close()


def test_a_second_deduplication_waits_for_the_batch_of_the_first(database_url: str, database: Connection) -> None:
    put(database, [Story(body(1))])
    with ThreadPoolExecutor(1) as pool, closing(connect(database_url, work=Work.DEDUPLICATING)) as run:
        with transaction(database) as cursor:
            cursor.execute(query("lock_duplicates"))
            second = pool.submit(deduplicate, run)
            with closing(connect(database_url)) as watcher:
                until(lambda: waits(watcher, run))
        assert second.result().seen == 1


def test_a_server_that_stayed_away_is_waited_for_once(database_url: str, server: Server) -> None:
    wire = LossyWire(server.port)
    with wire.running():
        lasting = Lasting(connect(wire.url(database_url)), patience=2)
    waited = []
    for _ in range(3):
        start = time.monotonic()
        with pytest.raises(DatabaseLost):
            lasting.do(lambda: rows(lasting.connection, "select 1"))
        waited.append(time.monotonic() - start)
    assert waited[0] > 2
    assert max(waited[1:]) < 1


def test_a_server_that_stays_away_is_asked_for_a_few_times_a_second(database_url: str, server: Server) -> None:
    wire = LossyWire(server.port)
    with wire.running():
        lasting = Lasting(connect(wire.url(database_url)), patience=2)
    asked: list[int] = []
    about = lasting.connection.info
    with socket.create_server((about.host, about.port)) as listening:

        def refuse() -> None:
            with suppress(OSError):
                while True:
                    listening.accept()[0].close()
                    asked.append(1)

        refusing = threading.Thread(target=refuse)
        refusing.start()
        with pytest.raises(DatabaseLost):
            lasting.do(lambda: rows(lasting.connection, "select 1"))
        listening.shutdown(socket.SHUT_RDWR)
        refusing.join()
    assert 2 <= len(asked) <= 30


def test_a_connection_that_breaks_while_it_is_taken_up_is_none(database: Connection, database_url: str) -> None:
    broken: list[int] = []

    def take_up(_connection: Connection) -> bool:
        if len(broken) < 6:
            broken.append(1)
            raise DatabaseLost("again")
        return True

    lasting = Lasting(connect(database_url), take_up)
    kill_backend(database, lasting.connection)
    assert lasting.do(lambda: rows(lasting.connection, "select 1")) == [(1,)]
    assert len(broken) == 6
    lasting.connection.close()


def test_a_connection_that_nobody_has_taken_up_is_not_worked_with(database: Connection, database_url: str) -> None:
    lasting = Lasting(connect(database_url), lambda _: False, 0.5)
    kill_backend(database, lasting.connection)
    for _ in range(2):
        with pytest.raises(DatabaseLost):
            lasting.do(lambda: rows(lasting.connection, "select 1"))
    lasting.connection.close()


def test_other_work_waits_for_a_server_as_long_as_a_crawl() -> None:
    assert PATIENCE == DATABASE_PATIENCE


@pytest.mark.parametrize("work", Work)
def test_each_kind_of_work_has_its_limits_and_the_connection_string_may_change_them(
    database_url: str, work: Work
) -> None:
    names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
    asked = "select setting::int / 1000 from pg_settings where name = any(%s) order by array_position(%s, name)"
    with closing(connect(database_url, work=work)) as connection:
        assert tuple(seconds for (seconds,) in rows(connection, asked, list(names), list(names))) == work.value
        assert rows(connection, "select current_setting('idle_session_timeout')") == [("0",)]
    with closing(connect(f"{database_url}?options=-c%20statement_timeout%3D7s", work=work)) as connection:
        assert rows(connection, "select current_setting('statement_timeout')") == [("7s",)]


def test_what_a_limit_ends_is_one_line_that_says_which(database_url: str, database: Connection) -> None:
    with closing(connect(f"{database_url}?options=-c%20statement_timeout%3D50%20-c%20lock_timeout%3D30")) as hasty:
        with pytest.raises(DatabaseRefused, match=r"due to statement timeout.*; limits are in") as slow:
            rows(hasty, "select pg_sleep(5)")
        with transaction(database) as cursor:
            cursor.execute("lock table lumbung.page")
            with pytest.raises(DatabaseRefused, match=r"due to lock timeout.*; something else holds it") as locked:
                rows(hasty, "select * from lumbung.page")
        assert rows(hasty, "select 1") == [(1,)]
        for refused in (slow, locked):
            assert "\n" not in str(refused.value)
    idle = connect(f"{database_url}?options=-c%20idle_in_transaction_session_timeout%3D50")
    with pytest.raises(DatabaseLost, match="Postgres was lost: ") as lost, transaction(idle) as cursor:  # noqa: PT012 - the loss comes in between
        cursor.execute("select 1")
        until(lambda: not rows(database, "select 1 from pg_stat_activity where pid = %s", idle.info.backend_pid))
        cursor.execute("select 1")
    assert "\n" not in str(lost.value)


def test_what_the_database_itself_finds_wrong_still_comes_as_the_driver_has_it(database: Connection) -> None:
    with pytest.raises(psycopg2.errors.CheckViolation):
        rows(
            database, "update lumbung.domain set strikes = -1; insert into lumbung.domain values ('a', now(), null, -1)"
        )


def test_whoever_learns_that_its_crawl_was_closed_asks_no_more_and_leaves_no_session_behind(
    database: Connection, database_url: str
) -> None:
    """A crawl that another one has closed: every later call says at once that the database is lost to it."""
    new: list[Connection] = []

    def take_up(connection: Connection) -> bool:
        new.append(connection)
        raise DatabaseError("closed by another one")

    lasting = Lasting(connect(database_url), take_up, patience=20)
    kill_backend(database, lasting.connection)
    with pytest.raises(DatabaseError, match="closed by another one"):
        lasting.do(lambda: rows(lasting.connection, "select 1"))
    for _ in range(2):
        with pytest.raises(DatabaseLost):
            lasting.do(lambda: rows(lasting.connection, "select 1"))
    assert len(new) == 1
    assert new[0].closed
    lasting.connection.close()


@pytest.mark.parametrize("refusals", [0, 1, 3])
def test_of_all_connections_only_the_one_that_was_taken_up_stays_open(
    database: Connection, database_url: str, refusals: int
) -> None:
    new: list[Connection] = []

    def take_up(connection: Connection) -> bool:
        new.append(connection)
        if len(new) % 2 == 0:
            kill_backend(database, connection)
            rows(connection, "select 1")
        return len(new) > refusals

    first = connect(database_url)
    lasting = Lasting(first, take_up)
    kill_backend(database, first)
    (told,) = lasting.do(lambda: rows(lasting.connection, "select pg_backend_pid()"))
    assert lasting.connection is new[-1]
    assert told == (new[-1].info.backend_pid,)
    assert [each.closed == 0 for each in (first, *new)] == [False] * len(new) + [True]
    lasting.connection.close()
