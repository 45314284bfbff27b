"""A PostgreSQL server of our own: its two databases, and a login with few rights for everything that runs.

    lumbung         the server's superuser, which makes and migrates; no service knows its password
    lumbung_crawl   crawls, loads, deduplicates
    lumbung_read    reads schema `news`: for people
    airflow         owns the database of that name, which is Airflow's metadata, and nothing else

`make up` calls `settle`; Compose runs `python -m pipelines.stack.own_server` with the passwords in its environment.
"""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from psycopg2.extensions import make_dsn

from pipelines.database.connections import Connection, Work, connect
from pipelines.database.migrate import migrate
from pipelines.database.roles import CRAWLER, READER, login, make_owner, shut_out

if TYPE_CHECKING:
    from collections.abc import Callable

HARVEST: Final = "lumbung"
METADATA: Final = "airflow"
CRAWLS: Final = "lumbung_crawl"
READS: Final = "lumbung_read"


@dataclass(frozen=True, slots=True)
class Passwords:
    """Of the logins, in clear."""

    crawler: str
    reader: str
    metadata: str


def settle(url: Callable[[str], str], passwords: Passwords) -> list[str]:
    """Bring both databases and the logins up to date; a second call changes nothing.

    Args:
        url: connection string of the superuser to a database, by its name.
        passwords: that the logins have from now on.

    Returns:
        Names of the migrations applied.
    """
    with closing(connect(url(HARVEST), work=Work.MIGRATING)) as connection:
        _make_database(connection, METADATA)
        applied = migrate(connection)
        login(connection, CRAWLS, CRAWLER, passwords.crawler)
        login(connection, READS, READER, passwords.reader)
        shut_out(connection)
    with closing(connect(url(METADATA), work=Work.MIGRATING)) as connection:
        make_owner(connection, METADATA, passwords.metadata)
        shut_out(connection)
    return applied


def _make_database(connection: Connection, name: str) -> None:
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("select from pg_database where datname = %s", [name])
        if cursor.fetchone() is None:
            cursor.execute(f'create database "{name}"')
    connection.autocommit = False


def main() -> None:
    """Settle the server that DATABASE_URL names."""
    given = {name: os.environ[f"NEW_{name.upper()}_PASSWORD"] for name in ("crawler", "reader", "metadata")}
    applied = settle(lambda database: make_dsn(os.environ["DATABASE_URL"], dbname=database), Passwords(**given))
    print(f"applied {', '.join(applied)}" if applied else "the schema is up to date")  # noqa: T201 - for Compose's log


if __name__ == "__main__":
    main()
