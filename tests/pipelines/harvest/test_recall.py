"""What the frontier says of a document, moment by moment: each condition just inside and just outside of its bound."""

from __future__ import annotations

import asyncio
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from psycopg2.extras import RealDictCursor

from pipelines.database.connections import Connection, connect, transaction
from pipelines.database.statements import query
from pipelines.harvest.frontier import Frontier
from spiders.article import Entry, Remembered, Validators
from spiders.frontier import New
from spiders.publishers import Publisher
from spiders.publishers.window import Window

if TYPE_CHECKING:
    from collections.abc import Iterator

RSS, OTHER, FOREIGN = "https://koran.example/rss", "https://koran.example/indeks", "https://lain.example/rss"
PUBLISHER = Publisher(key="koran", name="Koran", home="https://koran.example/", poll_minutes=(10, 100))
NEWEST = datetime(2026, 11, 20, 12, tzinfo=UTC)
KNOWN = Remembered(Validators("e", "l"), read_at=NEWEST, fresh=True, newest_at=NEWEST)
WORLD = """
delete from lumbung.poll;
delete from lumbung.crawl where crawl_id <> %(own)s;
insert into lumbung.poll (url_key, publisher, url, etag, last_modified, polled_at, next_at, whole_at, trust, unchanged,
    newest_at, changed_at)
select lumbung.url_key(url), publisher, url, 'e', 'l', now() - interval '60 min', now() + interval '60 min',
    now() - interval '60 min', 4, 0, %(newest)s, now() - interval '60 min'
from (values (%(rss)s, 'koran'), (%(other)s, 'koran'), (%(foreign)s, 'lain')) as t (url, publisher);
insert into lumbung.crawl (crawl_id, publisher, started_at, enqueued) overriding system value
values (-3, 'koran', now() - interval '30 min', 2), (-2, 'koran', now() - interval '20 min', 0),
    (-1, 'lain', now() - interval '10 min', 7)
"""


def poll(change: str, url: str = "rss") -> str:
    return f"update lumbung.poll set {change} where url = %({url})s"


def waits(minutes: int) -> str:
    """Asked so long ago: after nine tenths of the longest interval, 90 minutes, only while others show the news."""
    return poll(f"polled_at = now() - interval '{minutes} min', whole_at = now()")


