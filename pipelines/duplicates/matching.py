"""Whether two articles are one story: the rules, on fingerprints. Pure and symmetric.

Re-published news is trimmed, extended and re-headed, so one text lies inside the other and Jaccard similarity alone is
blind to it. What counts is *cover*: the share of a text's words that stand in 5-grams of the other text. A changed word
costs itself and not the five grams around it. Newspapers put lines of their own between paragraphs (links, appeals,
names) and rewrite leads: a short line or a lead of which the other text has nothing is left out of the count, so
nobody has to know how such lines read.

A publisher repeats itself in other ways than it copies others: follow-ups carry the background of the day before,
round-ups carry whole stories, and daily templates (weather, gold, football) differ in their numbers only. Inside one
publisher the rules are therefore stricter.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from pipelines.duplicates.clusters import EQUAL
from pipelines.duplicates.fingerprints import GRAM

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from pipelines.duplicates.fingerprints import Context, Fingerprint

Why = Literal["same text", "nearly the same text", "one text contains the other"]

LEAST_SHARED_WORDS = 20
NEARLY_THE_SAME = 0.8
"""Cover of both texts from which on they are the same with small changes, whatever their headlines."""
CONTAINED = 0.65
"""Cover of the shorter text, short lines and a lead of its own left out: the least of any two that are one story."""
HEADLINES_ALIKE = 0.15
"""Of the longer words of the shorter headline, the share that the other one must have, or the texts begin alike."""
BEGIN_ALIKE = 0.6
"""Cover of both texts' heads; a passage out of the middle under another headline is background or a round-up."""
WITHIN_BOTH, WITHIN_SHORTER = 0.75, 0.7
WITHIN_CUT, WITHIN_SAME_HEADS = 0.7, 0.8
"""With heads as equal as this, the shorter text is the longer one cut off, however short it is."""
WITHIN_REWRITTEN, WITHIN_REWRITTEN_LONGER = 0.85, 0.4

NUMBERS_CONTRADICTED = 0.1
"""Of the contexts of numbers that both have, the share in which the numbers may differ."""
ONE_NUMBER_WORDS, ONE_NUMBER_GRAMS = 120, 0.7
"""In texts at least as long and as equal as this, one other number is a correction: templates differ in many."""

HEAD = 40
"""Words that count as the head of a text."""
_LINE_OF_THE_PAGE = 20
_LEAD = 60
"""Words; longer ones belong to the story."""
_FOREIGN_LINE, _FOREIGN_LEAD = 0.15, 0.3
"""Cover up to which a short line, or the lead, says nothing."""
_MOST_LEFT_OUT = 0.5
_BITS = bytes([ord("0"), ord("1")]) + bytes(254)


@dataclass(frozen=True, slots=True)
class Match:
    """Two articles tell one story."""

    why: Why
    score: float
    """0 to 1, three decimals: the lower cover of the two, or that of the shorter text where it is contained."""
    rule: str
    """The rule that let them through."""


class Cover:
    """The words of one text that stand in 5-grams of another one."""

    def __init__(self, text: Fingerprint, other: Fingerprint) -> None:
        self._text = text
        # One bit a word, the first word highest: the gram that begins at a word covers it and the four after it.
        shared = bytes(map(other.gram_set.__contains__, text.grams))
        bits = int(shared.translate(_BITS) + b"0" * (GRAM - 1), 2)
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

    @cached_property
    def lines(self) -> list[tuple[int, int]]:
        """Words and covered words of each paragraph."""
        marks, start, found = f"{self._bits:0{self._text.words}b}", 0, []
        for words in self._text.lines:
            found.append((words, marks.count("1", start, start + words)))
            start += words
        return found

    @cached_property
    def _foreign(self) -> int:
        return sum([words - covered for words, covered in self.lines if _is_foreign_line(words, covered)])

    def without(self, *, lead: bool) -> float:
        """Covered share when short lines of which nothing is covered are left out, and with `lead` such a lead."""
        foreign = self._foreign
        if lead:
            words, covered = self.lines[0]
            if covered <= _FOREIGN_LEAD * words and words <= _LEAD and not _is_foreign_line(words, covered):
                foreign += words - covered
        return self.words / (self._text.words - min(foreign, _MOST_LEFT_OUT * self._text.words))


