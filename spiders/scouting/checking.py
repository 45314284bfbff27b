"""Look whether a publisher is still as its file says: what it announces, and how its newest pages read.

Asks for robots.txt, the first document of each way of discovery and a few of the newest articles, writes nothing and
needs no database.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from spiders.scouting.inquiry import Inquiry, InquirySpider, Robots
from spiders.scouting.samples import Reading, read_entry
from spiders.scouting.ways import Way, ask_feed, ask_index, ask_section, ask_sitemap, newest_entries

if TYPE_CHECKING:
    from spiders.publishers import Publisher

_TRIES = 2
"""Pages asked for an article wanted: the newest may be galleries or behind a paywall."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What was found at one publisher."""

    publisher: Publisher
    checked_at: datetime
    robots: tuple[Robots, ...]
    """One for each host that was asked and has answered."""
    ways: tuple[Way, ...]
    readings: tuple[Reading, ...]
    """Of the newest announced pages, newest first."""

    @property
    def articles(self) -> list[Reading]:
        """Those that are articles."""
        return [reading for reading in self.readings if reading.readable]


class CheckSpider(InquirySpider):
    """Finds a `Check`; its wish is `articles`, how many to read."""

    async def look(self, inquiry: Inquiry) -> Check:
        """Every way first, then the newest pages until enough of them are articles."""
        now, wanted = datetime.now(UTC), int(self.wishes["articles"])
        ways = await self._ways(inquiry, now)
        readings: list[Reading] = []
        for entry in newest_entries(ways, self.publisher)[: wanted * _TRIES]:
            readings.append(await read_entry(inquiry, self.publisher, entry))
            # What is no article of its own fault is looked at instead of one; a gallery is not.
            if sum(reading.readable or reading.unreadable for reading in readings) >= wanted:
                break
        return Check(
            publisher=self.publisher,
            checked_at=now,
            robots=tuple(inquiry.robots.values()),
            ways=tuple(ways),
            readings=tuple(readings),
        )

    async def _ways(self, inquiry: Inquiry, now: datetime) -> list[Way]:
        publisher = self.publisher
        ways = [await ask_feed(inquiry, publisher, publisher.absolute(each)) for each in publisher.feeds]
        ways += [await ask_sitemap(inquiry, publisher, publisher.absolute(each)) for each in publisher.sitemaps]
        ways += [await ask_index(inquiry, publisher, each, now) for each in publisher.indexes]
        ways += [await ask_section(inquiry, publisher, publisher.absolute(each)) for each in publisher.sections]
        return ways