OVERDUE = waits(91)
NEWS, NO_NEWS = ("update lumbung.crawl set {} where crawl_id = -3", "update lumbung.crawl set enqueued = 0")
FAILS = "failures = 1, failed_at = now() - interval '{} min'"
UNTRUSTED = {"validators": Validators()}
CASES: dict[str, tuple[list[str], dict[str, Any]]] = {
    "as it is": ([], {}),
    "due": ([poll("next_at = now() - interval '1 s'")], {"fresh": False}),
    "never planned": ([poll("next_at = null")], {"fresh": False}),
    "within the usual, without news": ([waits(89), NO_NEWS], {}),
    "beyond, without news": ([OVERDUE, NO_NEWS], {"fresh": False}),
    "beyond, with news": ([OVERDUE], {}),
    "beyond, with news as long ago as may be": (
        [OVERDUE, NEWS.format("started_at = now() - interval '199 min'")], {"continues": True},
    ),
    "beyond, with news before that": (
        [OVERDUE, NEWS.format("started_at = now() - interval '201 min'")], {"fresh": False, "continues": True},
    ),
    "beyond, with a publisher's own crawls only": (
        [OVERDUE, NEWS.format("publisher = 'lain'")], {"fresh": False},
    ),
    "beyond, while another document fails": ([OVERDUE, poll(FAILS.format(89), "other")], {"fresh": False}),
    "beyond, while it failed before": ([OVERDUE, poll(FAILS.format(92), "other")], {}),
    "beyond, when it is well again": (
        [OVERDUE, poll(FAILS.format(5), "other"), poll("failures = 0", "other")], {},
    ),
    "beyond, while another publisher's fails": ([OVERDUE, poll(FAILS.format(5), "foreign")], {}),
    "beyond, and due": ([OVERDUE, poll("next_at = now() - interval '1 s'")], {"fresh": False}),
    "304s up to its trust": ([poll("unchanged = 3")], {}),
    "as many 304s as it is trusted": ([poll("unchanged = 4")], UNTRUSTED),
    "whole within a day": ([poll("whole_at = now() - interval '1439 min'")], {}),
    "whole a day ago": ([poll("whole_at = now() - interval '1441 min'")], UNTRUSTED),
    "never whole": ([poll("whole_at = null")], UNTRUSTED),
    "lied within a month": ([poll("lied_at = now() - interval '29 days 23 hours'")], UNTRUSTED),
    "lied a month ago": ([poll("lied_at = now() - interval '30 days 1 hour'")], {}),
    "of another document nothing is said": (
        [poll("etag = 'x', lied_at = now(), unchanged = 9, next_at = null", url) for url in ("other", "foreign")], {},
    ),
    "read within twenty hours": ([waits(1199), poll("next_at = null")], {"fresh": False}),
    "read twenty hours ago": ([waits(1201), poll("next_at = null")], {"fresh": False, "stale": True}),
    "read since the last news": ([waits(29)], {"continues": True}),
    "read since news that are a later crawl's than the last": (
        [waits(25), "update lumbung.crawl set enqueued = 1 where crawl_id = -2"], {},
    ),
    "read since there were none": ([NO_NEWS], {}),
    "read since this crawl's own news": (
        ["update lumbung.crawl set enqueued = 5, started_at = now() - interval '90 min' where crawl_id = %(own)s"], {},
    ),
}  # fmt: skip


@pytest.fixture
def frontier(database_url: str) -> Iterator[Frontier]:
    with closing(connect(database_url)) as connection:
        yield Frontier(connection, PUBLISHER, Window(NEWEST - timedelta(days=30), None, strict=False))


def run(database: Connection, statement: str, **values: Any) -> list[tuple[Any, ...]]:
    with transaction(database) as cursor:
        cursor.execute(statement, {"rss": RSS, "other": OTHER, "foreign": FOREIGN, "newest": NEWEST, **values})
        return cursor.fetchall() if cursor.description else []


def test_each_condition_holds_up_to_its_bound_and_not_beyond(frontier: Frontier, database: Connection) -> None:
    for name, (changes, expected) in CASES.items():
        run(database, WORLD, own=frontier.crawl_id)
        for change in changes:
            run(database, change, own=frontier.crawl_id)
        found = asyncio.run(frontier.recall(RSS))
        wanted = {field: getattr(KNOWN, field) for field in KNOWN.__slots__} | expected
        assert {field: getattr(found, field) for field in KNOWN.__slots__ if field != "read_at"} == {
            field: value for field, value in wanted.items() if field != "read_at"
        }, name
        assert found.read_at == run(database, "select polled_at from lumbung.poll where url = %(rss)s")[0][0]
    assert asyncio.run(frontier.recall("https://koran.example/tiada")) == Remembered()


def test_only_the_last_five_hundred_crawls_say_whether_there_is_news(frontier: Frontier, database: Connection) -> None:
    for crawls, news in ((498, True), (499, False)):  # and the one that asks
        run(database, WORLD, own=frontier.crawl_id)
        run(database, "delete from lumbung.crawl where crawl_id in (-1, -2)")
        run(database, OVERDUE)
        run(database, "insert into lumbung.crawl (crawl_id, publisher, started_at) overriding system value"
                      f" select 0 - n, 'koran', now() from generate_series(10, 9 + {crawls}) n")  # fmt: skip
        run(database, "delete from lumbung.crawl where crawl_id = -3")
        run(
            database,
            "insert into lumbung.crawl (crawl_id, publisher, started_at, enqueued) overriding system value"
            " values (-99999, 'koran', now() - interval '30 min', 2)",
        )
        assert asyncio.run(frontier.recall(RSS)).fresh == news
        run(database, "update lumbung.crawl set enqueued = 6 where crawl_id = -99999")
        assert covered(database) == news


