"""Whether two articles are one story: the rules, on fingerprints. Pure and symmetric.

Re-published news is trimmed, extended and re-headed, so one text lies inside the other and Jaccard similarity alone is
blind to it. What counts is cover (`cover`): the share of a text's words that stand in 5-grams of the other text. A
changed word costs itself and not the five grams around it. What is similar enough is then asked for contradictions
(`contradictions`), which outweigh any similarity: instances of a template share nearly all of their words.

A publisher repeats itself in other ways than it copies others: follow-ups carry the background of the day before and
round-ups carry whole stories. Inside one publisher the rules are therefore stricter, except for later states of an
article: live blogs, rewritten leads and corrections, which come under a like headline within `LATER` of the first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from pipelines.duplicates.addresses import shared_parts
from pipelines.duplicates.alignment import LONGEST_FILLING, blocks, in_order, repaired
from pipelines.duplicates.briefs import BRIEF_RULE, is_brief, nearly_equal
from pipelines.duplicates.clusters import EQUAL, EXCERPT_RULE
from pipelines.duplicates.contradictions import (
    MOST_CORRECTED,
    PHRASE,
    Contradiction,
    contradictions,
    corrected,
    labelled,
    outweighs,
    weight,
)
from pipelines.duplicates.cover import HEAD, Cover, carries
from pipelines.duplicates.numbers import contradicted, numbers_agree

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from pipelines.duplicates.fingerprints import Fingerprint

Why = Literal["same text", "nearly the same text", "one text contains the other"]

LEAST_SHARED_WORDS = 20
NEARLY_THE_SAME = 0.8
"""Cover of both texts from which on they are the same with small changes, whatever their headlines."""
CONTAINED = 0.65
"""Cover of the shorter text, short lines and a lead of its own left out: the least of any two that are one story."""
OWN = 0.1
"""Of the words of the shorter text, the share that each text has to itself when an instance could have it: a saying."""
CONTAINED_BUT_FOR_THE_LEAD = 0.7
"""Cover of the remainder where the lead is left out: who rewrites a lead prints the remainder, a follow-up does not."""
OWN_MATTER = 0.5
"""Cover of the longer text below which a line that is the other's headline makes it a round-up."""
HEADLINES_ALIKE = 0.15
"""Of the longer words of the shorter headline, the share that the other one must have, or the texts begin alike."""
BEGIN_ALIKE = 0.6
"""Cover of both texts' heads; a passage out of the middle under another headline is background or a round-up."""
WITHIN_BOTH, WITHIN_SHORTER = 0.75, 0.7
WITHIN_CUT, WITHIN_SAME_HEADS = 0.7, 0.8
"""With heads as equal as this, the shorter text is the longer one cut off, however short it is."""
WITHIN_REWRITTEN, WITHIN_REWRITTEN_LONGER = 0.85, 0.4
LATER = timedelta(hours=48)
"""Time in which a publisher brings later states of an article."""
CORRECTION = "one publisher, correction"
"""Of texts that contradict each other, or have other numbers in their headlines, where one says which is right."""
CORRECTED = timedelta(hours=18)
"""Time in which a publisher corrects an article: forms of every day come a day apart."""
LATER_HEADLINES, LATER_CONTAINED = 0.5, 0.85
"""Of a later state: share of the shorter headline's words; cover of the earlier text, or of it without its lead."""
FRAME = 0.25
"""Cover of the shorter text from which on what begins and ends it can be a frame."""
DAMAGED = 0.35
"""Cover from which on a text is asked for damaged words: of ten words one misread leaves half of the 5-grams."""


EXCERPT, PART = 0.9, 0.6
"""Cover of an excerpt, and its share of the words of the whole."""


@dataclass(frozen=True, slots=True)
class Match:
    """Two articles tell one story."""

    why: Why
    score: float
    """0 to 1, three decimals: the lower cover of the two; where one contains the other, mostly that of the shorter."""
    rule: str
    """The rule that let them through."""
    doubts: int = 0
    """Places in which they differ as instances of a template would; tolerated until a template is known."""


@dataclass(frozen=True, slots=True)
class Apart:
    """Two articles that are alike enough, and contradict each other."""

    found: Sequence[Contradiction]


def match(a: Fingerprint, b: Fingerprint) -> Match | None:
    """How `a` and `b` are the same story; None when they are not."""
    found = compare(a, b)
    return found if isinstance(found, Match) else None


