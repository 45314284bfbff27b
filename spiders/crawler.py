"""PublisherSpider: discovers what a publisher announces, fetches the pages that are due, yields a Visit for each.

The spider keeps no state of its own. What is announced goes to the frontier at once, what is due is leased from it in
small lots, and every leased page ends as exactly one Visit, whatever happens to it.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Self

from scrapy import Request, Spider, signals
from scrapy.spidermiddlewares.httperror import HttpError
from scrapy.utils.misc import load_object

from spiders.article import (
    Article,
    Failure,
    LeasedPage,
    Outcome,
    Reason,
    Rejection,
    Released,
    Validators,
    Visit,
)
from spiders.discovery.announcements import Announcements
from spiders.discovery.claims import appeared, believable
from spiders.discovery.looks import next_look
from spiders.errors import LumbungError
from spiders.fetching.answers import conditional_headers, reason_of, validators_of
from spiders.fetching.errors import CrawlOver
from spiders.fetching.refusals import refusal
from spiders.fetching.responses import BLOCKED, STATUSES, Markup, Refusal, received
from spiders.fetching.turnstile import READ_BY_SPIDER, Turnstile
from spiders.parts import Part, put_together
from spiders.publishers.urls import with_query
from spiders.publishers.window import Window, parse_window
from spiders.reading.process.messages import Answer, Sheet
from spiders.reading.process.reader import OverLimit, Reader, ReaderLost
from spiders.spider_arguments import positive, printable, refuse_unknown, truth

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure as TwistedFailure

    from spiders.frontier import Frontier
    from spiders.publishers import Publisher


logger = logging.getLogger(__name__)

_LOT = 16
"""Pages leased at a time: small, so that a stopped crawl gives little back."""
_GIVE_UP = 10
"""Pages that fail in a row before the crawl stops, whatever the reason. Most reasons end it before: `Standing`."""
_UNREAD = "cannot be read"


class PublisherSpider(Spider):
    """One crawl of one publisher.

    Spider arguments (`scrapy crawl <key> -a name=value`), all optional:
        from_date, to_date: fetch only articles of this range; days of the publisher's zone (the last one included), or
            datetimes with offset (the end excluded).
        interval_start: start of a scheduler's data interval; the crawl reaches `lookback_days` behind it and asks only
            for the feeds, sitemaps and index pages that are due.
        max_articles: fetch at most this many pages.
        refetch: `true` fetches known pages of the range again, with conditional GET.
        run: name under which the ledger is found afterwards.
    """

    publisher: ClassVar[Publisher]
    frontier: Frontier
    reader: Reader
    turnstile: Turnstile | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:  # noqa: ANN401 - Scrapy's signature
        """Check the arguments and open the crawl in the ledger before the reactor starts.

        Raises:
            LumbungError: a bad argument, or no database; Scrapy then exits with status 1.
        """
        try:
            refuse_unknown(kwargs)
            spider = super().from_crawler(crawler, *args, **kwargs)
        except LumbungError as error:
            logger.critical("%s", error)
            raise
        try:
            spider.frontier = load_object(crawler.settings["FRONTIER"]).from_crawler(crawler, spider)
        except LumbungError as error:
            logger.critical("%s", error)
            raise
        spider.window = spider.frontier.window
        limits = crawler.settings.getfloat("READ_SECONDS"), crawler.settings.getint("READ_MEGABYTES")
        spider.reader = Reader.shared(*limits)
        crawler.signals.connect(spider.reader.release, signal=signals.spider_closed)
        return spider

    def __init__(  # noqa: PLR0913 - Scrapy passes each spider argument by name
        self,
        name: str | None = None,
        *,
        from_date: str | None = None,
        to_date: str | None = None,
        interval_start: str | None = None,
        max_articles: str | None = None,
        refetch: str = "false",
        run: str | None = None,
        **unknown: str,
    ) -> None:
        super().__init__(name)
        refuse_unknown(unknown)
        self.window: Window = parse_window(
            from_date, to_date, self.publisher, datetime.now(UTC), interval_start=interval_start
        )
        self.refetch = truth("refetch", refetch)
        self._left = positive("max_articles", max_articles)
        self.run = printable("run", run)
        if "page" in self.publisher.model_fields_set:
            # A wrong one is refused now, not in another process at the first page.
            from spiders.reading.pages import load_page_class  # noqa: PLC0415 - the reader is a third of all imports

            load_page_class(self.publisher)
        self._out = 0
        self._failures_in_row = 0
        self._over = False
        self._room = asyncio.Event()

    async def start(self) -> AsyncIterator[Request | Visit]:
        """Discover first, then fetch what is due, lot by lot."""
        self.turnstile = self.crawler.get_downloader_middleware(Turnstile)
        fetch = self.crawler.engine.download_async
        if not await Announcements(fetch, self.publisher, self.window, self.frontier).collect():
            return
        while pages := await self.frontier.lease(_LOT if self._left is None else min(_LOT, self._left)):
            self._left = None if self._left is None else self._left - len(pages)
            for page in pages:
                self._out += 1
                yield self.ask_for(page)
            await self._wait_for_room()
            if self._over:
                return
            if self._failures_in_row >= _GIVE_UP:
                await self.frontier.problem(f"gave up: {_GIVE_UP} pages in a row could not be fetched")
                return

    async def _wait_for_room(self) -> None:
        while self._out > _LOT // 2:
            self._room.clear()
            await self._room.wait()

    def ask_for(self, page: LeasedPage) -> Request | Visit:
        """The request for a leased page; its visit at once when the address is none, or another crawl has read it."""
        if (held := page.held) is not None:
            return replace(self._visit(page, self._released_if_outside(held)), fetched_at=held.fetched_at)
        try:
            return self._request(page)
        except ValueError as error:
            return self._visit(page, self._rejection(page, "bad_url", str(error), page.url))

    def _request(self, page: LeasedPage) -> Request:
        return Request(
            with_query(page.url, self.publisher.full_page_query),
            callback=self.parse_page,
            errback=self.failed_page,
            headers=conditional_headers(page.validators),
            meta={"handle_httpstatus_list": STATUSES, READ_BY_SPIDER: True},
            cb_kwargs={"page": page},
            dont_filter=True,
        )

    async def parse_page(self, response: Response, page: LeasedPage) -> AsyncIterator[Visit]:
        """Read one fetched page."""
        try:
            outcome = await self._outcome(response, page)
        except CrawlOver:  # while a later part was asked for
            self._over = True
            yield self._visit(page, Released())
            raise
        self._failures_in_row = self._failures_in_row + 1 if isinstance(outcome, Failure) else 0
        yield self._visit(page, outcome, response)
        self._tell(response.request, outcome)

    def _tell(self, request: Request | None, outcome: Outcome) -> None:
        """Tell the turnstile what was seen: a page may keep machines out in spite of its 200."""
        if self.turnstile is None or request is None:
            return
        error = outcome.error if isinstance(outcome, Failure) else ""
        wall = error.removeprefix(BLOCKED) if error.startswith(BLOCKED) else None
        if (reason := self.turnstile.page_read(request, wall=wall, good=not error)) is not None:
            self._over = True
            raise CrawlOver(reason)

    async def _outcome(self, response: Response, page: LeasedPage) -> Outcome:
        found = received(response, page, self.publisher)
        if isinstance(found, Refusal):
            return self._rejection(page, *found, response.url)
        return await self._read(response, found, page) if isinstance(found, Markup) else found

    async def _read(self, response: Response, markup: Markup, page: LeasedPage) -> Outcome:
        sheet = Sheet(markup.body, response.url, self.publisher.key, datetime.now(UTC), markup.encoding)
        try:
            answer = await self.reader.read(sheet, self.publisher)
            found: Outcome | None = answer.outcome
            if answer.following and isinstance(found, Article):
                self._tell(response.request, found)  # the turnstile holds the next request back until this page is read
                found = await put_together(self.crawler, found, answer.following, partial(self._part, markup.encoding))
        except OverLimit as error:
            logger.warning("%s %s", response.url, error)
            return self._rejection(page, "over_limit", str(error), response.url)
        except ReaderLost as error:
            return Failure(error=f"not read: {error}")
        if found is None:
            # A page that cannot be read is a value; an exception is a bug, and one page's bug must not lose the lease.
            logger.error("reading %s raised\n%s", response.url, answer.traceback)
            return Failure(error=f"{_UNREAD}: {answer.bug}")
        if isinstance(found, Rejection) and found.reason == "blocked":
            return Failure(error=f"{BLOCKED}{found.detail}")  # a wall in front of the page says nothing of the page
        return self._released_if_outside(self._identified(found, page))

    async def _part(self, encoding: str | None, part: Part) -> Answer:
        response = part.response
        sheet = Sheet(response.body, response.url, self.publisher.key, datetime.now(UTC), encoding)
        return await self.reader.read(sheet._replace(part=part.number, article_url=part.article_url), self.publisher)

    def _released_if_outside(self, outcome: Outcome) -> Outcome:
        """Give an article back that lies outside a range that was asked for: its announcement stated no time."""
        date = outcome.published_at if isinstance(outcome, Article) else None
        if date is None or not self.window.strict or self.window.contains(date):
            return outcome
        return Released(announced_at=date, article=outcome if isinstance(outcome, Article) else None)

    def failed_page(self, failure: TwistedFailure) -> Iterator[Visit]:
        """Turn what kept a page from being fetched into its outcome."""
        error = failure.value
        assert error is not None  # noqa: S101 - a Failure without a value does not reach an errback
        request: Request = failure.request  # type: ignore[attr-defined]  # set by Scrapy
        page: LeasedPage = request.cb_kwargs["page"]
        if self.turnstile is not None:
            self.turnstile.page_read(request, good=False)
        if isinstance(error, CrawlOver):
            self._over = True
            yield self._visit(page, Released())
            raise error
        if (found := refusal(error)) is not None:
            yield self._visit(page, self._rejection(page, *found, page.url))
        else:
            self._failures_in_row += 1
            response = error.response if isinstance(error, HttpError) else None
            yield self._visit(page, Failure(error=reason_of(error)), response)

    def _rejection(self, page: LeasedPage, reason: Reason, detail: str, url: str) -> Rejection:
        return Rejection(
            publisher=self.publisher.key,
            url=url,
            canonical_url=page.canonical_url,
            reason=reason,
            detail=detail,
            fetched_at=datetime.now(UTC),
        )

    def _visit(self, page: LeasedPage, outcome: Outcome, response: Response | None = None) -> Visit:
        self._out -= 1
        self._room.set()
        at = datetime.now(UTC)
        own = outcome.published_at if isinstance(outcome, Article) else None
        return Visit(
            page_id=page.page_id,
            outcome=outcome,
            fetched_at=at,
            status=response.status if response is not None else None,
            kept=response.body if response is not None and is_unread(outcome) else None,
            validators=Validators() if response is None else believable(validators_of(response), own),
            look=next_look(outcome, page, at),
        )

    def _identified(self, outcome: Outcome, page: LeasedPage) -> Outcome:
        """The outcome under the announced identity, and an article with the best that is known of its time.

        The identity that a redirect or the page itself adds goes along.
        """
        if isinstance(outcome, Rejection):
            return replace(outcome, canonical_url=page.canonical_url)
        if not isinstance(outcome, Article):
            return outcome
        own = outcome.declared_url or outcome.canonical_url
        declared = own if own != page.canonical_url else None
        when = appeared(outcome.published_at, page, self.publisher.zone, datetime.now(UTC))
        return replace(outcome, canonical_url=page.canonical_url, declared_url=declared, published_at=when)


def is_unread(outcome: Outcome) -> bool:
    """Whether somebody should look at the page: reading it cost too much or raised."""
    if isinstance(outcome, Rejection):
        return outcome.reason == "over_limit"
    return isinstance(outcome, Failure) and outcome.error.startswith(_UNREAD)
