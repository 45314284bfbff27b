"""Least privilege: what the owner, the crawler and the reader may do in a real database, object by object."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import psycopg2
import pytest
from support.database_rights import rights_on_relations, rows
from support.spider_runs import FAST, run_spider

from pipelines.database.administration import owner_url
from pipelines.database.connections import Connection, DatabaseRefused, Work, connect, transaction
from pipelines.database.migrate import migrations
from pipelines.database.roles import CRAWLER, READER, login
from pipelines.duplicates.deduplicate import deduplicate
from seeds.newsstand.newspaper import Newspaper, Settings
from seeds.newsstand.server import serve

KEPT = {"article", "change", "crawl", "domain", "page", "poll", "publisher", "reads", "revision", "shown", "takedown"}
"""Tables of which a crawler deletes nothing: what was harvested, and the books."""
NOT_CHANGED = {"change": {"UPDATE"}, "takedown": {"INSERT", "UPDATE"}}
"""What a crawler may not do either: the feed is only added to, and takedowns are the owner's."""
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
select lumbung.take_down(1, 'mine')
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


def test_the_crawler_has_exactly_the_rights_its_work_needs_on_every_table_and_view(database: Connection) -> None:
    seen = rights_on_relations(database, CRAWLER)
    assert len(seen) > 25
    for schema, name, _, rights in seen:
        if schema == "lumbung":
            wanted = {"SELECT", "INSERT", "UPDATE"} | (set() if name in KEPT else {"DELETE"})
            wanted -= NOT_CHANGED.get(name, set())
        else:
            wanted = {"SELECT"}
        assert rights == wanted, f"{schema}.{name}"


def test_the_reader_selects_from_every_view_of_news_and_from_nothing_else(database: Connection) -> None:
    for schema, name, kind, rights in rights_on_relations(database, READER):
        # What news.search looks into; schema lumbung is closed to whoever asks for it by name.
        wanted = {"SELECT"} if schema == "news" or name == "searched" else set()
        assert rights == wanted, f"{schema}.{name}"
        assert schema != "news" or kind == "v", name
    usable = "select nspname, has_schema_privilege(%s, oid, 'usage'), has_schema_privilege(%s, oid, 'create')"
    schemas = rows(
        database, f"{usable} from pg_namespace where nspname in ('lumbung', 'news') order by 1", *[READER] * 2
    )
    assert schemas == [("lumbung", False, False), ("news", True, False)]
    usage = "select has_schema_privilege(%s, 'lumbung', 'usage'), has_schema_privilege(%s, 'news', 'usage')"
    assert rows(database, usage, *[CRAWLER] * 2) == [(True, True)]


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
    assert [name for name, crawler, reader, _ in functions if not (crawler and reader)] == []
    # With their owner's rights: one ends sessions of readers over their time, one forgets crawls that brought nothing.
    with_owners_rights = sorted(name.removeprefix("lumbung.") for name, *_, definer in functions if definer)
    assert with_owners_rights == ["end_long_readers(interval)", "forget_quiet_crawls(integer,integer)"]
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


@pytest.mark.usefixtures("database_url")
def test_the_password_of_a_login_may_come_from_a_variable() -> None:
    name = f"panen_{secrets.token_hex(4)}"
    environment = {**os.environ, "LUMBUNG_PASSWORD": "dari-luar"}
    made = subprocess.run(
        [LUMBUNG, "login", name, "--role", "crawler"], env=environment, capture_output=True, text=True, check=True
    )
    about = psycopg2.extensions.parse_dsn(made.stdout.strip())
    assert (about["user"], about["password"]) == (name, "dari-luar")
    with closing(psycopg2.connect(made.stdout.strip())) as connection, connection.cursor() as cursor:
        cursor.execute("select pg_has_role(%s, 'member')", [CRAWLER])
        assert cursor.fetchone() == (True,)
