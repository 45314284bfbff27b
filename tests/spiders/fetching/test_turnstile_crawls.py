"""Politeness as a publisher's server sees it: real crawls, in several processes, counted and timed by the server."""

from __future__ import annotations

import signal
import time
from email.utils import formatdate
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any

import pytest
from support.polite_crawls import Warta, wait_until
from support.scripted_press import WALL, Answer, printing
from support.throwaway import free_port

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.database.connections import Connection


def test_two_crawls_of_one_domain_never_overlap_keep_its_delay_and_alternate(
    database_url: str, database: Connection, tmp_path: Path
) -> None:
    delay = 0.05
    with printing(lambda _path, _number: Answer(seconds=0.01) if _is_page(_path) else None, articles=50) as press:
        warta = Warta(press, database_url, database, tmp_path)
        warta.publisher("kabar")
        spiders = [warta.start(key, key, DOWNLOAD_DELAY=str(delay)) for key in ("warta", "kabar")]
        logs = [spider.communicate()[0] for spider in spiders]
        for key, log in zip(("warta", "kabar"), logs, strict=True):
            assert warta.found(key, log).stored == 50, log
    requests = sorted(press.requests, key=lambda request: request.came)
    assert all(one.answered <= other.came for one, other in pairwise(requests))
    # A busy machine may hold the first answer back, never bring the last one forward.
    assert requests[-1].came - requests[0].came > (len(requests) - 2) * delay
    whose = [request.path.split("/")[1] for request in requests if request.path != "/robots.txt"]
    runs = [(key, len(list(run))) for key, run in groupby(whose)]
    both_wait = runs[1:-2]
    assert len(both_wait) >= 3, runs
    assert max(length for _, length in both_wait) <= 16, runs


def _is_page(path: str) -> bool:
    return "/berita-" in path


def test_a_crawl_that_is_killed_in_its_turn_leaves_it_to_the_one_that_waits(
    database_url: str, database: Connection, tmp_path: Path
) -> None:
    with printing(lambda path, _: Answer(seconds=60) if path == "/warta/berita-4" else None) as press:
        warta = Warta(press, database_url, database, tmp_path)
        warta.publisher("kabar")
        hangs = warta.start("hangs", DOWNLOAD_TIMEOUT="60")
        wait_until(lambda: warta.rows("select 1 from lumbung.crawl where leased > 0"))
        waits = warta.start("waits", "kabar")
        wait_until(lambda: len(warta.rows("select 1 from lumbung.turn")) == 2)
        assert not any(path.startswith("/kabar/") for path in press.paths())
        hangs.kill()
        hangs.communicate()
        log, _ = waits.communicate()
        assert warta.found("waits", log).stored == 5
        assert warta.found("hangs").finish_reason == "killed"
        assert not warta.rows("select 1 from lumbung.turn")


@pytest.mark.parametrize(("status", "form"), [(429, "seconds"), (503, "date")])
def test_no_crawl_of_a_domain_asks_for_anything_before_retry_after_has_passed(
    database_url: str, database: Connection, tmp_path: Path, status: int, form: str
) -> None:
    asked = 2

    def script(path: str, number: int) -> Answer | None:
        if number % 7 or not _is_page(path):
            return None
        now = time.time()
        value = str(asked) if form == "seconds" else formatdate(now + asked, usegmt=True)
        return Answer("later", status, {"Retry-After": value, "Date": formatdate(now, usegmt=True)})

    with printing(script, articles=8) as press:
        warta = Warta(press, database_url, database, tmp_path)
        warta.publisher("kabar")
        spiders = [warta.start(key, key) for key in ("warta", "kabar")]
        logs = [spider.communicate()[0] for spider in spiders]
        assert [warta.found(key).stored for key in ("warta", "kabar")] == [8, 8], logs
    put_off = [request for request in press.requests if request.status == status]
    assert len(put_off) >= 2
    for one in put_off:
        early = [other for other in press.requests if one.answered < other.came < one.answered + asked]
        assert early == []


def test_a_domain_that_asks_for_more_than_patience_ends_the_crawl_and_the_next_one_asks_nothing(
    database_url: str, database: Connection, tmp_path: Path
) -> None:
    def script(path: str, _number: int) -> Answer | None:
        return Answer("later", 429, {"Retry-After": "3600"}) if path == "/warta/berita-3" else None

    with printing(script) as press:
        warta = Warta(press, database_url, database, tmp_path)
        first = warta.crawl("first")
        reason = "UTC: it asks for that (HTTP 429, Retry-After of 3600 s)"
        assert warta.verdict(first).startswith(f"crawl 1 ended early: 127.0.0.1:{press.port} is left alone until ")
        assert warta.verdict(first).endswith(reason)
        asked = len(press.requests)
        second = warta.crawl("second")
        assert warta.verdict(second).endswith(reason)
        assert len(press.requests) == asked
        ((due,),) = warta.rows("select count(*) from lumbung.page where state = 'due' and failures = 0")
        assert due == 5 - first.stored > 0
        warta.rows("update lumbung.domain set free_at = now()")
        press.script = lambda _path, _number: None
        third = warta.crawl("third")
        assert warta.verdict(third) == "good"
        assert first.stored + third.stored == 5
        assert warta.rows("select reason, strikes, left_alone from news.domains") == [(None, 0, False)]


