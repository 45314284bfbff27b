"""A publisher nobody knows, *Warta*, and what it announces: the documents that tests of discovery read."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from spiders.publishers import Publisher

URL = "https://www.warta.id/rss"
DAY = date(2026, 11, 24)
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def publisher(**values: Any) -> Publisher:
    """Warta, with other values in its file."""
    table = {
        "name": "Warta",
        "home": "https://www.warta.id/",
        "domains": ["warta.id"],
        "article_url": [r"/berita/\d+/"],
    }
    return Publisher.from_table("warta", {**table, **values}, where="warta.toml")


WARTA = publisher()


def rss(*items: str) -> bytes:
    """A feed of these items."""
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>W</title>{"".join(items)}</channel></rss>'.encode()


def item(number: int, rest: str = "") -> str:
    """One item of a feed."""
    return f"<item><title>Panen {number}</title><link>https://www.warta.id/berita/{number}/panen</link>{rest}</item>"


SITEMAP = b"<urlset><url><loc>https://www.warta.id/berita/1/panen</loc></url></urlset>"
WRONG = [
    (b"<!DOCTYPE html><html><body>Masuk</body></html>", "an HTML page"),
    (b"\n<HTML><body><p>Masuk", "an HTML page"),
    (b"", "empty"),
    (b'{"articles": []}', "JSON"),
    (b"<?xml version='1.0'?><opml/>", "XML of another kind"),
    (b"tidak ada apa-apa", "neither XML nor HTML"),
]
"""What is no announcement, and how it is called."""
INDEX = b"""<html><head><base href="/arsip/"></head><body>
  <nav><a href="/">Beranda</a><a href="/berita/9/terpopuler">Terpopuler</a></nav>
  <div class=daftar>
    <h3><a href="../berita/2/panen?utm_source=indeks"><img src=a.jpg></a></h3>
    <h3><a href="/berita/2/panen"> Panen
      raya </a></h3>
    <h3><a href="https://www.warta.id/berita/1/tanam">Tanam</a></h3>
    <a href="https://koran.id/berita/3/iklan">Iklan</a><a href="http://[">x</a><a>tanpa</a>
    <a href="javascript:x()">x</a>
  </div></body></html>"""
