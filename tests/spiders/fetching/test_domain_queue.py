"""The queue of one crawl's requests to one domain, on a clock of the test's own: nothing here waits for real."""

from __future__ import annotations

import asyncio
import itertools

import pytest
from support.queue_of_a_domain import Clock, real_sleep, stand

from spiders.fetching import domain_queue
from spiders.fetching.domain_queue import LeftAlone, Stopping
from spiders.fetching.standing import Rest
from spiders.fetching.turns import Turn


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(domain_queue, "monotonic", clock)
    monkeypatch.setattr(asyncio, "sleep", clock.sleep)
    return clock


@pytest.mark.parametrize("of", ["floor", "throttle"])
def test_requests_are_sent_the_delay_apart_and_the_first_one_at_once(clock: Clock, of: str) -> None:
    async def requests() -> None:
        made = stand(clock, floor=3.1 if of == "floor" else 0.0)
        made.throttle = 3.1 if of == "throttle" else 1.0
        assert [await made.one() for _ in range(4)] == pytest.approx([1_000, 1_003.1, 1_006.2, 1_009.3])

    asyncio.run(requests())


@pytest.mark.parametrize("taken", [[0.0, 0.9, 0.0, 0.9], [2.5, 0.1, 0.0, 7.0], [0.3] * 12])
def test_wherever_on_its_way_the_server_sees_a_request_the_next_comes_no_sooner_than_the_floor(
    clock: Clock, taken: list[float]
) -> None:
    async def requests() -> list[tuple[float, float]]:
        made, spans = stand(clock, floor=1.0), []
        for seconds in taken:
            await made.queue.enter()
            began = clock()
            clock.now += seconds
            made.queue.release()
            spans.append((began, clock()))
        return spans

    spans = asyncio.run(requests())
    pauses = [began - ended for (_, ended), (began, _) in itertools.pairwise(spans)]
    assert pauses == pytest.approx([1.0] * (len(taken) - 1))


def test_a_slow_server_is_asked_as_seldom_as_its_answers_take_and_the_pause_is_the_floor(clock: Clock) -> None:
    async def requests() -> list[float]:
        made, began = stand(clock, floor=1.0), list[float]()
        made.throttle = 5.0
        for seconds in (5.0, 5.0, 0.5, 0.5):
            await made.queue.enter()
            began.append(clock() - 1_000)
            clock.now += seconds
            made.queue.release()
        return began

    assert asyncio.run(requests()) == pytest.approx([0, 6, 12, 17])


def test_a_request_waits_while_as_many_are_in_flight_as_the_width_allows(clock: Clock) -> None:
    async def requests() -> None:
        made = stand(clock, width=2)
        await made.queue.enter()
        await made.queue.enter()
        third = asyncio.create_task(made.queue.enter())
        for _ in range(20):
            await real_sleep(0)
        assert not third.done()
        made.queue.release()
        await asyncio.wait_for(third, 5)

    asyncio.run(requests())


def test_a_turn_is_taken_once_and_looked_at_again_after_sixteen_requests(clock: Clock) -> None:
    async def requests() -> None:
        made = stand(clock, width=2)
        await made.one(16)
        assert made.turns.names() == ["take"]
        await made.one()
        assert made.turns.names() == ["take", "keep"]
        await made.one(15)
        assert made.turns.names() == ["take", "keep"]
        await made.one()
        assert made.turns.names() == ["take", "keep", "keep"]

    asyncio.run(requests())


def test_a_turn_is_looked_at_only_when_no_request_of_ours_is_on_its_way(clock: Clock) -> None:
    async def requests() -> None:
        made = stand(clock, width=2)
        await made.one(15)
        await made.queue.enter()
        next_one = asyncio.create_task(made.queue.enter())
        for _ in range(20):
            await real_sleep(0)
        assert made.turns.names() == ["take"]
        made.queue.release()
        await asyncio.wait_for(next_one, 5)
        assert made.turns.names() == ["take", "keep"]

    asyncio.run(requests())


def test_a_turn_that_was_lost_while_the_database_was_away_is_taken_anew(clock: Clock) -> None:
    class Away(Exception):  # noqa: N818 - a test's own
        pass

    async def requests() -> None:
        made = stand(clock)
        await made.one(16)
        made.turns.kept, take = False, made.turns.take

        async def away(domain: str, delay: float) -> Turn:
            raise Away(domain, delay)

        made.turns.take = away  # type: ignore[method-assign]
        with pytest.raises(Away):
            await made.one()
        made.turns.take, made.turns.kept = take, True  # type: ignore[method-assign]
        await made.one()
        assert made.turns.names() == ["take", "keep", "take"]

    asyncio.run(requests())


