"""The simulated internet as a server: hosts, validators, faults, limits, and the same bytes from the same seed."""

from __future__ import annotations

import gzip
import http.client
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from support.checkout import ROOT

from seeds.newsstand.internet import Internet, InternetSettings, Site, load_sites, serve_internet
from seeds.newsstand.internet.elements import around, listed
from seeds.newsstand.internet.network import Limit
from spiders.publishers import publisher_keys

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seeds.newsstand.faults import FaultKind

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
SETTINGS = InternetSettings(first_day=datetime(2026, 11, 22, tzinfo=UTC).date(), per_day=8)
NEWSSTAND = ROOT / "seeds" / "newsstand"
SITE = Site(
    key="warta",
    name="Warta",
    home="https://www.warta.example/",
    article="https://{channel}.warta.example/{Y}/{m}/{slug}",
    channels={"kota": "nasional", "desa": "ekonomi"},
    feeds=("https://www.warta.example/rss", "https://{channel}.warta.example/rss"),
    sitemaps=("https://www.warta.example/sitemap.xml",),
    index=("https://www.warta.example/indeks?tgl={d}-{m}-{Y}&page={page}",),
    gzip=True,
    body="div.isi",
)


@pytest.fixture
def internet() -> Iterator[Internet]:
    with serve_internet(Internet(SETTINGS, now=NOW, sites=[SITE])) as served:
        yield served


def ask(internet: Internet, url: str, headers: dict[str, str] | None = None) -> http.client.HTTPResponse:
    server, parts = urlsplit(internet.url), urlsplit(url)
    connection = http.client.HTTPConnection(server.hostname or "", server.port)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection.request("GET", target, headers={"Host": parts.netloc, **(headers or {})})
    answer = connection.getresponse()
    answer.body = answer.read()  # type: ignore[attr-defined]  # kept beside the status
    connection.close()
    return answer


def body(internet: Internet, url: str) -> str:
    answer = ask(internet, url)
    assert answer.status == 200
    data: bytes = answer.body  # type: ignore[attr-defined]  # set by ask()
    return (gzip.decompress(data) if url.endswith(".gz") else data).decode()


def test_sixty_publishers_at_least_have_a_site() -> None:
    assert len(set(publisher_keys()) & set(load_sites())) >= 60


def test_the_sites_are_not_made_from_the_publisher_files() -> None:
    programs = {path: path.read_text("utf-8") for path in NEWSSTAND.rglob("*.py")}
    assert len(programs) > 20
    assert [path for path, text in programs.items() if re.search(r"LUMBUNG_PUBLISHERS|[\"'/]publishers", text)] == []


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    first, again = (Internet(SETTINGS, now=NOW, sites=[SITE]).expected("warta") for _ in "ab")
    other = Internet(InternetSettings(seed=2, first_day=SETTINGS.first_day), now=NOW, sites=[SITE]).expected("warta")
    assert first == again
    assert first != other


def test_a_channel_announces_its_own_articles_and_the_main_feed_all_of_them(internet: Internet) -> None:
    urls = [each["canonical_url"] for each in internet.expected("warta")["articles"]]
    assert len(urls) > 20
    main, kota = body(internet, "https://www.warta.example/rss"), body(internet, "https://kota.warta.example/rss")
    assert [url for url in urls if url in main] == urls
    assert [url for url in urls if url in kota] == [url for url in urls if "//kota." in url] != urls


def test_sitemaps_come_packed_and_the_index_of_a_day_page_by_page(internet: Internet) -> None:
    assert "https://www.warta.example/sitemap-2026-11.xml.gz" in body(internet, "https://www.warta.example/sitemap.xml")
    assert body(internet, "https://www.warta.example/sitemap-2026-11.xml.gz").count("<url>") == 24
    counts = [
        body(internet, f"https://www.warta.example/indeks?tgl={day}-11-2026&page={page}").count('<li><a href="https://')
        for day, page in ((23, 1), (23, 2), (21, 1))
    ]
    popular = 4
    assert [count - popular for count in counts] == [8, 0, 0]


def test_what_is_not_there_is_told_and_bare_domains_and_http_lead_on(internet: Internet) -> None:
    assert ask(internet, "https://nobody.example/").status == 502
    assert ask(internet, "https://www.warta.example/nothing").status == 404
    assert ask(internet, "https://warta.example/rss").headers["Location"] == "https://www.warta.example/rss"
    plain = ask(internet, "http://www.warta.example/rss", {"X-Forwarded-Proto": "http"})
    assert (plain.status, plain.headers["Location"]) == (301, "https://www.warta.example/rss")


def test_an_unchanged_feed_is_a_304_and_the_clock_brings_new_articles(internet: Internet) -> None:
    url = "https://www.warta.example/rss"
    tag = ask(internet, url).headers["ETag"]
    assert ask(internet, url, {"If-None-Match": tag}).status == 304
    internet.pinned_now = NOW.replace(day=25, hour=12)
    assert ask(internet, url, {"If-None-Match": tag}).status == 200


@pytest.mark.parametrize(
    ("kind", "status"),
    [("busy", 429), ("busy_until", 429), ("unavailable", 503), ("blocked", 403), ("moved", 302), ("html", 200)],
)
def test_faults_meet_one_host_a_number_of_times(internet: Internet, kind: FaultKind, status: int) -> None:
    internet.faults.set("/rss", kind, 7, host="kota.warta.example", times=2)
    answers = [ask(internet, "https://kota.warta.example/rss") for _ in range(3)]
    assert [answer.status for answer in answers] == [status, status, 200]
    assert ask(internet, "https://desa.warta.example/rss").status == 200
    if kind in {"busy", "unavailable"}:
        assert answers[0].headers["Retry-After"] == "7"
    if kind == "busy_until":
        wait = parsedate_to_datetime(answers[0].headers["Retry-After"]) - datetime.now(UTC)
        assert 5 < wait.total_seconds() <= 8
    assert [each.wait > 0 for each in internet.requests][:2] == [kind in {"busy", "busy_until", "unavailable"}] * 2


def test_a_limit_of_requests_is_kept(internet: Internet) -> None:
    internet.limits["warta"] = Limit(3, 60)
    statuses = [ask(internet, "https://www.warta.example/rss").status for _ in range(5)]
    assert statuses == [200, 200, 200, 429, 429]


def test_faults_and_the_clock_can_be_set_over_http(internet: Internet) -> None:
    server, port = urlsplit(internet.url).hostname or "", urlsplit(internet.url).port
    for target in ("fault?path=/&kind=blocked&host=warta.example&times=1", "clock?now=2026-11-25T08:00:00+07:00"):
        connection = http.client.HTTPConnection(server, port)
        connection.request("POST", f"/_newsstand/{target}")
        assert connection.getresponse().status == 200
        connection.close()
    assert internet.now.isoformat() == "2026-11-25T08:00:00+07:00"
    assert [ask(internet, "https://www.warta.example/rss").status for _ in range(2)] == [403, 200]


def test_elements_are_written_as_css_writes_them() -> None:
    assert around("div#a.b.c > p[data-x=1]", "x") == '<div id="a" class="b c"><p data-x="1">x</p></div>'
    items = '<li><a href="/">x</a></li>, <li><a href="/">y</a></li>'
    assert listed("ul.t * li a", ["x", "y"], ", ") == f'<ul class="t">{items}</ul>'
    with pytest.raises(ValueError, match="is no element"):
        around("div..x", "")
