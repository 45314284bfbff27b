"""Pages that the spider reads before the queue of their domain goes on, on a clock of the test's own."""

from __future__ import annotations

import asyncio

import pytest
from support.queue_of_a_domain import Clock, Stand, real_sleep, stand

from spiders.fetching import domain_queue


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(domain_queue, "monotonic", clock)
    monkeypatch.setattr(asyncio, "sleep", clock.sleep)
    return clock


def test_each_page_is_read_before_the_next_request_until_one_was_good_and_again_after_a_wall(clock: Clock) -> None:
    async def request(made: Stand) -> None:
        await made.queue.enter()
        made.queue.release()
        made.queue.response_received()

    async def requests() -> None:
        made = stand(clock)
        await request(made)
        begun = clock.now
        next_one = asyncio.create_task(request(made))
        while clock.now < begun + 60:
            await real_sleep(0)
        assert not next_one.done()
        assert made.queue.page_read(None, good=True) is None
        await next_one
        begun = clock.now
        await request(made)
        assert clock.now == begun, "a domain that lets us in is asked without waiting for pages to be read"
        assert made.queue.page_read("Just a moment...", good=False) is None
        await request(made)
        assert clock.now - begun >= 120, "but not for ever"

    asyncio.run(requests())


@pytest.mark.parametrize("wall", [None, "Just a moment..."])
def test_a_page_that_was_read_holds_up_no_request_whatever_it_was(clock: Clock, wall: str | None) -> None:
    async def requests() -> None:
        made = stand(clock)
        for _ in range(2):
            assert await made.one() == 1_000
            made.queue.response_received()
            made.queue.page_read(wall, good=False)

    asyncio.run(requests())


def test_a_third_wall_in_a_row_is_a_rest_and_a_good_page_between_them_begins_the_row_anew(clock: Clock) -> None:
    made = stand(clock)
    walls = ["wall", "wall", None, "wall", "wall", "wall"]
    rests = [made.queue.page_read(wall, good=wall is None) for wall in walls]
    assert [rest is None for rest in rests] == [True] * 5 + [False]
    for wall, good in ((None, False), ("wall", False), ("wall", False), (None, False)):
        rest = made.queue.page_read(wall, good=good)
    assert made.queue.standing.walls == 5, "a page that is neither ends no row"
    assert rest is None
