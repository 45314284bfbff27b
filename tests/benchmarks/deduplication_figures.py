"""Figures of a labelled set: pairwise precision and recall, recall by kind of editing, wrong clusters by family."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Row = dict[str, Any]


def figures(rows: list[Row], found: Mapping[str, int]) -> Iterator[str]:
    """Lines with the figures of clusters `found`, by id of the row."""
    joint = Counter((row["cluster"], found[row["id"]]) for row in rows)
    right, wanted, made = (
        _pairs(joint.values()),
        _pairs(Counter(row["cluster"] for row in rows).values()),
        _pairs(Counter(found[row["id"]] for row in rows).values()),
    )
    precision, recall = right / made if made else 1.0, right / wanted if wanted else 1.0
    yield f"pairwise precision {precision:.4f}, recall {recall:.4f} of {wanted} pairs"
    yield "recall of copies: " + ", ".join(f"{op} {share:.3f} of {n}" for op, share, n in _recall(rows, found))
    yield "wrongly joined: " + ", ".join(f"{op} {share:.3f} of {n}" for op, share, n in wrongly_joined(rows, found))


def _pairs(sizes: Iterable[int]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes)


def _recall(rows: list[Row], found: Mapping[str, int]) -> Iterator[tuple[str, float, int]]:
    """Share of copies in the cluster of their original, by kind of editing."""
    original = {row["cluster"]: row["id"] for row in rows if row["kind"] == "base"}
    hits = defaultdict(list)
    for row in rows:
        if row["kind"] == "copy":
            hits[row["op"]].append(found[row["id"]] == found[original[row["cluster"]]])
    for op, each in sorted(hits.items()):
        yield op, sum(each) / len(each), len(each)


def wrongly_joined(rows: list[Row], found: Mapping[str, int]) -> Iterator[tuple[str, float, int]]:
    """Share of negatives in a cluster with other news, by family."""
    news = defaultdict(set)
    for row in rows:
        news[found[row["id"]]].add(row["cluster"])
    wrong = defaultdict(list)
    for row in rows:
        if row["kind"] == "negative":
            wrong[row["op"]].append(len(news[found[row["id"]]]) > 1)
    for op, each in sorted(wrong.items()):
        yield op, sum(each) / len(each), len(each)
