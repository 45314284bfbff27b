"""The moments at which faults strike. A new capability adds its own by one line in `MOMENTS`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable


class Sight(NamedTuple):
    """What can be seen of a running program from outside."""

    age: float = 0.0
    """Seconds since it was started."""
    busy: float = 0.0
    """Seconds since it was first seen in a transaction."""
    listings: int = 0
    """Its requests for robots.txt, feeds and sitemaps."""
    pages: int = 0
    """Its requests for articles."""
    statement: str = ""
    """The statement its open transaction is at; empty outside of transactions."""
    reach: int = 80
    """Requests for articles after which a fault strikes at the latest."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A phase of a program; while it is frozen there, `holds` is true."""

    name: str
    program: str
    """A key of `programs.COMMANDS`."""
    share: int
    """Of a hundred faults."""
    holds: Callable[[Sight, float], bool]
    """Of what is seen and of chance, from 0 to 1 and drawn once a fault."""
    plain: Callable[[Sight, float], bool] | None = None
    """The same moment of a spider without a database."""


def _fetching(sight: Sight, chance: float) -> bool:
    """By default from before the first batch is loaded to after the third."""
    return sight.pages > 5 + sight.reach * chance


MOMENTS: Final = (
    Moment("start", "crawl", 15, lambda see, chance: see.age > chance and not see.listings),
    Moment("discovery", "crawl", 20, lambda see, chance: see.listings > 7 * chance and not see.pages),
    Moment("fetch", "crawl", 23, lambda see, chance: _fetching(see, chance) and "visit" not in see.statement),
    Moment("load", "crawl", 22, lambda see, chance: _fetching(see, chance) and "visit" in see.statement, _fetching),
    Moment("dedup", "deduplicate", 20, lambda see, chance: see.busy > 0.15 * chance and see.statement != ""),
)
