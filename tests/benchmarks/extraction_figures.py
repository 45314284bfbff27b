"""The extraction score in a process of its own, its rows as a few figures, and the floors pinned under them."""

from __future__ import annotations

import json
import math
import os
import statistics
import subprocess
import tempfile
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FLOORS = Path(__file__).with_name("extraction_floors.toml")
DATASETS = "aeb,fundus,fundus-eval,anpandu"
"""Sets with full reference texts that no extractor has written, and the only ones the figures below read."""
BAD = 0.8
"""Page F1 below which a page was read badly."""
MARGIN = 0.003
"""How far under a figure its floor is pinned."""
CPU_MARGIN = 1.3
"""The same for CPU, as a factor: it is measured on machines that do other things as well."""
CPU = frozenset(("median_cpu", "mean_cpu"))
"""Figures that are better when lower; the unit is one lxml parse of the same bytes."""


class Target(NamedTuple):
    """A callable that the score can load."""

    python: str
    """The interpreter."""
    name: str
    """`module:function`."""
    path: Sequence[Path]
    """Folders to import from."""


def measure(score: Path, cases: Path, target: Target, only: Path | None = None) -> dict[str, float]:
    """Figures of one extractor over the pages of `cases`.

    Args:
        score: The score script.
        cases: The folder of saved pages.
        target: The extractor.
        only: A file that names some of the pages, one a line: those alone are read, whatever set they are of.

    Raises:
        subprocess.CalledProcessError: the score script failed; its words are in `stderr`.
    """
    with tempfile.TemporaryDirectory() as folder:
        if only is not None:
            cases = _chosen(cases, only, Path(folder) / "cases")
        rows, answers = Path(folder) / "rows.json", Path(folder) / "answers.jsonl"
        command = [target.python, str(score), "--cases", str(cases), "--target", target.name]
        subprocess.run(
            [*command, *(["--datasets", DATASETS] if only is None else ["--dump", str(answers)]), "--json", str(rows)],
            env=os.environ | {"PYTHONPATH": os.pathsep.join(map(str, target.path))},
            cwd=folder,
            check=True,
            capture_output=True,
            text=True,
        )
        read = json.loads(rows.read_text("utf-8"))["rows"]
        return figures(read) if only is None else figures_of_list(read) | _judged(read, answers)


def _chosen(cases: Path, only: Path, folder: Path) -> Path:
    """A folder with links to the pages that a file names."""
    folder.mkdir()
    for name in only.read_text("utf-8").split():
        (folder / name).symlink_to(cases / name)
    return folder


def _judged(rows: Sequence[dict[str, Any]], answers: Path) -> dict[str, float]:
    """How well the quality that an extractor gives its pages finds the bad ones; nothing for one that gives none."""
    with answers.open(encoding="utf-8", newline="\n") as lines:  # texts hold other ends of lines too
        given = {answer["case"]: answer.get("quality") for answer in map(json.loads, lines)}
    scores = [(given[row["case"]], row["f1"] < BAD) for row in rows if "f1" in row]
    return {} if any(score is None for score, _ in scores) else {"quality_auc": area(scores)}


def area(scores: Sequence[tuple[float, bool]]) -> float:
    """Area under the ROC curve: how often a bad page has a lower score than a good one."""
    bad, good = ([score for score, is_bad in scores if is_bad is kind] for kind in (True, False))
    pairs = [(low < high) + (low == high) / 2 for low in bad for high in good]
    return sum(pairs) / max(1, len(pairs))


def figures_of_list(rows: Sequence[dict[str, Any]]) -> dict[str, float]:
    """Means over all pages of a list; of the snippets that must not appear, the share that does."""
    parses = [row["cpu_s"] / row["floor_s"] for row in rows if row["floor_s"]]
    snippets = [row["snip"] for row in rows if "snip" in row]
    leaked, kept_out = (sum(each[place] for each in snippets) for place in (1, 3))
    return {
        "page_f1": _mean(rows, "f1"),
        "title": _mean(rows, "title"),
        "authors": _mean(rows, "authors_f1"),
        "day": _mean(rows, "day"),
        "leaks": leaked / max(1, leaked + kept_out),
        "median_cpu": statistics.median(parses),
        "mean_cpu": statistics.fmean(parses),
        "slowest_s": max(row["cpu_s"] for row in rows),
    }


def figures(rows: Sequence[dict[str, Any]]) -> dict[str, float]:
    """Means over pages. Page and paragraph F1 over all of them, title, authors and dates over the fundus pages."""
    named = [row for row in rows if row["dataset"] == "fundus"]
    parses = [row["cpu_s"] / row["floor_s"] for row in rows if row["floor_s"]]
    return {
        "page_f1": _mean(rows, "f1"),
        "paragraph_f1": _mean(rows, "para_f1"),
        "page_f1_aeb": _mean([row for row in rows if row["dataset"] == "aeb"], "f1"),
        "page_f1_indonesian": _mean([row for row in rows if row["language"] == "id"], "f1"),
        "title": _mean(named, "title"),
        "authors": _mean(named, "authors_f1"),
        "day": _mean(named, "day"),
        "instant": _mean(named, "instant"),
        "median_cpu": statistics.median(parses),
        "mean_cpu": statistics.fmean(parses),
    }


def _mean(rows: Sequence[dict[str, Any]], key: str) -> float:
    return statistics.fmean(float(row[key]) for row in rows if key in row)


def pinned() -> dict[str, float]:
    """The floors as they stand in the repository; none where there is no file yet."""
    return tomllib.loads(FLOORS.read_text("utf-8")) if FLOORS.exists() else {}


def shortfalls(found: Mapping[str, float], floors: Mapping[str, float]) -> list[str]:
    """One line for each floor that does not hold."""
    return [
        f"{name} is {found[name]:.4f}, pinned at {floor:.4f}: raise it again, or pin with --allow-regression"
        for name, floor in floors.items()
        if (found[name] > floor if name in CPU else found[name] < floor)
    ]


def pin(found: Mapping[str, float], *, lower: bool = False) -> None:
    """Rewrite the floors, a little under these figures; one that stands higher falls only with `lower`."""
    old = {} if lower else pinned()
    head = "# Floors of the extraction score, held by tests/test_extraction_floors.py and written by\n"
    head += "# tests/benchmarks/extraction.py --pin. CPU figures are ceilings, in lxml parses of the same page.\n"
    lines = (f"{name} = {_floor(name, value, old)}\n" for name, value in found.items())
    FLOORS.write_text(head + "".join(lines), "utf-8")


def _floor(name: str, value: float, old: Mapping[str, float]) -> float:
    if name in CPU:
        return min(round(value * CPU_MARGIN, 2), old.get(name, math.inf))
    return max(round(value - MARGIN, 4), old.get(name, 0))
