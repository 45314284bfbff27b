"""Small faults for SQL: locks and parts of conditions left out, comparisons turned, bounds and intervals off.

Works on words, not on a parse: what is no valid statement any more is told apart by how its tests fail.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from mutants.mutant import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_WORD: Final = re.compile(
    r"(?P<name>^--[ ]\w+[ ]--$)|(?P<comment>--[^\n]*)|(?P<text>'(?:[^']|'')*')|(?P<number>\b\d+(?:\.\d+)?\b)"
    r"|(?P<parameter>%\(\w+\)s)|(?P<word>[A-Za-z_][\w.]*)|(?P<sign><=|>=|=>|<>|!=|::|:=|\|\||&&|@@|\$\w*\$|[^\s\w])",
    re.MULTILINE,
)
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
_CLAUSES: Final = frozenset(
    (
        *("where", "on", "having", "when", "then", "else", "end", "group", "order", "limit", "offset", "for", "set"),
        *("returning", "union", "except", "intersect", "from", "values", "select", "window", "using", "with"),
        *("do", "begin", "loop", "elsif", "if"),
    )
)
"""Words that end a condition or a list at their own depth."""
_CONDITIONS: Final = frozenset({"where", "on", "having", "when"})


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    start: int
    end: int
    depth: int
    statement: str

    @property
    def is_clause(self) -> bool:
        """Whether it ends a condition or a list at its own depth."""
        return self.kind == "word" and self.text.lower() in _CLAUSES


def sql_faults(source: str) -> Iterator[Fault]:
    """Every fault that can be planted in a file of statements."""
    tokens = list(_tokens(source))
    offsets = _Offsets(source)
    for start, end, text, kind, statement in _changes(source, tokens):
        yield Fault(offsets[start], offsets[end], text, kind, statement)


class _Offsets:
    """Characters to bytes."""

    def __init__(self, source: str) -> None:
        self._source = source

    def __getitem__(self, place: int) -> int:
        return len(self._source[:place].encode())


def _tokens(source: str) -> Iterator[_Token]:
    depth, statement, before = 0, "", ""
    for found in _WORD.finditer(source):
        kind, text = str(found.lastgroup), found[0]
        if kind == "comment":
            continue
        if text.lower() == "from" and before == "distinct":
            kind = "sign"  # of `is distinct from`; begins no clause
        before = text.lower()
        if kind == "name":
            depth, statement = 0, text.strip("- ")
        depth -= text == ")"
        yield _Token(kind, text, found.start(), found.end(), depth, statement)
        depth += text == "("


_Change = tuple[int, int, str, str, str]
"""Start, end, text, kind and statement."""


def _changes(source: str, tokens: list[_Token]) -> Iterator[_Change]:
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
        elif word == "set" or (word == "order" and after.text.lower() == "by"):
            yield from _list_entries(tokens, place + (word == "order"))
        elif word == "coalesce":
            yield from _arguments(source, tokens, place)


def _in_place(before: _Token, token: _Token, after: _Token) -> Iterator[tuple[str, str]]:
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


def _other_words(before: str, token: _Token, after: str) -> Iterator[tuple[str, str]]:
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


def _end(tokens: list[_Token], place: int, stops: Iterable[str] = ()) -> int:
    """The first token behind `place` that ends what begins there at its depth."""
    depth = tokens[place].depth
    cases = 0
    for index in range(place + 1, len(tokens)):
        each = tokens[index]
        word = each.text.lower()
        if each.depth < depth or each.kind == "name" or each.text == ";":
            return index
        if each.depth > depth:
            continue
        cases += word == "case"
        if not cases and (each.is_clause or word in stops):
            return index
        cases -= word == "end" and cases > 0
    return len(tokens)


def _start(tokens: list[_Token], place: int) -> int:
    """The first token of the operand before `and` or `or` at `place`."""
    depth = tokens[place].depth
    cases = 0
    for index in range(place - 1, -1, -1):
        each = tokens[index]
        word = each.text.lower()
        if each.depth < depth or each.kind == "name" or each.text == ";":
            return index + 1
        if each.depth > depth:
            continue
        cases += word == "end"
        if not cases and (each.is_clause or word in {"and", "or", ",", "between"}):
            return index + 1
        cases -= word == "case" and cases > 0
    return 0


def _parts(tokens: list[_Token], place: int) -> Iterator[_Change]:
    """A condition without one of two parts."""
    here, first, last = tokens[place], _start(tokens, place), _end(tokens, place, ("and", "or", ","))
    if tokens[first - 1].text.lower() == "between" or first >= place or last <= place + 1:
        return
    left, right = tokens[first], tokens[last - 1]
    yield here.start, right.end, "", "part dropped", here.statement
    yield left.start, tokens[place + 1].start, "", "part dropped", here.statement


def _whole_condition(tokens: list[_Token], place: int) -> Iterator[_Change]:
    """A condition that always holds."""
    here, last = tokens[place], _end(tokens, place)
    if last > place + 1 and tokens[place + 1].text.lower() != "conflict":
        yield tokens[place + 1].start, tokens[last - 1].end, "true", "condition always holds", here.statement


def _list_entries(tokens: list[_Token], place: int) -> Iterator[_Change]:
    """Assignments of `set` and keys of `order by`, each left out."""
    here, last = tokens[place], _end(tokens, place)
    commas = [
        index for index in range(place + 1, last) if tokens[index].text == "," and tokens[index].depth == here.depth
    ]
    bounds = [place, *commas, last]
    kind = "assignment dropped" if here.text.lower() == "set" else "key dropped"
    for number, (left, right) in enumerate(pairwise(bounds)):
        if len(bounds) == 2 or right <= left + 1:  # a list of one has nothing to leave out
            continue
        if number == 0:
            yield tokens[left + 1].start, tokens[right + 1].start, "", kind, here.statement
        else:
            yield tokens[left].start, tokens[right - 1].end, "", kind, here.statement


def _assignments(tokens: list[_Token], place: int) -> Iterator[int]:
    """Where `=` assigns, after the word `set`."""
    last, is_new = _end(tokens, place), True
    for index in range(place + 1, last):
        if tokens[index].depth == tokens[place].depth:
            if tokens[index].text == "=" and is_new:
                yield index
            is_new = tokens[index].text == "," or (is_new and tokens[index].text != "=")


def _arguments(source: str, tokens: list[_Token], place: int) -> Iterator[_Change]:
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