def compare(a: Fingerprint, b: Fingerprint) -> Match | Apart | None:
    """How `a` and `b` are the same story, or what keeps them apart; None when they are not even alike."""
    if a.clean_hash.int == b.clean_hash.int:
        return Match("same text", 1.0, EQUAL)
    if not a.grams or not b.grams:
        return None
    shorter, longer = by_length(a, b)
    if is_brief(shorter):
        score = nearly_equal(shorter, longer)
        return None if score is None else Match("nearly the same text", score, BRIEF_RULE)
    mine = Cover(shorter, longer)
    if mine.words < LEAST_SHARED_WORDS:
        return None
    if _is_contained(mine):
        theirs = Cover(longer, shorter)
        rule = _rule(mine, theirs, shorter, longer)
        if rule is not None:
            return _uncontradicted(mine, theirs, shorter, longer, rule)
    return _damaged(mine, shorter, longer) or _framed(mine, shorter, longer)


def by_length(a: Fingerprint, b: Fingerprint) -> tuple[Fingerprint, Fingerprint]:
    """The shorter and the longer text; of two of one length always the same one first."""
    return (a, b) if (a.words, a.clean_hash.int) < (b.words, b.clean_hash.int) else (b, a)


def _is_contained(mine: Cover) -> bool:
    if mine.share >= CONTAINED:  # what is left out of the count can only make the share larger
        return True
    return mine.without(lead=False) >= CONTAINED or mine.without(lead=True) >= CONTAINED_BUT_FOR_THE_LEAD


def _rule(mine: Cover, theirs: Cover, shorter: Fingerprint, longer: Fingerprint) -> str | None:
    """The rule by which two texts are alike enough, whatever they say against each other."""
    if theirs.share < OWN_MATTER and carries(longer, shorter.headline):
        return None
    return (_within if shorter.publisher == longer.publisher else _across)(mine, theirs, shorter, longer)


def _uncontradicted(
    mine: Cover, theirs: Cover, shorter: Fingerprint, longer: Fingerprint, rule: str
) -> Match | Apart | None:
    whole = mine.words == shorter.words
    agree = whole or numbers_agree(shorter, longer)
    may_correct = _may_correct(shorter, longer, mine)
    if not agree and not may_correct:
        return Apart(())
    found, doubtful = contradictions(shorter, longer, whole=whole, common=None if may_correct else mine.words)
    if not agree or outweighs(weight(found), mine.words) or rule == CORRECTION:
        if not may_correct or not corrected(shorter, longer, found):
            return Apart(found)
        rule = CORRECTION
    own_matter = min(shorter.words - mine.words, longer.words - theirs.words) > OWN * shorter.words
    doubts = len(found) or doubtful or int(own_matter)
    if min(mine.share, theirs.share) >= NEARLY_THE_SAME:
        return Match("nearly the same text", round(min(mine.share, theirs.share), 3), rule, doubts)
    contained = min(mine.without(lead=False), 1.0)
    told = shorter.headline_words and longer.headline_words  # without a headline nothing is like it
    headlines = _share(shorter.headline_words, longer.headline_words) if told else 0
    if contained >= EXCERPT and headlines >= LATER_HEADLINES and shorter.words <= PART * longer.words:
        rule = EXCERPT_RULE
    # Of two texts that contain an excerpt whole, the one under its headline is the story and the other one a round-up.
    likeness = _heads(mine, theirs) + theirs.share + 2 * _jaccard(shorter.headline_words, longer.headline_words)
    return Match("one text contains the other", round(0.9 * contained + 0.025 * likeness, 3), rule, doubts)


def _damaged(mine: Cover, shorter: Fingerprint, longer: Fingerprint) -> Match | Apart | None:
    """Two texts of which one has many damaged words: misread by a machine, or misspelt."""
    if mine.share < DAMAGED or shorter.words < NEARLY_THE_SAME * longer.words:
        return None
    if not _headlines_agree(shorter, longer) or not numbers_agree(shorter, longer):
        return None
    common = repaired(shorter, longer)
    share = common / longer.words
    if share < NEARLY_THE_SAME:
        return None
    found, doubtful = contradictions(shorter, longer, common=common)
    if outweighs(weight(found), common):
        return Apart(found)
    return Match("nearly the same text", round(share, 3), "damaged words repaired", len(found) or doubtful)


