"""`lumbung explain`: what the reader makes of one page, block by block, and where each field comes from."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from spiders.article import Rejection
from spiders.errors import LumbungError
from spiders.publishers import Publisher, load_publishers
from spiders.reading.explain import explain_blocks
from spiders.reading.page import Page
from spiders.reading.witnesses import explain_fields

if TYPE_CHECKING:
    from collections.abc import Iterator

_SHOWN = 70
"""Characters of a block that are shown."""


class FileError(LumbungError):
    """A saved page that cannot be read."""


def saved_page(name: str) -> bytes:
    """The page in a file, or on standard input where the name is `-`.

    Raises:
        FileError: it cannot be read.
    """
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise FileError(f"{name}: {reason}; name a file, or the address of a page with its https://") from error


def explanation(html: bytes, url: str, encoding: str | None = None) -> Iterator[str]:
    """Lines for people.

    Args:
        html: The page as received.
        url: Where it is from; it says which publisher's file is used.
        encoding: Charset of the Content-Type header.
    """
    page = Page(html, url, publisher_of(url), fetched_at=datetime.now(UTC), encoding=encoding)
    outcome = page.article()
    if isinstance(outcome, Rejection):
        yield f"no article   {outcome.reason}: {outcome.detail}"
    for told in explain_fields(page):
        yield f"{told.field:<13}{told.value or '-'}  ({told.origin or 'not found'})"
        for witness in told.witnesses:
            yield f"  {'*' if witness.won else ' '} {witness.origin}: {witness.said}"
    yield f"quality      {page.quality:.2f}"
    for verdict in explain_blocks(page):
        text = verdict.text if len(verdict.text) <= _SHOWN else f"{verdict.text[:_SHOWN]}..."
        yield f"{'+' if verdict.is_text else '-'} {text}"
        yield f"    {verdict.reason}"


def publisher_of(url: str) -> Publisher:
    """The publisher whose domain an address is of, else one of which nothing is known."""
    host = urlsplit(url).hostname or "unknown.invalid"
    return next((each for each in load_publishers().values() if each.owns(url)), None) or Publisher.from_table(
        "unknown", {"name": host, "home": f"https://{host}/", "language": "und", "timezone": "UTC"}, where=url
    )
