"""Other programs for the same task, as their own documentation uses them. Runs in an environment of their own.

usage: deduplication_peers.py METHOD IN.jsonl[.gz] OUT.jsonl
       deduplication_peers.py history COUNT IN.jsonl

Word 5-grams of the text as it is, 128 permutations. Articles that a program takes for duplicates are joined to one
cluster. Prints CPU seconds as JSON.
"""

from __future__ import annotations

import gzip
import json
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

GRAM, PERMUTATIONS = 5, 128
Pair = tuple[int, int]


def grams(text: str) -> set[str]:
    """Word 5-grams; a shorter text is one gram."""
    words = text.lower().split()
    return {" ".join(words[start : start + GRAM]) for start in range(max(1, len(words) - GRAM + 1))}


def datasketch(texts: list[str], threshold: float) -> Iterator[Pair]:
    """Its MinHashLSH in memory, queried before each insertion."""
    module = import_module("datasketch")
    index = module.MinHashLSH(threshold=threshold, num_perm=PERMUTATIONS)
    for number, text in enumerate(texts):
        sketch = module.MinHash(num_perm=PERMUTATIONS)
        sketch.update_batch([gram.encode() for gram in grams(text)])
        for other in index.query(sketch):
            yield other, number
        index.insert(number, sketch)


def rensa(texts: list[str], threshold: float) -> Iterator[Pair]:
    """Its RMinHashLSH with 32 bands, each candidate checked by its estimate of Jaccard similarity."""
    module = import_module("rensa")
    index = module.RMinHashLSH(threshold=threshold, num_perm=PERMUTATIONS, num_bands=32)
    sketches: list[Any] = []
    for number, text in enumerate(texts):
        sketch = module.RMinHash(num_perm=PERMUTATIONS, seed=42)
        sketch.update(list(grams(text)))
        for other in index.query(sketch):
            if sketches[other].jaccard(sketch) >= threshold:
                yield other, number
        index.insert(number, sketch)
        sketches.append(sketch)


METHODS: dict[str, tuple[Any, float]] = {
    "datasketch .5": (datasketch, 0.5),
    "datasketch .7": (datasketch, 0.7),
    "datasketch .85": (datasketch, 0.85),
    "rensa .5": (rensa, 0.5),
    "rensa .7": (rensa, 0.7),
}


def clusters(count: int, pairs: Iterator[Pair]) -> list[int]:
    """The cluster of each article: the lowest number that pairs connect it with."""
    above = list(range(count))

    def top(number: int) -> int:
        while above[number] != number:
            above[number] = number = above[above[number]]
        return number

    for a, b in pairs:
        low, high = sorted((top(a), top(b)))
        above[high] = low
    return [top(number) for number in range(count)]


def beside(count: int, source: str) -> None:
    """CPU seconds that datasketch takes for each row of a file beside a history of so many made-up sketches."""
    module, numpy = import_module("datasketch"), import_module("numpy")
    index = module.MinHashLSH(threshold=0.5, num_perm=PERMUTATIONS)
    chance, scheme = numpy.random.default_rng(1), module.MinHash(num_perm=PERMUTATIONS).scheme
    for number in range(count):
        values = chance.integers(0, 2**32 - 1, PERMUTATIONS, dtype=numpy.uint64)
        index.insert(number, module.MinHash(num_perm=PERMUTATIONS, hashvalues=values, scheme=scheme))
    texts = [json.loads(line)["text"] for line in Path(source).read_text("utf-8").splitlines()]
    start, sketches = time.process_time(), []
    for text in texts:
        sketch = module.MinHash(num_perm=PERMUTATIONS)
        sketch.update_batch([gram.encode() for gram in grams(text)])
        sketches.append(sketch)
    sketched = time.process_time()
    for number, sketch in enumerate(sketches, count):
        index.query(sketch)
        index.insert(number, sketch)
    done = time.process_time()
    print(json.dumps({"sketch": sketched - start, "index": done - sketched}))


def main(method: str, source: str, target: str) -> None:
    """Cluster the rows of one file."""
    path = Path(source)
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    function, threshold = METHODS[method]
    texts = [row["text"] for row in rows]
    start = time.process_time()
    found = clusters(len(rows), function(texts, threshold))
    seconds = time.process_time() - start
    with Path(target).open("w", encoding="utf-8") as out:
        for row, cluster in zip(rows, found, strict=True):
            print(json.dumps({"id": row["id"], "cluster_id": cluster}), file=out)
    print(json.dumps({"seconds": seconds}))


if __name__ == "__main__":
    if sys.argv[1] == "history":
        beside(int(sys.argv[2]), sys.argv[3])
    else:
        main(*sys.argv[1:])
