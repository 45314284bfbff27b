"""Rounds of the watch: real processes, real newspapers on loopback, a real Postgres."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
from support.scripted_press import Answer, write_publisher
from support.watching import Town, start_round, wait_for

from pipelines.harvest.crawl import run_crawl
from pipelines.harvest.ledger import imbalance, read_crawl
from pipelines.watch.due import wake
from spiders.errors import AT_WORK

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pipelines.database.connections import Connection


@pytest.fixture
def town(tmp_path: Path, database: Connection, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    monkeypatch.setenv("LUMBUNG_PUBLISHERS", str(tmp_path))
    with ExitStack() as stack:
        yield Town(stack, tmp_path, database)


def test_what_is_new_is_committed_and_the_crawl_that_follows_stores_it(town: Town, database_url: str) -> None:
    for key in ("satu", "dua"):
        town.paper(key)
    town.watch()
    ledger = town.rows(
        "select crawl_id, publisher, run_id, entries, known, enqueued, finish_reason from lumbung.crawl order by 2"
    )
    assert [row[1:] for row in ledger] == [(key, f"watch/uji/{key}", 3, 0, 3, "finished") for key in ("dua", "satu")]
    assert not any(imbalance(read_crawl(town.database, crawl_id)) for crawl_id, *_ in ledger)
    assert town.rows("select count(*), count(distinct publisher) from lumbung.page where state = 'due'") == [(6, 2)]
    assert town.rows("select count(*) from lumbung.turn") == [(0,)]
    run_crawl("satu", {"interval_start": "2026-01-01T00:00Z"}, database_url)
    assert town.asked("satu") == 1, "the crawl asks for nothing that the watch has just read"
    assert town.rows("select publisher, count(*) from lumbung.article group by 1") == [("satu", 3)]


def test_a_round_with_nothing_new_leaves_no_row(town: Town) -> None:
    town.paper("satu")
    town.watch()
    town.make_due()
    log = town.watch()
    assert town.asked("satu") == 2
    assert "1 asked, 1 unchanged" in log
    assert town.rows("select count(*) from lumbung.crawl") == [(1,)]
    assert town.rows("select unchanged, next_at > now(), failures from lumbung.poll") == [(1, True, 0)]


def test_what_is_not_due_is_not_asked_for(town: Town) -> None:
    town.paper("satu")
    town.watch()
    assert "nothing was due" in town.watch()
    assert town.asked("satu") == 1


def test_only_those_that_are_wanted_are_asked(town: Town) -> None:
    for key in ("satu", "dua"):
        town.paper(key)
    town.watch("dua")
    assert [town.asked(key) for key in ("satu", "dua")] == [0, 1]


def test_a_feed_without_validators_and_without_news_is_nothing_to_tell(town: Town) -> None:
    press = town.paper("satu")
    ordinary = press.script

    def forgetful(path: str, number: int) -> Answer | None:
        press.head = press.head.replace("if-none-match", "x")
        answer = ordinary(path, number)
        return answer and answer._replace(headers={})

    press.script = forgetful
    town.watch()
    town.make_due()
    town.watch()
    assert town.asked("satu") == 2
    assert town.rows("select entries, known, enqueued from lumbung.crawl") == [(3, 0, 3)]
    town.make_due()
    town.news["satu"] = 4
    town.watch()
    assert town.rows("select entries, known, enqueued from lumbung.crawl order by crawl_id") == [(3, 0, 3), (4, 3, 1)]


def test_robots_txt_holds_for_the_watch(town: Town) -> None:
    rules = Answer("User-agent: *\nDisallow: /satu/")
    town.paper("satu", lambda path, _number: rules if path == "/robots.txt" else None)
    town.paper("dua")
    town.watch()
    assert [town.asked(key) for key in ("satu", "dua")] == [0, 1]
    ((problem,),) = town.rows("select problems[1] from lumbung.crawl where publisher = 'satu'")
    assert "disallows" in problem


def test_a_publisher_that_hangs_drips_or_has_a_broken_certificate_delays_nobody(town: Town) -> None:
    """All are asked at the same moment; of the bad ones the ledger says why, and the next round leaves them alone."""
    town.paper("gantung", lambda path, _number: Answer(seconds=60) if path.endswith("/rss") else None)
    town.paper("robot", lambda path, _number: Answer(seconds=60) if path == "/robots.txt" else None)
    town.paper("kecil", lambda _path, _number: Answer("x" * 100, headers={"Content-Length": "9999999"}))
    plain = town.paper("tls")
    town.environment |= write_publisher(town.folder, "tls", plain.home.replace("http:", "https:"))
    good = [f"baik{number}" for number in range(3)]
    for key in good:
        town.paper(key)
    town.watch(DOWNLOAD_TIMEOUT="5")
    found = dict(town.rows("select publisher, coalesce(problems[1], finish_reason) from lumbung.crawl"))
    assert {key: found.pop(key) for key in good} == dict.fromkeys(good, "finished")
    assert set(found) == {"gantung", "robot", "kecil", "tls"}
    assert town.rows("select publisher, count(*) from lumbung.page group by 1 order by 1") == [(key, 3) for key in good]
    ended = dict(town.rows("select publisher, finished_at from lumbung.crawl"))
    assert max(ended[key] for key in good) < min(ended["gantung"], ended["robot"])
    log = town.watch(DOWNLOAD_TIMEOUT="5")
    assert "left to their crawls, since the last round went wrong: kecil, robot, tls" in log
    assert "nothing was due" in log


def test_of_two_rounds_at_once_the_second_one_leaves(town: Town) -> None:
    patient = {"DOWNLOAD_TIMEOUT": "60"}
    town.paper("lambat", lambda path, _number: Answer("", 404, seconds=20) if path == "/robots.txt" else None)
    first = start_round(town.environment, ["lambat"], settings=patient)
    wait_for(lambda: town.rows("select 1 from lumbung.turn"))
    second = start_round(town.environment, ["lambat"], settings=patient)
    log, _ = second.communicate()
    assert "another round of the watch is at work: this one leaves, and has asked nobody" in log
    assert second.returncode == AT_WORK
    log, _ = first.communicate()
    assert first.returncode == 0, log
    assert town.asked("lambat") == 1


MOMENTS = {
    "a turn": "select from lumbung.turn",
    "an open crawl": "select from lumbung.crawl where finished_at is null",
    "a new page": "select from lumbung.page where found_at > now() - interval '1 second'",
    "a closed crawl": "select from lumbung.crawl where finished_at > now() - interval '1 second'",
}


def test_a_round_that_is_killed_loses_nothing_and_doubles_nothing(town: Town, database_url: str) -> None:
    """Struck as soon as it has something to lose, each time beside more that is new; then watched to the end."""
    keys = [f"koran{number}" for number in range(6)]
    for key in keys:
        town.paper(key)
    for found in MOMENTS.values():
        for key in keys:
            town.news[key] += 1
        town.make_due()
        watch = start_round(town.environment, keys)
        wait_for(lambda found=found, watch=watch: town.rows(found) or watch.poll() is not None)  # type: ignore[misc]
        watch.kill()
        watch.communicate()
        time.sleep(1)  # until what was new a second ago is not any more
    wait_for(lambda: not town.rows("select from pg_stat_activity where application_name like 'lumbung watch%'"))
    town.make_due()
    town.watch()
    counted = "select publisher, count(*), count(distinct canonical_url) from lumbung.page group by 1 order by 1"
    assert town.rows(counted) == [(key, 7, 7) for key in keys]
    assert town.rows("select count(*) from lumbung.turn") == [(0,)]
    ledger = town.rows("select crawl_id, finished_at is not null from lumbung.crawl")
    assert all(finished and imbalance(read_crawl(town.database, crawl_id)) is None for crawl_id, finished in ledger)
    run_crawl(keys[0], {"interval_start": "2026-01-01T00:00Z"}, database_url)
    assert town.rows("select count(*), count(distinct canonical_url) from lumbung.article") == [(7, 7)]


def test_a_crawl_takes_over_the_domain_of_a_round_that_was_killed(town: Town, database_url: str) -> None:
    slow = [8.0]
    town.paper("satu", lambda path, _number: Answer("", 404, seconds=slow[0]) if path == "/robots.txt" else None)
    watch = start_round(town.environment, ["satu"])
    wait_for(lambda: town.rows("select 1 from lumbung.turn"))
    watch.send_signal(signal.SIGKILL)
    watch.communicate()
    slow[0] = 0.0
    run_crawl("satu", {}, database_url)
    assert town.rows("select finish_reason, stored from lumbung.crawl") == [("finished", 3)]
    assert town.rows("select count(*) from lumbung.turn") == [(0,)]


def test_who_has_due_pages_is_crawled_and_nobody_else(town: Town) -> None:
    """`lumbung watch` by itself, as cron starts it."""
    for key in ("satu", "dua"):
        town.paper(key)
    town.news["dua"] = 0
    town.rows("update lumbung.poll set next_at = now()")
    shell = [sys.executable, "-m", "pipelines.cli", "watch", "satu", "dua"]
    ended = subprocess.run(shell, env={**os.environ, **town.environment}, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr[-3000:]
    assert "lumbung: satu: 3 pages due" in ended.stderr
    assert "dua:" not in ended.stderr
    assert town.rows("select publisher, count(*) from lumbung.article group by 1") == [("satu", 3)]
    assert town.asked("satu") == 1


def test_who_was_woken_is_not_woken_again_before_its_crawl_has_begun(town: Town, database_url: str) -> None:
    town.paper("satu")
    town.watch()
    assert wake(town.database, ["satu", "tidakada"]) == {"satu": 3}
    assert wake(town.database, ["satu"]) == {}
    town.rows("update lumbung.publisher set woken_at = now() - interval '20 minutes'")
    assert wake(town.database, ["satu"]) == {"satu": 3}
    run_crawl("satu", {"interval_start": "2026-01-01T00:00Z"}, database_url)
    assert wake(town.database, ["satu"]) == {}
    town.rows("update lumbung.page set state = 'due', due_at = now()")
    assert wake(town.database, ["satu"]) == {"satu": 3}
    town.rows("update lumbung.publisher set woken_at = null")
    town.rows("update lumbung.domain set reason = 'it asks for that', free_at = now() + interval '1 hour'")
    assert wake(town.database, ["satu"]) == {}
