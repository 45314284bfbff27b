"""Ask for the documents that announce articles: with conditional GET, when they are due, each failure noted.

Requests go through Scrapy's downloader one after the other: robots.txt, throttling and retries apply to them too.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from scrapy import Request

from spiders.article import Remembered, Validators
from spiders.fetching.answers import conditional_headers, reason_of
from spiders.fetching.errors import CrawlOver

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from scrapy.http import Response

    from spiders.frontier import Announced
    from spiders.publishers.window import Window

T = TypeVar("T")

logger = logging.getLogger(__name__)

LATE = timedelta(hours=6)
"""So long after its end a day's list may still change: articles published at midnight, corrected dates."""
_OK, _NOT_MODIFIED = 200, 304
_LARGE = 128 * 1024
"""Bytes of a document that takes some tens of milliseconds to parse."""
NEW = Remembered()
"""A document that nobody asked for before."""


class Poller:
    """Asks one publisher for one document after the other."""

    def __init__(self, fetch: Callable[[Request], Awaitable[Response]], window: Window, frontier: Announced) -> None:
        self._fetch = fetch
        self._window = window
        self._frontier = frontier
        self.asked = 0
        """Requests so far."""
        self.answers = 0
        """Of these, how many were answered well."""
        self.failures = 0
        self.failures_in_row = 0

    async def ask(  # noqa: PLR0913 - what decides whether a document is asked for
        self,
        url: str,
        known: Remembered,
        *,
        document: str | None = None,
        settled: datetime | None = None,
        stated: bool = False,
        absent: frozenset[int] = frozenset(),
    ) -> Response | None:
        """Fetch a document.

        Args:
            url: to ask for.
            known: what the frontier remembers of it.
            document: URL of the first page where a document has several; failures are noted under it.
            settled: aware; after this moment it does not change any more.
            stated: whether the publisher only says so.
            absent: statuses that are answers too.

        Returns:
            None when it is unchanged, not due, or could not be had, which the ledger then knows.
        """
        if self._can_wait(known, settled, stated=stated):
            await self._frontier.skipped()
            return None
        self.asked += 1
        try:
            response = await self._fetch(_request(url, known.validators))
        except CrawlOver:
            raise
        except Exception as error:  # noqa: BLE001 - whatever the network does ends as one line in the ledger
            await self.failed(document or url, f"{url}: {reason_of(error)}")
            return None
        if response.status not in {_OK, _NOT_MODIFIED, *absent}:
            await self.failed(document or url, f"{url}: HTTP {response.status}")
            return None
        if response.status == _NOT_MODIFIED and not conditional_headers(known.validators):
            await self.failed(document or url, f"{url}: HTTP 304 to a request that compared nothing")
            return None
        self.answers += 1
        self.failures_in_row = 0
        if response.status == _NOT_MODIFIED:
            await self._frontier.polled(url, unchanged=True)
            return None
        return response

    def _can_wait(self, known: Remembered, settled: datetime | None, *, stated: bool) -> bool:
        if self._window.scheduled and known.fresh:
            return True
        if self._window.strict and self._window.end is not None and known.children is not None:
            # Whatever it is of, what it brings after that is of later days than were asked for.
            settled = min(settled or datetime.max.replace(tzinfo=UTC), self._window.end + LATE)
        if known.read_at is None or settled is None or known.read_at < settled:
            return False
        # It was final when it was read: within this range, before crawls began to miss anything, or since yesterday.
        lately = self._window.scheduled and not known.stale and not stated
        return known.in_this_range or lately or self._window.only_catches_up(settled)

    async def note(self, problem: str) -> None:
        """Note what people should know, though nothing failed."""
        logger.warning("%s", problem)
        await self._frontier.problem(problem)

    async def failed(self, document: str, problem: str) -> None:
        """Note that a document could not be had or read."""
        self.failures += 1
        self.failures_in_row += 1
        logger.warning("%s", problem)
        await self._frontier.polled(document, problem)


async def beside(body: bytes, parse: Callable[..., T], *arguments: Any) -> T:  # noqa: ANN401 - passed on as they are
    """What `parse` returns; of a large document in a thread, so that what goes on beside is not kept waiting."""
    return await asyncio.to_thread(parse, *arguments) if len(body) > _LARGE else parse(*arguments)


def _request(url: str, validators: Validators) -> Request:
    return Request(url, headers=conditional_headers(validators), dont_filter=True)
