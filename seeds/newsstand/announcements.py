"""What the newspaper announces to machines: RSS, Atom, sitemaps, robots.txt."""

from __future__ import annotations

from email.utils import format_datetime
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from seeds.newsstand.newspaper import Newspaper
    from seeds.newsstand.plans import Plan
    from seeds.newsstand.story import Story

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_FEED_TAIL = "?utm_source=rss&utm_medium=feed"
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_NEWS = "http://www.google.com/schemas/sitemap-news/0.9"


def robots(newspaper: Newspaper) -> str:
    """`/robots.txt`."""
    return (
        f"User-agent: *\nCrawl-delay: {newspaper.settings.crawl_delay:g}\nDisallow: /cetak/\nDisallow: /_newsstand/\n"
        f"\nSitemap: {newspaper.url('/sitemap.xml')}\n"
    )


def rss(newspaper: Newspaper, stories: Sequence[Story]) -> str:
    """`/rss`."""
    items = "".join(
        f"<item><title>{escape(story.headline)}</title>"
        f"<link>{escape(newspaper.url(story.path) + _FEED_TAIL)}</link>"
        f'<guid isPermaLink="false">{newspaper.host}/{story.plan.number}</guid>'
        f"<pubDate>{format_datetime(story.plan.published_at)}</pubDate>"
        f"<category>{escape(story.label)}</category>"
        f"<description>{escape(story.blocks[0].text)}</description></item>\n"
        for story in stories
    )
    name = escape(newspaper.settings.name)
    return (
        f'{_DECLARATION}<rss version="2.0"><channel><title>{name}</title><link>{newspaper.url("/")}</link>'
        f"<description>Berita terbaru {name}</description><language>id</language>\n{items}</channel></rss>\n"
    )


def atom(newspaper: Newspaper, stories: Sequence[Story]) -> str:
    """`/atom.xml`."""
    entries = "".join(
        f"<entry><title>{escape(story.headline)}</title><id>{newspaper.url(story.path)}</id>"
        f'<link rel="alternate" type="text/html" href="{newspaper.url(story.path)}"/>'
        f"<published>{story.plan.published_at.isoformat()}</published><updated>{newspaper.changed_at(story.plan).isoformat()}</updated>"
        f"<author><name>{escape(story.reporter)}</name></author><summary>{escape(story.blocks[0].text)}</summary></entry>\n"
        for story in stories
    )
    updated = max((newspaper.changed_at(story.plan) for story in stories), default=newspaper.now)
    return (
        f'{_DECLARATION}<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="id">'
        f"<title>{escape(newspaper.settings.name)}</title><id>{newspaper.url('/')}</id>"
        f'<link href="{newspaper.url("/")}"/><link rel="self" href="{newspaper.url("/atom.xml")}"/>'
        f"<updated>{updated.isoformat()}</updated>\n{entries}</feed>\n"
    )


def months(plans: Iterable[Plan]) -> list[str]:
    """The months that have stories, newest first: `2026-11`."""
    return sorted({f"{plan.published_at:%Y-%m}" for plan in plans}, reverse=True)


def sitemap_index(newspaper: Newspaper, changed: dict[str, datetime]) -> str:
    """`/sitemap.xml`: the news sitemap and one sitemap a month, with the moment each last changed."""
    rows = "".join(
        f"<sitemap><loc>{newspaper.url(path)}</loc><lastmod>{moment.isoformat()}</lastmod></sitemap>\n"
        for path, moment in changed.items()
    )
    return f'{_DECLARATION}<sitemapindex xmlns="{_SITEMAP}">\n{rows}</sitemapindex>\n'


def month_sitemap(newspaper: Newspaper, plans: Iterable[Plan]) -> str:
    """`/sitemap-YYYY-MM.xml`."""
    rows = "".join(
        f"<url><loc>{newspaper.url(newspaper.link(plan).path)}</loc>"
        f"<lastmod>{newspaper.changed_at(plan).isoformat()}</lastmod></url>\n"
        for plan in plans
    )
    return f'{_DECLARATION}<urlset xmlns="{_SITEMAP}">\n{rows}</urlset>\n'


def news_sitemap(newspaper: Newspaper, plans: Iterable[Plan]) -> str:
    """`/sitemap-news.xml`, as Google News reads it."""
    name = escape(newspaper.settings.name)
    rows = "".join(
        f"<url><loc>{newspaper.url(newspaper.link(plan).path)}</loc><news:news><news:publication>"
        f"<news:name>{name}</news:name><news:language>id</news:language></news:publication>"
        f"<news:publication_date>{plan.published_at.isoformat()}</news:publication_date>"
        f"<news:title>{escape(newspaper.link(plan).headline)}</news:title></news:news></url>\n"
        for plan in plans
    )
    return f'{_DECLARATION}<urlset xmlns="{_SITEMAP}" xmlns:news="{_NEWS}">\n{rows}</urlset>\n'
