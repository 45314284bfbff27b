"""CPU per stored article, from the network to committed rows, against a bare Scrapy spider that only downloads.

Run by `make bench`; `crawl.py ROUNDS` for another number of rounds than five. Both fetch the same pages of the same
newspaper, and every round has all of them in turn: what else a machine does slows both sides of a round alike, so a
ratio is taken within each round, and the median of the ratios counts, with the least and the greatest beside it.

Start-up and discovery are taken out: each process is measured over many pages and over few, and the difference counts.
A crawl's figure is its process with the one that reads, without and with the server's: its sessions and what their
changes cost at the next checkpoint, which each crawl ends with; not autovacuum, which comes by the clock. The CPU of
the newspaper is nobody's.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

import psutil
from support.spider_runs import FAST, start_spider
from support.throwaway import TEMPLATE, throwaway_server

from pipelines.database.connections import connect, transaction
from seeds.newsstand.newspaper import Newspaper, Settings
from seeds.newsstand.server import Newsstand, serve
from seeds.newsstand.truth import expected

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.stack.postgres import Server

FEW, MANY, ROUNDS = 100, 1_000, 5
AIM = 2.0
SCRAPYS_DEFAULT = 100
READS = "spiders.reading.process.worker"
LOOK = 0.05
"""Seconds between two looks at the reading process: so old is its last figure."""


class Cost(NamedTuple):
    """CPU seconds; or milliseconds a page."""

    spider: float
    reading: float
    server: float

    @property
    def process(self) -> float:
        """Of the crawl's two processes."""
        return self.spider + self.reading


def child_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def server_seconds(server: Server) -> float:
    """CPU of the PostgreSQL server: its postmaster with the backends that ended, and those that live."""
    postmaster = psutil.Process(int((server.data / "postmaster.pid").read_text("utf-8").split()[0]))
    times = postmaster.cpu_times()
    living = sum(_own_seconds(child) for child in postmaster.children(recursive=True))
    return float(times.user + times.system + times.children_user + times.children_system + living)


def _own_seconds(process: psutil.Process) -> float:
    try:
        return float(sum(process.cpu_times()[:2]))
    except psutil.NoSuchProcess:  # it ended meanwhile and counts with its parent next time
        return 0.0


def bare(urls: list[str], concurrent_items: int) -> float:
    """CPU seconds of downloading the pages."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as listed:
        listed.write("\n".join(urls))
        listed.flush()
        before = child_seconds()
        program = str(Path(__file__).with_name("bare_spider.py"))
        subprocess.run([sys.executable, program, listed.name, str(concurrent_items)], check=True)
        return child_seconds() - before


def lumbung(server: Server, stand: Newsstand, database_url: str, articles: int) -> Cost:
    """What a crawl of so many pages costs."""
    environment = {"DATABASE_URL": database_url, "LUMBUNG_HOME_CONTOH": stand.url + "/", "HOME": os.environ["HOME"]}
    server_before, before = server_seconds(server), child_seconds()
    spider = start_spider("contoh", environment, f"max_articles={articles}", settings={**FAST, "LOG_LEVEL": "ERROR"})
    reading = 0.0
    while spider.poll() is None:
        reading = max(reading, reading_seconds(spider.pid))
        time.sleep(LOOK)
    if spider.returncode:
        raise SystemExit(spider.communicate()[0])
    process = child_seconds() - before
    server.psql("-d", "postgres", "-qc", "checkpoint")
    return Cost(process - reading, reading, server_seconds(server) - server_before)


def reading_seconds(spider: int) -> float:
    """CPU of the process that reads for a spider; 0 while there is none."""
    try:
        children = psutil.Process(spider).children()
        return sum(_own_seconds(child) for child in children if READS in child.cmdline())
    except psutil.Error:
        return 0.0


def fresh_database(server: Server, name: str) -> str:
    server.psql("-d", "postgres", "-qc", f'create database "{name}" template {TEMPLATE}')
    return server.url(name)


def stored(database_url: str) -> int:
    with transaction(connect(database_url)) as cursor:
        cursor.execute("select count(*) from lumbung.article")
        (count,) = cursor.fetchone() or (0,)
        return int(count)


def one_round(server: Server, stand: Newsstand, urls: list[str], number: int) -> tuple[float, float, Cost]:
    """Milliseconds of CPU a page: bare, bare and tuned, our spider."""
    databases = [fresh_database(server, f"bench_{number}_{count}") for count in (FEW, MANY)]
    server.psql("-d", "postgres", "-qc", "checkpoint")
    few = [bare(urls[:FEW], items) for items in (SCRAPYS_DEFAULT, 1)]
    few_ours = lumbung(server, stand, databases[0], FEW)
    many = [bare(urls[:MANY], items) for items in (SCRAPYS_DEFAULT, 1)]
    many_ours = lumbung(server, stand, databases[1], MANY)
    articles = stored(databases[1]) - stored(databases[0])
    for url in databases:
        server.psql("-d", "postgres", "-qc", f'drop database "{url.rpartition("/")[2]}"')
    plain, tuned = (1_000 * (last - first) / (MANY - FEW) for first, last in zip(few, many, strict=True))
    return plain, tuned, Cost(*(1_000 * (b - a) / articles for a, b in zip(few_ours, many_ours, strict=True)))


def told(values: Sequence[float], digits: int) -> str:
    """Median, and between which values the others lie."""
    return f"{median(values):5.{digits}f}  ({min(values):.{digits}f} to {max(values):.{digits}f})"


def main(rounds: int) -> None:
    newspaper = Newspaper(Settings(articles=1_200, crawl_delay=0), now=datetime.now(UTC))
    with throwaway_server() as server, serve(newspaper) as stand:
        server.psql("-d", "postgres", "-qc", "alter system set autovacuum = off")
        server.psql("-d", "postgres", "-qc", "select pg_reload_conf()")
        urls = [each["url"] for each in expected(newspaper)["articles"]][::-1]
        found = [one_round(server, stand, urls, number) for number in range(rounds)]
    plain, tuned, ours = zip(*found, strict=True)
    print(f"median of {rounds} rounds (least to greatest), ms of CPU a page or stored article")
    print(f"bare spider, Scrapy's defaults, download only  {told(plain, 2)}")
    print(f"bare spider, CONCURRENT_ITEMS=1 as we have it  {told(tuned, 2)}")
    print(f"our spider's process                           {told([each.spider for each in ours], 2)}")
    print(f"the process that reads                         {told([each.reading for each in ours], 2)}")
    print(f"PostgreSQL                                     {told([each.server for each in ours], 2)}")
    for name, floor in (("bare spider", plain), ("tuned one", tuned)):
        process = [each.process / least for each, least in zip(ours, floor, strict=True)]
        whole = [sum(each) / least for each, least in zip(ours, floor, strict=True)]
        print(f"ratio to the {name}, both processes:      {told(process, 2)}")
        print(f"ratio to the {name}, with PostgreSQL:     {told(whole, 2)}  aim <= {AIM}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS)
