"""What a thousand new articles cost beside a history of ten thousand, a hundred thousand and a million.

usage: PYTHONPATH=tests python tests/benchmarks/deduplication_scale.py [HISTORY ...]

The history is made, not crawled: rows in the real tables, each with 18 keys of its own and three of stock phrases, of
which the commonest stands in 1.5 % of the articles and the others follow Zipf (measured on 5,189 articles of June 2025:
1.2 %, and 36 keys in over 0.3 %). A third of it is in pairs. Two thousand of its articles have a real text; the others
have one line, since only articles that share many keys are read. New articles have 280 words and three stock phrases;
three of ten are such an article cut off. They run through `deduplicate` as always; the cost of finding candidates and
of inserting keys is CPU time of the server process during those statements. The server does not wait for the disk
(fsync is off), and all of it is in memory.

Beside it datasketch's MinHashLSH in memory, threshold .5, with a history of as many sketches (up to 100,000: a million
take 8 GiB): CPU time to sketch, query and insert the same new articles.

On paper, 100 million articles: 21 keys are 2.1 thousand million entries of one index beside a table as large, 170 GB
with half-full pages, and with fingerprints, pairs and clusters 250 GB. A lookup reads one level more than at a million,
and where the keys are not in memory one random read: 21,000 for a thousand articles, 2 to 7 s on a disk that answers
3,000 to 10,000 of them a second to one process. A key costs at most 128 rows however many articles have it. Assumed:
keys stay as rare as in the sample, and 20,000 new articles a day, which makes 14 years. When that is too slow:
partitions by hash of the key on several disks or servers. Partitions by month do not help: each key asks all of them.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import time
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg2.extensions
from benchmarks.deduplication import Clock, Row, scratch_database, store
from benchmarks.extraction_environment import environment

from pipelines.database.connections import Connection, transaction
from pipelines.database.copy_text import CopyText
from pipelines.database.statements import query
from pipelines.duplicates.deduplicate import deduplicate
from pipelines.duplicates.fingerprints import ALGORITHM, GRAM, SAMPLED_BELOW, fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterator

SIZES = (10_000, 100_000, 1_000_000)
NEW, WARM, READ = 1000, 500, 2000
OWN_KEYS, STOCK_KEYS = 18, 3
_LARGEST_PEER = 100_000
_AT_ONCE = 50_000


class Timed(psycopg2.extensions.cursor):
    """Adds up what the server process spends on the statements named in `spent`, in CPU seconds."""

    spent: dict[str, float]

    def execute(self, statement: Any, parameters: Any = None) -> None:
        name = next((name for name in self.spent if statement == query(name)), None)
        before = self._clock()
        super().execute(statement, parameters)
        if name is not None:
            self.spent[name] += self._clock() - before

    def _clock(self) -> float:
        return int(Path(f"/proc/{self.connection.info.backend_pid}/schedstat").read_text().split()[0]) / 1e9


class Press:
    """Makes texts and keys with the frequencies of news."""

    def __init__(self) -> None:
        self.chance = random.Random(1)  # noqa: S311 - the same press every time
        letters = "aiueobdgkmnprst"
        self.words = ["".join(self.chance.choices(letters, k=self.chance.randint(2, 9))) for _ in range(20_000)]
        self.weights = list(accumulate(1 / rank for rank in range(1, len(self.words) + 1)))
        # Every 5-gram of one long text whose number is low enough to be a key is a stock phrase.
        long = self.chance.choices(self.words, k=400_000)
        seen = fingerprint("", "", [" ".join(long)]).grams
        phrases = [(gram, long[place : place + GRAM]) for place, gram in enumerate(seen) if gram < SAMPLED_BELOW]
        self.phrases = [(_signed(gram), " ".join(words)) for gram, words in phrases]
        self.popularity = list(accumulate(1 / (rank + 20) for rank in range(len(self.phrases))))

    def stock(self) -> list[tuple[int, str]]:
        """Stock phrases of one article, each with its key."""
        return self.chance.choices(self.phrases, cum_weights=self.popularity, k=STOCK_KEYS)

    def keys(self) -> list[int]:
        """Keys of one article."""
        own = [_signed(self.chance.randrange(SAMPLED_BELOW)) for _ in range(OWN_KEYS)]
        return sorted({*own, *(key for key, _ in self.stock())})

    def text(self) -> str:
        """Eight paragraphs of 35 words with the stock phrases."""
        lines = [" ".join(self.chance.choices(self.words, cum_weights=self.weights, k=35)) for _ in range(8)]
        for _, phrase in self.stock():
            lines[self.chance.randrange(8)] += " " + phrase
        return "\n".join(lines)

    def row(self, text: str) -> Row:
        """An article of one of twelve publishers."""
        title = " ".join(self.chance.choices(self.words, k=8))
        return {"outlet": f"p{self.chance.randrange(12)}", "title": title, "text": text, "published_at": ""}


def _signed(gram: int) -> int:
    return gram - 2**64 if gram >= 2**63 else gram


def history(connection: Connection, press: Press, count: int) -> list[str]:
    """Fill the tables as if so many articles had been deduplicated; returns the texts that can be read there."""
    with transaction(connection) as cursor:
        # Neither search nor the check of a million references is what is measured.
        cursor.execute("drop index lumbung.article_search")
        cursor.execute("alter table lumbung.fingerprint_key drop constraint fingerprint_key_pkey")
        cursor.execute("alter table lumbung.article alter column search set default ''")
        cursor.execute("set session_replication_role = replica")
    readable: list[str] = []
    for start in range(1, count + 1, _AT_ONCE):
        numbers = range(start, min(start + _AT_ONCE, count + 1))
        rows = [press.row("-") for _ in numbers]
        every = max(1, count // READ)
        for row in rows[::every]:
            row["text"] = press.text()
            readable.append(row["text"])
        store(connection, rows, first=start)
        _fingerprints(connection, press, numbers, rows)
    with transaction(connection) as cursor:
        cursor.execute("set session_replication_role = origin")
        cursor.execute(
            "insert into lumbung.fingerprint_key (key, article_id)"
            " select unnest(keys), article_id from lumbung.fingerprint order by 1, 2"
        )
        # Pages of an index that has grown are less full than those of one that was just built.
        cursor.execute("alter table lumbung.fingerprint_key add primary key (key, article_id) with (fillfactor = 70)")
        cursor.execute("truncate lumbung.deduplication_due")
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze")
        cursor.execute("checkpoint")
    connection.autocommit = False
    return readable


def _fingerprints(connection: Connection, press: Press, numbers: range, rows: list[Row]) -> None:
    prints, pairs, members = CopyText(), CopyText(), CopyText()
    for number, row in zip(numbers, rows, strict=True):
        real = fingerprint(row["outlet"], row["title"], row["text"].split("\n"))
        own = real.keys or press.keys()
        text = f"{number:032x}" if not real.grams else str(real.clean_hash)
        written = "{" + ",".join(map(str, own)) + "}"
        prints.add((number, text, text, real.words or 280, written, len(own), ALGORITHM))
        if number % 6 == 1:
            pairs.add((number, number + 1, "same text", "1", "made"))
            members.add((number, number, "t", None, "made"))
            members.add((number + 1, number, "f", number, "made"))
    with transaction(connection) as cursor:
        prints.copy_into(
            cursor, "lumbung.fingerprint", "article_id, text_hash, clean_hash, words, keys, sampled, algorithm"
        )
        pairs.copy_into(cursor, "lumbung.near_duplicate", "article_a, article_b, why, score, rule")
        members.copy_into(cursor, "lumbung.cluster_member", "article_id, cluster_id, canonical, tied_to, rule")


def arrivals(press: Press, readable: list[str], count: int) -> Iterator[Row]:
    """New articles: three of ten are an earlier one cut off."""
    for _ in range(count):
        copied = press.chance.random() < 0.3
        yield press.row("\n".join(press.chance.choice(readable).split("\n")[:5]) if copied else press.text())


def measure(count: int, folder: Path) -> dict[str, float]:
    """CPU seconds for `NEW` articles beside a history of so many."""
    press, start = Press(), time.perf_counter()
    with scratch_database() as connection:
        readable = history(connection, press, count)
        made = time.perf_counter() - start
        store(connection, list(arrivals(press, readable, WARM)), first=count + 1)
        deduplicate(connection)
        new = list(arrivals(press, readable, NEW))
        store(connection, new, first=count + WARM + 1)
        Timed.spent = dict.fromkeys(("find_candidates", "insert_keys"), 0.0)
        connection.cursor_factory = Timed
        clock = Clock(connection)
        done = deduplicate(connection)
        python, postgres, wall = clock.stop()
        with transaction(connection) as cursor:
            cursor.execute(
                "select sum(pg_total_relation_size(oid)) from pg_class where oid = any"
                " ('{lumbung.fingerprint,lumbung.fingerprint_key,lumbung.near_duplicate}'::regclass[])"
            )
            (size,) = cursor.fetchone() or (0,)
    found = {"all": python + postgres, "keys": sum(Timed.spent.values())}
    print(f"{count:>9,} articles of history, made in {made:.0f} s; {size / (count + NEW + WARM):.0f} bytes an article")
    print(f"{NEW / found['all']:9.0f} articles/s of CPU end to end: Python {python:.2f} s, Postgres {postgres:.2f} s;"
          f" wall {wall:.1f} s; {done}")  # fmt: skip
    print("          " + ", ".join(f"{name} {spent:.3f} s" for name, spent in Timed.spent.items()) + " per 1,000 new")
    if count <= _LARGEST_PEER:
        _peer(count, new, folder, found["all"])
    return found


def _peer(count: int, new: list[Row], folder: Path, ours: float) -> None:
    try:
        python = environment(("datasketch==2.0.0", "rensa==0.5.0"))
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"datasketch is left out, it cannot be installed: {error}", file=sys.stderr)
        return
    rows, script = folder / "new.jsonl", Path(__file__).with_name("deduplication_peers.py")
    rows.write_text("".join(json.dumps(row) + "\n" for row in new), "utf-8")
    said = subprocess.run([python, script, "history", str(count), rows], capture_output=True, text=True, check=True)
    spent = json.loads(said.stdout)
    total = spent["sketch"] + spent["index"]
    print(f"          datasketch in memory: {NEW / total:.0f} articles/s of CPU, ours {ours / total:.2f} x its CPU")
    print(f"          of that query and insert {spent['index']:.3f} s per 1,000 new")


def main(sizes: list[int]) -> None:
    """Measure each size and compare it with the first."""
    with tempfile.TemporaryDirectory() as folder:
        found = [measure(size, Path(folder)) for size in sizes]
    for size, each in zip(sizes[1:], found[1:], strict=True):
        for name, what in (("keys", "candidates and keys"), ("all", "end to end")):
            print(f"{each[name] / found[0][name]:9.2f} x the cost at {sizes[0]:,} beside {size:,}: {what}")


if __name__ == "__main__":
    main([int(size.replace("_", "")) for size in sys.argv[1:]] or list(SIZES))
