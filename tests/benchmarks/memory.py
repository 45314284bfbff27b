"""Memory of one crawl of 100,000 simulated pages, and of a crawl beside 1,000,000 known URLs.

Run by `make memory`; it takes half an hour, and other work on the machine does not change what it shows. One site
of the simulated internet announces its articles in sitemaps; the crawl's processes, the spider's and its reader's, are
looked at from outside when 1 %, 50 % and 100 % of the pages are stored. The second part crawls 2,000 pages twice, with
an empty frontier and with one of a million URLs, and compares the most that the spider held.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import psutil
from support.many_spiders import start_together
from support.spider_runs import FAST
from support.throwaway import TEMPLATE, throwaway_server

from pipelines.database.connections import connect, transaction
from seeds.newsstand.internet import Internet, InternetSettings, Site, serve_internet

if TYPE_CHECKING:
    from collections.abc import Iterator
    from subprocess import Popen

    from pipelines.stack.postgres import Server

PAGES, FEW, KNOWN, PER_DAY = 100_000, 2_000, 1_000_000, 1_000
MARKS = (0.01, 0.5, 1.0)
MIB = 1024 * 1024
SITE = Site(
    key="besar",
    name="Koran Besar",
    home="https://www.besar.example/",
    article="https://www.besar.example/berita/{id}/{slug}",
    sitemaps=("https://www.besar.example/sitemap.xml",),
    body="div.isi",
    date="span.tanggal",
    author="span.penulis",
    disallow=(),
)
PUBLISHER = """
name = "Koran Besar"
home = "https://www.besar.example/"
sitemaps = ["/sitemap.xml"]
article_url = ['/berita/\\d+/']
"""
KNOW = """
insert into lumbung.page (publisher, canonical_url, url, found_in, state, fetched_at)
select 'besar', address, address, 'https://www.besar.example/sitemap.xml', 'done', now()
from (select 'https://www.besar.example/berita/' || n || '/sebuah-berita-lama-dengan-judul-yang-lazim' as address
      from generate_series(1, %s) as n) as known
"""


class Memory(NamedTuple):
    """MiB resident in the spider's process and in its reader's."""

    spider: float
    reader: float


@contextmanager
def served(pages: int) -> Iterator[Internet]:
    """The site with so many pages, and the folder of its publisher file named in the environment."""
    days = max(1, pages // PER_DAY)
    first_day = date.today() - timedelta(days)  # noqa: DTZ011 - any days before now will do
    settings = InternetSettings(first_day=first_day, per_day=PER_DAY)
    evening = datetime.combine(first_day + timedelta(days - 1), clock(16, 30), UTC)
    with serve_internet(Internet(settings, now=evening, sites=[SITE])) as internet:
        yield internet


def crawl(server: Server, pages: int, known: int) -> tuple[list[Memory], float]:
    """Crawl so many pages beside so many known ones; memory at the marks, and the most the spider's process held."""
    name = f"memory_{pages}_{known}"
    server.psql("-d", "postgres", "-qc", f'create database "{name}" template {TEMPLATE}')
    url = server.url(name)
    if known:
        query(url, KNOW, known)
    with served(pages) as internet:
        arguments = {"from_date": str(internet.settings.first_day)}
        with start_together(["besar"], url, internet.url, arguments, {**FAST, "LOG_LEVEL": "ERROR"}) as spider:
            marks, most = watched(spider, internet, pages)
            if spider.returncode:
                raise SystemExit(spider.stderr.read()[-2_000:] if spider.stderr else "the spider failed")
    stored = query(url, "select count(*) from lumbung.article")
    if stored != pages:
        raise SystemExit(f"{stored} of {pages} pages were stored")
    return marks, most


def watched(spider: Popen[str], internet: Internet, pages: int) -> tuple[list[Memory], float]:
    """Look at a crawl until it ends."""
    process, seen, most = psutil.Process(spider.pid), list[Memory](), 0.0
    while spider.poll() is None:
        time.sleep(0.1)
        memory = _memory(process)
        most = max(most, memory.spider)
        wanted = MARKS[len(seen)] * pages if len(seen) < len(MARKS) else float("inf")
        if memory.spider and len(internet.requests) >= wanted:
            seen.append(memory)
    return seen, most


def query(url: str, statement: str, *values: int) -> int:
    """The number that a statement returns; 0 where it returns none."""
    with closing(connect(url)) as connection, transaction(connection) as cursor:
        cursor.execute(statement, values)
        (number,) = (cursor.fetchone() or (0,)) if cursor.description else (0,)
        return int(number)


def _memory(process: psutil.Process) -> Memory:
    try:
        children = sum(child.memory_info().rss for child in process.children())
        return Memory(process.memory_info().rss / MIB, children / MIB)
    except psutil.NoSuchProcess:
        return Memory(0, 0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=PAGES, help="of the long crawl (%(default)s)")
    parser.add_argument("--known", type=int, default=KNOWN, help="URLs in the frontier before (%(default)s)")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lumbung-bench-") as folder, throwaway_server() as server:
        (Path(folder) / "besar.toml").write_text(PUBLISHER, "utf-8")
        os.environ["LUMBUNG_PUBLISHERS"] = folder
        _, empty = crawl(server, FEW, 0)
        _, full = crawl(server, FEW, asked.known)
        print(f"{FEW:,} pages, empty frontier:       the spider holds {empty:6.1f} MiB at most")
        print(f"{FEW:,} pages, {asked.known:,} known URLs: {full:6.1f} MiB, {full - empty:+.1f} MiB (aim < 50)")
        marks, most = crawl(server, asked.pages, 0)
    for share, (spider, reader) in zip(MARKS, marks, strict=True):
        print(f"{asked.pages:,} pages, {share:4.0%} fetched: spider {spider:6.1f} MiB, reader {reader:6.1f} MiB")
    growth = [now / then for then, now in zip(marks[0], marks[-1], strict=True)]
    print(f"ratio of 100 % to 1 %: spider {growth[0]:.2f}, reader {growth[1]:.2f}; the spider's peak {most:.1f} MiB")


if __name__ == "__main__":
    main()
