"""Look at a site nobody has described yet: how it announces articles, and how its pages read without any selector.

Asks for the front page, robots.txt, feeds and sitemaps that these name (or else those of the usual names), and a sample
of pages: announced ones, and some of the same form that may be none.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from tldextract import TLDExtract

from spiders.article import Entry
from spiders.fetching.addresses import forbidden
from spiders.publishers import Publisher
from spiders.publishers.urls import canonicalise
from spiders.scouting.address_shapes import Shape, infer_shapes, same_form
from spiders.scouting.front_page import FrontPage, read_front_page
from spiders.scouting.inquiry import Answer, Inquiry, InquirySpider, Robots
from spiders.scouting.samples import Reading, read_entry
from spiders.scouting.ways import Way, ask_feed, ask_section, ask_sitemap, newest_entries

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence

NOWHERE = "Etc/GMT+12"
"""Nobody lives in this zone: a date with its offset stated none itself."""
_SUFFIXES = TLDExtract(suffix_list_urls=(), include_psl_private_domains=True)
"""The public suffix list as tldextract ships it: nothing is fetched."""
USUAL_FEEDS = ("/feed/", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/feeds/all.atom.xml")
USUAL_ATOM_FEEDS = ("/feed/atom/", "/atom.xml")
"""Beside an RSS feed, which does not tell of changes: WordPress has the first and links it nowhere."""
_GUESSED = "the usual name"
USUAL_SITEMAPS = ("/sitemap.xml", "/sitemap_index.xml", "/sitemapindex.xml", "/sitemap-news.xml", "/news-sitemap.xml")
_MOST_WAYS = 6
_FEWEST_HYPHENS = 3
"""In the path of a link on the front page that is taken for an article's."""
_DOUBTFUL = 6
"""Pages of an article's form, but not announced by a feed, that are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What was found at one site."""

    home: Answer
    seen_at: datetime
    publisher: Publisher
    """The draft that pages were read with: home and domains only."""
    front: FrontPage = field(default_factory=FrontPage)
    robots: tuple[Robots, ...] = ()
    ways: tuple[Way, ...] = ()
    """Feeds and sitemaps that answered with entries, and those that others name but do not answer."""
    named_by: dict[str, str]
    """Address of a way -> where it was found."""
    readings: tuple[Reading, ...] = ()
    """Of announced pages."""
    doubtful: tuple[Reading, ...] = ()
    """Of pages that may be none."""
    shapes: tuple[Shape, ...] = ()
    """Forms of the articles' addresses."""
    announced: tuple[Entry, ...] = ()
    """Each URL once, newest first."""


