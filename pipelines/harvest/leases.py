"""Leased pages as rows have them, and articles that are kept for the crawl of their dates. Pure."""

from __future__ import annotations

import gzip
import json
from dataclasses import asdict, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any

from spiders.article import Article, Edits, LeasedPage, Validators

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOMENTS = ("fetched_at", "published_at", "modified_at")
_LISTS = ("paragraphs", "breadcrumb", "authors", "tags")


def leased_page(row: Sequence[Any]) -> LeasedPage:
    """The page of one row of the statement `lease`."""
    page_id, url, canonical, etag, last_modified, *more, visits, changed, held = row
    announced_at, announced_until, published_at, known_for, looks, absences, stored = more
    return LeasedPage(
        page_id,
        url,
        canonical,
        Validators(etag, last_modified),
        announced_at=announced_at,
        announced_until=announced_until,
        published_at=published_at,
        known_for=known_for,
        looks=looks,
        absences=absences,
        stored=stored,
        edits=Edits(visits or 0, changed or 0),
        held=None if held is None else unpack(held),
    )


def pack(article: Article) -> bytes:
    """An article as JSON in gzip: any text survives, also what Postgres has no place for."""
    return gzip.compress(json.dumps(asdict(article), default=_iso).encode(), mtime=0)


def unpack(data: bytes) -> Article | None:
    """The article that was packed; None where a version of the program did it that knew other fields."""
    values = json.loads(gzip.decompress(data))
    if values.keys() != {field.name for field in fields(Article)}:
        return None
    values |= {name: datetime.fromisoformat(values[name]) for name in _MOMENTS if values[name]}
    return Article(**values | {name: tuple(values[name]) for name in _LISTS})


def _iso(moment: datetime) -> str:
    return moment.isoformat()
