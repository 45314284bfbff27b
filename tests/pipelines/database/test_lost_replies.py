"""Lost replies to commits of deduplication and of migrations, and what `Lasting.once` itself promises."""

from __future__ import annotations

import secrets
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

import psycopg2
import pytest
from support.lost_reply import LossyWire
from support.stories import rows

from pipelines.database.connections import Connection, Cursor, DatabaseLost, DatabaseRefused, Work, connect, transaction
from pipelines.database.lasting import Lasting
from pipelines.database.migrate import check_ready, migrate, migrations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pipelines.stack.postgres import Server

KNOW = "insert into lumbung.domain as d (domain) values (%s) on conflict (domain) do update set strikes = d.strikes + 1"


def know(cursor: Cursor, domain: str = "koran.example") -> list[int]:
    """A change that shows how often it was made: strikes are counted from 0."""
    cursor.execute(f"{KNOW} returning strikes", [domain])
    return list(cursor.fetchone() or ())


def remember(database: Connection, age: str) -> None:
    """An operation of a session that ended so long ago."""
    with transaction(database) as cursor:
        cursor.execute("insert into lumbung.operation values (gen_random_uuid(), 1, '{}', now() - %s::interval)", [age])


def known(database: Connection) -> list[tuple[str, int]]:
    return rows(database, "select domain, strikes from lumbung.domain order by 1")


@pytest.fixture
def wire(server: Server) -> Iterator[LossyWire]:
    made = LossyWire(server.port)
    with made.running():
        yield made


@contextmanager
def lasting(url: str, **how: Any) -> Iterator[Lasting]:
    it = Lasting(connect(url, work=Work.DEDUPLICATING), **how)
    yield it
    it.connection.close()


def test_a_change_whose_reply_was_lost_is_made_once_and_its_answer_is_known(
    database: Connection, database_url: str, wire: LossyWire
) -> None:
    with lasting(wire.url(database_url)) as it:
        assert it.do(it.once, "know", know) == [0]
        wire.lose(1)
        assert it.do(it.once, "know", know) == [1]
        assert wire.lost == 1
        assert it.do(it.once, "know", know) == [2]
    assert known(database) == [("koran.example", 2)]


def test_of_several_changes_only_those_that_are_missing_are_made_again(
    database: Connection, database_url: str, wire: LossyWire
) -> None:
    with lasting(wire.url(database_url)) as it:

        def both() -> list[list[int]]:
            return [it.once(domain, lambda cursor: know(cursor, domain)) for domain in ("a", "b", "c")]  # noqa: B023

        for number in (1, 2, 3):
            wire.lose(number)
            assert it.do(both) == [[number - 1]] * 3
            assert wire.lost == number
    assert known(database) == [("a", 2), ("b", 2), ("c", 2)]


def test_a_change_that_was_undone_is_made_again(database: Connection, database_url: str) -> None:
    with lasting(database_url) as it:

        def broken(cursor: Cursor) -> list[int]:
            strikes = know(cursor)
            if not tries:
                tries.append(1)
                rows(database, f"select pg_terminate_backend({it.connection.info.backend_pid})")
                cursor.execute("select 1")
            return strikes

        tries: list[int] = []
        assert it.do(it.once, "know", know) == [0]
        assert it.do(it.once, "know", broken) == [1], "the answer is that of an operation before"
        assert len(tries) == 1
    assert known(database) == [("koran.example", 1)]


def test_a_repetition_waits_for_the_transaction_that_the_server_still_works_on(
    database: Connection, database_url: str
) -> None:
    """The client took its connection for lost; the server commits after the client has come back."""
    with lasting(database_url) as it, ThreadPoolExecutor(1) as pool:
        first = it.connection

        def work() -> list[int]:
            if it.connection is first:
                cursor = first.cursor()
                answer = know(cursor)
                cursor.execute(
                    "insert into lumbung.operation values (%s, %s, %s)",
                    [it._session, it._operation, f'{{"know": [{answer[0]}]}}'],  # noqa: SLF001 - as `once` writes it
                )
                late.append(pool.submit(commit_late))
                raise DatabaseLost("no sign of life")
            return it.once("know", know)

        def commit_late() -> None:
            with closing(connect(database_url)) as watcher:
                while not rows(watcher, "select 1 from pg_locks where not granted"):
                    pass
            unclosed.commit()

        late: list[Any] = []
        unclosed = first
        it.connection = _Unclosable(first)  # type: ignore[assignment]  # `Lasting` closes what it takes for lost
        first = it.connection
        assert it.do(work) == [0]
        late[0].result()
        unclosed.close()
    assert known(database) == [("koran.example", 0)]


