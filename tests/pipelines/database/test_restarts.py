"""A server that is restarted in the middle of a crawl or of deduplication, or that stays away."""

from __future__ import annotations

import secrets
import shutil
import tempfile
import threading
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.spider_runs import FAST, start_spider
from support.stories import Story, body, put
from support.throwaway import free_port

from pipelines.database.connections import (
    Connection,
    Work,
    connect,
    transaction,
)
from pipelines.database.migrate import migrate
from pipelines.database.statements import query
from pipelines.duplicates.deduplicate import deduplicate
from pipelines.harvest.frontier import close_abandoned
from pipelines.harvest.ledger import find_crawl, verdict
from pipelines.stack.postgres import Server
from pipelines.stack.postgres_programs import call
from seeds.newsstand.newspaper import Newspaper, Settings
from seeds.newsstand.server import serve
from seeds.newsstand.truth import expected
from spiders.publishers import Publisher

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PUBLISHER = Publisher(key="koran", name="Koran", home="https://koran.example/")


@pytest.fixture(scope="module")
def barn() -> Iterator[Server]:
    """A server of its own, which tests may stop. Not a fast one: what was committed outlives an immediate stop."""
    folder = Path(tempfile.mkdtemp(prefix="lumbung-test-"))
    folder.chmod(0o755)
    started = Server(folder / "data", free_port(), secrets.token_urlsafe(12))
    started.start()
    yield started
    started.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def harvest(barn: Server) -> str:
    """A migrated database on it."""
    name = f"t_{secrets.token_hex(4)}"
    barn.create_database(name)
    with closing(connect(barn.url(name))) as connection:
        migrate(connection)
    return barn.url(name)


def stop_at_once(server: Server) -> None:
    call("pg_ctl", "-w", "-m", "immediate", "-D", server.data, "stop")


def rows(connection: Connection, statement: str, *values: object) -> list[tuple[Any, ...]]:
    with transaction(connection) as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_crawl_outlives_restarts_of_its_server_and_its_ledger_balances(barn: Server, harvest: str) -> None:
    newspaper = Newspaper(Settings(articles=300, crawl_delay=0), now=datetime.now(UTC))
    with serve(newspaper) as stand:
        environment = {"DATABASE_URL": harvest, "LUMBUNG_HOME_CONTOH": stand.url + "/"}
        spider = start_spider("contoh", environment, "run=through", settings={**FAST, "LOAD_BATCH": "10"})
        for stop in (stop_at_once, Server.stop):
            with closing(connect(harvest)) as connection:
                stored = "select coalesce(sum(stored), 0) from lumbung.crawl"
                ((before,),) = rows(connection, stored)
                until(lambda: rows(connection, stored)[0][0] > before + 10)  # noqa: B023 - called here and now
            stop(barn)
            time.sleep(0.5)
            barn.start()
        log, _ = spider.communicate()
        truth = expected(newspaper)
    assert spider.returncode == 0
    with closing(connect(harvest)) as connection:
        crawl = find_crawl(connection, "through")
        assert crawl is not None
        assert verdict(connection, crawl) is None, log[-3_000:]
        assert rows(connection, "select count(*) from lumbung.crawl") == [(1,)], "the same crawl went on"
        texts = rows(connection, "select canonical_url, text from news.article_text")
    assert dict(texts) == {each["canonical_url"]: each["text"] for each in truth["articles"]}
    assert len(texts) == crawl.stored == len(truth["articles"])
    assert 1 <= log.count("the database is back") <= 2
    assert "Traceback" not in log


def test_a_crawl_whose_database_stays_away_ends_with_one_line(barn: Server, harvest: str) -> None:
    newspaper = Newspaper(Settings(articles=300, crawl_delay=0), now=datetime.now(UTC))
    with serve(newspaper) as stand:
        environment = {"DATABASE_URL": harvest, "LUMBUNG_HOME_CONTOH": stand.url + "/"}
        spider = start_spider("contoh", environment, "run=lost", settings={**FAST, "DATABASE_PATIENCE": "1"})
        with closing(connect(harvest)) as connection:
            until(lambda: rows(connection, "select 1 from lumbung.crawl where stored > 20"))
        stop_at_once(barn)
        log, _ = spider.communicate()
    (line,) = [line for line in log.splitlines() if "CRITICAL: " in line]
    assert "the crawl ends, what it has not stored stays due: Postgres was lost: " in line
    assert "Traceback" not in log
    barn.start()
    with closing(connect(harvest)) as connection:
        assert len(close_abandoned(connection)) == 1
        crawl = find_crawl(connection, "lost")
        assert crawl is not None
        assert crawl.leased == crawl.fetched + crawl.released
        assert rows(connection, "select count(*) from lumbung.page where state = 'leased'") == [(0,)]
        assert rows(connection, "select count(*) from lumbung.article") == [(crawl.stored,)]


def test_deduplication_outlives_a_restart_of_its_server(barn: Server, harvest: str) -> None:
    with closing(connect(harvest)) as connection:
        put(connection, [Story(body(number % 7), f"koran_{number}") for number in range(40)])
    said: list[int] = []
    restarts: list[threading.Timer] = []

    def interrupt(done: Any) -> None:
        said.append(done.seen)
        if len(said) in {2, 4}:
            for before in restarts:
                before.join()  # deduplication goes on before `barn.start` has returned
            stop_at_once(barn)
            restarts.append(threading.Timer(0.5, barn.start))
            restarts[-1].start()

    with closing(connect(harvest, work=Work.DEDUPLICATING)) as connection:
        done = deduplicate(connection, batch=5, progress=interrupt)
    for restart in restarts:
        restart.join()
    assert len(restarts) == 2
    assert said == list(range(5, 41, 5))
    with closing(connect(harvest)) as connection:
        assert done.seen == 40
        assert rows(connection, "select count(distinct article_id), count(*) from lumbung.fingerprint") == [(40, 40)]
        found = rows(connection, "select article_id, cluster_id from lumbung.cluster_member order by 1")
        again = deduplicate(connection)
        assert again.seen == 0
        with transaction(connection) as cursor:
            cursor.execute(query("look_again"), {"publisher": None})
        assert deduplicate(connection).clusters == 0
        assert rows(connection, "select article_id, cluster_id from lumbung.cluster_member order by 1") == found
