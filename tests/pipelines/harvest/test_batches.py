"""A batch is the sum of its visits: whatever stands beside a page changes nothing of what becomes of it.

Two publishers with the same pages and the same history live side by side. What one loads or announces together the
other does one by one; in the end every column of every table says the same of both.
"""

from __future__ import annotations

import asyncio
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from psycopg2.extras import RealDictCursor

from pipelines.database.connections import Connection, connect, transaction
from pipelines.harvest.frontier import Frontier
from pipelines.harvest.load import load_batch
from spiders.article import (
    Article,
    Entry,
    Failure,
    LeasedPage,
    Look,
    Outcome,
    Reason,
    Rejection,
    Released,
    Unchanged,
    Validators,
    Visit,
)  # fmt: skip
from spiders.publishers import Publisher
from spiders.publishers.window import Window

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FIRST = datetime(2026, 11, 10, 12, tzinfo=UTC)
AGAIN = FIRST + timedelta(days=3)
HISTORIES = ("new", "stored", "rejected", "failed", "doubted", "absent", "many")
OUTCOMES = ("same", "other", "read", "photo", "gone", "failure", "late", "unchanged", "released", "held")
TABLES = ("page", "article", "rejection", "revision", "reads", "held", "kept_page", "publisher", "poll")
NUMBERS = {"page_id", "article_id", "url_key"}
CRAWLS = {"crawl_id", "leased_by", "looked_by", "found_by", "failed_in"}


class Side:
    """One publisher with its history."""

    def __init__(self, key: str, frontier: Frontier) -> None:
        self.key = key
        self.home = f"https://{key}.example/"
        self.frontier = frontier
        self.crawls: list[int] = []

    def announce(self, names: Sequence[str]) -> None:
        entries = [Entry(url=f"{self.home}{name}", published_at=FIRST) for name in names]
        asyncio.run(self.frontier.announce(f"{self.home}rss", entries, Validators()))

    def lease(self) -> dict[str, LeasedPage]:
        return {page.url.rpartition("/")[2]: page for page in asyncio.run(self.frontier.lease(1000))}

    def load(self, visits: Sequence[Visit]) -> None:
        load_batch(self.frontier.connection, self.frontier.crawl_id, visits)

    def article(self, page: LeasedPage, **changes: Any) -> Article:
        plain: dict[str, Any] = {
            "publisher": self.key, "url": page.url, "canonical_url": page.canonical_url, "headline": "Panen raya",
            "paragraphs": ("Petani memanen.", page.url.rpartition("/")[2]), "fetched_at": FIRST, "reads": 7,
        }  # fmt: skip
        return Article(**{**plain, **changes})

    def rejection(self, page: LeasedPage, reason: Reason) -> Rejection:
        where = {"publisher": self.key, "url": page.url, "canonical_url": page.canonical_url}
        return Rejection(**where, reason=reason, detail=f"{reason}?", fetched_at=FIRST)

    def outcome(self, name: str, page: LeasedPage) -> Outcome:
        outcomes: dict[str, Outcome] = {
            "same": self.article(page),
            "other": self.article(page, paragraphs=("Petani menunda panen.",), modified_at=AGAIN),
            "read": self.article(page, reads=9),
            "photo": self.rejection(page, "photo"),
            "gone": self.rejection(page, "gone"),
            "failure": Failure(error="HTTP 503"),
            "late": Failure(error="no answer"),
            "unchanged": Unchanged(),
            "released": Released(announced_at=AGAIN),
            "held": Released(article=self.article(page, headline="Dari hari lain")),
        }
        return outcomes[name]

    def visit(self, name: str, page: LeasedPage) -> Visit:
        """Different in everything, so that nothing of one page can be taken for another's."""
        number = OUTCOMES.index(name) + 1
        looks = Look(timedelta(hours=2 * number), timedelta(hours=3 * number)) if number % 2 else Look()
        return Visit(
            page_id=page.page_id, outcome=self.outcome(name, page), fetched_at=AGAIN + timedelta(hours=3 * number),
            status=200 + number, validators=Validators(f'"{number}"', f"day {number}"),
            look=Look(timedelta(hours=5)) if name == "late" else looks, kept=b"<p>" if name == "photo" else None,
        )  # fmt: skip


