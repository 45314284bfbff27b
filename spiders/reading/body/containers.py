"""Where the text of an article stands: the box that holds most prose, blocks beside the text counting little."""

from __future__ import annotations

import re
from itertools import accumulate, islice
from typing import TYPE_CHECKING

from spiders.reading.body.boilerplate import is_never_text, stands_apart
from spiders.reading.markup.blocks import HEADINGS, INLINE, is_titled
from spiders.reading.markup.inherited import Inherited, ancestors

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from lxml.html import HtmlElement

    from spiders.reading.markup.blocks import Block, Box

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
_MOST_TITLES = 20
"""Blocks in the words of the headline that are looked at."""
_MOST_COMPARED = 100_000_000
"""Characters: each block is sought in all of the text that structured data have."""
_SHARE = 0.65
"""The walk goes down into a child that holds at least this share of the prose."""


class _Prose:
    """How much prose lies in a box."""

    def __init__(self, weights: Iterable[float]) -> None:
        """Add the weights of the page's blocks up, once."""
        listed = list(weights)
        self._weights = list(accumulate(listed, initial=0.0))
        self._counts = list(accumulate(map(bool, listed), initial=0))

    def weight(self, box: Box) -> float:
        """Of all blocks in it."""
        return self._weights[box.end] - self._weights[box.first]

    def blocks(self, box: Box) -> int:
        """Those that weigh anything."""
        return self._counts[box.end] - self._counts[box.first]


def find_container(box: Box, blocks: Sequence[Block], hint: str = "", headline: str = "") -> Box:
    """The deepest box that still holds nearly all prose of the page.

    Args:
        box: The one of the whole page.
        blocks: Those in it.
        hint: The text as structured data have it, complete or not.
        headline: As printed: of several articles on the page, its own is meant.
    """
    titles = [block.element for block in blocks if is_titled(block, headline.casefold())]
    headings = (*box.element.iter("h1"), *(element for element in titles if element.tag in HEADINGS))
    known = " ".join(hint.split())
    known = known if len(known) * len(blocks) < _MOST_COMPARED else ""
    prose = _Prose(_weights(blocks, known, ancestors(headings)))
    return _descend(_article_of(titles, box, prose) or box, prose)


def _weights(blocks: Iterable[Block], known: str, around: Collection[HtmlElement]) -> Iterator[float]:
    apart, never = Inherited(stands_apart, around), Inherited(is_never_text, around)
    for block in blocks:
        weight = _weight(block, known)
        if weight and apart(block.element):
            weight *= _NEVER_COUNTS if never(block.element) else _APART_COUNTS
        yield weight


def _article_of(titles: Iterable[HtmlElement], box: Box, prose: _Prose) -> Box | None:
    """The `<article>` that the headline stands in, if it holds a text and no teaser of it."""
    above = (next(element.iterancestors("article"), None) for element in islice(titles, _MOST_TITLES))
    articles = [article for article in above if article is not None]
    boxes = {inner.element: inner for inner in box.all()} if articles else {}
    found = (boxes[article] for article in articles if article in boxes)
    return next((article for article in found if prose.weight(article) > _LEAST_ARTICLE), None)


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


def _descend(box: Box, prose: _Prose) -> Box:
    while prose.blocks(box):
        held = [inner for inner in box.inner if prose.blocks(inner)]
        best = max(held, key=prose.weight, default=None)
        if best is None or best.element.tag in _WITHIN_TEXT or prose.weight(best) < _SHARE * prose.weight(box):
            break
        if prose.blocks(best) == 1 < prose.blocks(box):  # one long paragraph beside short ones
            break
        alike = (inner for inner in held if _alike(inner.element, best.element))
        if sum(map(prose.weight, alike)) > (1 + _ALIKE) * prose.weight(best):
            break
        box = best
    return box


def _alike(one: HtmlElement, other: HtmlElement) -> bool:
    """Whether two siblings look like parts of one body: the same tag and class."""
    return bool(one.tag == other.tag != "article") and one.get("class") == other.get("class")
