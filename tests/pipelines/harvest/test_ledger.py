"""The ledger's verdict: a good crawl has none, a bad one has one line that says why."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from pipelines.database.connections import Connection, transaction
from pipelines.database.statements import query
from pipelines.harvest.ledger import Crawl, find_crawl, is_left_alone, read_crawl, verdict
from spiders.fetching.domain_queue import LEFT_ALONE

GOOD: dict[str, Any] = {"entries": 10, "known": 4, "enqueued": 6, "leased": 6, "stored": 5, "rejected": 1, "polls": 3}


def judge(connection: Connection, **changes: Any) -> str | None:
    columns = {**GOOD, **changes}
    finish_reason = columns.pop("finish_reason", "finished")
    names, places = ", ".join(columns), ", ".join(["%s"] * len(columns))
    with transaction(connection) as cursor:
        cursor.execute(
            f"insert into lumbung.crawl (publisher, run_id, finish_reason, finished_at, {names})"
            f" values ('koran', 'r', %s, case when %s then now() end, {places})",
            [finish_reason, finish_reason is not None, *columns.values()],
        )
    crawl = find_crawl(connection, "r")
    assert crawl is not None
    return verdict(connection, crawl)


def test_a_good_crawl_has_no_verdict(database: Connection) -> None:
    assert judge(database) is None


def test_a_crawl_with_only_unchanged_feeds_is_good(database: Connection) -> None:
    quiet = {"entries": 0, "known": 0, "enqueued": 0, "leased": 0, "stored": 0, "rejected": 0}
    assert judge(database, **quiet, polls_unchanged=3) is None


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"finish_reason": None}, "never closed"),
        ({"finish_reason": "shutdown"}, "ended early: shutdown"),
        ({"known": 3}, "does not balance: 10 entries, but 3 known + 6 enqueued"),
        ({"leased": 7}, "does not balance: 7 leased, but 5 stored + 0 updated"),
        ({"polls_failed": 3, "problems": ["x: refused"]}, "nothing could be fetched from koran: x: refused"),
        ({"polls": 14, "polls_failed": 3, "problems": ["x is no feed"]},
         "3 of 14 feeds, sitemaps and index pages failed: x is"),
        ({"polls": 30, "polls_failed": 1, "ranged": True, "problems": ["x is no feed"]}, "days are missing: 1 of 30"),
        ({"entries": 0, "known": 0, "enqueued": 0}, "koran announced nothing"),
        ({"stored": 0, "rejected": 0, "failed": 6, "problems": ["503"]}, "none of 6 pages could be fetched: 503"),
        ({"leased": 20, "stored": 14, "failed": 5}, "5 of 20 pages failed"),
        ({"leased": 30, "stored": 10, "updated": 8, "unchanged": 4, "failed": 7}, "7 of 30 pages failed"),
        ({"problems": ["gave up: 10 pages in a row could not be fetched"]}, "gave up"),
    ],
)  # fmt: skip
def test_a_bad_crawl_says_why_in_one_line(database: Connection, changes: dict[str, Any], reason: str) -> None:
    found = judge(database, **changes)
    assert found is not None
    assert reason in found
    assert "\n" not in found


def test_a_few_failed_pages_of_many_are_no_reason_for_alarm(database: Connection) -> None:
    assert judge(database, leased=100, stored=95, rejected=1, failed=4) is None


def test_one_feed_of_several_may_fail_twice_in_a_row_but_not_three_times(database: Connection) -> None:
    for failures, reason in (
        (1, None),
        (2, None),
        (3, "https://koran.example/rss has failed in 3 crawls in a row: 503"),
    ):
        with transaction(database) as cursor:
            cursor.execute("select coalesce(max(crawl_id), 0) + 1 from lumbung.crawl")
            (crawl_id,) = cursor.fetchone() or (1,)
            whose = {"publisher": "koran", "crawl_id": crawl_id, "url": "https://koran.example/rss", "problem": "503"}
            for _ in range(2):  # two of its pages, one failure of the document
                cursor.execute(query("remember_failure"), whose)
        assert judge(database, polls_failed=1) == reason, failures
    assert judge(database, polls_failed=1) is None, "another document has failed"


def test_a_crawl_for_which_nothing_was_due_is_good(database: Connection) -> None:
    quiet = {"polls": 0, "entries": 0, "known": 0, "enqueued": 0, "leased": 0, "stored": 0, "rejected": 0}
    assert judge(database, **quiet, polls_skipped=3) is None


def test_a_publisher_whose_sitemaps_were_read_and_are_old_is_only_silent_where_it_was_not_before(
    database: Connection,
) -> None:
    quiet = {"entries": 0, "known": 0, "enqueued": 0, "leased": 0, "stored": 0, "rejected": 0}
    assert judge(database, **quiet) == "koran announced nothing"
    assert judge(database, **quiet, left_out=12) is None
    assert judge(database, entries=50, known=44) is None
    assert judge(database, **quiet, left_out=12) == "koran announced nothing, where it usually has 50 entries"


def test_silence_is_measured_against_the_publishers_history(database: Connection) -> None:
    for entries in (40, 50, 60):
        assert judge(database, entries=entries, known=entries - 6) is None
    quiet = {"entries": 0, "known": 0, "enqueued": 0, "leased": 0, "stored": 0, "rejected": 0}
    assert judge(database, **quiet) == "koran announced nothing, where it usually has 50 entries"


def test_the_newest_crawl_of_a_run_is_found(database: Connection) -> None:
    judge(database)
    judge(database, stored=6, rejected=0)
    crawl = find_crawl(database, "r")
    assert crawl is not None
    assert crawl.stored == 6
    assert find_crawl(database, "another") is None


@pytest.mark.parametrize(
    "counts",
    [
        {"leased": 3, "stored": 2, "rejected": 0, "failed": 1},
        {"leased": 5, "stored": 1, "rejected": 0, "failed": 4},
        {"leased": 25, "stored": 20, "rejected": 0, "failed": 5},
        {"leased": 6, "stored": 0, "rejected": 6, "failed": 0},
        {"polls": 3, "polls_failed": 2},
        {"polls": 15, "polls_failed": 3},
    ],
    ids=[
        "1 of 3 pages",
        "4 of 5 pages",
        "a fifth of the pages",
        "all rejected",
        "2 of 3 feeds",
        "a fifth of the feeds",
    ],
)
def test_what_may_be_chance_makes_no_bad_crawl(database: Connection, counts: dict[str, Any]) -> None:
    assert judge(database, **counts) is None


@pytest.mark.parametrize(
    ("counts", "reason"),
    [
        ({"leased": 1, "stored": 0, "rejected": 0, "failed": 1}, "none of 1 pages could be fetched"),
        ({"leased": 24, "stored": 19, "rejected": 0, "failed": 5}, "5 of 24 pages failed"),
        ({"polls": 1, "polls_failed": 1}, "nothing could be fetched from koran"),
    ],
)
def test_one_more_than_chance_makes_a_bad_one(database: Connection, counts: dict[str, Any], reason: str) -> None:
    found = judge(database, **counts)
    assert found is not None
    assert reason in found


QUIET: dict[str, Any] = {"entries": 0, "known": 0, "enqueued": 0, "leased": 0, "stored": 0, "rejected": 0}


def history(connection: Connection, *entries: int, **columns: Any) -> None:
    for number in entries:
        judge(connection, entries=number, known=max(number - 6, 0), enqueued=min(number, 6), **columns)


def test_usual_is_the_median_of_the_last_ten_finished_crawls_that_read_something(database: Connection) -> None:
    history(database, *[1_000] * 5)
    history(database, *[30] * 5, *[20] * 5)
    history(database, 0, 0, 0)
    history(database, *[2_000] * 9, finish_reason="shutdown")
    assert judge(database, **QUIET) == "koran announced nothing, where it usually has 20 entries"
    with transaction(database) as cursor:
        cursor.execute("update lumbung.crawl set publisher = 'warta' where entries < 100")
    assert judge(database, **QUIET) == "koran announced nothing, where it usually has 1000 entries"
    assert judge(database, **QUIET, ranged=True) == "koran announced nothing"
    assert judge(database, **QUIET, polls_skipped=1) is None
    assert judge(database, **QUIET, polls_unchanged=1) is None


def test_without_a_history_nothing_is_usual_and_what_came_later_is_no_history(database: Connection) -> None:
    assert judge(database, **QUIET) == "koran announced nothing"
    first = find_crawl(database, "r")
    history(database, *[40] * 3)
    assert first is not None
    assert verdict(database, first) == "koran announced nothing"


PLAIN = Crawl(
    crawl_id=7, publisher="koran", run_id="r", started_at=datetime(2026, 11, 20, tzinfo=UTC),
    finished_at=datetime(2026, 11, 20, 1, tzinfo=UTC), finish_reason="finished", polls=10, polls_unchanged=1,
    polls_failed=0, polls_skipped=2, left_out=3, ranged=False, entries=40, known=10, enqueued=30, leased=31, stored=20,
    updated=4, unchanged=3, rejected=2, failed=1, released=1, repaired=5, problems=[],
)  # fmt: skip
NONE_OF: dict[str, Any] = {
    "leased": 0,
    "stored": 0,
    "updated": 0,
    "unchanged": 0,
    "rejected": 0,
    "failed": 0,
    "released": 0,
}
SILENT: dict[str, Any] = {
    **NONE_OF, "entries": 0, "known": 0, "enqueued": 0, "polls_unchanged": 0, "polls_skipped": 0, "left_out": 0,
}  # fmt: skip
OUTCOMES_LINE = "20 stored + 4 updated + 3 unchanged + 2 rejected + 1 failed + 1 released"
DOCUMENTS = "feeds, sitemaps and index pages failed"
VERDICTS: list[tuple[dict[str, Any], str | None]] = [
    ({}, None),
    ({"finished_at": None}, "crawl 7 was never closed: the spider died or lost its database"),
    ({"finish_reason": "killed"}, "crawl 7 ended early: killed"),
    ({"finish_reason": "killed", "entries": 41}, "crawl 7 ended early: killed"),
    ({"entries": 41}, "the ledger does not balance: 41 entries, but 10 known + 30 enqueued"),
    ({"known": 11}, "the ledger does not balance: 40 entries, but 11 known + 30 enqueued"),
    ({"enqueued": 29}, "the ledger does not balance: 40 entries, but 10 known + 29 enqueued"),
    ({"leased": 30}, f"the ledger does not balance: 30 leased, but {OUTCOMES_LINE}"),
    (
        {"released": 0},
        f"the ledger does not balance: 31 leased, but {OUTCOMES_LINE.replace('1 released', '0 released')}",
    ),
    ({"updated": 5}, f"the ledger does not balance: 31 leased, but {OUTCOMES_LINE.replace('4 updated', '5 updated')}"),
    ({"polls_failed": 10}, "nothing could be fetched from koran: no reason was noted"),
    ({"polls_failed": 10, "problems": ["a", "b"]}, "nothing could be fetched from koran: a"),
    ({"polls": 0}, None),
    ({"polls_failed": 1, "ranged": True}, f"days are missing: 1 of 10 {DOCUMENTS}: no reason was noted"),
    ({"polls_failed": 3}, f"3 of 10 {DOCUMENTS}: no reason was noted"),
    ({"polls_failed": 2}, None),
    ({"polls_failed": 3, "polls": 15}, None),
    ({"polls_failed": 3, "polls": 14, "problems": ["a"]}, f"3 of 14 {DOCUMENTS}: a"),
    (SILENT, "koran announced nothing"),
    ({**SILENT, "problems": ["a", "b"]}, "koran announced nothing: a"),
    ({**SILENT, "ranged": True}, "koran announced nothing"),
    ({**SILENT, "left_out": 1}, None),
    ({**SILENT, "left_out": 1, "ranged": True}, None),
    ({**SILENT, "polls_unchanged": 1}, None),
    ({**SILENT, "polls_skipped": 1}, None),
    ({**SILENT, "entries": 1, "known": 1}, None),
    ({**NONE_OF, "leased": 1, "failed": 1}, "none of 1 pages could be fetched: no reason was noted"),
    ({**NONE_OF, "leased": 4, "failed": 3, "released": 1, "problems": ["a"]}, "none of 3 pages could be fetched: a"),
    ({**NONE_OF, "leased": 24, "failed": 5, "stored": 19}, "5 of 24 pages failed: no reason was noted"),
    ({**NONE_OF, "leased": 25, "failed": 5, "stored": 20}, None),
    ({**NONE_OF, "leased": 5, "failed": 4, "stored": 1}, None),
    ({"problems": ["a", "gave up: b", "gave up: c"]}, "gave up: b"),
    ({"problems": ["it gave up: b"]}, None),
]


def test_each_verdict_is_told_word_by_word(database: Connection) -> None:
    for changes, expected in VERDICTS:
        assert verdict(database, replace(PLAIN, **changes)) == expected, changes


def test_a_crawl_tells_both_equations_and_all_its_figures() -> None:
    assert str(PLAIN) == (
        "crawl 7 of koran: 10 polls, 1 of them unchanged, and 2 skipped; 40 entries = 10 known + 30 enqueued;"
        f" 31 leased = {OUTCOMES_LINE}"
    )
    assert PLAIN.fetched == 30
    assert PLAIN.counts() == {
        "crawl_id": 7, "polls": 10, "polls_unchanged": 1, "polls_failed": 0, "polls_skipped": 2, "left_out": 3,
        "entries": 40, "known": 10, "enqueued": 30, "leased": 31, "stored": 20, "updated": 4, "unchanged": 3,
        "rejected": 2, "failed": 1, "released": 1, "repaired": 5,
    }  # fmt: skip
    alone = [replace(PLAIN, finish_reason=reason) for reason in (f"koran {LEFT_ALONE} 13:00", "finished", None)]
    assert [is_left_alone(each) for each in alone] == [True, False, False]


def test_a_crawl_is_found_by_its_number_as_by_its_name(database: Connection) -> None:
    judge(database)
    judge(database, stored=6, rejected=0)
    newest = find_crawl(database, "r")
    assert newest is not None
    assert read_crawl(database, newest.crawl_id) == newest
    assert read_crawl(database, newest.crawl_id - 1).stored == GOOD["stored"]
