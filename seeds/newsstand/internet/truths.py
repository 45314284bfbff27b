"""What a perfect reader would make of a site: the article as its page prints it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seeds.newsstand.almanac import ZONES
from seeds.newsstand.internet.layout import Laid
from seeds.newsstand.truth import seed_format

if TYPE_CHECKING:
    from datetime import datetime

    from seeds.newsstand.internet.desk import Desk, Piece

_TIMES = ("{HH}", "{iso}", "{utc}", "{naive}", "{rfc822}", "{ms}")


def expected(desk: Desk, now: datetime) -> dict[str, list[dict[str, Any]]]:
    """Articles and rejections of what is visible now, as plain data."""
    pieces = desk.visible(now)
    return {
        "articles": [article(desk, piece) for piece in pieces if not piece.disallowed],
        "rejections": [{"canonical_url": piece.url, "reason": "disallowed"} for piece in pieces if piece.disallowed],
    }


def article(desk: Desk, piece: Piece) -> dict[str, Any]:
    """One article; `published_at` is a day where the page prints nothing finer."""
    site, laid = desk.site, Laid(desk, piece)
    breadcrumb = laid.crumbs if site.breadcrumb or site.jsonld_crumbs else []
    reads = int(laid.words["reads"].replace(".", "")) if site.reads else None
    local = piece.published_at.astimezone(ZONES[site.zone])
    stated = " ".join((site.jsonld, *site.meta, *((site.date, site.printed) if site.date else ())))
    timed = site.jsonld or any(form in stated for form in _TIMES)
    printed = (site.byline if site.author else "", site.opening, site.closing, *site.meta)
    named = site.jsonld_author or any("{reporter}" in text for text in printed)
    return {
        "canonical_url": piece.url,
        "headline": piece.headline,
        "breadcrumb": breadcrumb,
        "authors": [desk.manuscript(piece).reporter] if named else [],
        "published_at": (local if timed else local.date()).isoformat(),
        "tags": list(laid.tags) if site.tags or site.keywords else [],
        "reads": reads,
        "in_parts": len(laid.parts) > 1 and not site.whole,
        "text": seed_format(breadcrumb, piece.headline, laid.paragraphs, reads),
    }
