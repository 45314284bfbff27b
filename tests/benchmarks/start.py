"""What a crawl costs that finds nothing new, against the least that a Scrapy program can cost: most crawls are such.

Run as `PYTHONPATH=.:tests python tests/benchmarks/start.py [ROUNDS]`. Every round has in turn: an interpreter that
imports Scrapy and sends one conditional GET by the standard library; a bare Scrapy spider that sends it; `scrapy crawl`
and `lumbung crawl` of a publisher with one feed that answers 304, and no robots.txt. Ratios are taken within a round:
of the CPU of a process with its children, and of wall-clock time. PostgreSQL's CPU is not in them: what it is asked is
held by `tests/crawls/test_quiet_crawl.py`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.crawl import child_seconds, fresh_database, told
from support.scripted_press import Answer, Press, printing, write_publisher
from support.throwaway import throwaway_server

from pipelines.database.connections import connect, transaction

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROUNDS = 7
TAG = '"same"'
AIM = 1.3
IMPORT = """
import sys, urllib.error, urllib.request
import scrapy
try:
    urllib.request.urlopen(urllib.request.Request(sys.argv[1], headers={"If-None-Match": sys.argv[2]}))
except urllib.error.HTTPError as error:
    assert error.code == 304, error
"""
SPIDER = """
import sys
from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess

class Bare(Spider):
    name = "bare"
    handle_httpstatus_list = [304]

    async def start(self):
        yield Request(sys.argv[1], headers={"If-None-Match": sys.argv[2]})

    def parse(self, response):
        assert response.status == 304, response

process = AsyncCrawlerProcess({"LOG_LEVEL": "ERROR", "TELNETCONSOLE_ENABLED": False, "REMOTE_CONTROL_ENABLED": False})
process.crawl(Bare)
process.start()
"""


class Spent(NamedTuple):
    """Seconds of CPU and of wall-clock time."""

    cpu: float
    wall: float


def spent(command: Sequence[str], environment: Mapping[str, str]) -> Spent:
    """Run a command to its end; it must end well."""
    before, begun = child_seconds(), time.monotonic()
    subprocess.run(command, env=dict(environment), check=True, capture_output=True)
    return Spent(child_seconds() - before, time.monotonic() - begun)


def unchanging(presses: list[Press]) -> Answer:
    """The feed, or a 304 for who has it."""
    if TAG in presses[0].head:
        return Answer("", 304)
    item = f"<item><link>{presses[0].home}warta/berita-1</link></item>"
    return Answer(f'<rss version="2.0"><channel>{item}</channel></rss>', headers={"ETag": TAG})


def make_due(url: str) -> None:
    """Let the feed be asked again at once."""
    connection = connect(url)
    with transaction(connection) as cursor:
        cursor.execute("update lumbung.poll set next_at = now()")
    connection.close()


def main(rounds: int) -> None:
    presses: list[Press] = []
    programs = Path(sys.executable).parent
    with (
        throwaway_server() as server,
        tempfile.TemporaryDirectory() as folder,
        printing(lambda path, _number: unchanging(presses) if path.endswith("/rss") else None) as press,
    ):
        presses.append(press)
        database = fresh_database(server, "bench_start")
        files = write_publisher(Path(folder), "warta", press.home)
        # PYTHONPATH: this checkout is measured, whichever one is installed.
        plain = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH") if name in os.environ}
        environment = {**plain, "DATABASE_URL": database, **files, "SCRAPY_SETTINGS_MODULE": "spiders.settings"}
        feed = f"{press.home}warta/rss"
        commands = {
            "import scrapy, one conditional GET": ([sys.executable, "-c", IMPORT, feed, TAG], plain),
            "bare Scrapy spider, the same GET": ([sys.executable, "-c", SPIDER, feed, TAG], plain),
            "scrapy crawl": ([str(programs / "scrapy"), "crawl", "warta"], environment),
            "lumbung crawl": ([str(programs / "lumbung"), "crawl", "warta"], environment),
        }
        spent(*commands["lumbung crawl"])
        found: dict[str, list[Spent]] = {name: [] for name in commands}
        for _ in range(rounds):
            for name, (command, variables) in commands.items():
                make_due(database)
                found[name].append(spent(command, variables))
    floors = found["import scrapy, one conditional GET"]
    print(f"median of {rounds} rounds (least to greatest)")
    for name, each in found.items():
        cpu, wall = (
            [getattr(a, what) / getattr(b, what) for a, b in zip(each, floors, strict=True)] for what in Spent._fields
        )
        seconds = median(one.cpu for one in each)
        print(f"{name:36} {seconds:5.2f} s CPU   x {told(cpu, 2)} CPU   x {told(wall, 2)} wall")
    print(f"aim: {AIM}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS)
