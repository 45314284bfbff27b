"""What a page tells machines about its story: JSON-LD, OpenGraph and meta, or nothing, by tier."""

from __future__ import annotations

import json
import re
from itertools import cycle
from typing import TYPE_CHECKING, Any

from seeds.newsstand.almanac import ZONES
from seeds.newsstand.markup import text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from seeds.newsstand.newspaper import Newspaper
    from seeds.newsstand.story import Story

_TYPES = {"photo": "ImageGallery", "video": "VideoObject"}


def image_path(story: Story) -> str:
    """Path of the story's picture."""
    return f"/foto/{story.plan.published_at:%Y/%m}/{story.plan.number}.png"


def head(newspaper: Newspaper, story: Story) -> str:
    """Elements of `<head>` for the page of a story."""
    if story.tier == "bare":
        return ""
    parts = list(_meta(newspaper, story))
    if story.tier == "jsonld":
        parts += (f'<script type="application/ld+json">{_json(item)}</script>' for item in _items(newspaper, story))
    return "\n".join(parts)


def _local(moment: datetime, story: Story) -> str:
    return moment.astimezone(ZONES[story.zone]).isoformat()


def _meta(newspaper: Newspaper, story: Story) -> Iterator[str]:
    kind = "video.other" if story.plan.special == "video" else "article"
    properties = [
        ("og:type", kind),
        ("og:site_name", newspaper.settings.name),
        ("og:title", story.headline),
        ("og:url", newspaper.url(story.path)),
        ("og:image", newspaper.url(image_path(story))),
        ("og:description", story.blocks[0].text),
        ("article:published_time", _local(story.plan.published_at, story)),
        ("article:section", story.label),
    ]
    if story.modified_at:
        properties.append(("article:modified_time", _local(story.modified_at, story)))
    for name, value in properties:
        yield f'<meta property="{name}" content="{text(value)}">'
    yield f'<meta name="author" content="{text(story.reporter)}">'
    yield f'<meta name="keywords" content="{text(", ".join(story.tags))}">'
    yield f'<link rel="canonical" href="{newspaper.url(story.path)}">'


def _items(newspaper: Newspaper, story: Story) -> Iterator[dict[str, Any]]:
    item: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": _TYPES.get(story.plan.special, "NewsArticle"),
        "mainEntityOfPage": {"@type": "WebPage", "@id": newspaper.url(story.path)},
        "headline": story.headline,
        "description": story.blocks[0].text,
        "image": [newspaper.url(image_path(story))],
        "datePublished": _local(story.plan.published_at, story),
        "author": [{"@type": "Person", "name": story.reporter}],
        "publisher": {"@type": "Organization", "name": newspaper.settings.name, "url": newspaper.url("/")},
        "articleSection": story.label,
        "isAccessibleForFree": not story.hidden,
        "keywords": list(story.tags) if story.plan.number % 2 else ", ".join(story.tags),
    }
    if story.modified_at:
        item["dateModified"] = _local(story.modified_at, story)
    if story.plan.special == "video":
        item |= {"name": story.headline, "uploadDate": item["datePublished"], "duration": "PT2M41S"}
    if story.plan.number % 3 == 0:
        yield {
            "@context": "https://schema.org",
            "@type": "BreadcrumbList",
            "itemListElement": [
                {"@type": "ListItem", "position": 1, "name": "Home", "item": newspaper.url("/")},
                {"@type": "ListItem", "position": 2, "name": story.label},
            ],
        }
    yield item


def _json(item: dict[str, Any]) -> str:
    written = json.dumps(item, ensure_ascii=False).replace("<", "\\u003c")
    escapes = cycle(("\\u0000", "\\ud800"))
    return re.sub("\ufffd", lambda _: next(escapes), written) if "\ufffd" in written else written