@contextmanager
def side(url: str, key: str) -> Iterator[Side]:
    publisher = Publisher(key=key, name="Koran", home=f"https://{key}.example/")
    window = Window(FIRST - timedelta(days=30), None, strict=False)
    with ExitStack() as stack:
        made = None
        for _ in range(2):
            frontier = Frontier(stack.enter_context(closing(connect(url))), publisher, window, "r")
            if made is None:
                made = Side(key, frontier)
                _prepare(made)
            made.frontier = frontier
            made.crawls.append(frontier.crawl_id)
        assert made is not None
        yield made


def _prepare(made: Side) -> None:
    """The history of each page, written by a crawl before."""
    made.announce([f"{history}-{name}" for history in HISTORIES for name in OUTCOMES])
    for name, page in made.lease().items():
        history = name.partition("-")[0]
        before: Outcome = made.article(page)
        if history == "rejected":
            before = made.rejection(page, "video")
        elif history in {"failed", "new"}:
            before = Failure(error="HTTP 500") if history == "failed" else Released()
        made.load(
            [Visit(page_id=page.page_id, outcome=before, fetched_at=FIRST, validators=Validators('"0"', "day 0"))]
        )


def _make_due(database: Connection) -> None:
    with transaction(database) as cursor:
        cursor.execute("update lumbung.page set state = 'due', due_at = now() - interval '2 days', looked_by = null")
        cursor.execute("update lumbung.page set due_by_change = true, doubts = 2 where url like '%/doubted-%'")
        cursor.execute("update lumbung.page set absences = 1, looks = 4 where url like '%/absent-%'")
        cursor.execute("update lumbung.page set failures = 3 where url like '%/failed-%'")
        cursor.execute(
            "insert into lumbung.revision"
            " (article_id, number, headline_before, paragraphs_before, revised_at, crawl_id)"
            " select article_id, 4, 'Panen', '{a}', first_fetched_at, crawl_id from lumbung.article"
            " where url like '%/many-%'"
        )


@pytest.fixture
def sides(database_url: str, database: Connection) -> Iterator[tuple[Side, Side]]:
    with side(database_url, "satu") as one, side(database_url, "lain") as other:
        _make_due(database)
        yield one, other


def told(database: Connection, of: Side) -> dict[str, Any]:
    """All that the tables say of a publisher, without numbers that differ, by the last part of its addresses."""
    found: dict[str, Any] = {}
    places = {crawl: place for place, crawl in enumerate(of.crawls)}
    with transaction(database, RealDictCursor) as cursor:
        for table in TABLES:
            by = {"revision": "article", "reads": "article", "held": "page"}.get(table)
            join = f"join lumbung.{by} o using ({by}_id)" if by else ""
            whose = "o" if by else "t"
            name = f"{whose}.url" if table not in {"kept_page", "publisher"} else "t.publisher"
            cursor.execute(
                f"select t.*, {name} as name from lumbung.{table} t {join} where {whose}.publisher = %s", [of.key]
            )
            rows: Any = cursor.fetchall()
            found[table] = sorted(
                (
                    {
                        column: places.get(value, value) if column in CRAWLS else _plain(value, of.key)
                        for column, value in row.items()
                        if column not in NUMBERS
                    }
                    for row in rows
                ),
                key=lambda row: (row["name"], row.get("number", 0), row.get("observed_at", FIRST)),
            )
        cursor.execute("select * from lumbung.crawl where publisher = %s order by crawl_id", [of.key])
        rows = cursor.fetchall()
        found["crawl"] = [
            {name: sorted(value) if name == "problems" else _plain(value, of.key) for name, value in row.items()
             if name != "crawl_id"}
            for row in rows
        ]  # fmt: skip
    return found


def _plain(value: object, key: str) -> object:
    if isinstance(value, memoryview):
        return bytes(value) if len(value) < 100 else "packed"
    if isinstance(value, list):
        return [_plain(each, key) for each in value]
    return value.replace(key, "koran") if isinstance(value, str) else value


