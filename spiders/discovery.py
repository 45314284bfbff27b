"""Feed, sitemap and index bytes -> entries. Pure: no network, no clock.

    LumbungError
    └── DiscoveryError     a document that announces nothing because it is something else

Announcements are read tolerantly: broken XML gives the entries that can be read. Only what the publisher owns and
what matches its `article_url` becomes an entry, once each, in the order of the document.
"""

from __future__ import annotations

import gzip
import io
import re
import zlib
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urljoin

import feedparser
from lxml import etree, html
from lxml.cssselect import CSSSelector

from spiders.article import Entry
from spiders.dates import parse_date
from spiders.publishers import LumbungError
from spiders.urls import canonicalise

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    from spiders.publishers import Index, Publisher

LARGEST = 50 * 1024 * 1024
"""Bytes of a document after decompression: the limit that sitemaps.org sets for a sitemap."""
_GZIP = b"\x1f\x8b"
_XML_OPTIONS: dict[str, Any] = {
    "resolve_entities": False,
    "load_dtd": False,
    "no_network": True,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}
_DAY_ONLY = re.compile(r"\s*\d{4}-\d\d-\d\d\s*")
_KINDS = {
    "!doctype html": "an HTML page",
    "html": "an HTML page",
    "rss": "an RSS feed",
    "rdf:rdf": "an RSS feed",
    "feed": "an Atom feed",
    "urlset": "a sitemap",
    "sitemapindex": "a sitemap index",
}
_FEEDS = frozenset((_KINDS["rss"], _KINDS["feed"]))
_KIND = re.compile(rf"<({'|'.join(_KINDS)})\b")
_SNIFFED = 4096
_BARE_AMPERSAND = re.compile(rb"<!\[CDATA\[.*?\]\]>|&(?!#?\w{1,31};)", re.DOTALL)
"""An ampersand that starts no entity, or a CDATA section, in which it may stand."""


class DiscoveryError(LumbungError):
    """A document that is not what the publisher's file says it is."""


@dataclass(frozen=True, slots=True)
class Child:
    """A sitemap listed in a sitemap index."""

    url: str
    modified_at: datetime | None = None
    """The latest moment that its `<lastmod>` can mean: for a bare date the end of that day."""


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What one sitemap or sitemap index says."""

    entries: list[Entry] = field(default_factory=list)
    children: list[Child] = field(default_factory=list)


def parse_feed(body: bytes, url: str, publisher: Publisher) -> list[Entry]:
    """Entries of an RSS or Atom feed; a date without a zone is in the publisher's.

    Raises:
        DiscoveryError: `body` is no feed.
    """
    data = _Opened(body, url).read()
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
        raise DiscoveryError(f"{url} is not a feed: it is {_kind(data)}")
    entries = _Entries(publisher, url)
    for item in feed.entries:
        _add_item(entries, item, atom=version.startswith("atom"))
    return entries.found


def parse_sitemap(body: bytes, url: str, publisher: Publisher) -> Sitemap:
    """Entries and child sitemaps of a sitemap, a Google News sitemap or a sitemap index, gzipped or not.

    The protocol lets a feed stand where a sitemap does (sitemaps.org, "Other Sitemap formats"), and indexes list some.

    Raises:
        DiscoveryError: `body` is no sitemap, broken gzip, or larger than `LARGEST` when decompressed.
    """
    entries, children = _Entries(publisher, url), dict[str, Child]()
    data = _Opened(body, url).read()
    if _kind(data) in _FEEDS:
        return Sitemap(parse_feed(data, url, publisher))
    for element in _sitemap_elements(data, url):
        values = _values(element)
        address, changed = _absolute(url, values.get("loc", "")), values.get("lastmod")
        if _name(element) == "url":
            entries.add(address, published=values.get("publication_date"), modified=changed, title=values.get("title"))
        elif address.startswith(("http://", "https://")):
            latest = _day_end(changed, publisher.zone) or _moment(changed, publisher.zone)
            children[address] = Child(address, latest)
    return Sitemap(entries.found, list(children.values()))


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


def parse_section(body: bytes, url: str, publisher: Publisher) -> list[Entry]:
    """Entries of a front or section page: every link to an article, nothing known of its time.

    Raises:
        DiscoveryError: `body` is no HTML.
    """
    return _linked(body, url, publisher, (), None)


def _linked(body: bytes, url: str, publisher: Publisher, links: tuple[str, ...], published: str | None) -> list[Entry]:
    data = _Opened(body, url).read()
    try:
        document = html.document_fromstring(data)
    except (etree.LxmlError, ValueError) as error:
        raise DiscoveryError(f"{url} is not a page of links: it is {_kind(data)}") from error
    kind = _kind(data)
    if document.find(".//a") is None and kind != _KINDS["html"]:
        raise DiscoveryError(f"{url} is not a page of links: it is {kind}")
    stated = document.find(".//base")
    base = _absolute(url, (stated.get("href") or "") if stated is not None else "") or url
    entries = _Entries(publisher, url)
    for link in _links(document, links):
        address = _absolute(base, link.get("href") or "")
        entries.add(address, published=published, title="".join(link.itertext()))
    return entries.found


class _Entries:
    """The entries of one document: the publisher's articles, each once."""

    def __init__(self, publisher: Publisher, found_in: str) -> None:
        self._publisher = publisher
        self._zone = publisher.zone
        self._article_url = [re.compile(pattern) for pattern in publisher.article_url]
        self.found_in = found_in
        self._by_identity: dict[str, Entry] = {}

    @property
    def found(self) -> list[Entry]:
        return list(self._by_identity.values())

    def add(
        self, url: str, *, published: str | None = None, modified: str | None = None, title: str | None = None
    ) -> bool:
        """Add an article of the publisher, dates and title as the document has them; False when `url` is none."""
        identity = canonicalise(url, self._publisher)
        if not self._publisher.owns(identity):
            return False
        if self._article_url and not any(pattern.search(identity) for pattern in self._article_url):
            return False
        words = " ".join((title or "").split()) or None
        known = self._by_identity.get(identity)
        if known is None:
            self._by_identity[identity] = Entry(
                url=url,
                published_at=_moment(published, self._zone),
                published_until=_day_end(published, self._zone),
                modified_at=_moment(modified, self._zone),
                title=words,
                found_in=self.found_in,
            )
        elif known.title is None:  # the picture's link comes first, the headline's after it
            self._by_identity[identity] = replace(known, title=words)
        return True


