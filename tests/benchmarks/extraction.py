"""Target of the extraction score: one page through `Page`, with no publisher's rules.

score_extraction.py --cases PAGES --target tests.benchmarks.extraction:extract
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from spiders.page import Page
from spiders.publishers import Publisher

_FETCHED_AT = datetime(2026, 1, 1, tzinfo=UTC)


def unknown_publisher(url: str) -> Publisher:
    """A publisher of which nothing is known but the page's address."""
    host = urlsplit(url or "").hostname or "unknown.invalid"
    return Publisher.from_table(
        "unknown", {"name": host, "home": f"https://{host}/", "language": "und", "timezone": "UTC"}, where="benchmark"
    )


def extract(html: bytes, url: str) -> dict[str, Any]:
    """Title, body, authors and date of a page, whether or not it would be rejected."""
    page = Page(html, url or "https://unknown.invalid/", unknown_publisher(url), fetched_at=_FETCHED_AT)
    return {
        "title": page.headline,
        "body": list(page.paragraphs),
        "authors": list(page.authors),
        "published_at": page.published_at and page.published_at.isoformat(),
    }
