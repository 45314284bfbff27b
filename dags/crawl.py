"""Harvest one publisher: find what it announced, fetch the articles that are due, load them into Postgres.

**Runs.** A scheduled run looks at everything since the beginning of its data interval, and a few days further back
for what was announced late (`lookback_days` of the publisher's file). *Trigger* asks for a date range, days of the
publisher's time zone and both included, and crawls nothing outside it; without dates it crawls what is recent.
A *backfill* makes a run for each whole day that its range touches and that is over, days of the publisher's time zone,
whatever the schedule. Where the DAG `watch` is on, it wakes this one as soon as the publisher has announced something
(asset `due_<key>`): such a run fetches what is due, and asks only for announcements that are. What is known and
unchanged is not downloaded again.

**When dates, when a backfill?** Dates are one crawl over the whole range, the least there is to ask for. A backfill is
for long ranges: each day has a run of its own with its colour and figures, can be stopped and gone on with, and a day
that is complete is not asked for again.

**Colours.** `crawl` is red when the ledger (`news.crawls`) does not balance, when nothing could be fetched or when
the publisher's feed is none; the last line of its log says why. A publisher that refuses us, or asks to be left alone
for longer than two minutes, is: until then each run is red with that reason and asks for nothing. A run that is green
but odd, such as one in which no page was an article, says so in its note and as a warning in its last lines. `announce`
asks whether articles wait for `deduplicate`, of this crawl or of an earlier one: if so it sends the counts to the asset
`news_articles`, and `deduplicate` follows at once; else it sends nothing, and is green as well. A publisher whose file
cannot be used has the tag `broken` and says why.

**Database.** The Airflow connection `lumbung` where it is defined, else `DATABASE_URL`.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from airflow.sdk import DAG, AssetOrTimeSchedule, CronDataIntervalTimetable, get_parsing_context
from airflow.sdk.definitions.param import ParamsDict

from announcement import announce
from crawl_form import FORM
from harvest import due_asset, name_of_dag
from publisher_pages import owner, page, tags
from scrapy_operator import ScrapyOperator
from spiders.publishers import Publisher, PublisherError, find_publisher, publisher_keys

if TYPE_CHECKING:
    from crawl_timetable import CrawlTimetable

LONGEST = timedelta(hours=12)
"""A crawl that hangs would keep the next ones waiting for ever; one that is only long goes on with the next run."""


def timetable(publisher: Publisher) -> CronDataIntervalTimetable | CrawlTimetable:
    """The ticks of the publisher's cron, and days in a backfill.

    A task has no use for it: it would load Airflow's core, which is the scheduler's and may ask no database here.
    """
    if asked_for is not None:
        return CronDataIntervalTimetable(publisher.schedule, timezone=publisher.timezone)
    from crawl_timetable import CrawlTimetable

    return CrawlTimetable(publisher.schedule, timezone=publisher.timezone)


def crawl_dag(publisher: Publisher) -> None:
    """Make the DAG of one publisher, which Airflow finds."""
    with DAG(
        name_of_dag(publisher.key),
        description=f"{publisher.name}: {publisher.home}",
        dag_display_name=publisher.name,
        doc_md=page(publisher, __doc__ or ""),
        owner_links={owner(publisher): publisher.home},
        schedule=AssetOrTimeSchedule(
            timetable=timetable(publisher),  # type: ignore[arg-type] # Airflow takes those of its core here too
            assets=[due_asset(publisher.key)],
        ),
        start_date=datetime(2000, 1, 1, tzinfo=publisher.zone),
        catchup=False,
        max_active_runs=1,
        is_paused_upon_creation=True,
        tags=tags(publisher),
        default_args={"owner": owner(publisher), "retries": 1, "retry_delay": timedelta(seconds=30)},
    ) as dag:
        ScrapyOperator(task_id="crawl", publisher=publisher.key, execution_timeout=LONGEST) >> announce()
    # Last: tasks made before have no copies of the form, each of which Airflow would validate five times more.
    dag.params = ParamsDict(FORM)


def broken_dag(key: str, problem: str) -> None:
    """Make the DAG of a publisher whose file cannot be used: it fails every hour, and the others run on."""
    with DAG(
        name_of_dag(key),
        description=problem,
        doc_md=problem,
        schedule="@hourly",
        start_date=datetime(2000, 1, 1, tzinfo=UTC),
        catchup=False,
        max_active_runs=1,
        is_paused_upon_creation=True,
        tags=["crawl", "broken"],
        params=FORM,
        default_args={"retries": 1, "retry_delay": timedelta(seconds=30)},
    ):
        ScrapyOperator(task_id="crawl", publisher=key)


# A task parses this file again, and needs its own DAG only.
asked_for = get_parsing_context().dag_id
for each in publisher_keys():
    if asked_for in {None, name_of_dag(each)}:
        try:
            crawl_dag(find_publisher(each))
        except PublisherError as error:
            broken_dag(each, str(error))
