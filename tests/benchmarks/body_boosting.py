"""Boosted stumps over the rows of `body_training.py`; run by it, in an environment that has numpy.

usage: body_boosting.py ROWS.json WEIGHTS.toml SCORE.py

Each round adds one step in one figure, so that all of it is one table of steps a figure: an additive logistic model.
Nothing is drawn at random.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import math
import statistics
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np  # type: ignore[import-not-found, unused-ignore]  # of an environment of its own

_ROUNDS, _RATE, _SHRINK, _LEAST, _BINS = 400, 0.2, 2.0, 30.0, 24
_FOLDS = 5
_KEEP, _TAKE = -0.3, 0.6
"""Sums below which a block goes and from which one returns: chosen by cross-validation, see the figures printed."""
_OUTLETS = 6
"""Outlets that use a word in a name before it says anything."""
_USUAL = 0.3
"""Odds of most names; only what stands below is kept."""
_INDONESIAN = 4.0
_WORST_SUM, _NO_NAME = -8.0, 3.0
_LONG = 10
"""Words of a paragraph that stands once in a text."""
_LEVELS = ((-9.0, 9.0), (-1.0, 0.0), (-1.0, 0.4), (-0.6, 0.4), (-0.6, 0.0), (-0.2, -0.2), (_KEEP, _TAKE))


def main(rows: str, target: str, score_script: str) -> None:
    """Cross-validate, learn from all, write."""
    sys.path.insert(0, str(Path(score_script).parent))
    score = importlib.import_module(Path(score_script).stem)
    table = json.loads(Path(rows).read_text("utf-8"))
    pages = [Learned(page, table["figures"], score) for page in table["pages"]]
    _cross_validate(pages, score)
    odds, model = _fit(pages)
    Path(target).write_text(_toml(table["figures"], odds, model), "utf-8")
    print(f"{len(pages)} pages, {sum(len(page.doubts) for page in pages)} doubtful blocks; {len(odds)} words of names")


class Learned:
    """A page to learn from, its rows as arrays."""

    def __init__(self, page: dict[str, Any], figures: list[str], score: Any) -> None:
        self.page, self.blocks = page, page["blocks"]
        self.names = (figures.index("names"), figures.index("worst_name"))
        self.doubts = [place for place, block in enumerate(self.blocks) if block["row"] is not None]
        own = [self.blocks[place] for place in self.doubts]
        self.rows = np.array([block["row"] for block in own], float).reshape(len(own), len(figures))
        self.is_text = np.array([block["is_text"] >= 0.5 for block in own], float)
        sizes = np.array([block["size"] for block in own], float)
        whole = sum(block["size"] for block in self.blocks if block["is_text"] >= 0.5)
        weight = 1000 * (_INDONESIAN if page["indonesian"] else 1.0)
        self.weights = weight * (np.minimum(sizes, 200) + 2) / (whole + 100)
        self.wanted = score.shingles(score.tokenise(page["reference"]))

    def named(self, odds: dict[str, float]) -> Any:
        """The rows with the figures of names as these odds give them."""
        rows = self.rows.copy()
        for row, place in enumerate(self.doubts):
            total, worst = 0.0, _NO_NAME
            for words in reversed(self.blocks[place]["words"]):
                found = [odds[word] for word in words if word in odds]
                total, worst = max(_WORST_SUM, total + sum(found)), min([worst, *found])
            rows[row, self.names[0]], rows[row, self.names[1]] = total, worst
        return rows

    def text(self, sums: Any, keep: float, take: float) -> str:
        """What is text by these sums."""
        kept = [block["kept"] for block in self.blocks]
        for place, value in zip(self.doubts, sums, strict=True):
            kept[place] = bool(value >= (keep if kept[place] else take))
        pending: list[dict[str, Any]] = []
        lines = list(self.page["lead"])
        for place in self._again(kept):
            kept[place] = False
        for block, is_kept in zip(self.blocks, kept, strict=True):
            if not is_kept:
                continue
            while block["heading"] and pending and pending[-1]["heading"] >= block["heading"]:
                pending.pop()
            pending.append(block)
            if not block["heading"]:
                lines += [each["text"] for each in pending]
                pending = []
        return "\n".join(lines)

    def _again(self, kept: list[bool]) -> list[int]:
        """Places of text that stands there a second time, as `cleaning` leaves it out."""
        long = [place for place, block in enumerate(self.blocks) if kept[place] and block["size"] >= _LONG]
        first: dict[str, int] = {}
        again = [first.setdefault(self.blocks[place]["text"], place) != place for place in long]
        return [
            place
            for number, place in enumerate(long)
            if again[number] and any(again[max(0, number - 1) : number] + again[number + 1 : number + 2])
        ]


def _odds(pages: list[Learned]) -> dict[str, float]:
    """For words of names: the logarithm of the odds that what they name is text, each outlet one vote."""
    votes: dict[str, dict[str, list[float]]] = {}
    for page in pages:
        here: dict[str, list[float]] = {}
        for place in page.doubts:
            block = page.blocks[place]
            for word in sorted({word for words in block["words"] for word in words}):
                shares = here.setdefault(word, [0.0, 0.0])
                shares[0] += block["is_text"] * block["size"]
                shares[1] += block["size"]
        for word, (good, size) in here.items():
            if size:
                votes.setdefault(word, {}).setdefault(page.page["outlet"], []).append(good / size)
    odds = {}
    for word, outlets in sorted(votes.items()):
        shares = [statistics.fmean(values) for values in outlets.values()]
        if len(shares) >= _OUTLETS and len(word) > 1:
            value = math.log((sum(shares) + 1.5) / (len(shares) - sum(shares) + 1.0)) - _USUAL
            if value < 0:
                odds[word] = round(value, 1)
    return odds


Model = tuple[float, list[Any], list[Any]]


def _fit(pages: list[Learned]) -> tuple[dict[str, float], Model]:
    odds = _odds(pages)
    rows = np.concatenate([page.named(odds) for page in pages])
    return odds, _boost(
        rows, np.concatenate([page.is_text for page in pages]), np.concatenate([page.weights for page in pages])
    )


def _boost(rows: Any, is_text: Any, weights: Any) -> Model:
    cuts = [_cuts(rows[:, figure]) for figure in range(rows.shape[1])]
    bins = [np.searchsorted(each, rows[:, figure], side="left") for figure, each in enumerate(cuts)]
    base = math.log((weights * is_text).sum() / (weights * (1 - is_text)).sum())
    sums, steps = np.full(len(is_text), base), [np.zeros(len(each) + 1) for each in cuts]
    for _ in range(_ROUNDS):
        chance = 1 / (1 + np.exp(-sums))
        slope, bend = weights * (is_text - chance), weights * chance * (1 - chance)
        best = max(
            (_best(bins[figure], len(each), slope, bend, figure) for figure, each in enumerate(cuts) if len(each)),
            key=lambda found: found[0],
        )
        _, figure, cut, low, high = best
        steps[figure][: cut + 1] += _RATE * low
        steps[figure][cut + 1 :] += _RATE * high
        sums += _RATE * np.where(bins[figure] <= cut, low, high)
    return base, cuts, steps


def _cuts(values: Any) -> Any:
    single = np.unique(values)
    if len(single) <= _BINS:
        return np.unique(np.round((single[:-1] + single[1:]) / 2, 3))
    return np.unique(np.round(np.quantile(values, np.arange(1, _BINS) / _BINS), 3))


def _best(bins: Any, count: int, slope: Any, bend: Any, figure: int) -> tuple[float, int, int, float, float]:
    slopes = np.cumsum(np.bincount(bins, slope, count + 1))
    bends = np.cumsum(np.bincount(bins, bend, count + 1))
    low, low_bend = slopes[:-1], bends[:-1]
    high, high_bend = slopes[-1] - low, bends[-1] - low_bend
    gain = low**2 / (low_bend + _SHRINK) + high**2 / (high_bend + _SHRINK)
    gain = np.where((low_bend < _LEAST) | (high_bend < _LEAST), -1, gain)
    cut = int(gain.argmax())
    return (
        *(float(gain[cut]), figure, cut),
        float(low[cut] / (low_bend[cut] + _SHRINK)),
        float(high[cut] / (high_bend[cut] + _SHRINK)),
    )


def _sums(model: Model, rows: Any) -> Any:
    base, cuts, steps = model
    return base + sum(
        step[np.searchsorted(cut, rows[:, figure], side="left")]
        for figure, (cut, step) in enumerate(zip(cuts, steps, strict=True))
    )


def _cross_validate(pages: list[Learned], score: Any) -> None:
    """Figures of each fold of outlets by what was learned from the others."""
    folds = [int(hashlib.sha256(page.page["outlet"].encode()).hexdigest(), 16) % _FOLDS for page in pages]
    sums: dict[int, Any] = {}
    for fold in range(_FOLDS):
        odds, model = _fit([page for page, own in zip(pages, folds, strict=True) if own != fold])
        sums |= {
            place: _sums(model, page.named(odds))
            for place, (page, own) in enumerate(zip(pages, folds, strict=True))
            if own == fold
        }
    print(
        "keep  take   page F1 of each group, share of the snippets that must not appear; -9 and 9 are the rules alone"
    )
    for keep, take in _LEVELS:
        found: dict[str, list[float]] = defaultdict(list)
        leaked: list[bool] = []
        for place, page in enumerate(pages):
            text = page.text(sums[place], keep, take)
            f1 = score.page_prf(score.overlap(page.wanted, score.shingles(score.tokenise(text))))[2]
            found[page.page["group"]].append(f1)
            found["indonesian"] += [f1] if page.page["indonesian"] else []
            plain = score.squash(text)
            leaked += [score.squash(snippet) in plain for snippet in page.page["never"]]
        means = {name: round(statistics.fmean(values), 4) for name, values in sorted(found.items())}
        print(f"{keep:4.1f} {take:4.1f}   {means} {statistics.fmean(leaked or [False]):.4f}", flush=True)


def _toml(figures: list[str], odds: dict[str, float], model: Model) -> str:
    base, cuts, steps = model
    lines = [
        "# What each figure of evidence.py weighs, as a logarithm of odds. Learned and written by",
        "# tests/benchmarks/body_training.py: change pages or figures there, not numbers here.",
        *(f"base = {base:.3f}", f"keep = {_KEEP}", f"take = {_TAKE}", "", "[names]"),
        *(f'"{word}" = {value}' for word, value in odds.items()),
    ]
    for name, cut, step in zip(figures, cuts, steps, strict=True):
        rounded = np.round(step, 2)
        turns = [place for place in range(len(cut)) if rounded[place] != rounded[place + 1]]
        if turns:
            values = ", ".join(f"{rounded[place]:g}" for place in [*turns, len(cut)])
            cut_text = ", ".join(f"{cut[place]:g}" for place in turns)
            lines += ["", f"[figures.{name}]", f"cuts = [{cut_text}]", f"weights = [{values}]"]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main(*sys.argv[1:])
