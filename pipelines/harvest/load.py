"""The item pipeline: visits in batches, each batch one transaction for articles, page states and the ledger.

Fetched at least once, in effect exactly once: a batch that is committed has returned its leases, and one that is not
committed has changed nothing, so its pages are leased and fetched again.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import logging
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

import psycopg2
from scrapy import signals

from pipelines.database.connections import Connection, Cursor, one_line, the_row, transaction
from pipelines.database.copy_text import CopyText, Value
from pipelines.database.statements import query
from pipelines.harvest.leases import pack
from spiders.article import Article, Failure, Rejection, Released, Visit
from spiders.fetching.errors import CrawlOver

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scrapy.crawler import Crawler

    from pipelines.database.lasting import Once
    from pipelines.harvest.frontier import Frontier

logger = logging.getLogger(__name__)

_FIELDS = (
    "publisher", "url", "canonical_url", "declared_url", "headline", "breadcrumb", "section", "dateline",
    "dateline_place", "dateline_brand", "byline", "authors", "published_at", "modified_at", "language", "tags",
    "image_url", "paywalled", "reads", "quality", "extractor", "paragraphs",
)  # fmt: skip
_VISIT = (
    "page_id", "status", "etag", "last_modified", "visited_at", "look_after", "look_after_change", "kind", "reason",
    "detail", "announced_at",
)  # fmt: skip
_COLUMNS = ", ".join([*_VISIT, *_FIELDS, "text_hash", "repaired"])
_REFUSED = ("22", "23", "54")
"""Classes of SQLSTATE that speak of a value: data exception, integrity, program limit. Others speak of the server."""
_NO_ARTICLE: tuple[Value, ...] = (None,) * (len(_FIELDS) + 1)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What one batch did to the articles."""

    stored: int = 0
    updated: int = 0
    repaired: int = 0

    def __add__(self, other: Loaded) -> Loaded:
        """What two batches did."""
        return Loaded(self.stored + other.stored, self.updated + other.updated, self.repaired + other.repaired)


def load_batch(connection: Connection, crawl_id: int, visits: Sequence[Visit], once: Once | None = None) -> Loaded:
    """Load visits together; where the database refuses a value of one of them, that one alone becomes a failure.

    Args:
        connection: of the crawl.
        crawl_id: of the crawl; what it holds no lease of any more is left out.
        visits: one a page.
        once: commits, for a caller that repeats work: it has the figures of what was committed already.
    """
    try:
        return load(connection, crawl_id, visits, once)
    except psycopg2.Error as error:
        if not (error.pgcode or "").startswith(_REFUSED):
            raise
        if len(visits) > 1:
            return sum((load_batch(connection, crawl_id, [visit], once) for visit in visits), Loaded())
        reason = one_line(error)
        if isinstance(visits[0].outcome, Failure):
            raise
        logger.exception("page %d cannot be stored", visits[0].page_id)
        failure = replace(visits[0], outcome=Failure(error=f"cannot be stored: {reason}"))
        return load(connection, crawl_id, [failure], once)


def load(connection: Connection, crawl_id: int, visits: Sequence[Visit], once: Once | None = None) -> Loaded:
    """Merge a batch of visits in one transaction."""
    rows = CopyText()
    for visit in visits:
        rows.add(_row(visit), repaired=visit.outcome.repaired if isinstance(visit.outcome, Article) else 0)

    def change(cursor: Cursor) -> list[int]:
        cursor.execute(query("create_visit"))
        rows.copy_into(cursor, "visit", _COLUMNS)
        return _merge(cursor, crawl_id, visits)

    if once is not None:
        kinds = "".join(type(visit.outcome).__name__[0] for visit in visits)
        return Loaded(*once(f"load {[visit.page_id for visit in visits]} {kinds}", change))
    with transaction(connection) as cursor:
        return Loaded(*change(cursor))


def _merge(cursor: Cursor, crawl_id: int, visits: Sequence[Visit]) -> list[int]:
    """Merge the rows of the table `visit`; the figures of a `Loaded`."""
    whose = {"crawl_id": crawl_id}
    for name in ("drop_lost_leases", "refuse_taken_down", "add_revisions", "add_reads", "merge_articles"):
        cursor.execute(query(name), whose)
    stored, updated = the_row(cursor)
    cursor.execute(query("merge_rejections"), whose)
    for name in ("drop_old_rejections", "drop_held", "learn_visits"):
        cursor.execute(query(name), whose)
    _keep(cursor, visits)
    cursor.execute(query("return_pages"), {**whose, "stored": stored, "updated": updated})
    (repaired,) = the_row(cursor)
    return [stored, updated, repaired]


