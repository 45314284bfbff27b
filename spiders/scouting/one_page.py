"""One page that somebody wants to look at, asked for once, as a crawl would ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spiders.errors import LumbungError
from spiders.scouting.inquiry import Answer, Inquiry, InquirySpider, look_at

if TYPE_CHECKING:
    from collections.abc import Mapping

    from spiders.publishers import Publisher


class PageError(LumbungError):
    """A page that could not be had, or that robots.txt disallows."""


class PageSpider(InquirySpider):
    """Finds an `Answer`; its wish is `url`."""

    async def look(self, inquiry: Inquiry) -> Answer:
        """Ask once."""
        return await inquiry.ask(str(self.wishes["url"]))


def fetched_page(url: str, publisher: Publisher, settings: Mapping[str, object] | None = None) -> Answer:
    """Fetch one page. A process can do this once.

    Args:
        url: Its address.
        publisher: Whose page it is, for the pace.
        settings: of Scrapy, that differ from a crawl's.

    Raises:
        PageError: there is none.
    """
    answer: Answer | None = look_at(PageSpider, [publisher], settings=settings, url=url)[0]
    if answer is None or answer.problem:
        raise PageError(f"{url}: {answer.problem if answer else 'could not be asked for; --verbose shows why'}")
    return answer
