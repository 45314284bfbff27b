"""What it costs to note what hardly changed: reader counts and page states, by the loader, in a made harvest.

The same articles are leased and loaded again and again: with a higher reader count, found as stored, with another
text. Told are milliseconds of leasing and loading and bytes of the server's log (WAL) an article, how many updates of
articles and pages stayed in their place (HOT: they write into no index), and by how many bytes the indexes of
articles grew.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from pipelines.database.connections import Connection, connect, transaction
from pipelines.harvest.frontier import Frontier
from pipelines.harvest.load import load
from spiders.article import Article, Outcome, Unchanged, Validators, Visit
from spiders.publishers import Publisher
from spiders.publishers.window import Window

if TYPE_CHECKING:
    from collections.abc import Callable

BATCH, BATCHES = 50, 8
FIELDS = (
    "url", "canonical_url", "declared_url", "headline", "paragraphs", "breadcrumb", "section", "dateline",
    "dateline_place", "dateline_brand", "byline", "authors", "published_at", "modified_at", "language", "tags",
    "image_url", "paywalled", "reads", "quality",
)  # fmt: skip
DUE = """
update lumbung.page set state = 'due', due_at = now(), looked_by = null, announced_at = now()
where page_id in (select page_id from lumbung.article where publisher = 'p7' order by article_id limit %s)
"""
SEEN = """
select pg_current_wal_insert_lsn() - '0/0'::pg_lsn,
    (select n_tup_upd from pg_stat_user_tables where relid = 'lumbung.article'::regclass),
    (select n_tup_hot_upd from pg_stat_user_tables where relid = 'lumbung.article'::regclass),
    (select n_tup_upd from pg_stat_user_tables where relid = 'lumbung.page'::regclass),
    (select n_tup_hot_upd from pg_stat_user_tables where relid = 'lumbung.page'::regclass),
    pg_indexes_size('lumbung.article')
"""


class Seen(NamedTuple):
    """Figures of the server so far."""

    wal: int
    updates: int
    hot: int
    page_updates: int
    page_hot: int
    indexes: int


def seen(connection: Connection) -> Seen:
    """Figures now, with what this connection has done."""
    with transaction(connection) as cursor:
        cursor.execute("select pg_stat_force_next_flush()")
    with transaction(connection) as cursor:
        cursor.execute("select gin_clean_pending_list('lumbung.article_search')")
        cursor.execute(SEEN)
        return Seen(*map(int, cursor.fetchone() or ()))


def stored(connection: Connection, pages: list[int]) -> dict[int, Article]:
    """Articles as they would be read again."""
    with transaction(connection) as cursor:
        cursor.execute(f"select page_id, {', '.join(FIELDS)} from lumbung.article where page_id = any (%s)", [pages])
        lists = {"paragraphs", "breadcrumb", "authors", "tags"}
        found: dict[int, Article] = {}
        for page_id, *values in cursor.fetchall():
            facts: dict[str, Any] = dict(zip(FIELDS, values, strict=True))
            facts |= {name: tuple(facts[name]) for name in lists}
            found[page_id] = Article(publisher="p7", fetched_at=datetime.now(UTC), **facts)
        return found


def updates(url: str) -> None:
    """Print the table."""
    publisher = Publisher(key="p7", name="Koran 7", home="https://www.p7.example/")
    window = Window(datetime.now(UTC) - timedelta(days=3000), None, strict=False)
    frontier = Frontier(connect(url), publisher, window)
    connection = frontier.connection
    kinds: dict[str, Callable[[Article], Outcome]] = {
        "a higher reader count": lambda article: replace(article, reads=(article.reads or 0) + 1),
        "the same once more": lambda article: replace(article, reads=(article.reads or 0) + 1),
        "found as stored": lambda _: Unchanged(),
        "another text": lambda article: replace(article, paragraphs=(*article.paragraphs, "Ralat: angka diperbaiki.")),
    }
    print(f"{'visit':24} {'ms':>6} {'WAL':>8} {'HOT':>9} {'pages HOT':>11} {'indexes':>9}")
    for name, outcome in kinds.items():
        with transaction(connection) as cursor:
            cursor.execute(DUE, [BATCH * BATCHES])
        before, spent = seen(connection), 0.0
        for _ in range(BATCHES):
            start = time.perf_counter()
            pages = asyncio.run(frontier.lease(BATCH))
            spent += time.perf_counter() - start
            articles = stored(connection, [page.page_id for page in pages])
            visits = [
                Visit(
                    page_id=page,
                    outcome=outcome(article),
                    fetched_at=datetime.now(UTC),
                    status=200,
                    validators=Validators('"2"'),
                )
                for page, article in articles.items()
            ]
            start = time.perf_counter()
            load(connection, frontier.crawl_id, visits)
            spent += time.perf_counter() - start
        after = seen(connection)
        all_of_them = BATCH * BATCHES
        hot = f"{after.hot - before.hot}/{after.updates - before.updates}"
        of_pages = f"{after.page_hot - before.page_hot}/{after.page_updates - before.page_updates}"
        print(
            f"{name:24} {1000 * spent / all_of_them:6.2f} {(after.wal - before.wal) / all_of_them:8,.0f} {hot:>9}"
            f" {of_pages:>11} {(after.indexes - before.indexes) / all_of_them:9,.0f}"
        )
    connection.close()
