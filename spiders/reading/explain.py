"""Why each block of a page is text of the article or not: for `lumbung explain`, and for whoever mends the reader."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from spiders.reading.body.weighing import learned, parts_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from spiders.reading.markup.blocks import Block
    from spiders.reading.page import Page

_MOST_PARTS = 4


class Verdict(NamedTuple):
    """What became of one block of the container, or of the text above it."""

    is_text: bool
    text: str
    reason: str
    """What decided: a rule's words, `standfirst`, or the sum of the evidence with its largest parts."""


def explain_blocks(page: Page) -> list[Verdict]:
    """A verdict for each block in which the text may stand, in the order of the page."""
    body = page.body
    text = frozenset(body.text_blocks)
    if not body.is_printed:
        return [Verdict(is_text=True, text=block.text, reason=f"from {body.origin}") for block in body.text_blocks]
    return [
        Verdict(block in text, block.text, reason)
        for block in body.blocks
        if (reason := _reason(page, block, is_text=block in text)) is not None
    ]


def _reason(page: Page, block: Block, *, is_text: bool) -> str | None:
    """What decided about a block; None for one beside the container."""
    body = page.body
    doubt = next((each for each in body.second_look.doubts if each.block is block), None) if body.second_look else None
    rule = body.reasons.get(block)
    if doubt is not None:
        said = f"{rule}, " if rule else ""
        heading = ", a heading that no text follows" if doubt.sum >= 0 and block.heading and not is_text else ""
        return f"{said}evidence {doubt.sum:+.1f}: {', '.join(_largest(doubt.row))}{heading}"
    if rule is not None:
        return rule
    inside = any(element in body.containers for element in (block.element, *block.element.iterancestors()))
    if inside:
        return "prose where the prose stands" if is_text else "above the headline, or a heading that no text follows"
    return "standfirst" if is_text else None


def _largest(row: list[float]) -> Iterator[str]:
    """The parts of a sum that say most, with their names."""
    parts = sorted(parts_of(row, learned()).items(), key=lambda part: -abs(part[1]))
    return (f"{name} {part:+.1f}" for name, part in parts[:_MOST_PARTS] if round(part, 1))
