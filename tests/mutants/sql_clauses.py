"""Faults in the clauses of SQL: an entry, branch, limit, order, right or statement left out, columns mixed up."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from mutants.sql_tokens import Change, Token, end_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_ENDING: Final = re.compile(r"(?:(\w+)\.)?\w*?(_(?!id\b)[a-z]+)")
"""Of a column that others with the same ending may be taken for, such as `announced_at`."""
_WRITES: Final = frozenset({"update", "insert", "delete"})


def clause_faults(source: str, tokens: list[Token]) -> Iterator[Change]:
    """Every fault of these kinds."""
    for place, token in enumerate(tokens):
        if token.kind != "word":
            continue
        word = token.text.lower()
        after = tokens[place + 1].text.lower() if place + 1 < len(tokens) else ""
        if word in {"set", "select", "returning"}:
            yield from _mixed_up(source, tokens, place)
        if word == "set":
            yield from list_entries(tokens, place)
        elif (word, after) == ("order", "by"):
            yield from list_entries(tokens, place + 1)
            yield token.start, tokens[end_of(tokens, place + 1) - 1].end, "", "order dropped", token.statement
        elif word == "limit":
            yield token.start, tokens[end_of(tokens, place) - 1].end, "", "limit dropped", token.statement
        elif (word, after) == ("execute", "format"):
            last = next(at for at in range(place, len(tokens)) if tokens[at].text == ";")
            yield token.start, tokens[last - 1].end, "null", "statement dropped", token.statement
        elif word in _OTHERS:
            yield from _OTHERS[word](tokens, place)
    yield from _columns(tokens)


def list_entries(tokens: list[Token], place: int) -> Iterator[Change]:
    """Assignments of `set` and keys of `order by`, each left out."""
    here, last = tokens[place], end_of(tokens, place)
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


def _entries(tokens: list[Token], place: int) -> list[tuple[int, int]]:
    """First and last token of each entry of the list behind `place`."""
    here, last = tokens[place], end_of(tokens, place)
    commas = [
        index for index in range(place + 1, last) if tokens[index].text == "," and tokens[index].depth == here.depth
    ]
    return [(left + 1, right - 1) for left, right in pairwise([place, *commas, last]) if right > left + 1]


def _mixed_up(source: str, tokens: list[Token], place: int) -> Iterator[Change]:
    """Values of neighbours in a list exchanged; in `set` what is assigned, not the column."""
    spans = []
    for first, last in _entries(tokens, place):
        start, end = first, last
        if tokens[place].text.lower() == "set":
            start = next((at for at in range(first, last) if tokens[at].text == "="), first) + 1
        for at in range(first, last):
            if tokens[at].text.lower() == "as" and tokens[at].depth == tokens[place].depth:
                end = at - 1
        spans.append((tokens[start].start, tokens[end].end))
    for (a, b), (c, d) in pairwise(spans):
        one, other = source[a:b], source[c:d]
        if _shape(one) == _shape(other) and "*" not in one:
            yield a, d, f"{other}{source[b:c]}{one}", "neighbours exchanged", tokens[place].statement


def _shape(text: str) -> str:
    return re.sub(r"\w+", "x", " ".join(text.split()))


def _conflicts(tokens: list[Token], place: int) -> Iterator[Change]:
    """A conflict that is an error, or that changes nothing."""
    here = tokens[place - 1]
    do = next(at for at in range(place, len(tokens)) if tokens[at].text.lower() == "do")
    last = do + 2
    if tokens[do + 1].text.lower() == "update":
        last = end_of(tokens, do + 2)
        while last < len(tokens) and tokens[last].text.lower() == "where":
            last = end_of(tokens, last)
        yield tokens[do].start, tokens[last - 1].end, "do nothing", "conflict ignored", here.statement
    yield here.start, tokens[last - 1].end, "", "conflict not met", here.statement


def _branches(tokens: list[Token], place: int) -> Iterator[Change]:
    """`case` without one of its branches; PostgreSQL refuses one without any."""
    here = tokens[place]
    then = next((at for at in range(place, len(tokens)) if tokens[at].text.lower() == "then"), None)
    if then is None or tokens[place - 1].text == "(":
        return
    last = end_of(tokens, then)
    yield here.start, tokens[last - 1].end, "", "branch dropped", here.statement
    if last < len(tokens) and tokens[last].text.lower() == "else":
        end = end_of(tokens, last)
        yield tokens[last].start, tokens[end - 1].end, "", "else dropped", here.statement


def _unread(tokens: list[Token], place: int) -> Iterator[Change]:
    """A statement in `with` that writes, and whose rows nothing reads, does nothing."""
    name, inner = tokens[place - 1], tokens[place + 2]
    if tokens[place + 1].text != "(":
        return
    read = [each for each in tokens if each.statement == name.statement and each.text == name.text]
    if inner.text.lower() in _WRITES and len(read) == 1:
        close = next(at for at in range(place + 2, len(tokens)) if tokens[at].depth == tokens[place + 1].depth)
        yield inner.start, tokens[close - 1].end, "select", "statement dropped", name.statement


def _rights(tokens: list[Token], place: int) -> Iterator[Change]:
    """A right not given or not taken: none of the statement's, all but one of them, or all there are."""
    first, last = place, place
    while tokens[first - 1].kind != "name" and tokens[first - 1].text != ";":
        first -= 1
    while last < len(tokens) and tokens[last].kind != "name" and tokens[last].text != ";":
        last += 1
    here, words = tokens[place], [each.text.lower() for each in tokens]
    yield tokens[first].start, tokens[last - 1].end, "select", "statement dropped", here.statement
    bounds = [place, *(at for at in range(place, last) if words[at] in {",", "on", "to", "from"}), last]
    for left, right in pairwise(bounds):
        if words[left] == ",":
            yield tokens[left].start, tokens[right - 1].end, "", "right dropped", here.statement
        elif right < last and words[right] == ",":
            yield tokens[left + 1].start, tokens[right + 1].start, "", "right dropped", here.statement
    if words[place] == "grant":
        yield tokens[place + 1].start, tokens[words.index("on", place) - 1].end, "all", "more rights", here.statement


