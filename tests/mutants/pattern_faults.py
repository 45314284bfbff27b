"""Regular expressions that take a little more or a little less than the one they come from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_ANCHOR: Final = re.compile(r"\\b|(?<![\[\\])\^|(?<!\\)\$|(?<!\\)\(\?<?[=!][^()]*\)|(?<=[\])\w])[+*?]\+?(?![:=!<P])")
"""Anchors, look-arounds without parentheses inside, and quantifiers."""
_TIMES: Final = re.compile(r"(?<!\\)\{(\d+)(,\d*)?\}")


def weaker_patterns(pattern: str) -> Iterator[tuple[str, str]]:
    """The pattern less an alternative, anchor, look-around or quantifier, or with another count."""
    for text, change in {text: change for change, text in _changed(pattern)}.items():
        try:
            re.compile(text)
        except re.error:
            continue
        yield change, text


def _changed(pattern: str) -> Iterator[tuple[str, str]]:
    for start, end in _alternatives(pattern):
        after = end + 1 if pattern[end : end + 1] == "|" else end
        before = start if after > end else start - 1
        yield f"without {pattern[start:end]}", pattern[:before] + pattern[after:]
    for found in _ANCHOR.finditer(pattern):
        yield f"without {found[0]} at {found.start()}", pattern[: found.start()] + pattern[found.end() :]
    for found in _TIMES.finditer(pattern):
        times = int(found[1]) + 1
        yield f"{times} for {found[1]}", f"{pattern[: found.start(1)]}{times}{pattern[found.end(1) :]}"


def _alternatives(pattern: str) -> Iterator[tuple[int, int]]:
    """Where each alternative of each group begins and ends, of groups that have several."""
    groups: list[list[int]] = [[0]]
    in_set, place = False, 0
    while place < len(pattern):
        sign = pattern[place]
        if sign == "\\":
            place += 1
        elif in_set:
            in_set = sign != "]"
        elif sign == "[":
            in_set = True
            place += pattern[place + 1 : place + 2] in {"]", "^"}
        elif sign == "(":
            head = re.match(r"\((\?(:|P<\w+>|<?[=!]|[a-z]+:|>)?)?", pattern[place:])
            groups.append([place + (head.end() if head else 1)])
        elif sign == "|":
            groups[-1].append(place + 1)
        elif sign == ")" and len(groups) > 1:
            yield from _between(groups.pop(), place)
        place += 1
    yield from _between(groups[0], len(pattern))


def _between(starts: list[int], end: int) -> Iterator[tuple[int, int]]:
    if len(starts) > 1:
        yield from zip(starts, [*(start - 1 for start in starts[1:]), end], strict=True)
