"""What the feed of changes and kept counts cost: CPU of the loader, commits of eight writers; with and without them.

usage: PYTHONPATH=tests python tests/benchmarks/feed.py [--rounds 5] [--seconds 10]
"""

from __future__ import annotations

import argparse
import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from random import Random

from benchmarks.loader import BATCH, NOW, PUBLISHER, ROWS, articles, lease_pages
from support.throwaway import TEMPLATE, throwaway_server

from pipelines.database.connections import Connection, connect, transaction
from pipelines.harvest.frontier import Frontier
from pipelines.harvest.load import load
from spiders.publishers.window import Window

TRIGGERS = ("note_new", "note_changed", "note_deleted")
INDEXES = {
    "article_newest": "(published_at desc nulls last, article_id desc)",
    "article_publisher_newest": "(publisher, published_at desc nulls last, article_id desc)",
}
COUNTS = ("count_new", "count_changed", "count_deleted")
TICKS = 100
"""Of a second, in /proc (proc_pid_stat(5))."""


def cpu_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def switch(connection: Connection, *, feed: bool, indexes: bool, counts: bool = False) -> None:
    with transaction(connection) as cursor:
        for trigger in COUNTS:
            for table in ("page", "article"):
                cursor.execute(f"alter table lumbung.{table} {'enable' if counts else 'disable'} trigger {trigger}")
        for trigger in TRIGGERS:
            cursor.execute(f"alter table lumbung.article {'enable' if feed else 'disable'} trigger {trigger}")
        for name, columns in INDEXES.items():
            cursor.execute(f"drop index if exists lumbung.{name}")
            if indexes:
                cursor.execute(f"create index {name} on lumbung.article {columns}")


def milliseconds(frontier: Frontier, first: int, random: Random) -> float:
    """CPU of client and server for one article."""
    visits = articles(lease_pages(frontier, first), random)
    backend = frontier.connection.info.backend_pid
    before = cpu_of(backend) + time.process_time()
    for start in range(0, len(visits), BATCH):
        load(frontier.connection, frontier.crawl_id, visits[start : start + BATCH])
    return 1000 * (cpu_of(backend) + time.process_time() - before) / len(visits)


def commits(url: str, seconds: float) -> int:
    """Of eight writers that change fifty articles each time, each its own."""
    over = threading.Event()

    def write(number: int) -> int:
        done = 0
        with closing(connect(url)) as connection:
            while not over.is_set():
                with transaction(connection) as cursor:
                    cursor.execute(
                        "update lumbung.article set reads = reads + 1 where article_id between %s and %s",
                        [number * 50 + 1, number * 50 + 50],
                    )
                done += 1
        return done

    with ThreadPoolExecutor(8) as pool:
        writers = [pool.submit(write, number) for number in range(8)]
        time.sleep(seconds)
        over.set()
        return sum(writer.result() for writer in writers)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--seconds", type=float, default=10)
    given = asked.parse_args()
    rounds = given.rounds
    ways = {
        "without": (False, False, False),
        "with the feed": (True, False, False),
        "with feed and indexes": (True, True, False),
        "with counts too": (True, True, True),
    }
    figures: dict[str, list[float]] = {name: [] for name in ways}
    random = Random(7)  # noqa: S311 - the same rows in every run
    with throwaway_server(fast=False) as server:
        owner = connect(server.url(TEMPLATE))
        frontier = Frontier(
            connect(server.url(TEMPLATE)), PUBLISHER, Window(NOW - timedelta(days=1), None, strict=False)
        )
        number = 0
        for _ in range(rounds):
            for name, (feed, indexes, counts) in ways.items():
                switch(owner, feed=feed, indexes=indexes, counts=counts)
                figures[name].append(milliseconds(frontier, number * ROWS, random))
                number += 1
        written = {feed: [0.0] * rounds for feed in (False, True)}
        for turn in range(rounds):
            for feed, values in written.items():
                switch(owner, feed=feed, indexes=True)
                values[turn] = commits(server.url(TEMPLATE), given.seconds) / given.seconds
    floor = figures["without"]
    for name, values in figures.items():
        ratios = [mine / other for mine, other in zip(values, floor, strict=True)]
        print(
            f"{name:22} {statistics.median(values):.3f} ms of CPU an article, ratio {statistics.median(ratios):.2f}"
            f" (rounds {', '.join(f'{ratio:.2f}' for ratio in ratios)})"
        )
    ratios = [mine / other for mine, other in zip(written[True], written[False], strict=True)]
    print(
        f"eight writers of fifty articles: {statistics.median(written[True]):.0f} commits/s with the feed, ratio"
        f" {statistics.median(ratios):.2f} (rounds {', '.join(f'{ratio:.2f}' for ratio in ratios)})"
    )


if __name__ == "__main__":
    main()
