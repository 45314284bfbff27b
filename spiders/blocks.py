"""The blocks of a page in one walk over its tree: what a reader sees as paragraphs, headings and list items.

A block is a run of inline content inside one block-level element, cut at double line breaks, whether the page writes
`<p>`, `<div>`, `<li>` or `<br><br>`. The tree is neither copied nor changed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from lxml.html import HtmlElement


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


INLINE = _words(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr q rb rp rt rtc ruby s samp"
    " small span strike strong sub sup time tt u var wbr"
)
_SKIPPED = _words(
    "audio button canvas embed figcaption figure head iframe img input link map meta noscript object option picture"
    " script select source style svg template textarea title track video"
)
"""Never text of an article. A `<form>` may be: whole pages of ASP.NET stand in one."""
HEADINGS = _words("h1 h2 h3 h4 h5 h6")
_MARKUP = re.compile("[&<>]")
_UNSEEN = re.compile(r"(?:visually|screen)-?(?:hidden|reader)|(?:^|[\s_-])sr-?only(?:$|[\s_])", re.IGNORECASE)
_CLIPPED = "clip:rect(0"
"""Class and style of inline text that is read aloud and not shown: ", opens new tab"."""
_DEEPEST = 250
"""Elements nested deeper are read as plain text: no page needs them, and the recursion stays bounded."""


@dataclass(slots=True, eq=False)
class Block:
    """One paragraph as a reader would see it."""

    element: HtmlElement
    """The block-level element it stands in."""
    html: str
    """Its text with links and line breaks as the only tags."""
    text: str
    """White space collapsed."""
    linked: int
    """Characters inside links."""
    heading: bool

    @property
    def link_share(self) -> float:
        """Part of the text that is links, 0 to 1."""
        return self.linked / max(1, len(self.text))


class _Walk:
    """Collects the blocks below one element in document order."""

    def __init__(self, skipped: Collection[HtmlElement]) -> None:
        self.blocks: list[Block] = []
        self._skipped = skipped
        self._html: list[str] = []
        self._texts: list[str] = []
        self._linked = 0
        self._broken = False

    def visit(self, element: HtmlElement, owner: HtmlElement, *, link: bool = False, depth: int = 0) -> None:
        text = element.text
        if text:
            self._add(text, link=link)
        for child in element:
            tag = child.tag
            if isinstance(tag, str) and tag not in _SKIPPED and child not in self._skipped:
                if tag == "br":
                    self._break(owner)
                elif depth > _DEEPEST:
                    self._add(child.text_content(), link=link)
                elif tag in INLINE:
                    self._visit_inline(child, owner, link=link, depth=depth)
                else:
                    self.flush(owner)
                    self.visit(child, child, link=link, depth=depth + 1)
                    self.flush(child)
            tail = child.tail
            if tail:
                self._add(tail, link=link)

    def _visit_inline(self, child: HtmlElement, owner: HtmlElement, *, link: bool, depth: int) -> None:
        names, style = child.get("class"), child.get("style")
        if (names and _UNSEEN.search(names)) or (style and _CLIPPED in style):
            return
        if child.tag == "a" and not link:
            self._html.append("<a>")
            self.visit(child, owner, link=True, depth=depth + 1)
            self._html.append("</a>")
        else:
            self.visit(child, owner, link=link, depth=depth + 1)

    def _add(self, text: str, *, link: bool) -> None:
        if text.isspace():
            if not self._texts:  # nothing but the white space between elements
                return
        else:
            self._broken = False
            if link:
                self._linked += len(text.strip())
        self._html.append(escape(text, quote=False) if _MARKUP.search(text) else text)
        self._texts.append(text)

    def _break(self, owner: HtmlElement) -> None:
        if self._broken:
            self.flush(owner)
        else:
            self._broken = True
            self._html.append("<br>")
            self._texts.append(" ")

    def flush(self, owner: HtmlElement) -> None:
        """End the block that is being collected, as one of `owner`."""
        if self._texts:
            text = " ".join("".join(self._texts).split())
            if text:
                heading = owner.tag in HEADINGS
                self.blocks.append(Block(owner, "".join(self._html), text, min(self._linked, len(text)), heading))
            self._texts = []
        self._html, self._linked, self._broken = [], 0, False


def blocks_of(root: HtmlElement, skipped: Collection[HtmlElement] = ()) -> list[Block]:
    """All blocks below `root` in document order, without the subtrees of `skipped`."""
    walk = _Walk(skipped)
    walk.visit(root, root)
    walk.flush(root)
    return walk.blocks
