"""The publisher files that ship: facts have evidence, patterns tell articles from lists, crawls start apart."""

from __future__ import annotations

import gzip
import json
import re
import tomllib
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from croniter import croniter
from support.checkout import ROOT

from spiders.article import Article
from spiders.discovery.documents import parse_feed, parse_section
from spiders.publishers import Publisher, find_publisher, load_publishers, publishers_folder
from spiders.publishers.urls import canonicalise
from spiders.reading.page import Page

if TYPE_CHECKING:
    from collections.abc import Iterator

SHIPPED = sorted(path.stem for path in publishers_folder().glob("*.toml"))
REAL = [key for key in SHIPPED if key != "contoh"]
URLS: dict[str, dict[str, list[str]]] = tomllib.loads(
    (Path(__file__).parent / "publisher_urls.toml").read_text("utf-8")
)
DISCOVERY = ("feeds", "sitemaps", "index", "sections")
UNSOURCED = {"name", "home", "domains", "language", "timezone", "schedule", "lookback_days", "poll_minutes"}
"""Keys that say what a publisher is and when to look; the rest are facts that somebody must have seen."""
LAYOUT = {"page_size", "max_pages"}
"""How far an index is walked; its address carries the evidence."""
NO_CODES = {"AI", "LD", "TV", "URL", "UTC", "VOA", "WIB"}
"""Words of comments that look like codes."""
LONGEST, NETWORKS = 25, {"tribun_wib": 27}
"""Lines of an ordinary file, and of those that list a network's papers."""
MOST_AT_ONCE = 3


def text_of(key: str) -> str:
    return (publishers_folder() / f"{key}.toml").read_text("utf-8")


def facts(text: str) -> Iterator[tuple[str, str]]:
    """Path of each value (`article_url.1`, `index.0.url`, `rules.body`) with the comments beside and right above it."""
    tables: Counter[str] = Counter()
    table = key = opening = above = ""
    item = 0
    for line in text.splitlines():
        code, _, comment = line.partition(" # ") if not line.startswith("#") else ("", "", line[1:])
        inside, code = line.startswith((" ", "]")), code.strip()
        if not code:
            above = f"{above} {comment}" if comment else ""
            continue
        if code.startswith("[") and not inside:
            table = code.strip("[]")
            key, above = "", ""
            if code.startswith("[["):
                tables[table] += 1
                table = f"{table}.{tables[table] - 1}"
            continue
        if not inside:
            key, _, value = code.partition(" = ")
            opening, item, above = f"{above} {comment}", 0, ""
            if value != "[":
                yield ".".join(filter(None, (table, key))), opening
        elif code != "]":
            yield ".".join(filter(None, (table, key, str(item)))), f"{opening} {above} {comment}"
            item, above = item + 1, ""


def value_at(table: dict[str, Any], path: str) -> object:
    value: Any = table
    for part in path.split("."):
        value = value[int(part)] if isinstance(value, list) else value[part]
    return value


def unverified(path: str, publisher: Publisher) -> bool:
    return any(path == known or path.startswith(f"{known}.") for known in publisher.unverified)


def is_fact(path: str) -> bool:
    parts = path.split(".")
    return parts[0] not in UNSOURCED | {"unverified"} and parts[-1] not in LAYOUT


def codes() -> set[str]:
    """The first column of SOURCES.md; "saved page" stands for pages and indexes that somebody kept."""
    rows = re.findall(r"^\| ([\w ,]+) \| [^|]*\d", text_of_sources(), re.MULTILINE)
    rows += re.findall(r"^\| (\w+) \| undated", text_of_sources(), re.MULTILINE)
    return {code.strip() for row in rows for code in row.split(",")} | {"saved page", "saved index"}


def text_of_sources() -> str:
    return (publishers_folder() / "SOURCES.md").read_text("utf-8")


def named(comment: str) -> set[str]:
    """Codes of sources in a comment; what it quotes from pages does not count."""
    found = set(re.findall(r"\b(?:[A-Z]{2,3}|F\d|N)\b", re.sub('".*?"', "", comment))) - NO_CODES
    return found | {kind for kind in ("saved page", "saved index") if kind in comment}


