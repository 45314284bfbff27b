"""`news.coverage` and `news.freshness` from kept figures say what counting everything says."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from random import Random
from typing import TYPE_CHECKING, Any

import psycopg2
import pytest
from support.stories import Story, body, put, rows

from pipelines.database.connections import Connection, connect, transaction

if TYPE_CHECKING:
    from collections.abc import Callable

COVERAGE = """
select
    p.publisher,
    (coalesce(
        a.published_at,
        case
            when p.announced_until is null or p.announced_until < p.announced_at + interval '1 day' then p.announced_at
        end
    ) at time zone coalesce(z.timezone, 'UTC'))::date as day,
    count(*) as announced,
    count(*) filter (where a.page_id is not null) as stored,
    count(*) filter (where a.page_id is null and p.state in ('rejected', 'taken_down')) as rejected,
    count(*) filter (where a.page_id is null and p.state in ('due', 'leased', 'done') and p.failures > 0) as failed,
    count(*) filter (where a.page_id is null and p.state in ('due', 'leased', 'done') and p.failures = 0) as due
from lumbung.page p
left join lumbung.article a using (page_id)
left join lumbung.publisher z on z.publisher = p.publisher
group by 1, 2
"""
FRESHNESS = """
select
    c.publisher, max(c.started_at), a.newest_published_at, a.newest_stored_at, coalesce(a.articles, 0),
    coalesce(a.articles_last_day, 0),
    (select count(*) from lumbung.page p where p.publisher = c.publisher and p.state = 'due'),
    coalesce(a.published_last_day, 0), coalesce(a.undated, 0)
from lumbung.crawl c
left join (
    select
        publisher, max(published_at) as newest_published_at, max(first_fetched_at) as newest_stored_at,
        count(*) as articles,
        count(*) filter (where first_fetched_at > now() - interval '1 day') as articles_last_day,
        count(*) filter (where published_at > now() - interval '1 day' and published_at <= now()) as published_last_day,
        count(*) filter (where published_at is null) as undated
    from lumbung.article
    group by publisher) a using (publisher)
group by
    c.publisher, a.newest_published_at, a.newest_stored_at, a.articles, a.articles_last_day, a.published_last_day,
    a.undated
