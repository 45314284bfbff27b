"""Nobody who reads can stop the harvest: locks, limits, and migrations beside an open transaction."""

from __future__ import annotations

import secrets
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from typing import TYPE_CHECKING

import psycopg2
import pytest
from support.database_rights import rows
from support.stories import Story, body, put

from pipelines.database import migrate as migrating
from pipelines.database.connections import Connection, DatabaseRefused, Work, connect, transaction
from pipelines.database.migrate import migrate, migrations
from pipelines.database.roles import CONNECTIONS, CRAWLER, READER, end_long_readers, login
from pipelines.duplicates.deduplicate import deduplicate
from pipelines.harvest.frontier import LOCK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pipelines.stack.postgres import Server


def until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def url_of(database: Connection, name: str) -> str:
    about = database.info
    return f"postgresql://{name}:rahasia@{about.host}:{about.port}/{about.dbname}"


@pytest.fixture
def reader_url(database: Connection) -> str:
    name = f"mira_{secrets.token_hex(4)}"
    login(database, name, READER, "rahasia")
    return url_of(database, name)


@pytest.fixture
def reader(reader_url: str) -> Iterator[psycopg2.extensions.connection]:
    with closing(psycopg2.connect(reader_url)) as connection:
        connection.autocommit = True
        yield connection


TRIED = f"""
select pg_advisory_lock({0x64656475})
select pg_advisory_lock({0x6C756D62})
select pg_advisory_lock({LOCK}, 1)
select pg_advisory_lock_shared({LOCK}, 1)
select pg_try_advisory_lock({LOCK}, 1)
select pg_advisory_xact_lock({LOCK}, 1)
select pg_try_advisory_xact_lock({LOCK}, 1)
lock table lumbung.change_turn in access share mode
lock table lumbung.deduplication_turn in access share mode
lock table lumbung.schema_turn in access share mode
lock table public.lumbung_migration in access share mode
lock table lumbung.article in row share mode
lock table news.articles in row share mode
lock table news.articles in access exclusive mode
select * from news.articles for update
select * from news.articles for key share
select * from lumbung.domain for update
select pg_terminate_backend(pg_backend_pid() + 1)
vacuum full news.articles
refresh materialized view news.articles
comment on view news.articles is 'x'
""".strip().splitlines()


@pytest.mark.parametrize("statement", TRIED)
def test_a_reader_takes_no_lock_that_the_harvest_waits_for(
    reader: psycopg2.extensions.connection, database: Connection, statement: str
) -> None:
    with reader.cursor() as cursor:
        cursor.execute("set transaction_read_only = off; set default_transaction_read_only = off")
        cursor.execute("begin")
        with suppress(psycopg2.Error):
            cursor.execute(statement)
    held = "select locktype from pg_locks where pid = %s and mode <> 'AccessShareLock' and locktype <> 'virtualxid'"
    assert rows(database, held, reader.info.backend_pid) == []


def test_with_every_lock_that_a_reader_gets_held_the_harvest_goes_on(
    reader: psycopg2.extensions.connection, database: Connection, database_url: str
) -> None:
    put(database, [Story(body(1)), Story(body(1), "warta")])
    with reader.cursor() as cursor:
        cursor.execute("set lock_timeout = '1s'; set default_transaction_read_only = off")
        cursor.execute("begin")
        for view in ("articles", "all_articles", "changes", "crawls", "domains"):
            with suppress(psycopg2.Error):
                cursor.execute(f"savepoint s; lock table news.{view} in access share mode")
            cursor.execute(f"rollback to s; select count(*) from news.{view}")
    with closing(connect(f"{database_url}?options=-c%20lock_timeout%3D2s", work=Work.DEDUPLICATING)) as run:
        assert deduplicate(run).seen == 2
        assert migrate(run) == []


@pytest.mark.parametrize("lock", ["pg_advisory_lock(1)", f"pg_try_advisory_lock({LOCK}, 7)"])
def test_a_crawler_may_take_the_lock_of_its_crawl(database: Connection, lock: str) -> None:
    name = f"panen_{secrets.token_hex(4)}"
    login(database, name, CRAWLER, "rahasia")
    with closing(connect(url_of(database, name))) as crawler:
        rows(crawler, f"select {lock}")


