"""Which tests speak of what a fault changes: they are asked first, for most likely they notice it."""

from __future__ import annotations

import ast
import re
from collections import Counter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

_WORD: Final = re.compile(r"[A-Za-z_]{4,}")
"""Shorter ones, such as aliases of tables, stand everywhere."""


def words_of(text: str) -> frozenset[str]:
    """Names of columns, functions, arguments and settings in a text."""
    return frozenset(_WORD.findall(text))


def words_of_tests(tree: Path, tests: Iterable[str]) -> dict[str, frozenset[str]]:
    """Words of each test by its node id: of its function, and of the tables of its file that this names."""
    files: dict[str, dict[str, frozenset[str]]] = {}
    found = {}
    for test in tests:
        path, _, name = test.partition("::")
        if path not in files:
            files[path] = _by_name((tree / path).read_text("utf-8"))
        known = files[path]
        own = known.get(name.partition("[")[0].rpartition("::")[2], frozenset())
        found[test] = own.union(*(known[each] for each in own & known.keys()))
    return found


def _by_name(source: str) -> dict[str, frozenset[str]]:
    """Words of each function and of each table of a file by its name."""
    found = {}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            start = min([node.lineno, *(each.lineno for each in node.decorator_list)])
            found[node.name] = words_of("\n".join(source.splitlines()[start - 1 : node.end_lineno]))
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if isinstance(target, ast.Name) and target.id.isupper():
                    found[target.id] = words_of(ast.get_source_segment(source, node) or "")
    return found


def closeness(words: Collection[str], tests: Mapping[str, frozenset[str]]) -> dict[str, float]:
    """How much each test has to do with some words: one that few tests name counts for more."""
    spread = Counter(word for each in tests.values() for word in each if word in words)
    return {test: sum(1 / spread[word] for word in each if word in spread) for test, each in tests.items()}
