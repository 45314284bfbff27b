"""`lumbung publishers check` against a real newspaper: what it finds, what it calls a finding, what it leaves alone."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.spider_runs import FAST, run_spider
from support.throwaway import free_port

from pipelines.harvest.coverage import Coverage, usual_coverage
from pipelines.publishers.checkup import find_problems
from seeds.newsstand.newspaper import Newspaper, Settings
from seeds.newsstand.server import Newsstand, serve
from seeds.newsstand.truth import expected
from spiders.article import Entry
from spiders.publishers import find_publisher, publishers_folder
from spiders.scouting.checking import Check
from spiders.scouting.samples import Found, Reading
from spiders.scouting.ways import Way

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.database.connections import Connection

LUMBUNG = Path(sys.executable).with_name("lumbung")
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def newsstand() -> Iterator[Newsstand]:
    with serve(Newspaper(Settings(articles=10, days=7, crawl_delay=0), now=datetime.now(UTC))) as stand:
        yield stand


def check(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "LUMBUNG_STACK": "/nonexistent", "PGHOST": "/nonexistent", **variables}
    command = [str(LUMBUNG), "publishers", "check", *words]
    return subprocess.run(command, env=environment, text=True, capture_output=True, check=False)


def checked(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def changed(folder: Path, **keys: str) -> dict[str, str]:
    """The publisher `contoh` with other values, in a folder of its own."""
    text = (publishers_folder() / "contoh.toml").read_text("utf-8")
    for key, value in keys.items():
        text, count = re.subn(rf"^{key} = .*$", f"{key} = {value}", text, flags=re.MULTILINE)
        assert count, key
    (folder / "contoh.toml").write_text(text, "utf-8")
    return {"LUMBUNG_PUBLISHERS": str(folder)}


def test_a_publisher_as_its_file_says_is_fine_and_every_field_names_its_rule(newsstand: Newsstand) -> None:
    done = check("contoh", "--json", LUMBUNG_HOME_CONTOH=f"{newsstand.url}/")
    assert done.returncode == 0, done.stdout + done.stderr
    found = checked(done)
    assert found["needs_a_look"] == []
    assert found["without_history"].startswith("Postgres cannot be reached")
    (contoh,) = found["publishers"]
    assert [(way["kind"], way["allowed"], way["entries"] > 0, way["problem"]) for way in contoh["ways"]] == [
        (kind, True, True, None) for kind in ("feed", "feed", "sitemap", "index")
    ]
    newest = [datetime.fromisoformat(way["newest"]) for way in contoh["ways"]]
    assert all(datetime.now(UTC) - when < timedelta(days=3) for when in newest)
    assert [(robots["url"], robots["status"]) for robots in contoh["robots"]] == [(f"{newsstand.url}/robots.txt", 200)]
    assert [page["outcome"] for page in contoh["pages"]] == ["article"] * 3
    truth = {story["canonical_url"]: story for story in expected(newsstand.newspaper)["articles"]}
    for page in contoh["pages"]:
        story = truth[page["url"].partition("?")[0]]
        fields = {name: field["value"] for name, field in page["fields"].items()}
        assert fields["headline"] == story["headline"]
        assert datetime.fromisoformat(fields["published_at"]) == datetime.fromisoformat(story["published_at"])
        assert fields["paragraphs"].startswith(f"{len(story['paragraphs'])} paragraphs")
        assert page["fields"]["headline"]["rule"] == "selector"
        assert all(field["rule"] for field in page["fields"].values())


def test_a_check_is_a_handful_of_requests_and_none_where_robots_forbid(newsstand: Newsstand) -> None:
    assert check("contoh", LUMBUNG_HOME_CONTOH=f"{newsstand.url}/").returncode == 0
    paths = [request.path for request in newsstand.requests]
    assert paths[0] == "/robots.txt"
    assert paths.count("/robots.txt") == 1
    # Two feeds, a sitemap index and one of its sitemaps, the index pages of a day or two, three articles.
    assert len(paths) <= 10, paths


def test_people_read_ways_fields_and_a_verdict_and_what_is_usual(
    newsstand: Newsstand, database_url: str, database: Connection
) -> None:
    home = {"LUMBUNG_HOME_CONTOH": f"{newsstand.url}/"}
    run_spider("contoh", {"DATABASE_URL": database_url, **home}, settings=FAST)
    usual = usual_coverage(database, "contoh")
    assert (usual.articles > 10, usual.shares["headline"], usual.shares["published_at"]) == (True, 1.0, 1.0)
    assert 0 < usual.shares["modified_at"] < 1
    done = check("contoh", DATABASE_URL=database_url, **home)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"^  feed +allow +\d+ entries, newest 20\d\d-", done.stdout, re.MULTILINE)
    assert re.search(r"^  headline +3 of 3 +selector 3 +100% ", done.stdout, re.MULTILINE)
    assert f"usual, of {usual.articles}" in done.stdout
    assert done.stdout.splitlines()[-1] == "1 publisher is fine"
    assert done.stderr == ""


def test_a_feed_that_is_none_needs_a_look_and_cron_hears_of_it(newsstand: Newsstand) -> None:
    newsstand.set_fault("/rss", "html")
    done = check("contoh", "--quiet", LUMBUNG_HOME_CONTOH=f"{newsstand.url}/")
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == (
        f"needs a look: contoh: feed {newsstand.url}/rss: is not a feed: it is an HTML page"
    )


def test_no_way_that_answers_is_one_finding() -> None:
    home = f"http://127.0.0.1:{free_port()}/"
    done = check("contoh", "--json", LUMBUNG_HOME_CONTOH=home)
    assert done.returncode == 1
    (contoh,) = checked(done)["publishers"]
    assert len(contoh["problems"]) == 1
    assert contoh["problems"][0].startswith(f"no way of discovery answers: {home}rss: ")
    assert contoh["robots"] == []


def test_a_page_that_robots_disallow_is_a_finding_and_is_not_fetched(newsstand: Newsstand, tmp_path: Path) -> None:
    only = changed(tmp_path, article_url="['/cetak/']")
    done = check("contoh", "--json", LUMBUNG_HOME_CONTOH=f"{newsstand.url}/", **only)
    assert done.returncode == 1
    (contoh,) = checked(done)["publishers"]
    assert [(page["outcome"], page["allowed"]) for page in contoh["pages"]] == [("disallowed", False)]
    assert any(problem.startswith("robots.txt disallows 1 of the 1 newest pages") for problem in contoh["problems"])
    assert not any(request.path.startswith("/cetak/") for request in newsstand.requests)


def test_many_publishers_are_checked_by_one_process_and_a_broken_file_stops_no_other(
    newsstand: Newsstand, tmp_path: Path
) -> None:
    folder = changed(tmp_path, home=f'"{newsstand.url}/"')
    (tmp_path / "kembar.toml").write_text((tmp_path / "contoh.toml").read_text("utf-8"), "utf-8")
    (tmp_path / "rusak.toml").write_text('name = "x"\nhome = "http://127.0.0.1:1/"\njadwal = "x"', "utf-8")
    done = check("--json", "--articles", "1", **folder)
    assert done.returncode == 1
    found = checked(done)
    assert found["needs_a_look"] == ["rusak"]
    assert [(each["key"], len(each.get("pages", []))) for each in found["publishers"]] == [
        ("contoh", 1),
        ("kembar", 1),
        ("rusak", 0),
    ]
    assert "jadwal: unknown key" in found["publishers"][2]["problems"][0]


@pytest.mark.parametrize("words", [("kompass",), ("contoh", "--articles", "0")])
def test_what_cannot_be_asked_for_is_status_2(words: tuple[str, ...]) -> None:
    assert check(*words).returncode == 2


# What is a finding


def article(**fields: str) -> Reading:
    return Reading(url="https://k.example/a", fields={name: Found(value=v, rule="meta") for name, v in fields.items()})


def found(*readings: Reading, ways: tuple[Way, ...] | None = None) -> Check:
    entry = Entry(url="https://k.example/a", published_at=NOW)
    usual = (Way(kind="feed", url="https://k.example/rss", entries=(entry,)),)
    return Check(
        publisher=find_publisher("contoh"),
        checked_at=NOW,
        robots=(),
        ways=usual if ways is None else ways,
        readings=readings,
    )


WHOLE = article(headline="Panen", paragraphs="5", published_at="2026")


def test_a_field_is_missing_when_all_pages_lack_it_and_chance_would_not_do_that() -> None:
    usual = Coverage(articles=200, shares={"published_at": 1.0, "authors": 0.8, "reads": 0.5})
    assert list(find_problems(found(WHOLE, WHOLE, WHOLE), usual)) == [
        "authors: none of 3 articles states it, 80% of the stored ones do"
    ]
    assert list(find_problems(found(WHOLE, WHOLE, article(authors="Sari", published_at="2026")), usual)) == []
    assert list(find_problems(found(WHOLE), usual)) == []


def test_without_a_history_only_the_date_is_expected() -> None:
    assert list(find_problems(found(WHOLE), None)) == []
    assert list(find_problems(found(article(headline="Panen")), None)) == ["published_at: none of 1 article states it"]
    assert list(find_problems(found(WHOLE), Coverage(articles=0, shares={}))) == []


@pytest.mark.parametrize(
    ("readings", "problem"),
    [
        ([WHOLE, replace(WHOLE, outcome="no_body", detail="0 characters", fields={})], "no_body: 0 characters"),
        ([WHOLE, replace(WHOLE, outcome="failed", detail="HTTP 500", fields={})], "failed: HTTP 500"),
        ([replace(WHOLE, outcome="photo", fields={})], "none of the 1 newest pages is an article: photo"),
        ([WHOLE, replace(WHOLE, outcome="photo", fields={})], None),
        ([WHOLE, replace(WHOLE, outcome="subscribers_only", fields={})], None),
        ([WHOLE, WHOLE, WHOLE, replace(WHOLE, outcome="disallowed", allowed=False, fields={})], None),
    ],
)
def test_a_page_that_should_be_an_article_is_a_finding_and_another_kind_among_others_is_none(
    readings: list[Reading], problem: str | None
) -> None:
    problems = list(find_problems(found(*readings), None))
    assert [each.rpartition("/a: ")[2] for each in problems] == ([problem] if problem else [])


def test_a_publisher_that_has_fallen_silent_is_a_finding() -> None:
    old = Entry(url="https://k.example/a", published_at=NOW - timedelta(days=31))
    ways = (Way(kind="feed", url="https://k.example/rss", entries=(old,)),)
    assert list(find_problems(found(WHOLE, ways=ways), None)) == ["announces nothing newer than 2026-10-24"]


def test_a_file_without_any_way_is_a_finding() -> None:
    assert list(find_problems(found(ways=()), None)) == ["no feed, sitemap, index or section page in its file"]


def test_a_way_that_announces_nothing_is_a_finding() -> None:
    good = found(WHOLE).ways[0]
    ways = (good, Way(kind="sitemap", url="https://k.example/sitemap.xml"))
    assert list(find_problems(found(WHOLE, ways=ways), None)) == [
        "sitemap https://k.example/sitemap.xml: announces no article"
    ]
