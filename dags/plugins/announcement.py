"""The event that wakes deduplication, sent by a task that is green whether there is something to tell or not."""

from __future__ import annotations

from collections import Counter
from typing import Any

from airflow.sdk import AssetAlias, get_current_context, task

from harvest import NEWS_ARTICLES, harvest_database, one_line_errors

DUE = AssetAlias("news_articles_due", group="lumbung")
"""An outlet that may stay silent: a task with the asset itself as outlet sends an event whenever it succeeds, and would
have to be skipped, pink in every list, at each quiet tick."""


@task(outlets=[DUE])
def announce() -> str:
    """Send an event to the asset `news_articles` with the counts of the crawl when articles wait for deduplication.

    Asks what is due, not what this crawl has stored: an earlier crawl may have been killed before it could announce.

    Returns:
        What was told, for whoever opens the task.
    """
    from pipelines.duplicates.deduplicate import count_due

    context = get_current_context()
    with one_line_errors(), harvest_database() as connection:
        due = count_due(connection)
    if not due:
        return "nothing: no article waits for deduplication"
    context["outlet_events"][DUE].add(
        NEWS_ARTICLES, extra={**_counts(context["ti"].xcom_pull(task_ids="crawl")), "due": due}
    )
    return f"{due} articles wait for deduplication"


def _counts(crawled: Any) -> dict[str, Any]:  # noqa: ANN401 - what Airflow's XCom gives
    """Figures of the crawl; of many at once their sums."""
    if isinstance(crawled, dict):
        return crawled
    crawls = [each for each in crawled or () if each]
    sums: Counter[str] = Counter()
    for each in crawls:
        sums.update({name: value for name, value in each.items() if isinstance(value, int)})
    return {"publishers": [each["publisher"] for each in crawls], **sums}
