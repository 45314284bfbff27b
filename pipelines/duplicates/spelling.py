"""Whether two runs of words are the same words otherwise written: misspelt, misread, abbreviated or glued. Pure."""

from __future__ import annotations

from difflib import SequenceMatcher
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

SAME_WORD = 0.72
"""Similarity of letters from which on two runs are one word otherwise written."""
_SHORT_WORD = 3
_MISREAD = str.maketrans("01358", "olesb")
"""Digits that reading machines take for letters, and the other way round."""
_PAIRS_REMEMBERED = 20_000


@lru_cache(_PAIRS_REMEMBERED)
def same(mine: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    """Whether two fillings are the same words otherwise written."""
    a, b = "".join(mine), "".join(theirs)
    if a == b or (a[0] == b[0] and (_abbreviates(a, theirs) or _abbreviates(b, mine))):
        return True
    if a.isdigit() and b.isdigit():
        return False
    a, b = a.translate(_MISREAD), b.translate(_MISREAD)
    if a == b:
        return True
    if min(len(a), len(b)) <= _SHORT_WORD or any(word[0].isdigit() for word in (*mine, *theirs)):
        return False
    return _alike(*sorted((a, b)))


def _alike(a: str, b: str) -> bool:
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    return (
        matcher.real_quick_ratio() >= SAME_WORD and matcher.quick_ratio() >= SAME_WORD and matcher.ratio() >= SAME_WORD
    )


def _abbreviates(short: str, words: Sequence[str]) -> bool:
    """Whether `short` is made of beginnings of the words, in their order: KPK, Kejagung."""
    if len(words) == 1:
        return len(short) > _SHORT_WORD and words[0].startswith(short)
    ends = {0}
    for word in words:
        reached = set(ends) if len(word) <= _SHORT_WORD else set()
        for end in ends:
            length = 0
            while length < len(word) and short[end + length : end + length + 1] == word[length]:
                length += 1
                reached.add(end + length)
        ends = reached
    return len(short) in ends
