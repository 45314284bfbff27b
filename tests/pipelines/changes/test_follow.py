"""`lumbung follow`: JSON lines from a mark on, through a restart of Postgres, to a clean end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.database_rights import rows as ask
from support.stories import Story, body, put
from support.throwaway import TEMPLATE, throwaway_server

from pipelines.changes.follow import Follower, Stop, line, read_mark
from pipelines.database.connections import Connection, connect, transaction
from pipelines.database.roles import READER, login
from spiders.errors import LumbungError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LUMBUNG = Path(sys.executable).with_name("lumbung")


@contextmanager
def follower(url: str, *words: str, **how: Any) -> Iterator[subprocess.Popen[str]]:
    environment = {**os.environ, "DATABASE_URL": url}
    command = [str(LUMBUNG), "follow", *words]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **how}
    with subprocess.Popen(command, env=environment, text=True, **pipes) as process:
        try:
            yield process
        finally:
            process.kill()


def read(process: subprocess.Popen[str], count: int) -> list[dict[str, Any]]:
    assert process.stdout is not None
    return [json.loads(process.stdout.readline()) for _ in range(count)]


def ended(process: subprocess.Popen[str]) -> str:
    """What it says on standard error when it ends well."""
    assert process.stderr is not None
    assert process.wait(20) == 0
    return process.stderr.read()


def change(database: Connection, section: str, which: int = 1) -> None:
    with transaction(database) as cursor:
        cursor.execute("update lumbung.article set section = %s where article_id = %s", [section, which])


def test_a_reader_follows_what_is_above_its_mark_and_what_comes(database: Connection, database_url: str) -> None:
    name = f"ikut_{os.getpid()}"
    login(database, name, READER, "rahasia")
    about = database.info
    reader = f"postgresql://{name}:rahasia@{about.host}:{about.port}/{about.dbname}"
    put(database, [Story(body(1), headline="Panen"), Story(body(2))])
    with follower(reader, "--after", "1") as process:
        (second,) = read(process, 1)
        assert (second["change_id"], second["article_id"], second["what"]) == (2, 2, "new")
        started = time.monotonic()
        change(database, "Daerah")
        (third,) = read(process, 1)
        assert time.monotonic() - started < 10, "it is woken; by itself it looks after 30 s"
        assert (third["what"], third["headline"], third["publisher"]) == ("fields", "Panen", "kabar")
        with transaction(database) as cursor:
            cursor.execute("delete from lumbung.article where article_id = 1")
        (fourth,) = read(process, 1)
        assert set(fourth) == {"change_id", "article_id", "what", "changed_at"}
        assert (fourth["article_id"], fourth["what"]) == (1, "deleted")
        process.send_signal(signal.SIGTERM)
        assert ended(process) == ""
    assert database_url


def test_it_goes_on_where_its_mark_file_says_and_whole_articles_have_all_columns(
    database: Connection, database_url: str, tmp_path: Path
) -> None:
    put(database, [Story(body(number)) for number in range(3)])
    kept = tmp_path / "mark"
    words = ("--mark-file", str(kept), "--whole", "--once")
    with follower(database_url, "--after", "0", *words) as process:
        told = read(process, 3)
        assert ended(process) == ""
    asked = "select column_name from information_schema.columns where table_schema = 'news' and table_name = %s"
    columns = {name for (name,) in ask(database, asked, "all_articles")}
    assert set(told[0]["article"]) == columns
    assert read_mark(kept) == 3
    change(database, "Daerah")
    with follower(database_url, *words) as process:
        assert [each["change_id"] for each in read(process, 1)] == [4]
        ended(process)
    with follower(database_url, *words) as process:
        assert process.communicate()[0] == "", "nothing new"
    assert not list(tmp_path.glob("*.new"))


@pytest.mark.parametrize("whole", [False, True])
def test_many_changes_come_in_their_order_and_five_hundred_at_a_time_at_most(
    database: Connection, database_url: str, *, whole: bool
) -> None:
    put(database, [Story(body(1, 1)) for _ in range(1001)])
    told: list[tuple[list[int], int]] = []

    def write(lines: Sequence[str], mark: int) -> None:
        told.append(([json.loads(each)["change_id"] for each in lines], mark))

    Follower(database_url, write, Stop(), mark=0, whole=whole).run(once=True)
    assert [number for numbers, _ in told for number in numbers] == [*range(1, 1002)]
    assert [(len(numbers), mark) for numbers, mark in told] == [(500, 500), (500, 1000), (1, 1001)]


def test_it_waits_as_long_as_it_says_unless_it_is_asked_to_stop() -> None:
    stop, started = Stop(), time.monotonic()
    stop.wait(0.4)
    assert time.monotonic() - started >= 0.4
    stop()
    stop.wait(600)
    assert time.monotonic() - started < 300
    assert stop.asked


def test_it_looks_by_itself_twice_a_minute_though_nothing_wakes_it(database: Connection, database_url: str) -> None:
    class Noted(Stop):
        def wait(self, seconds: float, *others: int) -> None:
            assert others, "meanwhile it listens for what wakes it"
            waits.append(seconds)
            self.asked = len(waits) > 1
            with transaction(database) as cursor:  # by hand, so that no trigger tells of it
                cursor.execute("insert into lumbung.change (article_id, what, changed_at) values (1, 'fields', now())")

    waits: list[float] = []
    told: list[str] = []
    put(database, [Story(body(1))])
    Follower(database_url, lambda lines, _mark: told.extend(lines), Noted(), mark=0).run()
    assert waits == [30.0, 30.0]
    assert [json.loads(each)["change_id"] for each in told] == [1, 2]


def test_without_a_mark_only_what_comes_is_told(database: Connection, database_url: str, tmp_path: Path) -> None:
    put(database, [Story(body(1))])
    kept = tmp_path / "mark"
    with follower(database_url, "--mark-file", str(kept)) as process:
        while not kept.exists():
            time.sleep(0.05)
        change(database, "Daerah")
        assert [each["what"] for each in read(process, 1)] == ["fields"]


@pytest.mark.parametrize("waiting", [True, False])
def test_when_nobody_reads_any_more_it_ends_without_a_word(
    database: Connection, database_url: str, *, waiting: bool
) -> None:
    put(database, [Story(body(1)) for _ in range(1 if waiting else 600)])
    with follower(database_url, "--after", "0", "--whole") as process:
        read(process, 1)
        assert process.stdout is not None
        process.stdout.close()
        assert ended(process) == ""


def test_a_restart_of_the_server_is_waited_for() -> None:
    with throwaway_server() as server:
        url = server.url(TEMPLATE)
        with closing(connect(url)) as database:
            put(database, [Story(body(1))])
        with follower(url, "--after", "0") as process:
            read(process, 1)
            server.stop()
            server.start()
            with closing(connect(url)) as database:
                change(database, "Daerah")
            assert [each["what"] for each in read(process, 1)] == ["fields"]
            process.send_signal(signal.SIGTERM)
            assert "waiting for it" in ended(process)


def test_asked_to_stop_while_the_server_is_away_it_ends() -> None:
    with throwaway_server() as server:
        with closing(connect(server.url(TEMPLATE))) as database:
            put(database, [Story(body(1))])
        with follower(server.url(TEMPLATE), "--after", "0") as process:
            read(process, 1)
            server.stop()
            assert process.stderr is not None
            assert "waiting for it" in process.stderr.readline()
            process.send_signal(signal.SIGTERM)
            ended(process)


def test_a_mark_above_the_last_change_is_refused(database: Connection, database_url: str, tmp_path: Path) -> None:
    put(database, [Story(body(1))])
    kept = tmp_path / "mark"
    kept.write_text("7\n")
    with follower(database_url, "--mark-file", str(kept)) as process:
        said = process.communicate()[1]
        assert process.returncode == 1
    assert said.startswith("lumbung: the mark 7 is above the last change, 1: ")
    assert said.count("\n") == 1
    kept.write_text("tujuh")
    with pytest.raises(LumbungError, match="holds no mark"):
        read_mark(kept)


def test_a_line_is_one_line_whatever_the_headline_holds() -> None:
    told = line({"change_id": 1, "headline": "a\nbé", "publisher": None})
    assert told == '{"change_id": 1, "headline": "a\\nbé"}'
