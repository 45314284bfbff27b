"""The health of publishers from a real database: figures, order, JSON, terminal and HTML."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from support.stories import rows

from pipelines.database.connections import transaction
from pipelines.health.figures import DOUBTFUL, read_lists
from pipelines.health.judging import State
from pipelines.health.pages import detail, overview
from pipelines.health.report import Health, as_json, complete, complete_in_words, lines, read_health, run_of
from spiders.publishers import publishers_folder

if TYPE_CHECKING:
    import pytest

    from pipelines.database.connections import Connection

NOW = datetime.now(UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LUMBUNG = Path(sys.executable).with_name("lumbung")


def crawl(database: Connection, publisher: str, started_at: datetime, **columns: Any) -> int:
    row = {
        "publisher": publisher, "started_at": started_at, "finished_at": started_at, "finish_reason": "finished",
        "polls": 2, "polls_unchanged": 1, **columns,
    }  # fmt: skip
    with transaction(database) as cursor:
        cursor.execute(
            f"insert into lumbung.crawl ({', '.join(row)}) values ({', '.join(['%s'] * len(row))}) returning crawl_id",
            [*row.values()],
        )
        return int((cursor.fetchone() or (0,))[0])


def page(database: Connection, publisher: str, crawl_id: int, name: str, **columns: Any) -> None:
    """An article that appeared `published_at`, or with a `reason` a rejected page."""
    url = f"https://{publisher}.example/{name}"
    with transaction(database) as cursor:
        cursor.execute(
            "insert into lumbung.page (publisher, url, canonical_url, state)"
            " values (%s, %s, %s, 'done') returning page_id",
            [publisher, url, url],
        )
        (page_id,) = cursor.fetchone() or (0,)
        row: dict[str, Any] = {"page_id": page_id, "publisher": publisher, "url": url, "crawl_id": crawl_id, **columns}
        table = "rejection"
        if "reason" not in columns:
            table = "article"
            row = {
                "canonical_url": url, "headline": f"Berita {name} <b>", "paragraphs": ["Padi."], "text_hash": "0" * 32,
                "fetched_at": row["first_fetched_at"], **row,
            }  # fmt: skip
        else:
            row.setdefault("rejected_at", NOW)
        cursor.execute(
            f"insert into lumbung.{table} ({', '.join(row)}) values ({', '.join(['%s'] * len(row))})", [*row.values()]
        )


def health(database: Connection, key: str) -> Health:
    return next(each for each in read_health(database, NOW) if each.key == key)


def test_the_run_of_a_crawl_is_known_by_its_name() -> None:
    assert run_of("crawl_antara/manual__1+2/3") == ("crawl_antara", "manual__1+2")
    assert run_of("crawl_many/manual__1/7/2") == ("crawl_many", "manual__1"), "one of many crawls of a run"
    assert [run_of(name) for name in (None, "", "by hand", "a/b")] == [None] * 4


def test_the_figures_of_a_publisher(database: Connection) -> None:
    first = crawl(database, "antara", NOW - 20 * DAY)
    last = crawl(database, "antara", NOW - HOUR, run_id="crawl_antara/scheduled__2026-11-24T12:00:00+00:00/1")
    for hour, delay in ((30, 1), (20, 2), (10, 10)):
        at = NOW - hour * HOUR
        page(
            database,
            "antara",
            last,
            f"a{hour}",
            published_at=at,
            first_fetched_at=at + delay * HOUR,
            quality=hour / 100,
        )
    page(database, "antara", last, "old", published_at=NOW - 30 * DAY, first_fetched_at=NOW)
    page(database, "antara", last, "undated", published_at=None, first_fetched_at=NOW, quality=0.9)
    page(database, "antara", last, "future", published_at=NOW + DAY, first_fetched_at=NOW)
    page(database, "antara", last, "v1", reason="video")
    page(database, "antara", last, "v2", reason="video")
    page(database, "antara", first, "v3", reason="gone")
    known = health(database, "antara").figures
    assert known is not None
    assert (known.dated, known.longest_pause, known.newest_at) == (3, 10 * HOUR, NOW - 10 * HOUR)
    assert (known.delay_p50, known.delay_p95) == (2 * HOUR, 10 * HOUR)
    assert (known.latest, known.doubtful, known.repeats) == (6, 2, 0)
    assert known.rejected_by_reason == {"video": 2}, "of the last seven days"
    assert (known.last_started_at, known.last_good_at) == (NOW - HOUR, NOW - HOUR)
    assert known.last_crawl is not None
    assert known.last_crawl.crawl_id == last
    assert health(database, "antara").run == "scheduled__2026-11-24T12:00:00+00:00"
    assert (known.fields_now, known.fields_before) == ({}, {})
    assert sum(health(database, "antara").days) == 3, "the last fourteen days, by their day in its zone"


def test_repeats_and_fields_come_from_the_last_articles(database: Connection) -> None:
    number = crawl(database, "antara", NOW - DAY)
    for place in range(80):
        page(
            database, "antara", number, f"a{place}", published_at=NOW - place * HOUR if place % 2 else None,
            first_fetched_at=NOW - place * timedelta(minutes=1), authors=["Sari"] if place >= 40 else [],
            section="Desa" if place < 10 else None,
        )  # fmt: skip
    first, second = (row[0] for row in rows(database, "select article_id from lumbung.article order by 1 limit 2"))
    with transaction(database) as cursor:
        cursor.execute(
            "insert into lumbung.cluster_member (article_id, cluster_id, canonical)"
            " values (%s, %s, true), (%s, %s, false)",
            [first, first, second, first],
        )
    known = health(database, "antara").figures
    assert known is not None
    assert (known.latest, known.repeats) == (80, 1)
    assert known.fields_now == {"published_at": 0.5, "authors": 0.0, "section": 0.25}
    assert known.fields_before == {"published_at": 0.5, "authors": 1.0, "section": 0.0}
    assert health(database, "antara").judgement.state is State.DRIFTING


def test_a_crawl_that_goes_on_hides_nothing_and_one_that_found_nothing_is_no_good_one(database: Connection) -> None:
    crawl(database, "antara", NOW - 3 * HOUR)
    crawl(database, "antara", NOW - 2 * HOUR, polls_failed=2, polls_unchanged=0, problems=["timeout"])
    crawl(database, "antara", NOW - HOUR, finished_at=None, finish_reason=None)
    found = health(database, "antara")
    assert found.judgement == (
        State.FAILING,
        "nothing could be fetched from antara: timeout; the last good crawl ended 3 h ago",
    )


def test_every_publisher_has_a_line_the_worst_first_and_one_without_a_file_too(
    database: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key in ("antara", "kompas"):
        (tmp_path / f"{key}.toml").write_text((publishers_folder() / f"{key}.toml").read_text("utf-8"))
    (tmp_path / "rusak.toml").write_text("name = 3")
    monkeypatch.setenv("LUMBUNG_PUBLISHERS", str(tmp_path))
    crawl(database, "kompas", NOW - timedelta(minutes=5))
    crawl(database, "lama", NOW - DAY)
    found = read_health(database, NOW)
    assert [(each.key, each.judgement.state) for each in found] == [
        ("rusak", State.FAILING),
        ("lama", State.LOOK),
        ("kompas", State.GOOD),
        ("antara", State.NEW),
    ]
    assert "rusak.toml" in found[0].judgement.reason
    told = [*lines(found)]
    assert told[0].split() == [
        "state",
        "publisher",
        "new,",
        "14",
        "days",
        "today",
        "complete",
        "delay",
        "rejected",
        "reason",
    ]
    assert told[-1] == "1 failing, 1 look, 1 good, 1 new"
    plain = json.loads(json.dumps(as_json(found, NOW)))
    assert [each["publisher"] for each in plain["publishers"]] == ["rusak", "lama", "kompas", "antara"]
    assert plain["publishers"][2]["last_asked_at"] == (NOW - timedelta(minutes=5)).isoformat()
    assert len(plain["publishers"][3]["stored_by_day"]) == 14


def test_the_command_says_what_is_wrong_and_its_status_too(database_url: str, database: Connection) -> None:
    crawl(database, "kompas", NOW)

    def lumbung(*words: str) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": os.environ["PATH"], "DATABASE_URL": database_url}
        return subprocess.run([LUMBUNG, "health", *words], env=environment, text=True, capture_output=True, check=False)

    quiet = lumbung("--quiet")
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, "", "")
    crawl(database, "antara", NOW - DAY)
    quiet = lumbung("--quiet")
    assert quiet.returncode == 1
    assert quiet.stdout.splitlines()[1].startswith("overdue  ANTARA News ")
    assert quiet.stdout.splitlines()[-1] == "1 overdue"
    one = lumbung("kompas", "--json")
    assert (one.returncode, [each["state"] for each in json.loads(one.stdout)["publishers"]]) == (0, ["good"])
    wrong = lumbung("antra")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "antara" in wrong.stderr


def test_the_pages_show_all_of_it_and_what_publishers_write_stays_text(database: Connection) -> None:
    number = crawl(database, "antara", NOW, run_id="crawl_antara/manual__1+2/3", problems=["<script>alert(1)</script>"])
    page(database, "antara", number, "a", published_at=NOW, first_fetched_at=NOW, quality=DOUBTFUL / 2)
    page(database, "antara", number, "b", reason="no_body", detail="<img src=x onerror=alert(1)>")
    with transaction(database) as cursor:
        cursor.execute("update lumbung.article set url = 'javascript:alert(1)'")
    found = read_health(database, NOW)
    each = health(database, "antara")
    lists = read_lists(database, "antara")
    assert {name: len(listed) for name, listed in lists.items()} == dict.fromkeys(
        ("crawls", "rejected", "doubtful", "newest"), 1
    )
    for html in (overview(found, NOW), detail(each, lists, NOW)):
        assert "<script>alert" not in html
        assert "<img" not in html
        assert "javascript:" not in html
    shown = detail(each, lists, NOW)
    assert "&lt;script&gt;alert(1)" in shown
    assert "Berita a &lt;b&gt;" in shown
    assert 'href="../../dags/crawl_antara/runs/manual__1%2B2"' in shown
    assert overview(found, NOW).count("<tr data-name=") == len(found) > 70
    assert 'aria-label="articles a day, today last: 0, 0' in overview(found, NOW)


def test_what_was_missed_is_told_in_words_and_never_rounded_up(database: Connection) -> None:
    number = crawl(database, "antara", NOW - 3 * DAY)
    day = (NOW + timedelta(hours=7)).date() - DAY  # in Jakarta
    noon = datetime(day.year, day.month, day.day, 5, tzinfo=UTC)
    with transaction(database) as cursor:
        cursor.execute("insert into lumbung.publisher (publisher, timezone) values ('antara', 'Asia/Jakarta')")
        cursor.execute(
            "insert into lumbung.page (publisher, url, canonical_url, announced_at, ways)"
            " select 'antara', 'https://antara.example/due', 'https://antara.example/due', %s, 1",
            [noon],
        )
    for place in range(199):
        page(database, "antara", number, f"a{place}", published_at=noon, first_fetched_at=NOW)
    known = health(database, "antara").figures
    assert known is not None
    assert complete(known) == ""
    assert "nobody knows: no list was watched" in complete_in_words(known)
    with transaction(database) as cursor:
        cursor.execute(
            "insert into lumbung.poll (url_key, publisher, url, way, shown_since, shown_until)"
            " values (lumbung.url_key('x'), 'antara', 'x', 1, %s, %s)",
            [NOW - 5 * DAY, NOW],
        )
    each = health(database, "antara")
    assert each.figures is not None
    assert complete(each.figures) == "99 %", "199 of 200"
    assert f"Of {day}, 99 % is stored: 199 of 200 articles" in complete_in_words(each.figures)
    assert as_json([each], NOW)["publishers"][0]["completeness"] == 199 / 200
    for html in (overview([each], NOW), detail(each, read_lists(database, "antara"), NOW)):
        assert "199 of 200 articles that lists have shown" in html
        assert "one kind of list alone" in html
