"""Small faults for SQL: locks and parts of conditions left out, comparisons turned, bounds and intervals off.

Works on words, not on a parse: what is no valid statement any more is told apart by how its tests fail.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from mutants.mutant import Fault
from mutants.sql_clauses import clause_faults
from mutants.sql_tokens import Change, Token, end_of, start_of, tokens_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_INSTEAD: Final[dict[str, tuple[str, ...]]] = {
    "<": ("<=", ">="),
    "<=": ("<", ">"),
    ">": (">=", "<="),
    ">=": (">", "<"),
    "<>": ("=",),
    "=": ("<>",),
    "+": ("-",),
    "-": ("+",),
    "and": ("or",),
    "or": ("and",),
    "greatest": ("least",),
    "least": ("greatest",),
    "min": ("max",),
    "max": ("min",),
    "first": ("last",),
    "last": ("first",),
    "true": ("false",),
    "false": ("true",),
    "asc": ("desc",),
    "desc": ("asc",),
    "bool_or": ("bool_and",),
    "bool_and": ("bool_or",),
}
_DROPPED: Final = {"not", "distinct", "left", "all"}
_LOCKS: Final = re.compile(
    r"\bfor\s+(?:no\s+key\s+)?(?:update|share)\b(?:\s+of\s+\w+)?(?:\s+skip\s+locked|\s+nowait)?|\bskip\s+locked\b"
)
_INTERVAL: Final = re.compile(r"'(\d+) (microsecond|second|minute|hour|day|week|month|year)s?'")
_SHORTER: Final = {"minute": "second", "hour": "minute", "day": "hour", "week": "day", "month": "day", "year": "month"}
_CONDITIONS: Final = frozenset({"where", "on", "having", "when"})


def sql_faults(source: str) -> Iterator[Fault]:
    """Every fault that can be planted in a file of statements."""
    tokens = list(tokens_of(source))
    offsets = _Offsets(source)
    for start, end, text, kind, statement in _changes(source, tokens):
        yield Fault(offsets[start], offsets[end], text, kind, statement)


class _Offsets:
    """Characters to bytes."""

    def __init__(self, source: str) -> None:
        self._source = source

    def __getitem__(self, place: int) -> int:
        return len(self._source[:place].encode())


def _changes(source: str, tokens: list[Token]) -> Iterator[Change]:
    inside = [
        (each.start, each.statement) for each in tokens if each.kind == "word" and each.text.lower() in {"for", "skip"}
    ]
    for start, statement in inside:
        if lock := _LOCKS.match(source, start):
            yield start, lock.end(), "", "lock dropped", statement
    assigned = {
        place for index, token in enumerate(tokens) if token.text == "set" for place in _assignments(tokens, index)
    }
    for place, token in enumerate(tokens):
        before = tokens[place - 1] if place else token
        after = tokens[place + 1] if place + 1 < len(tokens) else token
        for text, kind in _in_place(before, token, after) if place not in assigned else ():
            yield token.start, token.end, text, kind, token.statement
        word = token.text.lower()
        if word in {"and", "or"}:
            yield from _parts(tokens, place)
        elif word in _CONDITIONS:
            yield from _whole_condition(tokens, place)
        elif word == "coalesce":
            yield from _arguments(source, tokens, place)
    yield from clause_faults(source, tokens)


def _in_place(before: Token, token: Token, after: Token) -> Iterator[tuple[str, str]]:
    """What may stand in the place of one word, with the kind of the change."""
    if token.kind in {"word", "sign"}:
        yield from _other_words(before.text.lower(), token, after.text.lower())
    elif token.kind == "number":
        yield str(int(float(token.text)) + 1), "constant"
    elif found := _INTERVAL.fullmatch(token.text):
        yield f"'{int(found[1]) * 2} {found[2]}s'", "interval"
        if found[2] in _SHORTER:
            yield f"'{found[1]} {_SHORTER[found[2]]}s'", "interval"
    elif token.kind == "text" and before.text in {"(", ","} and after.text in {")", ","}:
        yield "'~'", "member changed"


def _other_words(before: str, token: Token, after: str) -> Iterator[tuple[str, str]]:
    word = token.text.lower()
    kind = "comparison" if token.kind == "sign" else "namesake"
    if not (word in {"first", "last"} and before != "nulls"):
        yield from ((other, kind) for other in _INSTEAD.get(word, ()))
    if word == "is" and after == "null":
        yield "is not", "comparison"
    if word in _DROPPED and (before, word) != ("is", "distinct"):
        yield "", "word dropped"
    if word == "exists" and before not in {"not", "if"}:
        yield "not exists", "namesake"


def _parts(tokens: list[Token], place: int) -> Iterator[Change]:
    """A condition without one of two parts."""
    here, first, last = tokens[place], start_of(tokens, place), end_of(tokens, place, ("and", "or", ","))
    if tokens[first - 1].text.lower() == "between" or first >= place or last <= place + 1:
        return
    left, right = tokens[first], tokens[last - 1]
    yield here.start, right.end, "", "part dropped", here.statement
    yield left.start, tokens[place + 1].start, "", "part dropped", here.statement


def _whole_condition(tokens: list[Token], place: int) -> Iterator[Change]:
    """A condition that always holds."""
    here, last = tokens[place], end_of(tokens, place)
    inside = [each.text.lower() for each in tokens[place + 1 : last] if each.depth == here.depth]
    if inside and inside[0] != "conflict" and not {",", "to"} & {*inside}:  # else it is `on` of a grant
        yield tokens[place + 1].start, tokens[last - 1].end, "true", "condition always holds", here.statement


def _assignments(tokens: list[Token], place: int) -> Iterator[int]:
    """Where `=` assigns, after the word `set`."""
    last, is_new = end_of(tokens, place), True
    for index in range(place + 1, last):
        if tokens[index].depth == tokens[place].depth:
            if tokens[index].text == "=" and is_new:
                yield index
            is_new = tokens[index].text == "," or (is_new and tokens[index].text != "=")


def _arguments(source: str, tokens: list[Token], place: int) -> Iterator[Change]:
    """`coalesce` with its first two arguments swapped, and without one of them."""
    inner = tokens[place + 1].depth + 1
    last = next(index for index in range(place + 2, len(tokens)) if tokens[index].depth < inner)
    commas = [index for index in range(place + 2, last) if tokens[index].text == "," and tokens[index].depth == inner]
    bounds = [place + 1, *commas, last]
    texts = [source[tokens[left + 1].start : tokens[right - 1].end] for left, right in pairwise(bounds)]
    here = tokens[place]
    if len(texts) > 1:
        swapped = ", ".join([texts[1], texts[0], *texts[2:]])
        for text in (f"coalesce({swapped})", *(f"({each})" for each in texts)):
            yield here.start, tokens[last].end, text, "coalesce", here.statement