def test_beside_a_readers_open_transaction_a_migration_comes_again_and_nobody_waits_for_it(
    reader: psycopg2.extensions.connection, database_url: str, database: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(database, [Story(body(1))])
    change = "alter table lumbung.article add column later int; create or replace view news.later as select 1 as one"
    monkeypatch.setattr(migrating, "migrations", lambda: {**migrations(), "9999_later": change})
    said: list[str] = []
    waited: list[float] = []
    over = threading.Event()

    def work(statement: str) -> None:
        with closing(connect(database_url)) as connection:
            while not over.is_set():
                began = time.monotonic()
                with transaction(connection) as cursor:
                    cursor.execute(statement)
                waited.append(time.monotonic() - began)
                time.sleep(0.02)

    with ThreadPoolExecutor(3) as pool, closing(connect(database_url, work=Work.MIGRATING)) as owner:
        with reader.cursor() as cursor:
            cursor.execute("begin; select count(*) from news.articles")
        others = [
            pool.submit(work, "select count(*) from news.articles"),
            pool.submit(work, "update lumbung.article set reads = coalesce(reads, 0) + 1"),
        ]
        migration = pool.submit(migrate, owner, said.append)
        until(lambda: len(said) > 2)
        assert not migration.done()
        reader.cursor().execute("commit")
        assert migration.result() == ["9999_later"]
        over.set()
        for each in others:
            each.result()
    assert f"process {reader.info.backend_pid}, " in said[0]
    assert len(waited) > 50
    assert max(waited) < 2


def test_a_migration_gives_up_in_the_end_and_says_what_held_the_lock(
    database_url: str, database: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrating, "migrations", lambda: {**migrations(), "9999_later": "lock table lumbung.page"})
    monkeypatch.setattr(migrating, "_PATIENCE", 1.5)
    with closing(connect(database_url)) as other:
        rows(database, "select 1 from lumbung.page")
        with transaction(database) as cursor:
            cursor.execute("select from lumbung.page")
            with pytest.raises(DatabaseRefused, match="something else holds it"):
                migrate(other)


def test_a_reader_that_lifts_its_limits_is_ended_by_whoever_works_next(
    reader_url: str, database: Connection, server: Server
) -> None:
    endless = psycopg2.connect(reader_url)
    sleeper = psycopg2.connect(reader_url)
    short = psycopg2.connect(reader_url)
    endless.cursor().execute("set statement_timeout = 0; set idle_in_transaction_session_timeout = 0; select 1")
    sleeper.autocommit = True
    with ThreadPoolExecutor(1) as pool:
        sleeping = pool.submit(sleeper.cursor().execute, "set statement_timeout = 0; select pg_sleep(600)")
        asleep = "select from pg_stat_activity where query ~ 'pg_sleep' and pid <> pg_backend_pid()"
        until(lambda: rows(database, asleep))
        end_long_readers(database)
        assert not sleeping.done(), "they have ten minutes"
        short.cursor().execute("select 1")
        short.commit()
        assert rows(database, "select lumbung.end_long_readers('0 seconds')") == [(2,)]
        with pytest.raises(psycopg2.OperationalError):
            sleeping.result()
    with pytest.raises(psycopg2.OperationalError):
        endless.cursor().execute("select 1")
    short.cursor().execute("select 1")
    for each in (endless, sleeper, short):
        each.close()
    assert server.running


def test_an_owner_that_is_no_superuser_and_its_crawlers_end_readers_and_nobody_else(
    server: Server, database: Connection
) -> None:
    mark = secrets.token_hex(4)
    owner_name = f"pemilik_{mark}"
    admin = psycopg2.connect(server.url("postgres"))
    admin.autocommit = True
    admin.cursor().execute(f"create role {owner_name} login createrole password 'rahasia'")
    admin.cursor().execute(f"create database d_{mark} owner {owner_name}")
    admin.cursor().execute(f"grant lumbung_crawler, news_reader to {owner_name} with admin option")
    about = database.info
    url = f"postgresql://{{}}:rahasia@{about.host}:{about.port}/d_{mark}"
    with closing(connect(url.format(owner_name))) as owner:
        migrate(owner)
        login(owner, f"baca_{mark}", READER, "rahasia")
        login(owner, f"panen_{mark}", CRAWLER, "rahasia")
        reader = psycopg2.connect(url.format(f"baca_{mark}"))
        reader.cursor().execute("set statement_timeout = 0; select count(*) from news.articles")
        harvest = url.format(f"panen_{mark}")
        with closing(connect(harvest)) as crawler, closing(connect(harvest)) as other:
            other.cursor().execute("select 1")
            owner.cursor().execute("select 1")
            assert rows(crawler, "select lumbung.end_long_readers('0 seconds')") == [(1,)]
            other.cursor().execute("select 1")
            owner.cursor().execute("select 1")
    with pytest.raises(psycopg2.OperationalError):
        reader.cursor().execute("select 1")
    admin.cursor().execute(f"drop database d_{mark} with (force)")
    admin.close()


def test_a_login_of_a_reader_has_limits_of_its_own(reader_url: str, database: Connection) -> None:
    sessions = [psycopg2.connect(reader_url) for _ in range(CONNECTIONS)]
    with pytest.raises(psycopg2.OperationalError, match="too many connections for role"):
        psycopg2.connect(reader_url)
    with sessions[0].cursor() as cursor:
        for setting, value in (
            ("idle_session_timeout", "2h"),
            ("idle_in_transaction_session_timeout", "5min"),
            ("statement_timeout", "5min"),
            ("lock_timeout", "10s"),
        ):
            cursor.execute(f"show {setting}")
            assert cursor.fetchone() == (value,), setting
    sessions[0].rollback()
    with sessions[0].cursor() as cursor:
        cursor.execute("set idle_session_timeout = '50ms'; commit")
    name = sessions[1].info.user
    left = "select count(*) from pg_stat_activity where usename = %s"
    until(lambda: rows(database, left, name) == [(CONNECTIONS - 1,)])
    for session in sessions:
        session.close()
