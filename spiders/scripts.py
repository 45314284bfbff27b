"""Text that a page carries only inside its scripts: the last resort for a page that is drawn in the browser."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from lxml import etree, html

from spiders.blocks import blocks_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

    from spiders.blocks import Block

_LITERAL = re.compile(r'"(?:[^"\\]|\\.){500,}"')
_PARAGRAPH = re.compile(r"<(?:p|br)\b[^>]{0,200}>", re.IGNORECASE)
_LEAST_PARAGRAPHS = 3
_MOST_LITERALS = 50
_NESTED = 3
"""JSON in a string of JSON in a string of a script."""


def script_blocks(root: HtmlElement) -> list[Block]:
    """Blocks of the longest HTML text written as a string in the scripts of the page; empty where there is none."""
    texts = (text for script in root.getroottree().iter("script") for text in _html_texts(script.text or "", 0))
    longest = max(texts, key=len, default="")
    if not longest:
        return []
    try:
        return blocks_of(html.fragment_fromstring(longest, create_parent="div"))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return []


def _html_texts(source: str, depth: int) -> Iterator[str]:
    for _, literal in zip(range(_MOST_LITERALS), _LITERAL.finditer(source), strict=False):
        try:
            text = json.loads(literal[0], strict=False)
        except ValueError:
            continue
        if len(_PARAGRAPH.findall(text)) >= _LEAST_PARAGRAPHS and text.lstrip()[:1] not in "{[":
            yield text
        elif depth < _NESTED:
            yield from _html_texts(text, depth + 1)
