"""Faults at random moments of discovery, fetch, load and deduplication: nothing is lost, nothing doubled.

`make crash` is the long version: 200 x `kill -9` over 10,000 articles, beside Scrapy with JOBDIR.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from crash.disturbed import Plan
from crash.harness import disturbed
from crash.invariants import ALWAYS, AT_REST, broken
from crash.moments import MOMENTS

if TYPE_CHECKING:
    from pipelines.database.connections import Connection


def test_killed_stopped_cut_off_without_disk_and_doubled_a_harvest_loses_nothing_and_doubles_nothing() -> None:
    said: list[str] = []
    outcome = disturbed(Plan(kills=10, stops=2, cuts=1, full=1, doubles=1, seed=20, reach=50), 800, said.append)
    assert outcome.broken == []
    assert outcome.stored == outcome.announced > 800
    assert {moment for _, moment in outcome.struck} == {moment.name for moment in MOMENTS}
    assert sum(outcome.struck.values()) + sum(outcome.skipped.values()) >= 14  # of 16: some may have had nothing to do
    # At least once: what was in flight is fetched again, a lot and a batch each time; and all of it undisturbed.
    assert outcome.fetches <= 2 * (outcome.stored + 10) + 16 * 100
    assert outcome.clusters[0] > 90  # a quarter of the site are copies


_CRAWL = "insert into lumbung.crawl (publisher, finished_at, leased, released) values ('koran', now(), 1, {}); "
_PAGE = (
    "insert into lumbung.page (publisher, canonical_url, url, state, leased_by, lease_until)"
    " values ('koran', 'https://koran.example/1', 'https://koran.example/1', '{}', {});"
)


_STORED = """
insert into lumbung.article (page_id, publisher, url, canonical_url, headline, paragraphs, text_hash, fetched_at,
    first_fetched_at, crawl_id)
select page_id, publisher, url, url, 'x', '{x}', gen_random_uuid(), now(), now(),
    (select max(crawl_id) from lumbung.crawl)
from lumbung.page;
"""
_ARTICLE = _CRAWL.format(1) + _PAGE.format("done", "null, null") + _STORED


@pytest.mark.parametrize(
    ("invariant", "harm"),
    [
        ("changes are numbered when they are committed", _ARTICLE),
        (
            "the last change of every article is in the feed",
            f"{_ARTICLE} set constraints all immediate; delete from lumbung.shown",
        ),
        (
            "readers see the clusters that there are",
            f"{_ARTICLE} set constraints all immediate; update lumbung.shown set cluster_id = 7",
        ),
        ("a closed row of the ledger balances", _CRAWL.format(0)),
        ("nothing is leased by a closed crawl", _CRAWL.format(1) + _PAGE.format("leased", "1, now()")),
        ("a page that is done has its article", _PAGE.format("done", "null, null")),
        ("a page that is rejected has its reason", _PAGE.format("rejected", "null, null")),
        ("no page is due or leased", _PAGE.format("due", "null, null")),
        ("every crawl is closed", "insert into lumbung.crawl (publisher) values ('koran')"),
    ],
)
def test_the_harness_notices_what_is_broken(database: Connection, invariant: str, harm: str) -> None:
    everything = {**ALWAYS, **AT_REST}
    assert broken(database, everything) == []
    with database.cursor() as cursor:
        cursor.execute(harm)
    assert invariant in [line.split(": ")[1] for line in broken(database, everything)]
