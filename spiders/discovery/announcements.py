"""What a publisher announces, from all of its ways, handed to the frontier.

    feeds       each with conditional GET: a 304 costs the publisher nothing and brings nothing
    sitemaps    newest first, of an index only those whose change and whose address can mean the days asked for
    index pages day by day, newest first; a day is committed as a whole, so that a stopped crawl walks it again;
                a day walked to its end is read next time down to the first page of known entries, or to one that
                shows what was brought last
    sections    front and section pages: links without a date

A scheduled crawl leaves out what is not due (`pipelines/harvest/polls.py`), and asks first for what has shown most of
the publisher's news lately: whatever shows the same has nothing to add then, and is asked ever more seldom. Where
crawls were shut out, the next one without dates goes back to where they began to miss something: to days that nobody
has read since they ended, and deeper than usual into an index of the newest, until it shows what is known. A crawl
with dates that was stopped and runs again, or one of the next dates, asks for no document that was read to its end,
unless it may have changed for these dates since; of an index whose sitemaps it remembers it asks for those. What
shows only the newest articles is left out where the dates lie too far back.
"""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from spiders.article import Validators
from spiders.discovery.address_dates import days_in_address
from spiders.discovery.claims import believable, newest_of, without_stamps
from spiders.discovery.documents import (
    Child,
    DiscoveryError,
    parse_feed,
    parse_robots,
    parse_section,
    parse_sitemap,
)
from spiders.discovery.entries import Found
from spiders.discovery.index_pages import ABSENT, IndexWalk, end_of, midnight
from spiders.discovery.polling import NEW, Poller, beside
from spiders.fetching.answers import validators_of
from spiders.frontier import NOTHING, New, Shown, Way

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from scrapy import Request
    from scrapy.http import Response

    from spiders.frontier import Announced
    from spiders.publishers import Publisher
    from spiders.publishers.window import Window

_DEEPEST = 3
"""Sitemap indexes inside sitemap indexes; the protocol allows one level, publishers have been seen with two."""
_MOST_SITEMAPS = 500
_FEW = 5
"""Entries of a feed; where more are all new at once, it may have shown others since it was last read."""
_TRIED = 3
"""Sitemaps of an index that a crawl reads in spite of their stated change, to see whether it is true."""
_FEW_UNDATED = 1_000
"""Entries of a sitemap said to be old that are looked at all the same, where they state no time themselves."""
_FEEDS_REACH = timedelta(days=31)
"""What lists the newest articles only reaches no further back than this; most feeds hold a day or two."""


class _Way(NamedTuple):
    """One way of discovery."""

    urls: list[str]
    """Addresses under which the frontier remembers it."""
    ask: Callable[[], Awaitable[object]]


