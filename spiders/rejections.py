"""Why a page is no article. A reason is given only where the text is missing or short: a long text is an article."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml.html import HtmlElement

    from spiders.article import Reason
    from spiders.metadata import Metadata

_SHORTEST = 120
"""Characters of text below which a page is no article."""
_SHORT = 700
"""Characters below which signs of a gallery or a player count."""
_KINDS: dict[Reason, re.Pattern[str]] = {
    "photo": re.compile(r"(?i)(?:^|[/.-])(?:foto|photos?|galeri|gallery|galleries)(?:[/.-]|$)"),
    "video": re.compile(r"(?i)(?:^|[/.-])(?:videos?|tv)(?:[/.-]|$)"),
}
_INDEX_PATH = re.compile(
    r"(?i)^/?$|/(?:indeks?|search|tag|tags|topik|topic|rubrik|kanal|category|kategori|author)(?:/|$)"
)
_LOCKED = re.compile(
    r"(?i)khusus (?:pelanggan|pembaca premium)|untuk pelanggan|berlangganan untuk (?:membaca|melanjutkan)"
    r"|subscribe to (?:read|continue)|subscribers? only|konten premium"
)


def find_reason(  # noqa: PLR0913 - what a page is judged by
    tree: HtmlElement,
    url: str,
    metadata: Metadata,
    *,
    headline: str | None,
    paragraphs: Sequence[str],
    paywalled: bool | None,
) -> tuple[Reason, str] | None:
    """The reason and what was seen; None for an article."""
    length = sum(map(len, paragraphs))
    if length < _SHORT and (kind := _kind(url, metadata)) is not None:
        return kind
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


def _kind(url: str, metadata: Metadata) -> tuple[Reason, str] | None:
    path = urlsplit(url).path
    stated = next(metadata.meta("og:type"), "").lower()
    if metadata.types & {"ImageGallery", "MediaGallery"}:
        return "photo", "JSON-LD calls it a gallery"
    if stated.startswith("video") or ("VideoObject" in metadata.types and not metadata.article):
        return "video", "structured data call it a video"
    for reason, pattern in _KINDS.items():
        if pattern.search(path) and stated != "article" and not metadata.article:
            return reason, f"its address says so: {path}"
    return None


def _page_text(tree: HtmlElement) -> str:
    body = tree.find("body")
    return "" if body is None else str(body.text_content())
