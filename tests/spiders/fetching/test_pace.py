"""The pace of requests to a domain: the least delay, and what a 429 teaches; real crawls are timed by the server."""

from __future__ import annotations

import asyncio
import signal
import time
from typing import TYPE_CHECKING

import pytest
from support.polite_crawls import Warta, wait_until
from support.scripted_press import Answer, Press, printing

from spiders.fetching.pace import HALF_LIFE, LONGEST, Pace
from spiders.fetching.turns import OwnTurns

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from support.scripted_press import Request

    from pipelines.database.connections import Connection

DELAY = 0.3


def span(requests: Sequence[Request]) -> float:
    """Seconds from the first request to the last: a busy machine may hold the first one back, never send one early."""
    return max(request.came for request in requests) - min(request.came for request in requests)


def test_the_floor_holds_whatever_it_is_made_of() -> None:
    pace = Pace(1.0, first_lesson=2.0)
    assert pace.seconds(0) == 1.0
    assert pace.raise_floor(5)
    assert pace.seconds(0) == 5.0
    assert not pace.raise_floor(5)
    assert not pace.raise_floor(0.5)
    assert pace.seconds(10**9) == 5.0


@pytest.mark.parametrize("asked", [61, 3600, 10**12, float("inf")])
def test_no_floor_is_above_a_minute(asked: float) -> None:
    pace = Pace(1.0, first_lesson=2.0)
    assert pace.raise_floor(asked)
    assert pace.seconds(0) == LONGEST == 60
    assert Pace(asked, first_lesson=2.0).seconds(0) == LONGEST


@pytest.mark.parametrize("asked", [0, -5, float("-inf"), float("nan")])
def test_a_delay_that_is_none_raises_no_floor(asked: float) -> None:
    pace = Pace(0.0, first_lesson=2.0)
    assert not pace.raise_floor(asked)
    assert pace.seconds(0) == 0.0


@pytest.mark.parametrize(
    ("delay", "lesson"), [(0.0, 2.0), (0.5, 2.0), (1.0, 2.0), (4.0, 8.0), (31.0, 60.0), (60.0, 60.0)]
)
def test_a_429_doubles_the_delay_from_its_first_lesson_up_to_a_minute(delay: float, lesson: float) -> None:
    pace = Pace(0.0, first_lesson=2.0)
    assert pace.put_off(delay, 100) == lesson
    assert pace.seconds(100) == lesson


def test_of_a_row_of_429_only_the_first_teaches_until_an_answer_is_good() -> None:
    pace = Pace(1.0, first_lesson=2.0)
    assert pace.put_off(1, 0) == 2
    assert pace.put_off(2, 1) is None
    assert pace.put_off(2, 2) is None
    pace.answered_well()
    assert pace.put_off(2, 3) == 4
    assert pace.put_off(4, 4) is None


def test_a_lesson_is_forgotten_by_half_in_six_hours_and_never_below_the_floor() -> None:
    pace = Pace(1.0, first_lesson=2.0)
    pace.put_off(8, 0)
    assert HALF_LIFE == 6 * 3600
    assert [round(pace.seconds(hours * 3600), 6) for hours in (0, 6, 12, 18, 24, 36)] == [16, 8, 4, 2, 1, 1]
    assert 14 < pace.seconds(3600) < 15


def test_a_stored_lesson_goes_on_from_its_age_and_a_clock_set_back_makes_it_no_longer() -> None:
    pace = Pace(0.0, first_lesson=2.0)
    pace.recall(16, HALF_LIFE, now=1_000)
    assert pace.seconds(1_000) == pytest.approx(8)
    assert pace.seconds(1_000 + HALF_LIFE) == pytest.approx(4)
    pace.recall(16, -3_600, now=1_000)
    assert pace.seconds(1_000) == 16


def test_a_spider_without_a_frontier_remembers_the_pace_too() -> None:
    turns = OwnTurns()
    assert asyncio.run(turns.take("koran.example", 0)).pace == 0
    asyncio.run(turns.store_pace("koran.example", 4))
    turn = asyncio.run(turns.take("koran.example", 0))
    assert turn.pace == 4
    assert 0 <= turn.pace_age < 60
    assert asyncio.run(turns.take("gatra.example", 0)).pace == 0


def test_the_least_delay_is_kept_between_all_requests_of_all_crawls_of_a_domain(
    database_url: str, database: Connection, tmp_path: Path
) -> None:
    with printing(articles=6) as press:
        warta = Warta(press, database_url, database, tmp_path)
        options = warta.public("warta", "http://www.koran.example/")
        warta.public("kabar", "http://kabar.koran.example/")
        options["POLITE_DELAY"] = str(DELAY)
        spiders = [warta.start(key, key, **options) for key in ("warta", "kabar")]
        logs = [spider.communicate()[0] for spider in spiders]
        assert [warta.found(key).stored for key in ("warta", "kabar")] == [6, 6], logs
    assert len(press.requests) == 2 * 8  # robots.txt of each host, a feed, six articles
    assert span(press.requests) > (len(press.requests) - 2) * DELAY


def test_the_least_delay_that_ships_is_a_second(database_url: str, database: Connection, tmp_path: Path) -> None:
    with printing(articles=3) as press:
        warta = Warta(press, database_url, database, tmp_path)
        options = warta.public("warta", "http://www.koran.example/")
        del options["POLITE_DELAY"]
        assert warta.crawl("r", **options).stored == 3
    assert span(press.requests) > len(press.requests) - 2 == 3


