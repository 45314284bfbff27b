"""What a perfect reader would make of the newspaper: the expected articles, rejections and counts."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from seeds.newsstand.almanac import ZONES
from seeds.newsstand.structured import image_path

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from seeds.newsstand.newspaper import Newspaper
    from seeds.newsstand.plans import Plan
    from seeds.newsstand.story import Story

_REASONS = {
    "deleted": "gone",
    "disallowed": "disallowed",
    "photo": "photo",
    "video": "video",
    "subscribers": "subscribers_only",
}
"""Special pages that are no articles, with the reason."""


def expected(newspaper: Newspaper) -> dict[str, Any]:
    """The truth for the edition and the clock of the newspaper, as plain data for JSON."""
    visible = newspaper.visible()
    first = _originals(visible)
    articles = [
        _article(newspaper, newspaper.story(plan), first.get(plan.number))
        for plan in visible
        if plan.special not in _REASONS
    ]
    rejections = [_rejection(newspaper, plan) for plan in visible if plan.special in _REASONS]
    return {
        "articles": articles,
        "rejections": rejections,
        "counts": {
            "announced": len(visible),
            "articles": len(articles),
            "rejections": dict(sorted(Counter(rejection["reason"] for rejection in rejections).items())),
            "duplicates": sum(article["duplicate_of"] is not None for article in articles),
            "stories": sum(article["duplicate_of"] is None for article in articles),
            "sections": dict(sorted(Counter(article["section"] for article in articles).items())),
            "revisions": int(newspaper.edition > 1 and any(plan.special == "changing" for plan in visible)),
        },
    }


def _originals(visible: Sequence[Plan]) -> dict[int, Plan]:
    """The earliest story of its cluster, by the number of each copy."""
    found: dict[int, Plan] = {}
    first: dict[str, Plan] = {}
    for plan in visible:
        original = first.setdefault(plan.stream, plan)
        if original is not plan:
            found[plan.number] = original
    return found


def seed_format(breadcrumb: list[str], headline: str, paragraphs: tuple[str, ...], reads: int | None) -> str:
    """A text in the format of `seeds/article.txt`."""
    blocks = [" ".join([*breadcrumb, headline]), headline, *paragraphs]
    return "\n\n".join(blocks if reads is None else [*blocks, str(reads)])


def _article(newspaper: Newspaper, story: Story, original: Plan | None) -> dict[str, Any]:
    breadcrumb = ["Home", story.label]
    url = newspaper.url(story.path)
    return {
        "url": url,
        "canonical_url": url,
        "headline": story.headline,
        "breadcrumb": breadcrumb,
        "section": story.label,
        "dateline": story.dateline,
        "byline": story.byline,
        "authors": [story.reporter],
        "published_at": _local(story.plan.published_at, story.zone),
        "modified_at": story.modified_at and _local(story.modified_at, story.zone),
        "tags": list(story.tags),
        "image_url": newspaper.url(image_path(story)),
        "reads": story.reads,
        "paywalled": True if story.hidden else (False if story.tier == "jsonld" else None),
        "paragraphs": list(story.paragraphs),
        "text": seed_format(breadcrumb, story.headline, story.paragraphs, story.reads),
        "duplicate_of": newspaper.url(newspaper.link(original).path) if original else None,
        "special": story.plan.special,
    }


def _rejection(newspaper: Newspaper, plan: Plan) -> dict[str, str]:
    url = newspaper.url(newspaper.link(plan).path)
    return {"url": url, "canonical_url": url, "reason": _REASONS[plan.special]}


def _local(moment: datetime, zone: str) -> str:
    return moment.astimezone(ZONES[zone]).isoformat()
