"""The blocks of a page in one walk over its tree: what a reader sees as paragraphs, headings and list items.

A block is a run of inline content inside one block-level element, cut at double line breaks, whether the page writes
`<p>`, `<div>`, `<li>` or `<br><br>`. The tree is neither copied nor changed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from itertools import islice
from typing import TYPE_CHECKING

from lxml import etree

from spiders.reading.markup.unseen import is_unseen

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

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
_RAW = _words("head script style template textarea title")
"""What stands in them is no part of the page, whatever it is."""
_OPEN = _SKIPPED - _RAW | _words("a dialog menu nav")
"""Links, and skipped elements, that lxml leaves open where the end tag is missing: all the rest then stands in them."""
_FIGURES = _words("table blockquote pre ul ol")
"""What a `<figure>` shows beside pictures, as WordPress wraps its tables and quotations: text like any other."""
_MOST_PARAGRAPHS = 3
_LEAST_PARAGRAPH = 60
"""Paragraphs, and characters of each, by which a skipped element is seen to hold a text."""
NAVIGATION = _words("dialog menu nav")
"""Rarely text of an article, and a third of all elements."""
HEADINGS = _words("h1 h2 h3 h4 h5 h6")
_SKIP, _INLINE, _LINK, _BREAK, _BLOCK = range(5)
_OPENABLE = frozenset((_SKIP, _LINK))
_KINDS: dict[object, int] = {
    **dict.fromkeys((etree.Comment, etree.ProcessingInstruction, etree.Entity, *_SKIPPED), _SKIP),
    **dict.fromkeys(INLINE, _INLINE),
    "a": _LINK,
    "br": _BREAK,
}
"""What an element is to the text around it; any other is a block."""
_CELLS = _words("td th")
_IN_CELL = INLINE | _words("br img picture source svg path p div")
_LONGEST_CELL = 200
"""Characters of a value in a table; what is longer is a text that the table only lays out."""
_DEEPEST = 250
"""Elements nested deeper are read as plain text: no page needs them, and the recursion stays bounded."""

Kin = tuple[str, str | None, str, str | None]
"""Tag and class of an element and of its parent: what a template repeats for every paragraph."""


@dataclass(slots=True, eq=False)
class Block:
    """One paragraph as a reader would see it."""

    element: HtmlElement
    """The block-level element it stands in."""
    texts: tuple[str, ...]
    """Its text in the pieces that the markup cuts it into, white space and all; a line break is a space."""
    marks: tuple[tuple[int, str], ...]
    """Where links begin and end in it: before which piece, and the tag."""
    text: str
    """White space collapsed."""
    linked: int
    """Characters inside links."""
    heading: bool
    link_share: float
    """Part of the text that is links, 0 to 1."""
    _kin: Kin | None = field(default=None, init=False, repr=False)

    @property
    def kin(self) -> Kin:
        """Tag and class of its element and of the parent."""
        if self._kin is None:
            element = self.element
            parent = element.getparent()
            around = element if parent is None else parent
            self._kin = (str(element.tag), element.get("class"), str(around.tag), around.get("class"))
        return self._kin

    @property
    def html(self) -> str:
        """Its text with links as the only tags."""
        return "".join(self._markup())

    def _markup(self) -> Iterator[str]:
        done = 0
        for place, tag in self.marks:
            yield escape("".join(self.texts[done:place]), quote=False)
            yield tag
            done = place
        yield escape("".join(self.texts[done:]), quote=False)


@dataclass(slots=True, eq=False)
class Box:
    """An element that holds blocks, its own or those of elements in it."""

    element: HtmlElement
    first: int
    """Place of its first block among all of them."""
    end: int
    """Place behind its last one."""
    inner: list[Box]
    """Boxes directly in it, in order."""

    def all(self) -> Iterator[Box]:
        """The box itself and all boxes in it, in no order that matters."""
        pending = [self]
        while pending:
            box = pending.pop()
            pending += box.inner
            yield box


class _Walk:
    """Collects the blocks below one element in document order, and the boxes they stand in."""

    def __init__(self, skipped: Collection[HtmlElement], tags: Collection[str]) -> None:
        self.blocks: list[Block] = []
        self.boxes: list[Box] = []
        """Those done whose parents are not."""
        self._skipped = skipped
        self._kinds = _KINDS | dict.fromkeys(tags, _SKIP)
        self._texts: list[str] = []
        self._marks: list[tuple[int, str]] = []
        self._linked = 0
        self._broken = False

    def visit(  # noqa: C901, PLR0912 - one loop over everything in a page: a call more for each child is a tenth of it
        self, element: HtmlElement, owner: HtmlElement, *, link: bool = False, depth: int = 0
    ) -> None:
        first, inner = len(self.blocks), len(self.boxes)
        texts, skipped, kinds = self._texts, self._skipped, self._kinds
        text = element.text
        if text and (texts or not text.isspace()):  # nothing but the white space between elements
            self._add(text, link=link)
        for child in element:
            tag = child.tag
            kind = kinds.get(tag, _BLOCK)
            if kind in _OPENABLE and tag in _OPEN and len(child) and _holds_page(child):
                kind = _BLOCK
            if kind != _SKIP and not (skipped and child in skipped):
                if kind == _BREAK:
                    self._break(owner)
                elif depth > _DEEPEST:
                    self._add(child.text_content(), link=link)
                elif kind == _BLOCK:
                    if texts or self._marks:
                        self._flush(owner)
                    if tag == "tr" and self._add_row(child):
                        pass
                    elif len(child):
                        self.visit(child, child, link=link, depth=depth + 1)
                    elif (text := child.text) and not text.isspace():
                        self._add_leaf(child, text, link=link)
                elif not is_unseen(child):
                    self._visit_inline(child, owner, link=link, depth=depth + 1, opens=kind == _LINK and not link)
            text = child.tail
            if text and (texts or not text.isspace()):
                self._add(text, link=link)
        if element is owner and (texts or self._marks):
            self._flush(owner)
        if len(self.blocks) > first:
            self.boxes[inner:] = [Box(element, first, len(self.blocks), self.boxes[inner:])]

    def _visit_inline(self, child: HtmlElement, owner: HtmlElement, *, link: bool, depth: int, opens: bool) -> None:
        if opens:
            self._marks.append((len(self._texts), "<a>"))
        if len(child):
            self.visit(child, owner, link=link or opens, depth=depth)
        elif text := child.text:
            self._add(text, link=link or opens)
        if opens:
            self._marks.append((len(self._texts), "</a>"))

    def _add_leaf(self, element: HtmlElement, text: str, *, link: bool) -> None:
        """The block of an element that holds no other: most paragraphs, read without a walk of their own."""
        place = len(self.blocks)
        self._add(text, link=link)
        self._flush(element)
        self.boxes.append(Box(element, place, place + 1, []))

    def _add_row(self, row: HtmlElement) -> bool:
        """One block of a table row whose cells are values; False for a row that lays the page out."""
        cells = [cell for cell in row if cell.tag in _CELLS]
        if len(cells) < 2 or not all(map(_is_value, cells)):  # noqa: PLR2004 - one cell is no row of values
            return False
        first = len(self.blocks)
        for cell in cells:
            if next(cell.iter("p", "div"), None) is None:
                self._visit_inline(cell, row, link=False, depth=0, opens=False)
            else:
                self._add(cell.text_content(), link=False)
            self._add(" ", link=False)
        self._flush(row)
        if len(self.blocks) > first:
            self.boxes.append(Box(row, first, len(self.blocks), []))
        return True

    def _add(self, text: str, *, link: bool) -> None:
        if not text.isspace():
            self._broken = False
            if link:
                self._linked += len(text.strip())
        elif not self._texts:
            return
        self._texts.append(text)

    def _break(self, owner: HtmlElement) -> None:
        if self._broken:
            self._flush(owner)
        else:
            self._broken = True
            self._texts.append(" ")

    def _flush(self, owner: HtmlElement) -> None:
        """End the block that is being collected, as one of `owner`."""
        texts = self._texts
        if texts:
            text = " ".join("".join(texts).split())
            if text:
                linked = min(self._linked, len(text))
                share = linked / len(text)
                self.blocks.append(
                    Block(owner, tuple(texts), tuple(self._marks), text, linked, owner.tag in HEADINGS, share)
                )
            texts.clear()
        self._marks.clear()
        self._linked, self._broken = 0, False


def _holds_page(element: HtmlElement) -> bool:
    """Whether an element that is never text holds the article, because its end tag is missing or misplaced."""
    if element.tag == "a":  # teasers are links around an article, of a paragraph or two; the headline's is a page
        if not element.get("href"):
            return any(inner.tag not in INLINE for inner in element)
        inside = (inner for inner in element.iter("p") if len(inner.text or "") >= _LEAST_PARAGRAPH)
        long = len(list(islice(inside, _MOST_PARAGRAPHS)))
        return long == _MOST_PARAGRAPHS or (long > 0 and next(element.iter("h1"), None) is not None)
    if element.tag == "figure" and next(element.iter(*_FIGURES), None) is not None:
        return True
    paragraphs = 0
    for inner in element.iter("main", "article", "p"):
        if inner.tag != "p":
            return True
        paragraphs += len(inner.text or "") >= _LEAST_PARAGRAPH
        if paragraphs == _MOST_PARAGRAPHS:
            return True
    return False


def _is_value(cell: HtmlElement) -> bool:
    """Whether a cell holds a few words and no block of its own."""
    size, blocks = len(cell.text or ""), 0
    for inner in cell.iterdescendants():
        tag = inner.tag
        if isinstance(tag, str) and tag not in _IN_CELL:
            return False
        size += len(inner.text or "") + len(inner.tail or "")
        blocks += tag in {"p", "div"}
    return size <= _LONGEST_CELL and blocks <= 1


def outline(
    root: HtmlElement, skipped: Collection[HtmlElement] = (), tags: Collection[str] = ()
) -> tuple[list[Block], Box]:
    """All blocks below an element in document order, and the box that holds them.

    Args:
        root: The element.
        skipped: Elements whose subtrees are left out.
        tags: Names of such elements.
    """
    walk = _Walk(skipped, tags)
    walk.visit(root, root)
    return walk.blocks, next(iter(walk.boxes), Box(root, 0, 0, []))


def blocks_of(root: HtmlElement) -> list[Block]:
    """All blocks below `root` in document order."""
    return outline(root)[0]


def is_titled(block: Block, title: str) -> bool:
    """Whether a block says a headline, given case-folded, and no more."""
    return len(block.text) <= len(title) and block.text.casefold() == title
