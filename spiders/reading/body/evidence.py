"""What speaks for and against a block being text of the article, in figures: signs to be weighed, none of them proof.

Takes the blocks of a container; gives a row of figures for each block that is asked about. What the figures weigh is
learned (`weighing`); nothing here decides.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from itertools import accumulate, islice
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from spiders.reading.body.boilerplate import is_hidden, is_never_text, names_of, points_elsewhere, stands_apart
from spiders.reading.body.boilerplate import starts_comments as _starts_comments
from spiders.reading.body.structure import ends_as_excerpt

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from lxml.html import HtmlElement

    from spiders.reading.markup.blocks import Block, Box, Kin

FIGURES = (
    *("kind", "words", "capitals", "headline", "repeated", "links", "links_here", "known", "described", "cut"),
    *("elsewhere", "names", "worst_name", "apart", "never", "hidden", "aside", "kin_prose", "kin_words", "kin_blocks"),
    *("around_prose", "branch_prose", "branch_links", "branch_size", "outer_prose", "outer_links", "inner_blocks"),
    *("inner_links", "before", "after", "from_top", "since_comments", "heading_links", "below_length"),
)
"""Names of the figures of a row, in their order."""

_WORD = re.compile(r"\w+")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_NO_CAPITALS = bytes(code for code in range(256) if not 65 <= code <= 90)  # noqa: PLR2004 - A to Z
_TOKEN = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_PROSE = 80
"""Characters from which a block with few links is prose."""
_LINKED = 0.5
_MOST_WORDS, _MOST_SIZE, _MOST_BLOCKS = 150, 4000, 40
_MUCH = 3
"""Prose that stands where one part in so many of all prose stands needs no second look."""
_COMPARED = 200
"""Characters of a block that are compared with the headline and looked at for capitals."""
_KNOWN = 60
_SAID = 30
_SHORT = 20
"""Characters below which nothing is said to be known from structured data."""
_HEADING_NEAR = 6
_LONGEST_BELOW = 500
_MOST_LINKS = 20
_CARD = 6
"""Blocks of a card below its title."""
_KINDS = {"p": 0, "li": 2, "blockquote": 3, "td": 4, "th": 4, "tr": 4, "dd": 5, "dt": 5, "pre": 6}
_OTHER, _HEADING = 7, 10
_QUOTING = frozenset(("tr", "blockquote"))
_LISTED = frozenset(("li", "tr", "td", "th", "dd", "dt"))
_ASIDE = frozenset(("aside", "nav", "menu", "dialog"))
_ASIDE_ROLES = frozenset(("complementary", "navigation", "dialog", "banner", "contentinfo"))
_WORST_SUM = -8.0
_PLAIN_NAME = 3.0
"""The odds of the worst name where nothing is named."""


class Said(NamedTuple):
    """What a page says about its article outside the text."""

    headline: str
    descriptions: tuple[str, ...]
    text: str
    host: str


class _Place(NamedTuple):
    """What an element and its ancestors below the container say."""

    names: float
    worst: float
    apart: bool
    never: bool
    hidden: bool
    aside: bool


_TOP = _Place(0.0, _PLAIN_NAME, apart=False, never=False, hidden=False, aside=False)


@lru_cache(maxsize=8192)
def name_words(names: str, tag: str) -> frozenset[str]:
    """Words of class and id, and the tag in angle brackets."""
    return frozenset({f"<{tag}>", *(word.lower() for word in _TOKEN.findall(names))})


class Evidence:
    """Figures of the blocks in one container."""

    def __init__(self, blocks: Sequence[Block], container: Box, said: Said, odds: Mapping[str, float]) -> None:
        """Add up what is asked of all blocks, once.

        Args:
            blocks: All of the page.
            container: Box that holds the text.
            said: What the page says about its article.
            odds: For words of names: the logarithm of the odds that what they name is text.
        """
        self._blocks = blocks[container.first : container.end]
        self._box, self._said, self._odds = container, said, odds
        self._words = frozenset(_WORD.findall(said.headline.casefold()))
        self._known = " ".join(said.text.split())
        self._described = {_plain(text[:_KNOWN])[:_SAID] for text in said.descriptions}
        self._prose = [not b.heading and len(b.text) >= _PROSE and b.link_share < _LINKED for b in self._blocks]
        sizes = [len(block.text) for block in self._blocks]
        self._sizes = [*accumulate(sizes, initial=0)]
        self._linked = [*accumulate((block.linked for block in self._blocks), initial=0)]
        self._prosed = [*accumulate((n if p else 0 for n, p in zip(sizes, self._prose, strict=True)), initial=0)]
        self._total = max(1, self._prosed[-1])
        self._shares: dict[Box, tuple[float, float]] = {}
        self._weighed: dict[tuple[str, str], tuple[float, float]] = {}
        self._led: dict[Block, float] = {}
        self._times = Counter(block.text for block in self._blocks)
        self._add_kin()
        self._places: dict[HtmlElement, _Place] = dict.fromkeys(container.element.iterancestors(), _TOP)
        self._places[container.element] = _TOP
        self._find_boxes()
        comments = [place for place, block in enumerate(self._blocks) if _starts_comments(block.text)]
        self._comments = comments[0] if comments else None

    def _add_kin(self) -> None:
        self._kins = [block.kin for block in self._blocks]
        self._kin_blocks: Counter[Kin] = Counter(self._kins)
        self._kin_sizes: Counter[Kin] = Counter()
        self._kin_prose: Counter[Kin] = Counter()
        self._around_prose: Counter[tuple[str, str | None]] = Counter()
        for block, kin, prose in zip(self._blocks, self._kins, self._prose, strict=True):
            self._kin_sizes[kin] += len(block.text)
            if prose:
                self._kin_prose[kin] += len(block.text)
                self._around_prose[kin[2:]] += len(block.text)
        self._kin_figures: dict[Kin, tuple[float, ...]] = {kin: self._of_kin(kin) for kin in self._kin_blocks}

    def _of_kin(self, kin: Kin) -> tuple[float, ...]:
        return (
            self._kin_prose[kin] / self._total,
            self._kin_sizes[kin] / self._kin_blocks[kin],
            float(min(self._kin_blocks[kin], _MOST_BLOCKS)),
            self._around_prose[kin[2:]] / self._total,
        )

    def _find_boxes(self) -> None:
        """Note for each block the boxes around it: its branch of the container, the one but last, the last but one."""
        self._boxes: list[tuple[Box, Box, Box]] = [(self._box,) * 3] * len(self._blocks)
        pending = [(inner, (inner, self._box, self._box)) for inner in self._box.inner]
        while pending:
            box, around = pending.pop()
            start = box.first
            for inner in box.inner:
                self._note(start, inner.first, around)
                start = inner.end
                pending.append((inner, (around[0], box, around[1])))
            self._note(start, box.end, around)

    def _note(self, start: int, end: int, around: tuple[Box, Box, Box]) -> None:
        first = self._box.first
        self._boxes[start - first : end - first] = [around] * (end - start)

    def rows(self, places: Iterable[int]) -> list[list[float]]:
        """A row for each of these places in the container."""
        return [self._row(place) for place in places]

    def is_plain(self, place: int) -> bool:
        """Whether nothing is to be weighed: prose or a heading where much of the prose stands, a row, a quotation."""
        block = self._blocks[place]
        element = block.element
        if element.tag in _QUOTING or _is_quoted(element):
            return True
        if not (self._prose[place] or block.heading) or self._times[block.text] > 1:
            return False
        return _MUCH * self._around_prose[self._kins[place][2:]] > self._total

    def is_item(self, place: int) -> bool:
        """Whether a block is a heading, an item of a list or a value of a table."""
        return self._blocks[place].heading or self._blocks[place].element.tag in _LISTED

    def is_alone(self, place: int) -> bool:
        """Whether no other block is of its kin."""
        return self._kin_blocks[self._kins[place]] == 1

    def leads_here(self, place: int) -> bool:
        """Whether a block, or the linked one right above it, links to the same site: other articles of it do."""
        near = (self._blocks[other] for other in range(place, max(-1, place - _CARD), -1))
        titles = (block for block in near if block.linked)
        return any(2 * self._here(block) > 1 for block in islice(titles, 1))

    def _row(self, place: int) -> list[float]:
        block, text = self._blocks[place], self._blocks[place].text
        spot = self._place_of(block.element)
        branch, inner, outer = self._boxes[place]
        links = block.link_share
        return [
            *self._own(block, text),
            links,
            links * self._here(block) if links else 0.0,
            *self._agreement(text),
            float(ends_as_excerpt(text)),
            float(points_elsewhere(text, linked=links > _LINKED)),
            spot.names,
            spot.worst,
            float(spot.apart),
            float(spot.never),
            float(spot.hidden),
            float(spot.aside),
            *self._kin_figures[self._kins[place]],
            *self._shares_of(branch),
            float(min(self._size(branch), _MOST_SIZE)),
            *self._shares_of(outer),
            float(min(inner.end - inner.first, _MOST_BLOCKS)),
            self._shares_of(inner)[1],
            self._prosed[place] / self._total,
            (self._prosed[-1] - self._prosed[place + 1]) / self._total,
            float(min(place, _MOST_BLOCKS)),
            float(self._comments is not None and place >= self._comments),
            self._heading_links(place),
            float(min(len(self._blocks[place + 1].text), _LONGEST_BELOW)) if place + 1 < len(self._blocks) else -1.0,
        ]

    def _own(self, block: Block, text: str) -> tuple[float, ...]:
        tag = str(block.element.tag)
        start = text[:_COMPARED]
        compared = self._words and len(text) < _COMPARED
        shared = self._words.intersection(_WORD.findall(start.casefold())) if compared else ()
        return (
            float(_HEADING + int(tag[1]) if block.heading else _KINDS.get(tag, _OTHER)),
            float(min(len(text.split()), _MOST_WORDS)),
            _capitals(start) / len(start),
            len(shared) / max(1, len(self._words)),
            float(min(self._times[text], 4)),
        )

    def _agreement(self, text: str) -> tuple[float, float]:
        known = len(text) > _SHORT and text[:_KNOWN] in self._known
        described = bool(self._described) and len(text) > _SAID and _plain(text[:_KNOWN])[:_SAID] in self._described
        return (float(known) - float(len(self._known) < _LONGEST_BELOW), float(described))

    def _shares_of(self, box: Box) -> tuple[float, float]:
        """How much of all prose stands in a box, and how much of its text is links."""
        shares = self._shares.get(box)
        if shares is None:
            first, end = box.first - self._box.first, box.end - self._box.first
            linked = (self._linked[end] - self._linked[first]) / max(1, self._size(box))
            shares = self._shares[box] = ((self._prosed[end] - self._prosed[first]) / self._total, linked)
        return shares

    def _size(self, box: Box) -> int:
        return self._sizes[box.end - self._box.first] - self._sizes[box.first - self._box.first]

    def _heading_links(self, place: int) -> float:
        above = (self._blocks[other] for other in range(place - 1, max(-1, place - _HEADING_NEAR), -1))
        return next((block.link_share for block in above if block.heading), -1.0)

    def _here(self, block: Block) -> float:
        """Part of a block's links that lead to other pages of the same site, 0 to 1."""
        here = self._led.get(block)
        if here is None:
            links = [*islice(block.element.iter("a"), _MOST_LINKS)] or [*islice(block.element.iterancestors("a"), 1)]
            led = sum(_leads_here(link.get("href", ""), self._said.host) for link in links)
            here = self._led[block] = led / max(1, len(links))
        return here

    def _place_of(self, element: HtmlElement) -> _Place:
        path: list[HtmlElement] = []
        node: HtmlElement | None = element
        while node is not None and node not in self._places:
            path.append(node)
            node = node.getparent()
        place = _TOP if node is None else self._places[node]
        for node in reversed(path):
            place = self._places[node] = self._below(node, place)
        return place

    def _below(self, element: HtmlElement, above: _Place) -> _Place:
        names = names_of(element)
        named, worst = self._odds_of(names, str(element.tag))
        return _Place(
            max(_WORST_SUM, above.names + named),
            min(above.worst, worst),
            above.apart or stands_apart(element, names),
            above.never or is_never_text(element, names),
            above.hidden or is_hidden(element) or element.get("aria-hidden") == "true",
            above.aside or element.tag in _ASIDE or element.get("role") in _ASIDE_ROLES,
        )

    def _odds_of(self, names: str, tag: str) -> tuple[float, float]:
        """The sum of the odds of the words that name an element, and the worst of them."""
        found = self._weighed.get((names, tag))
        if found is None:
            odds = [self._odds[word] for word in name_words(names, tag) if word in self._odds]
            found = self._weighed[names, tag] = (sum(odds), min(odds, default=_PLAIN_NAME))
        return found


def _is_quoted(element: HtmlElement) -> bool:
    parent = element.getparent()
    if parent is None or parent.tag == "blockquote":
        return parent is not None
    outer = parent.getparent()
    return outer is not None and outer.tag == "blockquote"


def _leads_here(address: str, host: str) -> bool:
    """Whether an address is another page of the same site: not of another one, and no place in this page."""
    address = address.strip()
    if not address or address.startswith(("#", "mailto:", "javascript:", "tel:")):
        return False
    if not address.startswith(("http:", "https:", "//")):
        return True
    try:
        other = (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return False
    own = host.removeprefix("www.")
    return bool(other and own) and (other == own or other.endswith(f".{own}") or own.endswith(f".{other}"))


def _capitals(text: str) -> int:
    ascii_ones = len(text.encode("utf-8", "surrogatepass").translate(None, _NO_CAPITALS))
    return ascii_ones if text.isascii() else ascii_ones + sum(map(str.isupper, _NOT_ASCII.findall(text)))


def _plain(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))
