"""Ask a publisher's feeds, sitemaps and index pages what they announce, and hand it to the frontier.

    feeds and sitemaps   each with conditional GET: a 304 costs the publisher nothing and brings nothing
    index pages          day by day, newest first; a day is committed as a whole, so that a stopped crawl walks it
                         again; a day walked to its end is read next time down to the first page of known entries

Requests go through Scrapy's downloader one after the other: robots.txt, throttling and retries apply to them too.
"""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Protocol

from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.spidermiddlewares.httperror import HttpError

from spiders.article import Entry, Validators
from spiders.discovery import DiscoveryError, parse_feed, parse_index, parse_section, parse_sitemap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from spiders.publishers import Index, Publisher
    from spiders.window import Window

logger = logging.getLogger(__name__)

_OK, _NOT_MODIFIED = 200, 304
ABSENT = frozenset({404, 410})
"""What index pages answer for a day or a page number that has nothing."""
_DEEPEST = 3
"""Sitemap indexes inside sitemap indexes; the protocol allows one level, publishers have been seen with two."""
_MOST_SITEMAPS = 500
_FAILURES_IN_ROW = 3


class Announced(Protocol):
    """Where announcements go."""

    async def validators(self, url: str) -> Validators | None:
        """Validators of a document committed earlier; None for one that is new."""

    async def announce(self, url: str, entries: Sequence[Entry], validators: Validators) -> None:
        """Commit the entries of one document together with its validators."""

    async def forget(self, url: str) -> None:
        """Drop the validators of a document."""

    async def count_new(self, entries: Sequence[Entry]) -> int:
        """How many of the entries the frontier did not know before this crawl."""

    async def polled(self, problem: str | None = None, *, unchanged: bool = False) -> None:
        """Count in the ledger that a document was asked for, and how that went."""

    async def problem(self, text: str) -> None:
        """Note one line in the ledger."""


