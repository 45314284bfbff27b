"""What people ask of schema `news`, beside the best hand-written SQL on the tables: ms, buffers and their ratio.

usage: PYTHONPATH=tests python tests/benchmarks/queries.py [--articles 100000] [--rounds 9] [--only WORD] [--updates]
       PYTHONPATH=tests python tests/benchmarks/queries.py --sizes TEXTS.jsonl.gz ... [--server URL]

`queries.toml` has the questions and their counterparts, `query_rows.py` says how the harvest is made: a million
articles take twenty minutes on two busy cores, and 11 GB of disk. Questions are asked by a login of a reader,
the counterparts by the owner, in turns, after a first time that fills the caches. ms are planning and execution as
the server tells them (`explain (analyze, buffers)`), the least of the rounds, so that other work on the machine
counts less; buffers are pages of 8 kB touched. Asked: no ratio above 2. Where a question has `scanned` it is answered
by reading all articles too: asked is less than a twentieth of that.

With `--updates` then what it costs to note what hardly changed (`query_updates.py`). `--sizes` measures instead how
articles could be stored otherwise (`query_sizes.py`).
"""

from __future__ import annotations

import argparse
import sys
import time
import tomllib
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import psycopg2
from benchmarks.query_rows import STATEMENTS, fill
from benchmarks.query_sizes import sizes
from benchmarks.query_updates import updates
from psycopg2.extras import RealDictCursor
from support.throwaway import TEMPLATE, throwaway_server

from pipelines.database.connections import connect
from pipelines.database.roles import READER, login

NOW = "2026-11-29 01:00+00"
FACTS = {"now": NOW, "day": "2026-10-15", "words": "banjir jakarta", "query": "''banjir'' & ''jakarta''"}
HIGHEST, SHARE = 2.0, 1 / 20
EXPLAIN = "explain (analyze, buffers, timing off, format json) "


class Cost(NamedTuple):
    """What a statement took."""

    ms: float
    buffers: int

    @classmethod
    def of(cls, cursor: Any, statement: str) -> Cost:
        """Of answering a statement once."""
        cursor.execute(EXPLAIN + statement)
        told = cursor.fetchone()[0][0]
        plan = told["Plan"]
        buffers = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
        return cls(told["Planning Time"] + told["Execution Time"], buffers)


def measure(url: str, reader: str, articles: int, rounds: int, only: str) -> list[str]:
    """Print the table.

    Args:
        url: of the made harvest, for its owner.
        reader: the same for a reader.
        articles: how many it has.
        rounds: how often each is asked.
        only: questions whose name has this in it.

    Returns:
        What misses its aim, a line each.
    """
    missed = []
    with closing(psycopg2.connect(url)) as owner, closing(psycopg2.connect(reader)) as asking:
        owner.autocommit = asking.autocommit = True
        mine, theirs = owner.cursor(), asking.cursor()
        facts = {**FACTS, "article": articles - articles // 3}
        with owner.cursor(cursor_factory=RealDictCursor) as cursor:
            cursor.execute(STATEMENTS["facts"], facts)
            facts |= dict(cursor.fetchone() or {})
        print(f"{'question':44} {'ms':>9} {'buffers':>9} {'by hand':>9} {'buffers':>9} {'ratio':>7}")
        for each in tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))["question"]:
            name = each["name"]
            if only not in name:
                continue
            asked, by_hand = (each[kind].format(**facts) for kind in ("asked", "by_hand"))
            theirs.execute(asked)
            mine.execute(by_hand)
            if theirs.rowcount != mine.rowcount:
                missed.append(f"{name}: {theirs.rowcount} rows, by hand {mine.rowcount}")
            pairs = [(Cost.of(theirs, asked), Cost.of(mine, by_hand)) for _ in range(rounds)]
            view, table = (min(costs) for costs in zip(*pairs, strict=True))
            told(name, view, table)
            if view.ms > HIGHEST * table.ms:
                missed.append(f"{name}: {view.ms / table.ms:.1f} times the best hand-written SQL")
            if each.get("scanned"):
                mine.execute("set enable_bitmapscan = off; set enable_indexscan = off")
                scan = Cost.of(mine, by_hand)
                mine.execute("reset enable_bitmapscan; reset enable_indexscan")
                told("  the same beside reading all articles", view, scan)
                if view.ms > SHARE * scan.ms:
                    missed.append(f"{name}: {view.ms / scan.ms:.3f} of reading all articles")
    return missed


def told(name: str, view: Cost, table: Cost) -> None:
    """A line of the table."""
    ratio = view.ms / table.ms
    print(
        f"{name:44} {view.ms:9.2f} {view.buffers:9,} {table.ms:9.2f} {table.buffers:9,} {ratio:7.{2 + (ratio < 0.1)}f}",
        flush=True,
    )


def print_bytes(url: str, articles: int) -> None:
    """What an article takes."""
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(STATEMENTS["bytes"], {"articles": articles})
        print(f"\n{'bytes an article':24} {'main':>6} {'+ text':>7} {'indexes':>8} {'total':>7}")
        for name, *figures in cursor.fetchall():
            print("{:24} {:6} {:7} {:8} {:7}".format(name, *figures))


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--articles", type=int, default=100_000)
    asked.add_argument("--rounds", type=int, default=9)
    asked.add_argument("--only", default="", help="questions whose name has this in it")
    asked.add_argument("--updates", action="store_true")
    asked.add_argument("--sizes", nargs="+", metavar="TEXTS", help="JSON lines with `title` and `text`, in gzip")
    asked.add_argument(
        "--server", help="URL of a superuser's empty database for --sizes, such as one whose server has lz4"
    )
    given = asked.parse_args()
    if given.server:
        sizes(given.server, given.sizes or [])
        return 0
    with throwaway_server() as server:
        url = server.url(TEMPLATE)
        if given.sizes:
            sizes(url, given.sizes)
            return 0
        start = time.monotonic()
        fill(url, given.articles, NOW)
        with closing(connect(url)) as connection:
            login(connection, "asking", READER, "rahasia")
        print(f"{given.articles:,} articles made in {time.monotonic() - start:.0f} s", flush=True)
        missed = measure(
            url, server.url(TEMPLATE, login="asking", password="rahasia"), given.articles, given.rounds, given.only
        )
        print_bytes(url, given.articles)
        if given.updates:
            updates(url)
    for each in missed:
        print(f"missed: {each}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
