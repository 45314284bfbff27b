"""The contract as values: read from the file, read from a database, compared, written.

A change that only adds is none that breaks: a view, a function, a column at the end of a view.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from pipelines.database.connections import transaction
from pipelines.database.statements import query

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pipelines.database.connections import Connection

FILE: Final = "news.toml"
PAGE: Final = "NEWS.md"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a view, or one argument or result of a function."""

    name: str
    type: str
    comment: str = ""

    @property
    def nullable(self) -> bool:
        """Whether it may be NULL: then its comment says when."""
        return "NULL" in self.comment.split()


@dataclass(frozen=True, slots=True)
class Relation:
    """A view, or a function with its arguments before `->`."""

    name: str
    comment: str
    columns: tuple[Column, ...]


Contract = dict[str, Relation]
"""Relations by name, in alphabetical order."""


def promised() -> Contract:
    """The contract of this version, from `news.toml`."""
    text = (files("pipelines.contract") / FILE).read_text("utf-8")
    return {name: _relation(name, table) for name, table in tomllib.loads(text).items()}


def _relation(name: str, table: Mapping[str, Any]) -> Relation:
    columns = (Column(column, each["type"], each.get("comment", "")) for column, each in table["columns"].items())
    return Relation(name, table["comment"], tuple(columns))


def found(connection: Connection) -> Contract:
    """What a database has in schema `news`."""
    with transaction(connection) as cursor:
        cursor.execute(query("columns_of_news"))
        rows = cursor.fetchall()
    relations: dict[str, tuple[str, list[Column]]] = {}
    for name, about, column, kind, comment, _ in rows:
        relations.setdefault(name, (about or "", []))[1].append(Column(column, kind, comment or ""))
    return {name: Relation(name, about, tuple(columns)) for name, (about, columns) in sorted(relations.items())}


def breaks(old: Contract, new: Contract) -> list[str]:
    """What of the old contract the new one breaks, a line each; empty where it only adds."""
    lines = [f"{name}: is gone" for name in old if name not in new]
    for name in old.keys() & new.keys():
        lines += _breaks(name, old[name].columns, new[name].columns)
    return sorted(lines)


def _breaks(name: str, old: Sequence[Column], new: Sequence[Column]) -> Iterator[str]:
    now = {column.name: column for column in new}
    order = [column.name for column in old if column.name in now]
    for place, column in enumerate(old):
        where = f"{name}.{column.name}"
        if (other := now.get(column.name)) is None:
            yield f"{where}: is gone"
            continue
        if other.type != column.type:
            yield f"{where}: was {column.type}, is {other.type}"
        if other.nullable and not column.nullable:
            yield f"{where}: was never NULL, may be now"
        if len(order) == len(old) and new[place].name != column.name:
            yield f"{where}: was column {place + 1}, is column {[each.name for each in new].index(column.name) + 1}"


def changes(old: Contract, new: Contract) -> list[str]:
    """Whatever differs between two contracts, a line each: what breaks, then what was added or is told otherwise."""
    lines = breaks(old, new)
    for name, relation in new.items():
        before = old.get(name)
        if before is None:
            lines.append(f"{name}: is new")
            continue
        told = {column.name: column for column in before.columns}
        lines += [f"{name}.{each.name}: is new" for each in relation.columns if each.name not in told]
        lines += [
            f"{name}.{each.name}: is told otherwise"
            for each in relation.columns
            if each.name in told and each.comment != told[each.name].comment
        ]
        lines += [f"{name}: is told otherwise"] if relation.comment != before.comment else []
    return lines


def toml(contract: Contract) -> str:
    """The contract as the text of `news.toml`."""
    return "# What readers of schema news rely on; written by `lumbung contract --write`.\n" + "".join(
        f"\n[{_quoted(relation.name)}]\ncomment = {_quoted(relation.comment)}\n[{_quoted(relation.name)}.columns]\n"
        + "".join(
            f"{_quoted(each.name)} = {{type = {_quoted(each.type)}"
            + (f", null = {str(each.nullable).lower()}, comment = {_quoted(each.comment)}" if each.comment else "")
            + "}\n"
            for each in relation.columns
        )
        for relation in contract.values()
    )


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def page(contract: Contract) -> str:
    """The contract as a page for people, in Markdown."""
    head = "# Schema `news`, column by column\n\nWritten by `lumbung contract --write` from `news.toml`: do not edit.\n"
    return head + "".join(map(_section, contract.values()))


def _section(relation: Relation) -> str:
    rows = "".join(
        f"| `{each.name}` | {each.type} | {_nulls(each)} | {_cell(each.comment)} |\n" for each in relation.columns
    )
    head = f"\n## `news.{relation.name}`\n\n{relation.comment}\n\n"
    return f"{head}| column | type | NULL | meaning |\n|---|---|---|---|\n{rows}"


def _nulls(column: Column) -> str:
    if not column.comment:
        return ""
    return "may be" if column.nullable else "never"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("*", "\\*")
