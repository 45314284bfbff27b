"""How late the articles of a simulated week came, from what the database keeps: `news.delays`, and by publisher.

Only what appeared in that time, by the publisher's word. When a page was found follows the server's clock, which is
moved back between rounds: how long an announced article waited is asked after each round, and told in the sites' time.
"""

from __future__ import annotations

from collections import defaultdict
from contextlib import closing
from math import ceil
from statistics import median
from typing import TYPE_CHECKING, Any

from pipelines.database.connections import connect, transaction

if TYPE_CHECKING:
    from collections.abc import Sequence

    from support.simulated_time import Simulation

_STORED = """
select d.publisher, d.published_to_stored_seconds,
    extract(epoch from a.first_fetched_at - p.found_at)::double precision
from news.delays d
join lumbung.article a using (article_id)
join lumbung.page p using (page_id)
where a.first_fetched_at >= %s and a.published_at >= %s
"""
_SLOWEST, _MINUTE = 5, 60


class Freshness:
    """Seconds from publication, and from announcement, to the row, by publisher."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self._published: defaultdict[str, list[float]] = defaultdict(list)
        self._announced: list[float] = []
        self._untimed = 0

    def after_round(self, number: int) -> None:
        """Take what this round has stored."""
        del number
        simulation = self._simulation
        behind = (simulation.ahead + simulation.step).total_seconds()
        for publisher, published, announced in self._rows(
            _STORED, simulation.internet.now - simulation.step, simulation.begin
        ):
            self._announced.append(announced - behind)
            self._untimed += published is None
            if published is not None:
                self._published[publisher].append(published)

    def _rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with closing(connect(self._simulation.database_url)) as connection, transaction(connection) as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall()

    def report(self) -> None:
        """Print both, over all articles and by publisher."""
        everything = [seconds for each in self._published.values() for seconds in each]
        if not everything:
            print("stored with a time of publication: none")
            return
        print(f"published to stored: {told(everything)}; {self._untimed} articles state a day or no time")
        print(f"announced to stored: {told(self._announced)}")
        print(f"of {len(self._published)} publishers: median of p50 {minutes(self._middle(0.5))}, of p95", end=" ")
        print(minutes(self._middle(0.95)))
        for publisher in sorted(self._published, key=lambda each: -share(self._published[each], 0.95))[:_SLOWEST]:
            print(f"    {publisher}: {told(self._published[publisher])}")

    def _middle(self, part: float) -> float:
        return median(share(each, part) for each in self._published.values())


def share(seconds: Sequence[float], part: float) -> float:
    """Within so many seconds this part of them came, as `percentile_disc` has it."""
    return sorted(seconds)[ceil(part * len(seconds)) - 1]


def minutes(seconds: float) -> str:
    """In minutes, and seconds where there are few."""
    return f"{seconds / 60:.1f} min" if seconds >= _MINUTE else f"{seconds:.1f} s"


def told(seconds: Sequence[float]) -> str:
    """Half of them, most of them, the last of them."""
    half, most = minutes(share(seconds, 0.5)), minutes(share(seconds, 0.95))
    return f"p50 {half}, p95 {most}, at most {minutes(max(seconds))}, of {len(seconds)}"