def covered(database: Connection) -> bool:
    with transaction(database, RealDictCursor) as cursor:
        cursor.execute(query("lock_poll"), {"url": RSS})
        found: Any = cursor.fetchone()
    return bool(found and found["beside"])


COVERED = {
    "select 1": True,
    "update lumbung.crawl set enqueued = 3 where crawl_id = -3": False,
    "update lumbung.crawl set started_at = now() - interval '61 min' where crawl_id = -3": False,
    "update lumbung.crawl set publisher = 'lain' where crawl_id = -3": False,
    "update lumbung.poll set changed_at = now() - interval '25 min' where url = %(rss)s": False,
    "update lumbung.poll set changed_at = now() where url <> %(rss)s": True,
}


def test_covered_is_what_brought_nothing_while_six_pages_came_by_others(
    frontier: Frontier, database: Connection
) -> None:
    for change, expected in COVERED.items():
        run(database, WORLD, own=frontier.crawl_id)
        run(
            database,
            "update lumbung.crawl set enqueued = case crawl_id when -3 then 4 when -2 then 2 else 9 end"
            " where crawl_id <> %(own)s",
            own=frontier.crawl_id,
        )
        run(database, change)
        assert covered(database) == expected, change


def row(database: Connection, url: str = RSS) -> dict[str, Any]:
    with transaction(database, RealDictCursor) as cursor:
        cursor.execute("select *, next_at - polled_at as wait from lumbung.poll where url = %s", [url])
        found: Any = cursor.fetchone()
    return dict(found)


def test_a_document_that_was_read_is_remembered_in_every_column(frontier: Frontier, database: Connection) -> None:
    def shown(*numbers: int, validators: Validators, newest: datetime | None, index: New | None = None) -> None:
        entries = [
            Entry(url=f"https://koran.example/{number}", published_at=NEWEST - timedelta(hours=number))
            for number in numbers
        ]
        asyncio.run(frontier.announce(RSS, entries, validators, index=index, newest=newest))

    shown(1, 3, 9, validators=Validators("e", "l"), newest=NEWEST)
    first = row(database)
    now = first["polled_at"]
    same = {"polled_at", "whole_at", "changed_at"}
    assert {name: first[name] for name in same} == dict.fromkeys(same, now)
    fields = {
        "publisher": "koran", "url": RSS, "etag": "e", "last_modified": "l", "newest_at": NEWEST, "width": 3,
        "reach": timedelta(hours=8), "every": timedelta(minutes=10), "wait": timedelta(minutes=9), "trust": 1,
        "unchanged": 0, "failures": 0, "problem": None, "lied_at": None, "failed_at": None, "failed_in": None,
        "children": [], "way": 0, "shown_since": None, "shown_until": None, "shown_ends": None,
    }  # fmt: skip
    assert {name: first[name] for name in fields} == fields
    assert set(first) == {*fields, *same, "next_at", "url_key"}
    run(database, "update lumbung.poll set unchanged = 40, trust = 40, failures = 2, problem = 'x', every = '80 min'")
    shown(1, 9, validators=Validators("f", "m"), newest=NEWEST + timedelta(hours=1))
    second = row(database)
    fields |= {
        "etag": "f", "last_modified": "m", "newest_at": NEWEST + timedelta(hours=1), "width": 2, "trust": 64,
        "every": timedelta(minutes=100), "wait": timedelta(minutes=90),
    }  # fmt: skip
    assert {name: second[name] for name in fields} == fields
    assert (second["changed_at"], second["whole_at"]) == (now, second["polled_at"])
    shown(1, 10, validators=Validators("f", "m"), newest=None, index=New(0, 0, 7))
    third = row(database)
    assert (third["width"], third["newest_at"], third["lied_at"]) == (7, None, None)
    assert third["every"] == timedelta(minutes=50), "what is no index of sitemaps brought nothing"
    shown(11, validators=Validators("f", "m"), newest=None)
    assert row(database)["lied_at"] == row(database)["changed_at"] == row(database)["polled_at"]