@pytest.mark.parametrize(
    ("answer", "seen"),
    [
        (Answer(WALL), "it answered 3 times in a row with a page that keeps machines out: Just a moment..."),
        (Answer(WALL, 403), "it refused 3 times in a row, the last time by HTTP 403"),
    ],
)
def test_three_refusals_in_a_row_end_the_crawl_and_each_time_the_domain_rests_for_longer(
    database_url: str, database: Connection, tmp_path: Path, answer: Answer, seen: str
) -> None:
    with printing(lambda path, _: answer if _is_page(path) else None, articles=30) as press:
        warta = Warta(press, database_url, database, tmp_path)
        first = warta.crawl("first")
        assert warta.verdict(first).endswith(f" UTC: {seen}")
        assert sum(map(_is_page, press.paths())) == 3
        asked = len(press.requests)
        assert warta.verdict(warta.crawl("second")).endswith(f" UTC: {seen}")
        assert len(press.requests) == asked
        warta.rows("update lumbung.domain set free_at = now() - interval '1 second'")
        warta.crawl("third")
        assert len(press.requests) > asked
        waits = "select strikes, extract(epoch from free_at - now()) > 1200 from lumbung.domain"
        assert warta.rows(waits) == [(2, True)]
        ((states,),) = warta.rows("select array_agg(distinct state) from lumbung.page")
        assert states == ["due"]


def test_a_429_without_retry_after_is_waited_for_and_a_good_answer_forgives_it(
    database_url: str, database: Connection, tmp_path: Path
) -> None:
    with printing(lambda path, number: Answer("", 429) if _is_page(path) and number % 3 else None) as press:
        warta = Warta(press, database_url, database, tmp_path)
        assert warta.verdict(warta.crawl("r")) == "good"
        assert warta.rows("select reason, strikes from lumbung.domain") == [(None, 0)]
    assert sum(request.status == 429 for request in press.requests) >= 5


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answer("", 503), "HTTP 503"),
        (Answer(hang_up=True), "DownloadFailedError"),
        (Answer(seconds=30), "DownloadTimeoutError"),
    ],
)
def test_without_an_answer_to_robots_txt_nothing_is_fetched(
    database_url: str, database: Connection, tmp_path: Path, answer: Answer, reason: str
) -> None:
    with printing(lambda path, _: answer if path == "/robots.txt" else None) as press:
        warta = Warta(press, database_url, database, tmp_path)
        found = warta.crawl("r", DOWNLOAD_TIMEOUT="1")
        bad = warta.verdict(found)
        assert f"/robots.txt could not be read ({reason}" in bad
        assert bad.endswith("and then nothing there may be fetched (RFC 9309)")
        assert set(press.paths()) <= {"/robots.txt"}


def _round(path: str, _number: int) -> Answer | None:
    return Answer("", 302, {"Location": "/robots.txt?again"}) if path.startswith("/robots.txt") else None


def _moved(path: str, _number: int) -> Answer | None:
    if path == "/rules":
        return Answer("User-agent: *\nDisallow: /warta/berita-1\nDisallow: /warta/berita-2\n")
    return Answer("", 301, {"Location": "/rules"}) if path == "/robots.txt" else None


def _large(path: str, _number: int) -> Answer | None:
    rules = "User-agent: *\n" + "Disallow: /arsip/tahun-1945\n" * 20_000 + "Disallow: /\n"
    return Answer(rules) if path == "/robots.txt" else None


@pytest.mark.parametrize(
    ("script", "stored"),
    [
        (lambda path, _: Answer("", 403) if path == "/robots.txt" else None, 5),
        (_round, 5),
        (_moved, 3),
        (_large, 5),
    ],
    ids=["forbidden", "redirected in a circle", "redirected", "larger than 500 KiB"],
)
def test_robots_txt_is_read_as_rfc_9309_has_it(
    database_url: str, database: Connection, tmp_path: Path, script: Any, stored: int
) -> None:
    with printing(script) as press:
        warta = Warta(press, database_url, database, tmp_path)
        found = warta.crawl("r")
        assert warta.verdict(found) == "good"
        assert (found.stored, found.rejected) == (stored, 5 - stored)


