"""Crawls that brought nothing go after a while; whatever anything may name or anybody may miss stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from support.stories import rows

from pipelines.database.connections import Connection, connect, transaction
from pipelines.harvest.frontier import Frontier
from spiders.publishers import Publisher
from spiders.publishers.window import Window

TIDIED = "delete from lumbung.tidied; select lumbung.forget_quiet_crawls({days})"


def crawls(connection: Connection, count: int, days: float, publisher: str = "koran", **changes: Any) -> list[int]:
    """So many crawls that ended so many days ago and brought nothing but for what is said."""
    at = datetime.now(UTC) - timedelta(days=days)
    columns = {"publisher": publisher, "started_at": at, "finished_at": at, "entries": 30, "known": 30, **changes}
    names, places = ", ".join(columns), ", ".join(["%s"] * len(columns))
    with transaction(connection) as cursor:
        cursor.execute(
            f"insert into lumbung.crawl ({names}) select {places} from generate_series(1, %s) returning crawl_id",
            [*columns.values(), count],
        )
        return [number for (number,) in cursor.fetchall()]


def forgotten(connection: Connection, days: int) -> int:
    """How many crawls a tidying forgets."""
    with transaction(connection) as cursor:
        cursor.execute(TIDIED.format(days=days))
        (count,) = cursor.fetchone() or (-1,)
    return int(count)


def left(connection: Connection) -> set[int]:
    return {number for (number,) in rows(connection, "select crawl_id from news.crawls")}


def test_old_quiet_ones_go_and_the_last_fifty_of_a_publisher_stay(database: Connection) -> None:
    old = crawls(database, 60, 400)
    new = crawls(database, 5, 300)
    of_another = crawls(database, 50, 400, "warta")
    assert forgotten(database, 365) == 15
    assert left(database) == {*old[15:], *new, *of_another}
    assert forgotten(database, 365) == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"enqueued": 1},
        {"stored": 1},
        {"updated": 1},
        {"rejected": 1},
        {"failed": 1},
        {"released": 1},
        {"repaired": 1},
        {"ranged": True},
        {"finished_at": None},
        {"problems": ["x is no feed"]},
    ],
)
def test_one_that_something_may_name_or_that_tells_something_stays(
    database: Connection, changes: dict[str, Any]
) -> None:
    telling = crawls(database, 1, 400, **changes)
    quiet = crawls(database, 1, 400)
    crawls(database, 50, 1)
    assert forgotten(database, 365) == 1
    assert left(database) >= set(telling)
    assert not left(database) & set(quiet)


@pytest.mark.parametrize(("days", "age", "count"), [
    (0, 4000, 0), (-1, 4000, 0), (365, 364.9, 0), (365, 365.1, 5), (1, 30.9, 0), (1, 31.1, 5), (40, 39.9, 0),
    (40, 40.1, 5),
])  # fmt: skip
def test_they_stay_as_long_as_was_asked_for_and_a_month_at_least(
    database: Connection, days: int, age: float, count: int
) -> None:
    crawls(database, 5, age)
    crawls(database, 50, 1)
    assert forgotten(database, days) == count


def test_a_tidying_takes_no_more_than_it_is_told_to_the_oldest_first(database: Connection) -> None:
    newer, older = crawls(database, 3, 400), crawls(database, 3, 500)
    crawls(database, 50, 1)
    assert rows(database, "select lumbung.forget_quiet_crawls(365, 4)") == [(4,)]
    assert left(database) & {*newer, *older} < set(newer)


def test_it_is_done_once_a_day_by_a_crawl_that_begins(database: Connection, database_url: str) -> None:
    def begun(days: int) -> None:
        window = Window(datetime.now(UTC) - timedelta(days=1), None, strict=False)
        Frontier(
            connect(database_url), Publisher(key="koran", name="Koran", home="https://koran.example/"), window,
            quiet_days=days,
        ).connection.close()  # fmt: skip

    old = crawls(database, 2, 400)
    crawls(database, 50, 1)
    begun(0)
    assert left(database) > set(old)
    begun(365)
    assert not left(database) & set(old)
    again = crawls(database, 2, 400)
    crawls(database, 50, 1)
    begun(365)
    assert left(database) > set(again)
    with transaction(database) as cursor:
        cursor.execute("update lumbung.tidied set at = now() - interval '25 hours'")
    begun(365)
    assert not left(database) & set(again)


def test_a_crawler_may_do_it_and_delete_no_crawl_itself(database: Connection) -> None:
    old = crawls(database, 1, 400)
    crawls(database, 50, 1)
    with transaction(database) as cursor:
        cursor.execute("set local role lumbung_crawler")
        cursor.execute("select lumbung.forget_quiet_crawls(365)")
        assert cursor.fetchone() == (1,)
    assert not left(database) & set(old)


def test_what_refers_to_a_crawl_costs_its_deletion_no_scan(database: Connection) -> None:
    ((constraints,),) = rows(
        database,
        "select array_agg(relname order by relname) from pg_constraint join pg_class c on c.oid = conrelid"
        " where confrelid = 'lumbung.crawl'::regclass and contype = 'f'",
    )
    assert constraints == ["page"]  # a turn may be a round's of the watch, which has no row in the ledger
    indexed = "select indexdef from pg_indexes where indexname in ('page_leased', 'turn_crawl') order by 1"
    found = [str(each) for (each,) in rows(database, indexed)]
    assert "(leased_by) WHERE (leased_by IS NOT NULL)" in found[0]
    assert "(crawl_id)" in found[1]
