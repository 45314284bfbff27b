"""Find articles that repeat each other: the same URL or text, and near-duplicates.

Looks at articles that are new, changed or taken down and have not been looked at since; what an earlier version of
the rules has seen comes after those. Duplicates are marked, never deleted: `news.articles` has one row a story,
`news.duplicates` the rest with the article each repeats and why. Running it again changes nothing.

**Runs.** At once after a crawl that leaves articles to look at (asset `news_articles`), and twice an hour for what no
event has told of: articles of a killed crawl or of one from the shell, an event lost in a restart. A run that finds
nothing due is over in a moment, and green.

After an upgrade that changes the rules, runs see older articles again behind what is new. What this would change of
stored clusters is only proposed until all are seen; then the log and `lumbung.renewal` (with `lumbung.renewal_example`)
tell what parts and joins, and the next run makes it final: pause the DAG to look longer.

*Trigger* asks for a full re-check, of all articles or of one publisher's: after a change by hand or of the rules, or to
be sure. Where nothing changed it arrives at what is there already, and says so in its log, batch by batch. With *Only
tell* the log has what would part and join, with examples of each, and nothing changes.

**Database.** The Airflow connection `lumbung` where it is defined, else `DATABASE_URL`.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from airflow.sdk import AssetOrTimeSchedule, CronTriggerTimetable, Param, dag, get_current_context, task
from airflow.sdk.exceptions import AirflowFailException

from harvest import NEWS_ARTICLES, harvest_database, one_line_errors
from spiders.publishers import publisher_keys

log = logging.getLogger(__name__)

ZONE = "Asia/Jakarta"
NET = CronTriggerTimetable("13,43 * * * *", timezone=ZONE)
"""Catches what no event tells of. Half an hour is as long as a duplicate may stand beside its original."""
BATCH = 500

FORM = {
    "recheck": Param(
        default=False,
        type=["boolean", "null"],  # Airflow's form marks a field as required unless it may be null
        title="Look again",
        description="Also at articles that were looked at already. Off: only at what is new, changed or taken down.",
        section="Full re-check",
    ),
    "dry_run": Param(
        default=False,
        type=["boolean", "null"],
        title="Only tell",
        description="With Look again: tell in the log what would part and join, with examples, and change nothing.",
        section="Full re-check",
    ),
    "publisher": Param(
        default=None,
        type=["null", "string"],
        enum=[None, *publisher_keys()],
        title="Publisher",
        description="With Look again: only at articles of this publisher, by the key of its file. Empty: all.",
        section="Full re-check",
    ),
    "batch": Param(
        default=BATCH,
        type=["integer", "null"],
        minimum=1,
        maximum=100_000,
        title="Articles at a time",
        description="Articles a transaction; other runs wait that long at most. The outcome does not depend on it.",
        section="Pace",
    ),
}


@task(inlets=[NEWS_ARTICLES])
def mark_duplicates() -> dict[str, Any]:
    """One pass over what is due."""
    from pipelines.duplicates.deduplicate import run
    from pipelines.duplicates.recheck import tell

    asked = get_current_context()["params"]
    batch = asked["batch"] or BATCH
    if asked["dry_run"]:
        if not asked["recheck"]:
            raise AirflowFailException("Only tell goes with Look again")
        with one_line_errors(), harvest_database("DEDUPLICATING") as connection:
            return tell(connection, log.info, publisher=asked["publisher"], batch=batch)
    wishes = {
        "recheck": bool(asked["recheck"]),
        "publisher": asked["publisher"],
        "batch": batch,
    }
    with one_line_errors(), harvest_database("DEDUPLICATING") as connection:
        summary = run(connection, log.info, **wishes)
    log.info("%s", ", ".join(f"{name} {value}" for name, value in summary.items()))
    return summary


@dag(
    doc_md=__doc__,
    schedule=AssetOrTimeSchedule(timetable=NET, assets=[NEWS_ARTICLES]),
    start_date=datetime(2000, 1, 1, tzinfo=ZoneInfo(ZONE)),
    catchup=False,
    max_active_runs=1,
    is_paused_upon_creation=True,
    tags=["deduplicate"],
    params=FORM,
    default_args={"retries": 2, "retry_delay": timedelta(seconds=30)},
)
def deduplicate() -> None:
    """One task: `pipelines.duplicates.deduplicate` does the work."""
    mark_duplicates()


deduplicate()