def _framed(mine: Cover, shorter: Fingerprint, longer: Fingerprint) -> Apart | None:
    """Whether under like headlines both texts begin and end in one way and tell other things inside.

    Where the filling is longer than its frame, similarity alone would never show that there is a frame.
    """
    if _is_soon(shorter, longer, LATER) or not shorter.headline_words or not longer.headline_words:
        return None  # states of one live blog have a frame too
    if mine.share < FRAME or _share(shorter.headline_words, longer.headline_words) < LATER_HEADLINES:
        return None
    found = in_order(blocks(shorter, longer))
    if not found or max(found[0][:2]) > LONGEST_FILLING:
        return None
    one, other, words = found[-1]
    if max(shorter.words - one, longer.words - other) - words > LONGEST_FILLING:
        return None
    told, _ = contradictions(shorter, longer, common=mine.words)
    return Apart(told) if outweighs(weight(told), mine.words) else None


def _headlines_agree(a: Fingerprint, b: Fingerprint) -> bool:
    """Whether one publisher's headlines are alike and have no other numbers: in a series nothing else differs."""
    if a.publisher != b.publisher:
        return True
    words, numbers = _share(a.headline_words, b.headline_words), _share(a.headline_numbers, b.headline_numbers)
    return words >= HEADLINES_ALIKE and numbers > 0


def _across(mine: Cover, theirs: Cover, a: Fingerprint, b: Fingerprint) -> str | None:
    if theirs.share >= NEARLY_THE_SAME or theirs.without(lead=True) >= NEARLY_THE_SAME:
        return "two publishers, each text in the other"
    if _share(a.headline_words, b.headline_words) >= HEADLINES_ALIKE:
        return "two publishers, contained, headlines alike"
    return "two publishers, contained, same beginning" if _heads(mine, theirs) >= BEGIN_ALIKE else None


def _within(mine: Cover, theirs: Cover, a: Fingerprint, b: Fingerprint) -> str | None:
    contained, heads = mine.without(lead=False), _heads(mine, theirs)
    if _share(a.headline_numbers, b.headline_numbers) == 0:
        return CORRECTION if _may_correct(a, b, mine) else None
    if theirs.share >= WITHIN_BOTH and mine.without(lead=True) >= WITHIN_SHORTER:
        return "one publisher, each text in the other"
    if contained >= WITHIN_CUT and heads >= WITHIN_SAME_HEADS:
        return "one publisher, cut off"
    longer = theirs.without(lead=False)
    if contained >= WITHIN_REWRITTEN and heads >= BEGIN_ALIKE and longer >= WITHIN_REWRITTEN_LONGER:
        return "one publisher, contained, same beginning"
    return _later(mine, theirs, a, b)


def _later(mine: Cover, theirs: Cover, a: Fingerprint, b: Fingerprint) -> str | None:
    if not _is_soon(a, b, LATER):
        return None
    contained = mine.without(lead=True)
    if contained >= LATER_CONTAINED and theirs.without(lead=True) >= LATER_CONTAINED:
        return "one publisher, lead rewritten"
    if contained >= LATER_CONTAINED and _share(a.headline_words, b.headline_words) >= LATER_HEADLINES:
        return "one publisher, later state"
    if contained >= LATER_CONTAINED and _one_page(a, b):
        return "one publisher, later state of a page"
    return None


def _one_page(a: Fingerprint, b: Fingerprint) -> bool:
    """Whether their addresses share the number of an article, or a slug whose longer words both articles have."""
    both = a.word_set & b.word_set
    return any(
        part.isdigit() or both.issuperset(word for word in part.split("-") if len(word) > PHRASE)
        for part in shared_parts(a.url, b.url)
    )


def _is_soon(a: Fingerprint, b: Fingerprint, span: timedelta) -> bool:
    """Whether one publisher printed both within the span."""
    if a.publisher != b.publisher or a.published_at is None or b.published_at is None:
        return False
    return abs(a.published_at - b.published_at) <= span


def _may_correct(a: Fingerprint, b: Fingerprint, mine: Cover) -> bool:
    """Whether one article can be a correction of the other: one publisher, soon after, nearly the same text."""
    if a.publisher != b.publisher or mine.share < NEARLY_THE_SAME or len(contradicted(a, b)[0]) > MOST_CORRECTED:
        return False
    if a.published_at is None or b.published_at is None:
        return labelled(a.headline, b.headline)
    return abs(a.published_at - b.published_at) <= CORRECTED


def _heads(mine: Cover, theirs: Cover) -> float:
    return min(mine.beginning(HEAD), theirs.beginning(HEAD))


def _share(a: AbstractSet[object], b: AbstractSet[object]) -> float:
    """Share of the smaller set that is in the other; 1 when one of them is empty."""
    fewer = min(len(a), len(b))
    return len(a & b) / fewer if fewer else 1.0


def _jaccard(a: AbstractSet[object], b: AbstractSet[object]) -> float:
    return len(a & b) / len(a | b) if a or b else 1.0
