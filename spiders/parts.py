"""Fetch the later parts of an article that no address shows as a whole, and put it together."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from scrapy import Request

from spiders.article import Article, Failure
from spiders.fetching.answers import reason_of
from spiders.fetching.errors import CrawlOver
from spiders.fetching.refusals import refusal

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from spiders.reading.process.messages import Answer

logger = logging.getLogger(__name__)

_OK, _ABSENT = 200, frozenset({404, 410})
_MOST = 30
"""Parts of one article; more is a loop."""


class Part(NamedTuple):
    """A later part of an article."""

    response: Response
    article_url: str
    number: int


async def put_together(
    crawler: Crawler, article: Article, following: str, read: Callable[[Part], Awaitable[Answer]]
) -> Article | Failure:
    """The article with the paragraphs of all its parts.

    Args:
        crawler: whose downloader asks for them.
        article: its first part.
        following: address of the second one.
        read: reads a part.

    Returns:
        A failure where a part may come next time: half an article is none. What is gone or forbidden for good ends it.

    Raises:
        CrawlOver: the domain is to be left alone.
        OverLimit, ReaderLost: a part cannot be read.
    """
    paragraphs, number = [*article.paragraphs], 2
    while following and number <= _MOST:
        try:
            response = await crawler.engine.download_async(Request(following, dont_filter=True))
        except CrawlOver:
            raise
        except Exception as error:  # noqa: BLE001 - whatever the network does ends as one line in the ledger
            if refusal(error) is None:
                return Failure(error=f"part {number}: {reason_of(error)}")
            return _cut(article, paragraphs, number, reason_of(error))
        if response.status in _ABSENT:
            return _cut(article, paragraphs, number, f"HTTP {response.status}")
        if response.status != _OK:
            return Failure(error=f"part {number}: HTTP {response.status}")
        answer = await read(Part(response, article.url, number))
        if answer.bug:
            return Failure(error=f"part {number} cannot be read: {answer.bug}")
        new = [paragraph for paragraph in answer.paragraphs if paragraph not in paragraphs]
        if not new:
            break
        paragraphs += new
        following, number = answer.following, number + 1
    return replace(article, paragraphs=tuple(paragraphs))


def _cut(article: Article, paragraphs: list[str], number: int, why: str) -> Article:
    logger.warning("%s: part %d and what follows are missing: %s", article.url, number, why)
    return replace(article, paragraphs=tuple(paragraphs))
