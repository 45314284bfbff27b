"""Rounds of the watch: real processes, real newspapers on loopback, a real Postgres."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest
from support.scripted_press import Answer, Press, printing, write_publisher
from support.watching import run_round

from pipelines.harvest.crawl import run_crawl
from pipelines.harvest.ledger import imbalance, read_crawl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pipelines.database.connections import Connection


class Town:
    """Newspapers whose feeds have a validator; `news` is how many articles each announces."""

    def __init__(self, stack: ExitStack, folder: Path, database: Connection) -> None:
        self._stack = stack
        self._folder = folder
        self.database = database
        self.presses: dict[str, Press] = {}
        self.news: dict[str, int] = {}
        self.environment: dict[str, str] = {}

    def paper(self, key: str, script: Callable[[str, int], Answer | None] | None = None, **more: str) -> Press:
        """Open one; `script` answers what it wants to instead of the ordinary newspaper."""

        def ordinary(path: str, number: int) -> Answer | None:
            if script is not None and (answer := script(path, number)) is not None:
                return answer
            if not path.endswith("/rss"):
                return None
            tag = f'"{self.news[key]}"'
            if f"if-none-match: {tag}" in press.head:
                return Answer("", 304, {"ETag": tag})
            items = "".join(
                f"<item><link>{press.home}{key}/berita-{number}</link></item>" for number in range(self.news[key])
            )
            return Answer(f'<rss version="2.0"><channel><title>W</title>{items}</channel></rss>', headers={"ETag": tag})

        press = self._stack.enter_context(printing(ordinary))
        self.presses[key], self.news[key] = press, 3
        self.environment |= write_publisher(self._folder, key, press.home, **more)
        return press

    def watch(self, *keys: str, **settings: str) -> str:
        return run_round(self.environment, *(keys or self.presses), settings=settings)

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        with self.database, self.database.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def make_due(self) -> None:
        self.rows("update lumbung.poll set next_at = now(), failed_at = failed_at - interval '1 day'")

    def asked(self, key: str) -> int:
        """How often its feed was asked for."""
        return self.presses[key].paths().count(f"/{key}/rss")


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
