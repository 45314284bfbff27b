"""What an article's page states for machines: title, meta elements, JSON-LD."""

from __future__ import annotations

import html
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seeds.newsstand.internet.layout import Laid

_STATED = {"local": "{iso}", "utc": "{utc}", "naive": "{naive}"}


def head(laid: Laid) -> str:
    """Elements of `<head>`."""
    return "\n".join(_elements(laid))


def _elements(laid: Laid) -> Iterator[str]:
    site = laid.desk.site
    yield '<meta charset="utf-8">'
    yield f"<title>{laid.words['headline']}{laid.say(site.title_tail)}</title>"
    yield f'<link rel="canonical" href="{laid.words["url"]}">'
    if site.og:
        yield from (_meta(name, value) for name, value in _shared(laid))
    for stated in site.meta:
        name, _, text = stated.partition("=")
        yield _meta(name, laid.say(text))
    if site.keywords and not site.tags:
        yield _meta("keywords", html.escape(", ".join(laid.tags)))
    if site.jsonld or site.jsonld_crumbs:
        yield from (f'<script type="application/ld+json">{_json(item)}</script>' for item in _items(laid))


def _json(item: dict[str, Any]) -> str:
    return json.dumps(item, ensure_ascii=False).replace("<", "\\u003c")


def _meta(name: str, value: str) -> str:
    kind = "property" if ":" in name else "itemprop" if name.startswith("@") else "name"
    return f'<meta {kind}="{name.removeprefix("@")}" content="{value}">'


def _shared(laid: Laid) -> list[tuple[str, str]]:
    return [
        ("og:type", "article"),
        ("og:site_name", laid.words["name"]),
        ("og:title", laid.words["headline"]),
        ("og:url", laid.words["url"]),
        ("og:image", f"{laid.desk.site.home}foto/{laid.piece.number}.jpg"),
    ]


def _items(laid: Laid) -> Iterator[dict[str, Any]]:
    site = laid.desk.site
    if site.jsonld:
        yield _article(laid)
    if site.jsonld_crumbs:
        listed = [{"@type": "ListItem", "position": place, "name": label} for place, label in enumerate(laid.crumbs, 1)]
        yield {"@context": "https://schema.org", "@type": "BreadcrumbList", "itemListElement": listed}


def _article(laid: Laid) -> dict[str, Any]:
    site, piece = laid.desk.site, laid.piece
    item: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "mainEntityOfPage": {"@type": "WebPage", "@id": piece.url},
        "headline": piece.headline,
        "image": [f"{site.home}foto/{piece.number}.jpg"],
        "datePublished": laid.say(_STATED.get(site.jsonld, site.jsonld)),
        "publisher": {"@type": "Organization", "name": site.name},
    }
    if site.jsonld_author:
        item["author"] = {"@type": "Person", "name": laid.desk.manuscript(piece).reporter}
    return item
