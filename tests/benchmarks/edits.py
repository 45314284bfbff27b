"""Articles that are changed or taken down during a simulated week, and when the harvest has seen it."""

from __future__ import annotations

import random
from contextlib import closing
from typing import TYPE_CHECKING

from pipelines.database.connections import connect, transaction
from spiders.publishers import find_publisher
from spiders.publishers.urls import canonicalise

if TYPE_CHECKING:
    from datetime import datetime

    from support.simulated_time import Simulation

_SEEN = """
select a.publisher, a.canonical_url
from lumbung.article a
where {}
"""
_REVISED = _SEEN.format("exists (select from lumbung.revision r where r.article_id = a.article_id)")
_GONE = _SEEN.format("a.gone_at is not null")
_FIRST, _LAST = 3, 19
"""Rounds in which sites change articles: later ones have no time left to be seen."""
_YOUNG = 4
"""Rounds: what is changed has appeared in the last ones, as newspapers do it."""


class Edits:
    """Changes of stored articles, spread over the publishers and the week by a seed of their own."""

    def __init__(self, simulation: Simulation, edited: int = 200, removed: int = 50) -> None:
        self._simulation = simulation
        self._wanted = {"edited": edited, "removed": removed}
        self._chance = random.Random(7)  # noqa: S311 - the same articles each time
        self._made: dict[str, dict[tuple[str, str], datetime]] = {"edited": {}, "removed": {}}
        self._seen: dict[str, dict[tuple[str, str], datetime]] = {"edited": {}, "removed": {}}

    def after_round(self, number: int) -> None:
        """Note which changes are stored by now, then make some more."""
        now = self._simulation.internet.now
        for kind, rows in (("edited", self._rows(_REVISED)), ("removed", self._rows(_GONE))):
            for identity in self._made[kind].keys() & rows - self._seen[kind].keys():
                self._seen[kind][identity] = now
        if _FIRST <= number <= _LAST:
            for kind, wanted in self._wanted.items():
                left = wanted - len(self._made[kind])
                self._make(kind, -(-left // (_LAST - number + 1)), now)

    def _make(self, kind: str, count: int, now: datetime) -> None:
        stored = self._rows(_SEEN.format("a.gone_at is null"))
        young = now - _YOUNG * self._simulation.step
        candidates = []
        for key, publishing in self._simulation.internet.publishing.items():
            publisher = find_publisher(key)
            for piece in publishing.desk.visible(now):
                identity = (key, canonicalise(piece.url, publisher))
                taken = any(identity in made for made in self._made.values())
                if piece.published_at >= young and identity in stored and not taken:
                    candidates.append((publishing, piece, identity))
        for publishing, piece, identity in self._chance.sample(candidates, min(count, len(candidates))):
            if kind == "edited":
                publishing.edit(piece, now)
            else:
                publishing.remove(piece)
            self._made[kind][identity] = now

    def _rows(self, statement: str) -> set[tuple[str, str]]:
        with closing(connect(self._simulation.database_url)) as connection, transaction(connection) as cursor:
            cursor.execute(statement)
            return set(cursor.fetchall())

    def report(self) -> None:
        """Print how many changes were seen, and after how many simulated hours."""
        for kind, made in self._made.items():
            seen = self._seen[kind]
            hours = sorted((moment - made[identity]).total_seconds() / 3600 for identity, moment in seen.items())
            median = hours[len(hours) // 2] if hours else 0
            within = {day: sum(hour <= day * 24 for hour in hours) for day in (1, 2, 3)}
            print(
                f"{kind}: {len(made)}, seen {len(seen)}; median after {median:.0f} h; within days: {within};"
                f" of the last two days of the week, which end before a visit: {self._late(made, seen)}"
            )

    def _late(self, made: dict[tuple[str, str], datetime], seen: dict[tuple[str, str], datetime]) -> int:
        end = self._simulation.internet.now
        return sum(identity not in seen and (end - moment).days < 2 for identity, moment in made.items())
