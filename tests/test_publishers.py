"""Publishers as data: those that ship, and what is said about files that cannot be used."""

from __future__ import annotations

import json
import os
import re
import tomllib
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.publishers import (
    Publisher,
    PublisherError,
    UnknownPublisher,
    find_publisher,
    load_publishers,
    publishers_folder,
)
from spiders.urls import canonicalise

if TYPE_CHECKING:
    from pathlib import Path

SHIPPED = sorted(path.stem for path in publishers_folder().glob("*.toml"))
MINIMAL = 'name = "Warta"\nhome = "https://www.warta.id/"\n'

ARTICLES = {
    "gatra": [
        "https://www.gatra.com/detail/news/475606/politik/mendagri-usulkan-ini",
        "https://www.gatra.com/detail/news/273837-erix-soekamti",
        "https://www.gatra.com/rubrik/nasional/376890-Resolusi-2019-",
        "https://www.gatra.com/news-534824-kebencanaan-ketahanan-pangan-.html",
        "https://www.gatra.net/news-603341-hukum-sidang.html",
    ],
    "kompas": [
        "https://money.kompas.com/read/2023/11/02/213419026/menhub-bocorkan-penyebab?page=all",
        "http://regional.kompas.com/read/2015/11/04/21040031/Polres.Lhokseumawe",
        "https://www.kompas.com/tren/read/2024/07/31/120000065/cuaca",
        "https://amp.kompas.com/nasional/read/2024/07/31/120000065/cuaca",
    ],
    "detik": [
        "https://health.detik.com/true-story/d-7016153/curhat-wanita",
        "https://www.detik.com/jateng/berita/d-7016153/banjir?single=1",
        "http://inet.detik.com/read/2015/11/05/100026/3062623/323/google-umbar",
        "http://sport.detik.com/sepakbola/read/2015/11/05/095513/3062618/1033/roma-menang",
    ],
    "antara": [
        "http://www.antaranews.com/berita/527615/29-penerbangan",
        "http://otomotif.antaranews.com/berita/546646/prototype",
    ],
    "tempo": [
        "https://nasional.tempo.co/read/1512345/judul",
        "https://bisnis.tempo.co/read/1512345/judul/full&view=ok",
        "https://www.tempo.co/ekonomi/harga-cabai-naik-1512345",
    ],
    "cnnindonesia": ["https://www.cnnindonesia.com/nasional/20230523101010-12-953000/judul"],
    "mediaindonesia": ["https://mediaindonesia.com/ekonomi/853122/judul"],
    "contoh": ["http://127.0.0.1:8710/news-512001-internasional-panen-.html?page=all"],
}
OTHER_PAGES = {
    "gatra": ["https://www.gatra.net/", "https://www.gatra.net/page/2/", "https://www.gatra.com/rubrik/nasional"],
    "kompas": ["https://www.kompas.com/", "https://indeks.kompas.com/?page=2", "https://www.kompas.com/tag/pemilu"],
    "detik": ["https://news.detik.com/indeks", "https://20.detik.com/detikupdate/20241004-241004101/video-kronologi"],
    "antara": ["https://www.antaranews.com/terkini", "https://www.antaranews.com/foto/1/panen"],
    "tempo": ["https://www.tempo.co/indeks", "https://www.tempo.co/ekonomi"],
    "cnnindonesia": ["https://www.cnnindonesia.com/nasional/indeks/3"],
    "mediaindonesia": ["https://mediaindonesia.com/ekonomi", "https://mediaindonesia.com/feed"],
    "contoh": ["http://127.0.0.1:8710/", "http://127.0.0.1:8710/indeks?date=2026-11-10&page=1"],
}


def is_article(publisher: Publisher, url: str) -> bool:
    identity = canonicalise(url, publisher)
    return publisher.owns(identity) and any(re.search(pattern, identity) for pattern in publisher.article_url)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LUMBUNG_PUBLISHERS", str(tmp_path))
    return tmp_path


def test_the_eight_of_the_first_release_ship() -> None:
    assert set(SHIPPED) >= {"contoh", "gatra", "kompas", "detik", "antara", "tempo", "cnnindonesia", "mediaindonesia"}
    assert list(load_publishers()) == SHIPPED


@pytest.mark.parametrize("key", SHIPPED)
def test_a_shipped_publisher_loads_and_can_discover(key: str) -> None:
    publisher = find_publisher(key)
    assert publisher.key == key
    assert publisher.feeds or publisher.sitemaps or publisher.indexes or publisher.sections
    assert publisher.article_url
    addresses = [
        publisher.absolute(address) for address in (*publisher.feeds, *publisher.sitemaps, *publisher.sections)
    ]
    addresses += [index.page_url(publisher.home, date(2026, 11, 24), 1) for index in publisher.indexes]
    assert all(publisher.owns(address) for address in addresses)