"""
"""Both views as they were before figures were kept."""

DAY = "timestamptz '2026-11-01 20:00+00' + {0} * interval '5 hours'"
PUBLISHERS = ("antik", "baru", "cuaca")
STATES = ("due", "done", "rejected", "taken_down")


class Harvest:
    """Random changes, by the loader's kind of statements and by hand."""

    def __init__(self, connection: Connection, seed: int) -> None:
        self.connection, self.random, self.seed = connection, Random(seed), seed  # noqa: S311 - repeatable
        self.made = 0

    def say(self, statement: str, *values: Any) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(statement, values)

    def moment(self) -> str:
        return self.random.choice(["null", *(DAY.format(self.random.randrange(30)) for _ in range(4))])

    def announce(self) -> None:
        for _ in range(self.random.randint(1, 6)):
            self.made += 1
            until = self.random.choice(["null", f"{DAY.format(9)} + interval '1 day'", DAY.format(9)])
            self.say(
                "insert into lumbung.page (publisher, canonical_url, url, announced_at, announced_until, failures)"
                f" values (%s, %s, 'u', {self.moment()}, {until}, %s)",
                self.random.choice(PUBLISHERS), f"https://x.example/{self.seed}/{self.made}",
                self.random.choice([0, 0, 2]),
            )  # fmt: skip

    def load(self) -> None:
        """Articles of some pages, and their pages in the same statement."""
        self.say(
            f"""
            with chosen as (
                select page_id, publisher, canonical_url from lumbung.page where page_id %% 4 = %s and publisher = %s
            ), told as (
                update lumbung.page p set state = 'done', failures = 0, announced_at = {self.moment()}
                from chosen where p.page_id = chosen.page_id
            )
            insert into lumbung.article as a (page_id, publisher, url, canonical_url, headline, paragraphs, text_hash,
                published_at, fetched_at, first_fetched_at, crawl_id)
            select page_id, publisher, 'u', canonical_url, 'Kabar', '{{Padi.}}', gen_random_uuid(), {self.moment()},
                now(), now() - {self.random.randrange(60)} * interval '1 hour', 1
            from chosen
            on conflict (page_id) do update set published_at = excluded.published_at
            """,
            self.random.randrange(4), self.random.choice(PUBLISHERS),
        )  # fmt: skip

    def pages(self) -> None:
        state, failures = self.random.choice(STATES), self.random.choice([0, 0, 1, 3])
        self.say(
            f"update lumbung.page set state = %s, failures = %s, announced_at = {self.moment()}"
            " where page_id %% 5 = %s",
            state, failures, self.random.randrange(5),
        )  # fmt: skip

    def articles(self) -> None:
        self.say(
            f"update lumbung.article set published_at = {self.moment()}, section = 'x' where article_id %% 6 = %s",
            self.random.randrange(6),
        )

    def remove(self) -> None:
        self.say("delete from lumbung.article where article_id %% 7 = %s", self.random.randrange(7))
        self.say(
            "delete from lumbung.page p where page_id %% 9 = %s"
            " and not exists (select from lumbung.article a where a.page_id = p.page_id)",
            self.random.randrange(9),
        )

    def zone(self) -> None:
        self.say(
            "insert into lumbung.publisher (publisher, timezone) values (%s, %s)"
            " on conflict (publisher) do update set timezone = excluded.timezone",
            self.random.choice(PUBLISHERS), self.random.choice(["Asia/Jakarta", "Asia/Jayapura", "UTC"]),
        )  # fmt: skip

    def crawl(self) -> None:
        self.say("insert into lumbung.crawl (publisher) values (%s)", self.random.choice(PUBLISHERS))
        self.say("select lumbung.add_up_counts()")

    def change(self) -> None:
        steps: list[Callable[[], None]] = [
            self.announce, self.announce, self.load, self.load, self.pages, self.articles, self.remove, self.zone,
            self.crawl,
        ]  # fmt: skip
        self.random.choice(steps)()


def differences(connection: Connection) -> list[tuple[Any, ...]]:
    def between(view: str, counted: str) -> str:
        return f"(({view}) except all ({counted})) union all (({counted}) except all ({view}))"

    fresh = """select publisher, last_crawl_at, newest_published_at, newest_stored_at, articles, articles_last_day,
        pages_due, published_last_day, undated from news.freshness"""
    return [
        *rows(connection, between("table news.coverage", COVERAGE)),
        *rows(connection, between(fresh, FRESHNESS)),
    ]


@pytest.fixture
def begun(database: Connection) -> Connection:
    with transaction(database) as cursor:
        cursor.execute("insert into lumbung.crawl (crawl_id, publisher) overriding system value values (1, 'antik')")
        cursor.execute("alter sequence lumbung.crawl_crawl_id_seq restart with 2")
    return database


@pytest.mark.parametrize("seed", range(4))
def test_under_random_changes_the_figures_are_those_of_counting_everything(begun: Connection, seed: int) -> None:
    harvest = Harvest(begun, seed)
    for number in range(60):
        with begun:
            for _ in range(harvest.random.randint(1, 3)):
                harvest.change()
        if number % 10 == 7:
            harvest.change()
            begun.rollback()
        assert differences(begun) == [], number
    assert len(rows(begun, "table news.coverage")) > 3


