"""CPU per stored article, from the network to committed rows, against a bare Scrapy spider that only downloads.

Run by `make bench`. Both fetch the same pages of the same newspaper, in alternation in one run. Start-up is taken out:
each process is measured over many pages and over few, and the difference counts. The crawl's figure includes discovery,
extraction, loading and the server's share of it; the newspaper's own CPU is nobody's. Each figure is the least of all
rounds: other work on a machine can only add to it.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
from support.spider_runs import FAST, start_spider
from support.throwaway import TEMPLATE, throwaway_server

from pipelines.database.connections import connect, transaction
from seeds.newsstand.newspaper import Newspaper, Settings
from seeds.newsstand.server import Newsstand, serve
from seeds.newsstand.truth import expected

if TYPE_CHECKING:
    from pipelines.stack.postgres import Server

FEW, MANY, ROUNDS = 100, 1_000, 5
AIM = 2.5
SCRAPYS_DEFAULT = 100


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


def lumbung(stand: Newsstand, database_url: str, articles: int) -> float:
    """CPU seconds of the spider's process for a crawl of so many pages."""
    environment = {"DATABASE_URL": database_url, "LUMBUNG_HOME_CONTOH": stand.url + "/", "HOME": os.environ["HOME"]}
    before = child_seconds()
    spider = start_spider("contoh", environment, f"max_articles={articles}", settings={**FAST, "LOG_LEVEL": "ERROR"})
    log, _ = spider.communicate()
    if spider.returncode:
        raise SystemExit(log)
    return child_seconds() - before


def fresh_database(server: Server, name: str) -> str:
    server.psql("-d", "postgres", "-qc", f'create database "{name}" template {TEMPLATE}')
    return server.url(name)


def stored(database_url: str) -> int:
    with transaction(connect(database_url)) as cursor:
        cursor.execute("select count(*) from lumbung.article")
        (count,) = cursor.fetchone() or (0,)
        return int(count)


def one_round(server: Server, stand: Newsstand, urls: list[str], number: int) -> list[float]:
    """Milliseconds of CPU a page: bare, bare and tuned, our spider, our spider with the server's share."""
    bare_page, tuned_page = [
        (bare(urls[:MANY], items) - bare(urls[:FEW], items)) / (MANY - FEW) for items in (SCRAPYS_DEFAULT, 1)
    ]
    few, many = (fresh_database(server, f"bench_{number}_{count}") for count in (FEW, MANY))
    before = server_seconds(server)
    few_spider = lumbung(stand, few, FEW)
    between = server_seconds(server)
    many_spider = lumbung(stand, many, MANY)
    after = server_seconds(server)
    articles = stored(many) - stored(few)
    spider = (many_spider - few_spider) / articles
    database = ((after - between) - (between - before)) / articles
    return [1_000 * seconds for seconds in (bare_page, tuned_page, spider, spider + database)]


def main() -> None:
    newspaper = Newspaper(Settings(articles=1_200, crawl_delay=0), now=datetime.now(UTC))
    with throwaway_server() as server, serve(newspaper) as stand:
        urls = [each["url"] for each in expected(newspaper)["articles"]][::-1]
        rounds = [one_round(server, stand, urls, number) for number in range(ROUNDS)]
    floor, tuned, spider, whole = (min(column) for column in zip(*rounds, strict=True))
    print(f"bare spider, Scrapy's defaults:        {floor:5.1f} ms CPU a page, download only")
    print(f"bare spider, CONCURRENT_ITEMS=1:       {tuned:5.1f} ms, a setting of ours that makes Scrapy cheaper")
    print(f"scrapy crawl contoh, its process:      {spider:5.1f} ms CPU a stored article")
    print(f"the same with PostgreSQL's CPU:        {whole:5.1f} ms CPU a stored article")
    print(f"ratio to the bare spider: {spider / floor:.2f} for the process, {whole / floor:.2f} in all (aim <= {AIM})")
    print(f"ratio to the tuned one:   {spider / tuned:.2f} for the process, {whole / tuned:.2f} in all")


if __name__ == "__main__":
    main()
