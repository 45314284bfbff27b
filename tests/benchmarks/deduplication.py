"""Deduplication in a scratch database: articles per second against two floors of the same run, and its quality.

usage: python tests/benchmarks/deduplication.py [IN.jsonl[.gz] [OUT.jsonl]]

Rows of IN have id, outlet, title, text, published_at; OUT gets {"id", "cluster_id"} rows. Without arguments the
measuring material beside the checkout is used where it is, else generated texts. The floors: the same articles
fingerprinted and nothing else, and the same keys copied into an empty table of the same shape.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import random
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pipelines.copy_text import CopyText
from pipelines.database import Connection, connect, transaction
from pipelines.deduplicate import deduplicate
from pipelines.fingerprints import fingerprint
from pipelines.migrate import migrate
from pipelines.postgres import Server

if TYPE_CHECKING:
    from collections.abc import Iterator

SHARED = Path(__file__).resolve().parents[3] / "shared"
Row = dict[str, Any]


def read(path: Path) -> list[Row]:
    """Rows of a JSONL file, gzipped or not."""
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def generated(count: int = 5000) -> list[Row]:
    """Articles of made-up words with news-like frequencies; every third one is an earlier one cut off."""
    chance = random.Random(1)  # noqa: S311 - the same texts every time
    words = ["".join(chance.choices("aiueobdgkmnprst", k=chance.randint(2, 9))) for _ in range(20_000)]
    weights = [1 / rank for rank in range(1, len(words) + 1)]
    rows: list[Row] = []
    for number in range(count):
        paragraphs = [" ".join(chance.choices(words, weights, k=35)) + "." for _ in range(8)]
        if number % 3 == 2:
            paragraphs = chance.choice(rows)["text"].split("\n")[:5]
        rows.append({
            "id": number, "outlet": f"p{chance.randrange(12)}", "title": " ".join(chance.choices(words, k=8)),
            "text": "\n".join(paragraphs), "published_at": "",
        })  # fmt: skip
    return rows


@contextmanager
def scratch_database() -> Iterator[Connection]:
    """A migrated database on a throw-away server."""
    folder = Path(tempfile.mkdtemp(prefix="lumbung-bench-"))
    folder.chmod(0o755)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Server(folder / "data", port, secrets.token_urlsafe(12), fast=True)
    server.start()
    try:
        server.create_database("bench")
        connection = connect(server.url("bench"))
        migrate(connection)
        yield connection
        connection.close()
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def store(connection: Connection, rows: list[Row]) -> None:
    """Articles 1, 2, 3, ... in the order of the rows."""
    now = datetime.now(UTC)
    pages, articles = CopyText(), CopyText()
    for number, row in enumerate(rows, 1):
        url = f"https://{row['outlet']}/{number}"
        paragraphs = [line for line in row["text"].split("\n") if line.strip()] or ["-"]
        seen = UUID(bytes=hashlib.blake2b(row["text"].encode(), digest_size=16).digest())
        pages.add((number, row["outlet"], url, url))
        articles.add((number, number, row["outlet"], url, url, row["title"], paragraphs, seen, now, now, 1, _date(row)))
    with transaction(connection) as cursor:
        cursor.execute("insert into lumbung.crawl (crawl_id, publisher) overriding system value values (1, 'bench')")
        pages.copy_into(cursor, "lumbung.page", "page_id, publisher, canonical_url, url")
        articles.copy_into(
            cursor,
            "lumbung.article",
            "article_id, page_id, publisher, url, canonical_url, headline, paragraphs, text_hash, fetched_at,"
            " first_fetched_at, crawl_id, published_at",
        )
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze lumbung.article")
    connection.autocommit = False


def _date(row: Row) -> datetime | None:
    with suppress(ValueError):
        return datetime.fromisoformat(row["published_at"])
    return None


class Clock:
    """CPU seconds of this process and of the connection's server process: neighbours on the machine do not count."""

    def __init__(self, connection: Connection) -> None:
        self._server = Path(f"/proc/{connection.info.backend_pid}/stat")
        self._python, self._postgres, self._wall = time.process_time(), self._ticks(), time.perf_counter()

    def stop(self) -> tuple[float, float, float]:
        """Seconds of Python, of Postgres, and on the wall."""
        python, postgres, wall = time.process_time(), self._ticks(), time.perf_counter()
        return python - self._python, postgres - self._postgres, wall - self._wall

    def _ticks(self) -> float:
        fields = self._server.read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def fingerprints_alone(connection: Connection, rows: list[Row]) -> float:
    """CPU seconds."""
    clock = Clock(connection)
    for row in rows:
        _ = fingerprint(row["outlet"], row["title"], row["text"].split("\n")).keys
    return clock.stop()[0]


