"""CSS selectors on the one parsed tree: the publishers' lists, tried in order."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from lxml.cssselect import CSSSelector
from lxml.etree import XPath

from spiders.reading.markup.blocks import INLINE
from spiders.seed_format import collapse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.html import HtmlElement


_UNSHOWN = frozenset(("style", "script", "svg", "template", "noscript"))
_IN_CAPITALS = re.compile(r"[A-Z]{2}$")
_DEEPEST = 50
_LONGEST = 2000
_OPENING = XPath(f"substring(string(), 1, {_LONGEST})", smart_strings=False)
"""Characters that are read of an element: a value is shorter, and one element may stand in a thousand like it."""


@lru_cache(maxsize=1024)
def _compiled(css: str) -> CSSSelector:
    return CSSSelector(css, translator="html")


def matches(tree: HtmlElement, css: str) -> list[HtmlElement]:
    """All elements that a selector matches, in document order."""
    return cast("list[HtmlElement]", _compiled(css)(tree))


def first_match(tree: HtmlElement, selectors: Iterable[str]) -> list[HtmlElement]:
    """The elements of the first selector that matches anything."""
    return next((found for css in selectors if (found := matches(tree, css))), [])


def texts(tree: HtmlElement, selectors: Iterable[str]) -> list[str]:
    """Texts of the first selector that matches any text, empty ones left out; of a `<meta>` its content."""
    for css in selectors:
        found = [text for text in map(text_of, matches(tree, css)) if text]
        if found:
            return found
    return []


def dates(tree: HtmlElement, selectors: Iterable[str]) -> Iterator[str]:
    """Where a date may be written, for all matches: `datetime` attribute, `title`, text."""
    for css in selectors:
        for element in matches(tree, css):
            yield from filter(None, (element.get("datetime"), element.get("title"), text_of(element)))


def text_of(element: HtmlElement) -> str:
    """What an element says, ASCII white space collapsed, cut where no value ends; the content of a `<meta>`."""
    return collapse(element.get("content", "") if element.tag == "meta" else cast("str", _OPENING(element)))


def shown_text(element: HtmlElement) -> str:
    """What an element shows, cut where no value ends; words stand apart where a browser breaks the line.

    Style sheets, scripts and drawings that some pages write inside their headings are left out.
    """
    pieces: list[str] = []
    _collect(element, pieces, 0)
    return collapse("".join(pieces)[:_LONGEST])


def _collect(element: HtmlElement, pieces: list[str], depth: int) -> None:
    """Add the texts of an element to `pieces`, with a blank where they stand apart."""
    if element.text:
        pieces.append(element.text)
    for child in element if depth < _DEEPEST else ():
        tag = child.tag
        if isinstance(tag, str) and tag not in _UNSHOWN:
            apart = tag not in INLINE
            start = len(pieces)
            if apart:
                pieces.append(" ")
            _collect(child, pieces, depth + 1)
            tail = child.tail
            if apart or _is_label("".join(pieces[start:]), tail or ""):
                pieces.append(" ")
        if child.tail:
            pieces.append(child.tail)


def _is_label(text: str, tail: str) -> bool:
    """Whether an inline element is a badge set before a text: `<span>Eksklusif</span>Panen raya`, no first letter."""
    return tail[:1].isupper() and (text[-1:].islower() or _IN_CAPITALS.search(text) is not None)
