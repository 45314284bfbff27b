"""Texts that break programs (tests/hostile/texts.py), each sent the whole way: page -> article -> Postgres -> view.

usage: PYTHONPATH=tests python tests/hostile/text_journeys.py

Prints how many went in, and what became of them: kept as they are, repaired (what is no text is U+FFFD, and the article
says how often), rejected with a reason, crashes, unaccounted. The texts are made here; the big list of naughty strings,
others' work, joins them where it can be installed. Exits with 1 after a crash or a text nobody can account for.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from html import unescape
from itertools import chain, islice
from typing import TYPE_CHECKING

from hostile.texts import generated, huge, naughty
from scrapy.http import HtmlResponse
from support.throwaway import TEMPLATE, throwaway_server

from pipelines.database.connections import Connection, connect, transaction
from pipelines.harvest.frontier import Frontier
from pipelines.harvest.ledger import imbalance, read_crawl
from pipelines.harvest.load import load_batch
from spiders.article import Article, Entry, Rejection, Validators
from spiders.crawler import PublisherSpider
from spiders.publishers import Publisher
from spiders.publishers.window import Window
from spiders.reading.printed.labels import without_unseen
from spiders.reading.process.reader import Reader
from spiders.seed_format import collapse, loads

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from hostile.texts import Input

    from spiders.article import LeasedPage, Visit

BATCH = 50
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
_REFERENCE = re.compile(r"&(?:#\d{2,5}|#x[0-9a-fA-F]{2,4}|amp|quot|apos|nbsp);")
_GONE = re.compile("\ufffd+")


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
    """Headline and first paragraph as a reader sees them.

    No NUL, white space collapsed, U+FFFD for what is no text, and nothing that cannot be seen and means nothing. A
    reference that a headline shows in letters was escaped once too often.
    """
    letters = (text.shown or "").replace("\0", "")
    shown = "".join("\ufffd" if "\ud800" <= letter <= "\udfff" else letter for letter in letters)
    head = shown if text.head is None else text.head.decode()
    body = f"Warga Karawang membaca papan {shown} di balai desa, lalu menjemur gabah sampai sore hari tiba."
    if _REFERENCE.search(head):
        head = unescape(unescape(unescape(head)))
    return _comparable(f"Papan lumbung: {head}").strip(), _comparable(body)


def _comparable(text: str) -> str:
    return collapse(without_unseen(_GONE.sub("\ufffd", text)))


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
