"""The shortest page that is an article, of which each test of the page reader changes one thing."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from spiders.publishers import Publisher
from spiders.reading.page import Page

NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
URL = "https://www.koran.test/news-1-kabar.html"
LEAD = "Warga tiga desa di tepi sungai belajar mengukur kejernihan air dengan cakram buatan sendiri."
SECOND = "Hasilnya ditulis di papan kapur balai desa setiap pagi, lalu dibacakan lewat pengeras suara."
BODY = f"<article><h1>Sekolah Sungai</h1><div class=isi><p>{LEAD}</p><p>{SECOND}</p></div></article>"


def a_publisher(**rules: list[str]) -> Publisher:
    table = {"name": "Koran Uji", "home": "https://www.koran.test/", "timezone": "Asia/Makassar", "rules": rules}
    return Publisher.from_table("koran", table, where="test")


def a_page(markup: str = BODY, head: str = "", /, *, url: str = URL, **rules: list[str]) -> Page:
    html = f"<html><head><meta charset=utf-8>{head}</head><body>{markup}</body></html>"
    return Page(html.encode(), url, a_publisher(**rules), fetched_at=NOW)


def json_ld(**thing: Any) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", **thing})}</script>'