def test_a_disallowed_path_is_never_asked_for_not_even_by_way_of_a_redirect(
    database_url: str, database: Connection, tmp_path: Path
) -> None:
    def script(path: str, _number: int) -> Answer | None:
        if path == "/robots.txt":
            return Answer(
                "User-agent: lumbung\nDisallow: /warta/berita-1\nDisallow: /rahasia\n\nUser-agent: *\nAllow: /\n"
            )
        return Answer("", 302, {"Location": "/rahasia/berita-9"}) if path == "/warta/berita-2" else None

    with printing(script) as press:
        warta = Warta(press, database_url, database, tmp_path)
        found = warta.crawl("r")
        assert (found.stored, found.rejected) == (3, 2)
        assert warta.rows("select distinct reason from news.rejections") == [("disallowed",)]
        assert not [path for path in press.paths() if path.startswith("/rahasia") or path == "/warta/berita-1"]


@pytest.mark.parametrize("waits_for", ["its turn", "Retry-After"])
def test_a_crawl_that_waits_ends_at_once_when_it_is_told_to(
    database_url: str, database: Connection, tmp_path: Path, waits_for: str
) -> None:
    def script(path: str, _number: int) -> Answer | None:
        if waits_for == "Retry-After" and path == "/warta/berita-2":
            return Answer("", 503, {"Retry-After": "100"})
        return Answer(seconds=50) if path == "/kabar/rss" else None

    with printing(script) as press:
        warta = Warta(press, database_url, database, tmp_path)
        warta.publisher("kabar")
        holds = warta.start("holds", "kabar") if waits_for == "its turn" else None
        if holds is not None:
            wait_until(lambda: warta.rows("select 1 from lumbung.turn"))
        spider = warta.start("waits")
        waiting = (
            "select 1 from lumbung.turn having count(*) = 2"
            if holds
            else "select 1 from lumbung.domain where reason is not null"
        )
        wait_until(lambda: warta.rows(waiting))
        spider.send_signal(signal.SIGTERM)
        log, _ = spider.communicate(timeout=15)
        if holds is not None:
            holds.kill()
            holds.communicate()
        found = warta.found("waits", log)
        assert found.finish_reason == "shutdown", log
        assert found.failed == 0
        assert "Traceback" not in log


def test_another_domain_that_wants_to_be_left_alone_costs_its_own_pages_only(
    database_url: str, database: Connection, tmp_path: Path
) -> None:
    def script(path: str, _number: int) -> Answer | None:
        if path == "/warta/berita-1":
            return Answer("", 302, {"Location": f"http://127.0.0.2:{press.port}/jauh/berita-1"})
        return Answer("", 429, {"Retry-After": "5000"}) if path.startswith("/jauh/") else None

    with printing(script, addresses=["127.0.0.1", "127.0.0.2"]) as press:
        warta = Warta(press, database_url, database, tmp_path)
        warta.publisher("warta", domains='["127.0.0.1", "127.0.0.2"]')
        found = warta.crawl("r")
        assert (found.finish_reason, found.stored, found.failed) == ("finished", 4, 1)
        assert {request.host for request in press.requests} == {"127.0.0.1", "127.0.0.2"}
        assert warta.rows("select domain from news.domains where left_alone") == [(f"127.0.0.2:{press.port}",)]


def test_three_refused_connections_end_the_crawl(database_url: str, database: Connection, tmp_path: Path) -> None:
    with printing() as press:
        warta = Warta(press, database_url, database, tmp_path)
        warta.publisher("warta", f"http://127.0.0.1:{free_port()}/")
        assert warta.verdict(warta.crawl("r")).endswith(" UTC: it refused 3 connections in a row")
        assert warta.rows("select strikes, left_alone from news.domains") == [(1, True)]


@pytest.mark.parametrize(("status", "left"), [(404, (None, 0)), (0, ("HTTP 403", 2)), (500, ("HTTP 403", 2))])
def test_an_article_that_is_gone_ends_a_rest_and_a_good_feed_or_an_error_does_not(
    database_url: str, database: Connection, tmp_path: Path, status: int, left: tuple[str | None, int]
) -> None:
    """Status 0: the feed names no article."""
    with printing(lambda path, _: Answer("", status) if _is_page(path) else None, articles=2 if status else 0) as press:
        warta = Warta(press, database_url, database, tmp_path)
        domain = f"127.0.0.1:{press.port}"
        warta.rows(
            "insert into lumbung.domain (domain, free_at, reason, strikes)"
            f" values ('{domain}', now() - interval '1 second', 'HTTP 403', 2)"
        )
        warta.crawl("r")
        assert warta.rows("select reason, strikes from lumbung.domain") == [left]
