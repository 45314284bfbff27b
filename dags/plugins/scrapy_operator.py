"""ScrapyOperator: a publisher's spider as an Airflow task that is red when the ledger says so.

`scrapy crawl` exits with 0 whatever happened, so the task's colour comes from the ledger in Postgres. Stopping the
task stops the spider and gives the pages it had leased back to the frontier.
"""

from __future__ import annotations

import signal
import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowTaskTimeout

from harvest import NoUseTryingAgain, database_url, harvest_database, note_run, one_line_errors
from spider_process import SpiderProcess
from spiders.errors import LumbungError
from spiders.publishers import find_publisher
from spiders.publishers.window import parse_window

if TYPE_CHECKING:
    from airflow.sdk import Context

    from pipelines.database.connections import Connection
    from pipelines.harvest.ledger import Crawl

_LAST_BREATH = 1.0
"""Seconds until Postgres has noticed that the connections of a killed spider are gone."""


class CrawlFailed(LumbungError):  # noqa: N818 - reads as what it is
    """A crawl that brought nothing good, with the reason."""


class CrawlLeftAlone(CrawlFailed, NoUseTryingAgain):
    """The publisher is to be asked for nothing for a while, and least of all in half a minute."""


class ScrapyOperator(BaseOperator):
    """Crawl one publisher; returns its figures in the ledger, by name."""

    ui_color = "#dcebd0"

    def __init__(self, *, publisher: str, **kwargs: Any) -> None:  # noqa: ANN401 - Airflow's operators take them so
        """Take the key of the publisher, and what every Airflow operator takes."""
        super().__init__(**kwargs)
        self.publisher = publisher
        self._spider: SpiderProcess | None = None
        self._stopping = False

    def execute(self, context: Context) -> dict[str, Any]:
        """Run the spider to its end.

        Raises:
            AirflowFailException: the date range makes no sense, or the publisher is left alone for a while; trying
                again would not help.
            AirflowException: the ledger's verdict, or why the spider never began, in one line.
        """
        with one_line_errors():
            try:
                crawl, warnings, note = self._run(context)
            except LumbungError as error:
                note_run(context, str(error))
                raise
        for line in warnings:
            self.log.warning("to look at: %s", line)
        note_run(context, note)
        return {"publisher": crawl.publisher, **crawl.counts()}

    def _run(self, context: Context) -> tuple[Crawl, list[str], str]:
        """Check, crawl, let the ledger judge; the crawl, its warnings and its closing line."""
        arguments = {"run": run_name(context), **date_range(context), **limits(context["params"])}
        self._check(arguments)
        ended = None
        with suppress(AirflowTaskTimeout):
            ended = self._crawl(arguments)
        with harvest_database() as connection:
            return self._settle(connection, arguments["run"], ended)

    def on_kill(self) -> None:
        """Airflow wants the task to stop: `execute` goes on reading the spider's log until it has ended."""
        self._stopping = True
        if self._spider is not None:
            self._spider.stop()

    def _check(self, arguments: dict[str, str]) -> None:
        """See that the range makes sense and that there is a database: without them the spider need not start."""
        publisher = find_publisher(self.publisher)
        parse_window(arguments.get("from_date"), arguments.get("to_date"), publisher, datetime.now(UTC))
        with harvest_database():
            pass

    def _crawl(self, arguments: dict[str, str]) -> tuple[int, str]:
        """Exit status and last words of the spider; one that Airflow wants stopped by now ends as it begins."""
        url = database_url()
        environment = {"DATABASE_URL": url} if url else {}
        with SpiderProcess(self.publisher, arguments, environment) as spider:
            self._spider = spider
            if self._stopping:
                spider.stop()
            for level, text in spider.lines():
                self.log.log(level, "%s", text)
            return spider.wait(), spider.last_words

    def _settle(self, connection: Connection, run: str, ended: tuple[int, str] | None) -> tuple[Crawl, list[str], str]:
        """Give back the leases of a spider that could not, then let the ledger judge.

        Args:
            connection: to the harvest's database.
            run: name of the crawl in the ledger.
            ended: exit status and last words of the spider; None where its time was up.
        """
        from pipelines.harvest.doubts import doubts, note, tally_of
        from pipelines.harvest.frontier import LOST
        from pipelines.harvest.ledger import is_left_alone, verdict

        crawl = _closed(connection, run)
        if ended is None or self._stopping:
            why = f"ran for longer than {self.execution_timeout} and " if ended is None else ""
            raise CrawlFailed(f"the crawl {why}was stopped; what it had loaded is kept, its other pages stay due")
        status, last_words = ended
        if crawl is None:
            raise CrawlFailed(f"the spider did not begin: {last_words if status >= 0 else _end(status, last_words)}")
        self.log.info("%s", crawl)
        reason = verdict(connection, crawl)
        if crawl.finish_reason in {"killed", LOST} and not status:
            reason = f"{reason}: {last_words}"
        if status:
            reason = f"{reason or 'the spider failed'} ({_end(status, last_words)})"
        if reason:
            raise (CrawlLeftAlone if is_left_alone(crawl) else CrawlFailed)(reason)
        tally = tally_of(connection, crawl)
        warnings = doubts(crawl, tally)
        return crawl, warnings, note(crawl, tally, warnings)