class Announcements:
    """Everything one publisher announces at the moment, for one crawl."""

    def __init__(
        self,
        fetch: Callable[[Request], Awaitable[Response]],
        publisher: Publisher,
        window: Window,
        frontier: Announced,
    ) -> None:
        self._publisher = publisher
        self._window = window
        self._frontier = frontier
        self._poller = Poller(fetch, window, frontier)
        self._now = datetime.now(UTC)
        self._sitemaps_seen: set[str] = set()

    async def collect(self) -> bool:
        """Poll every way of discovery that can announce an article of the window.

        Returns:
            False when nothing answered at all: fetching pages would be as vain.
        """
        publisher, poller = self._publisher, self._poller
        recent = self._shows_recent()
        for way in await self._ordered(self._ways(recent=recent)):
            await way.ask()
        looks_back = self._window.strict or self._window.missed_days
        if looks_back and not (publisher.sitemaps or any(index.dated for index in publisher.indexes)):
            await self._sitemaps_of_robots(recent=recent)
        return bool(poller.answers) or not poller.asked

    def _ways(self, *, recent: bool) -> list[_Way]:
        publisher = self._publisher
        walk = IndexWalk(publisher, self._window, self._frontier, self._poller, self._now)
        feeds, sections = (
            map(publisher.absolute, each if recent else ()) for each in (publisher.feeds, publisher.sections)
        )
        return [
            *(_Way([url], partial(self._document, url, parse_feed, Way.FEED)) for url in feeds),
            *(
                _Way([url], partial(self._sitemap, Child(url), 1))
                for url in map(publisher.absolute, publisher.sitemaps)
            ),
            *(
                _Way(walk.first_pages(index), partial(walk.read, index))
                for index in publisher.indexes
                if index.dated or recent
            ),
            *(_Way([url], partial(self._document, url, parse_section, Way.NEWEST)) for url in sections),
        ]

    async def _ordered(self, ways: list[_Way]) -> list[_Way]:
        """The widest first, as far as that is known, in a crawl that leaves out what is not due."""
        if not self._window.scheduled:
            return ways
        widths = await self._frontier.widths()

        def width(way: _Way) -> float:
            return max((widths[url] for url in way.urls if url in widths), default=math.inf)

        return sorted(ways, key=width, reverse=True)

    def _shows_recent(self) -> bool:
        """Whether a list of the newest articles can hold one of the window."""
        window = self._window
        return not window.strict or window.end is None or window.end > self._now - _FEEDS_REACH

    async def _sitemaps_of_robots(self, *, recent: bool) -> None:
        """Look for the archive of a publisher whose file names none; too much to read where nothing old is wanted."""
        url, failures = self._publisher.absolute("/robots.txt"), self._poller.failures
        known = await self._frontier.recall(url) if self._window.strict else NEW
        known = known if recent or known.children else NEW  # of old days it is the only way there is
        response = await self._poller.ask(url, known, absent=ABSENT)
        if response is None:
            named = [Child(*child) for child in known.children or () if self._poller.failures == failures]
        else:
            await self._frontier.polled(url)
            named = [] if response.status in ABSENT else parse_robots(response.body, url)
        owned = [child for child in named if self._publisher.owns(child.url)]
        for child in owned:
            await self._sitemap(child, 1)
        if response is not None and self._window.strict:
            children = [(child.url, child.modified_at) for child in owned]
            await self._frontier.announce(url, (), Validators(), index=NOTHING, children=children)
        if not owned and not recent:
            await self._poller.note("no sitemap and no index page by day: nothing announces articles of those days")

    async def _document(self, url: str, parse: Callable[[bytes, str, Publisher], Found], way: Way) -> None:
        known = await self._frontier.recall(url)
        if (response := await self._poller.ask(url, known)) is None:
            return
        try:
            entries = await beside(response.body, parse, response.body, url, self._publisher)
        except DiscoveryError as error:
            await self._poller.failed(url, str(error))
            return
        await self._frontier.polled(url)
        new = await self._announce(url, entries, response, way)
        if known.read_at is not None and new.pages == len(entries) >= _FEW:
            since = f"{known.read_at:%Y-%m-%d %H:%M} UTC"
            await self._poller.note(
                f"{url}: all {new.pages} entries are new since {since}; others may have come and gone"
            )

    async def _announce(self, url: str, entries: Found, response: Response, way: Way, held: Found | None = None) -> New:
        """Commit the entries of a document, without claims that are known to be wrong; say where it has none of ours.

        Args:
            url: of the document.
            entries: that are announced.
            response: it came with.
            way: what kind of list it is.
            held: all of its entries, where that are more.
        """
        now = datetime.now(UTC)
        if entries.off_domain:
            await self._frontier.left_out(off_domain=entries.off_domain)
            if not entries:
                await self._poller.note(
                    f"{url}: none of its {entries.off_domain} entries lies on a domain of the publisher; see `domains`"
                )
        newest = newest_of(entries if held is None else held, now)
        validators = believable(validators_of(response), newest)
        believed = without_stamps(entries, now)
        if doubted := sum(each is not other for each, other in zip(entries, believed, strict=True)):
            await self._frontier.left_out(doubted=doubted)
        whole = held is None or len(held) == len(entries)
        shown = Shown(way, now, self._days_of(url) if way is Way.SITEMAP else None) if whole else None
        children = () if whole else None
        new = await self._frontier.announce(url, believed, validators, newest=newest, children=children, shown=shown)
        if new.left_out == len(entries) > 0 and not self._window.strict:
            since = f"{self._window.start:%Y-%m-%d %H:%M} UTC"
            await self._poller.note(
                f"{url}: all {len(entries)} entries are dated before {since}: none of them is fetched"
            )
        return new

    async def _sitemap(self, listed: Child, depth: int) -> New:
        """Ask for a sitemap, of an index also for those that it lists; what they have brought."""
        url = listed.url
        if url in self._sitemaps_seen:
            return NOTHING
        self._sitemaps_seen.add(url)
        known = await self._frontier.recall(url)
        failures = self._poller.failures
        if (response := await self._poller.ask(url, known, settled=self._settled(listed), stated=True)) is None:
            if self._window.strict and known.children and self._poller.failures == failures:
                await self._children(url, [Child(*child) for child in known.children], depth)
            return NOTHING
        try:
            sitemap = await beside(response.body, parse_sitemap, response.body, url, self._publisher)
        except DiscoveryError as error:
            await self._poller.failed(url, str(error))
            return NOTHING
        await self._frontier.polled(url)
        if not sitemap.children:
            entries = await self._worth_announcing(sitemap.entries, listed)
            return await self._announce(url, entries, response, Way.SITEMAP, sitemap.entries)
        brought = await self._children(url, sitemap.children, depth)
        if self._poller.failures == failures:
            # Never asked with its validators: the children of an unchanged index may have changed.
            children = [(child.url, child.modified_at) for child in sitemap.children]
            await self._frontier.announce(url, sitemap.entries, Validators(), index=brought, children=children)
        return brought

    async def _children(self, url: str, listed: Sequence[Child], depth: int) -> New:
        children = await self._chosen(url, listed)
        if len(children) > _MOST_SITEMAPS or (children and depth >= _DEEPEST):
            await self._poller.note(
                f"{url}: lists {len(children)} sitemaps; {_MOST_SITEMAPS} are read, {_DEEPEST} deep"
            )
        brought = [await self._sitemap(child, depth + 1) for child in children[:_MOST_SITEMAPS] if depth < _DEEPEST]
        return New(*map(sum, zip(NOTHING, *brought, strict=True)))

    async def _chosen(self, url: str, listed: Sequence[Child]) -> list[Child]:
        """The sitemaps of an index that may announce an article of the window, newest first; the rest is counted.

        A stated change before the window is no proof, since many programs state it once and for all. Where the entries
        that a sitemap held were newer, it is read whatever is stated; of the others a few are read that never were, or
        the one whose turn was longest ago.
        """
        children = [child for child in listed if self._may_be_of_window(child.url)]
        old = [child for child in children if child.modified_at is not None and child.modified_at < self._window.start]
        unread, read = list[Child](), list[tuple[datetime, Child]]()
        chosen = [child for child in children if child not in old]
        for child in sorted(old, key=_newest, reverse=True):
            known = await self._frontier.recall(child.url)
            if known.newest_at is not None and child.modified_at is not None and known.newest_at > child.modified_at:
                chosen.append(replace(child, modified_at=None))
            elif known.read_at is None:
                unread.append(child)
            elif known.stale:
                read.append((known.read_at, child))
        tried = unread[:_TRIED] or [child for _, child in sorted(read, key=lambda each: each[0])[:1]]
        if left_out := len(children) - len(chosen) - len(tried):
            await self._frontier.left_out(documents=left_out)
        if children and not chosen:
            since = f"{self._window.start:%Y-%m-%d %H:%M} UTC"
            await self._poller.note(
                f"{url}: all {len(children)} sitemaps state a change before {since}; {len(tried)} are read all the same"
            )
        return sorted([*chosen, *tried], key=_newest, reverse=True)

    def _may_be_of_window(self, url: str) -> bool:
        """Whether a sitemap can announce an article of the window, by the days in its address."""
        days = self._days_of(url)
        # A day on either side: nobody knows in whose time zone the publisher's programs count days.
        around = timedelta(days=1)
        return days is None or self._window.overlaps(days[0] - around, days[1] + around)

    def _days_of(self, url: str) -> tuple[datetime, datetime] | None:
        """From the beginning of the days that an address names to their end."""
        span = days_in_address(url)
        if span is None:
            return None
        return midnight(span.first, self._publisher.zone), midnight(span.last + timedelta(days=1), self._publisher.zone)

    async def _worth_announcing(self, entries: Found, listed: Child) -> Found:
        """The entries of a sitemap; none of an archive that was only read to see whether its stated change is true."""
        if listed.modified_at is None or listed.modified_at >= self._window.start:
            return entries
        newest = newest_of(entries, self._now)
        if len(entries) <= _FEW_UNDATED if newest is None else newest >= self._window.start:
            return entries
        await self._frontier.left_out(entries=len(entries))
        return Found()

    def _settled(self, listed: Child) -> datetime | None:
        span = days_in_address(listed.url)
        return listed.modified_at or (end_of(span.last, self._publisher.zone) if span is not None else None)


def _newest(child: Child) -> tuple[date, float]:
    """What newer sitemaps have more of; those that say nothing of their time come first."""
    span = days_in_address(child.url)
    return (span.last if span is not None else date.max, child.modified_at.timestamp() if child.modified_at else 1e12)
