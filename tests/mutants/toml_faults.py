"""Small faults for TOML tables: a line left out, a number or a truth changed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from mutants.mutant import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

_LINE: Final = re.compile(r"^(?P<key>[\w.\"-]+) = (?P<value>true|false|\d+|.*[^\[{(]|\[.*\])$", re.MULTILINE)


def toml_faults(source: str) -> Iterator[Fault]:
    """Every fault that can be planted in a file whose values mostly stand in one line."""
    for found in _LINE.finditer(source):
        start, end = (len(source[:place].encode()) for place in found.span("value"))
        first, value, key = len(source[: found.start()].encode()), found["value"], found["key"]
        if value in {"true", "false"}:
            yield Fault(start, end, "false" if value == "true" else "true", "constant", key)
        elif value.isdecimal():
            yield Fault(start, end, str(int(value) + 1), "constant", key)
        if not value.startswith(('"""', "'''")):
            yield Fault(first, end, "", "line dropped", key)