class ScoutSpider(InquirySpider):
    """Finds a `Survey`; its wish is `samples`, how many announced pages to read."""

    async def look(self, inquiry: Inquiry) -> Survey:
        """Front page, ways, sample, in this order."""
        home = await inquiry.ask(self.publisher.home)
        survey = Survey(home=home, seen_at=datetime.now(UTC), publisher=self.publisher, named_by={})
        if home.problem:
            return replace(survey, robots=tuple(inquiry.robots.values()))
        draft = moved(self.publisher, home.url)
        front = read_front_page(home.body, home.url)
        survey = replace(survey, publisher=draft, front=front, home=replace(home, body=b""))
        survey = await self._find_ways(inquiry, survey)
        return await self._sample(inquiry, survey)

    async def _find_ways(self, inquiry: Inquiry, survey: Survey) -> Survey:
        here, front = survey.home.url, survey.front
        feeds = [(url, '<link rel="alternate"> of the front page') for url in front.feeds]
        feeds += [(url, "a link of the front page") for url in front.linked_feeds]
        feeds += [(urljoin(here, path), _GUESSED) for path in USUAL_FEEDS]
        robots = tuple(inquiry.robots.values())
        maps = [(url, "robots.txt") for each in robots for url in each.sitemaps]
        maps += [(urljoin(here, path), _GUESSED) for path in USUAL_SITEMAPS]
        named_by = _first([*feeds, *maps])
        draft = survey.publisher
        ways = await self._ask(feeds, partial(ask_feed, inquiry, draft))
        if not any(way.tells_changes for way in ways):
            atoms = [
                (urljoin(here, path), _GUESSED) for path in USUAL_ATOM_FEEDS if urljoin(here, path) not in named_by
            ]
            named_by = {**named_by, **dict(atoms)}
            ways += await self._ask(atoms, partial(ask_feed, inquiry, draft))
        posts = frozenset(canonicalise(entry.url, draft) for way in ways for entry in way.entries)
        ways += await self._ask(maps, partial(ask_sitemap, inquiry, draft, posts=posts))
        if not any(way.entries for way in ways):
            ways.append(await self._front_as_section(inquiry, survey))
            named_by[here] = "the front page's own links, the last resort"
        return replace(survey, ways=tuple(ways), named_by=named_by, robots=tuple(inquiry.robots.values()))

    async def _front_as_section(self, inquiry: Inquiry, survey: Survey) -> Way:
        way = await ask_section(inquiry, survey.publisher, survey.home.url)
        titles = (entry for entry in way.entries if urlsplit(entry.url).path.count("-") >= _FEWEST_HYPHENS)
        return replace(way, entries=tuple(titles))

    async def _ask(self, addresses: Iterable[tuple[str, str]], ask: Callable[[str], Awaitable[Way]]) -> list[Way]:
        """Those that are named; the usual names are tried until one answers."""
        found: list[Way] = []
        for url, where in _first(addresses).items():
            guessed = where == _GUESSED
            if len(found) >= _MOST_WAYS or (guessed and any(way.entries for way in found)):
                break
            way = await ask(url)
            if way.entries or not guessed:
                found.append(way)
        return found

    async def _sample(self, inquiry: Inquiry, survey: Survey) -> Survey:
        draft, wanted = survey.publisher, int(self.wishes["samples"])
        announced = newest_entries(survey.ways, draft)
        dated = dated_entries(survey.ways, draft) or announced
        readings = [await read_entry(inquiry, draft, entry) for entry in spread(dated, wanted)]
        none = {canonicalise(each.url, draft) for each in readings if not each.readable}
        posts = [each for each in readings if each.readable]
        urls = [canonicalise(entry.url, draft) for entry in dated]
        articles = [url for url in urls if url not in none]
        links = (*survey.front.links, *(entry.url for entry in announced))
        unsure = {canonicalise(url, draft): url for url in reversed(links) if draft.owns(url)}
        alike = same_form((url for url in reversed(unsure) if url not in urls), articles)
        doubtful = [await read_entry(inquiry, draft, Entry(url=unsure[url])) for url in alike[:_DOUBTFUL]]
        seen = [each for each in (*readings, *doubtful) if each.allowed and each.outcome != "failed"]
        others = [canonicalise(each.url, draft) for each in seen if each.unreadable]
        others += [canonicalise(each.url, draft) for each in doubtful if is_static(each, posts)]
        return replace(
            survey,
            announced=tuple(announced),
            readings=tuple(readings),
            doubtful=tuple(doubtful),
            shapes=tuple(infer_shapes(articles, others)),
        )


def _first(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Each address with what named it first, in order."""
    found: dict[str, str] = {}
    for url, where in pairs:
        found.setdefault(url, where)
    return found


def is_static(page: Reading, posts: Sequence[Reading]) -> bool:
    """Whether a page that reads as an article is none like the posts: an imprint, a contact page.

    It lacks what all posts have: a time of publication, or a type of article in its structured data.
    """
    if not page.readable or not posts:
        return False
    undated = "published_at" not in page.fields and all("published_at" in post.fields for post in posts)
    untyped = not _names_article(page) and all(map(_names_article, posts))
    return undated or untyped


def _names_article(page: Reading) -> bool:
    return any(kind.endswith(("Article", "Posting")) for kind in page.kinds)


def draft_of(url: str, key: str) -> Publisher:
    """What is known of a site before it is looked at: its address, and all hosts of its registered domain.

    Raises:
        PublisherError: the address or the key cannot be one.
    """
    host = urlsplit(url).hostname or ""
    local = host == "localhost" or _is_inside(host)
    domain = _SUFFIXES(host).top_domain_under_public_suffix or host.removeprefix("www.")
    table = {"name": host, "home": url, "timezone": NOWHERE, "local": local, "domains": [] if local else [domain]}
    return Publisher.from_table(key, table, where=url)


def _is_inside(host: str) -> bool:
    """Whether the host is an address of this machine or its private network."""
    literal = not host.strip("0123456789.") or ":" in host
    return literal and forbidden(host) is not None


def moved(draft: Publisher, url: str) -> Publisher:
    """The draft with its home where the front page really is."""
    parts = urlsplit(url)
    return draft.model_copy(update={"home": f"{parts.scheme}://{parts.netloc}{parts.path or '/'}"})


def dated_entries(ways: Iterable[Way], draft: Publisher) -> list[Entry]:
    """What feeds and news sitemaps announce: articles, as far as anybody can tell."""
    good = (way for way in ways if way.kind == "feed" or any(entry.published_at for entry in way.entries))
    return newest_entries(good, draft)


def spread(entries: Sequence[Entry], count: int) -> list[Entry]:
    """The newest entries and some from all over the rest, `count` in all."""
    if len(entries) <= count:
        return list(entries)
    newest, rest = entries[: (count + 1) // 2], entries[(count + 1) // 2 :]
    step = len(rest) / (count - len(newest)) if count > len(newest) else 1
    return [*newest, *(rest[int(at * step)] for at in range(count - len(newest)))]
