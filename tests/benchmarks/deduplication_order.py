"""The same articles in batches of 1, 500 and 5,000, shuffled, in two processes at once, killed ten times: one outcome.

usage: PYTHONPATH=tests python tests/benchmarks/deduplication_order.py [IN.jsonl[.gz]]

Without IN the labelled set beside the checkout, where it is, else generated texts. Prints a checksum of the clusters
for each way, over the ids of the rows; and where the articles have the same numbers also one over canonical articles,
reasons and scores. Status 1 when any two differ.
"""

from __future__ import annotations

import hashlib
import random
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.deduplication import SHARED, Row, generated, read, scratch_database, store

from pipelines.database.connections import Connection, connect, transaction
from pipelines.duplicates.deduplicate import count_due, deduplicate, look_again

if TYPE_CHECKING:
    from collections.abc import Callable

KILLS = 10
_PROGRAM = (
    "import sys; from pipelines.database.connections import connect\n"
    "from pipelines.duplicates.deduplicate import deduplicate\n"
    "deduplicate(connect(sys.argv[1]), batch=50, progress=lambda done: print(done.seen, flush=True))"
)


def checksums(connection: Connection, rows: list[Row]) -> tuple[str, str]:
    """Of the clusters by the ids of rows, and of the stored rows."""
    with transaction(connection) as cursor:
        cursor.execute("select * from lumbung.cluster_member order by article_id")
        members = cursor.fetchall()
    clusters: dict[int, list[str]] = {}
    for number, cluster, *_ in members:
        clusters.setdefault(cluster, []).append(str(rows[number - 1]["id"]))
    return _digest(sorted(sorted(ids) for ids in clusters.values())), _digest(members)


def _digest(value: object) -> str:
    return hashlib.sha256(repr(value).encode()).hexdigest()[:16]


def afresh(connection: Connection) -> None:
    """Forget all that deduplication has found."""
    with transaction(connection) as cursor:
        cursor.execute(
            "truncate lumbung.fingerprint, lumbung.fingerprint_key, lumbung.near_duplicate, lumbung.contradiction,"
            " lumbung.cluster_member"
        )
    look_again(connection)


def address(connection: Connection) -> str:
    """A libpq string for further connections to the same database."""
    return f"{connection.dsn} password={connection.info.password}"


def two_at_once(connection: Connection) -> None:
    """Two connections share the work."""

    def run(batch: int) -> None:
        other = connect(address(connection))
        try:
            deduplicate(other, batch=batch)
        finally:
            other.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run, [500, 300]))


def killed(connection: Connection) -> None:
    """Ten processes die by SIGKILL at moments of their own, each after its first batches; a last one finishes."""
    chance = random.Random(9)  # noqa: S311 - any moments
    for _ in range(KILLS):
        with subprocess.Popen([sys.executable, "-c", _PROGRAM, address(connection)], stdout=subprocess.PIPE) as run:
            if run.stdout is not None:
                run.stdout.readline()
            time.sleep(chance.random() / 2)
            run.kill()
    print(f"    {count_due(connection):,} left for the last process")
    deduplicate(connection)


def main(arguments: list[str]) -> int:
    """Run all ways; returns the exit status."""
    material = SHARED / "dedup" / "synth_dev.jsonl.gz"
    given = read(Path(arguments[0])) if arguments else read(material) if material.is_file() else generated()
    mixed = random.Random(5).sample(given, len(given))  # noqa: S311 - the same order every time
    ways: dict[str, Callable[[Connection], object]] = {
        "batches of 500": deduplicate,
        "batches of 1": lambda connection: deduplicate(connection, batch=1),
        "batches of 5,000": lambda connection: deduplicate(connection, batch=5000),
        "two at once": two_at_once,
        f"killed {KILLS} times": killed,
    }
    seen: set[str] = set()
    stored: set[str] = set()
    for rows, order, chosen in ((given, "", list(ways)), (mixed, ", numbered in another order", list(ways)[:1])):
        with scratch_database() as connection:
            store(connection, rows)
            for way in chosen:
                afresh(connection)
                ways[way](connection)
                clusters, everything = checksums(connection, rows)
                seen.add(clusters)
                if rows is given:
                    stored.add(everything)
                print(f"clusters {clusters}  rows {everything}  {way}{order}", flush=True)
    same = len(seen) == len(stored) == 1
    print("identical" if same else "NOT identical")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
