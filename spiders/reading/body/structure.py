"""What the build of a page says about its blocks, whatever its classes are called.

Lists of other articles, boxes that present an author, captions, forms that ask for a password, blocks that are kin.
Takes blocks and boxes; gives sets of blocks. Nothing here reads a class name, except to compare it with another.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from lxml.html import HtmlElement

    from spiders.reading.markup.blocks import Block, Box, Kin

AUTHOR_PAGE = re.compile(
    r"(?i)/(?:authors?|autor(?:en|es|in)?|auteurs?|autori|penulis|pewarta|reporters?|journalists?|redakteure?)/[^/]"
)
_EXCERPT_END = re.compile(r"(?:…|\.\.\.|\[…\]|\[\.\.\.\])\W*(?:[\w ]{0,20}»?)?$")
"""The end of an excerpt: the sentence goes on elsewhere."""
_LONGEST_CARD = 600
_LEAST_CARDS = 2
_TITLE = 12
"""Characters of the shortest link that may be the title of an article."""
_LINKED = 0.8
_LONGEST_ROW = 3
"""Blocks: a title, an excerpt and its date."""
_OPENING = 3
"""Blocks of a card among which its title stands."""
_LEAST_TEXT = 0.5
"""Part of the prose that stands outside the cards, where nothing else says that they are of others."""
_LONGEST_BOX = 900
"""Characters of the longest box that presents an author."""
_CLIMB = 4
_LONGEST_CAPTION = 300
_PARAGRAPHS = frozenset(("p", "li", "blockquote", "td", "tr", "dd", "dt", "h1", "h2", "h3", "h4", "h5", "h6"))
_MOST = 400
"""Links to authors that are looked at."""
_LEAST_PARAGRAPH, _MOST_PARAGRAPHS = 80, 3
"""Characters of a paragraph, and paragraphs by which a form is seen to hold a text."""


def main_kin(blocks: Iterable[Block], least: int) -> Kin | None:
    """The kin that holds most of the characters in paragraphs of at least `least` characters; None without one."""
    sizes: Counter[Kin] = Counter()
    for block in blocks:
        if not block.heading and len(block.text) >= least:
            sizes[block.kin] += len(block.text)
    return sizes.most_common(1)[0][0] if sizes else None


def opens_linked(block: Block) -> bool:
    """Whether a block begins with a link that may be the title of an article."""
    if block.link_share > _LINKED:  # it holds the link, or stands in it
        return len(block.text) > _TITLE
    if not block.linked or not block.marks or block.marks[0][1] != "<a>":
        return False
    start = block.marks[0][0]
    end = block.marks[1][0] if len(block.marks) > 1 else len(block.texts)
    lead = "".join(block.texts[:start]).strip()
    return not lead and len("".join(block.texts[start:end]).strip()) > _TITLE


def other_articles(blocks: Sequence[Block], within: Box) -> frozenset[Block]:
    """Blocks of lists of other articles: siblings built alike, each a linked title with an excerpt or a date.

    Args:
        blocks: All of the page.
        within: Box in which the text stands; a list is part of it.
    """
    found: set[Block] = set()
    total = sum(len(block.text) for block in blocks[within.first : within.end])
    pending = [within]
    while pending:
        box = pending.pop()
        cards = _cards(blocks, box)
        if cards:
            inside = [block for card in cards for block in blocks[card.first : card.end]]
            size = sum(len(block.text) for block in inside)
            if size <= (1 - _LEAST_TEXT) * total or _are_excerpts(blocks, cards):
                found.update(inside)
        pending += box.inner
    rows = _rows(blocks[within.first : within.end])
    size = sum(len(block.text) for row in rows for block in row)
    if len(rows) >= _LEAST_CARDS and size <= (1 - _LEAST_TEXT) * total:
        found.update(block for row in rows for block in row)
    return frozenset(found)


def _rows(blocks: Sequence[Block]) -> list[Sequence[Block]]:
    """Linked headings with an excerpt each, in a row of siblings up to the end: cards without boxes."""
    rows: list[Sequence[Block]] = []
    end = len(blocks)
    for place in range(len(blocks) - 1, -1, -1):
        if blocks[place].heading:
            row = blocks[place:end]
            is_row = opens_linked(row[0]) and 1 < len(row) <= _LONGEST_ROW
            if not is_row or sum(len(block.text) for block in row) > _LONGEST_CARD:
                break
            rows.append(row)
            end = place
    return rows


def _cards(blocks: Sequence[Block], box: Box) -> list[Box]:
    """Boxes directly in a box that are built alike and begin with a linked title each; none where they are few."""
    if len(box.inner) < _LEAST_CARDS:
        return []
    groups: dict[tuple[str, str | None], list[Box]] = {}
    for inner in box.inner:
        groups.setdefault((str(inner.element.tag), inner.element.get("class")), []).append(inner)
    alike = (group for group in groups.values() if len(group) >= _LEAST_CARDS)
    cards = (_alike_cards(blocks, group) for group in alike)
    return next((group for group in cards if len(group) >= _LEAST_CARDS), [])


def _alike_cards(blocks: Sequence[Block], group: list[Box]) -> list[Box]:
    """The cards of a group; all its small boxes where most are cards, for a title of two words is one too."""
    cards = [card for card in group if is_card(blocks, card)]
    if len(cards) < len(group) < 2 * len(cards):
        return [box for box in group if _size(blocks, box) <= _LONGEST_CARD]
    return cards


def _size(blocks: Sequence[Block], box: Box) -> int:
    return sum(len(block.text) for block in blocks[box.first : box.end])


def is_card(blocks: Sequence[Block], box: Box) -> bool:
    """Whether a box begins with a linked title, holds text beside it, and no more than a teaser does."""
    own = blocks[box.first : box.end]
    size = sum(len(block.text) for block in own[:20])
    if size > _LONGEST_CARD or len(own) > 20:  # noqa: PLR2004 - blocks: more are no teaser
        return False
    titles = [block for block in own[:_OPENING] if opens_linked(block)]
    linked = sum(block.linked for block in own)
    return bool(titles) and (titles[0].heading or titles[0].link_share > _LINKED) and linked < size


def ends_as_excerpt(text: str) -> bool:
    """Whether a text breaks off, to go on elsewhere."""
    return ("…" in text or "..." in text) and _EXCERPT_END.search(text) is not None


def _are_excerpts(blocks: Sequence[Block], cards: list[Box]) -> bool:
    """Whether most cards end in the middle of a sentence, as teasers do."""
    cut = sum(any(ends_as_excerpt(block.text) for block in blocks[card.first : card.end]) for card in cards)
    return 2 * cut > len(cards)


def cut_items(blocks: Sequence[Block]) -> frozenset[Block]:
    """List items that are a linked title and the beginning of a text each: teasers in one line."""
    items = [
        block for block in blocks if block.element.tag == "li" and opens_linked(block) and ends_as_excerpt(block.text)
    ]
    parents = Counter(block.element.getparent() for block in items)
    return frozenset(block for block in items if parents[block.element.getparent()] >= _LEAST_CARDS)


def author_boxes(root: HtmlElement, containers: Collection[HtmlElement], text: Iterable[Block]) -> list[HtmlElement]:
    """Elements that present an author: a link to the author's page and some sentences, small beside the text.

    Args:
        root: The page's `<body>`.
        containers: What holds the text: never such a box.
        text: Blocks taken for text so far.
    """
    links = [*_author_links(root)]
    if not links:
        return []
    sizes: Counter[HtmlElement] = Counter()
    for block in text:
        for ancestor in block.element.iterancestors():
            sizes[ancestor] += len(block.text)
    whole = max(sizes.values(), default=0)
    around = {ancestor for container in containers for ancestor in container.iterancestors()} | set(containers)
    found = []
    for link in links:
        box, node = None, link
        for _ in range(_CLIMB):
            parent = node.getparent()
            if parent is None or parent in around or node.tag == "p":
                break
            node = parent
            if sizes[node] > min(_LONGEST_BOX, whole / 2):
                break
            if sizes[node]:
                box = node
        if box is not None and box.tag != "p":
            found.append(box)
    return found


def _author_links(root: HtmlElement) -> Iterator[HtmlElement]:
    links = (link for link in root.iter("a") if is_author_link(link))
    for _, link in zip(range(_MOST), links, strict=False):
        yield link


def is_author_link(link: HtmlElement) -> bool:
    """Whether a link leads to the page of an author."""
    return "author" in link.get("rel", "").split() or AUTHOR_PAGE.search(link.get("href", "")[:300]) is not None


def captions(blocks: Iterable[Block]) -> frozenset[Block]:
    """Blocks that share an element with a picture and with nothing else: its caption and its credit.

    Args:
        blocks: All those of a stretch of the page, so that a text around a picture is seen whole.
    """
    groups: dict[HtmlElement, list[Block]] = {}
    for block in blocks:
        if block.element.tag not in _PARAGRAPHS:
            groups.setdefault(block.element, []).append(block)
    alone = (group for group in groups.values() if sum(len(block.text) for block in group) <= _LONGEST_CAPTION)
    return frozenset(block for group in alone if _holds_picture(group[0].element) for block in group)


def _holds_picture(element: HtmlElement) -> bool:
    """Whether a picture stands in an element and no paragraph does."""
    if next(element.iter("img", "picture"), None) is None:
        return False
    return all(inner is element for inner in element.iter("p", "article", "section"))


def asks_password(element: HtmlElement) -> bool:
    """Whether an element is a form that asks for a password: what stands in it is no text.

    A form around the whole page, as ASP.NET makes it, holds paragraphs as well.
    """
    if element.tag != "form" or all(field.get("type", "").lower() != "password" for field in element.iter("input")):
        return False
    paragraphs = (inner for inner in element.iter("p") if len(inner.text or "") >= _LEAST_PARAGRAPH)
    return len(list(islice(paragraphs, _MOST_PARAGRAPHS))) < _MOST_PARAGRAPHS
