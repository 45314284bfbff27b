"""Where the text of an article stands: the element that holds most prose, blocks beside the text counting little."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from spiders.blocks import INLINE
from spiders.boilerplate import is_never_text, stands_apart
from spiders.inherited import Inherited

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from lxml.html import HtmlElement

    from spiders.blocks import Block

_SENTENCE = re.compile(r"[.!?…։。！？][\"'”’»)\]]*(?:\s|$)|[,;:] ")
_WITHIN_TEXT = INLINE | {"p", "li", "blockquote", "ul", "ol", "dl", "dd", "table"}
_ALIKE = 0.1
_LEAST_PROSE = 25
_LONGEST_COUNTED = 1000
_KNOWN_START = 60
_MOST_LINKED = 0.5
_APART_COUNTS = 0.2
_LEAST_ARTICLE = 300
_NEVER_COUNTS = 0.02
_SHARE = 0.65
"""The walk goes down into a child that holds at least this share of the prose."""


@dataclass(slots=True)
class _Mass:
    """Prose below an element."""

    weight: float = 0.0
    blocks: int = 0


def find_container(root: HtmlElement, blocks: Collection[Block], hint: str = "", headline: str = "") -> HtmlElement:
    """The deepest element that still holds nearly all prose of the page.

    Args:
        root: Where the search starts.
        blocks: Those below it.
        hint: The text as structured data have it, complete or not.
        headline: As printed: of several articles on the page, its own is meant.
    """
    mass: dict[HtmlElement, _Mass] = {}
    title = headline.casefold()
    headings = [
        *root.iter("h1"),
        *(block.element for block in blocks if block.heading and block.text.casefold() == title),
    ]
    around = {parent for heading in headings for parent in heading.iterancestors()}
    apart, never = Inherited(stands_apart, around), Inherited(is_never_text, around)
    known = " ".join(hint.split())
    for block in blocks:
        weight = _weight(block, known)
        if weight:
            if apart(block.element):
                weight *= _NEVER_COUNTS if never(block.element) else _APART_COUNTS
            for element in (block.element, *block.element.iterancestors()):
                held = mass.setdefault(element, _Mass())
                held.weight += weight
                held.blocks += 1
    article = _article_of(headline, blocks, mass)
    return _descend(root if article is None else article, mass)


def _article_of(headline: str, blocks: Iterable[Block], mass: Mapping[HtmlElement, _Mass]) -> HtmlElement | None:
    """The `<article>` that the headline stands in, if it holds a text and no teaser of it."""
    title = headline.casefold()
    for block in blocks:
        if block.text.casefold() == title:
            article = next(block.element.iterancestors("article"), None)
            if article is not None and article in mass and mass[article].weight > _LEAST_ARTICLE:
                return article
    return None


def _weight(block: Block, known: str) -> float:
    length = len(block.text)
    if length < _LEAST_PROSE or block.heading or block.link_share > _MOST_LINKED:
        return 0.0
    weight = float(min(length, _LONGEST_COUNTED))
    if not _SENTENCE.search(block.text):
        weight *= 0.3
    if known and block.text[:_KNOWN_START] in known:
        weight *= 4
    return weight


def _descend(node: HtmlElement, mass: Mapping[HtmlElement, _Mass]) -> HtmlElement:
    while node in mass:
        held = [child for child in node if child in mass]
        best = max(held, key=lambda child: mass[child].weight, default=None)
        if best is None or best.tag in _WITHIN_TEXT or mass[best].weight < _SHARE * mass[node].weight:
            break
        if mass[best].blocks == 1 < mass[node].blocks:  # one long paragraph beside short ones
            break
        if sum(mass[child].weight for child in held if _alike(child, best)) > (1 + _ALIKE) * mass[best].weight:
            break
        node = best
    return node


def _alike(one: HtmlElement, other: HtmlElement) -> bool:
    """Whether two siblings look like parts of one body: the same tag and class."""
    return bool(one.tag == other.tag != "article") and one.get("class") == other.get("class")
