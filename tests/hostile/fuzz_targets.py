"""What is fuzzed: functions that take any bytes and raise where one of their promises is broken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from hostile.announcements import feed_examples, sitemap_examples
from support.checkout import TESTS
from support.pages_in_short import BODY, json_ld
from support.promises import broken

from spiders.discovery.documents import parse_feed, parse_index, parse_robots, parse_section, parse_sitemap
from spiders.discovery.entries import moment_of
from spiders.errors import LumbungError
from spiders.fetching.retry_after import LONGEST, seconds_asked
from spiders.fetching.robots_text import parse_rules
from spiders.publishers import Publisher
from spiders.publishers.urls import canonicalise
from spiders.reading.page import Page
from spiders.reading.printed.dates import parse_date
from spiders.scouting.front_page import read_front_page
from spiders.seed_format import collapse, dumps, loads

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
JAKARTA = ZoneInfo("Asia/Jakarta")
HOME = "https://www.warta.id/"
CHARSETS = (None, "utf-8", "utf-16", "iso-8859-1", "gb18030", "utf-7")
PATHS = ("berita/1/panen", "2026/11/24/panen-raya", "foto/1", "")
PAGES = TESTS / "pages"


@dataclass(frozen=True, slots=True)
class Target:
    """One thing to fuzz."""

    run: Callable[[bytes], None]
    seeds: Callable[[], list[bytes]]
    """Inputs from which others are made."""
    longest: int = 4096
    """Bytes of an input."""


@cache
def publisher() -> Publisher:
    table = {
        "name": "Warta", "home": HOME, "domains": ["warta.id"], "amp_replaces": "read", "channels": ["sport"],
        "query_kept": ["id"], "variant_segments": ["semua"],
        "rules": {"headline": ["h1.judul"], "body": ["div.isi"], "drop": ["div.iklan"], "reads": ["span.dibaca"]},
        "index": [{"url": "/indeks?date=%Y-%m-%d&page={page}", "links": ["h3 a", "li"]}],
    }  # fmt: skip
    return Publisher.from_table("warta", table, where="warta.toml")


def page(data: bytes) -> None:
    """The first byte chooses charset and address."""
    choice = data[0] if data else 0
    address = HOME + PATHS[choice // len(CHARSETS) % len(PATHS)]
    read = Page(data[1:], address, publisher(), fetched_at=NOW, encoding=CHARSETS[choice % len(CHARSETS)])
    _keeps(broken(read.article(), publisher()))


def feed(data: bytes) -> None:
    try:
        entries = parse_feed(data, HOME + "rss", publisher())
    except LumbungError:
        return
    _keeps(broken(entries, publisher()))


def sitemap(data: bytes) -> None:
    try:
        found = parse_sitemap(data, HOME + "sitemap-2026-11.xml", publisher())
    except LumbungError:
        return
    _keeps(broken(found.entries, publisher()))
    assert all(child.url.startswith(("http://", "https://")) for child in found.children)


def links(data: bytes) -> None:
    """Index, section and front page."""
    try:
        for entries in (
            parse_index(data, HOME + "indeks", publisher(), NOW.date()),
            parse_section(data, HOME, publisher()),
        ):
            _keeps(broken(entries, publisher()))
    except LumbungError:
        pass
    front = read_front_page(data, HOME)
    assert all(link.startswith(("http://", "https://")) for link in (*front.links, *front.index_pages))


def robots(data: bytes) -> None:
    parse_robots(data, HOME + "robots.txt")
    rules = parse_rules(data)
    rules.can_fetch(HOME + "berita/1", "Lumbung")
    rules.can_fetch(HOME + data[:80].decode("latin-1"), "Lumbung")
    delay = rules.crawl_delay("Lumbung")
    assert delay is None or delay >= 0, delay


def date(data: bytes) -> None:
    text = data.decode("utf-8", "surrogatepass" if data.isascii() else "replace")
    for moment in (parse_date(text, JAKARTA, now=NOW), moment_of(text, JAKARTA)):
        assert moment is None or moment.astimezone(UTC).year > 0, moment


def url(data: bytes) -> None:
    text = data.decode("utf-8", "surrogateescape")
    once = canonicalise(text, publisher())
    assert canonicalise(once, publisher()) == once, (text, once)


def seed(data: bytes) -> None:
    text = data.decode("utf-8", "surrogateescape")
    try:
        read = loads(text)
    except LumbungError:
        blocks = [block for block in map(collapse, text.split("|")) if block]
        if len(blocks) > 1:
            _keeps_texts(blocks)
        return
    assert dumps(read) == text, (text, read)


def _keeps_texts(blocks: list[str]) -> None:
    from spiders.seed_format import SeedText

    written = SeedText(headline=blocks[0], paragraphs=tuple(blocks[1:]))
    assert loads(dumps(written)) == written, written


def retry_after(data: bytes) -> None:
    value, _, date_header = data.decode("latin-1").partition("|")
    seconds = seconds_asked(value, date_header or None, NOW)
    assert seconds is None or 0 <= seconds <= LONGEST, seconds


def _keeps(problem: str) -> None:
    assert not problem, problem


def _pages() -> list[bytes]:
    printed = [b"0" + path.read_bytes() for path in sorted(PAGES.glob("*.html"))]
    data = json_ld(headline="Sekolah", author=[{"name": "Sari"}], datePublished="2026-11-24", keywords="a,b")
    return [*printed, f"1<head>{data}</head>{BODY}".encode()]


def _links() -> list[bytes]:
    items = "".join(f"<h3><a href='/berita/{number}/panen?a=1#b'>Panen {number}</a></h3>" for number in range(3))
    return [f"<html><base href='/x/'><link rel=alternate type=application/rss+xml href=/rss><li>{items}".encode()]


def _robots() -> list[bytes]:
    rules = b"User-agent: *\nDisallow: /*.php$\nAllow: /a%2f\nCrawl-delay: 1.5\nSitemap: /s.xml\n"
    return [rules, rules + b"\nUser-agent: Lumbung\nRequest-rate: 1/10s 0600-1200\nVisit-time: 0600 0845\n"]


def _dates() -> list[bytes]:
    said = (
        "Selasa, 24 November 2026 | 12:01 WIB", "2026-11-24T05:00:00+07:00", "24/11/2026 pukul 12.00 WITA", "kemarin",
        "2 jam yang lalu", "Nov. 24, 2026 at 5:01 pm", "Tue, 24 Nov 26 05:00:00 GMT", "20261124", "sebulan lalu",
        "T24:00:00Z", "12:59 WIT, Senin 1 Maret 2021", "lima menit lalu", "+0700 31 Februari 2020",
    )  # fmt: skip
    return [text.encode() for text in said]


def _urls() -> list[bytes]:
    found = (
        "https://m.warta.id/amp/berita/1/panen?page=all&utm_source=x",
        "http://www.warta.id:80/a/../b/%7Ex//c?b=2&a=1#x",
        "https://wärta.id/ä?q=ü", "http://user:pw@[::1]:8080/;jsessionid=1", "//warta.id/x.amp.html",
        "https://warta.id#!/a",
        "https:\\\\warta.id\\sport\\x", "https://sport.warta.id/amp/amp/%e2%82%ac?amp;a=1&amp;b", "HTTP://WARTA.ID./",
    )  # fmt: skip
    return [text.encode() for text in found]


def _seeds() -> list[bytes]:
    read = "Home Sekolah\n\nSekolah\n\nJakarta, Warta - Satu.\n\nDua\u00a0\n\n953"
    return [read.encode(), b"a|b|1", "a|1\u00a0|007|0".encode(), b"a\n\na\n\n1\xc2\xa0"]


TARGETS = {
    "page": Target(page, _pages, 16_384),
    "feed": Target(feed, lambda: [*feed_examples().values()], 8_192),
    "sitemap": Target(sitemap, lambda: [*sitemap_examples().values()], 8_192),
    "links": Target(links, _links, 8_192),
    "robots": Target(robots, _robots, 2_048),
    "date": Target(date, _dates, 420),
    "url": Target(url, _urls, 1_024),
    "seed": Target(seed, _seeds, 1_024),
    "retry_after": Target(
        retry_after, lambda: [b"120", b"Tue, 24 Nov 2026 05:00:00 GMT|Tue, 24 Nov 2026 04:00:00 GMT", b"-1"], 256
    ),
}
