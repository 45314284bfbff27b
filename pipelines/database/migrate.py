"""Apply `pipelines/sql/migrations/NNNN_name.sql` in order, each in its transaction, by one process at a time."""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from functools import cache, partial
from importlib.resources import files
from typing import TYPE_CHECKING, TypeVar

from psycopg2 import errors

from pipelines.database.connections import (
    DEADLOCK,
    Connection,
    Cursor,
    DatabaseNotReady,
    DatabaseRefused,
    statement,
    transaction,
)
from pipelines.database.roles import end_long_readers, grant_rights, make_roles
from pipelines.database.statements import query

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

T = TypeVar("T")

logger = logging.getLogger(__name__)

_PATIENCE = 1800.0
"""Seconds to go on asking for locks: a batch of deduplication may take as long."""
_ATTEMPT = "1s"
"""Everybody queues up behind a migration that waits for a lock: it gives up after this long, and comes back."""
_PAUSE = 2.0
_LOCKED = "55P03"


@cache
def migrations() -> dict[str, str]:
    """Name -> SQL of every migration that ships, in order."""
    folder = files("pipelines") / "sql" / "migrations"
    found = sorted((path for path in folder.iterdir() if path.name.endswith(".sql")), key=lambda path: path.name)
    return {path.name.removesuffix(".sql"): path.read_text("utf-8") for path in found}


def migrate(connection: Connection, say: Callable[[str], None] = logger.info) -> list[str]:
    """Bring the database to this code's schema and the rights of its roles up to date; a second call changes nothing.

    Several at the same time share the work: each migration is applied once. Locks are asked for in short attempts, so
    that nobody waits for whoever keeps a migration waiting. Roles that this login may not make are left out, with their
    rights: `pipelines.database.roles.make_roles` tells which.

    Args:
        connection: of the owner, outside of a transaction.
        say: is told who is in the way.

    Returns:
        Names of the migrations applied now.

    Raises:
        DatabaseNotReady: the database has a migration that this code does not know: the code is older than its data.
        DatabaseRefused: something held a lock for half an hour.
    """
    make_roles(connection)
    if _is_fresh(connection):
        # Two at once: the second one meets the table, its type, or its row in a catalogue.
        met = (errors.UniqueViolation, errors.DuplicateTable, errors.DuplicateObject)
        with suppress(*met), transaction(connection) as cursor:
            cursor.execute(query("create_migrations"))
    pending = _pending(connection)
    applied = [name for name in pending if _patiently(connection, partial(_apply, name=name), say)]
    grant_rights(connection)
    return applied


def _apply(cursor: Cursor, name: str) -> bool:
    """Whether this process has applied it; another one may have been first."""
    _alone(cursor)
    cursor.execute("select from public.lumbung_migration where name = %s", [name])
    if cursor.fetchone() is not None:
        return False
    cursor.execute(f"set local lock_timeout = '{_ATTEMPT}'")
    cursor.execute("select to_regclass('lumbung.schema_turn') is not null")
    if cursor.fetchone() == (True,):
        cursor.execute("lock table lumbung.schema_turn in access exclusive mode")
    cursor.execute(migrations()[name])
    cursor.execute("insert into public.lumbung_migration (name) values (%s)", [name])
    return True


def _alone(cursor: Cursor) -> None:
    """Wait until no other process migrates, however long that takes: waiting here is in nobody's way."""
    cursor.execute("set local lock_timeout = 0")
    cursor.execute("lock table public.lumbung_migration in share row exclusive mode")


def _patiently(connection: Connection, work: Callable[[Cursor], T], say: Callable[[str], None]) -> T:
    """Do work in a transaction, again where something holds a lock that it needs."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            with transaction(connection) as cursor:
                return work(cursor)
        except DatabaseRefused as refused:
            if refused.code not in {_LOCKED, DEADLOCK} or time.monotonic() > deadline:
                raise
        say(_in_the_way(connection))
        time.sleep(_PAUSE)


def _in_the_way(connection: Connection) -> str:
    """Who has had locks for longest; sessions of readers that are over their limits end."""
    with transaction(connection) as cursor:
        cursor.execute(query("in_the_way"))
        found = cursor.fetchone()
        cursor.execute("select to_regproc('lumbung.end_long_readers') is not null")
        can_end = cursor.fetchone() == (True,)
    if can_end:
        end_long_readers(connection)
    who = "process {}, {} of {}".format(*found) if found else "a transaction that has ended meanwhile"
    return f"waiting for {who}; asking again"


def _pending(connection: Connection) -> list[str]:
    with statement(connection) as cursor:
        cursor.execute("select name from public.lumbung_migration")
        return _missing({name for (name,) in cursor.fetchall()})


def _missing(applied: set[str]) -> list[str]:
    if unknown := sorted(applied - set(migrations())):
        raise DatabaseNotReady(
            f"the database has migration {unknown[-1]}, which this version does not know: update lumbung"
        )
    return [name for name in migrations() if name not in applied]


def check_ready(connection: Connection) -> None:
    """See that every migration is applied.

    Raises:
        DatabaseNotReady: names what is missing and the command that applies it.
    """
    try:
        with statement(connection) as cursor:
            cursor.execute("select array_agg(name) from public.lumbung_migration")
            (applied,) = cursor.fetchone() or ([],)
    except errors.UndefinedTable:
        applied = []
    check_applied(applied or [])


def check_applied(applied: Iterable[str]) -> None:
    """See that these are all migrations, for who has asked for them together with something else.

    Raises:
        DatabaseNotReady: as `check_ready`.
    """
    if missing := _missing(set(applied)):
        raise DatabaseNotReady(f"the database lacks migration {missing[0]}: run `lumbung migrate`")


def _is_fresh(connection: Connection) -> bool:
    with transaction(connection) as cursor:
        cursor.execute("select to_regclass('public.lumbung_migration') is null")
        return cursor.fetchone() == (True,)


def hold_schema(cursor: Cursor) -> None:
    """Keep migrations waiting until this transaction ends, and see that none has happened since it was last looked.

    A long transaction over many tables and a migration would else meet each other halfway: one of them would die.

    Raises:
        DatabaseNotReady: the schema is no longer this code's.
    """
    cursor.execute("lock table lumbung.schema_turn in access share mode")
    cursor.execute("select count(*) from public.lumbung_migration")
    if cursor.fetchone() != (len(migrations()),):
        raise DatabaseNotReady("the database was migrated to another version meanwhile: start again with that version")
