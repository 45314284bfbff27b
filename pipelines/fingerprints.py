"""What is compared of an article: its cleaned words, their 5-grams as 64-bit numbers, a sample of those as keys. Pure.

Re-published news differs in dateline, "Baca juga" lines, punctuation and house style, so these go first. What is left
is cut into overlapping 5-grams of words. The same text gives the same numbers in every process and Python version:
keys of last year meet keys of today. A change of anything here changes `ALGORITHM`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import blake2b
from operator import xor
from struct import unpack
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

ALGORITHM = 1
"""Kept with every fingerprint: articles with another number are seen again."""

GRAM = 5
"""Words a gram."""

SAMPLED_BELOW = 2**64 // 16
"""Grams below this bound are keys, wherever they occur: two texts sample the same grams."""

FEWEST_KEYS = 12
"""A short text adds its lowest grams until it has this many keys."""

SHORT = 25
"""Words; a shorter text is compared as a whole only, together with its headline."""

HEAD = 40
"""Words that count as the head of a text."""

_WORDS_REMEMBERED = 100_000
"""About 35 MB; newspapers repeat their words so much that hardly any is computed twice."""
_WORD = re.compile(r"[^\W\d_]+|\d+(?:\.\d+)*")
_DATE_WITH_YEAR = re.compile(r"\b(\d{1,2}/\d{1,2})/\d{4}\b")
_DATELINE = re.compile(r"(?:(?!\.\s)[^\n]){0,60}?(?:\s[-–—]{1,2}\s*|[-–—]{1,2}\s|(?<=\))\s*[-–—:]\s*)")
_FURNITURE = re.compile(
    r"""\W*(?:advertisement|scroll\ to\ continue|gambas|adsbygoogle|copyright|©
    |baca(?:\ juga|\ selengkapnya|:)|(?:simak|lihat|tonton|saksikan)(?:\ juga|\ video|:)
    |halaman\ (?:selanjutnya|berikutnya)
    |pilihan\ editor|(?:artikel|berita)\ ini\ (?:telah|sudah)\ (?:tayang|terbit)
    |(?:pewarta|editor|penulis|reporter|sumber|foto)\s*:
    |(?:dapatkan|ikuti|simak|cek|temukan|unduh|download|jangan\ lewatkan)\b.{0,120}
        \b(?:whatsapp|google\ news|telegram|ponsel(?:mu)?|play\ store|app\ store|saluran|channel|aplikasi)\b)""",
    re.IGNORECASE | re.VERBOSE,
)
_LABEL = re.compile(r"\W*(?:baca|simak|lihat|tonton)\ juga\W*", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?…][\"'”’)]*\s*$")
_LONGEST_FURNITURE = 30
_YEAR = re.compile(r"(?:19|20)\d\d")

Context = tuple[str, str, str]
"""The two words before a number and the one after it."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What is compared of one article."""

    publisher: str
    clean_hash: UUID
    """Equal exactly where the cleaned texts are equal."""
    words: int
    """Length of the cleaned text."""
    grams: frozenset[int]
    """64-bit numbers of all its 5-grams; empty below `SHORT` words."""
    head: frozenset[int]
    """Those of its first `HEAD` words."""
    headline_numbers: frozenset[str]
    """Numbers in the headline, years left out."""
    numbers: Mapping[Context, frozenset[str]]
    """Numbers in the text by the words around them, years left out: those hardly tell one article from another."""

    @property
    def keys(self) -> list[int]:
        """The sampled grams as signed 64-bit numbers, Postgres' bigint; none for a short text."""
        sample = [gram for gram in self.grams if gram < SAMPLED_BELOW]
        if len(sample) < FEWEST_KEYS:
            sample = sorted(self.grams)[:FEWEST_KEYS]
        return sorted(gram - 2**64 if gram >= 2**63 else gram for gram in sample)

    @property
    def sampled(self) -> int:
        """How many keys lie below the bound: those a longer text with the same passage has for certain."""
        return sum(gram < SAMPLED_BELOW for gram in self.grams)


def fingerprint(publisher: str, headline: str, paragraphs: Iterable[str]) -> Fingerprint:
    """Fingerprint of an article."""
    kept = list(paragraphs)
    words = clean_words(kept)
    title = _words(headline)
    identity = words if len(words) >= SHORT else [*title, "|", *words]
    if not words:  # nothing but furniture: only the very same page is the same
        identity = [headline, *kept]
    grams = _grams(words) if len(words) >= SHORT else []
    return Fingerprint(
        publisher=publisher,
        clean_hash=UUID(bytes=blake2b("\n".join(identity).encode(), digest_size=16).digest()),
        words=len(words),
        grams=frozenset(grams),
        head=frozenset(grams[: HEAD - GRAM + 1]),
        headline_numbers=frozenset(filter(_tells, title)),
        numbers=_numbers(words),
    )


def _tells(word: str) -> bool:
    return word[0].isdigit() and not _YEAR.fullmatch(word)


def _numbers(words: list[str]) -> dict[Context, frozenset[str]]:
    """Numbers by what they are said of; a number inside a context is written `#`, since it would be another context."""
    padded = ["", "", *words, ""]
    found: dict[Context, frozenset[str]] = {}
    for place, word in enumerate(words):
        if _tells(word):
            context = (_masked(padded[place]), _masked(padded[place + 1]), _masked(padded[place + 3]))
            found[context] = found.get(context, frozenset()) | {word}
    return found


def _masked(word: str) -> str:
    return "#" if word[:1].isdigit() else word


def clean_words(paragraphs: Sequence[str]) -> list[str]:
    """Lower-case words and numbers of a text, without dateline, punctuation and lines that belong to the page."""
    own: list[str] = []
    after_label = False
    for paragraph in paragraphs:
        furniture = _is_furniture(paragraph) or (after_label and _is_title(paragraph))
        after_label = _LABEL.fullmatch(paragraph) is not None
        if not furniture:
            dateline = None if own else _DATELINE.match(paragraph)
            own.append(paragraph[dateline.end() :] if dateline else paragraph)
    return _words("\n".join(own))


def _is_furniture(paragraph: str) -> bool:
    return _FURNITURE.match(paragraph) is not None and paragraph.count(" ") < _LONGEST_FURNITURE


def _is_title(paragraph: str) -> bool:
    """Whether a line under a bare "Baca juga" is the title it announces rather than the next sentence."""
    return paragraph.count(" ") < _LONGEST_FURNITURE and not _SENTENCE_END.search(paragraph)


def _words(text: str) -> list[str]:
    written = text.lower().replace(",", ".").replace("%", " persen ")
    return _WORD.findall(_DATE_WITH_YEAR.sub(r"\1", written) if "/" in written else written)


class _Places(dict[str, tuple[int, ...]]):
    """Word -> five 64-bit numbers, one for each place the word can have in a gram (tabulation hashing)."""

    def __missing__(self, word: str) -> tuple[int, ...]:
        if len(self) >= _WORDS_REMEMBERED:
            self.clear()
        numbers = unpack(f"<{GRAM}Q", blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8 * GRAM).digest())
        self[word] = numbers
        return numbers


_places = _Places()


def _grams(words: list[str]) -> list[int]:
    """A gram's number is the XOR of its words' numbers for their places: uniform, and all loops run in C."""
    columns = list(zip(*map(_places.__getitem__, words), strict=True))
    grams: Iterable[int] = columns[0]
    for place, column in enumerate(columns[1:], 1):
        grams = map(xor, grams, column[place:])
    return list(grams)
