"""What a simulated site announces to machines: feeds, sitemaps, robots.txt."""

from __future__ import annotations

from email.utils import format_datetime
from html import escape
from typing import TYPE_CHECKING

from seeds.newsstand.almanac import ZONES
from seeds.newsstand.internet.layout import channel_label

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from seeds.newsstand.internet.desk import Piece
    from seeds.newsstand.internet.sites import Site

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_RSS_1 = "http://purl.org/rss/1.0/"


def robots(site: Site, host: str) -> str:
    """`/robots.txt` of one of the site's hosts."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in site.disallow)]
    if site.crawl_delay:
        lines.append(f"Crawl-delay: {site.crawl_delay:g}")
    lines += [f"Sitemap: {address}" for address in (*site.sitemaps, *site.news_sitemaps) if f"//{host}/" in address]
    return "\n".join(lines) + "\n"


def rss(site: Site, pieces: Sequence[Piece], now: datetime) -> str:
    """RSS 2.0."""
    items = "".join(
        f"<item><title>{escape(piece.headline)}</title><link>{_link(site, piece)}</link>"
        f'<guid isPermaLink="false">{site.key}-{piece.number}</guid>{_published(site, piece)}'
        f"<category>{channel_label(piece.channel)}</category></item>\n"
        for piece in pieces
    )
    built = f"<lastBuildDate>{format_datetime(now)}</lastBuildDate>" if site.restless else ""
    return (
        f'{_DECLARATION}<rss version="2.0"><channel><title>{escape(site.name)}</title><link>{site.home}</link>'
        f"<description>Berita {escape(site.name)}</description>{built}\n{items}</channel></rss>\n"
    )


def _link(site: Site, piece: Piece) -> str:
    """The address in a feed; the tail stands in the data as the site writes it, escaped or not."""
    return escape(piece.url) + (f"?{site.feed_tail}" if site.feed_tail else "")


def _published(site: Site, piece: Piece) -> str:
    if site.feed_dates == "none":
        return ""
    return f"<pubDate>{format_datetime(piece.published_at)}</pubDate>"


def atom(site: Site, pieces: Sequence[Piece], now: datetime) -> str:
    """Atom 1.0."""
    entries = "".join(
        f"<entry><title>{escape(piece.headline)}</title><id>{escape(piece.url)}</id>"
        f'<link rel="alternate" type="text/html" href="{_link(site, piece)}"/>'
        f"<published>{_utc(piece)}</published><updated>{_utc(piece)}</updated></entry>\n"
        for piece in pieces
    )
    updated = _utc(pieces[0]) if pieces else now.isoformat()
    return (
        f'{_DECLARATION}<feed xmlns="http://www.w3.org/2005/Atom"><title>{escape(site.name)}</title>'
        f"<id>{site.home}</id><updated>{updated}</updated>\n{entries}</feed>\n"
    )


def rdf(site: Site, pieces: Sequence[Piece], now: datetime) -> str:
    """RSS 1.0, with Dublin Core dates."""
    del now
    items = "".join(
        f'<item rdf:about="{escape(piece.url)}"><title>{escape(piece.headline)}</title>'
        f"<link>{_link(site, piece)}</link><dc:date>{_utc(piece)}</dc:date></item>\n"
        for piece in pieces
    )
    return (
        f'{_DECLARATION}<rdf:RDF xmlns:rdf="{_RDF}" xmlns="{_RSS_1}" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'<channel rdf:about="{site.home}"><title>{escape(site.name)}</title><link>{site.home}</link></channel>\n'
        f"{items}</rdf:RDF>\n"
    )


def _utc(piece: Piece) -> str:
    return piece.published_at.isoformat()


def sitemap_index(children: Iterable[tuple[str, datetime]]) -> str:
    """A sitemap index: address and last change of each sitemap."""
    rows = "".join(
        f"<sitemap><loc>{escape(address)}</loc><lastmod>{changed.isoformat()}</lastmod></sitemap>\n"
        for address, changed in children
    )
    return f'{_DECLARATION}<sitemapindex xmlns="{_SITEMAP}">\n{rows}</sitemapindex>\n'


def sitemap(pieces: Iterable[Piece]) -> str:
    """A plain sitemap."""
    rows = "".join(f"<url><loc>{escape(piece.url)}</loc><lastmod>{_utc(piece)}</lastmod></url>\n" for piece in pieces)
    return f'{_DECLARATION}<urlset xmlns="{_SITEMAP}">\n{rows}</urlset>\n'


def news_sitemap(site: Site, pieces: Iterable[Piece]) -> str:
    """A sitemap for Google News."""
    zone = ZONES[site.zone]
    rows = "".join(
        f"<url><loc>{escape(piece.url)}</loc><news:news><news:publication><news:name>{escape(site.name)}</news:name>"
        f"<news:language>id</news:language></news:publication>"
        f"<news:publication_date>{piece.published_at.astimezone(zone).isoformat()}</news:publication_date>"
        f"<news:title>{escape(piece.headline)}</news:title></news:news></url>\n"
        for piece in pieces
    )
    return f'{_DECLARATION}<urlset xmlns="{_SITEMAP}" xmlns:news="{_NEWS}">\n{rows}</urlset>\n'
