"""Feed, sitemap and index bytes -> entries. Pure: no network, no clock.

Announcements are read tolerantly: broken XML gives the entries that can be read. Only what the publisher owns and
what matches its `article_url` becomes an entry, once each, in the order of the document.
"""

from __future__ import annotations

import io
import re
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from lxml import etree, html
from lxml.cssselect import CSSSelector

from spiders.discovery.address_dates import days_in_address
from spiders.discovery.entries import (
    FEEDS,
    HTML,
    DiscoveryError,
    Entries,
    Found,
    Opened,
    absolute,
    base_of,
    day_end,
    in_utf8,
    is_utf8,
    kind_of,
    moment_of,
)
from spiders.fetching.robots_text import parse_rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    import feedparser

    from spiders.article import Entry
    from spiders.publishers import Index, Publisher

__all__ = [
    "Child",
    "DiscoveryError",
    "Sitemap",
    "parse_feed",
    "parse_index",
    "parse_robots",
    "parse_section",
    "parse_sitemap",
]

_XML_OPTIONS: dict[str, Any] = {
    "resolve_entities": False,
    "load_dtd": False,
    "no_network": True,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}
_MONTH = timedelta(days=31)
_BARE_AMPERSAND = re.compile(rb"<!\[CDATA\[.*?(?:\]\]>|\Z)|&(?!#?\w{1,31};)", re.DOTALL)
"""An ampersand that starts no entity, or a CDATA section, in which it may stand; one that
is not closed goes on to the end, else each of many would be looked through to the end."""

_SITEMAP_ROOT = re.compile(rb"<(?:\w+:)?(?:urlset|sitemapindex)\b")
_TEXT_SITEMAP = re.compile(rb"(?:\xef\xbb\xbf)?\s*https?://[^\s<]+\s*(?:\n|$)")


