"""What is compared of an article: its cleaned words, their 5-grams as 64-bit numbers, a sample of those as keys. Pure.

Re-published news differs in dateline, "Baca juga" lines, punctuation and house style, so these go first. What is left
is cut into overlapping 5-grams of words. The same text gives the same numbers in every process and Python version:
keys of last year meet keys of today. A change of anything here changes `ALGORITHM`.
"""

from __future__ import annotations

import re
import sys
from array import array
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING
from uuid import UUID

from pipelines.duplicates.cleaning import clean_lines, names, visible, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from datetime import datetime

ALGORITHM = 4
"""Kept with every fingerprint: articles with another number are seen again."""

GRAM = 5
"""Words a gram."""

SAMPLED_BELOW = 2**64 // 20
"""Grams below this bound are keys, wherever they occur: two texts sample the same grams."""

BEGINNING = 60
"""Grams that count as the beginning of a text for its keys."""

SAMPLED_AT_THE_BEGINNING = 2**64 // 6
"""There more grams are keys: others print the beginning of a story, and an excerpt has no other keys."""

FEWEST_KEYS = 12
"""A short text adds its lowest grams until it has this many keys."""

HEADLINE_KEYS = 2
"""Keys of the headline as a whole: a passage out of the middle may share hardly any sampled gram. One key alone is no
candidate where `sampled` is large."""
_SHORTEST_HEADLINE = 3
"""Words; shorter headlines are rubrics of many articles."""

SHORT = 25
"""Words; a shorter text is a brief, compared as a whole only, together with its headline."""

SHORTEST = 8
"""Words; a shorter text is a duplicate only of its equal."""

_WORDS_REMEMBERED = 100_000
"""About 25 MB; newspapers repeat their words so much that hardly any is computed twice."""
_PAIRS_REMEMBERED = 4
"""Those of the pair that is compared, both ways."""
_YEAR = re.compile(r"(?:19|20)\d\d")
_TELLING_LETTERS = 4

Context = tuple[str, str, str]
"""The two words before a number and the one after it."""


class Fingerprint:
    """What is compared of one article. What only a pair needs is computed when the first pair asks for it."""

    __slots__ = (
        "_digits", "_headline_words", "_names", "_numbers", "_places", "_subject", "_word_set", "_written",
        "clean_hash", "grams", "headline", "lines", "published_at", "publisher", "text", "url", "words",
    )  # fmt: skip

    def __init__(  # noqa: PLR0913 - what is compared of an article
        self,
        publisher: str,
        headline: list[str],
        lines: list[list[str]],
        clean_hash: UUID,
        *,
        written: Sequence[str] = (),
        published_at: datetime | None = None,
        url: str = "",
    ) -> None:
        self.publisher = publisher
        self.url = url
        self.published_at = published_at
        self.clean_hash = clean_hash
        """Equal exactly where the cleaned texts are equal."""
        text = tuple([word for line in lines for word in line])
        self.words = len(text)
        """Length of the cleaned text."""
        self.lines = [len(line) for line in lines]
        """Words of each paragraph."""
        self.grams = _grams(text) if len(text) >= SHORTEST else ()
        """64-bit numbers of its 5-grams, in their order; empty below `SHORTEST` words."""
        self.headline, self.text = tuple(headline), text
        self._written = written
        self._names: frozenset[str] | None = None
        self._word_set: frozenset[str] | None = None
        self._subject: tuple[str, ...] = ()
        self._headline_words: frozenset[str] | None = None
        self._digits: frozenset[str] = frozenset()
        self._places: Mapping[int, int] | None = None
        self._numbers: Mapping[Context, tuple[str, ...]] | None = None

    @property
    def keys(self) -> list[int]:
        """The sampled grams and the headline as signed 64-bit numbers, Postgres' bigint; none for a short text."""
        sample = self._sample()
        if len(sample) < FEWEST_KEYS:
            sample.update(sorted(self.places)[:FEWEST_KEYS])
        if self.grams and len(self.headline) >= _SHORTEST_HEADLINE:
            digest = blake2b("\n".join(("", *self.headline)).encode("utf-8", "surrogatepass"), digest_size=16).digest()
            sample.update(int.from_bytes(digest[8 * place : 8 * place + 8], "big") for place in range(HEADLINE_KEYS))
        return sorted(gram - 2**64 if gram >= 2**63 else gram for gram in sample)

    @property
    def sampled(self) -> int:
        """How many keys a longer text that begins with this one has for certain."""
        return len(self._sample())

    def _sample(self) -> set[int]:
        sample = {gram for gram in self.grams if gram < SAMPLED_BELOW}
        sample.update([gram for gram in self.grams[:BEGINNING] if gram < SAMPLED_AT_THE_BEGINNING])
        return sample

    @property
    def names(self) -> frozenset[str]:
        """Names in the text, word by word."""
        if self._names is None:
            self._names = names(self._written)
        return self._names

    @property
    def digits(self) -> frozenset[str]:
        """Numbers in the text, years too."""
        if self._word_set is None:
            self._sort_words()
        return self._digits

    @property
    def word_set(self) -> frozenset[str]:
        """Words of the text and of the headline."""
        return self._sort_words() if self._word_set is None else self._word_set

    @property
    def subject(self) -> tuple[str, ...]:
        """Telling words of the headline that the text has too."""
        if self._word_set is None:
            self._sort_words()
        return self._subject

    def _sort_words(self) -> frozenset[str]:
        text = set(self.text)
        self._digits = frozenset([word for word in text if word[0].isdigit()])
        self._subject = tuple(
            [word for word in self.headline if word in text and (len(word) >= _TELLING_LETTERS or word[0].isdigit())]
        )
        self._word_set = frozenset(text.union(self.headline))
        return self._word_set

    @property
    def headline_words(self) -> frozenset[str]:
        """Longer words of the headline."""
        if self._headline_words is None:
            self._headline_words = frozenset(
                [word for word in self.headline if len(word) >= _TELLING_LETTERS and not word[0].isdigit()]
            )
        return self._headline_words

    @property
    def places(self) -> Mapping[int, int]:
        """The first place of each gram. A dict of numbers costs the garbage collector nothing, a set of them does."""
        if self._places is None:
            self._places = dict(zip(reversed(self.grams), range(len(self.grams) - 1, -1, -1), strict=True))
        return self._places

    @property
    def headline_numbers(self) -> frozenset[str]:
        """Numbers in the headline, years left out."""
        return frozenset(filter(_tells, self.headline))

    @property
    def numbers(self) -> Mapping[Context, tuple[str, ...]]:
        """Numbers in the text by the words around them, years left out: those hardly tell one article from another."""
        if self._numbers is None:
            self._numbers = _numbers(self.text, self.digits)
        return self._numbers


