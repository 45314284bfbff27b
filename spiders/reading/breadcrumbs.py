"""The path to an article as printed above it: labels from the root on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from spiders.reading.markup.selection import text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.html import HtmlElement

    from spiders.reading.markup.elements import Elements

_NAMED = ("crumbs", "breadcrumb")
_OTHERS = (("id", "breadcrumb"), ("aria-label", "readcrumb"), ("itemtype", "BreadcrumbList"))
_MOST_TRAILS = 10
_SEPARATORS = " >»›/|·\u00a0"
_BETWEEN = re.compile(r"\s[>»›/|·]\s")


def printed_trail(elements: Elements) -> tuple[str, ...]:
    """Labels of the first element that calls itself a breadcrumb, separators and all."""
    for trail in _trails(elements):
        for tag in ("li", "a"):
            labels = tuple(filter(None, map(text_of, trail.iter(tag))))
            if labels:
                return labels
    return ()


def _trails(elements: Elements) -> Iterator[HtmlElement]:
    yield from elements.named(*_NAMED)[:_MOST_TRAILS]
    for attribute, part in _OTHERS:
        yield from elements.holding(attribute, part)[:_MOST_TRAILS]


def clean_trail(labels: Iterable[str], headline: str) -> tuple[str, ...]:
    """Labels without separators; the headline, which some sites repeat at the end, is none."""
    given = list(labels)
    if len(given) == 1:  # the whole trail is one text
        given = _BETWEEN.split(given[0])
    stripped = (label.strip(_SEPARATORS) for label in given)
    return tuple(label for label in stripped if label and label.casefold() != headline.casefold())