def copy_alone(connection: Connection) -> float:
    """CPU seconds to copy the keys into an empty table of the same shape."""
    with transaction(connection) as cursor:
        cursor.execute("select key, article_id from lumbung.fingerprint_key order by article_id, key")
        keys = cursor.fetchall()
        cursor.execute("create table floor (like lumbung.fingerprint_key including all)")
        clock = Clock(connection)
        rows = CopyText()
        for key in keys:
            rows.add(key)
        rows.copy_into(cursor, "floor", "key, article_id")
        python, postgres, _ = clock.stop()
    return python + postgres


def measure(rows: list[Row], out: Path) -> None:
    """Run the pipeline on the rows, print its speed, write its clusters."""
    with scratch_database() as connection:
        store(connection, rows)
        clock = Clock(connection)
        print(deduplicate(connection))
        python, postgres, wall = clock.stop()
        again = Clock(connection)
        deduplicate(connection)
        idle = sum(again.stop()[:2])
        count, floors = len(rows), (fingerprints_alone(connection, rows), copy_alone(connection))
        spent = python + postgres
        print(
            f"{count / spent:7.0f} articles/s of CPU: Python {python:.1f} s, Postgres {postgres:.1f} s; wall {wall:.1f}"
        )
        for name, floor in zip(("fingerprints alone", "keys copied alone"), floors, strict=True):
            print(f"{count / floor:7.0f} articles/s of CPU, {name}")
        print(f"{spent / sum(floors):7.2f} x the CPU of both")
        print(f"{idle * 1000:7.0f} ms of CPU for a second run, with nothing to do")
        with transaction(connection) as cursor:
            cursor.execute(
                "select sum(pg_total_relation_size(oid)), (select count(*) from lumbung.fingerprint_key) from pg_class"
                " where oid = any ('{lumbung.fingerprint,lumbung.fingerprint_key,lumbung.near_duplicate}'::regclass[])"
            )
            size, keys = cursor.fetchone() or (0, 0)
            print(f"{size / count:7.0f} bytes and {keys / count:.1f} keys an article")
            cursor.execute("select article_id, cluster_id from lumbung.cluster_member")
            clusters = dict(cursor.fetchall())
    with out.open("w", encoding="utf-8") as lines:
        for number, row in enumerate(rows, 1):
            lines.write(json.dumps({"id": row["id"], "cluster_id": clusters.get(number, number)}) + "\n")


def score(gold: Path, out: Path, *more: str) -> None:
    """Print what the scorer beside the checkout says."""
    scorer = SHARED / "bench" / "score_dedup.py"
    said = subprocess.run([sys.executable, scorer, gold, out, *more], capture_output=True, text=True, check=True)
    result = json.loads(said.stdout)
    print(json.dumps({key: result[key] for key in ("pairwise", "bcubed", "by", "pairs") if key in result}))


def main(arguments: list[str]) -> None:
    """Measure the file that is named, or everything there is."""
    if arguments:
        out = Path(arguments[1]) if len(arguments) > 1 else Path("/dev/null")
        measure(read(Path(arguments[0])), out)
        return
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.jsonl"
        material = SHARED / "dedup"
        if not material.is_dir():
            measure(generated(), out)
            return
        measure(read(material / "synth_dev.jsonl.gz"), out)
        score(material / "synth_dev.jsonl.gz", out, "--by", "op")
        rows = read(material / "real_dev.jsonl.gz")
        measure(rows, out)
        gold = Path(folder) / "gold.jsonl"
        gold.write_text("".join(json.dumps({"id": row["id"], "cluster": row["cluster_url"]}) + "\n" for row in rows))
        score(gold, out, "--pairs", str(material / "real_pairs_dev.jsonl"))


if __name__ == "__main__":
    main(sys.argv[1:])
