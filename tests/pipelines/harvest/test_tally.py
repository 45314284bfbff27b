"""What a crawl has stored is counted of that crawl alone, each bound to the moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from pipelines.database.connections import Connection, transaction
from pipelines.harvest.tally import NO_ARTICLE_BY_NATURE, NOTHING_FETCHED, Tally, read_tally, unreadable

if TYPE_CHECKING:
    from collections.abc import Sequence

FETCHED = datetime(2026, 11, 20, 12, tzinfo=UTC)
TICK = timedelta(microseconds=1)
DATES = {
    "a": FETCHED + timedelta(days=1),
    "c": FETCHED + timedelta(days=1) + TICK,
    "b": datetime(1989, 12, 30, tzinfo=UTC),
    "d": datetime(1990, 1, 2, tzinfo=UTC),
    "e": None,
    "f": None,
    "g": FETCHED,
}
"""By the name of a page; b and c cannot be, e and f are not known."""


def stored(connection: Connection, publisher: str, dates: dict[str, datetime | None], reasons: Sequence[str]) -> int:
    """A crawl that has stored articles of these dates and rejected pages for these reasons; its number."""
    with transaction(connection) as cursor:
        cursor.execute("insert into lumbung.crawl (publisher) values (%s) returning crawl_id", [publisher])
        (crawl_id,) = cursor.fetchone() or (0,)
        for name in (*dates, *range(len(reasons))):
            url = f"https://{publisher}.example/{name}"
            cursor.execute(
                "insert into lumbung.page (publisher, url, canonical_url) values (%s, %s, %s) returning page_id",
                [publisher, url, url],
            )
            (page_id,) = cursor.fetchone() or (0,)
            if isinstance(name, int):
                cursor.execute(
                    "insert into lumbung.rejection (page_id, publisher, url, reason, rejected_at, crawl_id)"
                    " values (%s, %s, %s, %s, now(), %s)",
                    [page_id, publisher, url, reasons[name], crawl_id],
                )
            else:
                cursor.execute(
                    "insert into lumbung.article (page_id, publisher, url, canonical_url, headline, paragraphs,"
                    " text_hash, published_at, fetched_at, first_fetched_at, crawl_id)"
                    " values (%s, %s, %s, %s, 'Panen', '{Padi.}', gen_random_uuid(), %s, %s, %s, %s)",
                    [page_id, publisher, url, url, dates[name], FETCHED + timedelta(days=9), FETCHED, crawl_id],
                )
    return int(crawl_id)


def test_a_crawl_is_counted_by_itself(database: Connection) -> None:
    reasons = ["video", "gone", "photo", "gone", "photo", "no_body", "gone"]
    mine = stored(database, "koran", DATES, reasons)
    quiet = stored(database, "sepi", {}, [])
    other = stored(database, "abad", {**DATES, "0a": datetime(1970, 1, 1, tzinfo=UTC)}, [*reasons, "too_short"])
    found = read_tally(database, mine)
    assert found == Tally(
        undated=2,
        impossible=2,
        impossible_example="https://koran.example/b",
        reasons={"gone": 3, "photo": 2, "no_body": 1, "video": 1},
        rejected_example="https://koran.example/0",
    )
    assert list(found.reasons) == ["gone", "photo", "no_body", "video"], "the most frequent first, then by name"
    assert read_tally(database, quiet) == NOTHING_FETCHED == Tally(0, 0, None, {}, None)
    theirs = read_tally(database, other)
    assert (theirs.impossible, theirs.reasons["too_short"], theirs.impossible_example) == (
        3, 1, "https://abad.example/0a",
    )  # fmt: skip


def test_ten_pages_that_cannot_be_read_are_no_chance(database: Connection) -> None:
    crawl = stored(database, "koran", {}, ["no_body"] * 9 + ["soft_404"])
    assert unreadable(database, crawl, 9) is None
    assert unreadable(database, crawl, 10) == (
        "none of 10 fetched pages is an article: 9 no_body, 1 soft_404, such as https://koran.example/0"
    )


def test_where_one_page_is_no_article_by_nature_the_others_may_be_none_either(database: Connection) -> None:
    by_nature = {"photo", "video", "index_page", "subscribers_only", "gone", "disallowed", "blocked"}
    assert by_nature == NO_ARTICLE_BY_NATURE
    for reason in (*by_nature, "too_short", "not_html"):
        crawl = stored(database, reason.replace("_", "-"), {}, ["no_body"] * 11 + [reason])
        assert (unreadable(database, crawl, 12) is None) == (reason in by_nature), reason
