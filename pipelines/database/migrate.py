"""Apply `pipelines/sql/migrations/NNNN_name.sql` in order: each in its transaction, all under one advisory lock."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from pipelines.database.connections import Connection, Cursor, DatabaseNotReady, transaction
from pipelines.database.roles import grant_rights, make_roles

_LOCK = 0x6C756D62  # "lumb"; any number that no other program on the server uses


@cache
def migrations() -> dict[str, str]:
    """Name -> SQL of every migration that ships, in order."""
    folder = files("pipelines") / "sql" / "migrations"
    found = sorted((path for path in folder.iterdir() if path.name.endswith(".sql")), key=lambda path: path.name)
    return {path.name.removesuffix(".sql"): path.read_text("utf-8") for path in found}


def migrate(connection: Connection) -> list[str]:
    """Bring the database to this code's schema and the rights of its roles up to date; a second call changes nothing.

    Of several at the same time one works and the others wait. Roles that this login may not make are left out, with
    their rights: `pipelines.database.roles.make_roles` tells which.

    Returns:
        Names of the migrations applied now.

    Raises:
        DatabaseNotReady: the database has a migration that this code does not know: the code is older than its data.
    """
    with transaction(connection) as cursor:
        # However long the one before us takes: waiting here is in nobody's way.
        cursor.execute("set local lock_timeout = 0")
        cursor.execute("select pg_advisory_lock(%s)", [_LOCK])
    try:
        make_roles(connection)
        applied = _apply(connection)
        grant_rights(connection)
        return applied
    finally:
        if not connection.closed:
            connection.rollback()
            with transaction(connection) as cursor:
                cursor.execute("select pg_advisory_unlock(%s)", [_LOCK])


def _apply(connection: Connection) -> list[str]:
    if _is_fresh(connection):
        with transaction(connection) as cursor:
            cursor.execute(
                "create table public.lumbung_migration"
                " (name text primary key, applied_at timestamptz not null default now())"
            )
    pending = _pending(connection)
    for name in pending:
        with transaction(connection) as cursor:
            cursor.execute(migrations()[name])
            cursor.execute("insert into public.lumbung_migration (name) values (%s)", [name])
    return pending


def _pending(connection: Connection) -> list[str]:
    with transaction(connection) as cursor:
        cursor.execute("select name from public.lumbung_migration")
        applied = {name for (name,) in cursor.fetchall()}
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
    if missing := (list(migrations()) if _is_fresh(connection) else _pending(connection)):
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
    cursor.execute("select pg_advisory_xact_lock_shared(%s)", [_LOCK])
    cursor.execute("select count(*) from public.lumbung_migration")
    if cursor.fetchone() != (len(migrations()),):
        raise DatabaseNotReady("the database was migrated to another version meanwhile: start again with that version")
