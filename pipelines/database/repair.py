"""Text that Postgres cannot hold: NUL has no place in its strings, and a lone surrogate has no UTF-8 form."""

from __future__ import annotations

import re

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def repair(text: str) -> tuple[str, int]:
    """Replace what Postgres cannot hold by U+FFFD.

    Returns:
        The text, and the number of characters replaced.
    """
    return _UNSTORABLE.subn(REPLACEMENT, text)


def repaired(text: str) -> str:
    """The text with what Postgres cannot hold replaced."""
    return repair(text)[0]
