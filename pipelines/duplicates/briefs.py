"""Briefs: texts too short for passages, which are one story when they are equal but for a word or two. Pure."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from pipelines.duplicates.fingerprints import SHORT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.duplicates.fingerprints import Fingerprint

BRIEF_RULE = "briefs, equal but for a few words"
LONGEST = 32
"""Words of the longer one of the two: a brief with a line of the page, never the beginning of an article."""
NEARLY_EQUAL = 0.82
"""Share of both texts' words that stand in the same order."""
HEADLINES = 0.5
"""Share of the shorter headline's longer words that the other headline has: captions repeat under other headlines."""


def is_brief(text: Fingerprint) -> bool:
    """Whether a text is compared as a whole only."""
    return text.words < SHORT


def nearly_equal(a: Fingerprint, b: Fingerprint) -> float | None:
    """Share of equal words of two briefs, where they are one story: equal numbers and names, headlines alike."""
    if max(a.words, b.words) > LONGEST or numbers(a.text) != numbers(b.text):
        return None
    if a.names ^ b.names and _named(a, b):
        return None
    fewer = min(len(a.headline_words), len(b.headline_words))
    if fewer and len(a.headline_words & b.headline_words) < HEADLINES * fewer:
        return None
    if a.headline_numbers and b.headline_numbers and a.headline_numbers != b.headline_numbers:
        return None
    share = SequenceMatcher(None, a.text, b.text, autojunk=False).ratio()
    return round(share, 3) if share >= NEARLY_EQUAL else None


def numbers(words: Sequence[str]) -> list[str]:
    """Numbers of a text, in order of size; years too, which a brief does not leave out."""
    return sorted(word for word in words if word[0].isdigit())


def _named(a: Fingerprint, b: Fingerprint) -> bool:
    """Whether each of the two names somebody or some place that the other has nowhere."""
    return bool(a.names - b.word_set) and bool(b.names - a.word_set)
