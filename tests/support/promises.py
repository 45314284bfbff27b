"""What every article, rejection and entry keeps to, whatever it was read from."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from spiders.article import Article, Rejection
from spiders.publishers.urls import canonicalise
from spiders.seed_format import collapse, dumps, loads

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from spiders.article import Entry
    from spiders.publishers import Publisher

YEARS = range(1969, 2101)
"""In which articles appear, by any zone's clock."""
MOST_READS = 10**18
"""Postgres' bigint, and what the seed format takes for a count, hold less."""


def broken(outcome: Article | Rejection | Iterable[Entry], publisher: Publisher) -> str:
    """The first promise that is broken, in words; empty where all are kept."""
    if isinstance(outcome, Rejection):
        return "" if outcome.reason and outcome.detail.isprintable() else f"a detail of several lines: {outcome!r}"
    if isinstance(outcome, Article):
        return next(_of_article(outcome, publisher), "")
    return next((words for entry in outcome for words in _of_entry(entry, publisher)), "")


def _of_article(article: Article, publisher: Publisher) -> Iterator[str]:
    if not article.headline or collapse(article.headline) != article.headline:
        yield f"no headline: {article.headline!r}"
    if not article.paragraphs or not all(map(collapse, article.paragraphs)):
        yield f"an empty paragraph: {article.paragraphs!r}"
    if article.reads is not None and not 0 <= article.reads < MOST_READS:
        yield f"reads are {article.reads}"
    read = loads(dumps(article))
    if (read.headline, read.reads) != (article.headline, article.reads):
        yield "the seed format gives back another headline or count"
    if read.paragraphs != tuple(map(collapse, article.paragraphs)):
        yield "the seed format gives back other paragraphs"
    texts = (*article.authors, *article.tags, *article.breadcrumb)
    if not all(isinstance(text, str) and text for text in texts):
        yield f"an empty name: {texts!r}"
    yield from _of_dates(article.published_at, article.modified_at)
    yield from _of_address(article.canonical_url, publisher)


def _of_entry(entry: Entry, publisher: Publisher) -> Iterator[str]:
    yield from _of_dates(entry.published_at, entry.published_until, entry.modified_at)
    if entry.published_until and (entry.published_at is None or entry.published_until < entry.published_at):
        yield f"published from {entry.published_at} to {entry.published_until}"
    if not publisher.owns(canonicalise(entry.url, publisher)):
        yield f"{entry.url} is not the publisher's"
    yield from _of_address(canonicalise(entry.url, publisher), publisher)


def _of_dates(*dates: datetime | None) -> Iterator[str]:
    for date in filter(None, dates):
        if date.utcoffset() is None or date.astimezone(UTC).year not in YEARS:
            yield f"{date!r} is no moment"


def _of_address(address: str, publisher: Publisher) -> Iterator[str]:
    if canonicalise(address, publisher) != address:
        yield f"canonical twice is another: {address!r} {canonicalise(address, publisher)!r}"
