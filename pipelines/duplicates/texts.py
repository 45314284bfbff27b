"""Stored articles as fingerprints, remembered from batch to batch: an article meets those of the last days again."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from pipelines.database.statements import query
from pipelines.duplicates.fingerprints import Fingerprint, fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipelines.database.connections import Cursor

WORDS_REMEMBERED = 600_000
"""About 100 MB, two thousand articles of three hundred words."""
_READ_AT_ONCE = 1000
"""Articles whose texts are in memory together although they may not be remembered: candidates can be many."""


class Text(NamedTuple):
    """A stored article, in the version that was read."""

    article_id: int
    version: str
    """Transaction that wrote the row: any change of it is another version."""
    text_hash: UUID
    print: Fingerprint


class Texts:
    """Fingerprints of the articles read last; whoever asks gets the version that is stored now."""

    def __init__(self, words: int = WORDS_REMEMBERED) -> None:
        self._most = words
        self._words = 0
        self._known: OrderedDict[int, Text] = OrderedDict()

    def read(self, cursor: Cursor, articles: Sequence[int]) -> Iterator[Text]:
        """The articles by number; those that are not stored any more are left out."""
        for start in range(0, len(articles), _READ_AT_ONCE):
            yield from self._read(cursor, list(articles[start : start + _READ_AT_ONCE]))

    def _read(self, cursor: Cursor, articles: list[int]) -> list[Text]:
        cursor.execute(query("article_versions"), {"articles": articles})
        found = {number: self._remembered(number, version) for number, version in cursor}
        cursor.execute(query("read_articles"), {"articles": [number for number, text in found.items() if text is None]})
        for number, version, text_hash, *text in cursor:
            found[number] = self._remember(Text(number, version, UUID(text_hash), fingerprint(*text)))
        return [text for _, text in sorted(found.items()) if text is not None]

    def _remembered(self, number: int, version: str) -> Text | None:
        text = self._known.get(number)
        if text is None or text.version != version:
            return None
        self._known.move_to_end(number)
        return text

    def _remember(self, text: Text) -> Text:
        old = self._known.pop(text.article_id, None)
        self._known[text.article_id] = text
        self._words += text.print.words - (old.print.words if old else 0)
        while self._words > self._most:
            _, oldest = self._known.popitem(last=False)
            self._words -= oldest.print.words
        return text