class _Opened:
    """A document's bytes as a stream, decompressed on the way and never more than `LARGEST` of them."""

    def __init__(self, body: bytes, url: str) -> None:
        stream = io.BytesIO(body)
        self._stream = gzip.GzipFile(fileobj=stream) if body.startswith(_GZIP) else stream
        self._url = url
        self._left = LARGEST

    def read(self, size: int = -1) -> bytes:
        """The next bytes, all of them without a `size`.

        Raises:
            DiscoveryError: the gzip data are broken, or there is too much.
        """
        try:
            chunk = self._stream.read(size if 0 <= size <= self._left else self._left + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise DiscoveryError(f"{self._url} is broken gzip: {error}") from error
        self._left -= len(chunk)
        if self._left < 0:
            raise DiscoveryError(f"{self._url} is larger than {LARGEST >> 20} MB; nothing of it is read")
        return chunk


def _add_item(entries: _Entries, item: feedparser.FeedParserDict, *, atom: bool) -> None:
    published = item.get("published")
    # `in` first: feedparser's get() answers with `published`, and a warning, where `updated` is missing.
    updated = item["updated"] if "updated" in item else None  # noqa: SIM401 - see above
    if not atom and published is None:
        published, updated = updated, None  # <dc:date> of RSS, which feedparser calls `updated`
    # A syndication service's link leads to itself; the publisher's own address is then in <origLink> or <guid>.
    for name in ("feedburner_origlink", "link", "id"):
        address = _absolute(entries.found_in, str(item.get(name, "")))
        if address and entries.add(address, published=published, modified=updated, title=item.get("title")):
            return


def _sitemap_elements(data: bytes, url: str) -> Iterator[etree._Element]:
    """Each <url> or <sitemap>; those of a broken sitemap may come twice."""
    if b"<!ENTITY" in data:
        raise DiscoveryError(f"{url} is refused: no sitemap needs to declare entities, attacks do")
    with suppress(etree.LxmlError):
        yield from _parsed(data, url, recover=False)
        return
    # libxml2 alone would drop `&b=` from `?a=1&b=2` and announce a URL that nobody has.
    repaired = _BARE_AMPERSAND.sub(lambda match: match[0] if match[0] != b"&" else b"&amp;", data)
    try:
        yield from _parsed(repaired, url, recover=True)
    except etree.LxmlError as error:
        raise DiscoveryError(f"{url} is not a sitemap: it is {_kind(data)}") from error


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
        raise DiscoveryError(f"{url} is not a sitemap: it is {_kind(data)}")


def _values(element: etree._Element) -> dict[str, str]:
    """Text of the element's fields; <image:title> and the like stay out, those of <news:news> come in."""
    fields = [*element, *(child for news in element if _name(news) == "news" for child in news)]
    return {_name(child): " ".join("".join(child.itertext()).split()) for child in fields}


def _name(element: etree._Element) -> str:
    """The tag without its namespace, of which sitemaps in the wild have many; empty for an entity."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _links(document: html.HtmlElement, selectors: tuple[str, ...]) -> Iterator[html.HtmlElement]:
    """The selected <a> elements, in document order; a selector may also name what stands around a link."""
    if not selectors:
        yield from document.iter("a")
    else:
        found = CSSSelector(", ".join(selectors), translator="html")(document)
        for element in cast("list[html.HtmlElement]", found):
            yield from element.iter("a")


def _absolute(base: str, address: str) -> str:
    """`address` against `base`; empty where it is none."""
    if address.startswith(("http://", "https://")):
        return address  # nearly all of them, and a tenth of the price
    with suppress(ValueError):
        return urljoin(base, address.strip()) if address.strip() else ""
    return ""


def _moment(text: str | None, zone: ZoneInfo) -> datetime | None:
    """A machine's date in UTC: W3C, RFC 822, and the Indonesian forms that feeds print."""
    if not text:
        return None
    with suppress(ValueError, TypeError, IndexError, OverflowError):
        moment = parse_date(text, zone)
        if moment is None:  # RFC 822 with a year of two digits
            moment = parsedate_to_datetime(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    return None


def _day_end(text: str | None, zone: ZoneInfo) -> datetime | None:
    """The last moment of the day, in UTC, where `text` states a day and nothing more."""
    if not text or not _DAY_ONLY.fullmatch(text):
        return None
    with suppress(ValueError, OverflowError):
        return datetime.combine(date.fromisoformat(text.strip()), time.max, zone).astimezone(UTC)
    return None


def _kind(data: bytes) -> str:
    """What a document is, in words for people."""
    start = data[:_SNIFFED].replace(b"\0", b"").decode("latin-1").strip().lower()
    if match := _KIND.search(start):
        return _KINDS[match[1]]
    if not start:
        return "empty"
    return {"{": "JSON", "[": "JSON", "<": "XML of another kind"}.get(start[0], "neither XML nor HTML")
