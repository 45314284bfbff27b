"""Find articles that repeat each other: the same URL or text, and near-duplicates.

Follows every crawl that stored or updated articles (asset `news_articles`) and looks only at articles it has not seen
with their present text. Duplicates are marked, never deleted: `news.articles` has one row a story,
`news.duplicates` the rest with the article each repeats. Running it again changes nothing.

**Database.** The Airflow connection `lumbung` where it is defined, else `DATABASE_URL`.
"""

from __future__ import annotations

import logging
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from airflow.sdk import dag, task

from harvest import NEWS_ARTICLES, harvest_database, one_line_errors

log = logging.getLogger(__name__)


@task(inlets=[NEWS_ARTICLES])
def mark_duplicates() -> dict[str, Any]:
    """One pass over what is new."""
    from pipelines.deduplicate import deduplicate

    with one_line_errors(), harvest_database() as connection:
        summary = asdict(deduplicate(connection))
    log.info("%s", ", ".join(f"{name} {value}" for name, value in summary.items()))
    return summary


@dag(
    doc_md=__doc__,
    schedule=[NEWS_ARTICLES],
    catchup=False,
    max_active_runs=1,
    is_paused_upon_creation=True,
    tags=["deduplicate"],
    default_args={"retries": 2, "retry_delay": timedelta(seconds=30)},
)
def deduplicate() -> None:
    """One task: `pipelines.deduplicate` does the work."""
    mark_duplicates()


deduplicate()
