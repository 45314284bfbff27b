"""Turns of a crawler that shares its domains with nobody: rests and paces hold for as long as its process lives."""

from __future__ import annotations

import asyncio

import pytest

from spiders.fetching import turns
from spiders.fetching.turns import OwnTurns, Turn

DOMAIN, OTHER = "koran.example", "lain.example"


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(turns, "monotonic", made)
    return made


def test_a_turn_is_granted_at_once_and_kept(clock: Clock) -> None:
    async def work() -> None:
        own = OwnTurns()
        turn = await own.take(DOMAIN, 1.0)
        assert (turn.ours, turn.reason, turn.strikes, turn.pace) == (True, None, 0, 0.0)
        assert turn.seconds <= 0
        assert await own.keep(DOMAIN, 1.0)
        await own.release(DOMAIN, 1.0)
        assert await own.keep(DOMAIN, 1.0)

    assert clock.now
    asyncio.run(work())


def test_a_rest_is_kept_until_its_end_or_until_it_is_cleared_and_holds_for_its_domain_only(clock: Clock) -> None:
    async def work() -> None:
        own = OwnTurns()
        await own.rest(DOMAIN, 60.0, "it answered 403", 2)
        clock.now += 20
        turn = await own.take(DOMAIN, 1.0)
        assert turn == Turn(True, 40.0, "it answered 403", 2, 0.0, clock.now)  # noqa: FBT003 - its first field
        assert (await own.take(OTHER, 1.0)).reason is None
        clock.now += 40
        assert (await own.take(DOMAIN, 1.0)).seconds == 0
        await own.rest(DOMAIN, 60.0, "again", 3)
        await own.clear_rest(OTHER)
        assert (await own.take(DOMAIN, 1.0)).seconds == 60
        await own.clear_rest(DOMAIN)
        turn = await own.take(DOMAIN, 1.0)
        assert (turn.reason, turn.strikes) == (None, 0)
        assert turn.seconds <= 0

    asyncio.run(work())


def test_a_pace_is_kept_with_its_age_and_for_its_domain_only(clock: Clock) -> None:
    async def work() -> None:
        own = OwnTurns()
        await own.store_pace(DOMAIN, 8.0)
        clock.now += 30
        turn = await own.take(DOMAIN, 1.0)
        assert turn[4:6] == (8.0, 30.0)
        assert (await own.take(OTHER, 1.0)).pace == 0.0

    asyncio.run(work())


def test_a_turn_of_a_domain_of_which_nothing_is_known_waits_for_nothing() -> None:
    assert Turn(ours=False) == (False, 0.0, None, 0, 0.0, 0.0)
