"""Deduplication in a scratch database: articles per second against floors and peers of the same run, and its quality.

usage: python tests/benchmarks/deduplication.py [templates | IN.jsonl[.gz] [OUT.jsonl]]

Rows of IN have id, url, outlet, title, text, published_at; OUT gets {"id", "cluster_id"} rows, one for each. Each row
is an article; rows whose URLs have one canonical form have one declared URL, as when one is redirected to the other.

With `templates` the sets of `deduplication_generator` are measured: families of templates that must stay apart, stories
with copies by kinds of editing. Without arguments also the measuring material beside the checkout where it is, with
three sets made afresh and with datasketch and rensa in an environment of their own; else generated texts. The floors:
the same articles fingerprinted and nothing else, and the same keys copied into an empty table of the same shape.
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
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pipelines.database.connections import Connection, connect, transaction
from pipelines.database.copy_text import CopyText
from pipelines.database.migrate import migrate
from pipelines.database.statements import query
from pipelines.duplicates.deduplicate import CANDIDATES, deduplicate
from pipelines.duplicates.fingerprints import fingerprint
from pipelines.stack.postgres import Server
from spiders.publishers import Publisher, load_publishers
from spiders.publishers.urls import canonicalise

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


def store(connection: Connection, rows: list[Row], first: int = 1) -> None:
    """Articles `first`, `first` + 1, ... in the order of the rows."""
    now = datetime.now(UTC)
    pages, articles = CopyText(), CopyText()
    for number, row in enumerate(rows, first):
        url = f"https://{row['outlet']}/{number}"
        paragraphs = [line for line in row["text"].split("\n") if line.strip()] or ["-"]
        seen = UUID(bytes=hashlib.blake2b(row["text"].encode(), digest_size=16).digest())
        pages.add((number, row["outlet"], url, url))
        told = (identity(row), now, now, 1, _date(row))
        articles.add((number, number, row["outlet"], url, url, row["title"], paragraphs, seen, *told))
    with transaction(connection) as cursor:
        cursor.execute(
            "insert into lumbung.crawl (crawl_id, publisher) overriding system value values (1, 'bench')"
            " on conflict do nothing"
        )
        pages.copy_into(cursor, "lumbung.page", "page_id, publisher, canonical_url, url")
        articles.copy_into(
            cursor,
            "lumbung.article",
            "article_id, page_id, publisher, url, canonical_url, headline, paragraphs, text_hash,"
            " declared_url, fetched_at, first_fetched_at, crawl_id, published_at",
        )


def identity(row: Row) -> str | None:
    """The canonical form of a row's URL; None where it has none."""
    url = row.get("url")
    if not url:
        return None
    return canonicalise(url, _publisher(row["outlet"]))


@cache
def _publisher(outlet: str) -> Publisher:
    host = outlet if "." in outlet else f"{outlet}.example"
    shipped = {domain: publisher for publisher in load_publishers().values() for domain in publisher.hosts}
    return shipped.get(host) or Publisher(key="bench", name="Bench", home=f"https://www.{host}/", domains=(host,))


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


def measure(rows: list[Row], out: Path) -> float:
    """Run the pipeline on the rows, print its speed, write its clusters; returns articles per second of CPU."""
    with scratch_database() as connection:
        store(connection, rows)
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("vacuum analyze lumbung.article")
        connection.autocommit = False
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
        clusters = stored(connection, rows)
    with out.open("w", encoding="utf-8") as lines:
        for number, row in enumerate(rows, 1):
            lines.write(json.dumps({"id": row["id"], "cluster_id": clusters.get(number, number)}) + "\n")
    alone = count - len(clusters)
    print(f"{count:7} rows in = {len(clusters)} in {len(set(clusters.values()))} clusters + {alone} alone")
    return count / spent


def stored(connection: Connection, rows: list[Row]) -> dict[int, int]:
    """Print what is stored for an article and which labelled pairs were candidates; returns article -> cluster."""
    with transaction(connection) as cursor:
        cursor.execute(
            "select sum(pg_total_relation_size(oid)), (select count(*) from lumbung.fingerprint_key) from pg_class"
            " where oid = any ('{lumbung.fingerprint,lumbung.fingerprint_key,lumbung.near_duplicate}'::regclass[])"
        )
        size, keys = cursor.fetchone() or (0, 0)
        print(f"{size / len(rows):7.0f} bytes and {keys / len(rows):.1f} keys an article")
        if rows and "cluster" in rows[0]:
            numbers = list(range(1, len(rows) + 1))
            cursor.execute(query("find_candidates"), {"articles": numbers, **CANDIDATES})
            candidates = set(cursor.fetchall())
            cursor.execute("select article_id, clean_hash from lumbung.fingerprint")
            text = dict(cursor.fetchall())
            labelled: dict[str, list[int]] = {}
            for number in numbers:
                labelled.setdefault(rows[number - 1]["cluster"], []).append(number)
            wanted = [pair for group in labelled.values() for pair in combinations(group, 2)]
            met = sum(pair in candidates or text[pair[0]] == text[pair[1]] for pair in wanted)
            share = met / len(wanted) if wanted else 1.0
            print(f"{share:7.4f} of {len(wanted)} labelled pairs are candidates or equal after cleaning")
        cursor.execute("select article_id, cluster_id from lumbung.cluster_member")
        return dict(cursor.fetchall())


