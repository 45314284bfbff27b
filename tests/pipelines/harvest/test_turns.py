"""Turns of a domain among crawls, in a real Postgres: in order, one at a time, never lost."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from threading import Barrier, Thread
from typing import TYPE_CHECKING, Any

import pytest
from support.hanging_up import hang_up

from pipelines.database.connections import Connection, connect, transaction
from pipelines.harvest.frontier import Frontier
from pipelines.harvest.ledger import find_crawl
from spiders.publishers import Publisher
from spiders.publishers.window import Window

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from spiders.fetching.turns import Turn

PUBLISHER = Publisher(key="koran", name="Koran", home="https://koran.example/")
DOMAIN = "koran.example"


@contextmanager
def crawl(url: str, run: str = "r") -> Iterator[Frontier]:
    frontier = Frontier(connect(url), PUBLISHER, Window(datetime(2026, 11, 1, tzinfo=UTC), None, strict=False), run)
    try:
        yield frontier
    finally:
        hang_up(frontier.connection)


@pytest.fixture
def crawls(database_url: str) -> Iterator[list[Frontier]]:
    with ExitStack() as stack:
        yield [stack.enter_context(crawl(database_url, f"r{number}")) for number in range(3)]


def take(frontier: Frontier, domain: str = DOMAIN, delay: float = 0.0) -> Turn:
    return asyncio.run(frontier.turns.take(domain, delay))


def keep(frontier: Frontier, delay: float = 0.0) -> bool:
    return asyncio.run(frontier.turns.keep(DOMAIN, delay))


def run(connection: Connection, statement: str) -> list[tuple[Any, ...]]:
    with transaction(connection) as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


def test_a_turn_is_kept_while_nobody_waits_and_passed_on_in_the_order_of_arrival(crawls: list[Frontier]) -> None:
    one, two, three = crawls
    assert take(one).ours
    assert keep(one)
    assert not take(two).ours
    assert not take(three).ours
    assert not keep(one)
    assert not take(one).ours
    assert take(two).ours
    assert not take(three).ours
    asyncio.run(two.turns.release(DOMAIN, 0))
    assert take(three).ours
    assert not take(one).ours
    assert take(one, "gatra.example").ours, "another domain has another queue"


def test_the_delay_between_two_requests_passes_to_the_next_crawl(crawls: list[Frontier]) -> None:
    one, two, three = crawls
    take(one)
    take(two)
    keep(one, delay=30)
    assert 25 < take(two).seconds <= 30
    take(three)
    asyncio.run(two.turns.release(DOMAIN, 50))
    turn = take(three)
    assert 45 < turn.seconds <= 50
    assert turn.reason is None


def test_a_closed_crawl_leaves_its_turn_with_its_delay(crawls: list[Frontier]) -> None:
    one, two, _ = crawls
    take(one, delay=40)
    take(two)
    asyncio.run(one.close("finished"))
    turn = take(two)
    assert turn.ours
    assert 35 < turn.seconds <= 40


def test_the_turn_of_a_dead_crawl_passes_on_with_its_delay_and_its_row_is_closed(
    crawls: list[Frontier], database: Connection
) -> None:
    one, two, three = crawls
    take(one, delay=40)
    take(three)
    take(two)
    hang_up(one.connection)
    hang_up(three.connection)
    while not (turn := take(two)).ours:
        pass
    assert 35 < turn.seconds <= 40
    dead = find_crawl(database, "r0")
    assert dead is not None
    assert dead.finish_reason == "killed"
    waiting = find_crawl(database, "r1")
    assert waiting is not None
    assert waiting.finished_at is None, "the crawl that waits took itself for dead"


def test_the_turn_of_a_crawl_that_hangs_runs_out_and_it_learns_of_it(
    crawls: list[Frontier], database: Connection
) -> None:
    one, two, _ = crawls
    take(one)
    assert not take(two).ours
    run(database, "update lumbung.turn set until = now() - interval '1 second' where crawl_id = 1")
    take(two)
    assert take(two).ours
    assert not keep(one)


def test_a_crawl_that_waits_for_long_keeps_its_place(crawls: list[Frontier], database: Connection) -> None:
    one, two, three = crawls
    take(one)
    take(two)
    run(database, "update lumbung.turn set until = now() + interval '1 second' where crawl_id = 2")
    take(two)
    take(three)
    assert run(database, "select count(*) from lumbung.turn where until > now() + interval '5 minutes'") == [(3,)]


def test_a_rest_is_remembered_and_forgotten(crawls: list[Frontier], database: Connection) -> None:
    one, two, _ = crawls
    assert take(one).reason is None
    asyncio.run(one.turns.rest(DOMAIN, 600, "it asks\x00for that", 3))
    hang_up(one.connection)
    while not (turn := take(two)).ours:
        pass
    assert 590 < turn.seconds <= 600
    assert (turn.reason, turn.strikes) == ("it asks\ufffdfor that", 3)
    asyncio.run(two.turns.rest(DOMAIN, 10, "HTTP 503", 3))
    assert take(two).seconds > 590, "a shorter rest must not end a longer one"
    assert run(database, "select left_alone, strikes from news.domains") == [(True, 3)]
    asyncio.run(two.turns.clear_rest(DOMAIN))
    assert (take(two).reason, take(two).strikes) == (None, 0)


def test_the_pace_that_a_domain_asked_for_is_known_to_every_later_crawl(
    crawls: list[Frontier], database: Connection
) -> None:
    one, two, _ = crawls
    turn = take(one)
    assert (turn.pace, turn.pace_age) == (0, 0)
    asyncio.run(one.turns.store_pace(DOMAIN, 2.5))
    take(one, "gatra.example")
    assert run(database, "select domain, pace, paced_at <= now() from news.domains order by 1") == [
        ("gatra.example", None, None),
        (DOMAIN, 2.5, True),
    ]
    asyncio.run(one.close("finished"))
    run(database, "update lumbung.domain set paced_at = paced_at - interval '1 hour' where pace is not null")
    turn = take(two)
    assert turn.pace == 2.5
    assert 3_600 <= turn.pace_age < 3_700
    asyncio.run(two.turns.store_pace(DOMAIN, 5))
    assert (take(two).pace, take(two).pace_age < 60) == (5, True)
    asyncio.run(two.turns.clear_rest(DOMAIN))
    assert take(two).pace == 5, "a good answer ends a rest, not what was learned"
    assert take(two, "gatra.example").pace == 0


def test_of_crawls_that_queue_up_at_the_same_moment_one_has_the_turn(database_url: str) -> None:
    for number in range(10):
        with ExitStack() as stack:
            frontiers = [stack.enter_context(crawl(database_url)) for _ in range(5)]
            start = Barrier(len(frontiers))
            ours: list[bool] = []

            def queue(frontier: Frontier, domain: str, start: Barrier = start, ours: list[bool] = ours) -> None:
                start.wait()
                ours.append(take(frontier, domain).ours)

            threads = [Thread(target=queue, args=(frontier, f"d{number}.example")) for frontier in frontiers]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert sorted(ours) == [False, False, False, False, True]


def close(frontier: Frontier) -> None:
    asyncio.run(frontier.close("finished"))


def leave(frontier: Frontier) -> None:
    asyncio.run(frontier.turns.release(DOMAIN, 0))


def pass_on(frontier: Frontier) -> None:
    assert not keep(frontier)


def hang(frontier: Frontier) -> None:
    run(frontier.connection, "update lumbung.turn set until = now() - interval '1 s' where crawl_id = 1")


def die(frontier: Frontier) -> None:
    hang_up(frontier.connection)


@pytest.mark.parametrize("end", [close, leave, pass_on, hang, die])
def test_no_end_of_a_turn_ends_a_rest_of_the_domain(crawls: list[Frontier], end: Callable[[Frontier], None]) -> None:
    one, two, _ = crawls
    assert take(one).ours
    take(two)
    asyncio.run(one.turns.rest(DOMAIN, 600, "HTTP 429", 1))
    end(one)
    while not (turn := take(two)).ours:
        pass
    assert 590 < turn.seconds <= 600
    assert (turn.reason, turn.strikes) == ("HTTP 429", 1)


@pytest.mark.parametrize("end", [close, hang, die])
def test_the_delay_that_a_crawl_asked_for_last_is_kept_after_it_ends(
    crawls: list[Frontier], end: Callable[[Frontier], None]
) -> None:
    one, two, _ = crawls
    take(one, delay=5)
    assert keep(one, delay=40)
    take(two)
    end(one)
    while not (turn := take(two)).ours:
        pass
    assert 35 < turn.seconds <= 40


def test_a_turn_is_kept_although_one_that_hangs_has_a_ticket(crawls: list[Frontier], database: Connection) -> None:
    one, two, _ = crawls
    take(one)
    take(two)
    run(database, "update lumbung.turn set until = now() - interval '1 s' where crawl_id = 2")
    assert keep(one)
    assert take(one).ours


def test_a_turn_holds_for_ten_minutes_after_each_look_at_it(crawls: list[Frontier], database: Connection) -> None:
    def left(minutes: float) -> bool:
        ((until,),) = run(database, "select extract(epoch from until - now())::float8 / 60 from lumbung.turn")
        return bool(minutes - 0.5 < until <= minutes)

    one = crawls[0]
    take(one)
    assert left(10)
    run(database, "update lumbung.turn set until = now() + interval '330 s'")
    take(one)
    assert left(5.5), "more than five minutes are left: no need to write"
    run(database, "update lumbung.turn set until = now() + interval '290 s'")
    take(one)
    assert left(10)
    run(database, "update lumbung.turn set until = now() + interval '330 s'")
    keep(one)
    assert left(10)


def test_a_crawl_that_hangs_keeps_the_turn_for_which_nobody_waits(crawls: list[Frontier], database: Connection) -> None:
    one, two, _ = crawls
    for domain in (DOMAIN, "gatra.example"):
        take(one, domain)
    run(database, "update lumbung.turn set until = now() - interval '1 second' where domain = 'gatra.example'")
    assert not take(two).ours
    assert asyncio.run(one.turns.keep("gatra.example", 0)), "it was not asked for by the crawl that waits for another"


def test_whoever_waits_only_looks(crawls: list[Frontier], database: Connection) -> None:
    """Each of them does so twice a second: nothing is written and no row locked until the turn comes."""
    one, two, _ = crawls
    take(one)
    take(two)
    versions = (
        "select 'turn', ticket, ctid::text, xmin::text, xmax::text from lumbung.turn union all"
        " select 'domain', 0, ctid::text, xmin::text, xmax::text from lumbung.domain order by 1, 2"
    )
    before = run(database, versions)
    for _ in range(2):
        assert not take(two).ours
    assert run(database, versions) == before
    run(database, "delete from lumbung.turn where crawl_id = 2")
    assert not take(two).ours
    assert run(database, "select crawl_id from lumbung.turn order by ticket") == [(1,), (2,)], (
        "a lost ticket is drawn anew"
    )


@pytest.mark.parametrize("end", [leave, pass_on, hang])
def test_a_turn_that_ends_ends_no_other(
    crawls: list[Frontier], database: Connection, end: Callable[[Frontier], None]
) -> None:
    one, two, three = crawls
    for domain in (DOMAIN, "gatra.example"):
        for frontier in crawls:
            take(frontier, domain, delay=0)
    run(database, "update lumbung.domain set free_at = now() - interval '1 hour'")
    end(one)
    if end is hang:
        run(database, "update lumbung.turn set until = now() + interval '9 minutes' where domain = 'gatra.example'")
        take(two)
    left = "select domain, crawl_id from lumbung.turn order by 1, 2"
    others = [("gatra.example", each.crawl_id) for each in crawls]
    assert run(database, left) == [*others, (DOMAIN, two.crawl_id), (DOMAIN, three.crawl_id)]
    freed = run(database, "select domain from lumbung.domain where free_at > now() - interval '5 minutes'")
    assert freed == [(DOMAIN,)]


def test_what_is_stored_of_a_domain_is_stored_of_no_other(crawls: list[Frontier], database: Connection) -> None:
    one = crawls[0]
    for domain in (DOMAIN, "gatra.example"):
        take(one, domain)
        asyncio.run(one.turns.rest(domain, 5, "HTTP 403", 2))
        asyncio.run(one.turns.store_pace(domain, 4))
    asyncio.run(one.turns.rest(DOMAIN, 900, "HTTP 429", 3))
    asyncio.run(one.turns.store_pace(DOMAIN, 9))
    other = (
        "select reason, strikes, pace, free_at < now() + interval '1 minute' from lumbung.domain"
        " where domain = 'gatra.example'"
    )
    assert run(database, other) == [("HTTP 403", 2, 4, True)]
    asyncio.run(one.turns.clear_rest(DOMAIN))
    assert run(database, other) == [("HTTP 403", 2, 4, True)]
