"""The named statements of `pipelines/sql/<package>/*.sql`: each begins with a line `-- name --`."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_FOLDERS = ("database", "harvest", "duplicates", "changes", "contract", "exports", "health", "stack", "watch")
"""Packages that have statements."""


@cache
def _queries() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for path in (each for folder in _FOLDERS for each in (files("pipelines") / "sql" / folder).iterdir()):
        parts = re.split(r"^-- (\w+) --$", path.read_text("utf-8"), flags=re.MULTILINE)
        for name, statement in zip(parts[1::2], parts[2::2], strict=True):
            if name in found:
                raise ValueError(f"{path.name}: query {name!r} is defined twice")
            found[name] = statement.strip()
    return found


def query(name: str) -> str:
    """The statement of that name, with `%(name)s` parameters."""
    return _queries()[name]
