"""The ways in which a publisher announces articles, each asked once: what answers, with how much, how new."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal

from spiders.discovery.documents import (
    Child,
    DiscoveryError,
    Sitemap,
    parse_feed,
    parse_index,
    parse_section,
    parse_sitemap,
)
from spiders.discovery.index_pages import ABSENT
from spiders.publishers.urls import canonicalise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    from spiders.article import Entry
    from spiders.publishers import Index, Publisher
    from spiders.scouting.inquiry import Answer, Inquiry

Kind = Literal["feed", "sitemap", "index", "section"]

_NEVER: frozenset[int] = frozenset()
_NUMBERS = re.compile(r"[\W_]*\d+")
_CHILDREN = 4
"""Sitemaps of an index that are asked until one announces posts."""
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One feed, sitemap, index page or section page, as it answered."""

    kind: Kind
    url: str
    """As the publisher's file has it, absolute."""
    read: str = ""
    """The document the entries are from: another one where `url` is a sitemap index."""
    entries: tuple[Entry, ...] = ()
    posts: str = ""
    """Of a sitemap index, its one sitemap of posts, where the index has no other of that name; else empty."""
    problem: str = ""
    """Why it announces nothing, in one line; empty when it answered."""
    allowed: bool = True
    """Whether robots.txt allows it."""

    @property
    def newest(self) -> datetime | None:
        """The latest date it states; None when it states none."""
        return max(filter(None, map(moment_of, self.entries)), default=None)

    @property
    def tells_changes(self) -> bool:
        """Whether it states when articles were changed, apart from when they appeared: Atom's `updated`."""
        return any(entry.modified_at is not None for entry in self.entries)


def moment_of(entry: Entry) -> datetime | None:
    """When an announced article appeared, or else when it was changed."""
    return entry.published_at or entry.modified_at


def newest_entries(ways: Iterable[Way], publisher: Publisher) -> list[Entry]:
    """The entries of all ways, each URL once, newest first; those without a date last, as they stand."""
    found: dict[str, Entry] = {}
    for way in ways:
        for entry in way.entries:
            known = found.setdefault(canonicalise(entry.url, publisher), entry)
            if known.published_at is None and entry.published_at is not None:
                found[canonicalise(entry.url, publisher)] = entry
    return sorted(found.values(), key=lambda entry: moment_of(entry) or _LONG_AGO, reverse=True)


async def ask_feed(inquiry: Inquiry, publisher: Publisher, url: str) -> Way:
    """Ask for a feed."""
    return await _ask(inquiry, "feed", url, lambda answer: parse_feed(answer.body, answer.url, publisher))


async def ask_section(inquiry: Inquiry, publisher: Publisher, url: str) -> Way:
    """Ask for a front or section page."""
    return await _ask(inquiry, "section", url, lambda answer: parse_section(answer.body, answer.url, publisher))


async def _ask(
    inquiry: Inquiry, kind: Kind, url: str, parse: Callable[[Answer], Iterable[Entry]], absent: frozenset[int] = _NEVER
) -> Way:
    """Ask for one document; a status in `absent` is one that holds nothing."""
    answer = await inquiry.ask(url)
    if answer.status in absent:
        return Way(kind=kind, url=url, read=url)
    if answer.problem:
        return _failed(kind, answer)
    try:
        entries = parse(answer)
    except DiscoveryError as error:
        return Way(kind=kind, url=url, problem=_short(error, answer.url))
    return Way(kind=kind, url=url, read=url, entries=tuple(entries))


async def ask_sitemap(inquiry: Inquiry, publisher: Publisher, url: str, posts: frozenset[str] = frozenset()) -> Way:
    """Ask for a sitemap, or for the sitemaps of an index until one of them announces posts.

    Args:
        inquiry: asks.
        publisher: whose sitemap it is.
        url: its address.
        posts: canonical URLs of posts as feeds announce them. The sitemap of an index that has one of them is taken
            before those of static pages, categories and authors; without any, the first one that announces anything.
    """
    answer = await inquiry.ask(url)
    if answer.problem:
        return _failed("sitemap", answer)
    try:
        sitemap = parse_sitemap(answer.body, answer.url, publisher)
    except DiscoveryError as error:
        return Way(kind="sitemap", url=url, problem=_short(error, answer.url))
    if sitemap.entries or not sitemap.children:
        return Way(kind="sitemap", url=url, read=url, entries=tuple(sitemap.entries))
    return await _ask_children(inquiry, publisher, url, sitemap, posts)


async def _ask_children(
    inquiry: Inquiry, publisher: Publisher, url: str, sitemap: Sitemap, posts: frozenset[str]
) -> Way:
    problem, allowed = "", True
    first: Way | None = None
    for child in sorted(sitemap.children, key=_promise, reverse=True)[:_CHILDREN]:
        answer = await inquiry.ask(child.url)
        problem = problem or (answer.problem and f"its sitemap {child.url}: {answer.problem}")
        allowed = allowed and answer.allowed
        if answer.problem:
            continue
        try:
            inner = parse_sitemap(answer.body, answer.url, publisher)
        except DiscoveryError as error:
            problem = problem or str(error)
            continue
        if not inner.entries:
            continue
        way = Way(kind="sitemap", url=url, read=child.url, entries=tuple(inner.entries))
        if any(canonicalise(entry.url, publisher) in posts for entry in inner.entries):
            return replace(way, posts=_only_one(child, sitemap))
        if not posts:
            return way
        first = first or way
    return first or Way(kind="sitemap", url=url, problem=problem, allowed=allowed)


def _only_one(child: Child, index: Sitemap) -> str:
    """The child's address where it alone holds the posts of an index; else empty.

    Empty where children differ by numbers only, as the parts of a series do: the posts may lie in all of them. Empty
    for a news sitemap too: it holds those of two days (Google's rules for news sitemaps), and others have the rest.
    """
    forms = Counter(_NUMBERS.sub("", each.url) for each in index.children)
    is_series = max(forms.values()) > 1
    return "" if len(forms) == 1 or is_series or _is_news(child) else child.url


def _promise(child: Child) -> tuple[bool, datetime]:
    """News sitemaps first, then what was changed last."""
    return _is_news(child), child.modified_at or _LONG_AGO


def _is_news(child: Child) -> bool:
    return "news" in child.url.lower()


async def ask_index(inquiry: Inquiry, publisher: Publisher, index: Index, now: datetime) -> Way:
    """Ask for the first index page of today; of yesterday where today has nothing yet."""
    today = now.astimezone(publisher.zone).date()
    way = await _ask_index_day(inquiry, publisher, index, today)
    if index.dated and not way.entries and way.allowed:
        return await _ask_index_day(inquiry, publisher, index, today - timedelta(days=1))
    return way


async def _ask_index_day(inquiry: Inquiry, publisher: Publisher, index: Index, day: date) -> Way:
    def parse(answer: Answer) -> Iterable[Entry]:
        return parse_index(answer.body, answer.url, publisher, day, index)

    # A day without articles is one as a crawl takes it.
    absent = ABSENT if index.dated else _NEVER
    return await _ask(inquiry, "index", index.page_url(publisher.home, day, 1), parse, absent)


def _failed(kind: Kind, answer: Answer) -> Way:
    return Way(kind=kind, url=answer.asked, problem=answer.problem, allowed=answer.allowed)


def _short(error: DiscoveryError, url: str) -> str:
    """The error without the address at its beginning, which stands beside it."""
    return str(error).removeprefix(url).strip()
