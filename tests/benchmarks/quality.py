"""Fit the weights of the quality score on pages with reference texts, and say how well it finds the bad ones.

usage: PYTHONPATH=.:tests python tests/benchmarks/quality.py --score SCORE.py --cases PAGES --list NAMES.txt [--write]

A page is bad where its text has an F1 below .8 of the reference. The area under the ROC curve (AUC) is printed as
fitted and cross-validated: five parts by outlet, each judged by weights of the other four. `--write` writes them.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import importlib.util
import json
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from benchmarks.extraction import FETCHED_AT, unknown_publisher
from benchmarks.extraction_figures import BAD, area

from spiders.reading.page import Page
from spiders.reading.quality import signs_of

if TYPE_CHECKING:
    from collections.abc import Sequence

_PARTS = 5
_ROUNDS = 1500
_STEP = 0.5
_DECAY = 0.002
"""L2: a few weights on a few hundred pages."""
_WEIGHTS = Path(__file__).resolve().parents[2] / "spiders/reading/quality.toml"

Example = tuple[str, dict[str, float], bool]
"""Outlet, signs, whether the page was read badly."""


def examples(score: Path, cases: Path, names: Path) -> list[Example]:
    """The pages of a list, read and compared with their references."""
    scorer = _load(score)
    found: list[Example] = []
    for name in names.read_text("utf-8").split():
        expected = json.loads((cases / name / "expected.json").read_text("utf-8"))
        html, url = gzip.decompress((cases / name / "page.html.gz").read_bytes()), expected["url"]
        page = Page(html, url, unknown_publisher(url), fetched_at=FETCHED_AT)
        row = scorer.score_page(name, expected, {"body": [*page.paragraphs]}, 0, 0, 0, None)
        found.append((urlsplit(url).hostname or "", signs_of(page.body), row["f1"] < BAD))
    return found


def _load(score: Path) -> Any:
    spec = importlib.util.spec_from_file_location("score", score)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def fit(pages: Sequence[Example]) -> tuple[float, dict[str, float]]:
    """Weights of a logistic regression by gradient descent: the same on every run."""
    names = [*pages[0][1]]
    rows = [[signs[name] for name in names] for _, signs, _ in pages]
    means = [sum(column) / len(rows) for column in zip(*rows, strict=True)]
    scales = [
        max(math.sqrt(sum((value - mean) ** 2 for value in column) / len(rows)), 1e-6)
        for column, mean in zip(zip(*rows, strict=True), means, strict=True)
    ]
    table = [[(value - mean) / scale for value, mean, scale in zip(row, means, scales, strict=True)] for row in rows]
    goals = [0.0 if bad else 1.0 for _, _, bad in pages]
    share = sum(goals) / len(goals)
    heft = [0.5 / share if goal else 0.5 / (1 - share) for goal in goals]  # as many good pages as bad ones
    bias, weights = 0.0, [0.0] * len(names)
    for _ in range(_ROUNDS):
        slopes, slope = [0.0] * len(names), 0.0
        for row, goal, weight in zip(table, goals, heft, strict=True):
            error = weight * (goal - _logistic(bias + sum(map(float.__mul__, weights, row))))
            slope += error
            slopes = [total + error * value for total, value in zip(slopes, row, strict=True)]
        bias += _STEP * slope / len(table)
        weights = [
            each + _STEP * (total / len(table) - _DECAY * each) for each, total in zip(weights, slopes, strict=True)
        ]
    plain = [weight / scale for weight, scale in zip(weights, scales, strict=True)]
    return bias - sum(map(float.__mul__, plain, means)), dict(zip(names, plain, strict=True))


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-value))


def judged(pages: Sequence[Example], bias: float, weights: dict[str, float]) -> list[tuple[float, bool]]:
    """Score and truth of each page."""
    return [(bias + sum(weights[name] * value for name, value in signs.items()), bad) for _, signs, bad in pages]


def cross_validated(pages: Sequence[Example]) -> float:
    """The AUC of weights that have not seen the outlet of the page that they judge."""
    parts = [int(hashlib.sha256(outlet.encode()).hexdigest(), 16) % _PARTS for outlet, _, _ in pages]
    scores = []
    for part in range(_PARTS):
        known = [page for page, place in zip(pages, parts, strict=True) if place != part]
        scores += judged([page for page, place in zip(pages, parts, strict=True) if place == part], *fit(known))
    return area(scores)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures; write the weights where asked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    for name in ("--score", "--cases", "--list"):
        parser.add_argument(name, type=lambda given: Path(given).resolve(), required=True)
    parser.add_argument("--write", action="store_true", help="write the weights into the repository")
    options = parser.parse_args(arguments)
    pages = examples(options.score, options.cases, options.list)
    bias, weights = fit(pages)
    print(
        f"{len(pages)} pages, {sum(bad for _, _, bad in pages)} bad",
        f"AUC as fitted {area(judged(pages, bias, weights)):.3f}",
    )
    print(f"AUC cross-validated by outlet {cross_validated(pages):.3f}")
    print(*(f"{name:10} {weight:8.3f}" for name, weight in weights.items()), sep="\n")
    if options.write:
        lines = [f"{name} = {weight:.3f}\n" for name, weight in weights.items()]
        head = "# Written by tests/benchmarks/quality.py --write: what each sign adds to the log odds of a good page.\n"
        _WEIGHTS.write_text(f"{head}bias = {bias:.3f}\n\n[weights]\n" + "".join(lines), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
