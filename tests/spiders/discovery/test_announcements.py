"""Sitemap indexes that lead in circles, too deep, to nothing and elsewhere, as a crawl with its limits meets them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from support.scripted_press import Answer, printing, write_publisher
from support.spider_runs import run_spider

from pipelines.harvest.ledger import find_crawl, imbalance

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.database.connections import Connection


def index(*addresses: str) -> Answer:
    children = "".join(f"<sitemap><loc>{address}</loc></sitemap>" for address in addresses)
    return Answer(f"<?xml version='1.0'?><sitemapindex>{children}</sitemapindex>")


def test_indexes_in_a_circle_are_each_asked_for_once(database_url: str, database: Connection, tmp_path: Path) -> None:
    answers = {
        "/sitemap.xml": index(
            "/sitemap.xml", "/sitemap.xml#a", "/dua.xml", "/tiada.xml", "http://10.0.0.1/x.xml", "ftp://a/b"
        ),
        "/dua.xml": index("/sitemap.xml", "dua.xml", "/tiga.xml", "/berita.xml"),
        "/tiga.xml": index("/empat.xml"),
        "/empat.xml": index("/sitemap.xml"),
        "/berita.xml": Answer(
            "<urlset><url><loc>/berita-1</loc></url><url><loc>http://jahat.id/berita-2</loc></url></urlset>"
        ),
        "/tiada.xml": Answer("gone", 404),
    }
    with printing(lambda path, _: answers.get(path)) as press:
        files = write_publisher(tmp_path, "warta", press.home, feeds="[]", sitemaps='["/sitemap.xml"]')
        settings = {"AUTOTHROTTLE_ENABLED": "False"}
        log = run_spider("warta", {"DATABASE_URL": database_url, **files}, "run=r", settings=settings)
        asked = Counter(press.paths())
    crawl = find_crawl(database, "r")
    assert crawl is not None, log
    assert imbalance(crawl) is None
    assert crawl.stored == 1
    assert asked == dict.fromkeys(
        ("/robots.txt", "/sitemap.xml", "/dua.xml", "/tiga.xml", "/berita.xml", "/tiada.xml", "/berita-1"), 1
    )
    problems = "\n".join(crawl.problems)
    assert "/tiada.xml" in problems
    assert "http://10.0.0.1/x.xml" in problems
    assert "3 deep" in problems


def test_addresses_that_are_none_are_named_and_the_crawl_goes_on(
    database_url: str, database: Connection, tmp_path: Path
) -> None:
    wrong = [
        "https://[",
        "http://[::1",
        "http:///x",
        "http://",
        "http://127.0.0.1:99999/x",
        "http://127.0.0.1:x/",
        "http://a\u2100b/",
    ]
    wrong += [
        "http://./x",
        "http://127.0.0.1:0/x",
        "http://127.0.0.1%00/x",
        "http://\u202e/x",
        "http://u:p@/x",
        "http://" + "a" * 300 + "/",
    ]

    def script(path: str, _number: int) -> Answer | None:
        long = f"{press.home}{'a' * 20_000}"
        links = [
            *wrong,
            f"{press.home}%zz%00/berita-1",
            f"{press.home}\u0627\u202e/berita-2",
            f"{long}/berita-3",
            "/berita-4",
        ]
        if path == "/sitemap.xml":
            return index(*wrong, long, "/berita.xml")
        if path == "/berita.xml":
            return Answer(f"<urlset>{''.join(f'<url><loc>{link}</loc></url>' for link in links)}</urlset>")
        return Answer("gone", 404) if path.endswith("aaa") else None

    with printing(script) as press:
        files = write_publisher(tmp_path, "warta", press.home, feeds="[]", sitemaps='["/sitemap.xml"]')
        settings = {"AUTOTHROTTLE_ENABLED": "False"}
        log = run_spider("warta", {"DATABASE_URL": database_url, **files}, "run=r", settings=settings)
    crawl = find_crawl(database, "r")
    assert crawl is not None, log
    assert imbalance(crawl) is None
    assert crawl.stored == 4
    assert crawl.finish_reason == "finished"
    assert "Traceback" not in log
    assert [address for address in wrong if not any(line.startswith(address) for line in crawl.problems)] == []
