"""Who may do what in the harvest's database: its owner, the role that crawls, the role that reads.

    owner               whoever runs `lumbung migrate`: owns schemas `lumbung` and `news`, and changes them
    lumbung_crawler     crawls, loads, deduplicates: rows of `lumbung`; no DDL, and of the harvest nothing is deleted
    news_reader         selects from the views of `news`, and reaches nothing else; analysts own a schema too

Roles belong to the server, rights to each database. One login that owns the database may do everything, as ever.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from psycopg2 import errors, sql
from psycopg2.extensions import encrypt_password

from pipelines.database.connections import (
    NOT_ALLOWED,
    Connection,
    Cursor,
    DatabaseRefused,
    statement,
    the_row,
    transaction,
)
from pipelines.database.statements import query

if TYPE_CHECKING:
    from collections.abc import Mapping

logger = logging.getLogger(__name__)

CRAWLER: Final = "lumbung_crawler"
READER: Final = "news_reader"
ANALYST: Final = "analyst"
"""No role of the server: a login of READER that owns one schema, of its own name, as dbt wants it."""
ROLES: Final = {"crawler": CRAWLER, "reader": READER, "analyst": ANALYST}

_LIMITS: Final[Mapping[str, Mapping[str, str]]] = {
    CRAWLER: {},
    READER: {
        "default_transaction_read_only": "on",
        "statement_timeout": "5min",
        "lock_timeout": "10s",
        "idle_in_transaction_session_timeout": "5min",
        "idle_session_timeout": "2h",
    },
}
_LIMITS_OF_ANALYSTS: Final = {**_LIMITS[READER], "default_transaction_read_only": "off"}
"""Settings of logins. A forgotten query must not hold up a migration for ever; who needs longer says `set` first, up to
the ten minutes of `lumbung.end_long_readers`. What crawls brings limits of its own: `connections.Work`.
"""
CONNECTIONS: Final = 20
"""Sessions that one login of a reader may have at a time."""


def make_roles(connection: Connection) -> list[str]:
    """Make the roles that are missing on the server; names of those that this login may not make."""
    return [role for role in _missing(connection) if not _make(connection, role)]


def grant_rights(connection: Connection) -> None:
    """Give the roles that are there what they need of all there is now, and of what this login makes later.

    Where this login does not own the schemas nothing happens: the rights are their owner's to give.
    """
    missing = set(_missing(connection))
    with transaction(connection) as cursor:
        cursor.execute(query("owns_schemas"))
        if cursor.fetchone() != (True,):
            return
        # One process at a time: rows of the catalogue that two change at once are an error.
        cursor.execute("lock table public.lumbung_migration in share row exclusive mode")
        if READER not in missing:
            cursor.execute(query("grant_reader"))
        if CRAWLER not in missing:
            cursor.execute(query("grant_crawler"))
        if not missing:
            cursor.execute(query("let_in"))
            cursor.execute(query("close_locks"))


def login(connection: Connection, name: str, role: str, password: str) -> None:
    """Make a login with the rights of a role, or give the one there is this password. Only its hash is sent.

    Args:
        connection: of a login that may make roles.
        name: of the login.
        role: `CRAWLER`, `READER` or `ANALYST`.
        password: in clear.

    Raises:
        DatabaseRefused: this login may not, the role is missing, or the name belongs to something else.
    """
    analyst = role == ANALYST
    role = READER if analyst else role
    if role in _missing(connection):
        raise DatabaseRefused(f"the server has no role {role}: run `lumbung migrate`, which makes it or says who can")
    with transaction(connection) as cursor:
        cursor.execute(query("known_login"), {"name": name, "role": role})
        known = cursor.fetchone()
    if known == (False,):
        raise DatabaseRefused(f"there is a role {name} already that is no login of {role}: choose another name")
    if known is None and not _make(connection, name):
        raise DatabaseRefused(f"this login may not make {name}: ask for it with one that has CREATEROLE")
    secret = encrypt_password(password, name, connection, "scram-sha-256")
    who = sql.Identifier(name)
    with transaction(connection) as cursor:
        cursor.execute(sql.SQL("alter role {} login password {}").format(who, sql.Literal(secret)))
        cursor.execute(sql.SQL("grant {} to {}").format(sql.Identifier(role), who))
        for setting, value in (_LIMITS_OF_ANALYSTS if analyst else _LIMITS[role]).items():
            change = sql.SQL("alter role {} set {} = {}")
            cursor.execute(change.format(who, sql.Identifier(setting), sql.Literal(value)))
        if role == READER:
            cursor.execute(sql.SQL("alter role {} connection limit {}").format(who, sql.Literal(CONNECTIONS)))
            if analyst:
                _give_schema(cursor, name)
            _be_able_to_end(cursor, who)


def _give_schema(cursor: Cursor, name: str) -> None:
    """Make the schema of an analyst, where temporary tables are allowed too: dbt needs both."""
    cursor.execute(query("owner_of_schema"), {"name": name})
    owner = cursor.fetchone()
    if owner not in {None, (name,)}:
        raise DatabaseRefused(f"there is a schema {name} already that is not this login's: choose another name")
    who = sql.Identifier(name)
    cursor.execute(query("temporary_tables_for"), {"name": name})
    if owner is None:
        # Whoever makes something for a role has to be able to become it; `_be_able_to_end` takes that back.
        cursor.execute(sql.SQL("grant {} to current_user").format(who))
        cursor.execute(sql.SQL("create schema {0} authorization {0}").format(who))


def _be_able_to_end(cursor: Cursor, who: sql.Identifier) -> None:
    """Let the owner end the sessions of a login: `lumbung.end_long_readers` does so with the owner's rights."""
    cursor.execute(
        "select rolsuper, current_setting('server_version_num')::int >= 160000 from pg_roles"
        " where rolname = current_user"
    )
    superuser, can_inherit = the_row(cursor)
    if not superuser:
        how = sql.SQL("grant {} to current_user" + (" with inherit true, set false" if can_inherit else ""))
        cursor.execute(how.format(who))