def test_the_least_delay_outlives_a_crawl_that_is_killed(
    database_url: str, database: Connection, tmp_path: Path
) -> None:
    with printing(articles=40) as press:
        warta = Warta(press, database_url, database, tmp_path)
        warta.publisher("warta", delay_seconds="1.5")
        killed = warta.start("killed")
        wait_until(lambda: len(press.requests) == 3)
        killed.kill()
        killed.communicate()
        asked = len(press.requests)
        follows = warta.start("follows")
        wait_until(lambda: len(press.requests) == asked + 2)
        follows.send_signal(signal.SIGTERM)
        follows.communicate()
    before, first, second = press.requests[asked - 1 : asked + 2]
    assert first.came - before.answered > 1.4
    assert second.came - before.answered > 2 * 1.4


@pytest.mark.parametrize(
    ("more", "setting"),
    [({}, 60), ({"delay_seconds": "0.05"}, 60), ({"delay_seconds": "0"}, 60)],
    ids=["a local publisher has none", "the file decides", "none by the file"],
)
def test_the_publisher_file_decides_before_the_setting(
    database_url: str, database: Connection, tmp_path: Path, more: dict[str, str], setting: int
) -> None:
    with printing(articles=3) as press:
        warta = Warta(press, database_url, database, tmp_path)
        options = warta.public("warta", "http://www.koran.example/", **more) if more else {}
        spider = warta.start("r", **{**options, "POLITE_DELAY": str(setting)})
        log, _ = spider.communicate(timeout=100)  # with the delay of the setting it would take four minutes
        assert warta.found("r", log).stored == 3


def test_a_slower_pace_of_a_file_is_kept(database_url: str, database: Connection, tmp_path: Path) -> None:
    with printing(articles=6) as press:
        warta = Warta(press, database_url, database, tmp_path)
        warta.publisher("warta", delay_seconds=str(DELAY))
        assert warta.crawl("r", AUTOTHROTTLE_ENABLED="True", AUTOTHROTTLE_START_DELAY="0.01").stored == 6
    assert span(press.requests) > (len(press.requests) - 2) * DELAY


def test_another_domain_is_asked_at_the_pace_of_the_setting(
    database_url: str, database: Connection, tmp_path: Path
) -> None:
    def script(path: str, _number: int) -> Answer | None:
        if path.startswith("/warta/berita-"):
            return Answer("", 302, {"Location": f"http://www.lain.example/jauh{path}"})
        return None

    with printing(script, articles=6) as press:
        warta = Warta(press, database_url, database, tmp_path)
        options = warta.public("warta", "http://www.koran.example/", delay_seconds="0")
        assert warta.crawl("r", **{**options, "POLITE_DELAY": str(DELAY)}).rejected == 6
    there = [request for request in press.requests if request.host == "www.lain.example"]
    assert len(there) == 7
    assert span(there) > (len(there) - 2) * DELAY


@pytest.mark.parametrize(
    ("robots", "kept"),
    [("Crawl-delay: 3600", 60), ("Request-rate: 1/10m", 60), ("Request-rate: 2/60", 30), ("Crawl-delay: 45", 45)],
)
def test_the_delay_of_robots_txt_is_kept_up_to_a_minute_and_passed_on(
    database_url: str, database: Connection, tmp_path: Path, robots: str, kept: int
) -> None:
    def script(path: str, _number: int) -> Answer | None:
        return Answer(f"User-agent: *\n{robots}\n") if path == "/robots.txt" else None

    with printing(script) as press:
        warta = Warta(press, database_url, database, tmp_path)
        spider = warta.start("r")
        wait_until(lambda: warta.rows(f"select 1 from lumbung.turn where delay = {kept}"))
        assert press.paths() == ["/robots.txt"]
        spider.send_signal(signal.SIGTERM)
        log, _ = spider.communicate(timeout=15)
        assert "Traceback" not in log
        remaining = f"select extract(epoch from free_at - now()) > {kept} - 20 from lumbung.domain"
        assert warta.rows(remaining) == [(True,)]


class Hasty:
    """A server that answers 429 or 503 to whatever comes sooner than `least` seconds after the request before."""

    def __init__(self, least: float, status: int) -> None:
        self.least, self.status = least, status
        self.press: Press | None = None

    def __call__(self, path: str, _number: int) -> Answer | None:
        assert self.press is not None
        if "/berita-" not in path or not self.press.requests or not self._soon():
            return None
        return Answer("", self.status, {"Retry-After": "1"})

    def _soon(self) -> bool:
        assert self.press is not None
        return time.monotonic() - self.press.requests[-1].came < self.least


@pytest.mark.parametrize("status", [429, 503])
def test_after_a_429_the_pace_is_lower_also_for_later_crawls(
    database_url: str, database: Connection, tmp_path: Path, status: int
) -> None:
    script = Hasty(0.3, status)
    with printing(script, articles=20) as press:
        script.press = press
        warta = Warta(press, database_url, database, tmp_path)
        warta.publisher("kabar")
        assert warta.verdict(warta.crawl("first")) == "good"
        put_off = sum(request.status == status for request in press.requests)
        assert 1 <= put_off <= 6, "without a lesson it is every other request"
        ((pace,),) = warta.rows("select pace from news.domains")
        assert pace >= 0.3
        asked = len(press.requests)
        assert warta.crawl("second", "kabar").stored == 20
        later = press.requests[asked:]
    assert span(later) > (len(later) - 2) * 0.95 * pace
    assert sum(request.status == status for request in later) <= 2


def test_an_old_lesson_is_as_good_as_forgotten(database_url: str, database: Connection, tmp_path: Path) -> None:
    with printing() as press:
        warta = Warta(press, database_url, database, tmp_path)
        warta.crawl("first")
        warta.rows("update lumbung.domain set pace = 60, paced_at = now() - interval '5 days'")
        warta.publisher("kabar")
        spider = warta.start("second", "kabar")
        log, _ = spider.communicate(timeout=100)  # with a minute between two requests it would take six
        assert warta.found("second", log).stored == 5
