"""Which blocks of a container are text of the article: links, boxes, lists of other articles and labels are not."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from spiders.reading.body.boilerplate import is_never_text, stands_apart, starts_comments, starts_others
from spiders.reading.markup.inherited import Inherited
from spiders.reading.printed.datelines import is_open_dateline

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from lxml.html import HtmlElement

    from spiders.reading.markup.blocks import Block

_END = re.compile(r"[.!?…:;。！？][\"'”’»“)\]\s]*$")
_ADDRESS = re.compile(r"https?://\S")
_TEXT_TAGS = frozenset(("p", "li", "blockquote"))
_PROSE = 80
"""Characters: a longer block is no label."""
_MOST_LINKED = 0.5
_MOST_LINKED_SENTENCE = 0.85
_LEAST_KEPT = 0.3
_LABEL = 40
_STANDFIRST = 50
"""Characters of a heading that is a sentence, and no second headline."""
_LABELS = 4
_NO_TEXT = 120
_LABELS_ONLY = 300


def filtered(blocks: list[Block], containers: Collection[HtmlElement]) -> list[Block]:
    """The blocks of the containers without links, elements that stand apart, and all that follows the text."""
    prose = [block for block in blocks if not _is_linked(block)]
    apart = Inherited(stands_apart, containers)
    kept = [block for block in prose if not apart(block.element)]
    if length_of(kept) < _LEAST_KEPT * length_of(prose):  # the names mislead: they are a hint, no rule
        never = Inherited(is_never_text, containers)
        kept = [block for block in prose if not never(block.element)] or prose
    return _until_end(kept)


def _until_end(blocks: list[Block]) -> list[Block]:
    """The blocks before the comments, or before a list of other articles in the second half.

    Paragraphs after such a list are text where they stand beside most of the others.
    """
    total = length_of(blocks)
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


def holds_nothing(blocks: list[Block]) -> bool:
    """Whether some labels are all that was found."""
    return length_of(blocks) < _LABELS_ONLY and length_of(filter(_is_prose, blocks)) < _NO_TEXT


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


def length_of(blocks: Iterable[Block]) -> int:
    """Characters of text."""
    return sum(len(block.text) for block in blocks)


def _is_text(block: Block) -> bool:
    """Whether a block is a sentence, a paragraph by its tag, or the dateline that some pages put before the first."""
    text = block.text
    if block.heading or len(text) >= _PROSE or block.element.tag in _TEXT_TAGS:
        return True
    return _END.search(text) is not None or is_open_dateline(text)


def trimmed(blocks: list[Block]) -> list[Block]:
    """The text among the blocks: no label between, no byline or date before the first sentence or after the last."""
    blocks = [block for block in blocks if _is_text(block)]
    sentences = [place for place, block in enumerate(blocks) if not block.heading and _is_sentence(block.text)]
    if not sentences:
        return blocks
    first, last = sentences[0], sentences[-1] + 1
    below = [block for block in blocks[last:] if not _is_label(block)]
    above = [block for block in blocks[:first] if len(block.text) >= _STANDFIRST and _END.search(block.text)]
    return [*(above if first <= _LABELS else blocks[:first]), *blocks[first:last], *below]


def _is_label(block: Block) -> bool:
    """Whether a block after the text is none of it; a signature in brackets is."""
    return len(block.text) < _LABEL and block.element.tag != "li" and not block.text.endswith((")", "]"))


def _is_sentence(text: str) -> bool:
    return len(text) >= _PROSE or _END.search(text) is not None or is_open_dateline(text)


def with_headings(blocks: Iterable[Block]) -> list[Block]:
    """The blocks without headings that no text follows."""
    return list(_with_headings(blocks))


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
