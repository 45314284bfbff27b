"""Least privilege: what the owner, the crawler and the reader may do in a real database, object by object."""

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
from typing import TYPE_CHECKING, Any

import psycopg2
import pytest
from spider_runs import FAST, run_spider
from throwaway import free_port

from pipelines.database import Connection, DatabaseRefused, Work, connect, transaction
from pipelines.database_commands import migrate as migrate_and_tell
from pipelines.database_commands import owner_url
from pipelines.deduplicate import deduplicate
from pipelines.migrate import migrate, migrations
from pipelines.postgres import Server
from pipelines.roles import CRAWLER, READER, login, make_owner
from seeds.newsstand.newspaper import Newspaper, Settings
from seeds.newsstand.server import serve

if TYPE_CHECKING:
    from collections.abc import Iterator

KEPT = {"article", "crawl", "domain", "page", "poll", "publisher", "reads", "revision"}
"""Tables of which a crawler deletes nothing: what was harvested, and the books."""
LUMBUNG = Path(sys.executable).with_name("lumbung")


def url_of(database: Connection, name: str, password: str) -> str:
    about = database.info
    return f"postgresql://{name}:{password}@{about.host}:{about.port}/{about.dbname}"


@pytest.fixture
def logins(database: Connection) -> dict[str, str]:
    """Connection strings of a crawler and a reader of the fresh database."""
    mark = secrets.token_hex(4)
    found = {}
    for role in (CRAWLER, READER):
        login(database, f"{role}_{mark}", role, "kata:sandi/@?")
        found[role] = url_of(database, f"{role}_{mark}", "kata%3Asandi%2F%40%3F")
    return found


def rows(connection: Connection, statement: str, *values: object) -> list[tuple[Any, ...]]:
    with transaction(connection) as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


NOT_FOR_CRAWLERS = """
create table lumbung.x ()
create table public.x ()
create schema x
create role x
create index on lumbung.page (url)
create extension if not exists pg_trgm schema lumbung
alter table lumbung.page add x int
alter role current_user superuser
drop table lumbung.kept_page
drop view news.articles
truncate lumbung.turn
delete from lumbung.article
delete from lumbung.crawl
insert into public.lumbung_migration values ('9999_mine')
copy lumbung.page to program 'id'
copy lumbung.page to '/tmp/x'
select pg_read_file('/etc/passwd')
select * from pg_authid
set role news_reader
""".strip().splitlines()
NOT_FOR_READERS = """
select * from lumbung.article
select lumbung.url_key('x')
select nextval('lumbung.page_page_id_seq')
select * from public.lumbung_migration
select pg_read_file('/etc/passwd')
insert into news.domains (domain) values ('x')
update news.domains set strikes = 0
delete from news.crawls
create table x ()
set transaction read write; create table x ()
set role lumbung_crawler
""".strip().splitlines()
TABLE_RIGHTS = ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN"]
RELATIONS = """
select n.nspname, c.relname, c.relkind::text,
    array(select each from unnest(%s::text[]) as each where has_table_privilege(%s, c.oid, each))
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname in ('lumbung', 'news', 'public') and c.relkind in ('r', 'p', 'v', 'm', 'f')
"""


def rights_on_relations(connection: Connection, role: str) -> list[tuple[str, str, str, set[str]]]:
    """Schema, name, kind and rights of a role."""
    found = rows(connection, RELATIONS, TABLE_RIGHTS, role)
    return [(schema, name, kind, set(rights)) for schema, name, kind, rights in found]


def test_the_crawler_has_exactly_the_rights_its_work_needs_on_every_table_and_view(database: Connection) -> None:
    seen = rights_on_relations(database, CRAWLER)
    assert len(seen) > 25
    for schema, name, _, rights in seen:
        if schema == "lumbung":
            wanted = {"SELECT", "INSERT", "UPDATE"} | (set() if name in KEPT else {"DELETE"})
        else:
            wanted = {"SELECT"}
        assert rights == wanted, f"{schema}.{name}"


