"""Fields that a crawl's trigger form has, whether it is of one publisher or of many."""

from __future__ import annotations

from airflow.sdk import Param


def day(*, title: str, description: str) -> Param:
    """A field for one day, empty at first."""
    return Param(
        default=None,
        type=["null", "string"],
        format="date",
        title=title,
        description=f"{description} Days of the publisher's time zone.",
        section="Date range",
    )


FORM = {
    "from_date": day(
        title="From", description="First day of publication; empty: as far back as a scheduled run looks."
    ),
    "to_date": day(
        title="To", description="Last day of publication, this day included, only with From; empty: until now."
    ),
    "max_articles": Param(
        default=None,
        type=["null", "integer"],
        minimum=1,
        maximum=1_000_000,
        title="At most",
        description="Stop after this many articles; the others stay due for the next crawl. Empty: all.",
        section="Limits",
    ),
    "refetch": Param(
        default=False,
        type=["boolean", "null"],  # Airflow's form marks a field as required unless it may be null
        title="Fetch known pages again",
        description="Also visit pages that are stored already, to find changed texts.",
        section="Limits",
    ),
}
