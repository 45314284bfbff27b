"""The page reader's figures on the shared pages stay above the floors pinned in benchmarks/extraction_floors.toml."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from benchmarks import extraction_figures
from benchmarks.extraction_figures import CPU, Target, measure, pin, pinned, shortfalls
from support.checkout import ROOT

if TYPE_CHECKING:
    from pathlib import Path

FOUND = {"page_f1": 0.95, "title": 0.9, "median_cpu": 4.0}


@pytest.fixture
def scratch_floors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extraction_figures, "FLOORS", tmp_path / "floors.toml")


def test_every_pinned_floor_holds_on_the_shared_pages(shared: Path) -> None:
    ours = Target(sys.executable, "tests.benchmarks.extraction:extract", [ROOT])
    found = measure(shared / "bench" / "score_extraction.py", shared / "pages", ours)
    assert pinned().keys() == found.keys()
    # CPU is for the benchmark to judge: a test must not fail because the machine does other things as well.
    floors = {name: floor for name, floor in pinned().items() if name not in CPU}
    assert shortfalls(found, floors) == []


@pytest.mark.usefixtures("scratch_floors")
def test_floors_are_pinned_a_little_under_the_figures() -> None:
    pin(FOUND)
    assert pinned() == {"page_f1": 0.947, "title": 0.897, "median_cpu": 5.2}
    assert shortfalls(FOUND, pinned()) == []


@pytest.mark.usefixtures("scratch_floors")
def test_a_figure_below_its_floor_is_named() -> None:
    pin(FOUND)
    worse = FOUND | {"title": 0.89, "median_cpu": 5.3}
    assert [line.split()[0] for line in shortfalls(worse, pinned())] == ["title", "median_cpu"]


@pytest.mark.usefixtures("scratch_floors")
def test_a_floor_rises_by_pinning_and_falls_only_when_that_is_asked_for() -> None:
    pin(FOUND)
    pin({"page_f1": 0.96, "title": 0.8, "median_cpu": 9.0})
    assert pinned() == {"page_f1": 0.957, "title": 0.897, "median_cpu": 5.2}
    pin({"page_f1": 0.96, "title": 0.8, "median_cpu": 9.0}, lower=True)
    assert pinned() == {"page_f1": 0.957, "title": 0.797, "median_cpu": 11.7}
