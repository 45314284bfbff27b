"""The words of SQL statements, and where what begins at one of them ends."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_WORD: Final = re.compile(
    r"(?P<name>^--[ ]\w+[ ]--$)|(?P<comment>--[^\n]*)|(?P<text>'(?:[^']|'')*')|(?P<number>\b\d+(?:\.\d+)?\b)"
    r"|(?P<parameter>%\(\w+\)s)|(?P<word>[A-Za-z_][\w.]*)|(?P<sign><=|>=|=>|<>|!=|::|:=|\|\||&&|@@|\$\w*\$|[^\s\w])",
    re.MULTILINE,
)
_CLAUSES: Final = frozenset(
    (
        *("where", "on", "having", "when", "then", "else", "end", "group", "order", "limit", "offset", "for", "set"),
        *("returning", "union", "except", "intersect", "from", "values", "select", "window", "using", "with"),
        *("do", "begin", "loop", "elsif", "if"),
    )
)
"""Words that end a condition or a list at their own depth."""


@dataclass(frozen=True)
class Token:
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


def tokens_of(source: str) -> Iterator[Token]:
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
        yield Token(kind, text, found.start(), found.end(), depth, statement)
        depth += text == "("


def end_of(tokens: list[Token], place: int, stops: Iterable[str] = ()) -> int:
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


def start_of(tokens: list[Token], place: int) -> int:
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


Change = tuple[int, int, str, str, str]
"""Start, end, text, kind and statement."""
