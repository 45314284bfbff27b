"""Connections and transactions. The one module that opens a connection.

LumbungError
└── DatabaseError              Postgres cannot be used; says where it was looked for
    ├── DatabaseUnreachable
    ├── DatabaseNotReady       no schema, or an older or newer one than this code
    ├── DatabaseLost           the connection broke in the middle; what was not committed is undone
    └── DatabaseRefused        a limit, a right or a resource of the server; `code` is the SQLSTATE
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

import psycopg2
from psycopg2.extensions import connection as Connection  # noqa: N812 - psycopg2 names its class in lower case
from psycopg2.extensions import cursor as Cursor  # noqa: N812 - as above
from psycopg2.extensions import parse_dsn

from spiders.errors import LumbungError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = [
    "NOT_ALLOWED",
    "Connection",
    "Cursor",
    "DatabaseError",
    "DatabaseLost",
    "DatabaseNotReady",
    "DatabaseRefused",
    "DatabaseUnreachable",
    "Work",
    "connect",
    "statement",
    "transaction",
]


NOT_ALLOWED = "42501"
DEADLOCK = "40P01"
_LOST = ("08", "57P")
"""SQLSTATEs of a connection that is gone: connection exceptions, shutdown, crash."""
_HINTS = {
    "57014": "; limits are in pipelines/database/connections.py;"
    " options=-c statement_timeout=... in DATABASE_URL changes them",
    "55P03": "; something else holds it: try again, or look into pg_stat_activity",
    "25P03": "; the transaction was open and idle for too long",
    NOT_ALLOWED: "; this login has not the right: see SECURITY.md on roles, or use the database's owner",
}
_REFUSED = (*_HINTS, DEADLOCK, "25006", "53")
"""SQLSTATEs that tell of limits, rights and resources, not of the statement: 53 is a full disk or too many sessions."""


class DatabaseError(LumbungError):
    """Postgres cannot be used."""


class DatabaseUnreachable(DatabaseError):  # noqa: N818 - reads as what it is
    """No server answers at DATABASE_URL, or it refuses the login."""


class DatabaseNotReady(DatabaseError):  # noqa: N818 - as above
    """The server answers, but its schema is not the one this code needs."""


class DatabaseLost(DatabaseError):  # noqa: N818 - as above
    """The connection broke in the middle of something, which is undone unless its commit had arrived."""


class DatabaseRefused(DatabaseError):  # noqa: N818 - as above
    """The server refuses for a reason that lies in its limits, rights or resources."""

    def __init__(self, text: str, code: str = "") -> None:
        super().__init__(text)
        self.code = code
        """SQLSTATE; empty where the refusal is ours."""


_PATIENCE: Final[Mapping[str, Any]] = {
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,  # milliseconds
}
"""After a minute without a sign of life the network between us counts as broken: without them it hangs for hours."""


class Work(Enum):
    """Kinds of work and their limits: (statement, wait for a lock, idle inside a transaction), in seconds; 0 is none.

    Sessions may be idle outside of transactions for as long as they like: a crawl's holds the lock that says it lives.
    """

    READING = (300, 60, 300)
    CRAWLING = (300, 60, 120)
    DEDUPLICATING = (1800, 1800, 1800)
    """Batches of all processes take turns, texts are compared between statements, and a batch may have 100,000."""
    MIGRATING = (0, 60, 60)
    """Rewriting a large table takes what it takes; but everybody queues up behind a migration that waits for a lock."""

    @property
    def options(self) -> str:
        """The limits as libpq's `options`."""
        statement, lock, idle = self.value
        return (
            f"-c statement_timeout={statement}s -c lock_timeout={lock}s -c idle_in_transaction_session_timeout={idle}s"
        )


def database_url() -> str:
    """Where the harvest is kept: DATABASE_URL (libpq URI or key=value), else libpq's own PG* variables."""
    return os.environ.get("DATABASE_URL", "")