def _keep(cursor: Cursor, visits: Sequence[Visit]) -> None:
    for visit in visits:
        if visit.kept is not None:
            cursor.execute(query("keep_page"), {"page_id": visit.page_id, "page": gzip.compress(visit.kept, mtime=0)})
        if isinstance(visit.outcome, Released) and visit.outcome.article is not None:
            article = visit.outcome.article
            held = {"article": pack(article), "urls": [article.canonical_url, article.declared_url, article.url]}
            cursor.execute(query("hold_article"), {"page_id": visit.page_id, **held})


def _row(visit: Visit) -> tuple[Value, ...]:
    validators = (visit.validators.etag, visit.validators.last_modified)
    look = (visit.look.after, visit.look.after_change)
    head = (visit.page_id, visit.status, *validators, visit.fetched_at, *look)
    outcome = visit.outcome
    if isinstance(outcome, Article):
        fields = tuple(getattr(outcome, name) for name in _FIELDS)
        return (*head, "article", None, None, None, *fields, text_hash(outcome.headline, outcome.paragraphs))
    if isinstance(outcome, Rejection):
        where = (outcome.publisher, outcome.url, outcome.canonical_url)
        return (*head, "rejection", outcome.reason, outcome.detail, None, *where, *_NO_ARTICLE[len(where) :])
    if isinstance(outcome, Failure):
        return (*head, "failure", None, outcome.error, None, *_NO_ARTICLE)
    announced = outcome.announced_at if isinstance(outcome, Released) else None
    kind = "released" if isinstance(outcome, Released) else "unchanged"
    return (*head, kind, None, None, announced, *_NO_ARTICLE)


def text_hash(headline: str, paragraphs: Sequence[str]) -> UUID:
    """Identity of a text, to see that it changed; not a secret."""
    text = "\n\n".join([headline, *paragraphs])
    return UUID(bytes=hashlib.md5(text.encode("utf-8", "replace"), usedforsecurity=False).digest())


class LoadPipeline:
    """Collects visits and loads them every LOAD_BATCH visits or LOAD_SECONDS, in the crawl's thread."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._size = crawler.settings.getint("LOAD_BATCH")
        self._seconds = crawler.settings.getfloat("LOAD_SECONDS")
        self._waiting: list[Visit] = []
        self._clock: asyncio.Task[None] | None = None
        self._loading = asyncio.Lock()
        self._closing: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's idiom. The reason a spider closed for is known only to the signal, after `close_spider`."""
        pipeline = cls(crawler)
        crawler.signals.connect(pipeline.spider_closed, signal=signals.spider_closed)
        return pipeline

    @property
    def _frontier(self) -> Frontier:
        frontier: Frontier = self._crawler.spider.frontier  # type: ignore[union-attr]  # a spider is open while items flow
        return frontier

    def open_spider(self) -> None:
        """Start the clock that loads small batches too."""
        self._clock = asyncio.get_running_loop().create_task(self._tick())

    async def process_item(self, item: Any) -> Any:  # noqa: ANN401 - Scrapy's signature
        """Take one visit; with the last one of a batch, wait until the batch is loaded."""
        if isinstance(item, Visit):
            self._waiting.append(item)
            if len(self._waiting) >= self._size:
                await self._flush()
        return item

    async def close_spider(self) -> None:
        """Load what is left; a batch on its way is finished first."""
        async with self._loading:
            if self._clock is not None:
                self._clock.cancel()
        await self._flush()

    async def spider_closed(self, reason: str) -> None:
        """Report each day of a crawl with dates, give back the leases and close the ledger."""
        frontier = self._frontier
        with suppress(CrawlOver):  # the database is lost now: the frontier has said so
            if frontier.lost is None:
                for day in await frontier.coverage():
                    logger.info("%s", day)
                logger.info("%s", await frontier.close(reason))
        if frontier.lost is not None:
            await frontier.give_up()

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(self._seconds)
            await self._flush()

    async def _flush(self) -> None:
        async with self._loading:
            batch, self._waiting = self._waiting, []
            frontier = self._frontier
            if not batch or frontier.lost is not None:
                return
            try:
                loaded = await frontier.call(
                    lambda: load_batch(frontier.connection, frontier.crawl_id, batch, frontier.once)
                )
            except CrawlOver as over:
                closing = self._crawler.engine.close_spider_async(reason=over.reason)
                self._closing = asyncio.get_running_loop().create_task(closing)
                return
        for name, count in asdict(loaded).items():
            self._crawler.stats.inc_value(f"lumbung/{name}", count)
