"""A login of an analyst: reads schema news, owns one schema, stops nobody."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg2
import pytest
from support.database_rights import rows
from support.stories import Story, body, put

from pipelines.database.connections import Connection, DatabaseRefused, connect, transaction
from pipelines.database.roles import ANALYST, READER, login, make_owner

if TYPE_CHECKING:
    from pipelines.stack.postgres import Server

LUMBUNG = Path(sys.executable).with_name("lumbung")
REFUSED = """
create table news.x ()
create table public.x ()
create table lumbung.x ()
create schema x
select * from lumbung.article
select lumbung.add_up_counts()
select pg_advisory_lock(1)
begin; lock table news.articles in access exclusive mode
insert into news.domains (domain) values ('x')
set role lumbung_crawler
""".strip().splitlines()


def test_it_writes_into_the_schema_of_its_name_and_nowhere_else(database: Connection, database_url: str) -> None:
    put(database, [Story(body(1))])
    with transaction(database) as cursor:  # as on a server of our own; elsewhere PUBLIC may make temporary tables
        cursor.execute(f"revoke temporary on database {database.info.dbname} from public")
    name = f"analis_{secrets.token_hex(4)}"
    made = subprocess.run([LUMBUNG, "login", name, "--role", "analyst"], capture_output=True, text=True, check=True)
    with closing(psycopg2.connect(made.stdout.strip())) as analyst:
        analyst.autocommit = True
        with analyst.cursor() as cursor:
            cursor.execute("create table salinan as select * from news.articles")
            cursor.execute("create temporary table sementara as select 1 as one")
            cursor.execute("select count(*) from salinan")
            assert cursor.fetchone() == (1,)
            for statement in REFUSED:
                with pytest.raises(
                    (psycopg2.errors.InsufficientPrivilege, psycopg2.errors.ObjectNotInPrerequisiteState)
                ):
                    cursor.execute(statement)
                cursor.execute("rollback")
            for setting, value in (
                ("statement_timeout", "5min"),
                ("lock_timeout", "10s"),
                ("idle_session_timeout", "2h"),
            ):
                cursor.execute(f"show {setting}")
                assert cursor.fetchone() == (value,)
    assert rows(database, "select tableowner from pg_tables where schemaname = %s", name) == [(name,)]
    assert rows(database, "select rolconnlimit from pg_roles where rolname = %s", name) == [(20,)]
    assert os.environ["DATABASE_URL"] == database_url


def test_it_may_get_another_password_and_a_reader_may_become_one(database: Connection) -> None:
    name = f"analis_{secrets.token_hex(4)}"
    for role in (READER, ANALYST, ANALYST):
        login(database, name, role, f"rahasia-{role}")
    about = database.info
    with closing(
        psycopg2.connect(f"postgresql://{name}:rahasia-analyst@{about.host}:{about.port}/{about.dbname}")
    ) as own:
        own.cursor().execute("create table x ()")


def test_a_name_whose_schema_belongs_to_somebody_else_is_refused(database: Connection) -> None:
    name = f"analis_{secrets.token_hex(4)}"
    with transaction(database) as cursor:
        cursor.execute(f"create schema {name}")
    with pytest.raises(DatabaseRefused, match=f"a schema {name} already that is not this login's"):
        login(database, name, ANALYST, "rahasia")


def test_an_owner_who_is_no_superuser_makes_one(server: Server, database: Connection) -> None:
    owner, name = f"milik_{secrets.token_hex(4)}", f"analis_{secrets.token_hex(4)}"
    make_owner(database, owner, "rahasia")
    with transaction(database) as cursor:
        cursor.execute(f"alter role {owner} createrole")
        cursor.execute(f"grant news_reader to {owner} with admin option")
        cursor.execute(f"alter schema news owner to {owner}")
        cursor.execute(f"alter schema lumbung owner to {owner}")
    about = database.info
    place = f"{about.host}:{about.port}/{about.dbname}"
    with closing(connect(f"postgresql://{owner}:rahasia@{place}")) as connection:
        login(connection, name, ANALYST, "rahasia")
        if database.info.server_version >= 160000:
            become = "select pg_has_role(current_user, %s, 'set')"
            assert rows(connection, become, name) == [(False,)], "it cannot become the login afterwards"
    with closing(psycopg2.connect(f"postgresql://{name}:rahasia@{place}")) as own:
        own.cursor().execute(f"create table {name}.x ()")
    with transaction(database) as cursor:
        cursor.execute(f"reassign owned by {owner} to current_user; drop owned by {owner}")
    assert server
