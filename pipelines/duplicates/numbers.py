"""Whether two texts give the same numbers for the same things ("a temperature of ... degrees"). Pure and symmetric.

Numbers of a new lead or an added paragraph say nothing against a copy; other numbers between the same words are what
makes a template. This finds contradictions without putting the texts side by side, also where a table has no common
passage at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipelines.duplicates.fingerprints import Context, Fingerprint

NUMBERS_CONTRADICTED = 0.1
"""Of the contexts of numbers that both have, the share in which the numbers may differ."""
ONE_NUMBER_WORDS, ONE_NUMBER_GRAMS = 120, 0.7
"""In texts at least as long and as equal as this, one other number is a correction: templates differ in many."""


def contradicted(a: Fingerprint, b: Fingerprint) -> tuple[list[Context], int]:
    """Contexts in which the numbers differ, and how many contexts both have."""
    mine, theirs = a.numbers, b.numbers
    shared = mine.keys() & theirs.keys()
    differ = [context for context in shared if mine[context] != theirs[context]]
    return [context for context in differ if set(mine[context]).isdisjoint(theirs[context])], len(shared)


def numbers_agree(a: Fingerprint, b: Fingerprint) -> bool:
    """Whether the numbers differ in no more places than in a copy or a correction."""
    found, shared = contradicted(a, b)
    if len(found) <= NUMBERS_CONTRADICTED * shared:
        return True
    if len(found) > 1 or min(a.words, b.words) < ONE_NUMBER_WORDS:
        return False
    titles = min(len(a.headline_numbers), len(b.headline_numbers))
    if titles and a.headline_numbers.isdisjoint(b.headline_numbers):
        return False
    return len(a.places.keys() & b.places.keys()) >= ONE_NUMBER_GRAMS * min(len(a.places), len(b.places))