def score(gold: Path, out: Path, *more: str) -> dict[str, Any]:
    """Print what the scorer beside the checkout says."""
    scorer = SHARED / "bench" / "score_dedup.py"
    said = subprocess.run([sys.executable, scorer, gold, out, *more], capture_output=True, text=True, check=True)
    result: dict[str, Any] = json.loads(said.stdout)
    print(json.dumps({key: result[key] for key in ("pairwise", "bcubed", "by", "pairs") if key in result}))
    return result


def peers(source: Path, out: Path, gold: Path, ours: float, *more: str) -> None:
    """Print what others make of the same rows, where they can be installed."""
    from benchmarks.deduplication_peers import METHODS
    from benchmarks.extraction_environment import environment

    try:
        python = environment(("datasketch==2.0.0", "rensa==0.5.0"))
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"peers are left out, they cannot be installed: {error}", file=sys.stderr)
        return
    script = Path(__file__).with_name("deduplication_peers.py")
    for method in METHODS:
        said = subprocess.run([python, script, method, source, out], capture_output=True, text=True, check=True)
        spent = json.loads(said.stdout)
        speed = len(read(source)) / spent["seconds"]
        print(f"{method}, in memory: {speed:.0f} articles/s of CPU, ours {ours / speed:.2f} x")
        score(gold, out, *more)


def measure_material(material: Path, folder: Path) -> None:
    """Everything that lies beside the checkout, and sets made afresh from it."""
    from benchmarks.deduplication_sets import fresh_sets

    out, synth, real = folder / "out.jsonl", material / "synth_dev.jsonl.gz", material / "real_dev.jsonl.gz"
    print("== synth_dev")
    speed = measure(read(synth), out)
    score(synth, out, "--by", "op")
    peers(synth, out, synth, speed)
    measure_templates(folder)
    for seed, path in fresh_sets(SHARED / "bench" / "make_dedup_set.py", material / "base_dev.jsonl.gz", folder):
        print(f"== {seed}: a new seed and lines of the page that no list has")
        measure(read(path), out)
        score(path, out, "--by", "op")
    print("== real_dev")
    rows = read(real)
    speed = measure(rows, out)
    gold, pairs = folder / "gold.jsonl", ("--pairs", str(material / "real_pairs_dev.jsonl"))
    gold.write_text("".join(json.dumps({"id": row["id"], "cluster": row["cluster_url"]}) + "\n" for row in rows))
    found = score(gold, out, *pairs)
    print(f"{found['split_gold_clusters']} of {found['gold_clusters']} URLs are in more than one cluster")
    peers(real, out, gold, speed, *pairs)


def measure_templates(folder: Path) -> None:
    """Sets of `deduplication_generator`, and the studied templates where they are; peers at thresholds of their own."""
    from benchmarks.deduplication_generator import Part
    from benchmarks.deduplication_generator import generated as made

    studied = SHARED / "cases" / "dedup" / "templates_study.jsonl"
    if studied.is_file():
        print("== templates_study: every row is news of its own")
        measure_set(read(studied), folder)
    sets: tuple[tuple[str, Part], ...] = (
        ("satu", "tuning"), ("enam", "tuning"), ("tujuh", "check"), ("delapan", "check"),
    )  # fmt: skip
    for seed, part in sets:
        print(f"== generated, seed {seed}, families for {part}")
        speed = measure_set(rows := made(seed, part), folder)
        if seed == "tujuh":
            source = folder / "set.jsonl"
            source.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
            peers(source, folder / "out.jsonl", source, speed, "--by", "op")


def measure_set(rows: list[Row], folder: Path) -> float:
    """Measure labelled rows and print precision, and by kind of editing or family what was found or wrongly joined."""
    from benchmarks.deduplication_figures import figures

    speed = measure(rows, folder / "out.jsonl")
    found = {row["id"]: row["cluster_id"] for row in read(folder / "out.jsonl")}
    print("\n".join(figures(rows, found)))
    return speed


def main(arguments: list[str]) -> None:
    """Measure the file that is named, or everything there is."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    if arguments == ["templates"]:
        with tempfile.TemporaryDirectory() as folder:
            measure_templates(Path(folder))
        return
    if arguments:
        measure(read(Path(arguments[0])), Path(arguments[1]) if len(arguments) > 1 else Path("/dev/null"))
        return
    with tempfile.TemporaryDirectory() as folder:
        if (SHARED / "dedup").is_dir():
            measure_material(SHARED / "dedup", Path(folder))
        else:
            measure(generated(), Path(folder) / "out.jsonl")
            measure_templates(Path(folder))


if __name__ == "__main__":
    main(sys.argv[1:])
