"""Ask for the documents that announce articles: with conditional GET, when they are due, each failure noted.

Requests go through Scrapy's downloader one after the other: robots.txt, throttling and retries apply to them too.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Protocol

from scrapy import Request
from scrapy.spidermiddlewares.httperror import HttpError

from spiders.article import Entry, Remembered, Validators
from spiders.politeness import CrawlOver
from spiders.refusals import refusal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from spiders.window import Window

logger = logging.getLogger(__name__)

_OK, _NOT_MODIFIED = 200, 304
NEW = Remembered()
"""A document that nobody asked for before."""


class Announced(Protocol):
    """Where announcements go."""

    async def recall(self, url: str) -> Remembered:
        """What is known of a document."""

    async def announce(self, url: str, entries: Sequence[Entry], validators: Validators, *, index: bool = False) -> int:
        """Commit the entries of one document that was read to its end, together with its validators.

        Args:
            url: of the document, the first page of several.
            entries: all it announces.
            validators: what it came with.
            index: it is a sitemap index, in which others announce: always asked again after the shortest interval.

        Returns:
            How many of the entries are new, or due again because they have changed.
        """

    async def forget(self, url: str) -> None:
        """A document is being read: until it is announced it counts as never asked for."""

    async def count_new(self, entries: Sequence[Entry]) -> int:
        """How many of the entries the frontier did not know before this crawl."""

    async def polled(self, url: str, problem: str | None = None, *, unchanged: bool = False) -> None:
        """Count in the ledger that a document was asked for, and how that went."""

    async def skipped(self) -> None:
        """Count in the ledger that a document was not asked for, since nothing new is expected of it."""

    async def problem(self, text: str) -> None:
        """Note one line in the ledger."""


class Poller:
    """Asks one publisher for one document after the other."""

    def __init__(self, crawler: Crawler, window: Window, frontier: Announced) -> None:
        self._crawler = crawler
        self._window = window
        self._frontier = frontier
        self.asked = 0
        """Requests so far."""
        self.answers = 0
        """Of these, how many were answered well."""
        self.failures = 0
        self.failures_in_row = 0

    async def ask(
        self,
        url: str,
        known: Remembered,
        *,
        document: str | None = None,
        settled: datetime | None = None,
        absent: frozenset[int] = frozenset(),
    ) -> Response | None:
        """Fetch a document.

        Args:
            url: to ask for.
            known: what the frontier remembers of it.
            document: URL of the first page where a document has several; failures are noted under it.
            settled: aware; after this moment it does not change any more.
            absent: statuses that are answers too.

        Returns:
            None when it is unchanged, not due, or could not be had, which the ledger then knows.
        """
        if self._can_wait(known, settled):
            await self._frontier.skipped()
            return None
        self.asked += 1
        try:
            response = await self._crawler.engine.download_async(_request(url, known.validators))
        except CrawlOver:
            raise
        except Exception as error:  # noqa: BLE001 - whatever the network does ends as one line in the ledger
            await self.failed(document or url, f"{url}: {reason_of(error)}")
            return None
        if response.status not in {_OK, _NOT_MODIFIED, *absent}:
            await self.failed(document or url, f"{url}: HTTP {response.status}")
            return None
        self.answers += 1
        self.failures_in_row = 0
        if response.status == _NOT_MODIFIED:
            await self._frontier.polled(url, unchanged=True)
            return None
        return response

    def _can_wait(self, known: Remembered, settled: datetime | None) -> bool:
        if self._window.scheduled and known.fresh:
            return True
        if known.read_at is None or settled is None or known.read_at < settled:
            return False
        # It was final when it was read: by the crawl that was stopped, or before crawls began to miss anything.
        return known.in_this_range or self._window.only_catches_up(settled)

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


def header(response: Response | None, name: str) -> str | None:
    """A response header as text; None when it is missing."""
    value = response.headers.get(name) if response is not None else None
    return value.decode("latin-1") if value else None


_CERTIFICATES = {
    "certificate verify failed": "its certificate has expired or is signed by nobody who is trusted here",
    "service_identity": "its certificate is for another name",
}
"""What TLS says in the middle of many words -> what it means."""


def reason_of(error: BaseException) -> str:
    """One line for people on why something could not be fetched."""
    if isinstance(error, HttpError):
        return f"HTTP {error.response.status}"
    if (refused := refusal(error)) is not None:
        return "robots.txt disallows it" if refused[0] == "disallowed" else refused[1]
    words = " ".join(str(error).split())
    for mark, meaning in _CERTIFICATES.items():
        if mark in words:
            return meaning
    return f"{type(error).__name__}: {words}" if words else type(error).__name__


def conditional_headers(validators: Validators) -> dict[str, str]:
    """Headers of a conditional GET; empty when there is nothing to compare with."""
    headers = {"If-None-Match": validators.etag, "If-Modified-Since": validators.last_modified}
    return {name: value for name, value in headers.items() if value}


def _request(url: str, validators: Validators) -> Request:
    return Request(url, headers=conditional_headers(validators), dont_filter=True)


def validators_of(response: Response) -> Validators:
    """What the next conditional GET compares with."""
    return Validators(header(response, "ETag"), header(response, "Last-Modified"))
