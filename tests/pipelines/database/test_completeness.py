"""What was missed: which lists showed a page is kept once, and the estimate promises no more than there is."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from support.stories import rows

from pipelines.database.connections import connect, transaction
from pipelines.harvest.frontier import Frontier
from spiders.article import Entry, Validators
from spiders.frontier import Shown, Way
from spiders.publishers import Publisher
from spiders.publishers.window import Window

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.database.connections import Connection

PUBLISHER = Publisher(key="koran", name="Koran", home="https://koran.example/", timezone="UTC")
NOW = datetime.now(UTC)
MIDNIGHT = NOW.replace(hour=0, minute=0, second=0, microsecond=0)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
OPEN = Window(NOW - 30 * DAY, None, strict=False)


@contextmanager
def crawl(url: str) -> Iterator[Frontier]:
    frontier = Frontier(connect(url), PUBLISHER, OPEN, "r")
    try:
        yield frontier
    finally:
        frontier.connection.close()


def show(frontier: Frontier, way: Way, hours: range, at: datetime = NOW) -> None:
    """A list of a kind shows what appeared so many hours before today."""
    entries = [Entry(url=f"https://koran.example/{hour}", published_at=MIDNIGHT - hour * HOUR) for hour in hours]
    asyncio.run(frontier.announce(f"https://koran.example/{way.name}", entries, Validators(), shown=Shown(way, at)))


def store(database: Connection, but: int = 0) -> None:
    """All that was announced, but for a few of yesterday."""
    with transaction(database) as cursor:
        cursor.execute(
            "insert into lumbung.article (page_id, publisher, url, canonical_url, headline, paragraphs, text_hash,"
            " fetched_at, first_fetched_at, crawl_id, published_at)"
            " select page_id, publisher, url, canonical_url, 'Panen', '{Padi.}', md5(url)::uuid, now(), now(), 1,"
            " announced_at from lumbung.page"
            " where page_id not in ("
            "select page_id from lumbung.page where announced_at < %s order by page_id limit %s)",
            [MIDNIGHT, but],
        )


def told(database: Connection) -> dict[int, tuple[Any, ...]]:
    """By how many days ago: completeness, unseen, lists, basis."""
    found = rows(database, "select day, completeness, unseen, lists, basis from news.completeness")
    return {(NOW.date() - day).days: tuple(rest) for day, *rest in found}


def test_each_kind_of_list_is_noted_once_and_a_repetition_writes_nothing(
    database_url: str, database: Connection
) -> None:
    written = "select page_id, xmin::text, ways from lumbung.page order by page_id"
    with crawl(database_url) as frontier:
        show(frontier, Way.FEED, range(1, 6))
        first = rows(database, written)
        show(frontier, Way.FEED, range(1, 6))
        assert rows(database, written) == first
        show(frontier, Way.SITEMAP, range(3, 9))
        second = rows(database, written)
        assert [ways for *_, ways in second] == [1, 1, 3, 3, 3, 2, 2, 2]
        show(frontier, Way.SITEMAP, range(3, 9))
        show(frontier, Way.FEED, range(1, 6))
        assert rows(database, written) == second
    figures = "select ways, sum(due)::int from (table lumbung.day_count union all table lumbung.count_change) c"
    assert rows(database, f"{figures} group by ways having sum(due) <> 0 order by ways") == [(1, 2), (2, 3), (3, 3)]
    assert rows(database, "select sum(announced)::int from news.coverage") == [(8,)]


def test_a_list_that_hid_nothing_is_taken_at_its_word(database_url: str, database: Connection) -> None:
    with crawl(database_url) as frontier:
        show(frontier, Way.FEED, range(-1, 60))
    store(database, but=6)
    found = told(database)
    assert found[1] == (
        18 / 24,
        0,
        ["feed"],
        "one kind of list alone, without a gap: feed; what it leaves out nobody knows",
    )
    assert found[2][0] == 1
    assert 3 in found
    assert found[3][0] is None, "the feed did not reach back to the beginning of that day"


def test_where_nothing_is_known_it_says_so_and_never_that_all_is_there(database_url: str, database: Connection) -> None:
    with crawl(database_url) as frontier:
        show(frontier, Way.FEED, range(5, 60))
    store(database)
    assert told(database)[1][0] is None
    assert told(database)[1][3] == "no list has shown anything newer yet: the day may go on"
    with transaction(database) as cursor:
        cursor.execute("delete from lumbung.poll")
    assert {share for share, *_ in told(database).values()} == {None}


def test_one_list_that_lacks_half_is_found_out_by_another_and_two_that_lack_a_third_each(
    database_url: str, database: Connection
) -> None:
    with crawl(database_url) as frontier:
        show(frontier, Way.FEED, range(-1, 60))
        show(frontier, Way.SITEMAP, range(-1, 60, 2))
        store(database)
        assert told(database)[1] == (1, 0, ["feed", "sitemap"], "compared: feed, sitemap")
    with transaction(database) as cursor:
        cursor.execute(
            "update lumbung.page set ways = case when page_id % 3 = 0 then 1 when page_id % 3 = 1 then 2 else 3 end"
        )
    share, unseen, *_ = told(database)[1]
    assert unseen > 24 / 3 * 0.9, "a third was seen by each alone: about as many by neither"
    assert share == pytest.approx(24 / (24 + unseen))


def test_what_came_and_went_unseen_is_filled_with_what_is_usual(database_url: str, database: Connection) -> None:
    with crawl(database_url) as frontier:
        show(frontier, Way.FEED, range(20, 80), at=MIDNIGHT - 20 * HOUR)
        show(frontier, Way.FEED, range(-1, 12))
    store(database)
    share, unseen, _, basis = told(database)[1]
    assert "for 9.0 hours no list was seen" in basis
    assert unseen == pytest.approx(18 + 1.645 * 18**0.5), "nine of the twelve hours of a day of 24, and rather more"
    assert share < 16 / 24
    with crawl(database_url) as frontier:
        show(frontier, Way.SITEMAP, range(-1, 80))
    store_again = "select due from news.coverage where day = current_date - 1"
    assert rows(database, store_again) == [(8,)], "the sitemap knows them: nothing is guessed any more"
    assert told(database)[1][:2] == (pytest.approx(16 / 24), 0)


def test_the_estimate_is_cautious_when_lists_lack_articles_by_chance(database: Connection) -> None:
    """Over a week of a publisher: of six hundred only one in twenty may promise more than two points too much."""
    chance, weeks, promised = Random(5), 600, Counter[bool]()  # noqa: S311 - repeatable
    numbers = [(chance.randint(40, 400), chance.uniform(0.3, 1), chance.uniform(0.3, 1)) for _ in range(weeks)]
    seen = []
    for truth, one, other in numbers:
        ways = Counter((chance.random() < one, chance.random() < other) for _ in range(truth))
        both, first, second = ways[True, True], ways[True, False], ways[False, True]
        seen.append((both + first, both + second, both, truth))
    with transaction(database) as cursor:
        cursor.execute(
            "select lumbung.share(o + t - b, o + t - b, lumbung.unseen_at_most(o, t, b)) from unnest(%s::bigint[],"
            " %s::bigint[], %s::bigint[]) with ordinality as u (o, t, b, place) order by place",
            [[each[column] for each in seen] for column in range(3)],
        )
        shares = [share for (share,) in cursor.fetchall()]
    for share, (one, other, both, truth) in zip(shares, seen, strict=True):
        promised[share > (one + other - both) / truth + 0.02] += 1
        assert 0 < share <= 1
    assert promised[True] <= weeks / 20


def test_the_estimate_is_never_above_one_and_falls_with_what_is_missing(database: Connection) -> None:
    with transaction(database) as cursor:
        cursor.execute(
            "select bool_and(lumbung.unseen_at_most(o, t, b) >= lumbung.unseen(o, t, b)),"
            " bool_and(lumbung.unseen(o, t, b) >= 0),"
            " bool_and(b = 0 or lumbung.unseen_at_most(o, t, b - 1) >= lumbung.unseen_at_most(o, t, b)),"
            " bool_and(lumbung.share(s, o + t - b, lumbung.unseen(o, t, b)) between 0 and 1),"
            " bool_and(s = 0 or lumbung.share(s - 1, o + t - b, lumbung.unseen(o, t, b))"
            " < lumbung.share(s, o + t - b, lumbung.unseen(o, t, b)))"
            " from generate_series(1, 25) o, generate_series(1, 25) t, generate_series(0, least(o, t)) b,"
            " generate_series(0, o + t - b) s"
        )
        assert cursor.fetchone() == (True,) * 5
        cursor.execute("select lumbung.share(0, 0, 5), lumbung.share(9, 9, null), lumbung.expected_in(6, null)")
        assert cursor.fetchone() == (None, 1, None)
