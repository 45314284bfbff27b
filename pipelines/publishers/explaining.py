"""`lumbung explain`: what the reader makes of one page, block by block, and where each field comes from."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from spiders.publishers import Publisher, load_publishers
from spiders.reading.explain import explain_blocks
from spiders.reading.page import Page
from spiders.reading.witnesses import explain_fields

if TYPE_CHECKING:
    from collections.abc import Iterator

_SHOWN = 70
"""Characters of a block that are shown."""


def explanation(html: bytes, url: str) -> Iterator[str]:
    """Lines for people.

    Args:
        html: The page as received.
        url: Where it is from; it says which publisher's file is used.
    """
    page = Page(html, url, _publisher(url), fetched_at=datetime.now(UTC))
    for told in explain_fields(page):
        yield f"{told.field:<13}{told.value or '-'}  ({told.origin or 'not found'})"
        for witness in told.witnesses:
            yield f"  {'*' if witness.won else ' '} {witness.origin}: {witness.said}"
    yield f"quality      {page.quality:.2f}"
    for verdict in explain_blocks(page):
        text = verdict.text if len(verdict.text) <= _SHOWN else f"{verdict.text[:_SHOWN]}..."
        yield f"{'+' if verdict.is_text else '-'} {text}"
        yield f"    {verdict.reason}"


def _publisher(url: str) -> Publisher:
    """The publisher whose domain an address is of, else one of which nothing is known."""
    host = urlsplit(url).hostname or "unknown.invalid"
    known = (each for each in load_publishers().values() for domain in each.domains if _is_of(host, domain))
    return next(known, None) or Publisher.from_table(
        "unknown", {"name": host, "home": f"https://{host}/", "language": "und", "timezone": "UTC"}, where=url
    )


def _is_of(host: str, domain: str) -> bool:
    return host == domain or host.endswith(f".{domain}")
