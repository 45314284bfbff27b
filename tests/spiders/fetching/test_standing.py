"""When a domain is left alone, for how long, and when the crawl ends."""

from __future__ import annotations

import pytest

from spiders.fetching.standing import Rest, Standing, asks_to_wait, is_good


def standing(strikes: int = 0) -> Standing:
    return Standing(patience=120, pause=2, strikes=strikes)


def answers(*statuses: int, strikes: int = 0, wait: float | None = None) -> Rest | None:
    """What the last of these answers leads to."""
    domain = standing(strikes)
    *_, last = [domain.answered(status, wait) for status in statuses]
    return last


@pytest.mark.parametrize("statuses", [(200,), (304,), (404,), (410,), (302,), (400,), (403,), (403, 401), (500,) * 9])
def test_ordinary_answers_and_a_few_bad_ones_lead_to_nothing(statuses: tuple[int, ...]) -> None:
    assert answers(*statuses) is None


@pytest.mark.parametrize("statuses", [(403, 403, 403), (401, 451, 403), (500, 403, 500, 403, 403)])
def test_three_refusals_in_a_row_end_the_crawl(statuses: tuple[int, ...]) -> None:
    rest = answers(*statuses)
    assert rest == Rest(900, "it refused 3 times in a row, the last time by HTTP 403", strikes=1, ends=True)


def test_a_good_answer_ends_a_row() -> None:
    assert answers(403, 403, 200, 403, 403) is None
    assert answers(*(500,) * 9, 404, *(500,) * 9) is None


def test_ten_failures_in_a_row_end_the_crawl() -> None:
    rest = answers(*(500,) * 10)
    assert rest == Rest(60, "10 requests in a row failed, the last one with HTTP 500", strikes=1, ends=True)
    domain = standing()
    *_, last = [domain.unreachable("DownloadTimeoutError", connection_refused=False) for _ in range(10)]
    assert last is not None
    assert last.ends


def test_three_refused_connections_end_the_crawl() -> None:
    domain = standing()
    *_, last = [domain.unreachable("DownloadConnectionRefusedError", connection_refused=True) for _ in range(3)]
    assert last == Rest(60, "it refused 3 connections in a row", strikes=1, ends=True)


def test_three_walls_in_a_row_end_the_crawl_though_each_comes_with_200() -> None:
    domain = standing()
    for _ in range(2):
        assert domain.answered(200, None) is None
        assert domain.walled("Just a moment...") is None
    assert domain.answered(200, None) is None
    rest = domain.walled("Just a moment...")
    assert rest == Rest(900, "it answered 3 times in a row with Just a moment...", strikes=1, ends=True)


def test_each_rest_is_twice_as_long_and_a_day_at_most() -> None:
    rests = [answers(403, 403, 403, strikes=strikes) for strikes in (0, 1, 2, 6, 7, 10_000)]
    assert [rest.seconds for rest in rests if rest] == [900, 1_800, 3_600, 57_600, 86_400, 86_400]


def test_rests_after_failures_double_as_well_and_begin_with_a_minute() -> None:
    rests = [answers(*(500,) * 10, strikes=strikes) for strikes in (0, 1, 2)]
    assert [rest.seconds for rest in rests if rest] == [60, 120, 240]
    refused = standing(1)
    *_, last = [refused.unreachable("refused", connection_refused=True) for _ in range(3)]
    assert last is not None
    assert last.seconds == 120


def test_429_and_503_ask_to_wait_and_nothing_else_does() -> None:
    assert [status for status in range(100, 600) if asks_to_wait(status)] == [429, 503]


def test_retry_after_is_waited_for_up_to_patience() -> None:
    assert answers(503, wait=120) == Rest(120, "HTTP 503", strikes=0, ends=False)
    assert answers(429, wait=0.5) == Rest(0.5, "HTTP 429", strikes=0, ends=False)
    assert answers(429, wait=0) is None


@pytest.mark.parametrize("status", [300, 301, 403, 429, 500, 503])
def test_a_longer_retry_after_ends_the_crawl_with_any_status_that_may_carry_it(status: int) -> None:
    rest = answers(status, wait=121)
    assert rest == Rest(121, f"it asks for that (HTTP {status}, Retry-After of 121 s)", strikes=0, ends=True)


def test_a_redirect_whose_retry_after_patience_covers_is_waited_for() -> None:
    assert answers(301, wait=120) == Rest(
        120, "it asks for that (HTTP 301, Retry-After of 120 s)", strikes=0, ends=False
    )


@pytest.mark.parametrize(("strikes", "seconds"), [(0, 128), (1, 128), (2, 240), (11, 86_400)])
def test_when_patience_ends_the_rest_is_that_of_failures_and_no_shorter_than_the_pause(
    strikes: int, seconds: float
) -> None:
    domain = standing(strikes)
    *_, last = [domain.answered(503, None) for _ in range(7)]
    assert last == Rest(seconds, "it answered 7 times in a row with HTTP 503", strikes + 1, ends=True)


def test_without_retry_after_the_pause_doubles_until_patience_ends() -> None:
    domain = standing()
    pauses = [domain.answered(503, None) for _ in range(7)]
    assert [pause.seconds for pause in pauses if pause] == [2, 4, 8, 16, 32, 64, 128]
    assert [pause.ends for pause in pauses if pause] == [False] * 6 + [True]


def test_a_429_that_returns_though_its_retry_after_was_kept_ends_the_crawl() -> None:
    rest = answers(429, 429, 429, wait=30)
    assert rest is not None
    assert (rest.seconds, rest.ends) == (900, True)


def test_a_request_that_timed_out_at_the_server_is_a_failure_and_no_sign_of_health() -> None:
    assert answers(*(408,) * 9) is None
    rest = answers(*(408,) * 10)
    assert rest == Rest(60, "10 requests in a row failed, the last one with HTTP 408", strikes=1, ends=True)
    assert answers(*(500,) * 9, 408) is not None


@pytest.mark.parametrize("status", [200, 206, 301, 304, 400, 404, 405, 410, 418])
def test_who_answers_so_works_and_does_not_refuse_us(status: int) -> None:
    assert is_good(status)
    assert not asks_to_wait(status)


def test_a_good_answer_begins_every_row_anew() -> None:
    domain = standing()
    assert [pause.seconds for _ in range(3) if (pause := domain.answered(503, None))] == [2, 4, 8]
    domain.answered(404, None)
    pause = domain.answered(503, None)
    assert pause is not None
    assert pause.seconds == 2
    for _ in range(2):
        assert domain.unreachable("DownloadConnectionRefusedError", connection_refused=True) is None
    domain.answered(200, None)
    for _ in range(2):
        assert domain.unreachable("DownloadConnectionRefusedError", connection_refused=True) is None


@pytest.mark.parametrize("status", [200, 204, 299])
def test_retry_after_means_nothing_beside_a_page(status: int) -> None:
    assert answers(status, wait=500) is None
