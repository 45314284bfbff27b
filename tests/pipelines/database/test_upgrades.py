"""An upgrade of a database that holds articles: they stay as they are, and copies are told of nothing."""

from __future__ import annotations

import secrets
from contextlib import closing
from typing import TYPE_CHECKING

import psycopg2
import pytest
from support.stories import Story, body, put, revise, rows

from pipelines.database import migrate as module
from pipelines.database.connections import connect, transaction
from pipelines.database.migrate import migrate, migrations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.stack.postgres import Server

OLD = "0026_folded_search"
SEEN = (
    "select article_id, text, search::text, changed_id, cluster_id, copies, content_hash from news.articles order by 1"
)


@pytest.fixture
def empty(server: Server) -> Iterator[str]:
    name = f"t_{secrets.token_hex(6)}"
    with closing(psycopg2.connect(server.url("postgres"))) as admin:
        admin.autocommit = True
        admin.cursor().execute(f'create database "{name}"')
        yield server.url(name)
        admin.cursor().execute(f'drop database "{name}" with (force)')


def test_copies_are_told_of_nothing_and_what_was_read_before_has_no_extractor(
    empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {name: text for name, text in migrations().items() if name <= OLD}
    with closing(connect(empty)) as connection:
        with monkeypatch.context() as patch:
            patch.setattr(module, "migrations", lambda: before)
            migrate(connection)
        numbers = put(connection, [Story(body(seed)) for seed in range(3)])
        revise(connection, numbers[0], body(9))
        seen, told = rows(connection, SEEN), rows(connection, "table news.changes")
        assert len(seen) == len(numbers)
        assert migrate(connection)
        assert rows(connection, SEEN) == seen
        assert rows(connection, "table news.changes") == told
        assert rows(connection, "select distinct extractor from news.articles") == [(None,)]


def test_a_view_that_an_analyst_made_goes_on_when_a_column_changes_its_type(
    empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {name: text for name, text in migrations().items() if name < "0032"}
    old = "('articles_2', 'all_articles_2')"
    with closing(connect(empty)) as connection:
        with monkeypatch.context() as patch:
            patch.setattr(module, "migrations", lambda: before)
            migrate(connection)
        put(connection, [Story(body(1), headline="Panen Kebun")])
        with transaction(connection) as cursor:
            cursor.execute("create schema mira; create view mira.kabar as select headline, search from news.articles")
            cursor.execute("grant usage on schema mira to news_reader; grant select on mira.kabar to news_reader")
        promised = rows(connection, "select obj_description('news.articles'::regclass)")
        assert migrate(connection)
        mine = "select headline from mira.kabar where search @@ to_tsquery('indonesian', 'kebun')"
        with transaction(connection) as cursor:
            cursor.execute("set local role news_reader")
            cursor.execute(mine)
            assert cursor.fetchall() == [("Panen Kebun",)]
        put(connection, [Story(body(2), headline="Kebun Baru")], first=50)
        assert len(rows(connection, mine)) == 2
        # Only what somebody reads is left of the old ones.
        kept = f"select viewname from pg_views where schemaname = 'lumbung' and viewname in {old}"
        assert rows(connection, kept) == [("articles_2",)]
        assert rows(connection, "select obj_description('news.articles'::regclass)") == promised
        assert migrate(connection) == []
