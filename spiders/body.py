"""Find the body of an article among the blocks of its page: score them, find the container, filter what is in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from spiders.blocks import INLINE, Block, blocks_of
from spiders.boilerplate import stands_apart, starts_comments, starts_others
from spiders.bylines import is_open_dateline

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from lxml.html import HtmlElement


_SENTENCE = re.compile(r"[.!?…։。！？][\"'”’»)\]]*(?:\s|$)|[,;:] ")
_END = re.compile(r"[.!?…:;。！？][\"'”’»“)\]\s]*$")
_WITHIN_TEXT = INLINE | {"p", "li", "blockquote", "ul", "ol", "dl", "dd", "table"}
_ALIKE = 0.1
_TEXT_TAGS = frozenset(("p", "li", "blockquote"))
_LEAST_PROSE = 25
_PROSE = 80
_LONGEST_COUNTED = 1000
_KNOWN_START = 60
_MOST_LINKED = 0.5
_MOST_LINKED_SENTENCE = 0.85
_LEAST_KEPT = 0.3
_APART_COUNTS = 0.2
_HEADER = 40
_ABOVE = 6
_BELOW = 8
_SHARE = 0.65
"""The walk goes down into a child that holds at least this share of the prose."""


class Body:
    """The body of a page: its containers, and the blocks in them that are text of the article."""

    def __init__(
        self,
        root: HtmlElement,
        *,
        containers: Collection[HtmlElement] = (),
        skipped: Collection[HtmlElement] = (),
        hint: str = "",
    ) -> None:
        """Find it.

        Args:
            root: The page's `<body>`.
            containers: Where the text stands, if a selector says so; found by scoring otherwise.
            skipped: Elements that are known to be no text.
            hint: The text as structured data have it, complete or not: it locates the body.
        """
        self.blocks = blocks_of(root, skipped)
        """All blocks of the page in order."""
        self.containers = frozenset(containers) or frozenset((self._densest(root, hint),))
        inside = _Inherited(lambda element: element in self.containers)
        found = [block for block in self.blocks if inside(block.element)]
        kept = _filtered(found, self.containers)
        self.text_blocks = list(_with_headings(kept if containers else filter(_is_text, kept)))
        """The blocks of the containers that are text of the article, in order."""

    def header(self, headline: str) -> list[Block]:
        """Blocks in which date, byline and counter are printed: from the headline to the text, then those above it."""
        end = self.blocks.index(self.text_blocks[0]) if self.text_blocks else 0
        near = range(max(0, end - _HEADER), end)
        start = max((place for place in near if self.blocks[place].text == headline), default=near.start)
        above = self.blocks[max(0, start - _ABOVE) : start]
        return [*self.blocks[start:end], *reversed(above)]

    @property
    def until_end(self) -> list[Block]:
        """Blocks of the page up to the end of the text."""
        return self.blocks[: self.blocks.index(self.text_blocks[-1])] if self.text_blocks else self.blocks

    @cached_property
    def tail(self) -> list[Block]:
        """The last block of the text and those that follow it beside its container, up to a list of other articles."""
        if not self.text_blocks:
            return []
        end = self.blocks.index(self.text_blocks[-1])
        parents = {container.getparent() for container in self.containers}
        beside = _Inherited(lambda element: element in parents)
        apart = _Inherited(stands_apart, parents)
        following = []
        for block in self.blocks[end + 1 : end + 1 + _BELOW]:
            if not beside(block.element) or starts_others(block.text) or starts_comments(block.text):
                break
            following += [] if apart(block.element) else [block]
        return [self.text_blocks[-1], *following]

    def _densest(self, root: HtmlElement, hint: str) -> HtmlElement:
        mass: dict[HtmlElement, _Mass] = {}
        apart = _Inherited(stands_apart)
        known = " ".join(hint.split())
        for block in self.blocks:
            weight = _weight(block, known)
            if weight:
                weight *= _APART_COUNTS if apart(block.element) else 1
                for element in (block.element, *block.element.iterancestors()):
                    held = mass.setdefault(element, _Mass())
                    held.weight += weight
                    held.blocks += 1
        return _descend(root, mass)


@dataclass(slots=True)
class _Mass:
    """Prose below an element."""

    weight: float = 0.0
    blocks: int = 0


class _Inherited:
    """Whether a property holds for an element or any ancestor of it, remembered for every element asked about."""

    def __init__(self, holds: Callable[[HtmlElement], bool], ends: Collection[HtmlElement] = ()) -> None:
        self._holds = holds
        self._known: dict[HtmlElement, bool] = dict.fromkeys(ends, False)

    def __call__(self, element: HtmlElement) -> bool:
        path = []
        node: HtmlElement | None = element
        while node is not None and node not in self._known:
            path.append(node)
            node = node.getparent()
        inherited = node is not None and self._known[node]
        for node in reversed(path):
            inherited = inherited or self._holds(node)
            self._known[node] = inherited
        return inherited


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
    """The deepest element that still holds nearly all prose."""
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


def _filtered(blocks: list[Block], containers: Collection[HtmlElement]) -> list[Block]:
    apart = _Inherited(stands_apart, containers)
    prose = [block for block in blocks if not _is_linked(block)]
    kept = [block for block in prose if not apart(block.element)]
    if _length(kept) < _LEAST_KEPT * _length(prose):  # the names mislead: they are a hint, no rule
        kept = prose
    return _until_end(kept)


def _until_end(blocks: list[Block]) -> list[Block]:
    """The blocks before the comments, or before a list of other articles in the second half."""
    total = _length(blocks)
    before = 0
    for place, block in enumerate(blocks):
        if before and (starts_comments(block.text) or (2 * before > total and starts_others(block.text))):
            return blocks[:place]
        before += len(block.text)
    return blocks


def _is_linked(block: Block) -> bool:
    """Whether a block is a link rather than a sentence with links in it."""
    if block.link_share <= _MOST_LINKED:
        return False
    sentence = len(block.text) >= _PROSE and _END.search(block.text) is not None
    return not sentence or block.link_share >= _MOST_LINKED_SENTENCE


def _length(blocks: Iterable[Block]) -> int:
    return sum(len(block.text) for block in blocks)


def _is_text(block: Block) -> bool:
    """Whether a block is a sentence, a paragraph by its tag, or the dateline that some pages put before the first."""
    text = block.text
    if block.heading or len(text) >= _PROSE or block.element.tag in _TEXT_TAGS:
        return True
    return _END.search(text) is not None or is_open_dateline(text)


def _with_headings(blocks: Iterable[Block]) -> Iterator[Block]:
    """Headings stay where text follows them."""
    pending: Block | None = None
    for block in blocks:
        if block.heading:
            pending = block
            continue
        if pending is not None:
            yield pending
        pending = None
        yield block