def test_several_at_once_lose_nothing_and_wait_for_no_counter(begun: Connection, database_url: str) -> None:
    deadline = time.monotonic() + 8

    def work(seed: int) -> int:
        done = 0
        with closing(connect(database_url)) as connection:
            harvest = Harvest(connection, seed)
            while time.monotonic() < deadline:
                try:
                    with connection:
                        for _ in range(3):
                            harvest.change()
                    done += 1
                except (psycopg2.errors.DeadlockDetected, psycopg2.errors.ForeignKeyViolation):
                    connection.rollback()
        return done

    with ThreadPoolExecutor(4) as pool:
        assert min(pool.map(work, range(10, 14))) > 3
    assert differences(begun) == []


@pytest.mark.parametrize("known", [True, False])
def test_a_zone_that_changes_while_pages_are_new_counts_them_too(
    begun: Connection, database_url: str, *, known: bool
) -> None:
    page = (
        "insert into lumbung.page (publisher, canonical_url, url, announced_at)"
        " values ('antik', 'https://x.example/' || %s, 'u', '2026-11-05 20:00+00')"
    )
    zone = (
        "insert into lumbung.publisher (publisher, timezone) values ('antik', %s)"
        " on conflict (publisher) do update set timezone = excluded.timezone"
    )
    with transaction(begun) as cursor:
        if known:
            cursor.execute(zone, ["UTC"])
        cursor.execute(page, ["old"])
    with closing(connect(database_url)) as other, ThreadPoolExecutor(1) as pool, begun.cursor() as cursor:
        cursor.execute(page, ["new"])
        with other.cursor() as moving:
            moved = pool.submit(moving.execute, zone, ["Asia/Jayapura"])
            time.sleep(0.5)  # without a lock it is done by now, and has not seen the new page
            begun.commit()
            moved.result(30)
            other.commit()
    assert rows(begun, "select day::text, due from news.coverage") == [("2026-11-06", 2)]
    assert differences(begun) == []


def test_two_crawls_count_for_the_same_day_without_waiting(begun: Connection, database_url: str) -> None:
    with closing(connect(database_url)) as other, other.cursor() as cursor:
        cursor.execute("set lock_timeout = '1s'")
        statement = (
            "insert into lumbung.page (publisher, canonical_url, url, announced_at)"
            " select 'antik', 'https://x.example/' || %s || n, 'u', timestamptz '2026-11-05'"
            " from generate_series(1, 50) n"
        )
        with begun.cursor() as first:
            first.execute(statement, ["a"])
            cursor.execute(statement, ["b"])
            cursor.execute("select lumbung.add_up_counts()")
            other.commit()
            assert rows(other, "select due from news.coverage") == [(50,)]
            begun.commit()
    assert rows(begun, "select due from news.coverage") == [(100,)]
    assert differences(begun) == []


def test_emptied_tables_are_counted_as_empty(begun: Connection) -> None:
    put(begun, [Story(body(number)) for number in range(3)])
    rows(begun, "select lumbung.add_up_counts()")
    with transaction(begun) as cursor:
        cursor.execute("truncate lumbung.article cascade")
    assert differences(begun) == []
    assert rows(begun, "select announced, stored from news.coverage") == [(3, 0)]
    with transaction(begun) as cursor:
        cursor.execute("truncate lumbung.page cascade")
    assert rows(begun, "table news.coverage") == []


def test_what_is_asked_of_one_day_reads_that_day_only(begun: Connection) -> None:
    with transaction(begun) as cursor:
        cursor.execute(
            "insert into lumbung.day_count select 'p' || n % 50, date '2020-01-01' + n / 50, 1, 0, 0, 0"
            " from generate_series(0, 20000) n"
        )
        cursor.execute("analyze lumbung.day_count")
    for asked, index in (
        ("table news.freshness", "article_publisher_stored"),
        ("select * from news.coverage where publisher = 'p7' and day = '2020-05-05'", "day_count_publisher_day_key"),
    ):
        told = "\n".join(line for (line,) in rows(begun, f"explain (costs off) {asked}"))
        assert index in told
        assert "Seq Scan on page" not in told
        assert "Seq Scan on article" not in told
        assert asked.startswith("table") or "Seq Scan on day_count" not in told