def test_a_turn_is_looked_at_again_after_a_minute(clock: Clock) -> None:
    async def requests() -> None:
        made = stand(clock)
        await made.one()
        clock.now += 59
        await made.one()
        assert made.turns.names() == ["take"]
        clock.now += 2
        await made.one()
        assert made.turns.names() == ["take", "keep"]

    asyncio.run(requests())


def test_a_turn_that_passed_on_is_queued_for_again_with_the_delay_and_every_half_second(clock: Clock) -> None:
    async def requests() -> None:
        made = stand(clock, Turn(ours=True), Turn(ours=False), Turn(ours=False), Turn(ours=True), floor=0.25)
        sent = await made.one(16)
        made.turns.kept = False
        assert await made.one() - sent == pytest.approx(1.0)
        delay = ("koran.example", 0.25)
        assert made.turns.calls == [("take", *delay), ("keep", *delay), *[("take", *delay)] * 3]
        made.turns.kept = True
        await made.one(15)
        assert made.turns.names().count("keep") == 1

    asyncio.run(requests())


def test_what_is_left_of_a_rest_is_waited_for_when_the_turn_comes(clock: Clock) -> None:
    async def requests() -> None:
        made = stand(clock, Turn(ours=True, seconds=120, reason="HTTP 503", strikes=4))
        assert await made.one() == pytest.approx(1_120)
        assert made.queue.standing.strikes == 4
        assert made.queue.has_past_rest
        await made.queue.clear_rest()
        assert made.queue.standing.strikes == 0
        assert not made.queue.has_past_rest
        assert made.turns.names() == ["take", "clear_rest"]

    asyncio.run(requests())


@pytest.mark.parametrize(
    ("reason", "said"), [("it asks for that", "it asks for that"), (None, "an earlier crawl left it so")]
)
def test_a_rest_beyond_patience_refuses_every_request_and_says_why(clock: Clock, reason: str | None, said: str) -> None:
    async def requests() -> None:
        made = stand(clock, Turn(ours=True, seconds=121, reason=reason))
        for _ in range(2):
            with pytest.raises(LeftAlone, match=rf"koran\.example is left alone until .* UTC: {said}"):
                await made.one()
        assert clock.now == 1_000
        assert made.turns.names() == ["take"]
        assert not made.queue.has_past_rest

    asyncio.run(requests())


def test_a_new_turn_ends_no_rest(clock: Clock) -> None:
    async def requests() -> None:
        made = stand(clock)
        await made.one(16)
        made.queue.leave_alone(Rest(30, "HTTP 503", strikes=0, ends=False))
        made.turns.kept = False
        assert await made.one() == pytest.approx(1_030)
        made.queue.leave_alone(Rest(5, "HTTP 503", strikes=0, ends=False))
        made.queue.leave_alone(Rest(1, "HTTP 503", strikes=0, ends=False))
        assert await made.one() == pytest.approx(1_035), "a shorter rest ended a longer one"

    asyncio.run(requests())


def test_a_rest_that_ends_the_crawl_refuses_also_what_waits(clock: Clock) -> None:
    async def requests() -> None:
        made = stand(clock)
        await made.one(15)
        await made.queue.enter()
        waits = asyncio.create_task(made.queue.enter())
        await real_sleep(0)
        made.queue.leave_alone(Rest(900, "it refused 3 times in a row", strikes=3, ends=True))
        made.queue.release()
        with pytest.raises(LeftAlone, match="it refused 3 times in a row"):
            await waits
        assert made.turns.names() == ["take"], "whoever asks for nothing more needs no turn"
        assert made.queue.standing.strikes == 3
        clock.now += 10_000
        with pytest.raises(LeftAlone):
            await made.one()
        assert not made.queue.has_past_rest, "a good answer to an earlier request would clear it"

    asyncio.run(requests())


