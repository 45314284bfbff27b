"""Find the body of an article among the blocks of its page: score them, find the container, filter what is in it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from spiders.blocks import Block, blocks_of
from spiders.boilerplate import stands_apart, starts_comments, starts_others
from spiders.containers import find_container
from spiders.filtering import filtered, holds_nothing, length_of, trimmed, with_headings
from spiders.inherited import Inherited
from spiders.lead import find_captions, find_lead
from spiders.scripts import script_blocks

if TYPE_CHECKING:
    from collections.abc import Collection

    from lxml.html import HtmlElement


_LEAST_BELOW = 500
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
        self.blocks = blocks_of(root, skipped)
        """All blocks of the page in order."""
        self._root = root
        self._lead: list[Block] = []
        stated = stated or Stated()
        self.containers = frozenset(containers) or frozenset(
            (find_container(root, self.blocks, stated.text, stated.headline),)
        )
        inside = Inherited(lambda element: element in self.containers)
        found = [block for block in self.blocks if inside(block.element)]
        self.text_blocks = with_headings(filtered(found, self.containers)) if containers else self._read(found, stated)
        """The blocks of the containers that are text of the article, in order, and its standfirst before them."""

    def _read(self, found: list[Block], stated: Stated) -> list[Block]:
        text = with_headings(trimmed(filtered(self._below(stated.headline, found), self.containers)))
        if text:
            above = self.blocks[: self.blocks.index(text[0])]
            self._lead = find_lead(above, stated.headline, stated.descriptions, self.containers)
            text = self._lead + text
        if holds_nothing(text):
            scripted = trimmed(script_blocks(self._root, stated.headline))
            return scripted or find_captions(self._root, stated.descriptions) or text
        return text

    def _below(self, headline: str, found: list[Block]) -> list[Block]:
        """The blocks found after the headline, if it stands first among them and a text follows."""
        title = headline.casefold()
        first = next((block for block in self.blocks if block.heading and block.text.casefold() == title), None)
        below = found[found.index(first) + 1 :] if first in found else []
        return below if length_of(below) > _LEAST_BELOW else found

    @property
    def _is_printed(self) -> bool:
        """Whether the text is one of the page rather than of its scripts."""
        return self.text_blocks[-1:] != [] and self.text_blocks[-1] in self.blocks

    def header(self, headline: str) -> list[Block]:
        """Blocks in which date, byline and counter are printed: from the headline to the text, then those above it."""
        end = self.blocks.index(self.text_blocks[len(self._lead)]) if self._is_printed else 0
        near = range(max(0, end - _HEADER), end)
        start = max((place for place in near if self.blocks[place].text == headline), default=near.start)
        above = self.blocks[max(0, start - _ABOVE) : start]
        below = [block for block in self.blocks[start:end] if block not in self._lead]
        return [*below, *reversed(above)]

    @property
    def until_end(self) -> list[Block]:
        """Blocks of the page up to the end of the text."""
        return self.blocks[: self.blocks.index(self.text_blocks[-1])] if self._is_printed else self.blocks

    @cached_property
    def tail(self) -> list[Block]:
        """The last block of the text and those that follow it beside its container, up to a list of other articles."""
        if not self._is_printed:
            return []
        end = self.blocks.index(self.text_blocks[-1])
        parents = {container.getparent() for container in self.containers}
        beside = Inherited(lambda element: element in parents)
        apart = Inherited(stands_apart, parents)
        following = []
        for block in self.blocks[end + 1 : end + 1 + _BELOW]:
            if not beside(block.element) or starts_others(block.text) or starts_comments(block.text):
                break
            following += [] if apart(block.element) else [block]
        return [self.text_blocks[-1], *following]
