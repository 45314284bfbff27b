"""In words, why two articles are one story or two: what contradiction keeps them apart, or that none does. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.duplicates.briefs import LONGEST, NEARLY_EQUAL, is_brief
from pipelines.duplicates.contradictions import Contradiction, contradictions, weight
from pipelines.duplicates.cover import Cover
from pipelines.duplicates.fingerprints import SHORTEST, Fingerprint
from pipelines.duplicates.matching import CONTAINED, LEAST_SHARED_WORDS, Apart, Match, by_length, compare
from pipelines.duplicates.numbers import contradicted, numbers_agree

if TYPE_CHECKING:
    from collections.abc import Sequence

_TOLD = 3
"""Contradictions that are named; the others are counted."""


def why_apart(a: Fingerprint, b: Fingerprint) -> str:
    """Why two articles of different clusters are not one story."""
    found = compare(a, b)
    if isinstance(found, Match):
        if found.doubts:
            return (
                "a pair with doubts, which does not hold for an instance of a template, or outvoted:"
                f" {_named(_facing(a, b)) or _doubt(a, b)}"
            )
        return "a pair, but outvoted: half or more of the pairs between their clusters are none"
    if not a.grams or not b.grams:
        return f"a text of fewer than {SHORTEST} words is a duplicate only of its equal"
    shorter, longer = by_length(a, b)
    if is_brief(shorter):
        return (
            f"a brief is one story only with another one of at most {LONGEST} words that gives the same numbers and"
            f" names under a like headline, {NEARLY_EQUAL} of the words equal"
        )
    if isinstance(found, Apart):
        return f"they contradict each other: {_named(_facing(a, b)) or _other_numbers(a, b)}"
    return _too_little(Cover(shorter, longer)) or _elsewhere(a, b)


def why_together(a: Fingerprint, b: Fingerprint) -> str:
    """What two articles of one cluster say against each other, or that they say nothing."""
    if a.clean_hash == b.clean_hash:
        return "No contradiction: the texts are equal."
    if not a.grams or not b.grams:
        return "No contradiction was looked for: the texts are too short."
    shorter, longer = by_length(a, b)
    found, doubtful = contradictions(shorter, longer)
    if not found:
        plain = "other plain words or passages in equal places, no other names or numbers"
        plain = plain if doubtful else "no slot differs"
        return f"No contradiction: {plain}."
    words = Cover(shorter, longer).words
    return f"Tolerated as a correction in {words} common words: {_named(_facing(a, b))}."


def _facing(a: Fingerprint, b: Fingerprint) -> list[Contradiction]:
    """Contradictions with what `a` says first."""
    shorter, longer = by_length(a, b)
    found, _ = contradictions(shorter, longer)
    return found if shorter is a else [each._replace(one=each.other, other=each.one) for each in found]


def _doubt(a: Fingerprint, b: Fingerprint) -> str:
    _, doubtful = contradictions(*by_length(a, b))
    return (
        "other plain words or another passage in equal places" if doubtful else "each has much that the other has not"
    )


def _named(found: Sequence[Contradiction]) -> str:
    heaviest = sorted(found, key=lambda each: -each.weight)
    told = [
        f"“{each.one}” and “{each.other}”" + (f" after “{each.before}”" if each.before else f" ({each.kind})")
        for each in heaviest[:_TOLD]
    ]
    more = f" and {len(found) - _TOLD} more" if len(found) > _TOLD else ""
    return f"{', '.join(told)}{more}, weight {weight(found):g}" if told else ""


def _other_numbers(a: Fingerprint, b: Fingerprint) -> str:
    contexts, shared = contradicted(a, b)
    if numbers_agree(a, b) or not contexts:
        return "other words in equal places"
    *before, after = context = min(contexts)
    said = " and ".join("/".join(sorted(each.numbers[context])) for each in (a, b))
    return (
        f"other numbers in {len(contexts)} of {shared} common places, such as {said} in"
        f" “{' '.join([*before, '…', after]).strip()}”"
    )


def _too_little(cover: Cover) -> str | None:
    if cover.words < LEAST_SHARED_WORDS:
        return f"{cover.words} words in common passages, at least {LEAST_SHARED_WORDS} are needed"
    contained = cover.without(lead=True)
    if contained < CONTAINED:
        return f"{contained:.2f} of the shorter text is in the other, at least {CONTAINED} is needed"
    return None


def _elsewhere(a: Fingerprint, b: Fingerprint) -> str:
    if a.publisher != b.publisher:
        return "a passage under another headline, in a text that begins otherwise: background or a round-up"
    return (
        f"one publisher, {Cover(a, b).share:.2f} and {Cover(b, a).share:.2f} of the texts are common: they begin"
        " otherwise, or their headlines have other numbers, as in a follow-up or a round-up"
    )