@dataclass(frozen=True, slots=True)
class Child:
    """A sitemap listed in a sitemap index."""

    url: str
    modified_at: datetime | None = None
    """The latest moment that its `<lastmod>` can mean: for a bare date the end of that day."""


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What one sitemap or sitemap index says."""

    entries: Found = field(default_factory=Found)
    children: list[Child] = field(default_factory=list)


LARGEST_FEED = 5 * 1024 * 1024
"""Bytes; feedparser takes twenty times as much memory. The largest feed seen has a tenth of it."""


MOST_TAGS = 200_000
"""In a feed; feedparser takes up to a twentieth of a millisecond for each. A thousand items have fifty thousand."""


def parse_feed(body: bytes, url: str, publisher: Publisher) -> Found:
    """Entries of an RSS or Atom feed; a date without a zone is in the publisher's.

    Raises:
        DiscoveryError: `body` is no feed, larger than `LARGEST_FEED` or with more tags than `MOST_TAGS`.
    """
    import feedparser  # noqa: PLC0415 - most crawls are told that their feed is as it was

    data = in_utf8(Opened(body, url).read())
    if len(data) > LARGEST_FEED:
        raise DiscoveryError(f"{url} is larger than {LARGEST_FEED >> 20} MB; nothing of it is read")
    if data.count(b"<") > MOST_TAGS:
        raise DiscoveryError(f"{url} has more than {MOST_TAGS} tags; nothing of it is read")
    try:
        # As a stream: bytes would be tried as the name of a local file first.
        feed = feedparser.parse(
            io.BytesIO(data),
            response_headers={"content-location": url},
            resolve_relative_uris=False,
            sanitize_html=False,
        )
    except Exception as error:
        raise DiscoveryError(f"{url} cannot be read as a feed: {type(error).__name__}") from error
    version = feed.get("version", "")
    if not version:
        raise DiscoveryError(f"{url} is not a feed: it is {kind_of(data)}")
    entries = Entries(publisher, url)
    for item in feed.entries:
        _add_item(entries, item, atom=version.startswith("atom"))
    return entries.found


def parse_sitemap(body: bytes, url: str, publisher: Publisher) -> Sitemap:
    """Entries and child sitemaps of a sitemap, a Google News sitemap or a sitemap index, gzipped or not.

    The protocol lets a feed or a text with one URL a line stand where a sitemap does (sitemaps.org, "Other Sitemap
    formats"), and indexes list some.
    Where the address of the sitemap names a day or a month, its articles appeared then if nothing else says when.

    Raises:
        DiscoveryError: `body` is no sitemap, broken gzip, or larger than `LARGEST` when decompressed.
    """
    data = Opened(body, url).read()
    if kind_of(data) in FEEDS:
        return Sitemap(parse_feed(data, url, publisher))
    if _TEXT_SITEMAP.match(data):
        return Sitemap(_listed_as_text(data, url, publisher))
    days = days_in_address(url)
    if days is not None and days.last - days.first > _MONTH:
        days = None
    entries, children = Entries(publisher, url, days), dict[str, Child]()
    for element in _sitemap_elements(data, url):
        values = _values(element)
        address, changed = absolute(url, values.get("loc", "")), values.get("lastmod")
        if _name(element) == "url":
            published, title = values.get("publication_date"), values.get("title")
            if not entries.add(address, published=published, modified=changed, title=title):
                entries.left_out(address)
        elif address.startswith(("http://", "https://")):
            address = address.partition("#")[0]  # the index itself with a fragment would be one more level of it
            latest = day_end(changed, publisher.zone) or moment_of(changed, publisher.zone)
            children[address] = Child(address, latest)
    return Sitemap(entries.found, list(children.values()))


def _listed_as_text(data: bytes, url: str, publisher: Publisher) -> Found:
    entries = Entries(publisher, url)
    for line in data.decode("utf-8-sig", "replace").splitlines():
        address = absolute(url, line.strip())
        if not entries.add(address):
            entries.left_out(address)
    return entries.found


def parse_robots(body: bytes, url: str) -> list[Child]:
    """The sitemaps that a robots.txt names, in a file decoded as for its rules."""
    return [Child(absolute(url, address)) for address in parse_rules(body).sitemaps]


def parse_index(
    body: bytes, url: str, publisher: Publisher, day: date | None, index: Index | None = None
) -> list[Entry]:
    """Entries of one page of `index`, the publisher's first one by default: links that match `index.links`, or all.

    The page states the day and no time, so an entry was published from the first to the last moment of `day` in the
    publisher's zone. Where the address of the index does not depend on the day, nothing is known of the time.

    Raises:
        DiscoveryError: `body` is no HTML.
    """
    index = index or publisher.index
    published = day.isoformat() if day is not None and index is not None and index.dated else None
    return _linked(body, url, publisher, index.links if index is not None else (), published)


def parse_section(body: bytes, url: str, publisher: Publisher) -> Found:
    """Entries of a front or section page: every link to an article, nothing known of its time.

    Raises:
        DiscoveryError: `body` is no HTML.
    """
    return _linked(body, url, publisher, (), None)


def _linked(body: bytes, url: str, publisher: Publisher, links: tuple[str, ...], published: str | None) -> Found:
    data = Opened(body, url).read()
    try:
        document = html.document_fromstring(data, html.HTMLParser(encoding="utf-8" if is_utf8(data) else None))
    except (etree.LxmlError, ValueError) as error:
        raise DiscoveryError(f"{url} is not a page of links: it is {kind_of(data)}") from error
    kind = kind_of(data)
    if document.find(".//a") is None and kind != HTML:
        raise DiscoveryError(f"{url} is not a page of links: it is {kind}")
    base = base_of(document, url)
    entries = Entries(publisher, url)
    for link in _links(document, links):
        address = absolute(base, link.get("href") or "")
        entries.add(address, published=published, title="".join(link.itertext()))
    return entries.found


def _add_item(entries: Entries, item: feedparser.FeedParserDict, *, atom: bool) -> None:
    published = item.get("published")
    # `in` first: feedparser's get() answers with `published`, and a warning, where `updated` is missing.
    updated = item["updated"] if "updated" in item else None  # noqa: SIM401 - see above
    if not atom and published is None:
        published, updated = updated, None  # <dc:date> of RSS, which feedparser calls `updated`
    # A syndication service's link leads to itself; the publisher's own address is then in <origLink> or <guid>.
    names = ("feedburner_origlink", "link", "id")
    addresses = [address for name in names if (address := absolute(entries.found_in, str(item.get(name, ""))))]
    for address in addresses:
        if entries.add(address, published=published, modified=updated, title=item.get("title")):
            return
    entries.left_out(*(address for address in addresses if address.startswith(("http://", "https://"))))


def _sitemap_elements(data: bytes, url: str) -> Iterator[etree._Element]:
    """Each <url> or <sitemap>; those of a broken sitemap may come twice."""
    if b"<!ENTITY" in data:
        raise DiscoveryError(f"{url} is refused: no sitemap needs to declare entities, attacks do")
    with suppress(etree.LxmlError, DiscoveryError):
        yield from _parsed(data, url, recover=False)
        return
    # Programs print warnings before the document.
    if root := _SITEMAP_ROOT.search(data):
        data = data[root.start() :]
    # libxml2 alone would drop `&b=` from `?a=1&b=2` and announce a URL that nobody has.
    repaired = _BARE_AMPERSAND.sub(lambda match: match[0] if match[0] != b"&" else b"&amp;", data)
    try:
        yield from _parsed(repaired, url, recover=True)
    except etree.LxmlError as error:
        raise DiscoveryError(f"{url} is not a sitemap: it is {kind_of(data)}") from error


def _parsed(data: bytes, url: str, *, recover: bool) -> Iterator[etree._Element]:
    root = None
    for event, element in etree.iterparse(io.BytesIO(data), ("start", "end"), recover=recover, **_XML_OPTIONS):
        if root is None:
            root = element
            if _name(root) not in {"urlset", "sitemapindex"}:
                break
        elif event == "end" and element.getparent() is root and _name(element) in {"url", "sitemap"}:
            yield element
            element.clear()  # what was read is forgotten: the tree never grows
            while element.getprevious() is not None:
                del root[0]
    if root is None or _name(root) not in {"urlset", "sitemapindex"}:
        raise DiscoveryError(f"{url} is not a sitemap: it is {kind_of(data)}")


def _values(element: etree._Element) -> dict[str, str]:
    """Text of the element's fields; <image:title> and the like stay out, those of <news:news> come in."""
    fields = [*element, *(child for news in element if _name(news) == "news" for child in news)]
    return {_name(child): " ".join("".join(child.itertext()).split()) for child in fields}


def _name(element: etree._Element) -> str:
    """The tag without its namespace, of which sitemaps in the wild have many, declared or not; empty for an entity."""
    return element.tag.rpartition("}")[2].rpartition(":")[2] if isinstance(element.tag, str) else ""


def _links(document: html.HtmlElement, selectors: tuple[str, ...]) -> Iterator[html.HtmlElement]:
    """The selected <a> elements, in document order; a selector may also name what stands around a link."""
    if not selectors:
        yield from document.iter("a")
    else:
        found = CSSSelector(", ".join(selectors), translator="html")(document)
        for element in cast("list[html.HtmlElement]", found):
            yield from element.iter("a")
