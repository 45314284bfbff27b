"""The path to an article as printed above it: labels from the root on."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING

from lxml.etree import XPath

from spiders.reading.markup.selection import holders, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml.html import HtmlElement

_TRAILS = (
    XPath('.//@class[contains(., "crumbs") or contains(., "breadcrumb")]'),
    XPath('.//@id[contains(., "breadcrumb")]'),
    XPath('.//@aria-label[contains(., "readcrumb")]'),
    XPath('.//@itemtype[contains(., "BreadcrumbList")]'),
)
_MOST_TRAILS = 10
_SEPARATORS = " >»›/|·\u00a0"
_BETWEEN = re.compile(r"\s[>»›/|·]\s")


def printed_trail(tree: HtmlElement) -> tuple[str, ...]:
    """Labels of the first element that calls itself a breadcrumb, separators and all."""
    for trail in chain.from_iterable(holders(tree, path, _MOST_TRAILS) for path in _TRAILS):
        for tag in ("li", "a"):
            labels = tuple(filter(None, map(text_of, trail.iter(tag))))
            if labels:
                return labels
    return ()


def clean_trail(labels: Iterable[str], headline: str) -> tuple[str, ...]:
    """Labels without separators; the headline, which some sites repeat at the end, is none."""
    given = list(labels)
    if len(given) == 1:  # the whole trail is one text
        given = _BETWEEN.split(given[0])
    stripped = (label.strip(_SEPARATORS) for label in given)
    return tuple(label for label in stripped if label and label.casefold() != headline.casefold())