def _is_foreign_line(words: int, covered: int) -> bool:
    return words <= _LINE_OF_THE_PAGE and covered <= _FOREIGN_LINE * words


def match(a: Fingerprint, b: Fingerprint) -> Match | None:
    """How `a` and `b` are the same story; None when they are not."""
    if a.clean_hash == b.clean_hash:
        return Match("same text", 1.0, EQUAL)
    if not a.grams or not b.grams:
        return None
    shorter, longer = sorted((a, b), key=lambda each: (each.words, each.clean_hash))
    mine = Cover(shorter, longer)
    if mine.words < LEAST_SHARED_WORDS or mine.without(lead=True) < CONTAINED:
        return None
    theirs = Cover(longer, shorter)
    rule = (_within if a.publisher == b.publisher else _across)(mine, theirs, a, b)
    if rule is None or not _numbers_agree(a, b):
        return None
    if min(mine.share, theirs.share) >= NEARLY_THE_SAME:
        return Match("nearly the same text", round(min(mine.share, theirs.share), 3), rule)
    return Match("one text contains the other", round(min(mine.without(lead=False), 1.0), 3), rule)


def _across(mine: Cover, theirs: Cover, a: Fingerprint, b: Fingerprint) -> str | None:
    if theirs.without(lead=True) >= NEARLY_THE_SAME:
        return "two publishers, each text in the other"
    if _share(a.headline_words, b.headline_words) >= HEADLINES_ALIKE:
        return "two publishers, contained, headlines alike"
    return "two publishers, contained, same beginning" if _heads(mine, theirs) >= BEGIN_ALIKE else None


def _within(mine: Cover, theirs: Cover, a: Fingerprint, b: Fingerprint) -> str | None:
    contained, heads = mine.without(lead=False), _heads(mine, theirs)
    if _share(a.headline_numbers, b.headline_numbers) == 0:
        return None
    if theirs.share >= WITHIN_BOTH and mine.without(lead=True) >= WITHIN_SHORTER:
        return "one publisher, each text in the other"
    if contained >= WITHIN_CUT and heads >= WITHIN_SAME_HEADS:
        return "one publisher, cut off"
    longer = theirs.without(lead=False)
    if contained >= WITHIN_REWRITTEN and heads >= BEGIN_ALIKE and longer >= WITHIN_REWRITTEN_LONGER:
        return "one publisher, contained, same beginning"
    return None


def _heads(mine: Cover, theirs: Cover) -> float:
    return min(mine.beginning(HEAD), theirs.beginning(HEAD))


def contradictions(a: Fingerprint, b: Fingerprint) -> tuple[list[Context], int]:
    """Contexts in which the numbers differ, and how many contexts both have."""
    shared = a.numbers.keys() & b.numbers.keys()
    return [context for context in shared if a.numbers[context].isdisjoint(b.numbers[context])], len(shared)


def _numbers_agree(a: Fingerprint, b: Fingerprint) -> bool:
    """Whether both give the same numbers for the same things ("a temperature of ... degrees").

    Numbers of a new lead or an added paragraph say nothing against a copy; other numbers between the same words are
    what makes a template.
    """
    contradicted, shared = contradictions(a, b)
    if len(contradicted) <= NUMBERS_CONTRADICTED * shared:
        return True
    return (
        len(contradicted) == 1
        and min(a.words, b.words) >= ONE_NUMBER_WORDS
        and _share(a.headline_numbers, b.headline_numbers) > 0
        and _share(a.gram_set, b.gram_set) >= ONE_NUMBER_GRAMS
    )


def _share(a: AbstractSet[object], b: AbstractSet[object]) -> float:
    """Share of the smaller set that is in the other; 1 when one of them is empty."""
    fewer = min(len(a), len(b))
    return len(a & b) / fewer if fewer else 1.0
