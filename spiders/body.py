"""Find the body of an article among the blocks of its page: score them, find the container, filter what is in it."""

from __future__ import annotations

import re
from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING

from spiders.blocks import Block, blocks_of
from spiders.boilerplate import is_never_text, stands_apart, starts_comments, starts_others
from spiders.bylines import is_open_dateline
from spiders.containers import find_container
from spiders.inherited import Inherited
from spiders.lead import find_captions, find_lead
from spiders.scripts import script_blocks

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from lxml.html import HtmlElement


_END = re.compile(r"[.!?…:;。！？][\"'”’»“)\]\s]*$")
_ADDRESS = re.compile(r"https?://\S")
_TEXT_TAGS = frozenset(("p", "li", "blockquote"))
_PROSE = 80
_MOST_LINKED = 0.5
_MOST_LINKED_SENTENCE = 0.85
_LEAST_KEPT = 0.3
_LABEL = 40
_LABELS = 4
_NO_TEXT = 120
_LEAST_BELOW = 500
_LABELS_ONLY = 300
_STANDFIRST = 50
_HEADER = 40
_ABOVE = 6
_BELOW = 8


class Body:
    """The body of a page: its containers, and the blocks in them that are text of the article."""

    def __init__(
        self,
        root: HtmlElement,
        *,
        containers: Collection[HtmlElement] = (),
        skipped: Collection[HtmlElement] = (),
        hint: str = "",
        headline: str = "",
        descriptions: Collection[str] = (),
    ) -> None:
        """Find it.

        Args:
            root: The page's `<body>`.
            containers: Where the text stands, if a selector says so; found by scoring otherwise.
            skipped: Elements that are known to be no text.
            hint: The text as structured data have it, complete or not: it locates the body.
            headline: As printed: text between it and the container belongs to the article.
            descriptions: What structured data say the article is about: often its standfirst.
        """
        self.blocks = blocks_of(root, skipped)
        """All blocks of the page in order."""
        self.containers = frozenset(containers) or frozenset((find_container(root, self.blocks, hint, headline),))
        inside = Inherited(lambda element: element in self.containers)
        found = [block for block in self.blocks if inside(block.element)]
        if not containers:
            found = self._below(headline, found)
        kept = _filtered(found, self.containers)
        text = list(_with_headings(kept if containers else _trimmed(list(filter(_is_text, kept)))))
        if text and not containers:
            above = self.blocks[: self.blocks.index(text[0])]
            text = find_lead(above, headline, descriptions, self.containers) + text
        if not containers and _holds_nothing(text):
            text = _trimmed(script_blocks(root.getroottree().getroot())) or find_captions(root, descriptions) or text
        self.text_blocks = text
        """The blocks of the containers that are text of the article, in order."""

    def _below(self, headline: str, found: list[Block]) -> list[Block]:
        """The blocks found after the headline, if it stands first among them and a text follows."""
        title = headline.casefold()
        first = next((block for block in self.blocks if block.heading and block.text.casefold() == title), None)
        below = found[found.index(first) + 1 :] if first in found else []
        return below if _length(below) > _LEAST_BELOW else found

    @property
    def _is_printed(self) -> bool:
        """Whether the text is one of the page rather than of its scripts."""
        return bool(self.text_blocks) and self.text_blocks[-1] in self.blocks

    def header(self, headline: str) -> list[Block]:
        """Blocks in which date, byline and counter are printed: from the headline to the text, then those above it."""
        end = self.blocks.index(self.text_blocks[0]) if self._is_printed else 0
        near = range(max(0, end - _HEADER), end)
        start = max((place for place in near if self.blocks[place].text == headline), default=near.start)
        above = self.blocks[max(0, start - _ABOVE) : start]
        return [*self.blocks[start:end], *reversed(above)]

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


def _filtered(blocks: list[Block], containers: Collection[HtmlElement]) -> list[Block]:
    prose = [block for block in blocks if not _is_linked(block)]
    apart = Inherited(stands_apart, containers)
    kept = [block for block in prose if not apart(block.element)]
    if _length(kept) < _LEAST_KEPT * _length(prose):  # the names mislead: they are a hint, no rule
        never = Inherited(is_never_text, containers)
        kept = [block for block in prose if not never(block.element)] or prose
    return _until_end(kept)


def _until_end(blocks: list[Block]) -> list[Block]:
    """The blocks before the comments, or before a list of other articles in the second half.

    Paragraphs after such a list are text where they stand beside most of the others.
    """
    total = _length(blocks)
    before = 0
    for place, block in enumerate(blocks):
        if before and starts_comments(block.text):
            return blocks[:place]
        if 2 * before > total and starts_others(block.text):
            return blocks[:place] + _beside(blocks[:place], blocks[place + 1 :])
        before += len(block.text)
    return blocks


def _beside(text: list[Block], others: list[Block]) -> list[Block]:
    """Blocks up to the last long paragraph with the same parent as most of the text."""
    parents: Counter[HtmlElement] = Counter()
    for block in text:
        if block.element.tag == "p":
            parents[block.element.getparent()] += len(block.text)
    if not parents:
        return []
    parent = parents.most_common(1)[0][0]
    places = [place for place, block in enumerate(others) if _is_prose(block) and _stands_in(block, parent)]
    return [block for block in others[: places[-1] + 1] if _stands_in(block, parent)] if len(places) > 1 else []


def _holds_nothing(blocks: list[Block]) -> bool:
    """Whether some labels are all that was found."""
    return _length(blocks) < _LABELS_ONLY and _length(filter(_is_prose, blocks)) < _NO_TEXT


def _stands_in(block: Block, parent: HtmlElement) -> bool:
    return block.element.tag == "p" and block.element.getparent() is parent


def _is_prose(block: Block) -> bool:
    return len(block.text) >= _PROSE and _END.search(block.text) is not None


def _is_linked(block: Block) -> bool:
    """Whether a block is a link rather than a sentence with links in it."""
    if block.link_share <= _MOST_LINKED:
        return False
    if _ADDRESS.search(block.text):  # printed for its own sake
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


def _trimmed(blocks: list[Block]) -> list[Block]:
    """The blocks without labels, bylines and dates before the first sentence, and such lines after the last."""
    sentences = [place for place, block in enumerate(blocks) if not block.heading and _is_sentence(block.text)]
    if not sentences:
        return blocks
    first, last = sentences[0], sentences[-1] + 1
    above = [block for block in blocks[:first] if block.heading and len(block.text) >= _STANDFIRST]
    below = [block for block in blocks[last:] if not _is_label(block)]
    return [*(above if first <= _LABELS else blocks[:first]), *blocks[first:last], *below]


def _is_label(block: Block) -> bool:
    """Whether a block after the text is none of it; a signature in brackets is."""
    return len(block.text) < _LABEL and block.element.tag != "li" and not block.text.endswith(")")


def _is_sentence(text: str) -> bool:
    return len(text) >= _PROSE or _END.search(text) is not None or is_open_dateline(text)


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
