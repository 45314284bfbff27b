"""The health of publishers as HTML: one page for all of them, one for each. Pure: values in, text out."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined

from pipelines.health.judging import in_words
from pipelines.health.report import Health, complete, complete_in_words, run_of, totals

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, timedelta
    from typing import Any

_HEIGHT, _WIDTH = 24, 6
"""Pixels of a sparkline's highest bar, and from one bar to the next."""


def overview(found: Sequence[Health], now: datetime) -> str:
    """The page with a line for every publisher, worst first."""
    return _templates().get_template("overview.html").render(found=found, totals=totals(found), now=now)


def detail(health: Health, lists: Mapping[str, Sequence[Mapping[str, Any]]], now: datetime) -> str:
    """The page of one publisher.

    Args:
        health: Of it.
        lists: Rows of `crawls`, `rejected`, `doubtful` and `newest`, by column.
        now: aware.
    """
    return _templates().get_template("publisher.html").render(each=health, now=now, **lists)


@cache
def _templates() -> Environment:
    found = Environment(
        loader=PackageLoader("pipelines.health", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters |= {"span": _span, "bars": _bars, "web": _web, "run_url": _run_url}
    found.filters |= {"complete": complete, "complete_in_words": complete_in_words}
    return found


def _span(value: timedelta | None) -> str:
    return "–" if value is None else in_words(value)


def _bars(days: Sequence[int]) -> list[tuple[int, int, int, int]]:
    """Left, top and height of each bar, and what it stands for."""
    most = max(days, default=0) or 1
    heights = [-(-count * _HEIGHT // most) for count in days]
    return [
        (place * _WIDTH, _HEIGHT - height, height, count)
        for place, (height, count) in enumerate(zip(heights, days, strict=True))
    ]


def _web(url: str) -> str:
    """An address that may stand in a link: one of the web, for others could be scripts."""
    return url if url.lower().startswith(("http://", "https://")) else "#"


def _run_url(run_id: str | None) -> str | None:
    """Page in Airflow of the run that a crawl belongs to, by its name in the ledger; None for one from a shell."""
    found = run_of(run_id)
    return f"../../dags/{quote(found[0])}/runs/{quote(found[1], safe='')}" if found else None