def test_the_reader_selects_from_every_view_of_news_and_from_nothing_else(database: Connection) -> None:
    for schema, name, kind, rights in rights_on_relations(database, READER):
        assert rights == ({"SELECT"} if schema == "news" else set()), f"{schema}.{name}"
        assert schema != "news" or kind == "v", name
    usable = "select nspname, has_schema_privilege(%s, oid, 'usage'), has_schema_privilege(%s, oid, 'create')"
    schemas = rows(
        database, f"{usable} from pg_namespace where nspname in ('lumbung', 'news') order by 1", *[READER] * 2
    )
    assert schemas == [("lumbung", False, False), ("news", True, False)]


def test_every_function_and_sequence_can_be_used_by_the_crawler_and_no_schema_is_open_to_it(
    database: Connection,
) -> None:
    functions = rows(
        database,
        "select p.oid::regprocedure::text, has_function_privilege(%s, p.oid, 'execute'),"
        " has_function_privilege(%s, p.oid, 'execute'), p.prosecdef"
        " from pg_proc p where pronamespace in ('lumbung'::regnamespace, 'news'::regnamespace)",
        CRAWLER,
        READER,
    )
    assert len(functions) > 5
    assert [name for name, crawler, reader, definer in functions if not (crawler and reader) or definer] == []
    sequences = rows(
        database,
        "select relname, has_sequence_privilege(%s, oid, 'usage'), has_sequence_privilege(%s, oid, 'usage')"
        " from pg_class where relkind = 'S' and relnamespace = 'lumbung'::regnamespace",
        CRAWLER,
        READER,
    )
    assert len(sequences) >= 3
    assert {each[1:] for each in sequences} == {(True, False)}
    create = "select nspname from pg_namespace where nspname !~ '^pg_' and has_schema_privilege(%s, oid, 'create')"
    for role in (CRAWLER, READER):
        assert rows(database, create, role) == []
        assert rows(database, "select has_database_privilege(%s, current_database(), 'create')", role) == [(False,)]


def test_what_a_later_migration_makes_is_covered_without_a_word_about_roles(database: Connection) -> None:
    with transaction(database) as cursor:
        cursor.execute("create table lumbung.later (number bigserial primary key)")
        cursor.execute("create view news.later as select * from lumbung.later")
        cursor.execute("create function lumbung.later(n int) returns int language sql return n + 1")
    for role, wanted in ((CRAWLER, {"SELECT", "INSERT", "UPDATE", "DELETE"}), (READER, set())):
        found = {f"{schema}.{name}": rights for schema, name, _, rights in rights_on_relations(database, role)}
        assert (found["lumbung.later"], found["news.later"]) == (wanted, {"SELECT"})
    usage = "select has_sequence_privilege(%s, 'lumbung.later_number_seq', 'usage')"
    assert rows(database, usage, CRAWLER) == [(True,)]
    with transaction(database) as cursor:
        cursor.execute("drop view news.later; drop table lumbung.later; drop function lumbung.later")


def test_no_migration_grants_anything_itself() -> None:
    assert [name for name, text in migrations().items() if "grant " in text.lower()] == []


def test_a_crawler_harvests_and_deduplicates_and_may_do_nothing_more(
    logins: dict[str, str], database: Connection
) -> None:
    with serve(Newspaper(Settings(articles=10, crawl_delay=0), now=datetime.now(UTC))) as stand:
        environment = {"DATABASE_URL": logins[CRAWLER], "LUMBUNG_HOME_CONTOH": stand.url + "/"}
        for run in ("first", "second"):
            run_spider("contoh", environment, f"run={run}", "refetch=true", settings=FAST)
        crawler = connect(logins[CRAWLER], work=Work.DEDUPLICATING)
        assert deduplicate(crawler).seen == rows(database, "select count(*) from lumbung.article")[0][0] > 20
        explained = subprocess.run(
            [LUMBUNG, "duplicates", "explain", "1"], env={**os.environ, **environment}, check=False
        )
        assert explained.returncode == 0
    assert rows(database, "select run_id, balanced, problems from news.crawls order by 1") == [
        ("first", True, []),
        ("second", True, []),
    ]
    for forbidden in NOT_FOR_CRAWLERS:
        with pytest.raises((DatabaseRefused, psycopg2.Error)) as refused, transaction(crawler) as cursor:
            cursor.execute(forbidden)
        codes = {getattr(refused.value, "code", None), getattr(refused.value, "pgcode", None)}
        assert codes & {"42501"}, f"{forbidden}: {refused.value}"
        assert "\n" not in str(refused.value), forbidden
    crawler.close()


