"""The headline as printed, and titles without the name of the site they carry. Pure text work."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_SEPARATOR = re.compile(r"\s+[|\-–—·•:»«/]+\s+|\s*[|»]\s*|:\s+")
_LONGEST_NAME = 3
"""Words of a name with a channel behind it: `Okezone Lifestyle`, `Kompas.com Regional`."""
_WORDS = re.compile(r"\w+")


def choose_headline(printed: Iterable[str], stated: Iterable[str], names: Iterable[str]) -> str | None:
    """The headline of a page.

    Args:
        printed: Texts of the page's headings, in order.
        stated: Titles of structured data, most trusted first.
        names: Names of the site, which may follow or lead a title.

    Returns:
        The heading that structured data confirm, since it is what readers see; else the first stated title; else the
        first heading.
    """
    known = [_folded(name) for name in names if name]
    headings = [_squashed(text) for text in printed if text and text.strip()]
    titles = [without_site(_squashed(title), known) for title in stated if title and title.strip()]
    for title in titles:
        for heading in headings:
            if _agree(heading, title):
                return heading
    return next(iter(titles), None) or next(iter(headings), None)


def without_site(title: str, names: Iterable[str]) -> str:
    """A title without the parts at its ends that are one of the site's names, or up to three words led by one.

    Args:
        title: The title, white space collapsed.
        names: The names without punctuation and case-folded: `kompascom`.
    """
    names = set(names)
    for separator in reversed(list(_SEPARATOR.finditer(title))):
        if _names_site(title[separator.end() :], names):
            title = title[: separator.start()]
    first = _SEPARATOR.search(title)
    if first and _names_site(title[: first.start()], names):
        title = title[first.end() :]
    return title.strip()


def _names_site(part: str, names: set[str]) -> bool:
    words = part.split()
    return _folded(part) in names or (0 < len(words) <= _LONGEST_NAME and _folded(words[0]) in names)


def _agree(heading: str, title: str) -> bool:
    """Whether two texts are the same headline: nearly the same words, punctuation and a suffix apart."""
    ours, theirs = set(_WORDS.findall(heading.casefold())), set(_WORDS.findall(title.casefold()))
    return len(ours & theirs) >= 0.6 * max(1, len(ours)) and len(ours & theirs) >= 0.5 * max(1, len(theirs))


def _squashed(text: str) -> str:
    return re.sub(r"[ \t\n\r\f\v]+", " ", text).strip()


def _folded(text: str) -> str:
    return "".join(_WORDS.findall(text.casefold().removeprefix("www.")))
