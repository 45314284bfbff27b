"""Two texts side by side: the passages that both have, and slots, where each has words of its own. Pure.

A slot stands in equal contexts: the same words before it and the same words after it.
"""

from __future__ import annotations

from contextlib import suppress
from difflib import SequenceMatcher
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from pipelines.duplicates.fingerprints import GRAM, shared
from pipelines.duplicates.spelling import same

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipelines.duplicates.fingerprints import Fingerprint

LONGEST_GAP = 150
"""Words between two common passages in which slots are looked for."""
LONGEST_FILLING = 8
"""Words of one side of a slot; what is longer is a passage of its own."""
_SURE = 10
"""Words of a passage that is in its place although others are not; shorter ones that cross are either way by chance."""
_CHAIN = 64
"""Passages back to which the one before a passage is looked for: long texts would cost the square of theirs."""
_FREE, _FRAME, _LINE = 12, 0.4, 0.6
"""A gap of more words holds slots only where this share of both sides is equal, or that of the shorter one: lines of a
list, of which one side may have more."""
_ADDED = 4
"""How many times as long as what stands in its place a passage must be to be added."""

Block = tuple[int, int, int]
"""A passage of five words and more that both texts have: where it begins in each, and its words."""
Slot = tuple[int, int, int, int]
"""Where the texts differ between equal words: begin and end in one text, begin and end in the other."""


def blocks(one: Fingerprint, other: Fingerprint) -> list[Block]:
    """Common passages in the order of `one`; no word of it is in two of them."""
    grams, theirs, places, found = one.grams, other.grams, other.places, list[Block]()
    common = shared(one, other)
    end = ahead = 0
    start = common.find(1)
    while start >= 0:
        place = places[grams[start]]
        if place < ahead:  # a passage that repeats itself, or one that stands elsewhere there
            with suppress(ValueError):
                place = theirs.index(grams[start], ahead)
        # Where a word differs no gram is common: that is where most runs end, and one comparison shows it.
        most = min(_end(common, start) - start, len(theirs) - place)
        equal = grams[start : start + most] == theirs[place : place + most]
        length = most if equal else _run(grams, theirs, start, place, most)
        overlap = max(0, end - start)
        if overlap < length + GRAM - 1:
            found.append((start + overlap, place + overlap, length + GRAM - 1 - overlap))
            end, ahead = start + length + GRAM - 1, place + length + GRAM - 1
        start = common.find(1, start + length)
    return found


def _end(common: bytes, start: int) -> int:
    end = common.find(0, start)
    return end if end >= 0 else len(common)


def _run(grams: Sequence[int], theirs: Sequence[int], start: int, place: int, most: int) -> int:
    """Of at most so many grams, those that are equal from these places on; slices are compared, in C."""
    length = step = 1
    while length < most:
        step = min(step, most - length)
        equal = grams[start + length : start + length + step] == theirs[place + length : place + length + step]
        if equal:
            length += step
            step *= 2
        elif step == 1:
            break
        else:
            step //= 4
            step = max(step, 1)
    return length


def slots(one: Fingerprint, other: Fingerprint, gaps: Sequence[Slot] | None = None) -> Iterator[Slot]:
    """Slots in the order of `one`, and passages that each text has instead of the other's: those are longer.

    Args:
        one: a text.
        other: another one.
        gaps: `gaps_of` the two, where they are known.
    """
    for gap in gaps_of(one, other) if gaps is None else gaps:
        begin, end, start, stop = gap
        longest = max(end - begin, stop - start)
        if end - begin == 1 or stop - start == 1 or longest > LONGEST_GAP:
            yield gap
            continue
        replaced = _replaced(one.text[begin:end], other.text[start:stop])
        for a, b, c, d in replaced:
            yield begin + a, begin + b, start + c, start + d
        if not replaced and longest <= LONGEST_FILLING:
            yield gap  # a filling that stands elsewhere on the other side hides what is in its own place


def gaps_of(one: Fingerprint, other: Fingerprint) -> list[Slot]:
    """What lies between common passages that follow each other in both texts, and before and after them."""
    return list(_gaps(one, other, in_order(blocks(one, other))))


def _replaced(mine: Sequence[str], theirs: Sequence[str]) -> list[Slot]:
    """Slots of one gap; the whole gap where it is a passage that was rewritten."""
    longest, whole = max(len(mine), len(theirs)), [(0, len(mine), 0, len(theirs))]
    common = sum(map(set(theirs).__contains__, mine))
    if not common or (longest > _FREE and not _is_frame(common, mine, theirs)):
        return whole
    in_place = _in_place(mine, theirs) if len(mine) == len(theirs) else []
    if in_place and longest <= _FREE:
        return in_place
    matcher = SequenceMatcher(None, mine, theirs, autojunk=False)
    if longest > _FREE and not _is_frame(sum(size for *_, size in matcher.get_matching_blocks()), mine, theirs):
        return whole
    return in_place or [codes[1:] for codes in matcher.get_opcodes() if codes[0] == "replace"]


