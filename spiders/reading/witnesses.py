"""Which witnesses a page has for headline, authors and day, and which of them won: for `lumbung explain`."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from spiders.reading.credits import AUTHORS
from spiders.reading.markup.origins import JSON_LD, META

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from spiders.reading.page import Page

_MOST = 5
_LONGEST = 100


class Witness(NamedTuple):
    """What one place of a page says about one field."""

    field: str
    """Its name in `Article`."""
    origin: str
    said: str
    """As it stands there, cut."""
    won: bool
    """Whether the value was taken from this place."""


class Told(NamedTuple):
    """A field, its value, and what was heard about it."""

    field: str
    value: str
    """Empty where the page does not say."""
    origin: str
    witnesses: tuple[Witness, ...]


def explain_fields(page: Page) -> list[Told]:
    """The fields that are weighed, each with its witnesses in the order in which they are trusted."""
    credited = ((JSON_LD, page.metadata.credited), (META, page.metadata.meta(*AUTHORS)))
    when = page.published_at
    return [
        _told(page, "headline", page.headline or "", page.titles.items()),
        _told(page, "authors", ", ".join(page.authors), (*credited, *page.author_lines())),
        _told(page, "published_at", when.isoformat() if when else "", page.timing.sources),
    ]


def _told(page: Page, field: str, value: str, sources: Iterable[tuple[str, Iterable[str]]]) -> Told:
    origin = page.origins.get(field, "")
    heard = tuple(Witness(field, place, said, place == origin) for place, said in dict.fromkeys(_heard(sources)))
    return Told(field, value, origin, heard)


def _heard(sources: Iterable[tuple[str, Iterable[str]]]) -> Iterator[tuple[str, str]]:
    for origin, lines in sources:
        yield from ((origin, line[:_LONGEST]) for line in islice(filter(None, lines), _MOST))
