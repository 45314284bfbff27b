"""What the tests ask of a newsstand: plain requests, and what its sitemaps announce."""

from __future__ import annotations

from datetime import date, datetime
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from lxml import etree

from seeds.newsstand import Newspaper, Settings
from seeds.newsstand.almanac import JAKARTA

if TYPE_CHECKING:
    from seeds.newsstand import Newsstand

FOUNDED = date(2026, 11, 20)
NOON = datetime(2026, 11, 22, 12, tzinfo=JAKARTA)


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


def ask(url: str, method: str = "GET", **headers: str) -> Answer:
    parts = urlsplit(url)
    connection = HTTPConnection(parts.netloc, timeout=30)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    connection.request(method, target, headers={name.replace("_", "-"): value for name, value in headers.items()})
    response = connection.getresponse()
    answer = Answer(response.status, dict(response.getheaders()), response.read())
    connection.close()
    return answer


def paper(**settings: Any) -> Newspaper:
    return Newspaper(Settings(**{"founded": FOUNDED, **settings}), now=NOON)


def of_kind(truth: dict[str, Any], special: str) -> list[dict[str, Any]]:
    return [article for article in truth["articles"] if article["special"] == special]


def announced(stand: Newsstand) -> set[str]:
    """Paths in the monthly sitemaps."""
    index = etree.fromstring(ask(stand.url + "/sitemap.xml").body)
    maps = [loc.text or "" for loc in index.iter("{*}loc")]
    pages = [etree.fromstring(ask(url).body) for url in maps if "news" not in url]
    return {urlsplit(loc.text or "").path for page in pages for loc in page.iter("{*}loc")}
