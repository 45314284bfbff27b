"""Text that a page carries only inside its scripts: the last resort for a page that is drawn in the browser."""

from __future__ import annotations

import json
import re
from itertools import islice
from typing import TYPE_CHECKING

from spiders.reading.markup.blocks import blocks_of
from spiders.reading.markup.document import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

    from spiders.reading.markup.blocks import Block

_LITERAL = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
"""The closing quote may be missing: a match that always succeeds reads a script once, whatever is in it."""
_LEAST_LITERAL = 500
_PARAGRAPH = re.compile(r"<(?:p|br)\b[^>]{0,200}>", re.IGNORECASE)
_WORD = re.compile(r"\w{2,}")
_LEAST_WORDS = 0.4
_LEAST_PARAGRAPHS = 3
_MOST_LITERALS = 50
_NESTED = 3
"""JSON in a string of JSON in a string of a script."""


def script_blocks(root: HtmlElement, headline: str) -> list[Block]:
    """Blocks of the longest HTML text written as a string in the scripts of the page; empty where there is none.

    Consent forms and templates are written so too: the text has to be about what the headline says.
    """
    scripts = root.getroottree().iter("script")
    words = _WORD.findall(headline.casefold())
    texts = (text for script in scripts for text in _html_texts(script.text or "", 0) if _tells(text, words))
    longest = max(texts, key=len, default="")
    if not longest:
        return []
    tree = parse(longest.encode("utf-8", "replace"), "utf-8")
    body = tree.find("body")
    return blocks_of(tree if body is None else body)


def _tells(text: str, words: list[str]) -> bool:
    folded = text.casefold()
    return bool(words) and sum(word in folded for word in words) >= _LEAST_WORDS * len(words)


def _html_texts(source: str, depth: int) -> Iterator[str]:
    if depth == 0 and source.lstrip()[:1] == "<":  # a template
        yield source
        return
    literals = (found[0] for found in _LITERAL.finditer(source) if found.end() - found.start() > _LEAST_LITERAL)
    for literal in islice(literals, _MOST_LITERALS):
        try:
            text = json.loads(literal, strict=False)
        except ValueError:
            continue
        if len(_PARAGRAPH.findall(text)) >= _LEAST_PARAGRAPHS and text.lstrip()[:1] not in "{[":
            yield text
        elif depth < _NESTED:
            yield from _html_texts(text, depth + 1)
