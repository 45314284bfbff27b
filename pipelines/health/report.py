"""Every publisher with its state, worst first: as values, for a terminal, as JSON."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import floor
from typing import TYPE_CHECKING, Any

from croniter import croniter

from pipelines.health.figures import Figures, read_figures
from pipelines.health.judging import Judgement, State, in_words, judge
from spiders.errors import LumbungError
from spiders.publishers import find_publisher, publisher_keys

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from pipelines.database.connections import Connection

DAYS = 14
"""Shown of each publisher."""
_BARS = " ▁▂▃▄▅▆▇█"
HEADINGS = ("state", "publisher", "new, 14 days", "today", "complete", "delay", "rejected", "reason")


@dataclass(frozen=True, slots=True)
class Health:
    """One publisher."""

    key: str
    name: str
    judgement: Judgement
    figures: Figures | None
    """None where it was never crawled."""
    next_at: datetime | None
    """By its schedule; None where it has no file any more."""
    days: tuple[int, ...]
    """Articles by day of publication in its own zone, today last."""

    @property
    def dag_id(self) -> str:
        """Its DAG in Airflow."""
        return f"crawl_{self.key}"

    @property
    def run(self) -> str | None:
        """Id of the run of the DAG that crawled it last; None for a crawl from the shell."""
        crawl = self.figures.last_crawl if self.figures else None
        found = run_of(crawl.run_id if crawl else None)
        return found[1] if found and found[0] == self.dag_id else None


def run_of(name: str | None) -> tuple[str, str] | None:
    """DAG and run of a crawl by its name in the ledger, `<DAG>/<run>/<try>` or `<DAG>/<run>/<map index>/<try>`.

    None for a crawl from the shell. No part has a slash in it: Airflow refuses it in the id of a run.
    """
    parts = (name or "").split("/")
    return (parts[0], parts[1]) if len(parts) > 2 else None  # noqa: PLR2004 - DAG, run and what follows


def read_health(connection: Connection, now: datetime) -> list[Health]:
    """All publishers that have a file or were ever crawled, worst first.

    Args:
        connection: To the harvest's database.
        now: aware.
    """
    figures, keys = read_figures(connection), publisher_keys()
    found = [_health(key, keys, figures.get(key), now) for key in {*keys, *figures}]
    return sorted(found, key=lambda each: (each.judgement.state, -sum(each.days), each.name.casefold()))


def _health(key: str, keys: Collection[str], figures: Figures | None, now: datetime) -> Health:
    try:
        publisher = find_publisher(key)
    except LumbungError as error:
        reason = str(error) if key in keys else "it has no file any more: nothing crawls it"
        judgement = Judgement(State.FAILING if key in keys else State.LOOK, reason)
        return Health(key, key, judgement, figures, None, _days(figures, now.date()))
    local = now.astimezone(publisher.zone)
    ticks = croniter(publisher.schedule, local)
    first, second = ticks.get_next(datetime), ticks.get_next(datetime)
    judgement = judge(figures, now, second - first)
    return Health(key, publisher.name, judgement, figures, first.astimezone(UTC), _days(figures, local.date()))


def _days(figures: Figures | None, today: date) -> tuple[int, ...]:
    stored = figures.stored_by_day if figures else {}
    return tuple(stored.get(today - timedelta(days=back), 0) for back in range(DAYS - 1, -1, -1))


def complete(figures: Figures | None) -> str:
    """How much of its newest day that is known is stored: `97 %`, rounded down; empty where nothing can be said."""
    share = figures.completeness if figures else None
    return "" if share is None else f"{floor(share * 100)} %"


def complete_in_words(figures: Figures) -> str:
    """The same in a sentence, with what it rests on; empty where no day is over."""
    day, basis = figures.complete_day, figures.complete_basis
    if day is None:
        return ""
    if figures.completeness is None:
        return f"How much of {day} was missed nobody knows: {basis}."
    return (
        f"Of {day}, {complete(figures)} is stored: {figures.complete_stored} of {figures.complete_known} articles that"
        f" lists have shown, and {figures.unseen or 0:.1f} that none may have shown us ({basis})."
    )


def totals(found: Sequence[Health]) -> dict[str, int]:
    """How many publishers are in each state that occurs, worst first."""
    counts = Counter(each.judgement.state for each in found)
    return {str(state): counts[state] for state in State if counts[state]}


def lines(found: Sequence[Health]) -> Iterator[str]:
    """A table for a terminal, and a last line with the totals."""
    rows = [HEADINGS, *map(_row, found)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
    yield ", ".join(f"{count} {state}" for state, count in totals(found).items())


def _row(each: Health) -> tuple[str, ...]:
    figures, most = each.figures, max(each.days)
    bars = "".join(_BARS[-(-count * (len(_BARS) - 1) // most)] for count in each.days) if most else ""
    delay = in_words(figures.delay_p50) if figures and figures.delay_p50 else "-"
    rejected = str(sum(figures.rejected_by_reason.values())) if figures else "-"
    return (
        *(str(each.judgement.state), each.name, bars, str(each.days[-1]) if figures else "-"),
        *(complete(figures) or "-", delay, rejected, each.judgement.reason),
    )


def as_json(found: Sequence[Health], now: datetime) -> dict[str, Any]:
    """Everything, for programs: times in ISO 8601, spans in seconds."""
    return {"at": now.isoformat(), "totals": totals(found), "publishers": [*map(_plain, found)]}


def _plain(each: Health) -> dict[str, Any]:
    known = each.figures
    told = {
        "publisher": each.key,
        "name": each.name,
        "state": str(each.judgement.state),
        "reason": each.judgement.reason,
        "dag_id": each.dag_id,
        "last_run": each.run,
        "next_at": each.next_at,
        "stored_by_day": each.days,
        "last_asked_at": known.last_started_at if known else None,
        "last_good_at": known.last_good_at if known else None,
        "newest_published_at": known.newest_at if known else None,
        "delay_p50": known.delay_p50 if known else None,
        "delay_p95": known.delay_p95 if known else None,
        "longest_pause": known.longest_pause if known else None,
        "rejected_by_reason": known.rejected_by_reason if known else {},
        "latest": known.latest if known else 0,
        "repeats": known.repeats if known else 0,
        "doubtful": known.doubtful if known else 0,
        "complete_day": known.complete_day if known else None,
        "completeness": known.completeness if known else None,
        "complete_stored": known.complete_stored if known else None,
        "complete_known": known.complete_known if known else None,
        "unseen": known.unseen if known else None,
        "complete_basis": known.complete_basis if known else None,
        "fields_now": known.fields_now if known else {},
        "fields_before": known.fields_before if known else {},
    }
    return {name: _json(value) for name, value in told.items()}


def _json(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return value.total_seconds() if isinstance(value, timedelta) else value