def end_long_readers(connection: Connection) -> None:
    """End the sessions of readers whose transaction is too old: they may have lifted their own limits."""
    with statement(connection) as cursor:
        cursor.execute(query("end_long_readers"))
        (ended,) = the_row(cursor)
    tell_ended(ended)


def tell_ended(ended: int) -> None:
    """Log how many sessions of readers `lumbung.end_long_readers` has ended, if any."""
    if ended:
        logger.warning("ended %d sessions of readers whose transaction was too old", ended)


def shut_out(connection: Connection) -> None:
    """Close the current database, of a server that is ours alone, to everybody who was not let in."""
    with transaction(connection) as cursor:
        cursor.execute(query("shut_out"))


def make_owner(connection: Connection, name: str, password: str) -> None:
    """Make a login the owner of the current database and of what lies in it, and of nothing else.

    Args:
        connection: of a superuser, which may own all of it so far.
        name: of the login.
        password: in clear.
    """
    _make(connection, name)
    secret = encrypt_password(password, name, connection, "scram-sha-256")
    with transaction(connection) as cursor:
        cursor.execute(sql.SQL("alter role {} login password {}").format(sql.Identifier(name), sql.Literal(secret)))
        cursor.execute(query("changes_of_owner"), {"role": name})
        for (change,) in cursor.fetchall():
            cursor.execute(change)


def _missing(connection: Connection) -> list[str]:
    with transaction(connection) as cursor:
        cursor.execute(query("missing_roles"), {"roles": [CRAWLER, READER]})
        return [role for (role,) in cursor.fetchall()]


def _make(connection: Connection, role: str) -> bool:
    """Make a role; False when this login may not. Migrations of another database may be making it now."""
    try:
        with transaction(connection) as cursor:
            cursor.execute(sql.SQL("create role {} nologin").format(sql.Identifier(role)))
    except (errors.DuplicateObject, errors.UniqueViolation):
        return True
    except DatabaseRefused as refused:
        if refused.code != NOT_ALLOWED:
            raise
        return False
    return True
