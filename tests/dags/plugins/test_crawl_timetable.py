"""Runs of a publisher's DAG: by its cron, and by days in a backfill."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from spiders.publishers import load_publishers

if TYPE_CHECKING:
    from support.forking_airflow import ForkingAirflow

JAKARTA, MAKASSAR = "crawl_antara", "crawl_fajar"
NOVEMBER = ("2026-11-01T00:00:00+07:00", "2026-11-30T00:00:00+07:00")


def day(date: str, after: str, hour: int) -> list[str]:
    """The data interval of a day whose midnight is so many hours after UTC's noon."""
    return [f"{date}T{hour}:00:00.000001+00:00", f"{after}T{hour}:00:00+00:00"]


def test_thirty_days_are_thirty_runs_whatever_the_cron(ask: ForkingAirflow) -> None:
    for key, publisher in load_publishers().items():
        if key in {"antara", "contoh", "detik", "tempo"}:
            assert len(ask("timetable_probe.backfill", f"crawl_{key}", *NOVEMBER)) == 30, publisher.schedule


@pytest.mark.parametrize(
    ("dag", "first", "last", "wanted"),
    [
        (JAKARTA, "2026-11-03T00:00+07:00", "2026-11-03T00:00+07:00", [day("2026-11-02", "2026-11-03", 17)]),
        # The dialog in UTC: both days of Jakarta that its day touches.
        (
            JAKARTA,
            "2026-11-03T00:00+00:00",
            "2026-11-03T23:59+00:00",
            [day("2026-11-02", "2026-11-03", 17), day("2026-11-03", "2026-11-04", 17)],
        ),
        (JAKARTA, "2026-11-03T13:20+07:00", "2026-11-03T13:40+07:00", [day("2026-11-02", "2026-11-03", 17)]),
        (MAKASSAR, "2026-11-03T00:00+08:00", "2026-11-03T12:00+08:00", [day("2026-11-02", "2026-11-03", 16)]),
    ],
)
def test_a_backfill_takes_each_day_that_its_range_touches(
    ask: ForkingAirflow, dag: str, first: str, last: str, wanted: list[list[str]]
) -> None:
    assert ask("timetable_probe.backfill", dag, first, last) == wanted


def test_no_run_of_a_backfill_begins_when_one_of_the_schedule_does(ask: ForkingAirflow) -> None:
    ticks = ask("timetable_probe.ticks", JAKARTA, "2026-11-01T00:00:00+07:00", 200)["ours"]
    days = ask("timetable_probe.backfill", JAKARTA, *NOVEMBER)
    assert {begin for begin, _ in ticks}.isdisjoint(begin for begin, _ in days)


@pytest.mark.parametrize("dag", [JAKARTA, MAKASSAR, "crawl_contoh"])
def test_scheduled_runs_are_those_of_the_cron(ask: ForkingAirflow, dag: str) -> None:
    found = ask("timetable_probe.ticks", dag, "2026-11-01T10:03:00+07:00", 50)
    assert found["ours"] == found["airflow"]
    assert len(found["ours"]) == 51