def run_name(context: Context) -> str:
    """Name of this try of this run in the ledger: `<dag_id>/<run_id>/<try>`, `.../<map index>/<try>` of one of many."""
    run, instance = context["dag_run"], context["ti"]
    one_of_many = "" if instance.map_index in {None, -1} else f"/{instance.map_index}"
    return f"{run.dag_id}/{run.run_id}{one_of_many}/{instance.try_number}"


def date_range(context: Context) -> dict[str, str]:
    """The dates to crawl, as spider arguments.

    The form's dates come first. A backfill takes exactly its data interval, a day, a scheduled run everything since the
    beginning of its interval and what the publisher's `lookback_days` add. One that the watch has woken asks, as a
    scheduled one, only for what is due; any other run for all that is recent.
    """
    params, run = context["params"], context["dag_run"]
    given = {name: params[name] for name in ("from_date", "to_date") if params.get(name)}
    if run.run_type == "asset_triggered" and not given:
        return {"interval_start": run.run_after.isoformat()}
    if given or run.data_interval_start is None or run.data_interval_end is None:
        return given
    if run.run_type == "backfill":
        begins = run.data_interval_start.replace(microsecond=0)  # see `APART` in crawl_timetable.py
        return {"from_date": begins.isoformat(), "to_date": run.data_interval_end.isoformat()}
    if run.run_type == "scheduled":
        return {"interval_start": run.data_interval_start.isoformat()}
    return {}


def limits(params: dict[str, Any]) -> dict[str, str]:
    """The form's other fields, as spider arguments."""
    most = {"max_articles": str(params["max_articles"])} if params.get("max_articles") else {}
    return {**most, **({"refetch": "true"} if params.get("refetch") else {})}


def _end(status: int, last_words: str) -> str:
    """How the spider ended, for whoever reads nothing but this line."""
    if status == -signal.SIGKILL:
        return "killed by SIGKILL: where nobody did it, the machine ran out of memory, as its kernel log tells"
    return f"exit status {status}: {last_words}"


def _closed(connection: Connection, run: str) -> Crawl | None:
    """The crawl in the ledger, closed as soon as the connections of its spider are gone; None where it never began."""
    from pipelines.harvest.frontier import close_abandoned
    from pipelines.harvest.ledger import find_crawl

    deadline = time.monotonic() + _LAST_BREATH
    while True:
        close_abandoned(connection)
        crawl = find_crawl(connection, run)
        if crawl is None or crawl.finished_at is not None or time.monotonic() > deadline:
            return crawl
        time.sleep(0.1)
