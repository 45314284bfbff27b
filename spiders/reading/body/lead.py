"""The standfirst and other text between the headline and the container in which the rest of the text stands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from spiders.reading.body.boilerplate import names_author, stands_apart
from spiders.reading.body.structure import captions
from spiders.reading.markup.blocks import blocks_of, is_titled
from spiders.reading.markup.inherited import Inherited
from spiders.reading.printed.labels import letters

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from lxml.html import HtmlElement

    from spiders.reading.markup.blocks import Block

_ABOVE = 60
"""Blocks: a headline further above the text is none of its own."""
_PROSE = 60
_MOST_LINKED = 0.5
_SAME = 40
"""Characters by which a block and a description are the same."""
_LEAST_PART = 20
_END = re.compile(r"[.!?…。！？][\"'”’»)\]]*$")


def find_lead(
    above: list[Block], headline: str, descriptions: Iterable[str], containers: Collection[HtmlElement]
) -> list[Block]:
    """Blocks of text above the container.

    Args:
        above: Blocks of the page before the first one of the text, in order.
        headline: As printed.
        descriptions: What structured data say the article is about.
        containers: Where the rest of the text stands.
    """
    near = above[-_ABOVE:]
    title, said = headline.casefold(), letters(headline)
    starts = [place for place, block in enumerate(near) if block.element.tag == "h1" or is_titled(block, title)]
    starts = starts or [place for place, block in enumerate(near) if _says_part(block, said)]
    if not starts:
        return []
    around = {parent for element in (near[starts[-1]].element, *containers) for parent in element.iterancestors()}
    apart = Inherited(stands_apart, around)
    stated = [letters(text) for text in descriptions]
    lead, told = [], captions(near)
    for block in near[starts[-1] + 1 :]:
        if (
            block in told
            or names_author(block.element)
            or block.link_share > _MOST_LINKED
            or letters(block.text) in said
        ):
            continue
        if _is_stated(block.text, stated) or (_is_prose(block) and not apart(block.element)):
            lead.append(block)
    return list({block.text: block for block in lead}.values())


def find_captions(root: HtmlElement, descriptions: Iterable[str]) -> list[Block]:
    """What a page with no other text is about, as told below its pictures."""
    stated = [letters(text) for text in descriptions]
    captions = {block.text: block for caption in root.iter("figcaption") for block in blocks_of(caption)}
    return [block for block in captions.values() if _is_stated(block.text, stated)]


def _is_prose(block: Block) -> bool:
    return not block.heading and len(block.text) >= _PROSE and _END.search(block.text) is not None


def _says_part(block: Block, headline: str) -> bool:
    """Whether a heading shows the newsroom's headline without its kicker."""
    shown = letters(block.text) if block.heading else ""
    return len(shown) >= _LEAST_PART and shown in headline


def _is_stated(text: str, stated: list[str]) -> bool:
    start = letters(text)[:_SAME]
    return len(start) == _SAME and any(other.startswith(start) for other in stated)
