"""What announcing documents have in common: their bytes opened, their dates read, their articles kept, each once. Pure.

LumbungError
└── DiscoveryError     a document that announces nothing because it is something else
"""

from __future__ import annotations

import codecs
import gzip
import io
import re
import zlib
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from spiders.article import Entry
from spiders.discovery.address_dates import Days, day_of_article
from spiders.errors import LumbungError
from spiders.publishers.urls import canonicalise
from spiders.reading.printed.dates import parse_date

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from lxml.html import HtmlElement

    from spiders.publishers import Publisher

LARGEST = 50 * 1024 * 1024
"""Bytes of a document after decompression: the limit that sitemaps.org sets for a sitemap."""
_GZIP = b"\x1f\x8b"
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
_KIND = re.compile(rf"<({'|'.join(_KINDS)})\b")
_SNIFFED = 4096
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_SHORT_YEAR = re.compile(r"(?i)\b\d{1,2}[ -][a-z]{3}[ -]\d\d\b(?!\d)")
"""RFC 822 with a year of two digits, and not the last ones of another: `-0001` is no year that anybody means."""
_FIRST = datetime(1990, 1, 1, tzinfo=UTC)
"""Before the web there are no dates of articles on it, only zeros of clocks and templates."""
_NIGHT, _LONG_BEFORE = timedelta(days=1), timedelta(days=31)
FEEDS = frozenset((_KINDS["rss"], _KINDS["feed"]))
HTML = _KINDS["html"]
"""What `kind_of` says of feeds and of an HTML page."""


class DiscoveryError(LumbungError):
    """A document that is not what the publisher's file says it is."""


class Found(list[Entry]):
    """Entries of one document, in its order."""

    off_domain: int = 0
    """Links of the document that were left out because none of the publisher's domains has them."""


class Entries:
    """The entries of one document: the publisher's articles, each once."""

    def __init__(self, publisher: Publisher, found_in: str, days: Days | None = None) -> None:
        """Begin with none.

        Args:
            publisher: whose articles count.
            found_in: URL of the document.
            days: in which its articles appeared, where no better is known.
        """
        self._publisher = publisher
        self._days = days
        self._zone = publisher.zone
        self._article_url = [re.compile(pattern) for pattern in publisher.article_url]
        self.found_in = found_in
        self._by_identity: dict[str, Entry] = {}

        self._off_domain = set[str]()

    @property
    def found(self) -> Found:
        """All of them, in the order of the document."""
        found = Found(self._by_identity.values())
        found.off_domain = len(self._off_domain)
        return found

    def left_out(self, *addresses: str) -> None:
        """Count an entry that none of its addresses has made one, where they all lie on other houses' domains."""
        identities = [canonicalise(address, self._publisher) for address in addresses if address]
        if identities and not any(map(self._publisher.owns, identities)):
            self._off_domain.add(identities[0])

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
            first, until = self._published(published, identity)
            changed = moment_of(modified, self._zone)
            if (
                first is not None
                and until is not None
                and changed is not None
                and not _DAY_ONLY.fullmatch(modified or "")
            ):
                until = max(first, min(until, changed))  # nobody changes an article before it is published
            self._by_identity[identity] = Entry(
                url=url,
                published_at=first,
                published_until=until,
                modified_at=changed,
                title=words,
                found_in=self.found_in,
            )
        elif known.title is None:  # the picture's link comes first, the headline's after it
            self._by_identity[identity] = replace(known, title=words)
        return True

    def _published(self, stated: str | None, identity: str) -> tuple[datetime | None, datetime | None]:
        """When an article appeared: at a moment, or from a first to a last one, in UTC; None where nothing is known.

        A day in the article's own address says it where the announcement does not. It also corrects the day of an
        index page, beside whose list stands what people read most; one day's difference is that of midnight.
        """
        moment, until = moment_of(stated, self._zone), day_end(stated, self._zone)
        day = day_of_article(identity)
        if moment is not None and until is None:
            # An address gets its day when the article appears: a moment long before it is that of something else.
            wrong = day is not None and day - moment.astimezone(self._zone).date() > _LONG_BEFORE
            return self._span(Days(day, day)) if wrong and day is not None else (moment, None)
        if day is not None and (until is None or abs(until.astimezone(self._zone).date() - day) > _NIGHT):
            return self._span(Days(day, day))
        if moment is None and self._days is not None:
            return self._span(self._days)
        return moment, until

    def _span(self, days: Days) -> tuple[datetime, datetime]:
        first, last = (datetime.combine(day, time(), self._zone).astimezone(UTC) for day in days)
        return first, last + timedelta(days=1) - timedelta.resolution


class Opened:
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


def is_utf8(data: bytes) -> bool:
    """Whether bytes are UTF-8, whatever they or their server say."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def in_utf8(data: bytes) -> bytes:
    """XML in UTF-16 with a byte order mark as UTF-8, without the declaration that says otherwise; the rest as it is."""
    if not data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data
    return _DECLARATION.sub("", data.decode("utf-16", "replace")).encode("utf-8", "replace")


def absolute(base: str, address: str) -> str:
    """`address` against `base`; empty where it is none."""
    if address.startswith(("http://", "https://")):
        return address  # nearly all of them, and a tenth of the price
    with suppress(ValueError):
        return urljoin(base, address.strip()) if address.strip() else ""
    return ""


def base_of(tree: HtmlElement, url: str) -> str:
    """The address that relative links of a page count from: its first `<base>` that is one, else `url`."""
    for stated in tree.iter("base"):
        with suppress(ValueError):
            address = str(stated.get("href") or "").strip()
            if address:
                return urljoin(url, address)
    return url


def moment_of(text: str | None, zone: ZoneInfo) -> datetime | None:
    """A machine's date in UTC: W3C, RFC 822, Indonesian forms that feeds print; None for one that nobody can mean."""
    if not text:
        return None
    with suppress(ValueError, TypeError, IndexError, OverflowError):
        moment = parse_date(text, zone)
        if moment is None and _SHORT_YEAR.search(text):
            moment = parsedate_to_datetime(text)
        if moment is not None:
            moment = (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
            return moment if moment >= _FIRST else None
    return None


def day_end(text: str | None, zone: ZoneInfo) -> datetime | None:
    """The last moment of the day, in UTC, where `text` states a day and nothing more."""
    if not text or not _DAY_ONLY.fullmatch(text):
        return None
    day = parse_date(text, zone)
    end = None if day is None else datetime.combine(day, time.max, zone).astimezone(UTC)
    return end if end is not None and end >= _FIRST else None


def kind_of(data: bytes) -> str:
    """What a document is, in words for people."""
    start = data[:_SNIFFED].replace(b"\0", b"").decode("latin-1").strip().lower()
    if match := _KIND.search(start):
        return _KINDS[match[1]]
    if not start:
        return "empty"
    return {"{": "JSON", "[": "JSON", "<": "XML of another kind"}.get(start[0], "neither XML nor HTML")
