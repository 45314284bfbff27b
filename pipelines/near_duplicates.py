"""Whether two articles are one story: the rules, on fingerprints. Pure and symmetric.

Re-published news is trimmed, extended and re-headed, so one text lies inside the other and Jaccard similarity alone is
blind to it. A publisher repeats itself in other ways than it copies others: follow-ups carry the background of the day
before, round-ups carry whole stories, and daily templates (weather, gold, football) differ in their numbers only.
Inside one publisher the rules are therefore stricter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from pipelines.fingerprints import Fingerprint

Why = Literal["same text", "nearly the same text", "one text contains the other"]

ACROSS_JACCARD, ACROSS_CONTAINED = 0.45, 0.5
WITHIN_JACCARD, WITHIN_CONTAINED = 0.7, 0.7
WITHIN_HEADS = 0.5
"""Share of each text's head that the other one must have: a follow-up or a round-up begins with something else."""
WITHIN_LEAST_JACCARD = 0.3
NUMBERS_CONTRADICTED = 0.1
"""Of the contexts of numbers that both have, the share in which the numbers may differ."""
SAME_HEADS = 0.8
"""With heads as equal as this, the shorter text is the longer one cut off, however short it is."""


@dataclass(frozen=True, slots=True)
class Match:
    """Two articles tell one story."""

    why: Why
    score: float
    """0 to 1, three decimals: the Jaccard similarity, or the contained share of the shorter text."""


def match(a: Fingerprint, b: Fingerprint) -> Match | None:
    """How `a` and `b` are the same story; None when they are not."""
    if a.clean_hash == b.clean_hash:
        return Match("same text", 1.0)
    shared = len(a.grams & b.grams)
    if not shared:
        return None
    jaccard = shared / (len(a.grams) + len(b.grams) - shared)
    contained = shared / min(len(a.grams), len(b.grams))
    rules = _within if a.publisher == b.publisher else _across
    if not rules(a, b, jaccard, contained):
        return None
    if jaccard >= WITHIN_JACCARD:
        return Match("nearly the same text", round(jaccard, 3))
    return Match("one text contains the other", round(contained, 3))


def _across(a: Fingerprint, b: Fingerprint, jaccard: float, contained: float) -> bool:
    return (jaccard >= ACROSS_JACCARD or contained >= ACROSS_CONTAINED) and _numbers_agree(a, b)


def _within(a: Fingerprint, b: Fingerprint, jaccard: float, contained: float) -> bool:
    if jaccard < WITHIN_JACCARD:
        heads = min(len(a.head & b.grams) / len(a.head), len(b.head & a.grams) / len(b.head))
        cut = heads >= SAME_HEADS or (heads >= WITHIN_HEADS and jaccard >= WITHIN_LEAST_JACCARD)
        if contained < WITHIN_CONTAINED or not cut:
            return False
    return _share(a.headline_numbers, b.headline_numbers) > 0 and _numbers_agree(a, b)


def _numbers_agree(a: Fingerprint, b: Fingerprint) -> bool:
    """Whether both give the same numbers for the same things ("a temperature of ... degrees").

    Numbers of a new lead or an added paragraph say nothing against a copy; other numbers between the same words are
    what makes a template.
    """
    shared = a.numbers.keys() & b.numbers.keys()
    contradicted = sum(a.numbers[context].isdisjoint(b.numbers[context]) for context in shared)
    return contradicted <= NUMBERS_CONTRADICTED * len(shared)


def _share(a: AbstractSet[str], b: AbstractSet[str]) -> float:
    """Share of the smaller set that is in the other; 1 when one of them is empty."""
    fewer = min(len(a), len(b))
    return len(a & b) / fewer if fewer else 1.0
