"""What speaks for and against a block being text of the article: numbers, to be weighed by `weighing`.

Takes the blocks and boxes of a page and gives one row of figures for each block of a window around the container.
No figure decides anything alone: a class called `widget` is one sign beside the block's parent, its neighbours and its links.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from spiders.reading.body.boilerplate import (
    author_words,
    is_boilerplate,
    is_hidden,
    is_never_text,
    points_elsewhere,
    stands_apart_by_name,
    starts_comments,
    starts_others,
)
from spiders.reading.markup.blocks import LONGEST_NAMES
from spiders.reading.printed.datelines import is_open_dateline

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lxml.html import HtmlElement

    from spiders.reading.markup.blocks import Block, Box

_END = re.compile(r"[.!?…:;。！？][\"'”’»“)\]\s]*$")
_STOP = re.compile(r"[.!?…。！？][\"'”’»“)\]]*(?:\s|$)")
_WORD = re.compile(r"\w+")
_TOKEN = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_AUTHOR_PAGE = re.compile(
    r"(?i)/(?:authors?|autor(?:en|es|in)?|auteurs?|autori|penulis|pewarta|reporters?|journalists?|redakteure?)/[^/]"
)
_PROSE = 80
"""Characters from which a block that ends as a sentence is prose."""
_LINKED = 0.5
_ABOVE, _BELOW = 40, 60
"""Blocks before and behind the container that are weighed too."""
_CARD = 700
"""Characters of the longest card of a list of other articles."""
_AUTHOR_BOX = 900
"""Characters of the longest box that presents an author."""
_AUTHOR_CLIMB = 4
_FAR = 20
_KNOWN = 60
_SAID = 40
_MOST_NAMES = 40
_TAGS = {"p": 0, "li": 2, "blockquote": 3, "td": 4, "th": 4, "tr": 4, "dd": 5, "dt": 5, "pre": 6}
_OTHER_TAG, _HEADING_TAG = 7, 1

FIGURES = (
    *("tag", "length", "words", "ends", "stops", "starts_small", "digits", "capitals", "links", "starts_linked"),
    *("inside", "before", "behind", "apart", "never", "hidden", "names", "own_names", "aside", "form", "header"),
    *("article", "list", "table", "quote", "depth", "parent_prose", "kin_prose", "same_parent", "same_kin"),
    *("parent_links", "branch_links", "branch_share", "branch_titles", "branch_headings", "cards", "author_box"),
    *("author_words", "elsewhere", "boilerplate", "after_others", "after_comments", "place", "to_prose_above"),
    *("to_prose_below", "prose_before", "prose_after", "longer_above", "longer_below", "linked_above", "linked_below"),
    *("heading_above", "heading_below", "linked_heading", "ends_above", "known", "described", "headline", "repeated"),
    *("dateline", "share", "colon_above"),
)
"""Names of the figures of a row, in their order."""


class Said(NamedTuple):
    """What the page says about its article outside the text, folded to letters and digits."""

    headline: str
    descriptions: tuple[str, ...]
    text: str


class Place(NamedTuple):
    """What the ancestors of a block say, each element asked once."""

    apart: bool
    never: bool
    hidden: bool
    names: float
    own: float
    aside: bool
    form: bool
    header: bool
    article: bool
    listed: bool
    table: bool
    quote: bool
    author: bool
    depth: int


_TOP = Place(*(False,) * 3, 0.0, 0.0, *(False,) * 8, 0)  # type: ignore[arg-type]


class Evidence:
    """Figures of the blocks around one container."""

    def __init__(
        self, blocks: Sequence[Block], container: Box, root: Box, said: Said, odds: Mapping[str, float]
    ) -> None:
        """Prepare.

        Args:
            blocks: All of the page.
            container: Box that holds most of the text.
            root: Box of the whole page.
            said: What locates text and headline.
            odds: For words of class names: how much they speak for text.
        """
        self.blocks, self.container, self.said, self._odds = blocks, container, said, odds
        self.first, self.end = max(0, container.first - _ABOVE), min(len(blocks), container.end + _BELOW)
        self._places: dict[HtmlElement, Place] = {}
        self._ends = frozenset(container.element.iterancestors()) | {container.element}
        self._sums()
        self._walk_boxes(root)

    def _sums(self) -> None:
        blocks = self.blocks
        self.prose = [not b.heading and len(b.text) >= _PROSE and b.link_share < _LINKED for b in blocks]
        self._chars = [*accumulate((len(b.text) for b in blocks), initial=0)]
        self._linked = [*accumulate((b.linked for b in blocks), initial=0)]
        self._prosed = [*accumulate((len(b.text) if p else 0 for b, p in zip(blocks, self.prose, strict=True)), initial=0)]
        titled = (b.link_share > _LINKED and (b.heading or len(b.text) > 25) for b in blocks)
        self._titles = [*accumulate(titled, initial=0)]
        self._headings = [*accumulate((b.heading for b in blocks), initial=0)]

    def _walk_boxes(self, root: Box) -> None:
        """Note for each block of the window its parent, its branch of the container and whether it stands in a card."""
        count = len(self.blocks)
        self._parent: list[Box] = [root] * count
        self._branch: list[Box] = [root] * count
        self._cards = [0] * count
        container = self.container
        pending: list[tuple[Box, Box, int]] = [(root, root, 0)]
        while pending:
            box, branch, cards = pending.pop()
            if box.end <= self.first or box.first >= self.end:
                continue
            within = box is container or box.element in self._ends
            inner_cards = self._card_members(box)
            for inner in box.inner:
                pending.append((inner, inner if within else branch, max(cards, inner_cards.get(inner.first, 0))))
            if len(box.inner) == 0 or sum(i.end - i.first for i in box.inner) < box.end - box.first:
                taken = {p for i in box.inner for p in range(i.first, i.end)} if box.inner else set()
                for place in range(box.first, box.end):
                    if place not in taken:
                        self._parent[place], self._branch[place], self._cards[place] = box, branch, cards
        parents: Counter[HtmlElement] = Counter()
        kin: Counter[tuple[str, str | None, str, str | None]] = Counter()
        for place in range(container.first, container.end):
            if self.prose[place] and not self._cards[place]:
                parents[self._around(place)] += len(self.blocks[place].text)
                kin[self._kin(place)] += len(self.blocks[place].text)
        self._parents, self._kins = parents, kin
        self._total = max(1, sum(parents.values()))
        self._main_parent = parents.most_common(1)[0][0] if parents else None
        self._main_kin = kin.most_common(1)[0][0] if kin else None

    def _around(self, place: int) -> HtmlElement:
        element = self.blocks[place].element
        parent = element.getparent()
        return element if parent is None else parent

    def _kin(self, place: int) -> tuple[str, str | None, str, str | None]:
        element, around = self.blocks[place].element, self._around(place)
        return (str(element.tag), element.get("class"), str(around.tag), around.get("class"))

    def _card_members(self, box: Box) -> dict[int, int]:
        """Boxes directly in a box that look like a list of other articles: how many of them, by their first block."""
        if len(box.inner) < 2:  # noqa: PLR2004 - one is no list
            return {}
        groups: dict[tuple[str, str | None], list[Box]] = {}
        for inner in box.inner:
            groups.setdefault((str(inner.element.tag), inner.element.get("class")), []).append(inner)
        found: dict[int, int] = {}
        for members in groups.values():
            cards = [m for m in members if self._is_card(m)]
            if len(cards) > 1 and 2 * len(cards) > len(members):
                found.update((m.first, len(cards)) for m in cards)
        return found

    def _is_card(self, box: Box) -> bool:
        size = self._chars[box.end] - self._chars[box.first]
        if size > _CARD:
            return False
        return any(_opens_linked(self.blocks[place]) for place in range(box.first, min(box.end, box.first + 3)))

    def place_of(self, element: HtmlElement) -> Place:
        """What an element and its ancestors up to the container say."""
        known = self._places.get(element)
        if known is not None:
            return known
        path: list[HtmlElement] = []
        node: HtmlElement | None = element
        while node is not None and node not in self._places and node not in self._ends:
            path.append(node)
            node = node.getparent()
        place = self._places.get(node, _TOP) if node is not None else _TOP
        for node in reversed(path):
            place = self._places[node] = self._below(node, place)
        return place

    def _below(self, element: HtmlElement, above: Place) -> Place:
        tag = element.tag
        names = f"{element.get('class', '')[:LONGEST_NAMES]} {element.get('id', '')[:LONGEST_NAMES]}".strip()
        odds = self._odds
        own = sum(odds.get(word.lower(), 0.0) for word in dict.fromkeys(_TOKEN.findall(names))) if names else 0.0
        return Place(
            above.apart or (bool(names) and stands_apart_by_name(names)),
            above.never or is_never_text(element),
            above.hidden or is_hidden(element),
            above.names + own,
            own,
            above.aside or tag in {"aside", "nav", "menu", "dialog"},
            above.form or tag == "form",
            above.header or tag in {"header", "footer"},
            above.article or tag == "article",
            above.listed or tag in {"li", "ul", "ol"},
            above.table or tag == "table",
            above.quote or tag == "blockquote",
            above.author or (bool(names) and author_words(names)),
            above.depth + 1,
        )

    def rows(self) -> list[list[float]]:
        """One row for each block of the window."""
        blocks, first, end = self.blocks, self.first, self.end
        folded = [_folded(blocks[place].text) for place in range(first, end)]
        times = Counter(folded)
        author = self._author_places()
        prose = [place for place in range(first, end) if self.prose[place] and not self._cards[place]]
        others = comments = 0
        rows = []
        pointer = 0
        headline_words = frozenset(_WORD.findall(self.said.headline.casefold()))
        spread = self._prosed[end] - self._prosed[first] or 1
        for place in range(first, end):
            block = blocks[place]
            text = block.text
            while pointer < len(prose) and prose[pointer] < place:
                pointer += 1
            here = pointer < len(prose) and prose[pointer] == place
            below_at = pointer + 1 if here else pointer
            above = place - prose[pointer - 1] if pointer else _FAR
            below = prose[below_at] - place if below_at < len(prose) else _FAR
            others = 1 if starts_others(text) else (others + 1 if others else 0)
            comments = 1 if starts_comments(text) else (comments + 1 if comments else 0)
            plain = folded[place - first]
            spot = self.place_of(block.element)
            rows.append(
                [
                    *self._own(block, text),
                    *self._where(place, spot),
                    *self._kinship(place),
                    *self._branch_of(place),
                    float(author.get(place, 0)),
                    float(spot.author),
                    float(points_elsewhere(text, linked=block.link_share > _LINKED)),
                    float(is_boilerplate(text)),
                    float(min(others, _FAR)),
                    float(min(comments, _FAR)),
                    (place - first) / max(1, end - first),
                    float(min(above, _FAR)),
                    float(min(below, _FAR)),
                    (self._prosed[place] - self._prosed[first]) / spread,
                    (self._prosed[end] - self._prosed[place + 1]) / spread,
                    *self._beside(place),
                    float(len(plain) >= _SAID and plain[:_KNOWN] in self.said.text) - float(not self.said.text),
                    float(len(plain) >= _SAID and any(d.startswith(plain[:_SAID]) for d in self.said.descriptions)),
                    _overlap(text, headline_words),
                    float(min(times[plain], 3)),
                    float(is_open_dateline(text)),
                    len(text) / max(1, self._prosed[end] - self._prosed[first]),
                    float(place > 0 and blocks[place - 1].text.endswith(":")),
                ]
            )
        return rows

    def _own(self, block: Block, text: str) -> tuple[float, ...]:
        words = text.split()
        letters = sum(map(str.isalpha, text)) or 1
        return (
            float(_HEADING_TAG if block.heading else _TAGS.get(str(block.element.tag), _OTHER_TAG)),
            float(min(len(text), 1000)),
            float(min(len(words), 100)),
            float(_END.search(text) is not None),
            float(min(len(_STOP.findall(text)), 6)),
            float(text[:1].islower()),
            sum(map(str.isdigit, text)) / len(text),
            sum(map(str.isupper, text)) / letters,
            block.link_share,
            float(_opens_linked(block)),
        )

    def _where(self, place: int, spot: Place) -> tuple[float, ...]:
        box = self.container
        return (
            float(box.first <= place < box.end),
            float(max(0, box.first - place)),
            float(max(0, place - box.end + 1)),
            float(spot.apart),
            float(spot.never),
            float(spot.hidden),
            max(-6.0, min(6.0, spot.names)),
            max(-6.0, min(6.0, spot.own)),
            float(spot.aside),
            float(spot.form),
            float(spot.header),
            float(spot.article),
            float(spot.listed),
            float(spot.table),
            float(spot.quote),
            float(min(spot.depth, 12)),
        )

    def _kinship(self, place: int) -> tuple[float, ...]:
        around, kin = self._around(place), self._kin(place)
        return (
            self._parents[around] / self._total,
            self._kins[kin] / self._total,
            float(around is self._main_parent),
            float(kin == self._main_kin),
        )

    def _branch_of(self, place: int) -> tuple[float, ...]:
        parent, branch = self._parent[place], self._branch[place]
        chars = self._chars[branch.end] - self._chars[branch.first] or 1
        titles = self._titles[branch.end] - self._titles[branch.first]
        headings = self._headings[branch.end] - self._headings[branch.first]
        own = self._chars[parent.end] - self._chars[parent.first] or 1
        return (
            (self._linked[parent.end] - self._linked[parent.first]) / own,
            (self._linked[branch.end] - self._linked[branch.first]) / chars,
            (self._prosed[branch.end] - self._prosed[branch.first]) / self._total,
            float(min(titles, 10)),
            float(min(headings, 10)),
            float(min(self._cards[place], 6)),
        )

    def _beside(self, place: int) -> tuple[float, ...]:
        blocks = self.blocks
        above = blocks[place - 1] if place else None
        below = blocks[place + 1] if place + 1 < len(blocks) else None
        heading = next((b for b in reversed(blocks[max(0, place - 3) : place]) if b.heading), None)
        return (
            float(min(len(above.text), 400)) if above else -1.0,
            float(min(len(below.text), 400)) if below else -1.0,
            above.link_share if above else -1.0,
            below.link_share if below else -1.0,
            float(above is not None and above.heading),
            float(below is not None and below.heading),
            heading.link_share if heading is not None else -1.0,
            float(above is not None and _END.search(above.text) is not None),
        )

    def _author_places(self) -> dict[int, int]:
        """Blocks in a small box that links to the page of an author: 1, or 2 where it holds a sentence too."""
        found: dict[int, int] = {}
        for place in range(self.first, self.end):
            block = self.blocks[place]
            if not block.linked and block.element.get("itemprop") is None:
                continue
            if not any(map(_is_author_link, block.element.iter("a"))):
                continue
            box = self._author_box(block.element, place)
            for member in range(*box):
                found[member] = 1 + (box[1] - box[0] > 1)
        return found

    def _author_box(self, element: HtmlElement, place: int) -> tuple[int, int]:
        first, end = place, place + 1
        node = element
        for _ in range(_AUTHOR_CLIMB):
            parent = node.getparent()
            if parent is None or parent in self._ends:
                break
            node = parent
            low, high = self._span(node, place)
            if self._chars[high] - self._chars[low] > _AUTHOR_BOX:
                break
            first, end = low, high
        return first, end

    def _span(self, element: HtmlElement, place: int) -> tuple[int, int]:
        """Places of the blocks in an element around one of them."""
        low, high = place, place + 1
        while low > self.first and place - low < _FAR and _lies_in(self.blocks[low - 1].element, element):
            low -= 1
        while high < self.end and high - place < _FAR and _lies_in(self.blocks[high].element, element):
            high += 1
        return low, high


def _lies_in(element: HtmlElement, ancestor: HtmlElement) -> bool:
    node: HtmlElement | None = element
    for _ in range(_FAR):
        if node is None:
            return False
        if node is ancestor:
            return True
        node = node.getparent()
    return False


def _is_author_link(link: HtmlElement) -> bool:
    return "author" in link.get("rel", "").split() or _AUTHOR_PAGE.search(link.get("href", "")[:300]) is not None


def _opens_linked(block: Block) -> bool:
    """Whether a block begins with a link of some words."""
    if not block.linked or not block.marks or block.marks[0][1] != "<a>":
        return False
    if block.link_share > 0.8:  # noqa: PLR2004 - nearly all of it
        return len(block.text) > 12  # noqa: PLR2004 - a word or two are a label
    start = block.marks[0][0]
    end = block.marks[1][0] if len(block.marks) > 1 else len(block.texts)
    lead = "".join(block.texts[:start]).strip()
    return not lead and len("".join(block.texts[start:end]).strip()) > 15  # noqa: PLR2004 - a title


def _overlap(text: str, words: frozenset[str]) -> float:
    if not words:
        return 0.0
    own = set(_WORD.findall(text[:500].casefold()))
    return len(own & words) / len(words)


def _folded(text: str) -> str:
    return "".join(filter(str.isalnum, text[:300].casefold()))
