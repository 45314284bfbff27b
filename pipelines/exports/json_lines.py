"""JSON lines: one article a line, under the names of our columns or as schema.org has them."""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from pipelines.exports.schema_org import news_article
from pipelines.exports.written import whole

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from pipelines.exports.destination import Sink
    from pipelines.exports.written import Column, Place, Row, Task


class JsonLines:
    """`articles.jsonl`: each line has all columns."""

    by_month = False

    def __init__(self) -> None:
        self.left_out: list[int] = []
        self._open = ExitStack()
        self._sink: Sink

    def columns(self, there: Sequence[Column]) -> Sequence[Column]:
        """All but those that others say again."""
        return whole(there)

    def begin(self, task: Task) -> None:
        """Open the file."""
        self._sink = self._open.enter_context(task.staged.file(f"articles{task.suffix}.jsonl"))

    def write(self, article: Row, place: Place) -> bool:  # noqa: ARG002 - formats with folders want the place
        """Write a line."""
        return bool(self._sink.write(line(article)))

    def close(self) -> None:
        """Close the file."""
        self._open.close()


class SchemaOrg(JsonLines):
    """`articles.jsonl`: each line is a NewsArticle of schema.org, in JSON-LD."""

    def begin(self, task: Task) -> None:
        """Open the file."""
        super().begin(task)
        self._publications = task.publications

    def write(self, article: Row, place: Place) -> bool:
        """Write a line."""
        publication = self._publications.get(place.publisher)
        return bool(self._sink.write(line(news_article(article, publication))))


def line(value: Mapping[str, Any]) -> bytes:
    """A mapping as one line of JSON in UTF-8, times as ISO 8601 has them."""
    text = json.dumps(value, ensure_ascii=False, default=_time)
    # Characters that JSON allows and at which some readers of lines break one.
    text = text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029").replace("\u0085", "\\u0085")
    return f"{text}\n".encode()


def _time(value: datetime) -> str:
    return value.isoformat()