def fingerprint(
    publisher: str, headline: str, paragraphs: Iterable[str], published_at: datetime | None = None, url: str = ""
) -> Fingerprint:
    """Fingerprint of an article."""
    kept = list(paragraphs)
    lines = clean_lines(kept)
    title = words_of(visible(headline))
    identity = [word for line in lines for word in line]
    if not identity:  # nothing but furniture: only the very same page is the same
        identity = [headline, *kept]
    elif len(identity) < SHORT:
        identity = [*title, "|", *identity]
    clean_hash = UUID(bytes=blake2b("\n".join(identity).encode(), digest_size=16).digest())
    return Fingerprint(publisher, title, lines, clean_hash, written=kept, published_at=published_at, url=url)


@lru_cache(_PAIRS_REMEMBERED)
def shared(text: Fingerprint, other: Fingerprint) -> bytes:
    """For each gram of a text 1 where the other one has it too, else 0.

    What compares a pair asks for this again and again.
    """
    return bytes(map(other.places.__contains__, text.grams))


def _tells(word: str) -> bool:
    return word[0].isdigit() and not _YEAR.fullmatch(word)


def _numbers(words: Sequence[str], digits: AbstractSet[str]) -> Mapping[Context, tuple[str, ...]]:
    """Numbers by what they are said of; a number inside a context is written `#`, since it would be another context."""
    found: dict[Context, tuple[str, ...]] = {}
    if not digits:
        return found
    places = [place for place, word in enumerate(words) if word in digits]
    padded = ["", "", *words, ""]
    for place in places:
        padded[place + 2] = "#"
    for place in places:
        word = words[place]
        if not _YEAR.fullmatch(word):
            context = (padded[place], padded[place + 1], padded[place + 3])
            known = found.get(context, ())
            if word not in known:
                found[context] = (*known, word)
    return found


class _Numbers(dict[str, bytes]):
    """Word -> five 64-bit numbers side by side, one for each place it can have in a gram (tabulation hashing)."""

    def __missing__(self, word: str) -> bytes:
        if len(self) >= _WORDS_REMEMBERED:
            self.clear()
        numbers = self[word] = blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8 * GRAM).digest()
        return numbers


_numbers_of = _Numbers()


def _grams(words: Sequence[str]) -> tuple[int, ...]:
    """A gram's number is the XOR of its words' numbers for their places.

    All numbers of all words lie side by side in one integer. Moved by a word and a number, the integer has the second
    number of each word where the first one of the word before is: four such moves and XORs make all grams, in C.
    """
    row = int.from_bytes(b"".join(map(_numbers_of.__getitem__, words)), "little")
    grams = row
    for place in range(1, GRAM):
        grams ^= row >> 64 * (GRAM + 1) * place
    found = array("Q", grams.to_bytes(8 * GRAM * len(words), "little"))
    if sys.byteorder == "big":
        found.byteswap()
    return tuple(found[: GRAM * (len(words) - GRAM + 1) : GRAM])
