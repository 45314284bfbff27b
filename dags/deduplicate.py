"""Find articles that repeat each other: the same URL or text, and near-duplicates.

Follows every crawl that stored or updated articles (asset `news_articles`) and looks only at articles that are new,
changed or taken down; what an earlier version of the rules has seen comes after those. Duplicates are marked, never
deleted: `news.articles` has one row a story, `news.duplicates` the rest with the article each repeats and why. Running
it again changes nothing.

*Trigger* asks for a full re-check, of all articles or of one publisher's: after a change by hand, or to be sure. It
arrives at what is there already, and says so in its log, batch by batch.

**Database.** The Airflow connection `lumbung` where it is defined, else `DATABASE_URL`.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from airflow.sdk import Param, dag, get_current_context, task

from harvest import NEWS_ARTICLES, harvest_database, one_line_errors
from spiders.publishers import publisher_keys

log = logging.getLogger(__name__)

FORM = {
    "recheck": Param(
        default=False,
        type="boolean",
        title="Look again",
        description="Also at articles that were looked at already. Off: only at what is new, changed or taken down.",
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
        default=500,
        type="integer",
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

    asked = get_current_context()["params"]
    with one_line_errors(), harvest_database("DEDUPLICATING") as connection:
        summary = run(connection, log.info, **{name: asked[name] for name in FORM})
    log.info("%s", ", ".join(f"{name} {value}" for name, value in summary.items()))
    return summary


@dag(
    doc_md=__doc__,
    schedule=[NEWS_ARTICLES],
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
