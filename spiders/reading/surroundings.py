"""What is printed beside an article's text: between headline and text, and right after it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spiders.reading.moments import date_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from spiders.reading.body.finding import Body
    from spiders.reading.markup.blocks import Block

_LONGEST_LINE = 120
"""Characters of a line that states a date, a name or a counter; longer ones are text."""


class Surroundings:
    """The short lines in which newspapers print date, byline and reader counter.

    Attributes:
        header: blocks between the headline and the text, then those above the headline, nearest first.
    """

    def __init__(self, body: Body, headline: str) -> None:
        """Find them.

        Args:
            body: where the text stands.
            headline: as the page prints it.
        """
        self._body = body
        self.header = tuple(body.header(headline))

    @property
    def lines(self) -> Iterator[str]:
        """Short lines of the header, then those right after the text."""
        yield from (block.text for block in short((*self.header, *self._body.tail[1:])))

    def date_lines(self, *, changes: bool) -> list[str]:
        """Date lines of the header, those with a time first; of changes or of the publication."""
        return date_lines((block.text for block in short(self.header)), changes=changes)


def short(blocks: Iterable[Block]) -> Iterator[Block]:
    """Those of the blocks that are a line rather than a paragraph."""
    return (block for block in blocks if len(block.text) <= _LONGEST_LINE)
