"""The note of a run, by Airflow's own models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from support.forking_airflow import ForkingAirflow

MINE = ("crawl_warta", "r", "run_note", "5 stored")
OTHERS = [
    ("crawl_lain", "r", "run_note", "of another DAG"),
    ("crawl_warta", "kemarin", "run_note", "of another run"),
    ("crawl_warta", "r", "return_value", "no note"),
]
CASES: list[tuple[list[Any], tuple[str, str | None] | None, str | None]] = [
    ([MINE], None, "5 stored"),
    (OTHERS, None, None),
    ([*OTHERS, MINE], None, "5 stored"),
    ([], None, None),
    ([("crawl_warta", "r", "run_note", "x" * 1500)], None, "x" * 1000),
    ([MINE], ("look at this", "reader"), "look at this"),
    ([MINE], ("of an earlier try", None), "5 stored"),
    ([], ("of an earlier try", None), "of an earlier try"),
]
"""What tasks have pushed, what was noted before and by whom, and what the note becomes."""


@pytest.mark.parametrize("end", ["success", "failed"])
def test_a_run_is_noted_with_what_its_crawl_said_unless_a_person_wrote_something(ask: ForkingAirflow, end: str) -> None:
    told = ask("task_probe.noted", end, [{"pushed": pushed, "written": written} for pushed, written, _ in CASES])
    assert told["notes"] == [note for *_, note in CASES]
    assert told["name"] == "lumbung_run_notes"
