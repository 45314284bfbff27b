"""A publisher's ways of discovery as people read them, in lists and on its page."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spiders.publishers.publisher import Publisher


def ways_in_words(publisher: Publisher) -> str:
    """`5 feeds, 1 dated index`; `nothing` where nothing announces articles."""
    ways = {
        "feed": len(publisher.feeds),
        "sitemap": len(publisher.sitemaps),
        "dated index": sum(index.dated for index in publisher.indexes),
        "index": sum(not index.dated for index in publisher.indexes),
        "section": len(publisher.sections),
    }
    return ", ".join(_count(number, way) for way, number in ways.items() if number) or "nothing"


def _count(number: int, way: str) -> str:
    if number == 1:
        return f"1 {way}"
    return f"{number} {way}{'es' if way.endswith('x') else 's'}"
