"""What every format has: it takes articles one by one and writes files of an export."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipelines.exports.destination import Staged

Row = dict[str, Any]
"""A row of the view by column, in the order of its columns."""


class Place(NamedTuple):
    """Where an article belongs."""

    publisher: str
    month: str | None
    """Of publication, in the publisher's zone: `2026-11`. None where the page states no time."""


class Column(NamedTuple):
    """A column of the view."""

    name: str
    type: int
    """Its type in Postgres, as the driver numbers it (pg_type.oid)."""


class Publication(NamedTuple):
    """What `news.publishers` says of one."""

    name: str | None
    home: str | None


class Task(NamedTuple):
    """What a format needs to know before it begins."""

    staged: Staged
    suffix: str
    """What tells the files of this export from those before it: empty, or `_` and its marks, which sort behind."""
    columns: Sequence[Column]
    """Of the rows that it will get."""
    publications: Mapping[str, Publication]
    total: int
    """Number of articles."""
    first: int
    """Running number of the first one."""


class Format(Protocol):
    """Writes articles."""

    by_month: bool
    """Whether it wants the articles by publisher and month; else they come by number."""
    left_out: list[int]
    """Numbers of articles that it cannot hold."""

    def columns(self, there: Sequence[Column]) -> Sequence[Column]:
        """Those of the view that it wants."""

    def begin(self, task: Task) -> None:
        """Called once, before the first article."""

    def write(self, article: Row, place: Place) -> bool:
        """Write an article; whether the format can hold it."""

    def close(self) -> None:
        """Called once, after the last article or when something has failed."""


def whole(there: Sequence[Column]) -> Sequence[Column]:
    """All columns but the search vector, and the paragraphs, which are the text between its blank lines."""
    return [column for column in there if column.name not in {"search", "paragraphs"}]
