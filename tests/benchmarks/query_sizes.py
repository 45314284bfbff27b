"""How articles could be stored otherwise: bytes, CPU of storing them, and what a search costs.

The same texts are stored as the schema has it; with texts and vectors compressed by lz4, where the server has that;
without a stored search vector, by an index of the expression; and with a vector without places, which ranks by less
and finds no phrases. `newest` and `ranked` are the best of three times, for the twenty first.
"""

from __future__ import annotations

import gzip
import json
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.feed import cpu_of

from pipelines.database.connections import Connection, connect, transaction
from pipelines.database.copy_text import CopyText
from pipelines.database.migrate import migrate
from pipelines.harvest.load import text_hash

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BATCH = 50
WORDS = ("jakarta", "banjir jakarta")
VECTOR = "lumbung.vector(headline, paragraphs)"
VARIANTS = {
    "as it is": "select",
    "toast as Postgres has it": "alter table lumbung.article reset (toast_tuple_target, fillfactor)",
    "lz4": "alter table lumbung.article alter search set compression lz4, alter paragraphs set compression lz4",
    "expression index": f"""
        create function lumbung.vector(headline text, paragraphs text[]) returns tsvector
            language sql immutable strict parallel safe
            return setweight(to_tsvector('indonesian', left(lumbung.visible(headline), 1000)), 'A') || setweight(
                to_tsvector('indonesian', lumbung.searched_part(lumbung.visible(
                    lumbung.join_paragraphs(paragraphs)))), 'B');
        alter table lumbung.article disable trigger fill_search, alter search drop not null;
        drop index lumbung.article_search;
        create index article_search on lumbung.article using gin ({VECTOR})""",
    "no places in vectors": """
        create function lumbung.strip_search() returns trigger language plpgsql as
            'begin new.search := strip(new.search); return new; end';
        create trigger strip_search before insert on lumbung.article
            for each row execute function lumbung.strip_search()""",
}
BACK = """
alter table lumbung.article set (fillfactor = 90, toast_tuple_target = 1024);
alter table lumbung.article alter search set compression default, alter paragraphs set compression default;
alter table lumbung.article enable trigger fill_search;
drop index lumbung.article_search;
create index article_search on lumbung.article using gin (search);
drop function if exists lumbung.vector(text, text[]);
"""
PAGES = """
truncate lumbung.page, lumbung.article, lumbung.crawl cascade;
insert into lumbung.crawl (crawl_id, publisher) overriding system value values (1, 'x');
insert into lumbung.page (page_id, publisher, canonical_url, url) overriding system value
select n, 'x', 'https://x.example/' || n, 'https://x.example/' || n from generate_series(1, %s) n
"""
BYTES = """
select avg(pg_column_size(search)), avg(pg_column_size(paragraphs)), pg_relation_size('lumbung.article') / count(*),
    pg_table_size('lumbung.article') / count(*), pg_relation_size('lumbung.article_search') / count(*)
from lumbung.article
"""


def texts_of(names: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Headlines and paragraphs."""
    for name in names:
        with gzip.open(Path(name), "rt", encoding="utf-8") as lines:
            for each in map(json.loads, lines):
                paragraphs = [line for line in each["text"].replace("\0", "").split("\n") if line.strip()]
                if paragraphs:
                    yield each["title"].replace("\0", ""), paragraphs


def sizes(url: str, names: Sequence[str]) -> None:
    """Print the table for a database that is there for it alone."""
    texts = list(texts_of(names))
    with closing(connect(url)) as connection:
        migrate(connection)
        written = sum(len("\n\n".join(paragraphs).encode()) for _, paragraphs in texts) / len(texts)
        print(f"{len(texts):,} texts of {written:,.0f} bytes")
        print(f"{'':26} {'CPU ms':>6} {'vector':>6} {'text':>6} {'main':>6} {'+ text':>6} {'index':>6}   searches, ms")
        for name, change in VARIANTS.items():
            try:
                with transaction(connection) as cursor:
                    cursor.execute(PAGES, [len(texts)])
                    cursor.execute(change)
            except Exception as refused:  # noqa: BLE001 - a server without lz4
                print(f"{name:26} {' '.join(str(refused).split())}")
                continue
            _measure(connection, name, texts)
            with transaction(connection) as cursor:
                cursor.execute(BACK)


def _measure(connection: Connection, name: str, texts: Sequence[tuple[str, list[str]]]) -> None:
    before = cpu_of(connection.info.backend_pid)
    for start in range(0, len(texts), BATCH):
        rows = CopyText()
        for number, (headline, paragraphs) in enumerate(texts[start : start + BATCH], start + 1):
            url = f"https://x.example/{number}"
            digest = text_hash(headline, paragraphs)
            rows.add([number, "x", url, url, headline, paragraphs, digest, "2026-11-01", "2026-11-01", 1])
        with transaction(connection) as cursor:
            columns = "page_id, publisher, url, canonical_url, headline, paragraphs, text_hash, fetched_at,"
            rows.copy_into(cursor, "lumbung.article", f"{columns} first_fetched_at, crawl_id")
    spent = 1000 * (cpu_of(connection.info.backend_pid) - before) / len(texts)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze lumbung.article")
        cursor.execute(BYTES)
        figures = " ".join(f"{float(each or 0):6,.0f}" for each in cursor.fetchone() or ())
    vector = VECTOR if name == "expression index" else "search"
    found = "; ".join(_searched(connection, vector, words) for words in WORDS)
    connection.autocommit = False
    print(f"{name:26} {spent:6.2f} {figures}   {found}", flush=True)


def _searched(connection: Connection, vector: str, words: str) -> str:
    query = f"websearch_to_tsquery('indonesian', '{words}')"
    found = f"from lumbung.article where {vector} @@ {query}"
    with connection.cursor() as cursor:

        def least(statement: str) -> float:
            spent = []
            for _ in range(3):
                start = time.perf_counter()
                cursor.execute(statement)
                spent.append(1000 * (time.perf_counter() - start))
            return min(spent)

        newest = least(f"select article_id {found} order by article_id desc limit 20")
        ranked = least(f"select article_id {found} order by ts_rank({vector}, {query}, 1) desc limit 20")
        cursor.execute(f"select count(*) {found}")
        (count,) = cursor.fetchone() or (0,)
    return f"{words} ({count:,}): newest {newest:.1f}, ranked {ranked:.1f}"
