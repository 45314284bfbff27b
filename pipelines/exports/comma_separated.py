"""CSV as spreadsheets open it: no cell is taken for a formula (https://owasp.org/www-community/attacks/CSV_Injection)."""

from __future__ import annotations

import csv
import io
import json
import re
from contextlib import ExitStack
from typing import TYPE_CHECKING

from pipelines.exports.written import whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.exports.destination import Sink
    from pipelines.exports.written import Column, Place, Row, Task

_FORMULA = re.compile(r"'*(?:[\t\r\n]|\s*[=+\-@＝＋－＠])")
"""Beginnings of cells that a spreadsheet calculates, and those that look like a guarded one."""


class CommaSeparated:
    """`articles.csv` in UTF-8, with a line of names; lists are JSON, what is NULL is empty."""

    by_month = False

    def __init__(self) -> None:
        self.left_out: list[int] = []
        self._open = ExitStack()
        self._sink: Sink
        self._text = io.StringIO()
        self._rows = csv.writer(self._text, lineterminator="\n")

    def columns(self, there: Sequence[Column]) -> Sequence[Column]:
        """All but those that others say again."""
        return whole(there)

    def begin(self, task: Task) -> None:
        """Open the file and write the names of the columns."""
        self._sink = self._open.enter_context(task.staged.file(f"articles{task.suffix}.csv"))
        self._row([column.name for column in task.columns])

    def write(self, article: Row, place: Place) -> bool:  # noqa: ARG002 - formats with folders want the place
        """Write a row."""
        self._row([cell(value) for value in article.values()])
        return True

    def _row(self, cells: Sequence[object]) -> None:
        self._rows.writerow(cells)
        self._sink.write(self._text.getvalue().encode())
        self._text.seek(0)
        self._text.truncate()

    def close(self) -> None:
        """Close the file."""
        self._open.close()


def cell(value: object) -> object:
    """A value as it stands in a cell; a text that looks like a formula has one `'` before it."""
    if isinstance(value, list):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f"'{value}" if _FORMULA.match(value) else value
    return value


def text_of(written: str) -> str:
    """The text of a cell, without the `'` that `cell` may have put before it."""
    return written[1:] if written.startswith("'") and _FORMULA.match(written) else written
