"""Why a page is no article. Most reasons need the text to be missing or short: a long text is an article.

Three kinds of page are told by what they say of themselves however long they are: lists of articles, whose teasers add
up to a text; soft 404s, which list what else there is to read; and whatever stands on a host for photos or videos.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from spiders.reading.protected import asks_for_password
from spiders.reading.walls import find_wall, is_missing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml.html import HtmlElement

    from spiders.article import Reason
    from spiders.reading.markup.elements import Elements
    from spiders.reading.markup.metadata import Metadata

_SHORTEST = 120
"""Characters of text below which a page is no article."""
_SHORT = 700
"""Characters below which signs of a gallery, a player or a wall count."""
_NAMES: dict[Reason, str] = {"photo": r"(?:foto|photos?|galeri|gallery|galleries)", "video": r"videos?"}
_ADDRESS = {
    kind: re.compile(rf"(?i)(?:^|[/.-]){name}(?:[/.-]|$)")
    for kind, name in (_NAMES | {"video": r"(?:videos?|tv)"}).items()
}
_FOLDER = {kind: re.compile(rf"(?i)^{name}\.|/(?:[a-z]+-)?{name}(?:-[a-z]+)?/") for kind, name in _NAMES.items()}
"""A host or a folder of the address rather than words of a slug: it counts also where the page calls itself article."""
_CHANNEL = {kind: re.compile(rf"(?i)^{name}\.") for kind, name in _NAMES.items()}
"""A host that has nothing else: there the captions of other galleries add up to a text."""
_LABEL = {kind: re.compile(rf"(?i)^\W?{name}\W? ?[:|]") for kind, name in _NAMES.items()}
"""How such pages' headlines begin: "FOTO: ...", "[Video] | ..."."""
_INDEX_PATH = re.compile(
    r"(?i)^/?$|/(?:indeks?|search|cari|pencarian|tags?|topik|topics?|rubrik|kanal|category|kategori|author|penulis)(?:/|$)"
)
_SECTION_PATH = re.compile(r"(?i)^/[a-z]+(?:/[a-z]+)?/?$|^/index\.(?:html?|php)$")
_NAMED_PATH = re.compile(r"(?i)^(?:/[a-z]+(?:-[a-z]+){0,2}){1,2}/?$")
"""Also a short slug looks so: it takes a page that calls itself a website."""
_SEARCH_WORDS = frozenset(("q", "s", "query", "search", "keyword", "keywords", "cari"))
_LIST_TYPES = frozenset(("CollectionPage", "SearchResultsPage", "ItemList"))
_FEWEST_TEASERS = 5
TEXTLESS: frozenset[Reason] = frozenset({"no_body", "too_short"})
"""Reasons that may lie in how the markup was taken apart."""
_LOCKED = re.compile(
    r"(?i)khusus (?:untuk )?(?:pelanggan|pembaca premium|member|anggota)|untuk pelanggan"
    r"|(?:berlangganan|langganan|daftar|masuk|login) untuk (?:membaca|melanjutkan)|(?:konten|artikel|berita) premium"
    r"|subscribe to (?:read|continue)|subscribers? only|(?:untuk|to) (?:lanjut|terus|continue) (?:membaca|reading)"
)


def find_reason(  # noqa: PLR0911, PLR0913 - a reason a line; what a page is judged by
    elements: Elements,
    url: str,
    metadata: Metadata,
    *,
    headline: str | None,
    paragraphs: Sequence[str],
    paywalled: bool | None,
) -> tuple[Reason, str] | None:
    """The reason and what was seen; None for an article."""
    tree, length = elements.tree, sum(map(len, paragraphs))
    stated = _states_article(metadata)
    found = _channel(url) or (None if stated else _list_of_articles(tree, url, metadata) or _soft_404(tree))
    if found is None and (asking := asks_for_password(elements)) is not None:
        return "password", f"it asks for one: {asking}"
    if found is None and length < _SHORT:
        found = (None if stated else find_wall(tree, paragraphs)) or _kind(url, metadata, headline or "")
    if found is not None:
        return found
    seen = f"{length} characters of text"
    if length < _SHORTEST and (paywalled or _LOCKED.search(_page_text(tree))):
        return "subscribers_only", f"{seen} and a note for subscribers"
    if length < _SHORTEST and _INDEX_PATH.search(urlsplit(url).path):
        return "index_page", f"{seen} and {sum(1 for _ in tree.iter('a'))} links"
    if not headline:
        return "no_headline", "neither a heading nor a title"
    if length < _SHORTEST:
        return ("too_short" if paragraphs else "no_body"), seen
    return None


def _states_article(metadata: Metadata) -> bool:
    """Whether the page calls itself an article."""
    kind = next(metadata.meta("og:type"), "").lower()
    return bool(metadata.article or kind == "article" or any(metadata.meta("article:published_time")))


def _channel(url: str) -> tuple[Reason, str] | None:
    host = urlsplit(url).hostname or ""
    return next(((kind, f"its host says so: {host}") for kind, name in _CHANNEL.items() if name.match(host)), None)


def _list_of_articles(tree: HtmlElement, url: str, metadata: Metadata) -> tuple[Reason, str] | None:
    address = urlsplit(url)
    searches = _SEARCH_WORDS & {name.lower() for name, _ in parse_qsl(address.query)}
    is_list = metadata.types & _LIST_TYPES or _INDEX_PATH.search(address.path)
    path = _NAMED_PATH if next(metadata.meta("og:type"), "") == "website" else _SECTION_PATH
    if not (is_list or searches or path.search(address.path)):
        return None
    teasers = sum(1 for heading in tree.iter("h2", "h3", "h4") if _is_linked(heading))
    if teasers >= _FEWEST_TEASERS:
        return "index_page", f"{teasers} linked headings at {address.path or '/'}"
    return None


def _is_linked(heading: HtmlElement) -> bool:
    """Whether a heading leads to another page."""
    parent = heading.getparent()
    links = [*heading.iter("a"), *([parent] if parent is not None and parent.tag == "a" else ())]
    return any(not link.get("href", "#").startswith("#") for link in links)


def _soft_404(tree: HtmlElement) -> tuple[Reason, str] | None:
    title = is_missing(tree)
    return None if title is None else ("soft_404", f"it says so itself: {title[:80]}")


def _kind(url: str, metadata: Metadata, headline: str) -> tuple[Reason, str] | None:
    address = urlsplit(url)
    stated = next(metadata.meta("og:type"), "").lower()
    if metadata.types & {"ImageGallery", "MediaGallery"}:
        return "photo", "JSON-LD calls it a gallery"
    if stated.startswith("video") or ("VideoObject" in metadata.types and not metadata.article):
        return "video", "structured data call it a video"
    for kind in _NAMES:
        folders = f"{address.hostname or ''}{address.path.rpartition('/')[0]}/"
        if _LABEL[kind].match(headline):
            return kind, f"its headline says so: {headline[:80]}"
        if _FOLDER[kind].search(folders) or (_ADDRESS[kind].search(address.path) and not _states_article(metadata)):
            return kind, f"its address says so: {address.path}"
    return None


def _page_text(tree: HtmlElement) -> str:
    body = tree.find("body")
    return "" if body is None else str(body.text_content())