_OTHERS: Final = {"conflict": _conflicts, "when": _branches, "as": _unread, "grant": _rights, "revoke": _rights}


def _columns(tokens: list[Token]) -> Iterator[Change]:
    """A column in place of another of its statement that ends alike."""
    alike: dict[tuple[str, str, str], list[str]] = {}
    keys: dict[int, tuple[str, str, str]] = {}
    declared = set(_declared(tokens))
    for place, token in enumerate(tokens):
        if token.kind == "word" and place not in declared and (found := _ENDING.fullmatch(token.text)):
            key = keys[place] = (token.statement, found[1] or "", found[2])
            known = alike.setdefault(key, [])
            if token.text not in known:
                known.append(token.text)
    for place, key in keys.items():
        before, here, after = tokens[place - 1], tokens[place], tokens[min(place + 1, len(tokens) - 1)]
        is_assigned = after.text == "=" and before.text.lower() in {"set", ","}
        if len(known := alike[key]) > 1 and after.text != "(" and not is_assigned:
            other = known[(known.index(here.text) + 1) % len(known)]
            yield here.start, here.end, other, "column", here.statement


def _declared(tokens: list[Token]) -> Iterator[int]:
    """Where columns are named that a table has or that an `insert` fills."""
    for place, token in enumerate(tokens):
        if token.kind == "word" and token.text.lower() in {"into", "table"}:
            opened = place
            while opened + 1 < len(tokens) and tokens[opened].text not in {"(", "select"}:
                opened += 1
            depth = tokens[opened].depth if tokens[opened].text == "(" else len(tokens)
            while opened + 1 < len(tokens) and tokens[opened + 1].depth > depth:
                opened += 1
                yield opened
