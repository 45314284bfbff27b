"""Look whether publishers are still as their files say, before a harvest runs dry.

For each publisher one task fetches robots.txt, the first document of each feed, sitemap and index, and the newest
articles, as politely as a crawl, and writes down field by field what was found, by which rule, and how usual that is
among those stored last. It stores nothing.

**Runs.** Every Monday morning for all publishers; *Trigger* asks for some of them and for more articles of each.

**Colours.** `check` is red where something needs a person's look: no way of discovery answers, a page cannot be read,
a field is missing that the publisher usually has, robots.txt disallows an address. The error says what, in one line.

**Database.** The Airflow connection `lumbung` where it is defined, else `DATABASE_URL`. Without one the check works
too, and knows nothing of what is usual.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from airflow.sdk import Param, dag, get_current_context, task

from check_operator import CheckOperator
from spiders.publishers import publisher_keys

FORM = {
    "publishers": Param(
        default=[],
        type=["array", "null"],  # Airflow's form marks a field as required unless it may be null
        items={"type": "string", "enum": publisher_keys()},
        examples=publisher_keys(),
        title="Publishers",
        description="Which ones to check; none: all of them.",
        section="What to check",
    ),
    "articles": Param(
        default=3,
        type=["integer", "null"],
        minimum=1,
        maximum=20,
        title="Articles",
        description="How many of each publisher's newest articles to read.",
        section="What to check",
    ),
}


@task
def choose() -> list[str]:
    """The publishers asked for, or all."""
    return list(get_current_context()["params"]["publishers"] or publisher_keys())


@dag(
    doc_md=__doc__,
    schedule="23 5 * * 1",
    start_date=datetime(2000, 1, 1, tzinfo=ZoneInfo("Asia/Jakarta")),
    catchup=False,
    max_active_runs=1,
    is_paused_upon_creation=True,
    tags=["check"],
    params=FORM,
    # A server that was away for a minute is no finding.
    default_args={"retries": 1, "retry_delay": timedelta(minutes=10)},
)
def check_publishers() -> None:
    """One task a publisher, a few at a time."""
    check = CheckOperator.partial(
        task_id="check",
        articles="{{ params.articles or 3 }}",
        max_active_tis_per_dagrun=4,
        map_index_template="{{ task.publisher }}",
    )
    check.expand(publisher=choose())


check_publishers()
