"""Rows per second of the loader against a raw COPY of the same rows into the same table, in one run.

Run by `make bench`. The loader does more for a row: it checks the lease, merges, writes the page's state, reads and the
ledger. The floor is what Postgres needs for the rows alone, indexes and search vector included.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from support.throwaway import TEMPLATE, throwaway_server

from pipelines.database.connections import Connection, connect, transaction
from pipelines.database.copy_text import CopyText
from pipelines.harvest.frontier import Frontier
from pipelines.harvest.load import load, text_hash
from spiders.article import Article, Entry, LeasedPage, Validators, Visit
from spiders.publishers import Publisher
from spiders.publishers.window import Window

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS, BATCH, ROUNDS = 2_000, 50, 5
PUBLISHER = Publisher(key="koran", name="Koran", home="https://koran.example/")
NOW = datetime.now(UTC)
COLUMNS = (
    "page_id, publisher, url, canonical_url, headline, paragraphs, text_hash, fetched_at, first_fetched_at, crawl_id,"
    " authors, tags, breadcrumb, published_at, reads"
)


def articles(pages: list[LeasedPage], random: Random) -> list[Visit]:
    words = ["".join(random.choices("aiueokngtsrmpld", k=random.randint(3, 9))) for _ in range(3_000)]

    def text(length: int) -> str:
        return " ".join(random.choices(words, k=length)).capitalize() + "."

    def visit(page: LeasedPage) -> Visit:
        article = Article(
            publisher="koran",
            url=page.url,
            canonical_url=page.canonical_url,
            headline=text(9),
            paragraphs=tuple(text(30) for _ in range(10)),
            fetched_at=NOW,
            authors=("Sri Lestari",),
            tags=("padi", "gabah"),
            breadcrumb=("Home", "Ekonomi"),
            published_at=NOW,
            reads=953,
        )
        return Visit(page_id=page.page_id, outcome=article, fetched_at=NOW, status=200, validators=Validators('"1"'))

    return [visit(page) for page in pages]


def lease_pages(frontier: Frontier, first: int) -> list[LeasedPage]:
    entries = [Entry(url=f"https://koran.example/berita-{first + number}", published_at=NOW) for number in range(ROWS)]
    asyncio.run(frontier.announce("https://koran.example/rss", entries, Validators()))
    return asyncio.run(frontier.lease(ROWS))


def raw_copy(connection: Connection, crawl_id: int, visits: list[Visit]) -> None:
    rows = CopyText()
    for visit in visits:
        article = visit.outcome
        assert isinstance(article, Article)
        digest = text_hash(article.headline, article.paragraphs)
        rows.add(
            [
                visit.page_id, "koran", article.url, article.canonical_url, article.headline, article.paragraphs,
                digest, NOW, NOW, crawl_id, article.authors, article.tags, article.breadcrumb, NOW, article.reads,
            ]
        )  # fmt: skip
    with transaction(connection) as cursor:
        rows.copy_into(cursor, "lumbung.article", COLUMNS)


def timed(work: Callable[[Connection, int, list[Visit]], object], frontier: Frontier, visits: list[Visit]) -> float:
    start = time.perf_counter()
    for first in range(0, len(visits), BATCH):
        work(frontier.connection, frontier.crawl_id, visits[first : first + BATCH])
    return len(visits) / (time.perf_counter() - start)


def compare(frontier: Frontier) -> tuple[list[float], list[float]]:
    """Rows per second of the loader and of COPY, a pair a round, in alternation so that noise meets both."""
    random = Random(7)  # noqa: S311 - the same rows in every run
    loader, copy = [], []
    for number in range(ROUNDS):
        loader.append(timed(load, frontier, articles(lease_pages(frontier, 2 * number * ROWS), random)))
        copy.append(timed(raw_copy, frontier, articles(lease_pages(frontier, (2 * number + 1) * ROWS), random)))
    return loader, copy


def main() -> None:
    with throwaway_server(fast=False) as server:
        window = Window(NOW - timedelta(days=1), None, strict=False)
        loader, copy = compare(Frontier(connect(server.url(TEMPLATE)), PUBLISHER, window))
    ratios = [mine / floor for mine, floor in zip(loader, copy, strict=True)]
    print(f"loader, batches of {BATCH}: {statistics.median(loader):,.0f} rows/s (median of {ROUNDS} x {ROWS} rows)")
    print(f"raw COPY, same batches:  {statistics.median(copy):,.0f} rows/s")
    print(
        f"ratio: {statistics.median(ratios):.2f} (rounds {', '.join(f'{ratio:.2f}' for ratio in ratios)}); aim >= 0.50"
    )


if __name__ == "__main__":
    main()