class _Unclosable:
    """A connection that is only let go of, as one whose network is gone."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def close(self) -> None:
        pass


def test_what_only_reads_writes_no_operation(database: Connection, database_url: str) -> None:
    with lasting(database_url) as it:
        remember(database, "25 hours")
        it.do(it.once, "look", lambda cursor: cursor.execute("select * from lumbung.page"))
        assert len(rows(database, "select * from lumbung.operation")) == 1, "nor does it forget one"
        it.do(it.once, "know", know)
        it.do(it.once, "know", know)
        assert len(rows(database, "select * from lumbung.operation where at > now() - interval '1 hour'")) == 1


def test_forgetting_waits_for_nobody(database: Connection, database_url: str) -> None:
    remember(database, "25 hours")
    remember(database, "26 hours")
    with lasting(f"{database_url}?options=-c%20lock_timeout%3D200") as it, transaction(database) as cursor:
        cursor.execute("select * from lumbung.operation where at > now() - interval '25.5 hours' for update")
        it.do(it.once, "know", know)
    assert [number for (number,) in rows(database, "select floor(extract(epoch from now() - at) / 3600)::int"
                                         " from lumbung.operation order by 1")] == [0, 25]  # fmt: skip


def test_operations_of_sessions_that_ended_long_ago_are_forgotten(database: Connection, database_url: str) -> None:
    remember(database, "23 hours")
    remember(database, "25 hours")
    with lasting(database_url) as it:
        it.do(it.once, "know", know)
        ages = "select floor(extract(epoch from now() - at) / 3600) from lumbung.operation order by 1"
        assert rows(database, ages) == [(0,), (23,)]
        rows(database, "update lumbung.operation set at = at - interval '2 hours' where at < now() returning 1")
        it.do(it.once, "know", know)
        assert rows(database, ages) == [(0,), (25,)], "once a session is enough"


def test_work_that_breaks_its_connection_each_time_is_given_up_and_the_next_is_done(
    database: Connection, database_url: str
) -> None:
    tries: list[int] = []
    with lasting(database_url) as it:

        def break_off(cursor: Cursor) -> None:
            tries.append(1)
            know(cursor)
            rows(database, f"select pg_terminate_backend({it.connection.info.backend_pid})")
            cursor.execute("select 1")

        with pytest.raises(DatabaseLost):
            it.do(it.once, "know", break_off)
        assert len(tries) == 4
        assert it.do(it.once, "know", know) == [0]
    assert known(database) == [("koran.example", 0)]


def test_without_patience_work_is_done_once_although_the_server_is_there(
    database: Connection, database_url: str
) -> None:
    tries: list[int] = []
    with lasting(database_url, patience=0) as it:

        def break_off(cursor: Cursor) -> None:
            tries.append(1)
            rows(database, f"select pg_terminate_backend({it.connection.info.backend_pid})")
            cursor.execute("select 1")

        with pytest.raises(DatabaseLost):
            it.do(it.once, "know", break_off)
        assert len(tries) == 1


def test_outside_of_do_each_change_is_work_of_its_own_whatever_was_done_before(
    database: Connection, database_url: str, wire: LossyWire
) -> None:
    with lasting(wire.url(database_url)) as it:
        wire.lose(1)
        assert it.do(it.once, "know", know) == [0]
        number = "select number from lumbung.operation"
        (before,) = rows(database, number)
        it.do(it.once, "look", lambda cursor: cursor.execute("select * from lumbung.page"))
        assert rows(database, number) == [before], "what only reads is no repetition"
        assert [it.once("know", know), it.once("know", know)] == [[1], [2]]
    assert known(database) == [("koran.example", 2)]


def test_what_the_server_refuses_is_not_tried_again(database_url: str) -> None:
    tries: list[int] = []
    with lasting(f"{database_url}?options=-c%20statement_timeout%3D50") as it:

        def wait(cursor: Cursor) -> None:
            tries.append(1)
            cursor.execute("select pg_sleep(5)")

        with pytest.raises(DatabaseRefused, match="statement timeout"):
            it.do(it.once, "wait", wait)
    assert len(tries) == 1


def test_two_changes_of_one_name_in_one_piece_of_work_are_a_mistake(database_url: str) -> None:
    with lasting(database_url) as it, pytest.raises(ValueError, match="two changes of one piece of work are named 'k'"):
        it.do(lambda: [it.once("k", know), it.once("k", know)])


@pytest.fixture
def empty(server: Server) -> Iterator[Callable[[], str]]:
    """Databases without a schema, as many as are asked for."""
    admin = psycopg2.connect(server.url("postgres"))
    admin.autocommit = True
    made: list[str] = []

    def fresh() -> str:
        made.append(f"e_{secrets.token_hex(6)}")
        with admin.cursor() as cursor:
            cursor.execute(f"create database {made[-1]}")
        return server.url(made[-1])

    yield fresh
    with admin.cursor() as cursor:
        for name in made:
            cursor.execute(f"drop database {name} with (force)")
    admin.close()


def schema(url: str) -> list[tuple[Any, ...]]:
    """Columns, constraints and comments of all that migrations make."""
    statement = """
        select n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
            col_description(c.oid, a.attnum),
            (select array_agg(pg_get_constraintdef(oid) order by 1) from pg_constraint where conrelid = c.oid),
            c.relacl::text
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
        where n.nspname in ('lumbung', 'news', 'public') order by 1, 2, 3"""
    with closing(connect(url)) as connection:
        return rows(connection, statement)


def test_a_migration_whose_reply_was_lost_is_gone_on_with_by_the_next_call(
    empty: Callable[[], str], wire: LossyWire
) -> None:
    plain = empty()
    with closing(connect(wire.url(plain), work=Work.MIGRATING)) as connection:
        wire.lose(0)
        assert migrate(connection) == list(migrations())
        commits = wire.commits
    assert commits > len(migrations())
    expected = schema(plain)
    for number in (1, 2, 3, 4, commits // 2, commits - 2, commits - 1, commits):
        url = empty()
        wire.lose(number)
        with (
            closing(connect(wire.url(url), work=Work.MIGRATING)) as connection,
            pytest.raises(DatabaseLost, match="Postgres was lost: "),
        ):
            migrate(connection)
        with closing(connect(url, work=Work.MIGRATING)) as connection:
            migrate(connection)
            check_ready(connection)
            applied = rows(connection, "select name from public.lumbung_migration order by 1")
        assert [name for (name,) in applied] == list(migrations()), f"commit {number}"
        assert schema(url) == expected, f"commit {number}"
