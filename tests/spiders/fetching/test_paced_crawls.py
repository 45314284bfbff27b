"""The pace of requests to a domain in real crawls, timed by the server."""

from __future__ import annotations

import itertools
import signal
import time
from typing import TYPE_CHECKING

import pytest
from support.polite_crawls import Warta, wait_until
from support.scripted_press import Answer, Press, printing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from support.scripted_press import Request

    from pipelines.database.connections import Connection

DELAY = 0.3


def span(requests: Sequence[Request]) -> float:
    """Seconds from the first request to the last: a busy machine may hold the first one back, never send one early."""
    return max(request.came for request in requests) - min(request.came for request in requests)


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


@pytest.mark.parametrize("broken", [{4}, {3, 6}, {2, 4, 5}])
def test_a_request_whose_connection_breaks_is_sent_again_at_the_pace_of_all_others(
    database_url: str, database: Connection, tmp_path: Path, broken: set[int]
) -> None:
    """Twisted sends a request again at once, by itself, where a connection that was used before breaks."""
    with printing(lambda _, number: Answer(hang_up=True) if number in broken else None, articles=5) as press:
        warta = Warta(press, database_url, database, tmp_path)
        warta.publisher("warta", delay_seconds=str(DELAY))
        assert warta.crawl("r").stored == 5
    assert [request.status for request in press.requests].count(0) == len(broken)
    pauses = [after.came - before.answered for before, after in itertools.pairwise(press.requests)]
    assert min(pauses) > DELAY


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
