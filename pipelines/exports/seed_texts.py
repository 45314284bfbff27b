"""Texts in the seed format, a file an article, `000_eb8b64be02c2e535.txt`, and a list that says which is which."""

from __future__ import annotations

import hashlib
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

from pipelines.exports.json_lines import line
from spiders.seed_format import SeedFormatError, SeedText, dumps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.exports.destination import Sink
    from pipelines.exports.written import Column, Place, Row, Task

_WANTED: Final = (
    "article_id", "publisher", "headline", "published_at", "canonical_url", "breadcrumb", "reads", "paragraphs",
    "changed_id",
)  # fmt: skip
_LISTED: Final = ("article_id", "changed_id", "publisher", "published_at", "canonical_url")
_DIGITS: Final = 3
"""Of the running number, or as many as the last one has."""


class SeedTexts:
    """Texts have running numbers and 16 digits that stay with the address; `_articles.jsonl` has a line for each."""

    by_month = False

    def __init__(self) -> None:
        self.left_out: list[int] = []
        self._open = ExitStack()
        self._list: Sink

    def columns(self, there: Sequence[Column]) -> Sequence[Column]:
        """What the format holds, and what the list says."""
        return [column for column in there if column.name in _WANTED]

    def begin(self, task: Task) -> None:
        """Open the list."""
        self._staged, self._number = task.staged, task.first
        self._digits = max(_DIGITS, len(str(task.first + task.total - 1)))
        self._list = self._open.enter_context(task.staged.file(f"_articles{task.suffix}.jsonl"))

    def write(self, article: Row, place: Place) -> bool:  # noqa: ARG002 - formats with folders want the place
        """Write a text, and its line of the list."""
        try:
            text = dumps(
                SeedText(
                    headline=article["headline"],
                    breadcrumb=tuple(article["breadcrumb"]),
                    paragraphs=tuple(article["paragraphs"]),
                    reads=article["reads"],
                )
            )
        except SeedFormatError:
            self.left_out.append(article["article_id"])
            return False
        name = f"{self._number:0{self._digits}}_{stable_hash(article['canonical_url'])}.txt"
        self._number += 1
        with self._staged.file(name) as sink:
            sink.write(text.encode())
        self._list.write(line({"file": name, **{column: article[column] for column in _LISTED}}))
        return True

    def close(self) -> None:
        """Close the list."""
        self._open.close()


def stable_hash(canonical_url: str) -> str:
    """16 hexadecimal digits: the same for an address in every export and every database."""
    return hashlib.blake2b(canonical_url.encode(), digest_size=8).hexdigest()