def test_a_rest_is_stored_as_it_is_and_past_only_when_its_time_is_over(clock: Clock) -> None:
    async def requests() -> None:
        made = stand(clock)
        await made.one()
        assert not made.queue.has_past_rest
        rest = Rest(30, "HTTP 503", strikes=2, ends=False)
        made.queue.leave_alone(rest)
        await made.queue.store_rest(rest)
        assert made.turns.calls[-1] == ("rest", "koran.example", 30, "HTTP 503", 2)
        clock.now += 29
        assert not made.queue.has_past_rest
        clock.now += 1
        assert made.queue.has_past_rest

    asyncio.run(requests())


def test_an_idle_turn_is_released_after_five_seconds_and_none_before(clock: Clock) -> None:
    async def requests() -> None:
        made = stand(clock, floor=2.0)
        await made.queue.release_if_idle()
        assert made.turns.names() == []
        await made.queue.enter()
        clock.now += 60
        await made.queue.release_if_idle()
        assert made.turns.names() == ["take"], "while a request was on its way"
        made.queue.release()
        clock.now += 5
        await made.queue.release_if_idle()
        assert made.turns.names() == ["take"]
        clock.now += 0.1
        await made.queue.release_if_idle()
        await made.queue.release_if_idle()
        assert made.turns.calls[1:] == [("release", "koran.example", 2.0)]
        await made.one()
        assert made.turns.names() == ["take", "release", "take"]

    asyncio.run(requests())


def test_no_turn_is_released_while_a_request_waits_for_a_rest_to_end(clock: Clock) -> None:
    async def requests() -> None:
        made = stand(clock)
        await made.one()
        made.queue.leave_alone(Rest(60, "HTTP 503", strikes=0, ends=False))
        waits = asyncio.create_task(made.queue.enter())
        await real_sleep(0)
        while not waits.done():
            before = clock.now
            await made.queue.release_if_idle()
            assert clock.now == before, "whoever looks after idle turns waited for a request"
            await real_sleep(0)
        assert made.turns.names() == ["take"]

    asyncio.run(requests())


@pytest.mark.parametrize("waits_for", ["turn", "rest", "page"])
def test_whoever_waits_ends_within_a_moment_of_the_stop(clock: Clock, waits_for: str) -> None:
    async def requests() -> None:
        made = stand(clock, Turn(ours=True), Turn(ours=False))
        await made.one(16)
        if waits_for == "turn":
            made.turns.kept = False
        elif waits_for == "rest":
            made.queue.leave_alone(Rest(100, "HTTP 503", strikes=0, ends=False))
        else:
            made.queue.response_received()
        waits = asyncio.create_task(made.queue.enter())
        while clock.now < 1_010:
            await real_sleep(0)
        made.stopping, asked = True, clock.now
        with pytest.raises(Stopping):
            await waits
        assert clock.now - asked <= 0.5

    asyncio.run(requests())


def test_a_longer_delay_is_told_to_the_next_crawl_with_the_next_request(clock: Clock) -> None:
    async def requests() -> None:
        made = stand(clock)
        await made.one()
        made.queue.slow_down(7)
        await made.one()
        assert made.turns.calls == [("take", "koran.example", 0), ("keep", "koran.example", 7)]
        made.queue.slow_down(3)
        await made.one()
        assert made.turns.names() == ["take", "keep"]

    asyncio.run(requests())


def test_a_429_slows_this_crawl_and_tells_the_others(clock: Clock) -> None:
    async def requests() -> None:
        made = stand(clock, floor=1.5)
        sent = await made.one()
        await made.queue.put_off(429)
        await made.queue.put_off(429)
        assert made.turns.calls[1:] == [("store_pace", "koran.example", 3.0)]
        assert await made.one() - sent == pytest.approx(3, abs=0.01)
        assert made.turns.calls[-1] == ("keep", "koran.example", pytest.approx(3, abs=0.01))
        made.queue.answered_well()
        await made.queue.put_off(503)
        assert made.turns.calls[-1] == ("store_pace", "koran.example", pytest.approx(6, abs=0.01))

    asyncio.run(requests())


def test_a_turn_brings_the_pace_that_another_crawl_was_taught(clock: Clock) -> None:
    async def requests() -> None:
        made = stand(clock, Turn(ours=True), Turn(ours=True, pace=16, pace_age=6 * 3600))
        sent = await made.one(16)
        made.turns.kept = False
        assert await made.one() - sent == pytest.approx(8, abs=0.01)

    asyncio.run(requests())
