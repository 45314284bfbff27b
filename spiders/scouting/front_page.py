"""What a site's front page says of the whole site: name, language, feeds, links. Pure."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from spiders.discovery.entries import base_of
from spiders.reading.markup.document import parse
from spiders.reading.markup.elements import Elements
from spiders.reading.markup.metadata import Metadata
from spiders.reading.markup.selection import text_of
from spiders.reading.printed.labels import find_language

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

_FEED_TYPES = frozenset(("application/rss+xml", "application/atom+xml", "application/rdf+xml"))
_FEED_PATH = re.compile(r"(?i)(?:^|/)(?:feeds?|rss|atom)(?:/|$)|\.(?:rss|atom)$|(?:rss|atom|feed|index)\.xml$")
_COMMENTS = re.compile(r"(?i)comment|komentar")
_BETWEEN = re.compile(r"\s+(?:[|·•:»–—-])\s+")
_INDEX_PATH = re.compile(r"(?i)^/(?:indeks|arsip|archives?)/?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontPage:
    """One front page."""

    name: str = ""
    name_from: str = ""
    """Where the name was found."""
    language: str = ""
    """BCP 47 primary tag; empty where the page states none."""
    generator: str = ""
    """What made the site, by its own word: `WordPress 7.0`."""
    feeds: tuple[str, ...] = ()
    """Absolute addresses of `<link rel="alternate">`, without those of comments."""
    linked_feeds: tuple[str, ...] = ()
    """Absolute addresses of links that look like feeds."""
    links: tuple[str, ...] = ()
    """Absolute addresses of all links to pages, each once, without fragments."""

    @property
    def index_pages(self) -> tuple[str, ...]:
        """Links that may lead to index pages by day, which only a person can tell."""
        return tuple(url for url in self.links if _INDEX_PATH.search(urlsplit(url).path))


def read_front_page(body: bytes, url: str, encoding: str | None = None) -> FrontPage:
    """Read the front page that was fetched from `url`."""
    tree = parse(body, encoding)
    metadata = Metadata(Elements(tree), url)
    base = base_of(tree, url)
    name, name_from = next(_names(tree, metadata, url), ("", ""))
    links = tuple(dict.fromkeys(_links(tree, base)))
    return FrontPage(
        name=name,
        name_from=name_from,
        language=find_language([tree.get("lang", ""), *metadata.meta("og:locale", "language")]) or "",
        generator=next(metadata.meta("generator"), ""),
        feeds=tuple(dict.fromkeys(_alternates(tree, base))),
        linked_feeds=tuple(link for link in links if _FEED_PATH.search(urlsplit(link).path)),
        links=tuple(link for link in links if not _FEED_PATH.search(urlsplit(link).path)),
    )


def _names(tree: HtmlElement, metadata: Metadata, url: str) -> Iterator[tuple[str, str]]:
    yield from ((name, "og:site_name of the front page") for name in metadata.meta("og:site_name", "application-name"))
    for thing in metadata.things:
        kind, name = thing.get("@type"), thing.get("name")
        if kind in ("WebSite", "NewsMediaOrganization", "Organization") and isinstance(name, str) and name.strip():
            yield " ".join(name.split()), "JSON-LD of the front page"
    for title in tree.iterfind(".//head/title"):
        parts = [part for part in _BETWEEN.split(text_of(title)) if part]
        # "Home - Koran Desa" or "Koran Desa - Berita terkini": the address knows which is the name.
        parts.sort(key=lambda part: _letters(part) not in _letters(urlsplit(url).hostname or ""))
        yield from ((part, "<title> of the front page") for part in parts[:1])


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _alternates(tree: HtmlElement, base: str) -> Iterator[str]:
    for link in tree.iter("link"):
        kind = link.get("type", "").lower().split(";")[0].strip()
        if "alternate" in link.get("rel", "").lower().split() and kind in _FEED_TYPES:
            address, title = link.get("href", "").strip(), link.get("title", "")
            if address and not _COMMENTS.search(f"{title} {address}"):
                with suppress(ValueError):
                    yield urljoin(base, address)


def _links(tree: HtmlElement, base: str) -> Iterator[str]:
    for link in tree.iter("a"):
        with suppress(ValueError):
            address = urljoin(base, link.get("href", "").strip()).partition("#")[0]
            if link.get("href") and address.startswith(("http://", "https://")):
                yield address
