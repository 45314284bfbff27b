"""What is printed beside an article's text: between headline and text, and right after it. Pure."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from spiders.reading.moments import date_lines
from spiders.reading.printed.date_roles import dated_parts
from spiders.reading.printed.dates import parse_date

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date

    from lxml.html import HtmlElement

    from spiders.reading.body.finding import Body
    from spiders.reading.markup.blocks import Block
    from spiders.reading.printed.date_roles import Role

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
        self._body, self._headline = body, headline
        self.header = tuple(body.header(headline))

    @property
    def lines(self) -> Iterator[str]:
        """Short lines of the header, then those right after the text."""
        yield from (block.text for block in short((*self.header, *self._body.tail[1:])))

    @property
    def heading(self) -> HtmlElement | None:
        """Where the headline is printed; None where it is not."""
        return next((block.element for block in self._body.blocks if block.text == self._headline), None)

    @property
    def text_elements(self) -> list[HtmlElement]:
        """Elements of the paragraphs, in order; none where the text is not printed."""
        return [block.element for block in self._body.text_blocks] if self._body.is_printed else []

    def date_lines(self, is_clock: Callable[[HtmlElement], bool], today: date, *, changes: bool) -> list[str]:
        """Date lines of the header, those with a time first; of changes or of the publication.

        Args:
            is_clock: Whether an element stands where sites print the present day.
            today: The day of the fetch, which a line in such a place only repeats.
            changes: Whether the lines of changes are asked for.
        """
        dated = (block for block in short(self.header) if any(map(str.isdigit, block.text)))
        lines = (block for block in dated if not (_is_day(block.text, today) and is_clock(block.element)))
        return date_lines((block.text for block in lines), changes=changes)

    def lines_below(self, role: Role) -> list[str]:
        """Lines right below the text that say that a date is of the publication, or of a change."""
        lines = [block.text for block in short(self._body.below) if block not in self._body.text_blocks]
        return [part.text for line in lines for part in dated_parts(line) if part.role is role]


def _is_day(text: str, day: date) -> bool:
    when = parse_date(text, UTC) if any(map(str.isdigit, text)) else None
    return when is not None and when.date() == day


def short(blocks: Iterable[Block]) -> Iterator[Block]:
    """Those of the blocks that are a line rather than a paragraph."""
    return (block for block in blocks if len(block.text) <= _LONGEST_LINE)
