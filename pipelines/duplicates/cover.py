"""How much of one text stands in another one: the words that lie in common 5-grams. Pure.

Newspapers put lines of their own between paragraphs (links, appeals, names) and rewrite leads. A short line or a lead
of which the other text has nothing can be left out of the count, so that nobody has to know how such lines read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.duplicates.fingerprints import GRAM, shared

if TYPE_CHECKING:
    from pipelines.duplicates.fingerprints import Fingerprint

HEAD = 40
"""Words that count as the head of a text."""
_LINE_OF_THE_PAGE, _LINES_OF_THE_PAGE = 20, 70
"""Words of one such line, and of several in a row."""
_LEAD = 60
"""Words; longer ones belong to the story."""
_FOREIGN_LINE, _FOREIGN_LEAD = 0.15, 0.3
"""Cover up to which a short line, or the lead, says nothing."""
_MOST_LEFT_OUT = 0.5
_HEADLINE = 4
"""Words; shorter lines are headings of many texts."""
_BITS = bytes([ord("0"), ord("1")]) + bytes(254)


class Cover:
    """The words of one text that stand in 5-grams of another one."""

    __slots__ = ("_bits", "_left_out", "_text", "share", "words")

    def __init__(self, text: Fingerprint, other: Fingerprint) -> None:
        self._text = text
        self._left_out: int | None = None
        # One bit a word, the first word highest: the gram that begins at a word covers it and the four after it.
        bits = int(shared(text, other).translate(_BITS) + b"0" * (GRAM - 1), 2)
        bits |= bits >> 1
        bits |= bits >> 2
        self._bits = bits | bits >> 1
        self.words = self._bits.bit_count()
        self.share = self.words / text.words

    @property
    def marks(self) -> list[bool]:
        """Whether each word is covered."""
        return [bit == "1" for bit in f"{self._bits:0{self._text.words}b}"]

    def beginning(self, words: int) -> float:
        """Share of the first words that is covered."""
        words = min(words, self._text.words)
        return (self._bits >> (self._text.words - words)).bit_count() / words

    @property
    def lines(self) -> list[tuple[int, int]]:
        """Words and covered words of each paragraph."""
        marks, start, found = f"{self._bits:0{self._text.words}b}", 0, []
        for words in self._text.lines:
            found.append((words, marks.count("1", start, start + words)))
            start += words
        return found

    @property
    def _foreign(self) -> int:
        """Words of short lines without anything covered; many of them in a row are a passage, not lines of the page."""
        if self._left_out is None:
            none = self.words == self._text.words or min(self._text.lines) > _LINE_OF_THE_PAGE
            self._left_out = 0 if none else _foreign_words(self.lines)
        return self._left_out

    def without(self, *, lead: bool) -> float:
        """Covered share when short lines of which nothing is covered are left out, and with `lead` such a lead."""
        foreign = self._foreign
        if lead:
            words = self._text.lines[0]
            covered = (self._bits >> (self._text.words - words)).bit_count()
            if covered <= _FOREIGN_LEAD * words and words <= _LEAD and not _is_foreign_line(words, covered):
                foreign += words - covered
        return self.words / (self._text.words - min(foreign, _MOST_LEFT_OUT * self._text.words))


def _foreign_words(lines: list[tuple[int, int]]) -> int:
    total = run = left_out = 0
    for words, covered in [*lines, (0, 0)]:
        if words and _is_foreign_line(words, covered):
            run += words
            left_out += words - covered
            continue
        if run <= _LINES_OF_THE_PAGE:
            total += left_out
        run = left_out = 0
    return total


def _is_foreign_line(words: int, covered: int) -> bool:
    return words <= _LINE_OF_THE_PAGE and covered <= _FOREIGN_LINE * words


def carries(text: Fingerprint, headline: tuple[str, ...]) -> bool:
    """Whether a paragraph of a text is another article's headline, as in lists of what was read most."""
    place = 0
    for words in text.lines:
        if words == len(headline) >= _HEADLINE and text.text[place : place + words] == headline:
            return True
        place += words
    return False
