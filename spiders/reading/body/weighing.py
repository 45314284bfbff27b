"""A second look at the blocks about which the rules of `filtering` may be wrong: their evidence, weighed.

The weights are learned from saved pages (`tests/benchmarks/body_training.py`, which writes `weights.toml` and its
figures): for each figure of `evidence` the steps of one additive function, so that what speaks for and against a block
can be added up by hand and printed. What the rules took stays unless the evidence is strongly against it, and what they
left out returns only where it is clearly for it.
"""

from __future__ import annotations

import tomllib
from bisect import bisect_left
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from spiders.reading.body.evidence import FIGURES, Evidence

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from spiders.reading.body.evidence import Said
    from spiders.reading.markup.blocks import Block, Box

FILE = Path(__file__).with_name("weights.toml")
LAWS = frozenset(("hidden", "caption", "password form", "box about an author", "comments", "label", "label of a link"))
"""Reasons of the rules that no evidence outweighs."""

_MOST = 5000
"""Doubtful blocks: each costs as much as twenty elements that are parsed."""
_ALONE = 1.0
"""More is asked of a block whose names speak against it and that is the only one of its kind: a box amid the text."""


class Steps(NamedTuple):
    """What one figure weighs: `weights[i]` for a value up to `cuts[i]`, the last weight above all cuts."""

    cuts: tuple[float, ...]
    weights: tuple[float, ...]


class Weights(NamedTuple):
    """As learned. Sums are logarithms of odds."""

    base: float
    keep: float
    """Below this sum a block goes that the rules took."""
    take: float
    """From this sum on a block comes that the rules left out."""
    steps: tuple[Steps | None, ...]
    """In the order of `FIGURES`; None for a figure that weighs nothing."""
    names: Mapping[str, float]
    """Words of class names, and the odds that what they name is text."""


class Doubt(NamedTuple):
    """A block that was looked at again."""

    block: Block
    kept: bool
    """Whether the rules took it."""
    row: list[float]
    sum: float


@cache
def learned() -> Weights:
    """The weights that ship."""
    return read(FILE.read_text("utf-8"))


def read(text: str) -> Weights:
    """Weights from the text of their file.

    Raises:
        KeyError: a part is missing.
    """
    table = tomllib.loads(text)
    steps = {name: Steps(tuple(each["cuts"]), tuple(each["weights"])) for name, each in table["figures"].items()}
    return Weights(table["base"], table["keep"], table["take"], tuple(map(steps.get, FIGURES)), table["names"])


def parts_of(row: Sequence[float], weights: Weights) -> dict[str, float]:
    """What each figure of a row adds to the sum, those that add nothing left out."""
    named = zip(FIGURES, row, weights.steps, strict=True)
    return {name: steps.weights[bisect_left(steps.cuts, value)] for name, value, steps in named if steps is not None}


def weigh(row: Sequence[float], weights: Weights) -> float:
    """The sum of a row."""
    return sums([row], weights)[0]


def sums(rows: Sequence[Sequence[float]], weights: Weights) -> list[float]:
    """The sum of each row."""
    tables = [(place, *steps) for place, steps in enumerate(weights.steps) if steps is not None]
    return [weights.base + sum([table[bisect_left(cuts, row[at])] for at, cuts, table in tables]) for row in rows]


def _is_open(place: int, reason: str | None, evidence: Evidence, last: int) -> bool:
    """Whether the rules may be wrong about a block that they left out: `last` is where the last sure paragraph stands.

    Other articles of a site follow the text; what looks like them amid the text may be a list that the text makes.
    """
    if reason is None or reason in LAWS:
        return False
    if reason == "other article":
        return place < last or not evidence.leads_here(place)
    return reason != "link" or evidence.is_item(place) or not evidence.leads_here(place)


class SecondLook:
    """What the evidence makes of the blocks of one container."""

    def __init__(  # noqa: PLR0913 - what the rules saw and said
        self,
        blocks: Sequence[Block],
        container: Box,
        said: Said,
        *,
        kept: Collection[Block],
        reasons: Mapping[Block, str],
        weights: Weights | None = None,
    ) -> None:
        """Weigh the doubtful ones.

        Args:
            blocks: All of the page.
            container: Where the text stands.
            said: What the page says about its article.
            kept: Blocks that the rules took.
            reasons: Why they left others out; those without a reason were never asked about.
            weights: Others than those that ship.
        """
        self._weights = weights or learned()
        taken = frozenset(kept)
        evidence = Evidence(blocks, container, said, self._weights.names)
        within = blocks[container.first : container.end]
        sure = {place for place, block in enumerate(within) if block in taken and evidence.is_plain(place)}
        last = max((place for place in sure if not within[place].heading), default=0)
        places = [
            place
            for place, block in enumerate(within)
            if place not in sure and (block in taken or _is_open(place, reasons.get(block), evidence, last))
        ]
        places = places if len(places) <= _MOST else []  # no article: the rules are enough
        rows = evidence.rows(places)
        self.doubts = [
            Doubt(within[place], within[place] in taken, row, total)
            for place, row, total in zip(places, rows, sums(rows, self._weights), strict=True)
        ]
        gone = {doubt.block for doubt in self.doubts if doubt.kept and doubt.sum < self._weights.keep}
        alone = {
            within[place] for place in places if reasons.get(within[place]) == "names" and evidence.is_alone(place)
        }
        back = {
            doubt.block
            for doubt in self.doubts
            if not doubt.kept and doubt.sum >= self._weights.take + (_ALONE if doubt.block in alone else 0)
        }
        left = [block for block in within if (block in taken and block not in gone) or block in back]
        self.text = left or list(kept)  # one line alone: nothing stands beside it that would speak for it
        """The blocks that are text."""