def is_article(publisher: Publisher, url: str) -> bool:
    identity = canonicalise(url, publisher)
    return publisher.owns(identity) and any(re.search(pattern, identity) for pattern in publisher.article_url)


def announced(publisher: Publisher) -> list[str]:
    addresses = [publisher.absolute(each) for each in (*publisher.feeds, *publisher.sitemaps, *publisher.sections)]
    return addresses + [
        index.page_url(publisher.home, date(2026, 11, 24), page) for index in publisher.indexes for page in (1, 2)
    ]


def test_more_than_sixty_real_publishers_load_and_the_readme_counts_them() -> None:
    assert len(REAL) >= 60
    assert list(load_publishers()) == SHIPPED
    assert f"{len(REAL)} Indonesian publishers ship" in (ROOT / "README.md").read_text("utf-8")


@pytest.mark.parametrize("key", SHIPPED)
def test_a_publisher_can_discover_on_its_own_domains(key: str) -> None:
    publisher = find_publisher(key)
    assert publisher.key == key
    assert publisher.article_url
    addresses = announced(publisher)
    assert addresses
    assert all(publisher.owns(address) for address in addresses)


@pytest.mark.parametrize("key", SHIPPED)
def test_a_file_is_short_and_names_only_its_own_keys_as_unverified(key: str) -> None:
    text = text_of(key)
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert len(lines) <= NETWORKS.get(key, LONGEST)
    for path in find_publisher(key).unverified:
        assert value_at(tomllib.loads(text), path)


@pytest.mark.parametrize("key", REAL)
def test_every_fact_has_evidence_or_is_called_unverified(key: str) -> None:
    publisher = find_publisher(key)
    bare = [
        path
        for path, comment in facts(text_of(key))
        if is_fact(path) and not unverified(path, publisher) and not named(comment) & codes()
    ]
    assert not bare, f"{key}.toml: no source beside {', '.join(bare)}: add one, or name it in `unverified`"


@pytest.mark.parametrize("key", REAL)
def test_one_way_of_discovery_at_least_is_confirmed(key: str) -> None:
    publisher = find_publisher(key)
    confirmed = [
        path
        for path, comment in facts(text_of(key))
        if path.startswith(DISCOVERY) and not unverified(path, publisher) and named(comment) & codes() - {"F5"}
    ]
    assert confirmed, f"{key}.toml: nobody saw one of its feeds, sitemaps, indexes or sections"


@pytest.mark.parametrize("key", REAL)
def test_every_source_named_is_explained(key: str) -> None:
    comments = " ".join(re.findall(r"(?:^| )# (.*)$", text_of(key), re.MULTILINE))
    assert named(comments) <= codes(), "SOURCES.md explains what the codes stand for"


def test_the_evidence_of_a_file_is_read_as_people_read_it() -> None:
    text = """name = "Warta"
# N 2026-08-17
feeds = ["/rss", "/feed"]
sitemaps = [  # F1 2026-07
    "/a.xml",
    "/b.xml",  # GK
]
article_url = ["x"]

[[index]]
url = "/i"  # AN
[[index]]
# BC
url = "/j"

[rules]
body = ["#isi p"]  # EX
"""
    read = {path: named(comment) for path, comment in facts(text)}
    assert read == {
        "name": set(),
        "feeds": {"N"},
        "sitemaps.0": {"F1"},
        "sitemaps.1": {"F1", "GK"},
        "article_url": set(),
        "index.0.url": {"AN"},
        "index.1.url": {"BC"},
        "rules.body": {"EX"},
    }


def test_every_publisher_has_example_addresses() -> None:
    assert sorted(URLS) == SHIPPED
    for key, urls in URLS.items():
        assert len(urls["accept"]) >= 2, key
        assert urls["refuse"], key


@pytest.mark.parametrize("key", SHIPPED)
def test_addresses_of_articles_are_recognised_and_each_pattern_knows_one(key: str) -> None:
    publisher = find_publisher(key)
    urls = URLS[key]["accept"]
    assert [url for url in urls if not is_article(publisher, url)] == []
    identities = [canonicalise(url, publisher) for url in urls]
    for pattern in publisher.article_url:
        assert any(re.search(pattern, identity) for identity in identities), f"no example of {pattern}"
    assert len(set(identities)) == len(identities)


