"""What is printed beside an article's text: between headline and text, and right after it. Pure."""

from __future__ import annotations

from datetime import UTC
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

from spiders.reading.moments import date_lines
from spiders.reading.printed.date_roles import Role, dated_parts, is_date_line, role_of
from spiders.reading.printed.dates import may_state_day, parse_date, with_whole_year
from spiders.reading.printed.month_names import with_english_months
from spiders.reading.printed.people import is_role, is_signed
from spiders.reading.printed.signatures import signers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date

    from lxml.html import HtmlElement

    from spiders.reading.body.finding import Body
    from spiders.reading.markup.blocks import Block
    from spiders.reading.printed.date_roles import Dated

_LONGEST_LINE = 120
"""Characters of a line that states a date, a name or a counter; longer ones are text."""


_LONGEST_LABEL = 30


class Surroundings:
    """The short lines in which newspapers print date, byline and reader counter.

    Attributes:
        header: blocks between the headline and the text, then those above the headline, nearest first.
    """

    def __init__(self, body: Body, headline: str, language: str | None = None) -> None:
        """Find them.

        Args:
            body: where the text stands.
            headline: as the page prints it.
            language: BCP 47 primary tag of the page.
        """
        self._body, self._headline, self._language = body, headline, language
        self.header = tuple(body.header(headline))

    @property
    def lines(self) -> Iterator[str]:
        """Short lines of the header, then those right after the text; a name behind the label in the box before it."""
        blocks = short((*self.header, *self._body.tail[1:]))
        yield from (self._labelled(block) for block in blocks if not is_role(block.text))

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
        dated = self._numbered
        lines = (text for text, element in dated if not (_is_day(text, today) and is_clock(element)))
        return date_lines(lines, changes=changes)

    @cached_property
    def _numbered(self) -> list[tuple[str, HtmlElement]]:
        """Short lines of the header that have digits, and their elements."""
        numbered = (block for block in short(self.header) if any(map(str.isdigit, block.text)))
        return [(self._dated(block), block.element) for block in numbered if block.text != self._headline]

    @cached_property
    def dates_beside(self) -> list[str]:
        """Lines between the headline and the text that state the day of publication and nothing else."""
        heading = next((block for block in self._body.blocks if block.text == self._headline), None)
        if heading is None or not self._body.is_printed:
            return []
        between = self._body.blocks[self._places[heading] + 1 : self._places[self._body.text_blocks[-1]]]
        header = {*self.header}
        lines = [self._dated(block) for block in short(between) if block in header]
        parts = (part for line in lines if is_date_line(line) for part in dated_parts(line))
        return [part.text for part in parts if part.role in {Role.BARE, Role.PUBLISHED}]

    def lines_below(self, role: Role) -> list[str]:
        """Lines right below the text that say that a date is of the publication, or of a change, or who wrote when."""
        signed = role is Role.PUBLISHED
        dated = self._dated_below
        return [part.text for line, part in dated if part.role is role or (signed and _is_signed(line, part))]

    @cached_property
    def _dated_below(self) -> list[tuple[str, Dated]]:
        lines = [self._dated(block) for block in short(self._body.below) if block not in self._body.text_blocks]
        return [(line, part) for line in lines for part in dated_parts(line)]

    def lone_lines(self, is_clock: Callable[[HtmlElement], bool], today: date) -> Iterator[tuple[str, HtmlElement]]:
        """Every short line of the page that may state a day, behind the label before it, and its element.

        Arguments as for `date_lines`.
        """
        for block in short(self._body.blocks):
            if may_state_day(block.text) and block.text != self._headline:
                text = self._dated(block)
                if not (_is_day(text, today) and is_clock(block.element)):
                    yield text, block.element

    @property
    def signers(self) -> Iterator[str]:
        """People who sign the text in brackets at its end."""
        text = self._body.text_blocks
        for block in short(self._body.tail):
            yield from signers(block.text, (each.text for each in text if each is not block))

    @property
    def openings(self) -> list[Block]:
        """The first blocks of the text."""
        return self._body.text_blocks[:2]

    @cached_property
    def _places(self) -> dict[Block, int]:
        return {block: place for place, block in enumerate(self._body.blocks)}

    def _labelled(self, block: Block) -> str:
        place = self._places.get(block, 0)
        label = self._body.blocks[place - 1] if place else None
        if label is None or not is_role(label.text) or not _are_near(label.element, block.element):
            return block.text
        return f"{label.text.rstrip(' :')}: {block.text}"

    def _dated(self, block: Block) -> str:
        """The text of a block behind the label that stands in the block before it: `Published`, `4 May 2026`."""
        text = with_whole_year(with_english_months(block.text, self._language))
        place = self._places.get(block, 0)
        label = self._body.blocks[place - 1] if place else None
        if label is None or len(label.text) > _LONGEST_LABEL or any(map(str.isdigit, label.text)):
            return text
        says = role_of(label.text) in {Role.PUBLISHED, Role.CHANGED} and _are_near(label.element, block.element)
        return f"{label.text} {text}" if says and role_of(text.partition(" ")[0]) is Role.BARE else text


def _is_signed(line: str, part: Dated) -> bool:
    """Whether a line names who wrote the text before the day on which that was."""
    return part.role is not Role.CHANGED and part.role is not Role.EVENT and is_signed(line)


def _are_near(one: HtmlElement, other: HtmlElement) -> bool:
    """Whether two elements stand in one box, or in two boxes of one."""
    boxes = [[*islice(element.iterancestors(), 2)] for element in (one, other)]
    return not set(boxes[0]).isdisjoint(boxes[1])


def _is_day(text: str, day: date) -> bool:
    when = parse_date(text, UTC) if any(map(str.isdigit, text)) else None
    return when is not None and when.date() == day


def short(blocks: Iterable[Block]) -> Iterator[Block]:
    """Those of the blocks that are a line rather than a paragraph."""
    return (block for block in blocks if len(block.text) <= _LONGEST_LINE)
