"""Takedown: nothing of the text is left, the address does not come back, the feed and the audit say so."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.stories import rows

from pipelines.changes.takedown import NothingToTakeDown, take_down
from pipelines.database.connections import Connection, connect, transaction
from pipelines.duplicates.deduplicate import deduplicate
from pipelines.harvest.frontier import Frontier
from pipelines.harvest.load import load_batch
from spiders.article import Article, Entry, Failure, LeasedPage, Released, Validators, Visit
from spiders.publishers import Publisher
from spiders.publishers.window import Window

if TYPE_CHECKING:
    from collections.abc import Iterator

LUMBUNG = Path(sys.executable).with_name("lumbung")
KORAN = Publisher(key="koran", name="Koran", home="https://koran.example/")
NOW = datetime.now(UTC)
SECRET = "Rahasiasekali"


@pytest.fixture
def crawl(database_url: str) -> Iterator[Frontier]:
    with closing(connect(database_url)) as connection:
        yield Frontier(connection, KORAN, Window(NOW - timedelta(days=2), None, strict=False))


def announce(crawl: Frontier, *numbers: int, changed: datetime | None = None) -> list[LeasedPage]:
    entries = [Entry(url=f"{KORAN.home}{number}", published_at=NOW, modified_at=changed) for number in numbers]
    asyncio.run(crawl.announce(f"{KORAN.home}rss", entries, Validators()))
    return sorted(asyncio.run(crawl.lease(10)), key=lambda page: page.url)


def visit(page: LeasedPage, text: str, declared: str | None = None) -> Visit:
    article = Article(
        publisher="koran", url=page.url, canonical_url=page.canonical_url, declared_url=declared,
        headline=f"Judul {text}", paragraphs=(f"Awal {SECRET} {text}.",), fetched_at=NOW, published_at=NOW,
        reads=len(text),
    )  # fmt: skip
    return Visit(page_id=page.page_id, outcome=article, fetched_at=NOW, status=200)


def load(crawl: Frontier, *visits: Visit) -> None:
    load_batch(crawl.connection, crawl.crawl_id, visits)


def mentions(database: Connection) -> list[str]:
    """Tables with a row in which the secret word stands."""
    tables = rows(
        database,
        "select format('%I.%I', schemaname, tablename) from pg_tables where schemaname in ('lumbung', 'public')",
    )
    return [
        table
        for (table,) in tables
        if rows(database, f"select count(*) from {table} t where t::text ilike '%{SECRET}%'") != [(0,)]
    ]


def states(database: Connection) -> list[tuple[Any, ...]]:
    return rows(database, "select canonical_url, state from lumbung.page order by 1")


def test_nothing_of_it_is_left_and_feed_and_audit_tell_of_it(database: Connection, crawl: Frontier) -> None:
    first, second = announce(crawl, 1, 2)
    load(crawl, visit(first, "satu"), visit(second, "dua"))
    crawl._do("refetch", publisher="koran", **crawl._window)  # noqa: SLF001 - as `-a refetch=true`
    again = {page.url: page for page in asyncio.run(crawl.lease(10))}
    load(crawl, visit(again[first.url], "satu lagi"))  # a revision
    deduplicate(database)
    with transaction(database) as cursor:
        cursor.execute(
            "insert into lumbung.kept_page (page_id, publisher, page) values (%s, 'koran', %s)", [first.page_id, SECRET]
        )
    done = take_down(database, "https://koran.example/1", "diminta")
    assert (done.article_id, done.copies) == (1, [])
    take_down(database, "2", "diminta juga")
    assert mentions(database) == []
    assert states(database) == [("https://koran.example/1", "taken_down"), ("https://koran.example/2", "taken_down")]
    for table in ("article", "revision", "reads", "fingerprint", "fingerprint_key", "held", "kept_page"):
        assert rows(database, f"select count(*) from lumbung.{table}") == [(0,)], table
    told = rows(database, "select article_id, what from news.changes where latest order by change_id")
    assert told == [(1, "taken_down"), (2, "taken_down")]
    audit = rows(database, "select article_id, publisher, canonical_url, reason from news.takedowns order by 1")
    assert audit == [
        (1, "koran", "https://koran.example/1", "diminta"), (2, "koran", "https://koran.example/2", "diminta juga"),
    ]  # fmt: skip
    asyncio.run(crawl.close("finished"))
    assert rows(database, "select balanced from news.crawls") == [(True,)], "the page that was leased then is counted"
    assert rows(database, "select stored, rejected, failed, due from news.coverage") == [(0, 2, 0, 0)]


def test_its_address_does_not_come_back_however_it_is_announced(database: Connection, crawl: Frontier) -> None:
    (page,) = announce(crawl, 1)
    load(crawl, visit(page, "satu"))
    take_down(database, "1", "diminta")
    assert announce(crawl, 1, changed=NOW + timedelta(hours=1)) == []
    crawl._do("refetch", publisher="koran", **crawl._window)  # noqa: SLF001 - as `-a refetch=true`
    assert asyncio.run(crawl.lease(10)) == []
    assert states(database) == [("https://koran.example/1", "taken_down")]


@pytest.mark.parametrize("way", ["declares it", "redirects to it"])
def test_a_page_that_turns_out_to_be_it_is_refused(database: Connection, crawl: Frontier, way: str) -> None:
    (page,) = announce(crawl, 1)
    load(crawl, visit(page, "satu"))
    take_down(database, "1", "diminta")
    other, sound = announce(crawl, 2, 3)
    found = visit(other, "satu", declared=page.canonical_url if way == "declares it" else None)
    assert isinstance(found.outcome, Article)
    if way == "redirects to it":
        found = replace(found, outcome=replace(found.outcome, url=page.url))
    load(crawl, found, visit(sound, "lain"))
    assert rows(database, "select canonical_url from news.all_articles") == [("https://koran.example/3",)]
    assert rows(database, "select page_id, reason from news.rejections") == [(other.page_id, "taken_down")]
    asyncio.run(crawl.close("finished"))
    assert rows(database, "select balanced, stored, rejected from news.crawls") == [(True, 2, 1)]


def test_a_held_article_of_it_is_not_kept(database: Connection, crawl: Frontier) -> None:
    (page,) = announce(crawl, 1)
    load(crawl, visit(page, "satu"))
    take_down(database, "1", "diminta")
    (other,) = announce(crawl, 2)
    held = visit(other, "satu", declared="https://koran.example/1")
    assert isinstance(held.outcome, Article)
    released = Released(article=held.outcome)
    load(crawl, Visit(page_id=other.page_id, outcome=released, fetched_at=NOW))
    assert rows(database, "select count(*) from lumbung.held") == [(0,)]


def test_an_address_is_shut_out_before_anything_is_stored_of_it(database: Connection, crawl: Frontier) -> None:
    page, other = announce(crawl, 1, 2)
    assert take_down(database, "https://koran.example/1", "jangan").article_id is None
    assert take_down(database, "https://koran.example/9", "jangan").article_id is None
    load(crawl, visit(page, "satu"), Visit(page_id=other.page_id, outcome=Failure(error="x"), fetched_at=NOW))
    assert rows(database, "select count(*) from lumbung.article") == [(0,)]
    (nine,) = announce(crawl, 9)
    load(crawl, visit(nine, "sembilan"))
    assert rows(database, "select count(*) from lumbung.article") == [(0,)]
    asyncio.run(crawl.close("finished"))
    assert rows(database, "select balanced, released from news.crawls") == [(True, 1)]
    with pytest.raises(NothingToTakeDown, match="no article has the number '77'"):
        take_down(database, "77", "x")


def test_copies_stay_are_named_and_stand_for_themselves(database: Connection, crawl: Frontier) -> None:
    pages = announce(crawl, 1, 2, 3)
    long = " ".join(f"kata{number}" for number in range(200))
    load(crawl, *(visit(page, long) for page in pages))
    deduplicate(database)
    assert take_down(database, "1", "diminta").copies == [2, 3]
    deduplicate(database)
    assert rows(database, "select article_id, copies from news.articles") == [(2, 1)]


def test_the_command_and_the_same_in_sql(database: Connection, database_url: str, crawl: Frontier) -> None:
    first, second = announce(crawl, 1, 2)
    load(crawl, visit(first, "satu"), visit(second, "dua"))
    run: dict[str, Any] = {"env": {**os.environ, "DATABASE_URL": database_url}, "capture_output": True, "text": True}
    done = subprocess.run([LUMBUNG, "takedown", first.url, "--reason", "surat 12"], check=True, **run)
    assert done.stdout == "article 1 is taken down\n"
    with transaction(database) as cursor:
        cursor.execute("select lumbung.take_down(2, 'surat 13')")
    audit = rows(database, "select article_id, reason from news.takedowns order by 1")
    assert audit == [(1, "surat 12"), (2, "surat 13")]
    nothing = subprocess.run([LUMBUNG, "takedown", "5", "--reason", "x"], check=False, **run)
    assert (nothing.returncode, nothing.stderr.count("\n")) == (1, 1)
    with pytest.raises(Exception, match="no article has the number 5"), transaction(database) as cursor:
        cursor.execute("select lumbung.take_down(5, 'x')")


def test_the_same_address_twice_is_one_row(database: Connection) -> None:
    for _ in range(2):
        take_down(database, "https://koran.example/9", "jangan")
    assert rows(database, "select count(*) from news.takedowns") == [(1,)]