@pytest.mark.parametrize("key", SHIPPED)
def test_front_pages_lists_and_galleries_are_no_articles(key: str) -> None:
    publisher = find_publisher(key)
    assert [
        url for url in [publisher.home, *announced(publisher), *URLS[key]["refuse"]] if is_article(publisher, url)
    ] == []


@pytest.mark.parametrize("key", SHIPPED)
def test_an_article_belongs_to_one_publisher(key: str) -> None:
    for url in URLS[key]["accept"]:
        owners = [other.key for other in load_publishers().values() if is_article(other, url)]
        assert owners == [key], url


def test_schedules_are_spread_so_that_few_crawls_start_in_one_minute() -> None:
    day = datetime(2026, 11, 24, tzinfo=UTC)
    starts: Counter[datetime] = Counter()
    for publisher in load_publishers().values():
        moments = croniter(publisher.schedule, (day - timedelta(seconds=1)).astimezone(publisher.zone))
        while (moment := moments.get_next(datetime).astimezone(UTC)) < day + timedelta(days=1):
            starts[moment] += 1
    busiest, count = starts.most_common(1)[0]
    quiet = min(range(60), key=lambda minute: sum(n for moment, n in starts.items() if moment.minute == minute))
    assert count <= MOST_AT_ONCE, f"{count} crawls start at {busiest:%H:%M} UTC; minute {quiet} is the quietest"


def test_all_598_real_gatra_urls_are_articles_and_stay_distinct(shared: Path) -> None:
    gatra = find_publisher("gatra")
    urls = {record["url"] for record in json.loads((shared / "feeds/gatra__records-2020-04.json").read_text("utf-8"))}
    assert len(urls) == 598
    assert all(is_article(gatra, url) for url in urls)
    assert len({canonicalise(url, gatra) for url in urls}) == 598


LISTS = {
    "antaranews__anpandu-2015.xml": ("antara", 20),
    "detik__anpandu-2015.xml": ("detik", 20),
    "detik__homepage-2022-11.html": ("detik", 64),
    "detik__indeks-2024-10.html": ("detik", 16),
    "kapanlagi__anpandu-2015.xml": ("kapanlagi", 3),
    "kompas__anpandu-2015.html": ("kompas", 10),
    "liputan6__anpandu-2015.html": ("liputan6", 95),
    "metrotvnews__rojak-2016-topic.html": ("metrotvnews", 23),
    "okezone__anpandu-2015.html": ("okezone", 22),
    "republika__anpandu-2015.xml": ("republika", 10),
    "tempo-english__anpandu-2015.html": ("tempo_english", 49),
    "tempo__anpandu-2015.html": ("tempo", 65),
    "viva__anpandu-2015.html": ("viva", 30),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_saved_feed_or_list_announces_the_articles_its_publisher_is_known_for(shared: Path, name: str) -> None:
    key, count = LISTS[name]
    publisher = find_publisher(key)
    data = (shared / "feeds" / name).read_bytes()
    read = parse_feed if name.endswith(".xml") else parse_section
    assert len(read(data, publisher.home, publisher)) == count


def test_saved_indonesian_pages_are_read_with_their_publishers_files(shared: Path) -> None:
    publishers = list(load_publishers().values())
    read, galleries = Counter[str](), []
    for folder in sorted((shared / "pages").iterdir()):
        expected = json.loads((folder / "expected.json").read_text("utf-8")) if folder.is_dir() else {}
        url = str(expected.get("url") or "")
        owner = next((each for each in publishers if each.owns(url)), None)
        if owner is None or owner.language not in str(expected.get("language", "")):
            continue
        html = gzip.decompress((folder / "page.html.gz").read_bytes())
        owner = next((each for each in publishers if is_article(each, url)), owner)
        outcome = Page(html, url, owner, fetched_at=datetime(2026, 11, 24, tzinfo=UTC)).article()
        if is_article(owner, url):
            assert isinstance(outcome, Article), (folder.name, outcome)
            read[owner.key] += 1
        else:
            galleries.append(url)
    assert read.total() >= 9
    assert all("//photo." in url for url in galleries)
