"""Times that no reader of files can hold, before the year 1, after 9999, infinite: they become NULL and are counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from psycopg2.extensions import PYDATETIMETZ, new_type, register_type

if TYPE_CHECKING:
    from datetime import datetime

    from pipelines.database.connections import Cursor

_TYPE: Final = 1184
"""timestamptz, as pg_type.oid."""


class Times:
    """Reads the times of a cursor."""

    def __init__(self, cursor: Cursor) -> None:
        """Take over the reading of times, on this cursor alone."""
        self.out_of_range = 0
        register_type(new_type((_TYPE,), "TIME_OR_NONE", self._read), cursor)

    def _read(self, text: str | bytes | None, cursor: Cursor) -> datetime | None:
        if not isinstance(text, str):
            return None
        if not text.endswith("infinity"):
            try:
                moment: datetime = PYDATETIMETZ(text, cursor)
            except ValueError:
                pass
            else:
                return moment
        self.out_of_range += 1
        return None