def test_a_reader_reads_every_view_and_may_do_nothing_more(logins: dict[str, str], database: Connection) -> None:
    views = [view for (view,) in rows(database, "select viewname from pg_views where schemaname = 'news'")]
    with closing(psycopg2.connect(logins[READER])) as reader:
        reader.autocommit = True
        cursor = reader.cursor()
        for view in views:
            cursor.execute(f"select * from news.{view}")
        for forbidden in NOT_FOR_READERS:
            with pytest.raises((psycopg2.errors.InsufficientPrivilege, psycopg2.errors.ReadOnlySqlTransaction)):
                cursor.execute(forbidden)
        cursor.execute("show statement_timeout")
        assert cursor.fetchone() == ("5min",)


def test_the_password_reaches_the_server_as_a_hash_and_can_be_changed(
    logins: dict[str, str], database: Connection
) -> None:
    name = psycopg2.extensions.parse_dsn(logins[READER])["user"]
    assert rows(database, "select rolpassword ~ '^SCRAM-SHA-256' from pg_authid where rolname = %s", name) == [(True,)]
    login(database, name, READER, "lain")
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        psycopg2.connect(logins[READER])
    psycopg2.connect(url_of(database, name, "lain")).close()


def test_no_login_takes_the_name_of_the_owner_or_of_a_role(logins: dict[str, str], database: Connection) -> None:
    crawler = psycopg2.extensions.parse_dsn(logins[CRAWLER])["user"]
    owner = database.info.user
    for name in (owner, CRAWLER, READER, "pg_read_all_data", crawler):
        with pytest.raises(DatabaseRefused, match=f"there is a role {name} already"):
            login(database, name, READER, "baru")
    assert rows(database, "select rolcanlogin from pg_roles where rolname = %s", CRAWLER) == [(False,)]


def test_lumbung_login_prints_an_address_that_works_and_migrate_as_a_crawler_is_one_line(
    database_url: str, logins: dict[str, str], database: Connection
) -> None:
    name = f"mira_{secrets.token_hex(4)}"
    made = subprocess.run([LUMBUNG, "login", name], capture_output=True, text=True, check=True)
    address = made.stdout.strip()
    assert address.startswith(f"postgresql://{name}:")
    psycopg2.connect(address).close()
    environment = {**os.environ, "DATABASE_URL": logins[CRAWLER]}
    nothing = subprocess.run([LUMBUNG, "migrate"], env=environment, capture_output=True, text=True, check=False)
    assert (nothing.returncode, nothing.stdout) == (0, "the schema is up to date\n")
    with transaction(database) as cursor:
        cursor.execute(
            "delete from public.lumbung_migration where name = (select max(name) from public.lumbung_migration)"
        )
    for command in (["migrate"], ["login", "maling", "--role", "crawler"]):
        refused = subprocess.run([LUMBUNG, *command], env=environment, capture_output=True, text=True, check=False)
        assert refused.returncode == 1
        assert refused.stderr.startswith("lumbung: ")
        assert refused.stderr.count("\n") == 1, refused.stderr
    assert owner_url(logins[CRAWLER]) == logins[CRAWLER]
    os.environ["DATABASE_OWNER_URL"] = database_url
    try:
        assert owner_url(logins[CRAWLER]) == database_url
        assert owner_url(logins[CRAWLER] + "_other") == logins[CRAWLER] + "_other"
    finally:
        del os.environ["DATABASE_OWNER_URL"]


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


def test_a_server_of_our_own_is_settled_by_one_command_and_again_without_a_change(bare: Server) -> None:
    bare.create_database("lumbung")
    passwords = {f"NEW_{name}_PASSWORD": f"kata {name}/@:" for name in ("CRAWLER", "READER", "METADATA")}
    environment = {**os.environ, "DATABASE_URL": bare.url("postgres"), **passwords}
    command = [sys.executable, "-m", "pipelines.own_server"]
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
        applied = sorted(pool.map(apply, databases * 2))
    assert applied == [[]] * 4 + [list(migrations())] * 4
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
