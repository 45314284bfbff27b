"""The rights of a role on every table and view, asked of the server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.database.connections import transaction

if TYPE_CHECKING:
    from pipelines.database.connections import Connection


def rows(connection: Connection, statement: str, *values: object) -> list[tuple[Any, ...]]:
    with transaction(connection) as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


TABLE_RIGHTS = ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN"]
RELATIONS = """
select n.nspname, c.relname, c.relkind::text,
    array(select each from unnest(%s::text[]) as each where has_table_privilege(%s, c.oid, each))
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname in ('lumbung', 'news', 'public') and c.relkind in ('r', 'p', 'v', 'm', 'f')
"""


def rights_on_relations(connection: Connection, role: str) -> list[tuple[str, str, str, set[str]]]:
    """Schema, name, kind and rights of a role."""
    found = rows(connection, RELATIONS, TABLE_RIGHTS, role)
    return [(schema, name, kind, set(rights)) for schema, name, kind, rights in found]