@pytest.mark.parametrize("key", SHIPPED)
def test_a_shipped_file_is_short_and_names_only_its_own_keys_as_unverified(key: str) -> None:
    text = (publishers_folder() / f"{key}.toml").read_text("utf-8")
    assert len([line for line in text.splitlines() if line and not line.startswith("#")]) <= 25
    table = tomllib.loads(text)
    for path in find_publisher(key).unverified:
        value = table
        for part in path.split("."):
            value = value[int(part)] if isinstance(value, list) else value[part]
        assert value


@pytest.mark.parametrize("key", sorted(set(SHIPPED) - {"contoh"}))
def test_every_source_named_beside_a_fact_is_explained(key: str) -> None:
    explained = set(re.findall(r"^\| (\w+) \|", (publishers_folder() / "SOURCES.md").read_text("utf-8"), re.MULTILINE))
    comments = re.findall(r"# (.*)$", (publishers_folder() / f"{key}.toml").read_text("utf-8"), re.MULTILINE)
    named = set(re.findall(r"\b(?:N|F[1-4X]|[A-Z]{2})\b", " ".join(comments)))
    assert named
    assert named <= explained


@pytest.mark.parametrize(("key", "url"), [(key, url) for key, urls in ARTICLES.items() for url in urls])
def test_article_urls_as_the_publishers_write_them_are_recognised(key: str, url: str) -> None:
    assert is_article(find_publisher(key), url)


@pytest.mark.parametrize(("key", "url"), [(key, url) for key, urls in OTHER_PAGES.items() for url in urls])
def test_front_pages_lists_and_videos_are_no_articles(key: str, url: str) -> None:
    assert not is_article(find_publisher(key), url)


def test_all_598_real_gatra_urls_are_articles_and_stay_distinct(shared: Path) -> None:
    gatra = find_publisher("gatra")
    urls = {record["url"] for record in json.loads((shared / "feeds/gatra__records-2020-04.json").read_text("utf-8"))}
    assert len(urls) == 598
    assert all(is_article(gatra, url) for url in urls)
    assert len({canonicalise(url, gatra) for url in urls}) == 598


BROKEN = [
    ("feed = []", "feed: unknown key; allowed are article_url, domains, feeds, full_page_query, home, index, language"),
    ("[rules]\nbodi = []", "rules.bodi: unknown key; allowed are body, breadcrumb, byline, drop, headline, image"),
    ('[index]\nurl = "/i"\nlink = []', "index.link: unknown key; allowed are links, max_pages, url"),
    ('[rules]\nbody = ["div["]', "rules.body.0: 'div[' is no CSS selector"),
    ('[index]\nurl = "/i"\nlinks = ["a:first("]', "index.links.0: 'a:first(' is no CSS selector"),
    ('schedule = "setiap jam"', "schedule: 'setiap jam' is no cron expression of five fields such as '*/30 * * * *'"),
    ('schedule = "0 0 * * * *"', "schedule: '0 0 * * * *' is no cron expression of five fields"),
    ('schedule = "61 * * * *"', "schedule: '61 * * * *' is no cron expression of five fields"),
    ('timezone = "WIB"', "timezone: 'WIB' is no IANA time zone such as 'Asia/Jakarta'"),
    ('timezone = "../etc"', "timezone: '../etc' is no IANA time zone"),
    ("article_url = ['/(berita']", "article_url.0: '/(berita' is no regular expression"),
    ('feeds = "/rss"', "feeds: Input should be a list (got '/rss')"),
    ("lookback_days = -1", "lookback_days: Input should be greater than or equal to 0 (got -1)"),
    ("lookback_days = 'dua'", "lookback_days: Input should be a valid integer"),
    ('full_page_query = "page=all&x"', "full_page_query: String should match pattern"),
    ("[index]\nmax_pages = 3", "index.url: missing, and every publisher needs it"),
    ("index = 3", "index: Input should be a list (got 3)"),
    ('[[index]]\nurl = "/i"\n[[index]]\nlinks = ["a"]', "index.1.url: missing, and every publisher needs it"),
    ('[[index]]\nurl = "/i"\nlink = []', "index.0.link: unknown key; allowed are links, max_pages, url"),
    ('sections = ["/"]', "sections: need article_url, for nothing else tells an article from the other links there"),
    ("poll_minutes = 10", "poll_minutes: Input should be a list (got 10)"),
    ("poll_minutes = [10]", "poll_minutes.1: Field required (got [10])"),
    ("poll_minutes = [10, 20, 30]", "poll_minutes: List should have at most 2 items after validation, not 3"),
    ("poll_minutes = [0, 20]", "poll_minutes.0: Input should be greater than 0 (got 0)"),
    ("poll_minutes = [60, 10]", "poll_minutes: the shortest interval comes first, such as [10, 60] (got [60, 10])"),
    ("name = 'Dua kali'", "not TOML: Cannot overwrite a value"),
    ("feeds = [", "not TOML: Invalid value"),
    ("tidak ada apa-apa", "not TOML: Expected '=' after a key"),
]


