"""The publishers as a table for people: one line each, its columns as wide as they need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spiders.publishers.in_words import ways_in_words

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
    return (
        publisher.key,
        publisher.name,
        ways_in_words(publisher),
        publisher.schedule,
        ", ".join(publisher.unverified) or "-",
    )
