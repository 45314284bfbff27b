"""Publishers as data: those that ship, and what is said about files that cannot be used."""

from __future__ import annotations

import os
import re
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.publishers import Publisher, PublisherError, UnknownPublisher, find_publisher, load_publishers

if TYPE_CHECKING:
    from pathlib import Path

MINIMAL = 'name = "Warta"\nhome = "https://www.warta.id/"\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LUMBUNG_PUBLISHERS", str(tmp_path))
    return tmp_path


BROKEN = [
    ("feed = []", "feed: unknown key; allowed are amp_replaces, article_url, channels, "),
    ("[rules]\nbodi = []", "rules.bodi: unknown key; allowed are body, breadcrumb, byline, drop, headline, image"),
    ('[index]\nurl = "/i"\nlink = []', "index.link: unknown key; allowed are links, max_pages, page_size, url"),
    ('[rules]\nbody = ["div["]', "rules.body.0: 'div[' is no CSS selector"),
    ('[index]\nurl = "/i"\nlinks = ["a:first("]', "index.links.0: 'a:first(' is no CSS selector"),
    ('schedule = "setiap jam"', "schedule: 'setiap jam' is no cron expression of five fields such as '*/30 * * * *'"),
    ('schedule = "0 0 * * * *"', "schedule: '0 0 * * * *' is no cron expression of five fields"),
    ('schedule = "61 * * * *"', "schedule: '61 * * * *' is no cron expression of five fields"),
    ('timezone = "WIB"', "timezone: 'WIB' is no IANA time zone such as 'Asia/Jakarta'"),
    ('timezone = "../etc"', "timezone: '../etc' is no IANA time zone"),
    ("article_url = ['/(berita']", "article_url.0: '/(berita' is no regular expression"),
    ('feeds = "/rss"', "feeds: Input should be a list (got '/rss')"),
    ("delay_seconds = -1", "delay_seconds: Input should be greater than or equal to 0 (got -1)"),
    ("delay_seconds = 61", "delay_seconds: Input should be less than or equal to 60 (got 61)"),
    ("delay_seconds = nan", "delay_seconds: Input should be "),
    ('delay_seconds = "lama"', "delay_seconds: Input should be a valid number, "),
    ("lookback_days = -1", "lookback_days: Input should be greater than or equal to 0 (got -1)"),
    ("lookback_days = 'dua'", "lookback_days: Input should be a valid integer"),
    ('full_page_query = "page=all&x"', "full_page_query: String should match pattern"),
    ("[index]\nmax_pages = 3", "index.url: missing, and every publisher needs it"),
    ("index = 3", "index: Input should be a list (got 3)"),
    ('[[index]]\nurl = "/i"\n[[index]]\nlinks = ["a"]', "index.1.url: missing, and every publisher needs it"),
    ('[[index]]\nurl = "/i"\nlink = []', "index.0.link: unknown key; allowed are links, max_pages, page_size, url"),
    ('[index]\nurl = "/i/{offset}"', "index: '{offset}' in url and page_size need each other"),
    ('[[index]]\nurl = "/i"\npage_size = 20', "index.0: '{offset}' in url and page_size need each other"),
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


def test_an_index_address_is_made_of_day_and_page(folder: Path) -> None:
    urls = ["/indeks?date=%m%%2F%d%%2F%Y&page={page}", "/indeks/{offset}?t=%Y-%m-%d", "/terbaru", "/%Y/%m/%d"]
    tables = [f'[[index]]\nurl = "{url}"' for url in urls]
    tables[1] += "\npage_size = 20"
    (folder / "warta.toml").write_text(MINIMAL + "\n".join(tables), "utf-8")
    warta = find_publisher("warta")
    day = date(2026, 11, 4)
    assert [index.page_url(warta.home, day, 3) for index in warta.indexes] == [
        "https://www.warta.id/indeks?date=11%2F04%2F2026&page=3",
        "https://www.warta.id/indeks/40?t=2026-11-04",
        "https://www.warta.id/terbaru",
        "https://www.warta.id/2026/11/04",
    ]
    assert [index.dated for index in warta.indexes] == [True, True, False, True]
    assert [index.last_page for index in warta.indexes] == [20, 20, 1, 1]


@pytest.mark.parametrize("url", ["/indeks/{page}", "/indeks/{offset}"])
def test_a_file_says_how_many_pages_of_a_day_are_asked(url: str) -> None:
    size = {"page_size": 20} if "offset" in url else {}
    table = {"name": "Warta", "home": "https://www.warta.id/", "index": {"url": url, "max_pages": 3, **size}}
    index = Publisher.from_table("warta", table, where="warta.toml").index
    assert index is not None
    assert index.last_page == 3


@pytest.mark.parametrize("url", ["http://wartaxid/", "https://bukanwarta.id/", "https://warta.id.lain.example/"])
def test_a_host_that_ends_or_begins_alike_is_somebody_elses(url: str) -> None:
    table = {"name": "Warta", "home": "https://www.warta.id/", "domains": ["warta.id"]}
    warta = Publisher.from_table("warta", table, where="warta.toml")
    assert not warta.owns(url)
    assert warta.owns("https://warta.id/")
    assert warta.owns("https://a.b.warta.id/")


@pytest.mark.parametrize(
    ("url", "owned"),
    [
        ("https://warta.id/a", True),
        ("https://www.warta.id/a", True),
        ("https://a.b.warta.id/", True),
        ("http://WARTA.ID:8080/", True),
        ("https://bukanwarta.id/a", False),
        ("https://warta.id.jahat.example/a", False),
        ("https://warta.idx/a", False),
        ("https://jahat.example/warta.id", False),
        ("https://warta.id@jahat.example/", False),
        ("https://jahat.example/?.warta.id", False),
        ("/a", False),
        ("https://[", False),
    ],
)
def test_a_publisher_owns_its_domains_and_their_subdomains_and_no_host_that_only_ends_alike(
    url: str,
    owned: bool,  # noqa: FBT001 - a table of cases
) -> None:
    warta = Publisher(key="warta", name="Warta", home="https://www.warta.id/", domains=("warta.id",))
    assert warta.owns(url) is owned
