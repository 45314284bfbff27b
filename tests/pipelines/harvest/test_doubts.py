"""Which odd crawls are red, which are green with a warning, and which are not odd at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.database.connections import Connection, transaction
from pipelines.harvest.doubts import doubts, note, tally_of
from pipelines.harvest.ledger import Crawl, find_crawl, verdict
from pipelines.harvest.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Sequence

NOW = datetime.now(UTC)
PAST = NOW - timedelta(days=3)
NOTED = "https://koran.example/indeks: no article on any of 4 days; `links` or `article_url` may not fit any more"


def crawl(connection: Connection, **columns: Any) -> Crawl:
    """A crawl that has ended well, with these figures."""
    stored, rejected, released = (columns.get(name, 0) for name in ("stored", "rejected", "released"))
    leased = stored + rejected + released
    row = {"entries": leased, "enqueued": leased, "leased": leased, "polls": 2, **columns}
    names, places = ", ".join(row), ", ".join(["%s"] * len(row))
    with transaction(connection) as cursor:
        cursor.execute(
            "insert into lumbung.crawl (publisher, run_id, finish_reason, finished_at, window_start, window_end,"
            f" {names}) values ('koran', 'r', 'finished', now(), now() - interval '4 days', now(), {places})",
            [*row.values()],
        )
    found = find_crawl(connection, "r")
    assert found is not None
    return found


def pages(connection: Connection, crawl_id: int, dates: Sequence[datetime | None] = (), reasons: str = "") -> None:
    """Articles of the crawl with these dates, and rejections for these reasons, a word each."""
    with transaction(connection) as cursor:
        for number, outcome in enumerate([*dates, *reasons.split()]):
            url = f"https://koran.example/berita-{crawl_id}-{number}"
            state = "rejected" if isinstance(outcome, str) else "done"
            cursor.execute(
                "insert into lumbung.page (publisher, url, canonical_url, state)"
                " values ('koran', %s, %s, %s) returning page_id",
                [url, url, state],
            )
            (page_id,) = cursor.fetchone() or (0,)
            if isinstance(outcome, str):
                cursor.execute(
                    "insert into lumbung.rejection (page_id, publisher, url, reason, rejected_at, crawl_id)"
                    " values (%s, 'koran', %s, %s, now(), %s)",
                    [page_id, url, outcome, crawl_id],
                )
                continue
            cursor.execute(
                "insert into lumbung.article (page_id, publisher, url, canonical_url, headline, paragraphs, text_hash,"
                " published_at, fetched_at, first_fetched_at, crawl_id)"
                " values (%s, 'koran', %s, %s, 'Panen', '{Padi.}', gen_random_uuid(), %s, now(), now(), %s)",
                [page_id, url, url, outcome, crawl_id],
            )


def judged(connection: Connection, found: Crawl) -> tuple[str, str]:
    """The verdict and the first warning; empty for none."""
    return verdict(connection, found) or "", (doubts(found, tally_of(connection, found)) or [""])[0]


@pytest.mark.parametrize(
    "reasons", ["no_body " * 12, "no_headline " * 6 + "too_short " * 5, "soft_404 " * 10, "consent_wall " * 11]
)
def test_many_pages_of_which_none_can_be_read_are_red(database: Connection, reasons: str) -> None:
    found = crawl(database, rejected=len(reasons.split()))
    pages(database, found.crawl_id, reasons=reasons)
    red, _ = judged(database, found)
    assert red.startswith(f"none of {found.rejected} fetched pages is an article: ")
    assert reasons.split(maxsplit=1)[0] in red
    assert "such as https://koran.example/berita-" in red


@pytest.mark.parametrize("reasons", ["no_body " * 6, "index_page " * 30, "gone " * 12, "no_body " * 12 + "video "])
def test_a_few_unreadable_pages_and_pages_that_are_no_articles_are_a_warning(
    database: Connection, reasons: str
) -> None:
    found = crawl(database, rejected=len(reasons.split()))
    pages(database, found.crawl_id, reasons=reasons)
    red, warning = judged(database, found)
    assert red == ""
    assert warning.startswith(f"none of {found.rejected} fetched pages is an article: ")


@pytest.mark.parametrize("reasons", ["video " * 4, "no_body"])
def test_so_few_pages_may_all_be_none_by_chance(database: Connection, reasons: str) -> None:
    found = crawl(database, rejected=len(reasons.split()))
    pages(database, found.crawl_id, reasons=reasons)
    assert judged(database, found) == ("", "")


def test_one_article_among_unreadable_pages_clears_the_reader(database: Connection) -> None:
    found = crawl(database, stored=1, rejected=12)
    pages(database, found.crawl_id, [PAST], "no_body " * 12)
    assert judged(database, found) == ("", "")


@pytest.mark.parametrize("date", [NOW + timedelta(days=40), datetime(1970, 1, 1, tzinfo=UTC)])
def test_an_article_of_a_day_that_cannot_be_is_a_warning(database: Connection, date: datetime) -> None:
    found = crawl(database, stored=3)
    pages(database, found.crawl_id, [PAST, date, PAST])
    red, warning = judged(database, found)
    assert (red, warning.partition(",")[0]) == ("", "1 article was published on a day that cannot be")


def test_an_archive_and_a_clock_that_is_fast_are_no_reason_to_warn(database: Connection) -> None:
    found = crawl(database, stored=2)
    pages(database, found.crawl_id, [datetime(1996, 3, 1, tzinfo=UTC), NOW + timedelta(hours=7)])
    assert judged(database, found) == ("", "")


@pytest.mark.parametrize(("dates", "warned"), [([None] * 5, True), ([None] * 4, False), ([None] * 9 + [PAST], False)])
def test_articles_that_all_lack_their_date_are_a_warning(
    database: Connection, dates: list[datetime | None], *, warned: bool
) -> None:
    found = crawl(database, stored=len(dates))
    pages(database, found.crawl_id, dates)
    red, warning = judged(database, found)
    assert red == ""
    assert warning.startswith("none of 5 stored articles states when it was published") == warned


@pytest.mark.parametrize(
    ("columns", "warned"),
    [
        ({"released": 8, "ranged": True}, True),
        ({"released": 8, "ranged": False}, False),
        ({"released": 8, "stored": 1, "ranged": True}, False),
        ({"released": 2, "ranged": True, "entries": 40, "known": 38}, False),  # the others are stored already
    ],
)
def test_dates_for_which_only_pages_of_other_days_came_are_a_warning(
    database: Connection, columns: dict[str, Any], *, warned: bool
) -> None:
    found = crawl(
        database,
        **{
            **columns,
            "enqueued": columns.get("entries", 9) - columns.get("known", 0),
            "entries": columns.get("entries", 9),
        },
    )
    red, warning = judged(database, found)
    assert red == ""
    assert warning.startswith("none of the 8 pages fetched was published in the days asked for") == warned


@pytest.mark.parametrize(
    ("ranged", "known", "red", "warned"),
    [
        (True, 3, True, True),  # other ways know articles of these days: the index cannot be read
        (True, 2, False, True),
        (True, 0, False, True),
        (False, 9, False, True),  # what is new comes by the other ways
    ],
)
def test_an_index_that_shows_nothing_is_red_where_days_are_missing_by_that(
    database: Connection, known: int, *, ranged: bool, red: bool, warned: bool
) -> None:
    found = crawl(database, stored=known, entries=9, enqueued=9, ranged=ranged, problems=[NOTED])
    pages(database, found.crawl_id, [PAST] * known)
    said, warning = judged(database, found)
    assert bool(said) == red
    assert not said or said == f"days are missing: {NOTED}; {known} articles of these days are known"
    assert (warning == NOTED) == warned


def test_articles_of_other_days_say_nothing_of_an_empty_index(database: Connection) -> None:
    found = crawl(database, stored=9, ranged=True, problems=[NOTED])
    pages(database, found.crawl_id, [NOW - timedelta(days=30)] * 9)
    assert judged(database, found) == ("", NOTED)


def test_the_closing_line_tells_what_came_and_what_to_look_at(database: Connection) -> None:
    found = crawl(database, stored=1_200, rejected=3, problems=["x: one", "y: two"])
    pages(database, found.crawl_id, reasons="video gone video")
    tally = tally_of(database, found)
    assert note(found, tally, []) == "1,200 stored, 0 updated, 3 rejected (2 video, 1 gone), 0 failed"
    told = note(found, tally, doubts(found, tally))
    assert told.endswith("failed; to look at: x: one (and 1 more in news.crawls.problems)")


def test_warnings_are_told_word_by_word_the_most_important_first() -> None:
    plain: dict[str, Any] = dict.fromkeys(_FIGURES, 0)
    some = Crawl(
        crawl_id=7, publisher="koran", run_id="r", started_at=PAST, finished_at=NOW, finish_reason="finished",
        ranged=False, problems=[], **plain,
    )  # fmt: skip
    nothing = Tally(0, 0, None, {}, None)
    address = "https://koran.example/1"
    rejected = replace(nothing, reasons={"video": 3, "gone": 2}, rejected_example=address)
    none_of_5 = f"none of 5 fetched pages is an article: 3 video, 2 gone, such as {address}"
    outside = "none of the 8 pages fetched was published in the days asked for"
    impossible = replace(nothing, impossible=1, impossible_example=address)
    undated = replace(nothing, undated=5)
    cases: list[tuple[dict[str, Any], Tally, list[str]]] = [
        ({}, nothing, []),
        ({"rejected": 5}, rejected, [none_of_5]),
        ({"rejected": 4}, rejected, []),
        ({"rejected": 5, "unchanged": 1}, rejected, []),
        ({"released": 8, "ranged": True}, nothing, [outside]),
        ({"released": 8}, nothing, []),
        ({"ranged": True}, nothing, []),
        ({"released": 8, "ranged": True, "known": 1}, nothing, []),
        ({"released": 8, "ranged": True, "failed": 1}, nothing, []),
        ({"stored": 1}, impossible, [f"1 article was published on a day that cannot be, such as {address}"]),
        (
            {"stored": 2},
            replace(impossible, impossible=2),
            [f"2 articles were published on a day that cannot be, such as {address}"],
        ),
        ({"stored": 5}, undated, ["none of 5 stored articles states when it was published"]),
        ({"stored": 6}, undated, []),
        ({"stored": 4}, replace(nothing, undated=4), []),
        ({"problems": ["one"]}, nothing, ["one"]),
        ({"problems": ["one", "two"]}, nothing, ["one (and 1 more in news.crawls.problems)"]),
        ({"problems": ["one", "two", "three"]}, nothing, ["one (and 2 more in news.crawls.problems)"]),
        ({"rejected": 5, "problems": ["one"]}, rejected, [none_of_5, "one"]),
    ]
    for changes, tally, expected in cases:
        assert doubts(replace(some, **changes), tally) == expected, changes
    counts: dict[str, Any] = {"stored": 1, "updated": 2_000, "rejected": 3, "failed": 4}
    told = "1 stored, 2,000 updated, 3 rejected, 4 failed"
    for warnings, rest in (
        ([], ""),
        (["a"], "; to look at: a"),
        (["a", "b"], "; to look at: a (and 1 more: see the log)"),
        (["a", "b", "c"], "; to look at: a (and 2 more: see the log)"),
    ):
        assert note(replace(some, **counts), nothing, warnings) == told + rest
    with_reasons = note(replace(some, **counts), rejected, [])
    assert with_reasons == told.replace("3 rejected", "3 rejected (3 video, 2 gone)")


_FIGURES = (
    "polls", "polls_unchanged", "polls_failed", "polls_skipped", "left_out", "entries", "known", "enqueued", "leased",
    "stored", "updated", "unchanged", "rejected", "failed", "released", "repaired",
)  # fmt: skip
