"""Elements written as CSS writes them: `ul.trail * li a[rel=tag]` -> HTML around a text.

A step is a tag with `.class`, `#id` and `[name=value]`; steps are nested by a blank or `>`. What stands before a `*` is
written once, what stands after it around each item.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_STEP = re.compile(r"(?P<tag>[a-z][a-z0-9]*)(?P<marks>(?:[.#][^\s.#\[\]>]+|\[[^\]]*\])*)")
_MARK = re.compile(r"\.(?P<word>[^\s.#\[\]>]+)|#(?P<id>[^\s.#\[\]>]+)|\[(?P<name>[^=\]]+)(?:=(?P<value>[^\]]*))?\]")
_BETWEEN = re.compile(r"(?:\s*>\s*|\s+)(?![^\[]*\])")


def around(description: str, inside: str) -> str:
    """`inside`, which is HTML, in the described elements; as it is where nothing is described."""
    start, end = _tags(description)
    return f"{start}{inside}{end}"


def listed(description: str, items: Iterable[str], between: str = " ") -> str:
    """Items in the described list; an `a` without an address of its own leads to `/`."""
    once, _, each = description.rpartition(" * ")
    return around(once, between.join(around(each, item) for item in items))


@lru_cache(maxsize=8192)
def _tags(description: str) -> tuple[str, str]:
    start, end = "", ""
    for step in filter(None, _BETWEEN.split(description.strip())):
        match = _STEP.fullmatch(step)
        if match is None:
            raise ValueError(f"{step!r} in {description!r} is no element")
        start += f"<{match['tag']}{_attributes(match['tag'], match['marks'])}>"
        end = f"</{match['tag']}>{end}"
    return start, end


def _attributes(tag: str, marks: str) -> str:
    values: dict[str, list[str]] = {}
    for mark in _MARK.finditer(marks):
        name = "class" if mark["word"] else "id" if mark["id"] else mark["name"]
        values.setdefault(name, []).append((mark["word"] or mark["id"] or mark["value"] or "").strip("\"'"))
    if tag == "a":
        values.setdefault("href", ["/"])
    return "".join(f' {name}="{escape(" ".join(words))}"' for name, words in values.items())
