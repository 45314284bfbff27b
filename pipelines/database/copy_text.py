"""Rows in the text format of COPY (PostgreSQL manual, "COPY", text format), repaired on the way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from io import StringIO
from typing import TYPE_CHECKING
from uuid import UUID

from pipelines.database.repair import repair

if TYPE_CHECKING:
    from pipelines.database.connections import Cursor

Value = str | int | float | bool | datetime | timedelta | UUID | None | Sequence[str]

_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
_ARRAY_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\""})


class CopyText:
    """A buffer of rows for one COPY; counts the characters it had to repair."""

    def __init__(self) -> None:
        self._buffer = StringIO()
        self.repaired = 0

    def add(self, row: Iterable[Value], *, repaired: int | None = None) -> None:
        """Append one row; with `repaired`, one more column has that number and what had to be repaired in this row."""
        before = self.repaired
        fields = [self._field(value) for value in row]
        if repaired is not None:
            fields.append(str(repaired + self.repaired - before))
        self._buffer.write("\t".join(fields))
        self._buffer.write("\n")

    def copy_into(self, cursor: Cursor, table: str, columns: str) -> None:
        """Send the rows; `table` and `columns` come from code, never from data."""
        self._buffer.seek(0)
        cursor.copy_expert(f"copy {table} ({columns}) from stdin", self._buffer)

    def _field(self, value: Value) -> str:
        if value is None:
            return r"\N"
        if isinstance(value, str):
            return self._text(value).translate(_ESCAPES)
        if isinstance(value, bool):
            return "t" if value else "f"
        if isinstance(value, datetime):
            return value.isoformat()
        if isinstance(value, int | float | UUID | timedelta):
            return str(value).replace(",", "")  # 1 day, 0:00:00
        inner = ",".join([f'"{self._text(each).translate(_ARRAY_ESCAPES)}"' for each in value])
        return ("{" + inner + "}").translate(_ESCAPES)

    def _text(self, value: str) -> str:
        value, replaced = repair(value)
        self.repaired += replaced
        return value
