"""Harian Contoh keeps its promises: equal bytes for equal settings, honest validators, and the truth about itself."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from calendar import timegm
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from http.client import HTTPConnection, RemoteDisconnected
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

import feedparser
import pytest
from lxml import etree, html
from protego import Protego

from seeds.newsstand import Newspaper, Newsstand, Settings, serve
from seeds.newsstand.almanac import JAKARTA
from spiders.article import Article, Rejection
from spiders.page import Page
from spiders.publishers import Publisher

if TYPE_CHECKING:
    from collections.abc import Iterator

SEEDS = Path(__file__).resolve().parents[1] / "seeds"
FOUNDED = date(2026, 11, 20)
NOON = datetime(2026, 11, 22, 12, tzinfo=JAKARTA)
BOILERPLATE = re.compile(
    r"^(baca juga|advertisement|scroll to|halaman \d|komentar|bagikan|tag:|artikel khusus)", re.IGNORECASE
)


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


def ask(url: str, method: str = "GET", **headers: str) -> Answer:
    parts = urlsplit(url)
    connection = HTTPConnection(parts.netloc, timeout=30)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    connection.request(method, target, headers={name.replace("_", "-"): value for name, value in headers.items()})
    response = connection.getresponse()
    answer = Answer(response.status, dict(response.getheaders()), response.read())
    connection.close()
    return answer


def paper(**settings: Any) -> Newspaper:
    return Newspaper(Settings(**{"founded": FOUNDED, **settings}), now=NOON)


@pytest.fixture
def stand() -> Iterator[Newsstand]:
    with serve(paper()) as newsstand:
        yield newsstand


@pytest.fixture(scope="module")
def truth() -> dict[str, Any]:
    return paper().expected()


def of_kind(truth: dict[str, Any], special: str) -> list[dict[str, Any]]:
    return [article for article in truth["articles"] if article["special"] == special]


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


def announced(stand: Newsstand) -> set[str]:
    """Paths in the monthly sitemaps."""
    index = etree.fromstring(ask(stand.url + "/sitemap.xml").body)
    maps = [loc.text or "" for loc in index.iter("{*}loc")]
    pages = [etree.fromstring(ask(url).body) for url in maps if "news" not in url]
    return {urlsplit(loc.text or "").path for page in pages for loc in page.iter("{*}loc")}


def etags(stand: Newsstand) -> dict[str, str]:
    """The validator of every announced page that exists."""
    answers = {path: ask(stand.url + path, "HEAD") for path in announced(stand)}
    return {path: answer.headers["ETag"] for path, answer in answers.items() if answer.status == 200}


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


def test_another_seed_is_another_newspaper() -> None:
    first, second = ({article["text"] for article in paper(seed=seed).expected()["articles"]} for seed in (1, 2))
    assert len(first & second) == 1  # the seed article


def test_it_is_as_large_and_as_varied_as_promised(truth: dict[str, Any]) -> None:
    counts = truth["counts"]
    assert counts["articles"] >= 120
    assert len(counts["sections"]) == 6
    assert min(counts["sections"].values()) >= 15
    assert counts["rejections"] == dict.fromkeys(["disallowed", "gone", "photo", "subscribers_only", "video"], 1)
    assert counts["duplicates"] == 10
    assert counts["stories"] + counts["duplicates"] == counts["articles"]
    assert {article["published_at"][-6:] for article in truth["articles"]} == {"+07:00", "+08:00", "+09:00"}
    assert {article["paywalled"] for article in truth["articles"]} == {True, False, None}
    assert any(article["reads"] is None for article in truth["articles"])


def test_the_seed_article_is_the_seed_text(truth: dict[str, Any]) -> None:
    (seed,) = of_kind(truth, "seed")
    assert seed["text"] == (SEEDS / "article.txt").read_text("utf-8")
    assert seed["published_at"].startswith("2026-11-17")


def test_the_committed_seed_is_the_given_one(shared: Path) -> None:
    (given,) = (shared / "seed").glob("*.txt")
    assert (SEEDS / "article.txt").read_bytes() == given.read_bytes()


def test_every_page_read_by_the_spiders_gives_its_expected_article(stand: Newsstand) -> None:
    publisher = Publisher.from_file(SEEDS / "publishers" / "contoh.toml")
    truth = stand.newspaper.expected()
    for article in truth["articles"]:
        answer = ask(article["url"] + "?page=all")
        encoding = "utf-8" if "utf-8" in answer.headers["Content-Type"] else None
        page = Page(answer.body, article["url"], publisher, fetched_at=NOON, encoding=encoding)
        outcome = page.article()
        assert isinstance(outcome, Article), article["url"]
        assert outcome.paragraphs == tuple(article["paragraphs"])
        assert (outcome.headline, outcome.reads) == (
            article["headline"].replace("\ufffd", outcome.headline[-1]),
            article["reads"],
        )
        assert outcome.published_at == datetime.fromisoformat(article["published_at"])
    for rejection in truth["rejections"]:
        answer = ask(rejection["url"])
        if rejection["reason"] in {"photo", "video", "subscribers_only"}:
            outcome = Page(answer.body, rejection["url"], publisher, fetched_at=NOON, encoding="utf-8").article()
            assert isinstance(outcome, Rejection)
            assert outcome.reason == rejection["reason"]


def test_expected_texts_hold_no_boilerplate(truth: dict[str, Any]) -> None:
    lines = [line for article in truth["articles"] for line in article["paragraphs"]]
    assert len(lines) > 1200
    assert not [line for line in lines if BOILERPLATE.match(line) or line != line.strip(" \t\n")]


def shingles(article: dict[str, Any]) -> set[tuple[str, ...]]:
    words = " ".join(article["paragraphs"]).lower().split()
    return {tuple(words[start : start + 5]) for start in range(len(words) - 4)}


def test_copies_are_near_duplicates_and_nothing_else_is(truth: dict[str, Any]) -> None:
    cut = [(article["duplicate_of"] or article["canonical_url"], shingles(article)) for article in truth["articles"]]
    for (one, first), (other, second) in combinations(cut, 2):
        containment = len(first & second) / min(len(first), len(second))
        assert containment >= 0.7 if one == other else containment < 0.1


def test_exact_copies_have_the_same_paragraphs(truth: dict[str, Any]) -> None:
    by_url = {article["canonical_url"]: article for article in truth["articles"]}
    copies = of_kind(truth, "exact")
    assert len(copies) == 2
    assert all(copy["paragraphs"] == by_url[copy["duplicate_of"]]["paragraphs"] for copy in copies)


def test_index_pages_of_more_than_sixty_days_list_what_the_sitemaps_announce(stand: Newsstand) -> None:
    listed: set[str] = set()
    days = [stand.newspaper.first_day + timedelta(offset) for offset in range(64)]
    for day in days:
        found = html.fromstring(ask(f"{stand.url}/indeks?date={day}&page=1").body).cssselect("ul.indeks-list a")
        assert found or day >= FOUNDED
        listed |= {urlsplit(link.get("href", "")).path for link in found}
    assert listed == announced(stand)


def test_a_full_day_is_split_into_pages_of_ten() -> None:
    with serve(paper(articles=2000)) as stand:
        page = f"{stand.url}/indeks?date=2026-11-01&page="
        counts = [len(html.fromstring(ask(page + n).body).cssselect("ul.indeks-list a")) for n in "12345"]
    assert counts[:3] == [10, 10, 10]
    assert counts[4] == 0


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


@pytest.mark.parametrize("path", ["/rss", "/atom.xml"])
def test_feeds_parse_and_hold_the_newest_forty(stand: Newsstand, path: str) -> None:
    feed = feedparser.parse(ask(stand.url + path).body)
    newest = list(reversed(stand.newspaper.visible()))[:40]
    assert not feed.bozo
    assert [urlsplit(entry.link).path for entry in feed.entries] == [stand.newspaper.link(plan).path for plan in newest]
    assert [datetime.fromtimestamp(timegm(entry.published_parsed), UTC) for entry in feed.entries] == [
        plan.published_at for plan in newest
    ]


def test_the_news_sitemap_holds_two_days(stand: Newsstand) -> None:
    tree = etree.fromstring(ask(stand.url + "/sitemap-news.xml").body)
    dates = [datetime.fromisoformat(node.text or "") for node in tree.iter("{*}publication_date")]
    assert len(dates) >= 3
    assert all(NOON - timedelta(days=2) <= moment <= NOON for moment in dates)


def test_time_brings_articles_and_changes_no_old_page(stand: Newsstand) -> None:
    before = etags(stand)
    stand.newspaper.pinned_now = NOON + timedelta(days=12)
    after = etags(stand)
    assert 20 <= len(after) - len(before) <= 32
    assert {path: after[path] for path in before} == before


def test_edition_two_changes_exactly_one_article(stand: Newsstand) -> None:
    before, old = etags(stand), stand.newspaper.expected()
    stand.newspaper.pinned_now = NOON + timedelta(minutes=5)
    assert ask(stand.url + "/_newsstand/edition?number=2", "POST").status == 200
    after, new = etags(stand), stand.newspaper.expected()
    (changed,) = [path for path in before if after[path] != before[path]]
    (one,), (two,) = of_kind(old, "changing"), of_kind(new, "changing")
    assert urlsplit(two["url"]).path == changed
    assert (one["headline"], new["counts"]["revisions"]) == (two["headline"], 1)
    assert len(set(one["paragraphs"]) ^ set(two["paragraphs"])) == 2
    corrected = (NOON + timedelta(minutes=5)).isoformat()
    assert datetime.fromisoformat(two["modified_at"]).isoformat() != one["modified_at"]
    for path in ("/atom.xml", "/sitemap-2026-11.xml", "/sitemap.xml"):
        assert corrected in ask(stand.url + path).body.decode()
    assert two["modified_at"] in ask(two["url"]).body.decode()


def test_a_split_article_is_whole_only_on_request(stand: Newsstand) -> None:
    split = next(plan for plan in stand.newspaper.visible() if plan.shape == "long")
    url = stand.url + stand.newspaper.link(split).path
    bodies = {part: ask(f"{url}?page={part}").body.decode() for part in ("1", "2", "3", "all")}
    assert "Halaman 1 dari 3" in bodies["1"]
    assert ask(url).body.decode() == bodies["1"]
    last = stand.newspaper.story(split).paragraphs[-1][:20].replace('"', "&quot;")
    assert [last in body for body in bodies.values()] == [False, False, True, True]


def test_special_pages_are_what_they_are_for(stand: Newsstand) -> None:
    truth = stand.newspaper.expected()
    reasons = {entry["reason"]: entry["url"] for entry in truth["rejections"]}
    assert ask(reasons["gone"]).status == 404
    assert b'"ImageGallery"' in ask(reasons["photo"]).body
    assert b'"VideoObject"' in ask(reasons["video"]).body
    legacy = ask(of_kind(truth, "legacy")[0]["url"])
    assert legacy.headers["Content-Type"] == "text/html"
    assert "“Kopi Tjap Moeka” menyajikan crème brûlée" in legacy.body.decode("windows-1252")
    unstorable = ask(of_kind(truth, "unstorable")[0]["url"]).body
    assert all(escape in unstorable for escape in (b"&#0;", b"&#xD800;", b"\\u0000", b"\\ud800"))
    assert b'"isAccessibleForFree": false' in ask(of_kind(truth, "paywalled")[0]["url"]).body


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


def test_five_thousand_articles_are_a_newspaper_too() -> None:
    with serve(paper(articles=5000)) as stand:
        assert len(announced(stand)) == len(stand.newspaper.visible()) > 5000
        paths = [stand.newspaper.link(plan).path for plan in stand.newspaper.visible()[::100]]
        assert sum(ask(stand.url + path).status == 200 for path in paths) >= 50


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
