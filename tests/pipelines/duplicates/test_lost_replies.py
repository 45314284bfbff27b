"""Lost replies to commits of deduplication: a batch counts once, new rules are made final once."""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pytest
from support.lost_reply import LossyWire
from support.stories import members, newsroom, put, rows

from pipelines.database.connections import Connection, Work, connect, transaction
from pipelines.database.lasting import Lasting
from pipelines.duplicates.deduplicate import Summary, deduplicate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.stack.postgres import Server


@contextmanager
def lasting(url: str) -> Iterator[Lasting]:
    it = Lasting(connect(url, work=Work.DEDUPLICATING))
    yield it
    it.connection.close()


@pytest.fixture
def wire(server: Server) -> Iterator[LossyWire]:
    made = LossyWire(server.port)
    with made.running():
        yield made


def test_new_rules_are_reported_and_made_final_once_where_the_reply_was_lost(
    database: Connection, database_url: str, wire: LossyWire
) -> None:
    """The report comes with the run that is last to see an article, the final state with the run after it."""
    put(database, newsroom(20))
    deduplicate(database)
    expected = members(database)
    with transaction(database) as cursor:
        cursor.execute("delete from lumbung.cluster_member")
        cursor.execute("update lumbung.fingerprint set algorithm = algorithm - 1")
    state = "select reported_at is not null, final_at is not null from lumbung.renewal"
    for run, (number, after) in enumerate(((2, [(True, False)]), (1, [(True, True)])), 1):
        with lasting(wire.url(database_url)) as it:
            wire.lose(number)
            deduplicate(it.connection)
        assert wire.lost == run
        assert rows(database, state) == after
    assert members(database) == expected


def test_deduplication_counts_a_batch_once_whose_reply_was_lost(
    database: Connection, database_url: str, wire: LossyWire
) -> None:
    put(database, newsroom(40))
    whole = deduplicate(database, batch=10)
    expected = members(database)
    assert expected
    told: list[int] = []
    for number in range(1, 6):
        with transaction(database) as cursor:
            cursor.execute(
                "truncate lumbung.fingerprint, lumbung.fingerprint_key, lumbung.near_duplicate, lumbung.cluster_member,"
                " lumbung.contradiction"
            )
            cursor.execute("insert into lumbung.deduplication_due (article_id) select article_id from lumbung.article")
        told.clear()
        with closing(connect(wire.url(database_url), work=Work.DEDUPLICATING)) as run:
            wire.lose(number)
            done = deduplicate(run, batch=10, progress=lambda done: told.append(done.seen))
        assert wire.lost == number
        assert done == whole
        assert told == [10, 20, 30, 40]
        assert members(database) == expected
    with closing(connect(wire.url(database_url), work=Work.DEDUPLICATING)) as run:
        wire.lose(1)
        assert deduplicate(run, batch=10) == Summary()


def test_a_limit_holds_when_the_reply_to_a_batch_was_lost(
    database: Connection, database_url: str, wire: LossyWire
) -> None:
    put(database, newsroom(30))
    with closing(connect(wire.url(database_url), work=Work.DEDUPLICATING)) as run:
        wire.lose(1)
        assert deduplicate(run, batch=10, limit=10).seen == 10
    assert rows(database, "select count(*) from lumbung.fingerprint") == [(10,)]
