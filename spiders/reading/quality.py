"""How far the text of a read page can be trusted, 0 to 1: from how decisively it was told from the rest of its page.

A logistic score with two weights, fitted by `tests/benchmarks/quality.py` on pages with reference texts and written to
`quality.toml` beside this module. It orders pages, so that SQL can list the doubtful; it is no probability.
"""

from __future__ import annotations

import math
import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from spiders.reading.body.finding import Body

_PROSE = 60
"""Characters of a paragraph, as against a label or a line of a list."""
_LINKED = 0.5


def signs_of(body: Body) -> dict[str, float]:
    """What speaks for a text and against it, 0 to 1 each: `taken`, `left_out`.

    Args:
        body: Where the text was found.
    """
    kept = {*body.text_blocks}
    size = max(1, sum(len(block.text) for block in kept))
    prose = [block for block in body.blocks if len(block.text) >= _PROSE and block.link_share < _LINKED]
    whole = sum(len(block.text) for block in prose if not block.heading)
    taken = sum(len(block.text) for block in prose if not block.heading and block in kept)
    places = [place for place, block in enumerate(body.blocks) if block in kept]
    within = body.blocks[places[0] : places[-1] + 1] if places else []
    left_out = sum(len(block.text) for block in within if block not in kept)
    return {"taken": taken / max(1, whole), "left_out": min(1.0, left_out / size)}


def quality_of(signs: Mapping[str, float]) -> float:
    """The score of a page, 0 to 1, in thousandths."""
    table = _weights()
    total = table["bias"] + sum(weight * signs[name] for name, weight in table["weights"].items())
    return round(1 / (1 + math.exp(-total)), 3)


@lru_cache(maxsize=1)
def _weights() -> dict[str, Any]:
    return tomllib.loads(files("spiders.reading").joinpath("quality.toml").read_text("utf-8"))
