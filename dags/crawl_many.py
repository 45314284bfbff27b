"""Harvest several publishers at once, for the same days and with the same limit.

*Trigger* asks which. Each publisher is a task of its own, named after it, a few at a time; what one publisher answers
delays no other, and where its own DAG crawls it at the same moment the two take turns. Without dates each crawl takes
what is recent, as a run of the publisher's own DAG without dates does.

**When dates, when a backfill?** Dates here, or in the form of one publisher, are one crawl over the whole range: for
days that were missed, for a topic, for a new publisher. A *backfill* of a publisher's DAG makes a run for each day: for
long ranges, which can be stopped and gone on with, and where it matters in which day something was missing.

**Colours.** A red task is a crawl that failed, for the reason in the last line of its log; the run is red then, and
what the others stored stays. `announce` wakes `deduplicate`, also when some crawls failed.

**Database.** The Airflow connection `lumbung` where it is defined, else `DATABASE_URL`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from airflow.sdk import Param, dag, get_current_context, task
from airflow.sdk.exceptions import AirflowFailException

from announcement import announce
from crawl_form import FORM
from scrapy_operator import ScrapyOperator
from spiders.publishers import publisher_keys

AT_ONCE = 4
"""Crawls at a time: each is a process, and most of its time it waits for its turn."""


@task
def choose() -> list[str]:
    """The publishers asked for, each once."""
    chosen = list(dict.fromkeys(get_current_context()["params"]["publishers"] or ()))
    if not chosen:
        raise AirflowFailException("no publisher was chosen: trigger again and choose some in the form")
    return chosen


@dag(
    dag_display_name="Crawl many publishers",
    doc_md=__doc__,
    schedule=None,
    start_date=datetime(2000, 1, 1, tzinfo=ZoneInfo("Asia/Jakarta")),
    catchup=False,
    max_active_runs=4,
    is_paused_upon_creation=False,
    tags=["crawl", "by hand"],
    params={
        "publishers": Param(
            default=[],
            type=["array", "null"],  # Airflow's form marks a field as required unless it may be null
            items={"type": "string", "enum": publisher_keys()},
            examples=publisher_keys(),
            title="Publishers",
            description="Which ones to crawl.",
            section="Publishers",
        ),
        **FORM,
    },
    default_args={"retries": 1, "retry_delay": timedelta(seconds=30)},
)
def crawl_many() -> None:
    """One crawl a publisher, then one announcement; it is a teardown so that it hides no failed crawl."""
    crawl = ScrapyOperator.partial(
        task_id="crawl",
        execution_timeout=timedelta(hours=12),
        max_active_tis_per_dagrun=AT_ONCE,
        map_index_template="{{ task.publisher }}",
    ).expand(publisher=choose())
    crawl >> announce().as_teardown()


crawl_many()