def _in_place(mine: Sequence[str], theirs: Sequence[str]) -> list[Slot]:
    """Slots of two gaps of one length word by word, where half of the words are the same in their places."""
    equal = [a == b for a, b in zip(mine, theirs, strict=True)]
    if 2 * sum(equal) < len(equal):
        return []
    found, begin = list[Slot](), 0
    for same_words, run in groupby(equal):
        end = begin + len(list(run))
        if not same_words:
            if found and begin - found[-1][1] == 1:  # one common word inside a phrase: "dari", "dengan"
                begin = found.pop()[0]
            found.append((begin, end, begin, end))
        begin = end
    return found


def _is_frame(equal: int, mine: Sequence[str], theirs: Sequence[str]) -> bool:
    """Whether a long gap of so many equal words is a form with other fillings rather than a rewritten passage."""
    return 2 * equal >= _FRAME * (len(mine) + len(theirs)) or equal >= _LINE * min(len(mine), len(theirs))


def in_order(found: Sequence[Block]) -> Sequence[Block]:
    """Those passages that stand in one order in both texts, as many words of them as can be.

    Lines of a list resemble each other: a line may be found in another one's place, and hide what differs in its own.
    """
    if all(a[1] + a[2] <= b[1] for a, b in pairwise(found)):
        return _without_strays(found)
    best: list[tuple[int, int]] = []  # words of the best chain that ends with a passage, and the one before it
    for place, (_, at, words) in enumerate(found):
        before = [
            (best[each][0], each)
            for each in range(max(0, place - _CHAIN), place)
            if found[each][1] + found[each][2] <= at
        ]
        most, previous = max(before, default=(0, -1))
        best.append((most + words, previous))
    place = max(range(len(best)), key=lambda each: best[each][0])
    chain = []
    while place >= 0:
        chain.append(found[place])
        place = best[place][1]
    moved = set(found).difference(chain)
    return _without_strays(
        [
            block
            for block in reversed(chain)
            if block[2] >= _SURE or not any((block[0] < each[0]) != (block[1] < each[1]) for each in moved)
        ]
    )


def _without_strays(found: Sequence[Block]) -> Sequence[Block]:
    """Without short passages far out of step with those before and after them, which keep step with each other."""
    steps = [at - one for one, at, _ in found]
    return [
        block
        for place, block in enumerate(found)
        if block[2] >= _SURE
        or not 0 < place < len(found) - 1
        or steps[place - 1] != steps[place + 1]
        or abs(steps[place] - steps[place - 1]) <= LONGEST_FILLING
    ]


def _gaps(one: Fingerprint, other: Fingerprint, found: Sequence[Block]) -> Iterator[Slot]:
    """What lies between passages that follow each other in both texts, and before the first and after the last."""
    begin = start = 0
    for one_at, other_at, words in [*found, (one.words, other.words, 0)]:
        if begin < one_at and start < other_at:
            yield begin, one_at, start, other_at
        begin, start = one_at + words, other_at + words


def added(one: Fingerprint, other: Fingerprint) -> Iterator[Sequence[str]]:
    """Passages of `one` between common ones, or at its ends, in whose place the other text has next to nothing."""
    begin = start = 0
    for one_at, other_at, words in [*in_order(blocks(one, other)), (one.words, other.words, 0)]:
        if one_at - begin > _ADDED * max(1, other_at - start):
            yield one.text[begin:one_at]
        begin, start = one_at + words, other_at + words


def repaired(one: Fingerprint, other: Fingerprint) -> int:
    """Words of `one` that `other` has in the same place, damaged ones counted with the others."""
    found = in_order(blocks(one, other))
    words = sum(length for _, _, length in found)
    for begin, end, start, stop in _gaps(one, other, found):
        if max(end - begin, stop - start) > LONGEST_GAP:
            continue
        mine, theirs = one.text[begin:end], other.text[start:stop]
        for tag, a, b, c, d in SequenceMatcher(None, mine, theirs, autojunk=False).get_opcodes():
            if tag == "equal" or (tag == "replace" and b - a <= LONGEST_FILLING and same(mine[a:b], theirs[c:d])):
                words += b - a
    return words
