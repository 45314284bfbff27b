"""Connections, transactions and the named queries. The one module that opens a connection.

LumbungError
└── DatabaseError              Postgres cannot be used; says where it was looked for
    ├── DatabaseUnreachable
    └── DatabaseNotReady       no schema, or an older or newer one than this code
"""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import psycopg2
from psycopg2.extensions import connection as Connection  # noqa: N812 - psycopg2 names its class in lower case
from psycopg2.extensions import cursor as Cursor  # noqa: N812 - as above

from spiders.publishers import LumbungError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = [
    "Connection",
    "Cursor",
    "DatabaseError",
    "DatabaseNotReady",
    "DatabaseUnreachable",
    "connect",
    "query",
    "transaction",
]


class DatabaseError(LumbungError):
    """Postgres cannot be used."""


class DatabaseUnreachable(DatabaseError):  # noqa: N818 - reads as what it is
    """No server answers at DATABASE_URL, or it refuses the login."""


class DatabaseNotReady(DatabaseError):  # noqa: N818 - as above
    """The server answers, but its schema is not the one this code needs."""


def database_url() -> str:
    """Where the harvest is kept: DATABASE_URL (libpq URI or key=value), else libpq's own PG* variables."""
    return os.environ.get("DATABASE_URL", "")


def connect(dsn: str | None = None, *, application: str = "lumbung") -> Connection:
    """Open a connection.

    Args:
        dsn: libpq connection string; None takes `DATABASE_URL`, else the `PG*` variables.
        application: shown in `pg_stat_activity`.

    Raises:
        DatabaseUnreachable: one line that names host and port and what to do.
    """
    target = database_url() if dsn is None else dsn
    try:
        return psycopg2.connect(target, application_name=application, connect_timeout=10, client_encoding="UTF8")
    except psycopg2.OperationalError as error:
        reason = " ".join(str(error).split())
        hint = (
            "" if target or os.environ.get("PGHOST") else "; DATABASE_URL is not set (after `make up`: . .lumbung/env)"
        )
        raise DatabaseUnreachable(f"Postgres cannot be reached: {reason}{hint}") from error


@contextmanager
def transaction(connection: Connection) -> Iterator[Cursor]:
    """One transaction: committed at the end of the block, rolled back when it raises."""
    with connection, connection.cursor() as cursor:
        yield cursor


@cache
def _queries() -> Mapping[str, str]:
    """Statements of `pipelines/sql/*.sql`: each begins with a line `-- name --`."""
    found: dict[str, str] = {}
    for path in sorted((files("pipelines") / "sql").iterdir(), key=lambda each: each.name):
        if path.name.endswith(".sql"):
            parts = re.split(r"^-- (\w+) --$", path.read_text("utf-8"), flags=re.MULTILINE)
            for name, statement in zip(parts[1::2], parts[2::2], strict=True):
                if name in found:
                    raise ValueError(f"{path.name}: query {name!r} is defined twice")
                found[name] = statement.strip()
    return found


def query(name: str) -> str:
    """The statement of that name, with `%(name)s` parameters."""
    return _queries()[name]
