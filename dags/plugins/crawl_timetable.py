"""When a publisher is crawled: by the ticks of its cron, and in a backfill by whole days.

A backfill by the ticks of `*/15 * * * *` would make 2,880 runs of thirty days, each with a task of its own and a look
at every list. Days are what index pages, sitemaps by day and `news.coverage` know.

Airflow knows a custom timetable by this plugin; it has to be there for the scheduler, the API server and whatever
parses DAG files.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from airflow.plugins_manager import AirflowPlugin
from airflow.timetables.base import DagRunInfo
from airflow.timetables.interval import CronDataIntervalTimetable

if TYPE_CHECKING:
    from airflow.timetables.base import DataInterval, TimeRestriction

APART = timedelta(microseconds=1)
"""A backfill's day begins so much after midnight for Airflow: there may be a run of the tick at midnight, and no two
runs of a DAG have one beginning. `date_range` in `scrapy_operator.py` takes the day as a whole."""


class CrawlTimetable(CronDataIntervalTimetable):
    """Data intervals between the ticks of a cron expression; whole days of its time zone where a backfill asks.

    A backfill takes each day that its range touches and that is over. Takes what `CronDataIntervalTimetable` takes.
    """

    def next_dagrun_info(
        self, *, last_automated_data_interval: DataInterval | None, restriction: TimeRestriction
    ) -> DagRunInfo | None:
        """The run after another one, or the first one.

        Args:
            last_automated_data_interval: of the run before; None for the first.
            restriction: between which moments. Only a backfill of a DAG without an end gives the last one.
        """
        if restriction.latest is None or restriction.earliest is None:
            return super().next_dagrun_info(
                last_automated_data_interval=last_automated_data_interval, restriction=restriction
            )
        days = CronDataIntervalTimetable("@daily", self._timezone)
        first = restriction.earliest.in_timezone(self._timezone).start_of("day").in_timezone("UTC")
        found = days.next_dagrun_info(
            last_automated_data_interval=last_automated_data_interval,
            restriction=restriction._replace(earliest=first),
        )
        if found is None or found.data_interval is None:
            return None
        return DagRunInfo.interval(found.data_interval.start + APART, found.data_interval.end)


class CrawlTimetablePlugin(AirflowPlugin):
    """Makes the timetable known to Airflow."""

    name = "crawl_timetable"
    timetables = [CrawlTimetable]  # noqa: RUF012 - Airflow's signature