@pytest.mark.parametrize(("line", "text"), BROKEN)
def test_a_broken_file_is_one_line_with_file_key_and_what_is_allowed(folder: Path, line: str, text: str) -> None:
    file = folder / "warta.toml"
    file.write_text(f"{MINIMAL}{line}\n", "utf-8")
    with pytest.raises(PublisherError) as raised:
        load_publishers()
    assert str(raised.value).startswith(f"{file}: {text}")
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b'home = "https://www.warta.id/"', "name: missing, and every publisher needs it"),
        (b'name = "Warta"', "home: missing, and every publisher needs it"),
        (b'name = "Warta"\nhome = "www.warta.id"', "home: String should match pattern"),
        (b'name = "\xff"', "not TOML"),
        (b"", "name: missing"),
    ],
)
def test_a_file_without_the_essentials_is_refused(folder: Path, content: bytes, text: str) -> None:
    (folder / "warta.toml").write_bytes(content)
    with pytest.raises(PublisherError) as raised:
        load_publishers()
    assert str(raised.value).startswith(f"{folder / 'warta.toml'}: {text}")


@pytest.mark.parametrize("name", ["Warta", "2warta", "warta-satu", "warta satu"])
def test_a_file_name_that_can_name_no_spider_is_refused(folder: Path, name: str) -> None:
    (folder / f"{name}.toml").write_text(MINIMAL, "utf-8")
    with pytest.raises(PublisherError, match=re.escape(f"{name}.toml: key: String should match pattern")):
        load_publishers()


@given(st.dictionaries(st.text(max_size=12), st.none() | st.integers() | st.text() | st.lists(st.text()), max_size=4))
def test_any_table_is_a_publisher_or_one_line(values: dict[str, object]) -> None:
    try:
        Publisher.from_table("warta", {"name": "Warta", "home": "https://www.warta.id/", **values}, where="warta.toml")
    except PublisherError as error:
        assert str(error).startswith("warta.toml: ")  # noqa: PT017 - most tables are refused, some are not
        assert "\n" not in str(error)  # noqa: PT017 - as above


def test_a_missing_folder_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LUMBUNG_PUBLISHERS", str(tmp_path / "tiada"))
    with pytest.raises(PublisherError, match=r"tiada: no such folder of publisher files \(LUMBUNG_PUBLISHERS\)"):
        load_publishers()


def test_an_unknown_publisher_is_told_which_there_are(folder: Path) -> None:
    (folder / "warta.toml").write_text(MINIMAL, "utf-8")
    with pytest.raises(UnknownPublisher, match=r"no publisher 'koran' in .*; there are: warta"):
        find_publisher("koran")


def test_changes_of_files_and_environment_are_seen_at_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = folder / "warta.toml"
    file.write_text(MINIMAL, "utf-8")
    assert find_publisher("warta").home == "https://www.warta.id/"
    assert find_publisher("warta") is find_publisher("warta")
    monkeypatch.setenv("LUMBUNG_HOME_WARTA", "http://127.0.0.1:8999/")
    assert find_publisher("warta").home == "http://127.0.0.1:8999/"
    monkeypatch.delenv("LUMBUNG_HOME_WARTA")
    assert find_publisher("warta").home == "https://www.warta.id/"
    file.write_text(MINIMAL.replace("Warta", "Kabar"), "utf-8")
    os.utime(file, ns=(1, 1))
    assert find_publisher("warta").name == "Kabar"
    (folder / "koran.toml").write_text(MINIMAL, "utf-8")
    assert list(load_publishers()) == ["koran", "warta"]
    file.unlink()
    assert list(load_publishers()) == ["koran"]


def test_one_index_or_several_are_written_as_toml_does(folder: Path) -> None:
    for text, urls in (
        ("", []),
        ('[index]\nurl = "/a"', ["/a"]),
        ('[[index]]\nurl = "/a"\n[[index]]\nurl = "/b"', ["/a", "/b"]),
    ):
        (folder / "warta.toml").write_text(f"{MINIMAL}{text}\n", "utf-8")
        warta = find_publisher("warta")
        assert [index.url for index in warta.indexes] == urls
        assert warta.index == (warta.indexes[0] if urls else None)


def test_an_index_address_is_made_of_day_and_page() -> None:
    detik = find_publisher("detik")
    assert detik.index is not None
    assert detik.index.dated
    address = detik.index.page_url(detik.home, date(2026, 11, 4), 2)
    assert address == "https://news.detik.com/indeks?page=2&date=11/04/2026"
    gatra = find_publisher("gatra")
    assert gatra.index is not None
    assert not gatra.index.dated
