"""A harvest of any size, made and not crawled: rows in the real tables, for measuring what is asked of them.

Texts: 3 to 18 paragraphs of 25 to 45 words, 2.4 kB in the mean, put together from a pool of 32,768 paragraphs. Their
words are Zipf's (frequency 1 / rank), 40,000 of them, the first sixty the stop words that Indonesian texts have
there; a paragraph's search vector is worked out once and the vectors of an article are joined, which gives what the
trigger would: a sample is held to that.

Around them, by the shares of a harvest of 502,000: 60 publishers and 40 sections, the first many times as frequent as
the last; two years, newest last, 3 % without a time of publication; 3,000 authors for 70 %; three of 8,000 tags each;
every seventh with another declared address; reader counts for every tenth; a fifth in clusters of two to four;
revisions of 5 %; beside the articles' pages 15 % that gave none; 1.35 crawls an article, of which nine in ten found
nothing new. No fingerprints: readers do not see them.

Triggers and foreign keys rest while it is filled, indexes are dropped and made again as they were; then all is
vacuumed and analysed. What triggers keep (lumbung.shown, change, counted, day_count) is there as they would have left
it.
"""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from pipelines.database.connections import Connection, connect, transaction
from pipelines.database.copy_text import CopyText

if TYPE_CHECKING:
    from collections.abc import Iterator

TOPICS = {130: "jakarta", 1000: "banjir"}
"""Words at a rank of their own: 23 % and 3 % of the articles have them, .8 % both."""
STOP_WORDS = """
yang di dan itu dengan untuk tidak ini dari dalam akan pada juga saya ke karena tersebut bisa ada mereka lebih kata
tahun sudah atau saat oleh menjadi orang ia telah adalah seperti sebagai bahwa dapat para harus namun kita dua satu
masih hari hanya kepada kami setelah melakukan lalu belum lain dia kalau terjadi banyak menurut anda hingga
"""
WORDS, BLOCKS = 40_000, 32_768
AT_ONCE = 5_000
"""Articles an insert."""
_PARTS = re.split(r"^-- (\w+) --$", Path(__file__).with_suffix(".sql").read_text("utf-8"), flags=re.MULTILINE)
STATEMENTS = dict(zip(_PARTS[1::2], _PARTS[2::2], strict=True))


def _blocks() -> Iterator[tuple[str, int, str]]:
    random = Random(7)  # noqa: S311 - the same words in every run
    made = ["".join(random.choices("aiueokngtsrmpld", k=random.randint(3, 10))) for _ in range(WORDS)]
    words = [*STOP_WORDS.split(), *made]
    for rank, word in TOPICS.items():
        words[rank - 1] = word
    weights = list(accumulate(1 / rank for rank in range(1, len(words) + 1)))
    for n in range(BLOCKS):
        yield "h", n, " ".join(random.choices(words, cum_weights=weights, k=random.randint(6, 11))).capitalize()
    for n in range(BLOCKS):
        yield "p", n, " ".join(random.choices(words, cum_weights=weights, k=random.randint(25, 45))).capitalize() + "."


def fill(url: str, articles: int, now: str) -> None:
    """Fill a migrated, empty database; `now` is the time of the newest article.

    Args:
        url: of the database, with a superuser's login.
        articles: how many.
        now: a time with its zone, as Postgres reads it.
    """
    figures = {"articles": articles, "crawls": articles * 135 // 100, "now": now}
    with closing(connect(url)) as connection:
        _run(connection, STATEMENTS["pool"])
        blocks = CopyText()
        for row in _blocks():
            blocks.add(row)
        with transaction(connection) as cursor:
            blocks.copy_into(cursor, "public.pool", "kind, place, block")
        _run(connection, STATEMENTS["pool_vectors"])
        _vacuum(connection)
        indexes = _found(connection, "indexes")
        for name, _ in indexes:
            _run(connection, f"drop index lumbung.{name}")
        _run(connection, STATEMENTS["crawls"], figures)
        _in_batches(url, STATEMENTS["pages"], articles * 115 // 100, figures)
        _in_batches(url, STATEMENTS["articles"], articles, figures)
        _run(connection, STATEMENTS["around"], figures)
        for _, definition in indexes:
            _run(connection, definition)
        if _found(connection, "indexes") != indexes or _found(connection, "other_search") != [(0,)]:
            raise AssertionError("the made harvest is not what the loader would have left")
        _vacuum(connection)


def _in_batches(url: str, statement: str, last: int, figures: dict[str, Any]) -> None:
    """By two connections beside each other: putting texts together is what takes long."""

    def some(first_of_mine: int) -> None:
        with closing(connect(url)) as connection:
            for first in range(first_of_mine, last + 1, 2 * AT_ONCE):
                ends = {"first": first, "last": min(first + AT_ONCE - 1, last)}
                _run(connection, statement, {**figures, **ends})

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(some, (1, 1 + AT_ONCE)))


def _run(connection: Connection, statement: str, figures: dict[str, Any] | None = None) -> None:
    with transaction(connection) as cursor:
        cursor.execute("set local session_replication_role = replica; set local maintenance_work_mem = '1GB'")
        cursor.execute("set local work_mem = '256MB'; set local statement_timeout = 0")
        cursor.execute(statement, figures)


def _found(connection: Connection, name: str) -> list[tuple[Any, ...]]:
    with transaction(connection) as cursor:
        cursor.execute(STATEMENTS[name])
        return cursor.fetchall()


def _vacuum(connection: Connection) -> None:
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("set statement_timeout = 0")
        cursor.execute("vacuum analyze")
    connection.autocommit = False
