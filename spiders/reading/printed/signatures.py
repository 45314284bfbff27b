"""Who signs a text in brackets at its end: `(Sari Dewi)`, `(Antara/Sari Dewi)`. Pure text work."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from spiders.reading.printed.people import find_people

if TYPE_CHECKING:
    from collections.abc import Iterable

_IN_BRACKETS = re.compile(r"[(\[](?!(?i:edit))([^()\[\];]{4,80})(?:;[^()\[\]]{0,200})?[)\]]\W{0,2}")
"""What stands behind a semicolon is who edited it or reported too: `(Reporting by Sari Dewi; editing by Tono Hadi)`."""
_WORD_OF_NAME = re.compile(r"[^\W\d_a-zß-ÿ](?:[^\W\d_A-ZÀ-Þ]['’\w-]*|\.)")
"""A capital and small letters, or an initial: `AP` is no name."""
_LEAST_WORDS = 2
"""One word, and initials, may be anything: `(Bersambung)`, `(sdw)`."""


def signers(line: str, text: Iterable[str]) -> tuple[str, ...]:
    """People whom a line that is all in brackets names in full; whoever the text speaks of does not sign it.

    Args:
        line: The one at the end of a text.
        text: The paragraphs above it.
    """
    found = _IN_BRACKETS.fullmatch(line)
    if found is None:
        return ()
    names = [name for name in find_people([found[1]]) if _is_full(name)]
    told = " ".join(text).casefold() if names else ""
    return tuple(name for name in names if name.casefold() not in told)


def _is_full(name: str) -> bool:
    """Whether a name has several words that look like names, none of which is an agency or a label by itself."""
    words = name.split()
    return len(words) >= _LEAST_WORDS and all(map(_WORD_OF_NAME.fullmatch, words)) and not _names_house(words)


def _names_house(words: list[str]) -> bool:
    return any(len(word) > _LEAST_WORDS and not find_people([word]) for word in words)
