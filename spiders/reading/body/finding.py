"""Find the body of an article among the blocks of its page: score them, find the container, filter what is in it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from spiders.reading.body.boilerplate import (
    is_never_text,
    points_elsewhere,
    stands_apart,
    starts_comments,
    starts_others,
)
from spiders.reading.body.containers import find_container
from spiders.reading.body.evidence import Said
from spiders.reading.body.filtering import filtered, holds_nothing, length_of, trimmed, with_headings
from spiders.reading.body.lead import find_captions, find_lead
from spiders.reading.body.structure import cut_items, other_articles
from spiders.reading.body.weighing import SecondLook
from spiders.reading.markup.blocks import NAVIGATION, is_titled, outline
from spiders.reading.markup.inherited import Inherited
from spiders.reading.markup.origins import CAPTION, PRINTED, SCRIPT, SELECTOR
from spiders.reading.markup.scripts import script_blocks
from spiders.reading.printed.labels import letters

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from lxml.html import HtmlElement

    from spiders.reading.markup.blocks import Block, Box

_LEAST_BELOW = 500
_SAID = 12
"""Letters at the start of a paragraph by which a description is seen to repeat it."""
_HEADER = 40
_ABOVE = 6
_BELOW = 8


@dataclass(frozen=True, slots=True)
class Stated:
    """What a page says about its article outside the text."""

    headline: str = ""
    """As printed."""
    descriptions: tuple[str, ...] = ()
    """What the article is about: often its standfirst."""
    text: str = ""
    """The text as structured data have it, complete or not."""
    host: str = ""
    """Of the page's address."""


