"""CSS selectors on the one parsed tree: the publishers' lists, tried in order."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, cast

from lxml.cssselect import CSSSelector

from spiders.seed_format import collapse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.html import HtmlElement


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
    """What an element says, ASCII white space collapsed; the content of a `<meta>`."""
    return collapse(element.get("content", "") if element.tag == "meta" else str(element.text_content()))
