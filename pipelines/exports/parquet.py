"""Parquet, a file for each publisher and month: `publisher=antara/month=2026-11/articles.parquet`.

Names of folders as Hive has them, which pyarrow, polars, DuckDB and Spark read as columns.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import pyarrow as pa
from pyarrow.parquet import ParquetWriter

from pipelines.exports.written import whole

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipelines.exports.written import Column, Place, Row, Task

TYPES: Final[Mapping[int, pa.DataType]] = {
    16: pa.bool_(),
    20: pa.int64(),
    23: pa.int32(),
    25: pa.string(),
    700: pa.float32(),
    1009: pa.list_(pa.string()),
    1184: pa.timestamp("us", tz="UTC"),
}
"""By the types of Postgres that the views have: boolean, bigint, integer, text, real, text[], timestamptz."""
UNDATED: Final = "__HIVE_DEFAULT_PARTITION__"
"""What readers take for NULL in the name of a folder."""
_GROUP: Final = 2_000
"""Articles that are held in memory, and written together as a row group: some ten megabytes."""


class Parquet:
    """Columns as in the view; the publisher is in the name of the folder."""

    by_month = True

    def __init__(self) -> None:
        self.left_out: list[int] = []
        self._open = ExitStack()
        self._writer: ParquetWriter | None = None
        self._place: Place | None = None
        self._rows: list[Row] = []

    def columns(self, there: Sequence[Column]) -> Sequence[Column]:
        """All but the publisher, and those that others say again."""
        return [column for column in whole(there) if column.name != "publisher"]

    def begin(self, task: Task) -> None:
        """Learn the types of the columns."""
        self._task = task
        self._schema = pa.schema([(column.name, TYPES[column.type]) for column in task.columns])

    def write(self, article: Row, place: Place) -> bool:
        """Write an article; those of one place come one after the other."""
        if place != self._place:
            self.close()
            self._place = place
            folder = f"publisher={quote(place.publisher, safe='')}/month={place.month or UNDATED}"
            sink = self._open.enter_context(self._task.staged.file(f"{folder}/articles{self._task.suffix}.parquet"))
            self._writer = self._open.enter_context(ParquetWriter(sink, self._schema, compression="zstd"))
        self._rows.append(article)
        if len(self._rows) == _GROUP:
            self._flush()
        return True

    def _flush(self) -> None:
        if self._rows and self._writer:
            columns = [pa.array([row[field.name] for row in self._rows], field.type) for field in self._schema]
            self._writer.write_table(pa.Table.from_arrays(columns, schema=self._schema))
        self._rows = []

    def close(self) -> None:
        """End the file of the place."""
        self._flush()
        self._open.close()
