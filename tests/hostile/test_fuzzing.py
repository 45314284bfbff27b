"""Whatever the bytes: pages, announcements, robots.txt, dates, URLs, texts and headers keep their promises."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from hostile.fuzz_engine import SLOW, draw, watched
from hostile.fuzz_targets import TARGETS

if TYPE_CHECKING:
    from pathlib import Path

INPUTS = 80
"""Of each target; the long version is `tests/hostile/fuzzing.py`."""


@pytest.mark.parametrize("name", TARGETS)
def test_bytes_that_nobody_would_write_break_no_promise(name: str, tmp_path: Path) -> None:
    assert draw(name, tmp_path, most=INPUTS) == INPUTS
    assert [path.read_text("utf-8") for path in tmp_path.glob("findings/*.txt")] == []


@pytest.mark.parametrize("name", TARGETS)
def test_what_fuzzing_starts_from_is_read(name: str) -> None:
    for seed in TARGETS[name].seeds():
        TARGETS[name].run(seed)


def test_a_finding_is_kept_once_with_its_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter((0.0, 0.0, 0.0, 0.0, 0.0, SLOW + 1))

    def run(data: bytes) -> None:
        if data != b"slow":
            raise ZeroDivisionError(data)

    monkeypatch.setattr(time, "process_time", lambda: next(clock))
    watch = watched(run, tmp_path)
    for data in (b"one", b"two", b"slow"):
        watch(data)
    kept = {
        path.read_text("utf-8").splitlines()[0]: path.with_suffix(".bin").read_bytes()
        for path in tmp_path.glob("*.txt")
    }
    assert {title.split()[0]: data for title, data in kept.items()} == {"ZeroDivisionError": b"one", "slow": b"slow"}