def test_the_document_that_failed_most_often_in_a_row_is_named_and_of_equals_the_first(
    frontier: Frontier, database: Connection
) -> None:
    def named(crawls: int = 3) -> tuple[Any, ...] | None:
        asked = {"crawl_id": frontier.crawl_id, "crawls": crawls}
        with transaction(database) as cursor:
            cursor.execute(query("failing_polls"), asked)
            return cursor.fetchone()

    run(database, WORLD, own=frontier.crawl_id)
    assert named() is None
    for url, failures in (("rss", 3), ("other", 3)):
        run(
            database,
            poll(f"failures = {failures}, failed_in = %(own)s, problem = 'HTTP 503'", url),
            own=frontier.crawl_id,
        )
    run(database, poll("failures = 9, failed_in = -1, problem = 'of another crawl'", "foreign"))
    assert named() == (OTHER, 3, "HTTP 503")
    assert named(4) is None
    run(database, poll("failures = 4, problem = 'HTTP 500'"))
    assert named() == named(4) == (RSS, 4, "HTTP 500")


def test_widths_are_those_of_three_days_and_of_the_publishers_own_documents(
    frontier: Frontier, database: Connection
) -> None:
    run(database, WORLD, own=frontier.crawl_id)
    run(database, "update lumbung.poll set width = case url when %(rss)s then 3 else 5 end, reach = '1 hour'")
    run(database, poll("polled_at = now() - interval '71 hours'"))
    assert asyncio.run(frontier.widths()) == {OTHER: 5, RSS: 3}
    run(database, poll("polled_at = now() - interval '73 hours'"))
    assert asyncio.run(frontier.widths()) == {OTHER: 5}


def test_whether_pages_tell_the_minute_is_asked_of_the_fifty_newest_and_of_those_without_a_date(
    frontier: Frontier, database: Connection
) -> None:
    def wide() -> bool:
        return asyncio.run(frontier.widths()) == {OTHER: 5, RSS: 5}

    run(database, WORLD, own=frontier.crawl_id)
    run(database, "update lumbung.poll set width = 5")
    run(
        database,
        "with page as (insert into lumbung.page (publisher, url, canonical_url)"
        " select case when n > 60 then 'lain' else 'koran' end, u, u"
        " from generate_series(1, 61) n, lateral (select 'https://koran.example/' || n as u) t"
        " returning page_id, publisher, url)"
        " insert into lumbung.article (page_id, publisher, url, canonical_url, headline, paragraphs, text_hash,"
        " fetched_at, first_fetched_at, crawl_id, published_at)"
        " select page_id, publisher, url, url, 'Panen', '{Padi.}', md5(url)::uuid, now(), now(), %(own)s,"
        " case when n between 11 and 60 then timestamptz '2026-11-20T09:30+07:00' + n * interval '1 day'"
        " else timestamptz '2026-11-20T00:00+07:00' + n * interval '1 day' end"
        " from page, lateral (select substring(url from '\\d+$')::int as n) t",
        own=frontier.crawl_id,
    )
    assert wide(), "ten older ones, and another publisher's newest, name the day only"
    change = "update lumbung.article set published_at = {} where url = 'https://koran.example/{}'"
    run(database, change.format("'2027-06-01T00:00+07:00'", 1))
    assert not wide()
    run(database, change.format("'2027-06-01T00:01+07:00'", 1))
    assert wide()
    run(database, change.format("null", 2))
    assert not wide()
