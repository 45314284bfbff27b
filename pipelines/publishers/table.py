"""The publishers as a table for people: one line each, its columns as wide as they need."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from spiders.publishers import Publisher

HEADINGS = ("key", "name", "announces articles in", "asked (cron)", "unverified")


def table(publishers: Iterable[Publisher]) -> list[str]:
    """A line of headings, then one line for each publisher."""
    rows = [HEADINGS, *(_row(each) for each in publishers)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _row(publisher: Publisher) -> tuple[str, ...]:
    ways = {
        "feed": publisher.feeds,
        "sitemap": publisher.sitemaps,
        "dated index": [index for index in publisher.indexes if index.dated],
        "index": [index for index in publisher.indexes if not index.dated],
        "section": publisher.sections,
    }
    counts = ", ".join(_count(len(addresses), way) for way, addresses in ways.items() if addresses)
    return (
        publisher.key,
        publisher.name,
        counts or "nothing",
        publisher.schedule,
        ", ".join(publisher.unverified) or "-",
    )


def _count(number: int, way: str) -> str:
    if number == 1:
        return f"1 {way}"
    return f"{number} {way}{'es' if way.endswith('x') else 's'}"
