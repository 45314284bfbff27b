"""What two addresses of one publisher share that belongs to one page: a live blog, a developing story. Pure."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urlsplit

_NUMBER = re.compile(r"(?<!\d)\d{5,}(?!\d)")
"""Numbers of articles; those of a year, a month, a day and of a section are shorter."""
_DAY = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])\d\d")
_SLUG_WORDS = 3
"""Words of a slug that says what a page is about; sections have fewer."""
_REMEMBERED = 20_000


def shared_parts(one: str, other: str) -> frozenset[str]:
    """Numbers of articles, and slugs without the numbers behind them, that both addresses have.

    A slug may be that of a section: what it says has to stand in the articles too.
    """
    return _parts(one) & _parts(other)


@lru_cache(_REMEMBERED)
def _parts(url: str) -> frozenset[str]:
    """What identifies a page in its address, wherever it stands."""
    path = urlsplit(url).path.lower()
    found = {number for number in _NUMBER.findall(path) if not _DAY.fullmatch(number)}
    for segment in path.split("/"):
        words = [word for word in re.split(r"[^a-z0-9]+", segment.rpartition(".")[0] or segment) if word]
        while words and words[-1].isdigit():
            words.pop()
        if sum(word.isalpha() for word in words) >= _SLUG_WORDS:
            found.add("-".join(word for word in words if not _NUMBER.fullmatch(word)))
    return frozenset(found)
