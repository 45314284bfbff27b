"""The server of Harian Contoh: equal bytes for equal settings, honest validators, faults and counts on demand."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from http.client import HTTPConnection, RemoteDisconnected
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from protego import Protego
from support.newspaper_readers import FOUNDED, NOON, announced, ask, of_kind, paper

from seeds.newsstand import Newsstand, serve
from seeds.newsstand.truth import expected

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def stand() -> Iterator[Newsstand]:
    with serve(paper()) as newsstand:
        yield newsstand


@pytest.fixture(scope="module")
def truth() -> dict[str, Any]:
    return expected(paper())


@contextmanager
def command(*options: str) -> Iterator[str]:
    """The URL of a newsstand that runs as a process."""
    arguments = [sys.executable, "-m", "seeds.newsstand", "--port", "0", *options]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.terminate()
        assert process.wait(timeout=30) == 0


def expected_at(url: str) -> dict[str, Any]:
    truth: dict[str, Any] = json.loads(ask(url + "/_newsstand/expected").body)
    return truth


def here(stand: Newsstand, url: str) -> str:
    """A URL of the default address, on the server at hand."""
    return stand.url + urlsplit(url).path


def test_two_processes_with_equal_settings_give_equal_bytes() -> None:
    given = ["--founded", str(FOUNDED), "--now", NOON.isoformat(), "--articles", "9"]
    bodies = []
    for _ in range(2):
        with command(*given) as url:
            paths = [urlsplit(article["url"]).path for article in expected_at(url)["articles"]]
            assert len(paths) > 30
            fronts = ["/", "/rss", "/atom.xml", "/sitemap.xml", "/sitemap-2026-11.xml", "/indeks?date=2026-11-12"]
            host = urlsplit(url).netloc.encode()
            bodies.append({path: ask(url + path).body.replace(host, b"contoh") for path in [*fronts, *paths]})
    assert bodies[0] == bodies[1]


@pytest.mark.parametrize(
    "path", ["/", "/rubrik/budaya", "/rss", "/atom.xml", "/robots.txt", "/sitemap.xml", "/sitemap-news.xml",
             "/sitemap-2026-11.xml", "/indeks?date=2026-11-12", "/tag/banjir", "/foto/a.png", "seed"],
)  # fmt: skip
def test_conditional_requests_are_answered_304(stand: Newsstand, path: str, truth: dict[str, Any]) -> None:
    url = here(stand, of_kind(truth, "seed")[0]["url"]) if path == "seed" else stand.url + path
    first = ask(url)
    etag, modified = first.headers["ETag"], first.headers["Last-Modified"]
    assert (first.status, first.headers["Content-Length"]) == (200, str(len(first.body)))
    assert ask(url, If_None_Match=etag)[::2] == (304, b"")
    assert ask(url, If_None_Match=f'"other", W/{etag}').status == 304
    assert ask(url, If_Modified_Since=modified).status == 304
    assert ask(url, If_None_Match='"other"', If_Modified_Since=modified).status == 200
    assert ask(url, If_Modified_Since="Sat, 01 Jan 2000 00:00:00 GMT").status == 200


def test_robots_state_a_delay_and_a_forbidden_folder(stand: Newsstand, truth: dict[str, Any]) -> None:
    rules = Protego.parse(ask(stand.url + "/robots.txt").body.decode())
    (forbidden,) = (entry["url"] for entry in truth["rejections"] if entry["reason"] == "disallowed")
    assert rules.crawl_delay("lumbung") == 0.1
    assert not rules.can_fetch(here(stand, forbidden), "lumbung")
    assert urlsplit(forbidden).path in announced(stand)
    assert list(rules.sitemaps) == [stand.url + "/sitemap.xml"]


def test_faults_can_be_switched_on_and_off(stand: Newsstand) -> None:
    rss = stand.url + "/rss"
    switch = stand.url + "/_newsstand/fault?path=/rss&kind="
    ask(switch + "html", "POST")
    assert ask(rss).body.startswith(b"<!DOCTYPE html>")
    ask(switch + "error", "POST")
    assert ask(rss).status == 503
    ask(switch + "reset", "POST")
    with pytest.raises((RemoteDisconnected, ConnectionResetError)):
        ask(rss)
    ask(switch + "slow&seconds=0.01", "POST")
    assert ask(rss).body.startswith(b"<?xml")
    assert ask(stand.url + "/atom.xml").status == 200
    ask(switch + "none", "POST")
    assert stand.fault_at("/rss") is None
    for bad in (switch + "funny", switch + "slow&seconds=x", stand.url + "/_newsstand/nothing"):
        assert ask(bad, "POST").status == 400


def test_requests_are_counted_by_path_and_status(stand: Newsstand) -> None:
    etag = ask(stand.url + "/rss?a=1").headers["ETag"]
    ask(stand.url + "/rss", If_None_Match=etag)
    ask(stand.url + "/nothing")
    counted = json.loads(ask(stand.url + "/_newsstand/requests").body)
    assert counted == {
        "total": 3,
        "by_status": {"200": 1, "304": 1, "404": 1},
        "by_path": {"/nothing": {"404": 1}, "/rss": {"200": 1, "304": 1}},
    }
    assert stand.requests[0][:3] == ("GET", "/rss?a=1", 200)
    assert stand.requests[0].at <= stand.requests[1].at


def test_one_connection_serves_many_requests(stand: Newsstand) -> None:
    connection = HTTPConnection(urlsplit(stand.url).netloc, timeout=30)
    for path in ("/rss", "/nothing", "/robots.txt"):
        connection.request("GET", path)
        assert connection.getresponse().read()
    connection.close()
    assert [request.status for request in stand.requests] == [200, 404, 200]


def test_the_command_says_where_it_serves_and_logs_requests(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    with command("--articles", "5", "--access-log", str(log)) as url:
        assert expected_at(url)["counts"]["articles"] > 5
        assert ask(url + "/robots.txt").status == 200
        again = [sys.executable, "-m", "seeds.newsstand", "--port", str(urlsplit(url).port)]
        taken = subprocess.run(again, capture_output=True, text=True, check=False)
    assert '"GET /robots.txt HTTP/1.1" 200' in log.read_text()
    assert taken.returncode == 1
    assert taken.stderr.startswith("newsstand: cannot serve on 127.0.0.1:")
    assert len(taken.stderr.splitlines()) == 1
