"""Rows per second of each format of an export against COPY of the same columns to a file, in one run, and its memory.

usage: PYTHONPATH=tests python tests/benchmarks/exports.py [--articles 100000] [--rounds 3]

Seconds are CPU of client and server, so that other work on the machine counts less. An export also sorts, counts, takes
sums and writes a manifest. Memory is the highest of a process that does nothing else.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from random import Random
from time import process_time
from typing import TYPE_CHECKING

from benchmarks.feed import cpu_of
from support.throwaway import TEMPLATE, throwaway_server

from pipelines.database.connections import Connection, connect, transaction
from pipelines.exports.export import export
from pipelines.exports.selection import FORMATS, Selection

if TYPE_CHECKING:
    from collections.abc import Callable

ALL = Selection(duplicates=True)
PUBLISHERS, MONTHS, WORDS = 20, 12, 3_000
FILL = """
insert into lumbung.crawl (crawl_id, publisher) overriding system value values (1, 'p0') on conflict do nothing;
insert into lumbung.publisher (publisher, timezone)
select 'p' || n, 'Asia/Jakarta' from generate_series(0, %(publishers)s - 1) n;
insert into lumbung.page (page_id, publisher, canonical_url, url) overriding system value
select n, 'p' || n %% %(publishers)s, 'https://p.example/' || n, 'https://p.example/' || n
from generate_series(1, %(articles)s) n;
insert into lumbung.article (
    article_id, page_id, publisher, url, canonical_url, headline, paragraphs, text_hash, fetched_at, first_fetched_at,
    crawl_id, published_at, authors, tags, breadcrumb, reads)
overriding system value
select n, n, 'p' || n %% %(publishers)s, 'https://p.example/' || n, 'https://p.example/' || n,
    initcap(array_to_string(w.words[s.at : s.at + 8], ' ')),
    array(select array_to_string(w.words[(s.at + 31 * k) : (s.at + 31 * k + 29)], ' ') || '.'
          from generate_series(0, 9) k),
    md5(n::text)::uuid, now(), now(), 1,
    timestamptz '2025-11-05' + n %% (%(months)s * 30) * interval '1 day', '{Sri Lestari}', '{padi,gabah}',
    '{Home,Ekonomi}', 953
from generate_series(1, %(articles)s) n,
    (select %(words)s::text[] as words) w,
    lateral (select 1 + n * 7919 %% (cardinality(w.words) - 320) as at) s;
"""


def fill(connection: Connection, articles: int) -> None:
    random = Random(7)  # noqa: S311 - the same rows in every run
    words = ["".join(random.choices("aiueokngtsrmpld", k=random.randint(3, 9))) for _ in range(WORDS)]
    with transaction(connection) as cursor:
        facts = {"articles": articles, "publishers": PUBLISHERS, "months": MONTHS, "words": words}
        cursor.execute(FILL, facts)
    connection.autocommit = True
    connection.cursor().execute("vacuum analyze")
    connection.autocommit = False


def copied(connection: Connection, folder: Path) -> None:
    """The floor."""
    with transaction(connection) as cursor:
        cursor.execute("select * from news.all_articles limit 0")
        names = [each.name for each in cursor.description or () if each.name not in {"search", "paragraphs"}]
        columns = ", ".join(names)
        folder.mkdir()
        with (folder / "copy").open("wb") as file:
            cursor.copy_expert(f"copy (select {columns} from news.all_articles) to stdout", file)


def seconds(connection: Connection, work: Callable[[Path], object]) -> float:
    """CPU of a piece of work, which writes into a folder that is removed."""
    with tempfile.TemporaryDirectory() as folder:
        backend = connection.info.backend_pid
        before = process_time() + cpu_of(backend)
        work(Path(folder) / "out")
        return process_time() + cpu_of(backend) - before


def peak_of(url: str, name: str) -> float:
    """Megabytes of a process that exports."""
    folder = tempfile.mkdtemp()
    command = [sys.executable, __file__, "--one", url, name, folder]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    shutil.rmtree(folder)
    return float(told)


def one(url: str, name: str, folder: str) -> None:
    with closing(connect(url)) as connection:
        export(connection, folder, name, ALL)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--articles", type=int, default=100_000)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.one:
        one(*given.one)
        return
    with throwaway_server(fast=False) as server, closing(connect(server.url(TEMPLATE))) as connection:
        tenth = given.articles // 10
        peaks: dict[str, list[float]] = {name: [] for name in FORMATS}
        for articles in (tenth, given.articles):
            with transaction(connection) as cursor:
                cursor.execute("truncate lumbung.crawl, lumbung.publisher, lumbung.page, lumbung.article cascade")
            fill(connection, articles)
            for name in FORMATS:
                peaks[name].append(peak_of(server.url(TEMPLATE), name))
        spent: dict[str, list[float]] = {name: [] for name in ("COPY", *FORMATS)}
        for _ in range(given.rounds):
            spent["COPY"].append(seconds(connection, lambda folder: copied(connection, folder)))
            for name in FORMATS:
                spent[name].append(
                    seconds(connection, lambda folder, name=name: export(connection, str(folder), name, ALL))  # type: ignore[misc]
                )
    for name, values in spent.items():
        ratios = [floor / mine for floor, mine in zip(spent["COPY"], values, strict=True)]
        memory = f", memory {peaks[name][0]:.0f} MB for a tenth and {peaks[name][1]:.0f} MB" if name in peaks else ""
        print(
            f"{name:10} {given.articles / statistics.median(values):8,.0f} rows a second of CPU,"
            f" {statistics.median(ratios):.2f} of COPY (rounds {', '.join(f'{ratio:.2f}' for ratio in ratios)}){memory}"
        )


if __name__ == "__main__":
    main()
