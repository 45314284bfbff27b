"""The pace of requests to a domain: the least delay, and what a 429 teaches."""

from __future__ import annotations

import asyncio

import pytest

from spiders.fetching.pace import HALF_LIFE, LONGEST, Pace
from spiders.fetching.turns import OwnTurns


def test_the_floor_holds_whatever_it_is_made_of() -> None:
    pace = Pace(1.0, first_lesson=2.0, now=0)
    assert pace.seconds(0) == 1.0
    assert pace.raise_floor(5)
    assert pace.seconds(0) == 5.0
    assert not pace.raise_floor(5)
    assert not pace.raise_floor(0.5)
    assert pace.seconds(10**9) == 5.0


@pytest.mark.parametrize("asked", [61, 3600, 10**12, float("inf")])
def test_no_floor_is_above_a_minute(asked: float) -> None:
    pace = Pace(1.0, first_lesson=2.0, now=0)
    assert pace.raise_floor(asked)
    assert pace.seconds(0) == LONGEST == 60
    assert Pace(asked, first_lesson=2.0, now=0).seconds(0) == LONGEST


@pytest.mark.parametrize("asked", [0, -5, float("-inf"), float("nan")])
def test_a_delay_that_is_none_raises_no_floor(asked: float) -> None:
    pace = Pace(0.0, first_lesson=2.0, now=0)
    assert not pace.raise_floor(asked)
    assert pace.seconds(0) == 0.0


@pytest.mark.parametrize(
    ("delay", "lesson"), [(0.0, 2.0), (0.5, 2.0), (1.0, 2.0), (4.0, 8.0), (31.0, 60.0), (60.0, 60.0)]
)
def test_a_429_doubles_the_delay_from_its_first_lesson_up_to_a_minute(delay: float, lesson: float) -> None:
    pace = Pace(0.0, first_lesson=2.0, now=0)
    assert pace.put_off(delay, 100) == lesson
    assert pace.seconds(100) == lesson


def test_of_a_row_of_429_only_the_first_teaches_until_an_answer_is_good() -> None:
    pace = Pace(1.0, first_lesson=2.0, now=0)
    assert pace.put_off(1, 1) == 2
    assert pace.put_off(2, 2) is None
    assert pace.put_off(2, 3) is None
    pace.answered_well(4)
    assert pace.put_off(2, 5) == 4
    assert pace.put_off(4, 6) is None


def test_a_429_that_another_crawl_had_meanwhile_begins_the_row() -> None:
    pace = Pace(1.0, first_lesson=2.0, now=100)
    pace.recall(4, age=1, now=110)
    assert pace.put_off(4, 111) is None
    pace.answered_well(112)
    pace.recall(4, age=5, now=114)
    assert pace.put_off(4, 115) == 8
    pace.answered_well(120)
    pace.recall(16, age=1, now=130)
    assert pace.put_off(16, 131) is None


def test_an_old_lesson_begins_no_row_but_where_nobody_was_answered_well_since() -> None:
    for refused in (False, True):
        pace = Pace(1.0, first_lesson=2.0, now=100)
        pace.recall(4, age=3_600, now=101, refused=refused)
        assert (pace.put_off(4, 102) is None) is refused
    pace = Pace(1.0, first_lesson=2.0, now=100)
    pace.recall(0, age=0, now=101, refused=True)
    assert pace.put_off(1, 102) is None, "left alone for another reason: its first answer says nothing of the pace"
    pace.answered_well(103)
    pace.recall(0, age=0, now=104, refused=True)
    assert pace.put_off(1, 105) == 2, "the rest that is not cleared yet says nothing against a good answer"


def test_a_lesson_is_forgotten_by_half_in_six_hours_and_never_below_the_floor() -> None:
    pace = Pace(1.0, first_lesson=2.0, now=0)
    pace.put_off(8, 0)
    assert HALF_LIFE == 6 * 3600
    assert [round(pace.seconds(hours * 3600), 6) for hours in (0, 6, 12, 18, 24, 36)] == [16, 8, 4, 2, 1, 1]
    assert 14 < pace.seconds(3600) < 15


def test_a_stored_lesson_goes_on_from_its_age_and_a_clock_set_back_makes_it_no_longer() -> None:
    pace = Pace(0.0, first_lesson=2.0, now=0)
    pace.recall(16, age=HALF_LIFE, now=1_000)
    assert pace.seconds(1_000) == pytest.approx(8)
    assert pace.seconds(1_000 + HALF_LIFE) == pytest.approx(4)
    pace.recall(16, age=-3_600, now=1_000)
    assert pace.seconds(1_000) == 16


def test_a_spider_without_a_frontier_remembers_the_pace_too() -> None:
    turns = OwnTurns()
    assert asyncio.run(turns.take("koran.example", 0)).pace == 0
    asyncio.run(turns.store_pace("koran.example", 4))
    turn = asyncio.run(turns.take("koran.example", 0))
    assert turn.pace == 4
    assert 0 <= turn.pace_age < 60
    assert asyncio.run(turns.take("gatra.example", 0)).pace == 0
