"""Find the body of an article in the one parsed tree: a flat list of blocks, scored, the container, then the filter.

A block is a run of inline content inside one block-level element, cut at double line breaks: what a reader sees as one
paragraph, whether the page writes `<p>`, `<div>`, `<li>` or `<br><br>`. The tree is neither copied nor changed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from lxml.html import HtmlElement


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_INLINE = _words(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark q s samp small span strike strong"
    " sub sup time tt u var wbr"
)
_SKIPPED = _words(
    "audio button canvas embed figcaption figure head iframe img input link map meta noscript object option picture"
    " script select source style svg template textarea title track video"
)
"""Never text of an article. A `<form>` may be: whole pages of ASP.NET stand in one."""
_HEADINGS = _words("h1 h2 h3 h4 h5 h6")
_APART = _words("nav aside footer menu dialog")
_DEEPEST = 250
"""Elements nested deeper are read as plain text: no page needs them, and the recursion stays bounded."""

_APART_WORDS = _words(
    "ad ads adv advert advertisement advertorial affiliate banner bio breadcrumb breadcrumbs byline caption comment"
    " comments consent cookie copyright credit disqus donate dropdown featured feedback footer footnotes"
    " karussell kommentar kommentare komentar latest legal liveblogs login masthead menu meta modal more"
    " mostread nav navbar navigation newsletter outbrain overlay paging pagination partner paywall permalink player"
    " popover popular popup print promo promoted promotion rating recirc recirculation recommend recommendation"
    " recommendations recommended readmore related rekomendasi rss register sharing share shares sidebar"
    " signup skip skyscraper social socials sponsor sponsored subscribe subscription syndication taboola tag tags"
    " teaser teasers terkait terpopuler tool toolbar tools topics trending tweet upsell video weather widget widgets"
    " bacajuga bacaan baca iklan lihatjg linksisip populer sisip hidden"
)
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_SENTENCE = re.compile(r"[.!?…։。！？][\"'”’»)\]]*(?:\s|$)|[,;:] ")
_END = re.compile(r"[.!?…:;。！？][\"'”’»“)\]\s]*$")
_TEXT_TAGS = _words("p li blockquote")
_LEAST_PROSE = 25
_PROSE = 80
_LONGEST_COUNTED = 1000
_KNOWN_START = 60
_MOST_LINKED = 0.5
_LEAST_KEPT = 0.3
_APART_COUNTS = 0.2
_SHARE = 0.65
"""The walk goes down into a child that holds at least this share of the prose."""


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
        if element.text:
            self._add(element.text, link=link)
        for child in element:
            tag = child.tag
            if isinstance(tag, str) and tag not in _SKIPPED and child not in self._skipped:
                if tag == "br":
                    self._break(owner)
                elif depth > _DEEPEST:
                    self._add(child.text_content(), link=link)
                elif tag in _INLINE:
                    self._visit_inline(child, owner, link=link, depth=depth)
                else:
                    self.flush(owner)
                    self.visit(child, child, link=link, depth=depth + 1)
                    self.flush(child)
            if child.tail:
                self._add(child.tail, link=link)

    def _visit_inline(self, child: HtmlElement, owner: HtmlElement, *, link: bool, depth: int) -> None:
        if child.tag == "a" and not link:
            self._html.append("<a>")
            self.visit(child, owner, link=True, depth=depth + 1)
            self._html.append("</a>")
        else:
            self.visit(child, owner, link=link, depth=depth + 1)

    def _add(self, text: str, *, link: bool) -> None:
        if not text.isspace():
            self._broken = False
            if link:
                self._linked += len(text.strip())
        self._html.append(escape(text, quote=False))
        self._texts.append(text)

    def _break(self, owner: HtmlElement) -> None:
        if self._broken:
            self.flush(owner)
        else:
            self._broken = True
            self._html.append("<br>")
            self._texts.append(" ")

    def flush(self, owner: HtmlElement) -> None:
        text = " ".join("".join(self._texts).split())
        if text:
            heading = owner.tag in _HEADINGS
            self.blocks.append(Block(owner, "".join(self._html), text, min(self._linked, len(text)), heading))
        self._html, self._texts, self._linked, self._broken = [], [], 0, False


def blocks_of(root: HtmlElement, skipped: Collection[HtmlElement] = ()) -> list[Block]:
    """All blocks below `root` in document order, without the subtrees of `skipped`."""
    walk = _Walk(skipped)
    walk.visit(root, root)
    walk.flush(root)
    return walk.blocks


@lru_cache(maxsize=8192)
def _stands_apart_by_name(names: str) -> bool:
    """Whether a class or id says that an element is no running text: whole words only, `headline` holds no `ad`."""
    return any(word.lower() in _APART_WORDS for word in _WORD.findall(names))


def stands_apart(element: HtmlElement) -> bool:
    """Whether tag, class, id or visibility say that an element is beside the text: a hint, never proof."""
    if element.tag in _APART:
        return True
    attributes = element.attrib
    if not attributes:
        return False
    names = attributes.get("class", "")
    identity = attributes.get("id")
    if identity:
        names = f"{names} {identity}"
    if names and _stands_apart_by_name(names):
        return True
    style = attributes.get("style", "")
    return "hidden" in attributes or ("display" in style and "none" in style)


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
        self.text_blocks = _filtered([block for block in self.blocks if inside(block.element)], self.containers)
        """The blocks of the containers that are text of the article, in order."""

    def _densest(self, root: HtmlElement, hint: str) -> HtmlElement:
        mass: dict[HtmlElement, float] = {}
        apart = _Inherited(stands_apart)
        known = " ".join(hint.split())
        for block in self.blocks:
            weight = _weight(block, known)
            if weight:
                weight *= _APART_COUNTS if apart(block.element) else 1
                for element in (block.element, *block.element.iterancestors()):
                    mass[element] = mass.get(element, 0.0) + weight
        return _descend(root, mass)


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


def _descend(node: HtmlElement, mass: Mapping[HtmlElement, float]) -> HtmlElement:
    while True:
        best = max(node, key=lambda child: mass.get(child, 0.0), default=None)
        if best is None or best.tag == "p" or best.tag in _INLINE or mass.get(best, 0.0) < _SHARE * mass.get(node, 1.0):
            return node
        node = best


def _filtered(blocks: list[Block], containers: Collection[HtmlElement]) -> list[Block]:
    apart = _Inherited(stands_apart, containers)
    prose = [block for block in blocks if block.link_share <= _MOST_LINKED]
    kept = [block for block in prose if not apart(block.element)]
    if _length(kept) < _LEAST_KEPT * _length(prose):  # the names mislead: they are a hint, no rule
        kept = prose
    return list(_with_headings(kept))


def _length(blocks: Iterable[Block]) -> int:
    return sum(len(block.text) for block in blocks)


def _with_headings(blocks: Iterable[Block]) -> Iterator[Block]:
    """Headings stay where text follows them."""
    pending: Block | None = None
    for block in blocks:
        if block.heading:
            pending = block
        elif len(block.text) >= _PROSE or _END.search(block.text) or block.element.tag in _TEXT_TAGS:
            if pending is not None:
                yield pending
            pending = None
            yield block
