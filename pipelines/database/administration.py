"""What `lumbung migrate` and `lumbung login` do, as the owner of the database."""

from __future__ import annotations

import os
import secrets
from contextlib import closing
from typing import TYPE_CHECKING
from urllib.parse import quote

from psycopg2 import ProgrammingError
from psycopg2.extensions import parse_dsn

from pipelines.database.connections import Connection, Work, connect
from pipelines.database.migrate import migrate as bring_up_to_date
from pipelines.database.roles import ROLES, make_roles
from pipelines.database.roles import login as make_login

if TYPE_CHECKING:
    from collections.abc import Callable

OWNER = "DATABASE_OWNER_URL"


def owner_url(database_url: str) -> str:
    """The owner's login to a database: DATABASE_OWNER_URL where that is the same database, else the one given."""
    owner = os.environ.get(OWNER, "")
    return owner if owner and _place(owner) == _place(database_url) else database_url


def migrate(database_url: str, say: Callable[[str], None]) -> None:
    """Bring schema and rights up to date, and say what was done and what this login could not do."""
    with closing(connect(owner_url(database_url), work=Work.MIGRATING)) as connection:
        applied = bring_up_to_date(connection, say)
        without = make_roles(connection)
    say(f"applied {', '.join(applied)}" if applied else "the schema is up to date")
    if without:
        statements = " ".join(f"create role {role} nologin;" for role in without)
        say(
            f"without {' and '.join(without)}: this login may not make roles. Everything works as its owner; for logins"
            f" with fewer rights ask an administrator for `{statements}` and run `lumbung migrate` again"
        )


def login(database_url: str, name: str, role: str, password: str | None) -> str:
    """Make a login, or change its password; returns its connection string."""
    password = password or secrets.token_urlsafe(18)
    with closing(connect(owner_url(database_url), work=Work.MIGRATING)) as connection:
        make_login(connection, name, ROLES[role], password)
        return _url(connection, name, password)


def _url(connection: Connection, name: str, password: str) -> str:
    about = connection.info
    host = about.host if not about.host.startswith("/") else ""
    where = f"{f'[{host}]' if ':' in host else host}:{about.port}" if host else ""
    socket = "" if host else f"?host={quote(about.host, safe='')}&port={about.port}"
    return f"postgresql://{quote(name, safe='')}:{quote(password, safe='')}@{where}/{quote(about.dbname)}{socket}"


def _place(url: str) -> tuple[str | None, ...]:
    try:
        parts = parse_dsn(url)
    except ProgrammingError:  # whoever connects to it is told
        return (url,)
    return tuple(parts.get(name) for name in ("host", "hostaddr", "port", "dbname", "service"))
