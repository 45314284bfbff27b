"""Inline text that is read aloud and not shown: ", opens new tab"."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement

LONGEST_NAMES = 500
"""Characters that are read of a class: names are remembered, and a page may have megabytes of them."""
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_UNSEEN = re.compile(r"(?:visually|screen)-?(?:hidden|reader)|(?:^|[\s_-])sr-?only(?:$|[\s_])", re.IGNORECASE)
_CLIPPED = "clip:rect(0"


def is_unseen(element: HtmlElement) -> bool:
    """Whether class or style of an inline element say that browsers do not show it."""
    names, style = element.get("class"), element.get("style")
    if style and (_CLIPPED in style or _HIDDEN.search(style)):
        return True
    return bool(names and _names_unseen(names[:LONGEST_NAMES]))


@lru_cache(maxsize=4096)
def _names_unseen(names: str) -> bool:
    return _UNSEEN.search(names) is not None
