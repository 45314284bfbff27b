"""`lumbung publishers new` on a real site: the file it writes loads, works, and is never written over another."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.checkout import ROOT, SUPPORT, TESTS
from support.spider_runs import FAST, run_spider
from support.throwaway import free_port

from pipelines.database.connections import Connection, transaction
from pipelines.publishers.new import key_of
from seeds.newsstand.almanac import JAKARTA
from seeds.newsstand.internet import Internet, InternetSettings, serve_internet
from seeds.newsstand.newspaper import Newspaper, Settings
from seeds.newsstand.server import Newsstand, serve
from seeds.newsstand.truth import expected
from spiders.publishers import Publisher, find_publisher
from spiders.publishers.urls import canonicalise

if TYPE_CHECKING:
    from collections.abc import Iterator

LUMBUNG = Path(sys.executable).with_name("lumbung")
PATHS = {**os.environ, "PYTHONPATH": f"{TESTS}{os.pathsep}{ROOT}"}
SHAPES = ("balipost", "cnnindonesia", "detik", "gatra", "kumparan", "merdeka", "suara", "tempo", "tribunnews", "viva")
SITES = TESTS / "benchmarks" / "sites"
ZONES = {"Asia/Jakarta": "+07:00", "Asia/Makassar": "+08:00", "Asia/Jayapura": "+09:00"}


@pytest.fixture
def newsstand() -> Iterator[Newsstand]:
    with serve(Newspaper(Settings(articles=20, days=7, crawl_delay=0), now=datetime.now(UTC))) as stand:
        yield stand


def new(url: str, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "LUMBUNG_STACK": "/nonexistent"}
    command = [str(LUMBUNG), "publishers", "new", url, "--output", str(folder), *words]
    return subprocess.run(command, env=environment, text=True, capture_output=True, check=False)


def test_the_file_names_what_was_found_with_its_source_and_a_crawl_with_it_stores_articles(
    newsstand: Newsstand, tmp_path: Path, database_url: str, database: Connection
) -> None:
    done = new(newsstand.url, tmp_path, "--key", "baru")
    assert done.returncode == 0, done.stdout + done.stderr
    text = (tmp_path / "baru.toml").read_text("utf-8")
    assert len(text.splitlines()) <= 20
    publisher = Publisher.from_file(tmp_path / "baru.toml")
    assert (publisher.name, publisher.home, publisher.local) == ("Harian Contoh", f"{newsstand.url}/", True)
    assert publisher.language == "id"
    # The newspaper prints the zone of the place: it depends on the day whether most of its newest pages have one.
    agreed = f" pages state {ZONES[publisher.timezone]}" in text
    assert agreed is not ("the zone is a guess" in text)
    assert publisher.unverified == (() if agreed else ("timezone",))
    assert publisher.feeds[0] == "/atom.xml"  # it tells when articles were changed, /rss does not
    assert '# <link rel="alternate"> of the front page: ' in text
    assert publisher.sitemaps == ("/sitemap.xml",)
    assert "# robots.txt: " in text
    assert f"# Seen {datetime.now(UTC):%Y-%m-%d}" in text
    assert publisher.article_url == (r"/news-\d+-[^/]+\.html$",)
    assert "/indeks may be an index page" in done.stdout

    environment = {"DATABASE_URL": database_url, "LUMBUNG_PUBLISHERS": str(tmp_path)}
    run_spider(
        "baru",
        environment,
        f"from_date={expected(newsstand.newspaper)['articles'][0]['published_at'][:10]}",
        settings=FAST,
    )
    with transaction(database) as cursor:
        cursor.execute("select balanced, stored > 20 from news.crawls")
        assert cursor.fetchall() == [(True, True)]


def test_a_file_that_is_there_is_not_touched_and_nobody_is_asked(newsstand: Newsstand, tmp_path: Path) -> None:
    (tmp_path / "baru.toml").write_text("# mine", "utf-8")
    done = new(newsstand.url, tmp_path, "--key", "baru")
    assert (done.returncode, (tmp_path / "baru.toml").read_text("utf-8")) == (1, "# mine")
    assert done.stderr == f"lumbung: {tmp_path}/baru.toml is there already; give another --key or --output\n"
    assert newsstand.requests == []


def test_where_nobody_answers_there_is_one_line_and_no_file(tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{free_port()}/"
    done = new(url, tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith(f"lumbung: {url}: ")
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("key", ["Koran", "1koran", "koran-desa"])
def test_a_key_that_is_none_is_refused_before_anybody_is_asked(newsstand: Newsstand, tmp_path: Path, key: str) -> None:
    done = new(newsstand.url, tmp_path, "--key", key)
    assert done.returncode == 1
    assert "key: " in done.stderr
    assert newsstand.requests == []


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://www.koran-desa.example/", "koran_desa"),
        ("https://news.koran.example:8443/", "news_koran"),
        ("http://127.0.0.1:8710/", "site_127_0_0_1"),
        ("https://24jam.example", "site_24jam"),
        ("http://localhost/", "localhost"),
    ],
)
def test_a_key_comes_from_the_host(url: str, key: str) -> None:
    assert key_of(url) == key


def test_patterns_found_at_sites_of_many_shapes_take_what_the_checked_files_take() -> None:
    days_ago = datetime.now(JAKARTA).date() - timedelta(days=4)
    with serve_internet(Internet(InternetSettings(keys=frozenset(SHAPES), first_day=days_ago))) as internet:
        found = scouted(internet.url, SHAPES)
    assert sorted(found) == sorted(SHAPES)
    for key, (text, urls) in found.items():
        checked = find_publisher(key)
        written = Publisher.from_table(key, tomllib.loads(text), where=key)
        assert len(text.splitlines()) <= 20
        assert len(urls) >= 10, key
        canonical = {canonicalise(url, checked) for url in urls}
        assert taken(written, canonical) == taken(checked, canonical), key


def scouted(url: str, keys: tuple[str, ...]) -> dict[str, tuple[str, list[str]]]:
    program = SUPPORT / "scouting_together.py"
    said = subprocess.check_output([sys.executable, str(program), url, *keys], text=True, env=PATHS)
    result: dict[str, tuple[str, list[str]]] = json.loads(said.splitlines()[-1])
    return result


def taken(publisher: Publisher, urls: set[str]) -> set[str]:
    return {url for url in urls if any(re.search(pattern, url) for pattern in publisher.article_url)}


@pytest.mark.parametrize("file", sorted(SITES.glob("*.toml")), ids=lambda path: path.stem)
def test_a_publisher_that_a_stock_generator_made_needs_no_python_and_few_lines(file: Path) -> None:
    publisher = Publisher.from_file(file)
    assert publisher.page == "spiders.reading.page.Page"
    assert len(file.read_text("utf-8").splitlines()) <= 20
    assert tomllib.loads(file.read_text("utf-8"))["article_url"]
