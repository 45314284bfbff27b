"""The turnstile by itself: which answers let a domain rest, which end the crawl, which floor each domain has."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from scrapy import Request, signals
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
from scrapy.http import Response
from support.middlewares import Crawl, run
from twisted.internet.error import ConnectError, ConnectionDone, ConnectionLost

from spiders.fetching.domain_queue import LeftAlone
from spiders.fetching.errors import CrawlOver
from spiders.fetching.turns import Turn
from spiders.fetching.turnstile import READ_BY_SPIDER

HOME, LAIN = "https://www.koran.example", "https://www.lain.example"
PAGE: dict[str, Any] = {READ_BY_SPIDER: True}


def test_hosts_of_a_domain_share_a_queue_and_a_slot_and_as_many_requests_as_the_setting() -> None:
    async def work() -> None:
        crawl = Crawl()
        requests = [Request(f"https://{host}.koran.example/{number}") for host in "ab" for number in (1, 2)]
        for request in requests[:2]:
            await crawl.turnstile.process_request(request)
            assert request.meta["download_slot"] == "koran.example"
        third = asyncio.create_task(crawl.turnstile.process_request(requests[2]))
        await crawl.one(f"{LAIN}/a")
        assert not third.done()
        response = Response(requests[0].url)
        assert await crawl.turnstile.process_response(requests[0], response) is response
        await third
        assert crawl.turns.of("take") == [["koran.example", 0.0], ["lain.example", 0.0]]

    run(work)


def test_an_answer_to_what_did_not_pass_is_only_passed_on() -> None:
    async def work() -> None:
        crawl = Crawl()
        response = Response(HOME, status=503, headers={"Retry-After": "900"})
        assert await crawl.turnstile.process_response(Request(HOME), response) is response
        await crawl.turnstile.process_exception(Request(HOME), DownloadTimeoutError())
        assert crawl.turns.calls == []

    run(work)


@pytest.mark.parametrize("outcome", [403, DownloadConnectionRefusedError()])
def test_three_refusals_let_a_domain_rest_and_end_the_crawl_at_home(outcome: int | Exception) -> None:
    async def work() -> None:
        crawl = Crawl()
        for host in (LAIN, HOME):
            for number in (1, 2):
                await crawl.one(f"{host}/{number}", outcome)
            assert crawl.turns.of("rest") == ([] if host == LAIN else crawl.turns.of("rest")[:1])
            if host == LAIN:
                await crawl.one(f"{host}/3", outcome)
                with pytest.raises(LeftAlone, match=r"lain\.example is left alone until"):
                    await crawl.one(f"{host}/4")
            else:
                with pytest.raises(CrawlOver, match=r"koran\.example is left alone until"):
                    await crawl.one(f"{host}/3", outcome)
                with pytest.raises(CrawlOver, match=r"koran\.example is left alone until"):
                    await crawl.one(f"{host}/4")
        rested = [(domain, seconds, strikes) for domain, seconds, _, strikes in crawl.turns.of("rest")]
        seconds = 900 if outcome == 403 else 60
        assert rested == [("lain.example", seconds, 1), ("koran.example", seconds, 1)]

    run(work)


@pytest.mark.parametrize(
    ("error", "counts"),
    [
        *((error(), True) for error in (DownloadTimeoutError, DownloadFailedError, CannotResolveHostError)),
        *((error(), True) for error in (ConnectError, ConnectionDone, ConnectionLost, ResponseDataLossError, OSError)),
        (ValueError(), False),
    ],
)
def test_ten_failures_of_the_network_are_a_rest_and_other_errors_say_nothing(error: Exception, *, counts: bool) -> None:
    async def work() -> None:
        crawl = Crawl()
        for number in range(10):
            await crawl.one(f"{LAIN}/{number}", error)
        assert len(crawl.turns.of("rest")) == counts
        if counts:
            assert type(error).__name__ in crawl.turns.of("rest")[0][2]

    run(work)


def test_answers_to_requests_sent_before_a_rest_add_nothing() -> None:
    async def work() -> None:
        crawl = Crawl(CONCURRENT_REQUESTS_PER_DOMAIN=9)
        requests = [Request(f"{LAIN}/{number}") for number in range(6)]
        for request in requests:
            await crawl.turnstile.process_request(request)
        for request in requests:
            await crawl.turnstile.process_response(request, Response(request.url, status=403))
        assert len(crawl.turns.of("rest")) == 1

    run(work)


@pytest.mark.parametrize(
    ("after", "date", "rests"), [("300", None, 300), ("Sat, 28 Nov 2026 12:10:00 GMT", "12:00:00", 600)]
)
def test_retry_after_is_kept_by_seconds_and_by_the_servers_own_date(after: str, date: str | None, rests: int) -> None:
    async def work() -> None:
        crawl = Crawl()
        request = Request(f"{LAIN}/a")
        await crawl.turnstile.process_request(request)
        headers = {"Retry-After": after, **({"Date": f"Sat, 28 Nov 2026 {date} GMT"} if date else {})}
        await crawl.turnstile.process_response(request, Response(request.url, status=503, headers=headers))
        assert crawl.turns.of("rest")[0][:2] == ["lain.example", rests]

    run(work)


def test_a_429_teaches_a_pace_once_until_an_answer_is_good() -> None:
    async def work() -> None:
        crawl = Crawl(POLITE_PAUSE=0.01)
        await crawl.one(f"{LAIN}/1", 429, after="0")
        await crawl.one(f"{LAIN}/2", 429, after="0")
        assert [domain for domain, _ in crawl.turns.of("store_pace")] == ["lain.example"]
        await crawl.one(f"{LAIN}/3", 404)
        await crawl.one(f"{LAIN}/4", 503, after="0")
        assert len(crawl.turns.of("store_pace")) == 2
        await crawl.one(f"{LAIN}/5", 500)
        await crawl.one(f"{LAIN}/6", 503, after="0")
        assert len(crawl.turns.of("store_pace")) == 2, "a failure is no good answer"

    run(work)


@pytest.mark.parametrize(
    ("status", "meta", "cleared"),
    [(404, PAGE, True), (404, {}, False), (500, PAGE, False), (200, PAGE, False), (200, {}, False), (304, PAGE, True)],
)
def test_only_a_good_answer_to_a_page_ends_the_rest_that_an_earlier_crawl_left(
    status: int, meta: dict[str, Any], *, cleared: bool
) -> None:
    async def work() -> None:
        crawl = Crawl(Turn(ours=True, reason="HTTP 403", strikes=2))
        await crawl.one(f"{HOME}/a", status, **meta)
        assert crawl.turns.of("clear_rest") == ([["koran.example"]] if cleared else [])

    run(work)


@pytest.mark.parametrize(
    ("found", "reason", "cleared"),
    [
        ({}, "HTTP 403", True),
        ({}, None, False),
        ({"good": False}, "HTTP 403", False),
        ({"wall": "Just a moment..."}, "HTTP 403", False),
        ({"wall": "Just a moment...", "good": False}, "HTTP 403", False),
    ],
)
def test_a_page_ends_a_rest_when_it_was_read_and_is_good(
    found: dict[str, Any], reason: str | None, *, cleared: bool
) -> None:
    async def work() -> None:
        crawl = Crawl(Turn(ours=True, reason=reason, strikes=2))
        request = await crawl.one(f"{HOME}/a", **PAGE)
        assert crawl.turnstile.page_read(request, **found) is None
        assert crawl.turnstile.page_read(request, **found) is None, "the second time says nothing new"
        await asyncio.sleep(0)
        assert crawl.turns.of("clear_rest") == ([["koran.example"]] if cleared else [])

    run(work)


@pytest.mark.parametrize("host", [HOME, LAIN])
def test_three_walls_in_a_row_are_a_rest_and_at_home_the_end_of_the_crawl(host: str) -> None:
    async def work() -> None:
        crawl = Crawl()
        said = []
        for number in range(3):
            request = await crawl.one(f"{host}/{number}", **PAGE)
            said.append(crawl.turnstile.page_read(request, wall="Just a moment...", good=False))
        await asyncio.sleep(0)
        assert said[:2] == [None, None]
        assert (said[2] is not None and "3 times in a row with Just a moment..." in said[2]) == (host == HOME)
        assert [seconds for _, seconds, *_ in crawl.turns.of("rest")] == [900]

    run(work)


def test_a_feed_is_not_read_as_a_page() -> None:
    async def work() -> None:
        crawl = Crawl()
        for number in range(5):
            request = await crawl.one(f"{HOME}/{number}")
            assert crawl.turnstile.page_read(request, wall="Just a moment...", good=False) is None
        assert crawl.turns.of("rest") == []

    run(work)


def test_robots_txt_slows_a_domain_down() -> None:
    async def work() -> None:
        crawl = Crawl()
        crawl.turnstile.slow_down(Request(f"{HOME}/robots.txt"), 5)
        await crawl.one(f"{HOME}/a")
        assert crawl.turns.of("take") == [["koran.example", 5]]

    run(work)


@pytest.mark.parametrize("how", ["closing", "stopped", "no slot"])
def test_a_crawl_that_is_being_stopped_sends_nothing(how: str) -> None:
    async def work() -> None:
        crawl = Crawl()
        engine = crawl.crawler.engine
        if how == "closing":
            engine._slot.closing = object()  # noqa: SLF001 - as the engine has it
        elif how == "stopped":
            engine.running = False
        else:
            engine._slot = None  # noqa: SLF001 - as the engine has it
        with pytest.raises(CrawlOver, match="shutdown"):
            await crawl.one(HOME)
        assert crawl.turns.of("rest") == []

    run(work)


def test_a_cap_ends_the_crawl_before_it_takes_a_turn() -> None:
    async def work() -> None:
        crawl = Crawl(CRAWL_REQUESTS=1)
        await crawl.one(HOME)
        with pytest.raises(CrawlOver, match="CRAWL_REQUESTS"):
            await crawl.one(LAIN)
        assert len(crawl.turns.of("take")) == 1

    run(work)


def test_a_rest_longer_than_patience_ends_the_crawl_at_home_and_costs_one_page_elsewhere() -> None:
    async def work() -> None:
        crawl = Crawl(Turn(ours=True, seconds=61, reason="HTTP 503"), POLITE_PATIENCE=60)
        with pytest.raises(LeftAlone):
            await crawl.one(LAIN)
        with pytest.raises(CrawlOver):
            await crawl.one(HOME)

    run(work)


def test_a_rest_within_patience_is_waited_for() -> None:
    async def work() -> None:
        crawl = Crawl(Turn(ours=True, seconds=0.05, reason="HTTP 503"), POLITE_PATIENCE=60)
        await crawl.one(HOME)
        assert crawl.turns.of("rest") == []

    run(work)


def test_idle_turns_are_released_while_the_crawl_goes_on_and_not_after(monkeypatch: pytest.MonkeyPatch) -> None:
    async def work() -> None:
        monkeypatch.setattr("spiders.fetching.turnstile._SWEEP", 0.01)
        monkeypatch.setattr("spiders.fetching.domain_queue._IDLE", 0.02)
        crawl = Crawl()
        await crawl.one(HOME)
        await crawl.one(LAIN)
        await asyncio.wait_for(crawl.turns.released.acquire(), 20)
        await asyncio.wait_for(crawl.turns.released.acquire(), 20)
        await crawl.crawler.signals.send_catch_log_async(signal=signals.spider_closed)
        await crawl.one(HOME)
        await asyncio.sleep(0.2)
        assert len(crawl.turns.of("release")) == 2

    run(work)


def test_without_a_frontier_turns_are_the_crawls_own() -> None:
    async def work() -> None:
        crawl = Crawl()
        crawl.crawler.spider.frontier = None
        await crawl.one(HOME)
        assert crawl.turns.calls == []

    run(work)