class Body:
    """The body of a page: its containers, and the blocks in them that are text of the article."""

    def __init__(
        self,
        root: HtmlElement,
        *,
        containers: Collection[HtmlElement] = (),
        skipped: Collection[HtmlElement] = (),
        stated: Stated | None = None,
    ) -> None:
        """Find it.

        Args:
            root: The page's `<body>`.
            containers: Where the text stands, if a selector says so; found by scoring otherwise.
            skipped: Elements that are known to be no text.
            stated: What locates the text and its standfirst.
        """
        self._root = root
        self.origin = SELECTOR if containers else PRINTED
        """Where the text was found."""
        self._stated = stated or Stated()
        self._lead: list[Block] = []
        self.reasons: dict[Block, str] = {}
        """Why blocks of the container are no text, as the rules say."""
        self.second_look: SecondLook | None = None
        """What the evidence says of those about which the rules may be wrong; None where a selector decides."""
        self.text_blocks = self._read(containers, outline(root, skipped, NAVIGATION))
        """The blocks of the containers that are text of the article, in order, and its standfirst before them."""
        if holds_nothing(self.text_blocks):  # pages with a menu around the text, or one that never ends, exist
            self.text_blocks = self._read(containers, outline(root, skipped))
        if holds_nothing(self.text_blocks) and not containers:
            self._read_unprinted()

    def _read(self, given: Collection[HtmlElement], walked: tuple[list[Block], Box]) -> list[Block]:
        self.blocks, box = walked
        """All blocks of the page in order."""
        if given:
            self.containers = frozenset(given)
            boxes = [inner for inner in box.all() if inner.element in given]
            others = frozenset().union(*(other_articles(self.blocks, inner) for inner in boxes))
            return with_headings(filtered([*self._inside(boxes)], self.containers, others))
        found = find_container(box, self.blocks, self._stated.text, self._stated.headline)
        self.containers = frozenset((found.element,))
        below = self._below(self.blocks[found.first : found.end])
        others = other_articles(self.blocks, found) | cut_items(below)
        self.reasons.clear()
        text = trimmed(filtered(below, self.containers, others, self.reasons), self.reasons)
        if text:
            stated = self._stated
            said = Said(stated.headline, stated.descriptions, stated.text, stated.host)
            self.second_look = SecondLook(self.blocks, found, said, kept=text, reasons=self.reasons)
            text = self.second_look.text
        return self._with_lead(with_headings(text))

    def _inside(self, boxes: Iterable[Box]) -> Iterator[Block]:
        """Each block of some boxes once: one of them may stand in another."""
        end = 0
        for box in sorted(boxes, key=lambda box: box.first):
            yield from self.blocks[max(end, box.first) : box.end]
            end = max(end, box.end)

    def _with_lead(self, text: list[Block]) -> list[Block]:
        if not text:
            return []
        above = self.blocks[: self.blocks.index(text[0])]
        self._lead = find_lead(above, self._stated.headline, self._stated.descriptions, self.containers)
        return self._lead + text

    def _read_unprinted(self) -> None:
        """Take the text that the page has in its scripts, else below its pictures, if there is one."""
        if scripted := trimmed(script_blocks(self._root, self._stated.headline)):
            self.text_blocks, self.origin = scripted, SCRIPT
        elif not self._is_described() and (told := find_captions(self._root, self._stated.descriptions)):
            self.text_blocks, self.origin = told, CAPTION

    def _is_described(self) -> bool:
        """Whether a description goes on with the words of the short text that is printed."""
        starts = [letters(block.text)[:_SAID] for block in self.text_blocks]
        described = [letters(text) for text in self._stated.descriptions]
        return any(len(start) == _SAID and start in text for start in starts for text in described)

    def _below(self, found: list[Block]) -> list[Block]:
        """The blocks found after the headline, if it stands first among them and a text follows."""
        title = self._stated.headline.casefold()
        first = next((block for block in self.blocks if block.heading and is_titled(block, title)), None)
        below = found[found.index(first) + 1 :] if first in found else []
        return below if length_of(below) > _LEAST_BELOW else found

    @property
    def is_printed(self) -> bool:
        """Whether the text is one of the page rather than of its scripts."""
        return self.text_blocks[-1:] != [] and self.text_blocks[-1] in self.blocks

    def header(self, headline: str) -> list[Block]:
        """Blocks in which date, byline and counter are printed: from the headline to the text, then those above it."""
        end = self.blocks.index(self.text_blocks[len(self._lead)]) if self.is_printed else 0
        near = range(max(0, end - _HEADER), end)
        start = max((place for place in near if self.blocks[place].text == headline), default=near.start)
        above = self.blocks[max(0, start - _ABOVE) : start]
        below = [block for block in self.blocks[start:end] if block not in self._lead]
        return [*below, *reversed(above)]

    @property
    def until_end(self) -> list[Block]:
        """Blocks of the page up to the end of the text."""
        return self.blocks[: self.blocks.index(self.text_blocks[-1])] if self.is_printed else self.blocks

    @cached_property
    def below(self) -> list[Block]:
        """Blocks right below the text, whatever they stand in, up to a list of other articles or the comments."""
        if not self.is_printed:
            return []
        end = self.blocks.index(self.text_blocks[-1]) + 1
        following = self.blocks[end : end + _BELOW]
        ends = (
            place for place, block in enumerate(following) if _begins_anew(block.text) or is_never_text(block.element)
        )
        return following[: next(ends, len(following))]

    @cached_property
    def tail(self) -> list[Block]:
        """The last block of the text and those that follow it beside its container, up to a list of other articles."""
        if not self.is_printed:
            return []
        end = self.blocks.index(self.text_blocks[-1])
        parents = {container.getparent() for container in self.containers}
        beside = Inherited(lambda element: element in parents)
        apart = Inherited(stands_apart, parents)
        following = []
        for block in self.blocks[end + 1 : end + 1 + _BELOW]:
            if not beside(block.element) or _begins_anew(block.text):
                break
            following += [] if apart(block.element) else [block]
        return [self.text_blocks[-1], *following]


def _begins_anew(text: str) -> bool:
    """Whether what follows a block is about other articles or by readers."""
    return starts_others(text) or starts_comments(text) or points_elsewhere(text, linked=False)
