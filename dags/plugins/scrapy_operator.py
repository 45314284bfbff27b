"""ScrapyOperator: a publisher's spider as an Airflow task that is red when the ledger says so.

`scrapy crawl` exits with 0 whatever happened, so the task's colour comes from the ledger in Postgres. Stopping the
task stops the spider and gives the pages it had leased back to the frontier.
"""

from __future__ import annotations

import time
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowException, AirflowFailException

from harvest import database_url, harvest_database, one_line_errors
from spider_process import SpiderProcess
from spiders.publishers import find_publisher

if TYPE_CHECKING:
    from airflow.sdk import Context
    from pipelines.ledger import Crawl

    from pipelines.database import Connection

COUNTS = ("entries", "enqueued", "leased", "stored", "updated", "unchanged", "rejected", "failed", "released")
"""Columns of the ledger that the task hands on."""

_LAST_BREATH = 1.0
"""Seconds until Postgres has noticed that the connections of a killed spider are gone."""


class ScrapyOperator(BaseOperator):
    """Crawl one publisher; returns the counts of the ledger, with `publisher` and `crawl_id`."""

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
            AirflowFailException: the date range makes no sense; trying again would not help.
            AirflowException: the ledger's verdict, or why the spider never began, in one line.
        """
        arguments = {"run": run_name(context), **date_range(context), **limits(context["params"])}
        self._check_range(arguments)
        with one_line_errors():
            with harvest_database():
                pass  # without a database there is no use in starting the spider
            status, last_words = self._crawl(arguments)
            with harvest_database() as connection:
                return self._settle(connection, arguments["run"], status, last_words)

    def on_kill(self) -> None:
        """Airflow wants the task to stop: `execute` goes on reading the spider's log until it has ended."""
        self._stopping = True
        if self._spider is not None:
            self._spider.stop()

    def _check_range(self, arguments: dict[str, str]) -> None:
        from spiders.window import WindowError, parse_window

        publisher = find_publisher(self.publisher)
        try:
            parse_window(arguments.get("from_date"), arguments.get("to_date"), publisher, datetime.now(UTC))
        except WindowError as error:
            raise AirflowFailException(str(error)) from None

    def _crawl(self, arguments: dict[str, str]) -> tuple[int, str]:
        """Exit status and last words of the spider."""
        url = database_url()
        self._spider = SpiderProcess(self.publisher, arguments, {"DATABASE_URL": url} if url else {})
        if self._stopping:
            self._spider.stop()
        try:
            for level, text in self._spider.lines():
                self.log.log(level, "%s", text)
            return self._spider.wait(), self._spider.last_words
        finally:
            self._spider.close()

    def _settle(self, connection: Connection, run: str, status: int, last_words: str) -> dict[str, Any]:
        """Give back the leases of a spider that could not, then let the ledger judge."""
        from pipelines.ledger import find_crawl, verdict

        _close_abandoned(connection, run)
        crawl = find_crawl(connection, run)
        if self._stopping:
            raise AirflowException("The crawl was stopped; what it had loaded is kept, the other pages stay due")
        if crawl is None:
            raise AirflowException(last_words)
        if (reason := verdict(connection, crawl)) is not None:
            raise AirflowException(reason)
        if status:
            raise AirflowException(f"the spider ended with status {status}: {last_words}")
        return _counts(crawl)


def run_name(context: Context) -> str:
    """Name of this try of this run in the ledger: `<dag_id>/<run_id>/<try>`."""
    return f"{context['dag_run'].dag_id}/{context['dag_run'].run_id}/{context['ti'].try_number}"


def date_range(context: Context) -> dict[str, str]:
    """The dates to crawl, as spider arguments.

    The form's dates come first. A backfill takes exactly its data interval, a scheduled run everything since the
    beginning of its interval and what the publisher's `lookback_days` add; any other run what is recent.
    """
    params, run = context["params"], context["dag_run"]
    given = {name: params[name] for name in ("from_date", "to_date") if params.get(name)}
    if given or run.data_interval_start is None or run.data_interval_end is None:
        return given
    if run.run_type == "backfill":
        return {"from_date": run.data_interval_start.isoformat(), "to_date": run.data_interval_end.isoformat()}
    if run.run_type == "scheduled":
        return {"interval_start": run.data_interval_start.isoformat()}
    return {}


def limits(params: dict[str, Any]) -> dict[str, str]:
    """The form's other fields, as spider arguments."""
    most = {"max_articles": str(params["max_articles"])} if params.get("max_articles") else {}
    return {**most, **({"refetch": "true"} if params.get("refetch") else {})}


def _close_abandoned(connection: Connection, run: str) -> None:
    """Close the ledger of a killed spider as soon as its connections are gone."""
    from pipelines.ledger import find_crawl

    from pipelines.frontier import close_abandoned

    deadline = time.monotonic() + _LAST_BREATH
    close_abandoned(connection)
    while (crawl := find_crawl(connection, run)) and crawl.finished_at is None and time.monotonic() < deadline:
        time.sleep(0.1)
        close_abandoned(connection)


def _counts(crawl: Crawl) -> dict[str, Any]:
    ledger = asdict(crawl)
    return {"publisher": crawl.publisher, "crawl_id": crawl.crawl_id, **{name: ledger[name] for name in COUNTS}}