def assert_alike(one: Any, other: Any, where: str = "") -> None:
    """Equal, moments of now to the minute."""
    if isinstance(one, dict):
        assert one.keys() == other.keys(), where
        for name, value in one.items():
            assert_alike(value, other[name], f"{where} {one.get('name', '')} {name}")
    elif isinstance(one, list) and one and isinstance(one[0], dict):
        assert len(one) == len(other), where
        for mine, its in zip(one, other, strict=True):
            assert_alike(mine, its, where)
    elif isinstance(one, datetime) and isinstance(other, datetime):
        assert abs(one - other) < timedelta(minutes=1), where
    else:
        assert one == other, where


def test_a_visit_does_to_its_page_what_it_does_alone_whatever_the_batch_holds_beside_it(
    sides: tuple[Side, Side], database: Connection
) -> None:
    together, alone = sides
    assert_alike(told(database, together), told(database, alone))
    visits = {
        each.key: [each.visit(name.partition("-")[2], page) for name, page in each.lease().items()] for each in sides
    }
    assert len(visits["satu"]) == len(visits["lain"]) == len(HISTORIES) * len(OUTCOMES)
    together.load(visits["satu"])
    for visit in visits["lain"]:
        alone.load([visit])
    found = told(database, together)
    assert_alike(found, told(database, alone))
    assert not [page["name"] for page in found["page"] if page["leased_by"] is not None]
    assert all(found[table] for table in TABLES)


MOMENTS = {
    "undated": (None, None, None),
    "exact": (FIRST + timedelta(hours=5), None, None),
    "day": (FIRST - timedelta(hours=9), FIRST + timedelta(hours=9), None),
    "old": (FIRST - timedelta(days=90), None, None),
    "older day": (FIRST - timedelta(days=91), FIRST - timedelta(days=90), None),
    "changed": (FIRST, None, FIRST + timedelta(days=4)),
    "changed before": (FIRST, None, FIRST - timedelta(days=2)),
    "of the future": (FIRST, None, datetime(2100, 1, 1, tzinfo=UTC)),
}


def test_an_entry_does_to_its_page_what_it_does_alone_whatever_the_document_shows_beside_it(
    sides: tuple[Side, Side], database: Connection
) -> None:
    together, alone = sides
    with transaction(database) as cursor:
        for name in OUTCOMES[: len(MOMENTS)]:  # its states, of each history
            state = {"same": "done", "other": "done", "read": "rejected"}.get(name, "due")
            cursor.execute("update lumbung.page set state = %s where url like %s and url not like '%%/new-%%'",
                           [state, f"%-{name}"])  # fmt: skip
        cursor.execute("update lumbung.page set looked_at = now() - interval '1 minute' where url like '%/many-%'")
        cursor.execute("update lumbung.page set doubts = 0 where url not like '%/doubted-%'")
        cursor.execute("update lumbung.page set state = 'done' where url like '%/doubted-%' or url like '%/stored-%'")
    names = [f"{history}-{outcome}" for history in HISTORIES for outcome in OUTCOMES]
    names += [f"unknown-{number}" for number in range(len(MOMENTS))]
    kinds = list(MOMENTS.values())
    shifted = [kinds[(number * 3 + number // len(OUTCOMES)) % len(kinds)] for number in range(len(names))]
    later = [(at, None, FIRST + timedelta(days=6 + number % 2)) for number, (at, *_) in enumerate(shifted)]
    for moments in (shifted, later):
        brought = []
        for each in sides:
            entries = [
                Entry(url=f"{each.home}{name}", published_at=at, published_until=until, modified_at=new)
                for name, (at, until, new) in zip(names, moments, strict=True)
            ]
            lots = [entries] if each is together else [[entry] for entry in entries]
            new = [asyncio.run(each.frontier.announce(f"{each.home}rss", lot, Validators())) for lot in lots]
            brought.append((sum(one.pages for one in new), sum(one.left_out for one in new)))
        assert brought[0] == brought[1] > (5, 0)
        found, other = told(database, together), told(database, alone)
        for both in (found, other):
            del both["poll"]  # read once by the one, many times by the other
        assert_alike(found, other)
