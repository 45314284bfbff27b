"""Dates that a page prints outside the head of its article and without a mark: the day that it states alone, or first.

Asked where markup, header and address say nothing. A line counts that states a day and nothing else, and stands where
dates of this article stand; where such lines state several days, they are of a list, and none counts.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from spiders.reading.moments import stated_day
from spiders.reading.printed.date_roles import Role, dated_parts, is_date_line
from spiders.reading.printed.dates import find_dates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from lxml.html import HtmlElement

    from spiders.reading.markup.blocks import Block

_LONGEST = 120
_OPENING = 120
"""Characters of a paragraph in which its place and day stand."""
_CLOSED = re.compile(r"\s{0,2}\)?\s{0,2}[:)\-–—„“]")
_PLACE = re.compile(r"[\W_]{0,2}(?:[A-Z][\w.'’]*(?:[\s,/(:|–—-]{1,3}|$)){0,6}$")
"""What may stand before the day: `(`, `Jakarta, `, `JAKARTA, Warta.com (`."""


def lone_day(lines: Iterable[tuple[str, HtmlElement]], is_own: Callable[[HtmlElement], bool]) -> list[str]:
    """Lines that state the one day that the page prints; none where several are printed.

    Args:
        lines: Short lines of the page that may state a day, and what they stand in.
        is_own: Whether an element stands where the article's dates do.
    """
    found = []
    for text, element in lines:
        if len(text) <= _LONGEST and is_date_line(text) and is_own(element):
            found += [part.text for part in dated_parts(text) if part.role in {Role.BARE, Role.PUBLISHED}]
    days = {day for text in found if (day := stated_day(text))}
    return found if len(days) == 1 else []


def opening_day(paragraphs: Iterable[Block]) -> list[str]:
    """The days with which paragraphs open: `(18.01.2018) Petani ...`, `Jakarta, 12 Mei 2024 - Petani ...`."""
    found = []
    for block in paragraphs:
        text = block.text[:_OPENING]
        start, end = next(iter(find_dates(text)), (0, 0))
        if end and _PLACE.match(text[:start]) and _CLOSED.match(text, end):
            found.append(text[:end])
    return found
