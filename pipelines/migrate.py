"""Apply `pipelines/sql/migrations/NNNN_name.sql` in order: each in its transaction, all under one advisory lock."""

from __future__ import annotations

from importlib.resources import files

from pipelines.database import Connection, DatabaseNotReady, transaction

_LOCK = 0x6C756D62  # "lumb"; any number that no other program on the server uses


def migrations() -> dict[str, str]:
    """Name -> SQL of every migration that ships, in order."""
    folder = files("pipelines") / "sql" / "migrations"
    found = sorted((path for path in folder.iterdir() if path.name.endswith(".sql")), key=lambda path: path.name)
    return {path.name.removesuffix(".sql"): path.read_text("utf-8") for path in found}


def migrate(connection: Connection) -> list[str]:
    """Bring the database to this code's schema; a second call does nothing.

    Returns:
        Names of the migrations applied now.

    Raises:
        DatabaseNotReady: the database has a migration that this code does not know: the code is older than its data.
    """
    with transaction(connection) as cursor:
        cursor.execute("select pg_advisory_lock(%s)", [_LOCK])
    try:
        return _apply(connection)
    finally:
        connection.rollback()
        with transaction(connection) as cursor:
            cursor.execute("select pg_advisory_unlock(%s)", [_LOCK])


def _apply(connection: Connection) -> list[str]:
    with transaction(connection) as cursor:
        cursor.execute(
            "create table if not exists public.lumbung_migration"
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
    with transaction(connection) as cursor:
        cursor.execute("select to_regclass('public.lumbung_migration') is not null")
        row = cursor.fetchone()
        fresh = not (row and row[0])
    if missing := (list(migrations()) if fresh else _pending(connection)):
        raise DatabaseNotReady(f"the database lacks migration {missing[0]}: run `lumbung migrate`")