class Announcements:
    """Everything one publisher announces at the moment, for one crawl."""

    def __init__(self, crawler: Crawler, publisher: Publisher, window: Window, frontier: Announced) -> None:
        self._crawler = crawler
        self._publisher = publisher
        self._window = window
        self._frontier = frontier
        self._asked: set[str] = set()
        self._answers = 0
        self._failures_in_row = 0

    async def collect(self) -> bool:
        """Poll every way of discovery.

        Returns:
            False when nothing answered at all: fetching pages would be as vain.
        """
        publisher = self._publisher
        for address in publisher.feeds:
            await self._feed(publisher.absolute(address))
        for address in publisher.sitemaps:
            await self._sitemap(publisher.absolute(address), depth=1)
        for index in publisher.indexes if self._answers or not self._asked else ():
            await self._index(index)
        for address in publisher.sections:
            await self._section(publisher.absolute(address))
        return bool(self._answers) or not self._asked

    async def _feed(self, url: str) -> None:
        if (response := await self._poll(url)) is None:
            return
        try:
            entries = parse_feed(response.body, url, self._publisher)
        except DiscoveryError as error:
            await self._failed(str(error))
            return
        await self._commit(url, entries, response)

    async def _section(self, url: str) -> None:
        if (response := await self._poll(url)) is None:
            return
        try:
            entries = parse_section(response.body, url, self._publisher)
        except DiscoveryError as error:
            await self._failed(str(error))
            return
        await self._commit(url, entries, response)

    async def _sitemap(self, url: str, depth: int) -> None:
        if url in self._asked or (response := await self._poll(url)) is None:
            return
        try:
            sitemap = parse_sitemap(response.body, url, self._publisher)
        except DiscoveryError as error:
            await self._failed(str(error))
            return
        if sitemap.entries:
            await self._commit(url, sitemap.entries, response)
        else:
            # An index is not remembered as unchanged: its children are asked each time, each with its own validators.
            await self._frontier.polled()
        children = [child.url for child in sitemap.children if self._recent(child.modified_at)]
        if len(children) > _MOST_SITEMAPS or (children and depth >= _DEEPEST):
            await self._frontier.problem(
                f"{url}: lists {len(children)} sitemaps; {_MOST_SITEMAPS} are read, {_DEEPEST} deep"
            )
        for child in children[:_MOST_SITEMAPS] if depth < _DEEPEST else []:
            await self._sitemap(child, depth + 1)

    def _recent(self, modified_at: datetime | None) -> bool:
        """Whether a sitemap changed at that time can announce an article of the window."""
        return modified_at is None or self._window.start is None or modified_at >= self._window.start

    async def _index(self, index: Index) -> None:
        days = self._window.days(self._publisher.zone, datetime.now(UTC))
        for day in days if index.dated else days[:1]:
            await self._index_day(index, day)
            if self._failures_in_row >= _FAILURES_IN_ROW:
                return

    async def _index_day(self, index: Index, day: date) -> None:
        first = index.page_url(self._publisher.home, day, 1)
        walked_before = await self._frontier.validators(first) is not None
        found: dict[str, Entry] = {}
        validators = Validators()
        for number in range(1, index.last_page + 1):
            url = index.page_url(self._publisher.home, day, number)
            response = await self._poll(url, conditional=number == 1, absent=ABSENT)
            if response is None:
                return  # unchanged, or failed: then nothing of the day is committed and it is walked again
            if number == 1:
                validators = _validators(response)
                await self._frontier.forget(first)  # until the walk has come to its end
            try:
                listed = self._listed(response, url, day, index)
            except DiscoveryError as error:
                await self._failed(str(error))
                return
            await self._frontier.polled()
            new = [entry for entry in listed if entry.url not in found]
            found.update((entry.url, entry) for entry in new)
            if not new or (walked_before and not await self._frontier.count_new(new)):
                break
        else:
            if index.last_page > 1:
                await self._frontier.problem(
                    f"{first}: only {index.max_pages} index pages of the day are read (max_pages)"
                )
        await self._frontier.announce(first, list(found.values()), validators)

    def _listed(self, response: Response, url: str, day: date, index: Index) -> list[Entry]:
        # A page that says "not found" may still link to today's most read articles.
        return [] if response.status in ABSENT else parse_index(response.body, url, self._publisher, day, index)

    async def _commit(self, url: str, entries: Sequence[Entry], response: Response) -> None:
        await self._frontier.announce(url, entries, _validators(response))
        await self._frontier.polled()

    async def _poll(
        self, url: str, *, conditional: bool = True, absent: frozenset[int] = frozenset()
    ) -> Response | None:
        """Fetch one document; None when it is unchanged or could not be had, which the ledger then knows."""
        self._asked.add(url)
        known = await self._frontier.validators(url) if conditional else None
        try:
            response = await self._crawler.engine.download_async(_request(url, known or Validators()))
        except IgnoreRequest:
            await self._failed(f"{url}: robots.txt disallows it")
            return None
        except Exception as error:  # noqa: BLE001 - whatever the network does ends as one line in the ledger
            await self._failed(f"{url}: {reason_of(error)}")
            return None
        if response.status not in {_OK, _NOT_MODIFIED, *absent}:
            await self._failed(f"{url}: HTTP {response.status}")
            return None
        self._answers += 1
        self._failures_in_row = 0
        if response.status == _NOT_MODIFIED:
            await self._frontier.polled(unchanged=True)
            return None
        return response

    async def _failed(self, problem: str) -> None:
        self._failures_in_row += 1
        logger.warning("%s", problem)
        await self._frontier.polled(problem)


def header(response: Response | None, name: str) -> str | None:
    """A response header as text; None when it is missing."""
    value = response.headers.get(name) if response is not None else None
    return value.decode("latin-1") if value else None


def reason_of(error: BaseException) -> str:
    """One line for people on why something could not be fetched."""
    if isinstance(error, HttpError):
        return f"HTTP {error.response.status}"
    words = " ".join(str(error).split())
    return f"{type(error).__name__}: {words}" if words else type(error).__name__


def conditional_headers(validators: Validators) -> dict[str, str]:
    """Headers of a conditional GET; empty when there is nothing to compare with."""
    headers = {"If-None-Match": validators.etag, "If-Modified-Since": validators.last_modified}
    return {name: value for name, value in headers.items() if value}


def _request(url: str, validators: Validators) -> Request:
    return Request(url, headers=conditional_headers(validators), dont_filter=True)


def _validators(response: Response) -> Validators:
    return Validators(header(response, "ETag"), header(response, "Last-Modified"))
