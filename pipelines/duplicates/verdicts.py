"""In words, why two articles are one story or two: what contradiction keeps them apart, or that none does. Pure."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from pipelines.duplicates.alignment import LONGEST_FILLING, slots
from pipelines.duplicates.briefs import HEADLINES, LONGEST, NEARLY_EQUAL, is_brief, numbers
from pipelines.duplicates.contradictions import SHOWN, SHOWN_BEFORE, Contradiction, contradictions, weight
from pipelines.duplicates.cover import Cover, carries
from pipelines.duplicates.fingerprints import SHORTEST, Fingerprint
from pipelines.duplicates.matching import CONTAINED, LEAST_SHARED_WORDS, OWN_MATTER, Apart, Match, by_length, compare
from pipelines.duplicates.numbers import contradicted, numbers_agree
from pipelines.duplicates.spelling import same

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

_WHERE = defaultdict(lambda: " at the beginning", headline=" (headline)", lead=" (lead)")
"""Where a contradiction stands that has no words before it."""
_TOLD = 3
"""Contradictions that are named; the others are counted."""


def why_apart(a: Fingerprint, b: Fingerprint, *, instance: bool | None = None) -> str:
    """Why two articles of different clusters are not one story.

    Args:
        a: an article.
        b: another one.
        instance: whether one of them is known for an instance of a template; None where nobody has asked.
    """
    found = compare(a, b)
    if isinstance(found, Match):
        return _pair(a, b, found, instance=instance)
    if not a.grams or not b.grams:
        return f"a text of fewer than {SHORTEST} words is a duplicate only of its equal"
    shorter, longer = by_length(a, b)
    if is_brief(shorter):
        return _briefs(a, b)
    if isinstance(found, Apart):
        return f"they contradict each other: {_named(_facing(a, b)) or _other_numbers(a, b)}"
    return _too_little(Cover(shorter, longer)) or _elsewhere(a, b)


def _pair(a: Fingerprint, b: Fingerprint, found: Match, *, instance: bool | None) -> str:
    outvoted = "outvoted: half or more of the pairs between their clusters are none"
    if not found.doubts:
        return f"a pair, but {outvoted}"
    doubts = _named(_facing(a, b)) or _doubt(a, b)
    if instance is None:
        return f"a pair with doubts, which does not hold for an instance of a template, or outvoted: {doubts}"
    return (
        f"a pair with doubts, and one of the two is an instance of a template: {doubts}"
        if instance
        else f"a pair with doubts ({doubts}), but {outvoted}"
    )


def _briefs(a: Fingerprint, b: Fingerprint) -> str:
    """What `briefs.nearly_equal` misses, in its order."""
    if max(a.words, b.words) > LONGEST:
        return f"a brief beside a text of {max(a.words, b.words)} words: it is compared with at most {LONGEST}"
    for what, mine, theirs in (
        ("numbers", set(numbers(a.text)), set(numbers(b.text))),
        ("names", a.names - b.word_set, b.names - a.word_set),
        ("numbers in their headlines", a.headline_numbers, b.headline_numbers),
    ):
        if mine != theirs and (what == "numbers" or (mine and theirs)):
            return f"briefs that contradict each other by other {what}: {_listed(mine - theirs, theirs - mine)}"
    fewer = min(len(a.headline_words), len(b.headline_words))
    if len(a.headline_words & b.headline_words) < HEADLINES * fewer:
        return "briefs under other headlines"
    return f"briefs that differ in more than a word or two: at least {NEARLY_EQUAL} of the words must be equal"


def _listed(mine: AbstractSet[str], theirs: AbstractSet[str]) -> str:
    """What either has alone."""
    return " and ".join(f"“{' '.join(sorted(each))}”" if each else "none" for each in (mine, theirs))


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
    """What makes two articles a pair with doubts that do not contradict each other: the first slot that differs."""
    one, other = by_length(a, b)
    if not contradictions(one, other)[1]:
        return "each has much that the other has not"
    for begin, end, start, stop in slots(one, other):
        fillings = one.text[begin:end], other.text[start:stop]
        if begin and not same(*fillings):
            mine, theirs = (" ".join(words[:SHOWN]) for words in (fillings if one is a else reversed(fillings)))
            what = "plain words" if max(map(len, fillings)) <= LONGEST_FILLING else "passages"
            before = " ".join(one.text[max(0, begin - SHOWN_BEFORE) : begin])
            return f"other {what} in equal places, “{mine}” and “{theirs}” after “{before}”"
    return "other plain words or another passage in equal places"


def _named(found: Sequence[Contradiction]) -> str:
    heaviest = sorted(found, key=lambda each: -each.weight)
    told = [
        f"“{each.one}” and “{each.other}”" + (f" after “{each.before}”" if each.before else _WHERE[each.kind])
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
    shorter, longer = by_length(a, b)
    if Cover(longer, shorter).share < OWN_MATTER and carries(longer, shorter.headline):
        return "the longer text has the other's headline for a line of its own: a round-up"
    if a.publisher != b.publisher:
        return "a passage under another headline, in a text that begins otherwise: background or a round-up"
    mine, theirs = a.headline_numbers, b.headline_numbers
    if mine and theirs and mine.isdisjoint(theirs):
        return f"one publisher, and their headlines have other numbers: {_listed(mine, theirs)}"
    return (
        f"one publisher, {Cover(a, b).share:.2f} and {Cover(b, a).share:.2f} of the texts are common: they begin"
        " otherwise, as in a follow-up or a round-up"
    )
