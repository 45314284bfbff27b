"""The schema: applied once, in order, described for readers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pipelines.database.connections import Connection, DatabaseNotReady, DatabaseUnreachable, connect, transaction
from pipelines.database.migrate import check_ready, migrate, migrations

if TYPE_CHECKING:
    from pipelines.stack.postgres import Server


def test_second_migration_applies_nothing(database: Connection) -> None:
    assert migrate(database) == []
    check_ready(database)


def test_migration_names_are_numbered_without_a_gap() -> None:
    assert [name[:4] for name in migrations()] == [f"{number:04}" for number in range(1, len(migrations()) + 1)]


def test_fresh_database_is_told_to_migrate(server: Server) -> None:
    empty = connect(server.url("postgres"))
    with pytest.raises(DatabaseNotReady, match=r"lacks migration 0001_harvest: run `lumbung migrate`"):
        check_ready(empty)
    empty.close()


def test_database_newer_than_the_code_is_refused(database: Connection) -> None:
    with transaction(database) as cursor:
        cursor.execute("insert into public.lumbung_migration (name) values ('9999_future')")
    with pytest.raises(DatabaseNotReady, match="9999_future"):
        migrate(database)


def test_every_view_and_every_column_of_the_contract_is_described(database: Connection) -> None:
    with transaction(database) as cursor:
        cursor.execute(
            "select c.relname || coalesce('.' || a.attname, '') from pg_class c"
            " join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'news'"
            " left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0"
            " where c.relkind = 'v' and (col_description(c.oid, a.attnum) is null or obj_description(c.oid) is null)"
        )
        assert cursor.fetchall() == []


def test_reader_reads_the_views_and_nothing_else(database: Connection) -> None:
    with transaction(database) as cursor:
        cursor.execute("set local role news_reader")
        cursor.execute("select count(*) from news.articles")
        with pytest.raises(Exception, match="permission denied"):
            cursor.execute("select count(*) from lumbung.article")
    database.rollback()


def test_unreachable_server_is_one_line_that_names_it() -> None:
    with pytest.raises(DatabaseUnreachable, match=r"127\.0\.0\.1.*port 9") as caught:
        connect("postgresql://nobody@127.0.0.1:9/none")
    assert "\n" not in str(caught.value)
