"""What robots.txt allows: our decisions are Protego's and those of RFC 9309, also over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from protego import Protego
from support.polite_crawls import Warta
from support.robots_by_the_rfc import allows
from support.robots_corpus import HOME, corpus
from support.scripted_press import Answer, printing, write_publisher
from support.spider_runs import run_spider

from spiders.fetching.robots_text import parse_rules

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.database.connections import Connection

AGENT = "Lumbung"
GROUPS = """
User-Agent: *
Disallow: *.gif$
Disallow: /contoh/
Allow: /terbitan/

User-Agent: lumbung
Disallow:/
Allow:/contoh/halaman.html
Allow:/contoh/boleh.gif

User-Agent: lain
User-Agent: sama
Disallow: /contoh/halaman.html

User-Agent: kosong
"""
"""In the shape of RFC 9309, section 5.1."""


def decide(robots: str, path: str, agent: str = AGENT) -> bool:
    """Ours, and the second opinion, which must agree."""
    found = parse_rules(robots.encode()).can_fetch(HOME + path, agent)
    assert allows(robots, agent, HOME + path) == found
    return found


@pytest.mark.parametrize(
    ("agent", "allowed", "disallowed"),
    [
        (
            "siapapun",
            ("/", "/terbitan/a", "/a.gif?b", "/contoh"),
            ("/a.gif", "/x/y.gif", "/contoh/", "/contoh/terbitan/"),
        ),
        ("lumbung", ("/contoh/halaman.html", "/contoh/boleh.gif"), ("/", "/contoh/b.gif", "/terbitan/")),
        ("lain", ("/", "/a.gif", "/contoh/"), ("/contoh/halaman.html",)),
        ("sama", ("/", "/a.gif", "/contoh/"), ("/contoh/halaman.html", "/contoh/halaman.html?a")),
        ("kosong", ("/", "/a.gif", "/contoh/"), ()),
    ],
)
def test_groups_are_found_as_in_the_example_of_the_rfc(
    agent: str, allowed: tuple[str, ...], disallowed: tuple[str, ...]
) -> None:
    assert [path for path in allowed if not decide(GROUPS, path, agent)] == []
    assert [path for path in disallowed if decide(GROUPS, path, agent)] == []


@pytest.mark.parametrize(
    ("rules", "path", "allowed"),
    [
        ("Allow: /contoh/\nDisallow: /contoh/tidak.gif", "/contoh/tidak.gif", False),  # 5.2, the longest match
        ("Disallow: /contoh/tidak.gif\nAllow: /contoh/", "/contoh/ya.gif", True),
        ("Disallow: /a\nAllow: /a", "/a", True),  # 2.2.2, as long: allow
        ("Disallow: /foo/bar?baz=quz", "/foo/bar?baz=quz", False),  # 2.2.2, the table of encodings
        ("Disallow: /foo/bar?baz=http://foo.bar", "/foo/bar?baz=http://foo.bar", False),
        ("Disallow: /foo/bar/\u30c4", "/foo/bar/%E3%83%84", False),
        ("Disallow: /foo/bar/%E3%83%84", "/foo/bar/%e3%83%84", False),
        ("Disallow: /foo/bar/%62%61%7A", "/foo/bar/baz", False),
        ("Disallow: /a%2Fb", "/a/b", True),
        ("Disallow: /a/*/c$", "/a/b/x/c", False),  # 2.2.3, special characters
        ("Disallow: /a/*/c$", "/a/b/c?d", True),
        ("Disallow: /a # catatan", "/ab", False),
        ("Disallow:", "/a", True),
        ("Disallow: /A", "/a", True),
        ("Crawl-delay: 5\nSitemap: /s.xml\nDisallow: /a", "/a", False),  # 2.2.4, other records
        ("Disallow: /b\n\nUser-agent: lain\nDisallow: /\n\nUser-agent: LUMBUNG\nDisallow: /a", "/a", False),  # 2.2.1
        ("Disallow: /b\n\nUser-agent: lain\nDisallow: /\n\nUser-agent: LUMBUNG\nDisallow: /a", "/b", False),
    ],
)
def test_rules_are_read_as_the_rfc_says(rules: str, path: str, allowed: bool) -> None:  # noqa: FBT001
    assert decide(f"User-agent: lumbung\n{rules}", path) == allowed


def test_ten_thousand_decisions_are_protegos_and_those_of_the_rfc() -> None:
    asked, refused, differ = 0, 0, []
    for text, addresses in corpus(files=1_000, addresses=10):
        for body in (text.encode(), b"\xef\xbb\xbf" + text.encode()):
            rules, protego = parse_rules(body), Protego.parse(text)
            for url in addresses:
                found = rules.can_fetch(url, AGENT)
                if not found == protego.can_fetch(url, AGENT) == allows(text, AGENT, url):
                    differ.append((text, url, found))
                asked, refused = asked + 1, refused + (not found)
    assert differ == []
    assert asked == 20_000
    assert 1_000 < refused < 19_000


def test_a_crawl_asks_for_what_the_rfc_allows_and_for_nothing_else(database_url: str, tmp_path: Path) -> None:
    robots = GROUPS + "\nUser-agent: Lumbung\nAllow: /warta/\nDisallow: /warta/*-rahasia$\nDisallow: /warta/%C3%A9\n"
    paths = [f"/warta/berita-{number}{end}" for number in range(6) for end in ("", "-rahasia", "-rahasia?a=1")]
    paths += ["/warta/%c3%a9/berita-1", "/contoh/berita-2", "/contoh/halaman.html"]

    def script(path: str, _number: int) -> Answer | None:
        if path == "/robots.txt":
            return Answer(robots)
        if path == "/warta/rss":
            items = "".join(f"<item><title>Berita</title><link>{press.home}{path[1:]}</link></item>" for path in paths)
            return Answer(f'<rss version="2.0"><channel><title>Warta</title>{items}</channel></rss>')
        return Answer()

    with printing(script) as press:
        environment = {
            "DATABASE_URL": database_url,
            **write_publisher(tmp_path, "warta", press.home, article_url="['.']"),
        }
        log = run_spider("warta", environment, "run=r", settings={"AUTOTHROTTLE_ENABLED": "False"})
        asked = set(press.paths()) - {"/robots.txt", "/warta/rss"}
    assert asked == {path for path in paths if allows(robots, AGENT, HOME + path)}, log
    assert 6 < len(asked) < len(paths)


@pytest.mark.parametrize("retries", ["0", "2"])
@pytest.mark.parametrize("headers", [{}, {"Retry-After": "0"}, {"Retry-After": "3600"}])
def test_a_robots_txt_answered_429_forbids_everything(
    database_url: str, database: Connection, tmp_path: Path, retries: str, headers: dict[str, str]
) -> None:
    with printing(lambda path, _: Answer("", 429, headers) if path == "/robots.txt" else None) as press:
        warta = Warta(press, database_url, database, tmp_path)
        found = warta.crawl("r", RETRY_TIMES=retries)
        assert found.finish_reason != "finished"
        assert warta.verdict(found) != "good"
        if retries == "0" and headers != {"Retry-After": "3600"}:
            assert "/robots.txt could not be read (HTTP 429)" in warta.verdict(found)
        assert set(press.paths()) == {"/robots.txt"}
        assert len(press.paths()) <= 1 + int(retries)


@pytest.mark.parametrize("answer", [Answer("", 500), Answer("", 429), Answer(hang_up=True)])
def test_a_robots_txt_that_cannot_be_had_is_asked_for_once_and_not_for_each_page(
    database_url: str, database: Connection, tmp_path: Path, answer: Answer
) -> None:
    def script(path: str, _number: int) -> Answer | None:
        if path == "/warta/rss":
            links = (f"http://127.0.0.2:{press.port}/jauh/berita-{number}" for number in range(6))
            items = "".join(f"<item><title>Berita</title><link>{link}</link></item>" for link in links)
            return Answer(f'<rss version="2.0"><channel><title>Warta</title>{items}</channel></rss>')
        return None if len(press.requests) < 2 else answer

    with printing(script, addresses=["127.0.0.1", "127.0.0.2"]) as press:
        warta = Warta(press, database_url, database, tmp_path)
        warta.publisher("warta", domains='["127.0.0.1", "127.0.0.2"]')
        found = warta.crawl("r", RETRY_TIMES="1")
        assert (found.stored, found.failed) == (0, 6)
        there = [request.path for request in press.requests if request.host == "127.0.0.2"]
    assert there == ["/robots.txt"] * 2, "one request and one retry"


def test_a_robots_txt_that_cannot_be_had_on_one_host_forbids_nothing_on_another(
    database_url: str, database: Connection, tmp_path: Path
) -> None:
    def script(path: str, _number: int) -> Answer | None:
        if path == "/warta/berita-1":
            return Answer("", 302, {"Location": f"http://127.0.0.2:{press.port}/jauh/berita-1"})
        return None

    def broken(path: str, number: int) -> Answer | None:
        return Answer("", 500) if path == "/robots.txt" and number > 1 else script(path, number)

    with printing(broken, addresses=["127.0.0.1", "127.0.0.2"]) as press:
        warta = Warta(press, database_url, database, tmp_path)
        warta.publisher("warta", domains='["127.0.0.1", "127.0.0.2"]')
        found = warta.crawl("r")
        assert (found.finish_reason, found.stored, found.failed) == ("finished", 4, 1)
        assert "/jauh/berita-1" not in press.paths()
