"""Index pages of a publisher, day by day and page by page, handed to the frontier."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from spiders.article import Entry, Validators
from spiders.discovery.documents import DiscoveryError, parse_index
from spiders.discovery.polling import LATE, NEW
from spiders.fetching.answers import validators_of
from spiders.frontier import Shown, Way

if TYPE_CHECKING:
    from datetime import date
    from zoneinfo import ZoneInfo

    from scrapy.http import Response

    from spiders.discovery.polling import Poller
    from spiders.frontier import Announced
    from spiders.publishers import Index, Publisher
    from spiders.publishers.window import Window

ABSENT = frozenset({404, 410})
"""What index pages answer for a day or a page number that has nothing."""
_FAILURES_IN_ROW = 3


class IndexWalk:
    """The index pages of one publisher, for one crawl.

    A day is committed as a whole, so that a stopped crawl walks it again; a day walked to its end is read next time
    down to the first page of known entries, or to one that shows what was brought last.
    """

    def __init__(
        self, publisher: Publisher, window: Window, frontier: Announced, poller: Poller, now: datetime
    ) -> None:
        self._publisher = publisher
        self._window = window
        self._frontier = frontier
        self._poller = poller
        self._now = now

    def first_pages(self, index: Index) -> list[str]:
        """Addresses under which the frontier remembers the days of the window."""
        return [index.page_url(self._publisher.home, day, 1) for day in self._days(index)]

    def _days(self, index: Index) -> list[date]:
        days = self._window.days(self._publisher.zone, self._now)
        return days if index.dated else days[:1]

    async def read(self, index: Index) -> None:
        """Walk the days of the window, newest first."""
        before: set[str] | None = None
        answered: list[set[str]] = []
        for day in self._days(index):
            first_page = await self._index_day(index, day)
            if first_page and first_page == before:
                first = index.page_url(self._publisher.home, day, 1)
                await self._poller.failed(
                    first, f"{first}: lists the same articles as the day after: it ignores the day"
                )
                return
            before = first_page
            if self._poller.failures_in_row >= _FAILURES_IN_ROW:
                return
            if first_page is not None:
                answered.append(first_page)
        if len(answered) > 1 and not any(answered):
            await self._poller.note(
                f"{index.url}: no article on any of {len(answered)} days; `links` or `article_url` may not fit any more"
            )

    async def _index_day(self, index: Index, day: date) -> set[str] | None:
        """Walk the pages of one day; the articles of the first one, None where it was unchanged, not due or failed."""
        first = index.page_url(self._publisher.home, day, 1)
        known = await self._frontier.recall(first)
        found: dict[str, Entry] = {}
        first_page: set[str] | None = None
        validators, answered_by = Validators(), set[str]()
        whole = True
        last_page = index.last_page * (1 if index.dated else 1 + self._window.missed_days)
        for number in range(1, last_page + 1):
            url = index.page_url(self._publisher.home, day, number)
            response = await self._poller.ask(
                url,
                known if number == 1 else NEW,
                document=first,
                settled=end_of(day, self._publisher.zone),
                absent=ABSENT,
            )
            if response is None:
                return first_page  # unchanged, or failed: then nothing of the day is committed and it is walked again
            if number == 1:
                validators = validators_of(response)
                await self._frontier.forget(first)  # until the walk has come to its end
            try:
                shown = [] if response.url in answered_by else self._listed(response, url, day, index)
            except DiscoveryError as error:
                await self._poller.failed(first, str(error))
                return first_page
            await self._frontier.polled(first)
            answered_by.add(response.url)
            new = [entry for entry in shown if entry.url not in found]
            found.update((entry.url, entry) for entry in new)
            first_page = first_page or set(found)
            if not new:
                break
            if known.read_at is not None:
                listed = await self._frontier.look_through(new, list(found.values()))
                if not listed.new or (listed.joins and known.continues):
                    break
        else:
            if last_page > 1:
                whole = False
                await self._poller.note(f"{first}: only {last_page} index pages of the day are read (max_pages)")
        seen = self._seen(index, day) if whole or not index.dated else None
        await self._frontier.announce(first, list(found.values()), validators, shown=seen)
        return first_page

    def _seen(self, index: Index, day: date) -> Shown:
        if not index.dated:
            return Shown(Way.NEWEST, self._now)
        begin, end = (midnight(each, self._publisher.zone) for each in (day, day + timedelta(days=1)))
        return Shown(Way.DAY, self._now, (begin, end))

    def _listed(self, response: Response, url: str, day: date, index: Index) -> list[Entry]:
        if response.status in ABSENT:
            return []  # a page that says "not found" may still link to today's most read articles
        if urlsplit(response.url).path in {"", "/"} and urlsplit(url).path not in {"", "/"}:
            raise DiscoveryError(f"{url} is not an index page: it leads to the front page")
        entries = parse_index(response.body, url, self._publisher, day, index)
        if not entries and not index.dated and url == index.page_url(self._publisher.home, day, 1):
            raise DiscoveryError(f"{url} lists no article; `links` or `article_url` may not fit any more")
        return entries


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The beginning of a day."""
    return datetime.combine(day, time(), zone)


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """The moment from which on a list of that day is final."""
    return midnight(day, zone) + timedelta(days=1) + LATE
