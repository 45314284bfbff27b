"""Any order of what crawls do, with faults in between: three crawls of one publisher on a real PostgreSQL.

Hypothesis chooses the operations and the faults, and asks for the promises after each step. `LUMBUNG_STATES=2000` in
the environment tries so many runs in place of the few that suit `make test`; `-s` prints how many steps were taken.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, TypeVar

import hypothesis
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from support.hanging_up import hang_up
from support.harvest_states import ALL_PROMISES, OUTCOMES, TABLES, visit
from support.lost_reply import LossyWire

from pipelines.database import lasting
from pipelines.database.connections import Connection, connect, transaction
from pipelines.harvest.frontier import Frontier, close_abandoned
from pipelines.harvest.ledger import imbalance, read_crawl
from pipelines.harvest.load import load_batch
from spiders.article import Entry, LeasedPage, Validators
from spiders.fetching.errors import CrawlOver
from spiders.publishers import Publisher
from spiders.publishers.window import Window

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from pipelines.stack.postgres import Server

T = TypeVar("T")

RUNS = int(os.environ.get("LUMBUNG_STATES", "12"))
STEPS: Final = 30
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PUBLISHER = Publisher(key="koran", name="Koran", home="https://koran.example/")
DOMAIN = "koran.example"
RSS = "https://koran.example/rss"
SLOTS = st.integers(0, 2)
PAGES = st.lists(st.integers(0, 11), min_size=1, max_size=6, unique=True)
FAULTS = st.sampled_from([None, None, "kill"]) | st.tuples(
    st.integers(1, 2), st.sampled_from(["reply", "reply", "request", "late"])
)
"""None, the backend killed before the operation, or what is lost of which of its commits."""
taken = Counter[str]()
"""Steps by name, over all runs."""


@dataclass
class Live:
    """A crawl that is open, and what it must know."""

    frontier: Frontier
    hand: dict[int, LeasedPage] = field(default_factory=dict)
    """Pages that it was given and has not brought back."""
    counts: Counter[str] = field(default_factory=Counter)
    """What its row in the ledger must say."""


class Crawls(RuleBasedStateMachine):
    """Three places for crawls; a place that is empty is filled by the next operation on it."""

    server_url = ""
    wire: LossyWire

    def __init__(self) -> None:
        super().__init__()
        self.live: dict[int, Live] = {}
        self.announced: set[str] = set()
        self.turn: int | None = None
        """The place whose crawl has been told that it has the turn."""
        self.version = 0

    @initialize()
    def begin(self) -> None:
        self.database = connect(self.server_url)
        tables = ", ".join(f"lumbung.{table}" for table in TABLES)
        self._write(f"truncate {tables} restart identity cascade")
        self.announce(0, list(range(9)), None, changed=False)
        for slot in range(2):
            self.lease(slot, 3, None)
            self.take_turn(slot, None)

    def _rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with transaction(self.database) as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall()

    def _write(self, statement: str, *values: object) -> None:
        with transaction(self.database) as cursor:
            cursor.execute(statement, values)

    def _crawl(self, slot: int) -> Live:
        if slot not in self.live:
            window = Window(NOW - timedelta(days=30), None, strict=False)
            self.live[slot] = Live(Frontier(connect(self.wire.url(self.server_url)), PUBLISHER, window, patience=20))
        return self.live[slot]

    def _do(self, crawl: Live, fault: Any, work: Coroutine[Any, Any, T]) -> T:
        if fault == "kill":
            self._kill(crawl.frontier.connection)
        elif fault is not None:
            number, how = fault
            self.wire.lose(number, how)
        try:
            return asyncio.run(work)
        finally:
            self.wire.lose(0)

    def _kill(self, connection: Connection) -> None:
        pid = connection.info.backend_pid
        self._rows("select pg_terminate_backend(%s)", pid)
        while self._rows("select 1 from pg_stat_activity where pid = %s", pid):
            time.sleep(0.002)

    @rule(slot=SLOTS, numbers=PAGES, changed=st.booleans(), fault=FAULTS)
    def announce(self, slot: int, numbers: list[int], fault: Any, *, changed: bool) -> None:
        taken["announce"] += 1
        crawl = self._crawl(slot)
        urls = [f"https://koran.example/berita-{number}" for number in numbers]
        modified = datetime.now(UTC) if changed else None
        entries = [Entry(url=url, published_at=NOW, modified_at=modified) for url in urls]
        known = "select count(*) from lumbung.page where canonical_url = any(%s)"
        # After a change that was none the next one is believed some hours later.
        again = (
            f"{known} and state in ('done', 'rejected') and %s > coalesce(announced_modified_at, fetched_at)"
            " and doubts = 0"
        )
        expected = len(urls) - self._rows(known, urls)[0][0] + self._rows(again, urls, modified)[0][0]
        new = self._do(crawl, fault, crawl.frontier.announce(RSS, entries, Validators("e", None))).pages
        assert new == expected
        self.announced |= set(urls)
        crawl.counts.update(entries=len(urls), enqueued=new, known=len(urls) - new)

    @rule(slot=SLOTS, limit=st.integers(1, 5), fault=FAULTS)
    def lease(self, slot: int, limit: int, fault: Any) -> None:
        taken["lease"] += 1
        crawl = self._crawl(slot)
        free = "state = 'due' and due_at <= now() or state = 'leased' and lease_until < now()"
        ((count,),) = self._rows(f"select count(*) from lumbung.page where {free}")
        others = self._rows(
            "select page_id from lumbung.page where leased_by <> %s and lease_until >= now()", crawl.frontier.crawl_id
        )
        pages = self._do(crawl, fault, crawl.frontier.lease(limit))
        assert len(pages) == min(limit, count)
        assert {page.page_id for page in pages}.isdisjoint(page for (page,) in others)
        crawl.hand |= {page.page_id: page for page in pages}
        crawl.counts["leased"] += len(pages)

    @rule(slot=SLOTS, outcomes=st.lists(st.sampled_from(OUTCOMES), min_size=1, max_size=4), fault=FAULTS)
    def bring_back(self, slot: int, outcomes: list[str], fault: Any) -> None:
        taken["load"] += 1
        crawl = self._crawl(slot)
        frontier = crawl.frontier
        brought = list(crawl.hand.values())[: len(outcomes)]
        if not brought:
            return
        held = "select count(*) from lumbung.page where leased_by = %s and page_id = any(%s)"
        mine = self._rows(held, frontier.crawl_id, [page.page_id for page in brought])[0][0]
        batch = [visit(page, kind) for page, kind in zip(brought, outcomes, strict=False)]
        before = self._returned(frontier.crawl_id)
        articles = self._rows("select count(*) from lumbung.article")[0][0]
        load = frontier.call(lambda: load_batch(frontier.connection, frontier.crawl_id, batch, frontier.once))
        loaded = self._do(crawl, fault, load)
        assert self._returned(frontier.crawl_id) - before == mine
        assert self._rows("select count(*) from lumbung.article")[0][0] - articles == loaded.stored
        for page in brought:
            del crawl.hand[page.page_id]
        crawl.counts.update(stored=loaded.stored, updated=loaded.updated)

    def _returned(self, crawl_id: int) -> int:
        counted = (
            "select stored + updated + unchanged + rejected + failed + released from lumbung.crawl where crawl_id = %s"
        )
        return int(self._rows(counted, crawl_id)[0][0])

    @rule(slot=SLOTS, poll=st.sampled_from(["answered", "unchanged", "failed", "skipped", "forgotten"]), fault=FAULTS)
    def poll(self, slot: int, poll: str, fault: Any) -> None:
        taken["poll"] += 1
        crawl = self._crawl(slot)
        frontier = crawl.frontier
        counted = {"polls": 1} | {"unchanged": {"polls_unchanged": 1}, "failed": {"polls_failed": 1}}.get(poll, {})
        if poll == "skipped":
            self._do(crawl, fault, frontier.skipped())
            counted = {"polls_skipped": 1}
        elif poll == "forgotten":
            self._do(crawl, fault, frontier.forget(RSS))
            counted = {}
        else:
            problem = f"HTTP 503, {crawl.counts['polls_failed']}" if poll == "failed" else None
            self._do(crawl, fault, frontier.polled(RSS, problem, unchanged=poll == "unchanged"))
        crawl.counts.update(counted)

    @rule(slot=SLOTS, fault=FAULTS)
    def take_turn(self, slot: int, fault: Any) -> None:
        taken["turn"] += 1
        crawl = self._crawl(slot)
        ours = self._do(crawl, fault, crawl.frontier.turns.take(DOMAIN, 0)).ours
        assert (self.turn == slot) <= ours, "a turn was lost"
        assert not ours or self.turn in {None, slot}, "two crawls have the turn"
        if ours:
            self.turn = slot

    @rule(keeps=st.booleans(), fault=FAULTS)
    def keep_or_leave_turn(self, fault: Any, *, keeps: bool) -> None:
        taken["turn"] += 1
        for slot in (0, 1, 2, 0, 1, 2):  # two of them wait; the first round may find that a dead crawl has the turn
            self.take_turn(slot, None)
        assert self.turn is not None, "the turn of a dead crawl is lost"
        crawl = self._crawl(self.turn)
        waiting = self._rows("select 1 from lumbung.turn where crawl_id <> %s", crawl.frontier.crawl_id)
        if keeps:
            kept = self._do(crawl, fault, crawl.frontier.turns.keep(DOMAIN, 0))
            assert kept == (not waiting)
        else:
            self._do(crawl, fault, crawl.frontier.turns.release(DOMAIN, 0))
        if waiting or not keeps:
            self.turn = None
            assert self._rows("select 1 from lumbung.turn where crawl_id = %s", crawl.frontier.crawl_id) == []

    @rule(slot=SLOTS, rests=st.booleans(), fault=FAULTS)
    def rest_or_clear(self, slot: int, fault: Any, *, rests: bool) -> None:
        taken["rest"] += 1
        crawl = self._crawl(slot)
        if rests:
            self._do(crawl, fault, crawl.frontier.turns.rest(DOMAIN, 600, f"of {slot}", slot))
        else:
            self._do(crawl, fault, crawl.frontier.turns.clear_rest(DOMAIN))
        for reason, strikes in self._rows("select reason, strikes from lumbung.domain"):
            assert (reason, strikes) == ((f"of {slot}", slot) if rests else (None, 0))

    @rule(slot=SLOTS, how=st.sampled_from(["close", "close", "die", "taken for dead", "taken for dead"]), fault=FAULTS)
    def end(self, slot: int, how: str, fault: Any) -> None:
        taken[how] += 1
        crawl = self._crawl(slot)
        if how == "close":
            closed = self._do(crawl, fault, crawl.frontier.close("finished"))
            assert closed.finish_reason == "finished"
            assert imbalance(closed) is None
        else:
            self._kill(crawl.frontier.connection)
        if how == "taken for dead":
            self._go_on_after_another_closed(crawl, closes=fault is None)
        self._ended(slot)

    def _go_on_after_another_closed(self, crawl: Live, *, closes: bool) -> None:
        """The connection has broken, and another crawl closes ours before it is back: it must not go on."""
        frontier = crawl.frontier
        while frontier.crawl_id not in close_abandoned(self.database):
            pass
        with pytest.raises(CrawlOver):
            self._do(crawl, None, frontier.close("finished") if closes else frontier.lease(3))
        assert read_crawl(self.database, frontier.crawl_id).finish_reason == "killed"

    def _ended(self, slot: int) -> None:
        frontier = self.live.pop(slot).frontier
        hang_up(frontier.connection)
        frontier._thread.shutdown()  # noqa: SLF001 - as the end of its process would
        self.turn = None if self.turn == slot else self.turn

    @rule(slot=SLOTS, other=SLOTS, brings=st.booleans())
    def hang(self, slot: int, other: int, *, brings: bool) -> None:
        """The leases of a crawl run out, another one leases, and the first may come back with what it had."""
        taken["hang"] += 1
        crawl_id = self._crawl(slot).frontier.crawl_id
        self._write("update lumbung.page set lease_until = now() - interval '1 s' where leased_by = %s", crawl_id)
        self.lease(other, 5, None)
        if brings:
            self.bring_back(slot, ["a", "b", "failure"], None)

    @rule(again=st.booleans())
    def let_time_pass(self, *, again: bool) -> None:
        """Failed pages are due; or all are, as for a second look at them."""
        taken["time"] += 1
        states = ["due", "done", "rejected"] if again else ["due"]
        self._write("update lumbung.page set due_at = now(), state = 'due' where state = any(%s)", states)

    @invariant()
    def promises(self) -> None:
        assert self._rows(ALL_PROMISES) == []

    @invariant()
    def no_page_is_lost(self) -> None:
        found = {url for (url,) in self._rows("select canonical_url from lumbung.page")}
        assert found == self.announced

    @invariant()
    def every_live_crawl_has_what_the_ledger_says(self) -> None:
        for crawl in self.live.values():
            crawl_id = crawl.frontier.crawl_id
            leased = {page for (page,) in self._rows("select page_id from lumbung.page where leased_by = %s", crawl_id)}
            assert leased <= set(crawl.hand), "pages are leased to a crawl that was never given them"
            row = read_crawl(self.database, crawl_id)
            assert row.finished_at is None, "a living crawl was closed"
            names = (
                "entries", "known", "enqueued", "leased", "stored", "updated", "polls", "polls_unchanged",
                "polls_failed", "polls_skipped",
            )  # fmt: skip
            assert {name: getattr(row, name) for name in names} == {name: crawl.counts[name] for name in names}
            noted = [problem for problem in row.problems if problem.startswith("HTTP 503, ")]
            assert noted == [f"HTTP 503, {number}" for number in range(crawl.counts["polls_failed"])][: len(noted)]
            assert len(noted) == crawl.counts["polls_failed"] or len(row.problems) == 20

    def teardown(self) -> None:
        for slot in list(self.live):
            self.end(slot, "close", None)
        self.let_time_pass(again=True)
        self.lease(0, 100, None)
        assert {page.canonical_url for page in self.live[0].hand.values()} == self.announced
        self.end(0, "close", None)
        assert self._rows("select page_id from lumbung.page where state = 'leased'") == []
        assert self._rows("select crawl_id from news.crawls where not balanced or finished_at is null") == []
        self.database.close()


@pytest.mark.timeout(0 if "LUMBUNG_STATES" in os.environ else 300)
def test_any_order_of_operations_and_faults_keeps_the_promises(
    server: Server, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lasting, "_PAUSE", 0.02)
    wire = LossyWire(server.port)
    with wire.running():
        run_state_machine_as_test(
            type("Run", (Crawls,), {"server_url": database_url, "wire": wire}),
            settings=hypothesis.settings(
                max_examples=RUNS,
                stateful_step_count=STEPS,
                deadline=None,
                suppress_health_check=list(hypothesis.HealthCheck),
            ),
        )
    print(f"{taken.total()} steps, {wire.lost} struck commits: {dict(taken)}")  # noqa: T201 - shown by -s
    assert taken.total() > RUNS