def connect(dsn: str | None = None, *, application: str = "lumbung", work: Work = Work.READING) -> Connection:
    """Open a connection.

    Args:
        dsn: libpq connection string; None takes `DATABASE_URL`, else the `PG*` variables.
        application: shown in `pg_stat_activity`.
        work: whose limits the session gets; `options` of the connection string come after them and win.

    Raises:
        DatabaseUnreachable: one line that names host and port and what to do.
    """
    target = database_url() if dsn is None else dsn
    try:
        theirs = parse_dsn(target).get("options") or os.environ.get("PGOPTIONS", "")
        limits = {"options": f"{work.options} {theirs}"}
        session: dict[str, Any] = {"application_name": application, "client_encoding": "UTF8", **limits, **_PATIENCE}
        connection: Connection = psycopg2.connect(target, **session)
    except psycopg2.Error as error:
        reason = _without_password(error, target)
        # Not `from error`: its text may hold the password, and Airflow logs the chain.
        raise DatabaseUnreachable(_unreachable(reason, target)) from None
    return connection


def _unreachable(reason: str, target: str) -> str:
    """One line; where nobody has said which server, that comes first."""
    if target or os.environ.get("PGHOST"):
        return f"Postgres cannot be reached: {reason}"
    return f"DATABASE_URL is not set (after `make up`: . .lumbung/env), and libpq finds no server by itself: {reason}"


def _without_password(error: psycopg2.Error, target: str) -> str:
    """What libpq says, which quotes what it cannot read: pieces of a password, where that holds an unescaped @ or :."""
    try:
        parts = parse_dsn(target)
    except psycopg2.ProgrammingError:
        parts = {"host": "@"}
    if any("@" in str(parts.get(name, "")) for name in ("host", "port", "dbname")):
        return "DATABASE_URL is no connection string; in a password @ is written %40, : %3A, / %2F and % %25"
    password = parts.get("password")
    return one_line(error).replace(str(password), "***") if password else one_line(error)


def reconnect(login: Mapping[str, Any]) -> Connection:
    """Open a connection like one that is lost.

    Args:
        login: its `info.dsn_parameters` and password.

    Raises:
        DatabaseUnreachable: no server answers yet.
    """
    try:
        connection: Connection = psycopg2.connect(None, **login)
    except psycopg2.Error as error:
        raise DatabaseUnreachable(f"Postgres cannot be reached: {one_line(error)}") from error
    return connection


@contextmanager
def transaction(connection: Connection, factory: type[Cursor] | None = None) -> Iterator[Cursor]:
    """One transaction: committed at the end of the block, rolled back when it raises.

    Args:
        connection: outside of a transaction.
        factory: class of the cursor, psycopg2's own by default.

    Raises:
        DatabaseLost: the connection broke.
        DatabaseRefused: a limit, a right or a resource; other errors come as psycopg2 has them.
    """
    with _told(connection), connection, connection.cursor(cursor_factory=factory) as cursor:
        yield cursor


@contextmanager
def statement(connection: Connection, factory: type[Cursor] | None = None) -> Iterator[Cursor]:
    """One message to the server, which is a transaction by itself: BEGIN and COMMIT cost as much as a small statement.

    Args:
        connection: outside of a transaction.
        factory: class of the cursor, psycopg2's own by default.

    Raises:
        DatabaseLost: the connection broke; what the message changed may have been committed.
        DatabaseRefused: as in a transaction.
    """
    try:
        with _told(connection):
            connection.autocommit = True
            with connection.cursor(cursor_factory=factory) as cursor:
                yield cursor
    finally:
        if not connection.closed:
            connection.autocommit = False


@contextmanager
def _told(connection: Connection) -> Iterator[None]:
    """Errors of the database as ours."""
    try:
        yield
    except psycopg2.Error as error:
        code = error.pgcode or ""
        if connection.closed or code.startswith(_LOST):
            # Rolling back on a broken connection raises too, and only that it is closed.
            told = error.__context__ if isinstance(error.__context__, psycopg2.Error) else error
            raise DatabaseLost(f"Postgres was lost: {one_line(told)}") from error
        if code.startswith(_REFUSED):
            said = error.diag.message_primary or one_line(error)
            raise DatabaseRefused(f"Postgres refuses: {said}{_HINTS.get(code, '')}", code) from error
        raise


def the_row(cursor: Cursor) -> tuple[Any, ...]:
    """The row of a statement that gives one whatever the tables hold."""
    row: tuple[Any, ...] | None = cursor.fetchone()
    assert row is not None, cursor.query  # noqa: S101 - as said
    return row


def one_line(error: Exception) -> str:
    """What an error says, without its line breaks."""
    return " ".join(str(error).split())
