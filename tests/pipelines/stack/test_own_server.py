"""Roles on servers: one that is ours alone, one whose owner may make no roles, one with several harvests."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg2
import pytest
from support.database_rights import rights_on_relations, rows
from support.spider_runs import FAST, run_spider
from support.throwaway import free_port

from pipelines.database.administration import migrate as migrate_and_tell
from pipelines.database.connections import Work, connect, transaction
from pipelines.database.migrate import migrate, migrations
from pipelines.database.roles import CRAWLER, READER, make_owner
from pipelines.duplicates.deduplicate import deduplicate
from pipelines.stack.postgres import Server
from seeds.newsstand.newspaper import Newspaper, Settings
from seeds.newsstand.server import serve

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def bare() -> Iterator[Server]:
    """A server of its own that has never heard of our roles."""
    folder = Path(tempfile.mkdtemp(prefix="lumbung-test-"))
    folder.chmod(0o755)
    started = Server(folder / "data", free_port(), secrets.token_urlsafe(12), fast=True)
    started.start()
    yield started
    started.stop()
    shutil.rmtree(folder, ignore_errors=True)


def test_an_owner_who_may_not_make_roles_has_everything_but_them_and_is_told_so(bare: Server) -> None:
    bare.psql(
        "-d", "postgres", "-qc", "create role desa login password 'desa'", "-c", "create database desa owner desa"
    )
    url = f"postgresql://desa:desa@127.0.0.1:{bare.port}/desa"
    said: list[str] = []
    migrate_and_tell(url, said.append)
    assert said[0] == f"applied {', '.join(migrations())}"
    assert said[1].startswith("without lumbung_crawler and news_reader: this login may not make roles.")
    assert "create role lumbung_crawler nologin; create role news_reader nologin;" in said[1]
    with serve(Newspaper(Settings(articles=5, crawl_delay=0), now=datetime.now(UTC))) as stand:
        run_spider("contoh", {"DATABASE_URL": url, "LUMBUNG_HOME_CONTOH": stand.url + "/"}, settings=FAST)
    with closing(connect(url)) as connection:
        assert deduplicate(connection).seen > 5
        assert rows(connection, "select balanced from news.crawls") == [(True,)]
        bare.psql(
            "-d", "postgres", "-qc", "create role lumbung_crawler nologin", "-c", "create role news_reader nologin"
        )
        said.clear()
        migrate_and_tell(url, said.append)
        assert said == ["the schema is up to date"]
        assert all(
            "SELECT" in rights
            for schema, _, _, rights in rights_on_relations(connection, CRAWLER)
            if schema != "public"
        )
    bare.psql("-d", "desa", "-qc", "drop owned by lumbung_crawler, news_reader")
    bare.psql(
        "-d", "postgres", "-qc", "drop owned by lumbung_crawler, news_reader; drop role lumbung_crawler, news_reader"
    )


def test_the_former_place_of_the_command_names_the_new_one() -> None:
    done = subprocess.run([sys.executable, "-m", "pipelines.own_server"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "pipelines.own_server has moved: run `python -m pipelines.stack.own_server`\n"


def test_a_server_of_our_own_is_settled_by_one_command_and_again_without_a_change(bare: Server) -> None:
    bare.create_database("lumbung")
    passwords = {f"NEW_{name}_PASSWORD": f"kata {name}/@:" for name in ("CRAWLER", "READER", "METADATA")}
    environment = {**os.environ, "DATABASE_URL": bare.url("postgres"), **passwords}
    command = [sys.executable, "-m", "pipelines.stack.own_server"]
    for said in ("applied 0001_harvest, ", "the schema is up to date\n"):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        assert done.stdout.startswith(said)
    logins = {"lumbung_crawl": "CRAWLER", "lumbung_read": "READER", "airflow": "METADATA"}
    may = {"lumbung_crawl": {"lumbung"}, "lumbung_read": {"lumbung"}, "airflow": {"airflow"}}
    for name, password in logins.items():
        for database in ("lumbung", "airflow"):
            url = bare.url(database, login=name, password=passwords[f"NEW_{password}_PASSWORD"])
            if database in may[name]:
                psycopg2.connect(url).close()
            else:
                with pytest.raises(psycopg2.OperationalError, match="permission denied for database"):
                    psycopg2.connect(url)
    with closing(
        connect(bare.url("airflow", login="airflow", password=passwords["NEW_METADATA_PASSWORD"]))
    ) as metadata:
        rows(metadata, "create table t (); select 1")


def test_databases_of_one_server_migrated_at_once_share_their_roles_and_a_database_migrated_twice_is_migrated_once(
    bare: Server,
) -> None:
    databases = [f"bersama_{number}" for number in range(4)]
    for name in databases:
        bare.create_database(name)

    def apply(name: str) -> list[str]:
        with closing(connect(bare.url(name), work=Work.MIGRATING)) as connection:
            return migrate(connection)

    with ThreadPoolExecutor(8) as pool:
        applied = list(pool.map(apply, databases * 2))
    for first, second in zip(applied[:4], applied[4:], strict=True):
        assert sorted(first + second) == list(migrations()), "they share the work"
    for name in databases:
        with closing(connect(bare.url(name))) as connection:
            for role in (CRAWLER, READER):
                views = [rights for schema, _, _, rights in rights_on_relations(connection, role) if schema == "news"]
                assert views
                assert all(rights == {"SELECT"} for rights in views)


def test_a_database_gets_an_owner_of_its_own_with_all_that_lies_in_it(server: Server) -> None:
    name = f"airflow_{secrets.token_hex(4)}"
    server.create_database(name)
    with closing(connect(server.url(name))) as connection:
        with transaction(connection) as cursor:
            cursor.execute(
                "create type mood as enum ('good'); create table t (id serial, i int generated always as identity)"
            )
            cursor.execute("create sequence s; create view v as select * from t")
        for _ in range(2):
            make_owner(connection, name, "rahasia")
    with (
        closing(psycopg2.connect(f"postgresql://{name}:rahasia@127.0.0.1:{server.port}/{name}")) as owner,
        owner.cursor() as cursor,
    ):
        cursor.execute("alter table t add u mood; insert into t (u) values ('good'); drop view v; drop sequence s")
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            cursor.execute("create role x")
