"""Learn what the evidence about blocks weighs, from saved pages whose texts are known: writes weights.toml.

usage: PYTHONPATH=.:tests python tests/benchmarks/body_training.py --score SCORE.py --pages PAGES
           --more PAGES --list NAMES.txt [--dry-run | --into FILE]

The doubtful blocks of each page become rows (`spiders/reading/body/evidence.py`); `body_boosting.py` learns from them,
in an environment of its own that has numpy, prints figures cross-validated by outlet, and writes the weights. The same
pages give the same weights. Pages of lists that are only scored take no part.
"""

from __future__ import annotations

import argparse
import gzip
import importlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from benchmarks.extraction import FETCHED_AT, unknown_publisher
from benchmarks.extraction_environment import environment
from benchmarks.extraction_figures import DATASETS

from spiders.reading.body.boilerplate import names_of
from spiders.reading.body.evidence import FIGURES, name_words
from spiders.reading.body.weighing import FILE
from spiders.reading.page import Page

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator, Sequence
    from types import ModuleType

    from lxml.html import HtmlElement

    from spiders.reading.markup.blocks import Block

PINS = ("numpy==2.4.6",)
"""What learning takes, in an environment of its own."""
_SHORT = 6
"""Words: a shorter block counts where it stands beside others as it does in the reference."""
_NEAR = 8
_PART = 0.5


def main() -> int:
    """Write the rows, learn, print."""
    options = _options()
    sys.path.insert(0, str(options.score.parent))
    score = importlib.import_module(options.score.stem)
    pages = [row for case in _cases(options) if (row := _page(case, score)) is not None]
    with tempfile.TemporaryDirectory() as folder:
        rows = Path(folder) / "rows.json"
        rows.write_text(json.dumps({"figures": FIGURES, "pages": pages}), "utf-8")
        target = Path(folder) / "weights.toml" if options.dry_run else options.into
        learn = Path(__file__).with_name("body_boosting.py")
        return subprocess.run(
            [str(environment(PINS)), str(learn), str(rows), str(target), str(options.score)], check=False
        ).returncode


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--score", type=lambda given: Path(given).resolve(), required=True, help="the score script")
    parser.add_argument("--pages", type=Path, required=True, help="a folder of saved pages: those with whole texts")
    parser.add_argument("--more", type=Path, required=True, help="another one, read by its list")
    parser.add_argument("--list", type=Path, required=True, help="the names of its pages that may be learned from")
    parser.add_argument("--dry-run", action="store_true", help="print figures, write nothing")
    parser.add_argument("--into", type=Path, default=FILE, help="where the weights go: else those that ship")
    return parser.parse_args()


def _cases(options: argparse.Namespace) -> Iterator[tuple[str, Path]]:
    """Group and folder of each page to learn from."""
    for name in options.list.read_text("utf-8").split():
        yield "study", options.more / name
    for folder in sorted(options.pages.iterdir()):
        known = folder / "expected.json"
        if known.is_file() and json.loads(known.read_text("utf-8"))["source_dataset"] in DATASETS.split(","):
            yield "pages", folder


def _page(case: tuple[str, Path], score: ModuleType) -> dict[str, Any] | None:
    """What is to be learned from a page; None where nothing is doubtful or no text is known."""
    group, folder = case
    known = json.loads((folder / "expected.json").read_text("utf-8"))
    url = known.get("url") or "https://unknown.invalid/"
    html = gzip.decompress((folder / "page.html.gz").read_bytes())
    body = Page(html, url, unknown_publisher(url), fetched_at=FETCHED_AT).body
    if not known.get("body_text") or body.second_look is None or not body.is_printed:
        return None
    container = next(iter(body.containers))
    within = [block for block in body.blocks if container in (block.element, *block.element.iterancestors())]
    doubts = {doubt.block: doubt for doubt in body.second_look.doubts}
    text = frozenset(body.second_look.text)
    labels, sizes = _labels(score.tokenise(known["body_text"]), within, score)
    return {
        "group": group,
        "outlet": ".".join((urlsplit(url).hostname or folder.name).split(".")[-2:]),
        "indonesian": known.get("language") == "id",
        "reference": known["body_text"],
        "never": known.get("snippets_without") or [],
        "lead": [block.text for block in body.text_blocks if block not in set(within)],
        "blocks": [
            {
                "text": block.text,
                "is_text": label,
                "size": size,
                "heading": str(block.element.tag) if block.heading else "",
                "kept": doubts[block].kept if block in doubts else block in text,
                "row": doubts[block].row if block in doubts else None,
                "words": [*_words(block.element, container)] if block in doubts else [],
            }
            for block, label, size in zip(within, labels, sizes, strict=True)
        ],
    }


def _words(element: HtmlElement, container: HtmlElement) -> Iterator[list[str]]:
    """The words that name an element, and those of its ancestors below the container."""
    node: HtmlElement | None = element
    while node is not None and node is not container:
        yield sorted(name_words(names_of(node), str(node.tag)))
        node = node.getparent()


def _labels(reference: list[str], blocks: Sequence[Block], score: ModuleType) -> tuple[list[float], list[int]]:
    """How much of each block stands in the reference, 0 to 1, and its words."""
    wanted = score.shingles(reference)
    words = [score.tokenise(block.text) for block in blocks]
    shingles = [*map(score.shingles, words)]
    labels = [
        sum(count for shingle, count in own.items() if shingle in wanted) / max(1, sum(own.values()))
        if len(said) >= _SHORT
        else 0.0
        for said, own in zip(words, shingles, strict=True)
    ]
    _once(labels, words, shingles, wanted)
    for place, said in enumerate(words):
        if 0 < len(said) < _SHORT:
            labels[place] = float(_fits(place, labels, words, wanted))
    return labels, [*map(len, words)]


def _once(labels: list[float], words: list[list[str]], shingles: list[Counter[Any]], wanted: Counter[Any]) -> None:
    """Of blocks with the same words as many are text as the reference has, those amid most text."""
    groups: dict[tuple[str, ...], list[int]] = {}
    for place, said in enumerate(words):
        if len(said) >= _SHORT and labels[place] >= _PART:
            groups.setdefault(tuple(said), []).append(place)
    for places in groups.values():
        own = shingles[places[0]]
        times = max(1, round(min(wanted[each] / own[each] for each in own if each in wanted)))
        amid = {
            place: sum(
                labels[other] * len(words[other])
                for other in range(max(0, place - _NEAR), min(len(words), place + _NEAR + 1))
                if other != place
            )
            for place in places
        }
        for place in sorted(places, key=lambda each: -amid[each])[times:]:
            labels[place] = 0.0


def _fits(place: int, labels: list[float], words: list[list[str]], wanted: Counter[Any]) -> bool:
    """Whether a short block stands in the reference right behind the text above it, or before that below."""
    said = words[place]
    above = next((words[other] for other in range(place - 1, -1, -1) if labels[other] >= _PART), [])[-3:]
    below = next((words[other] for other in range(place + 1, len(words)) if labels[other] >= _PART), [])[:3]
    for joined, first, end in ((above + said, 0, len(above)), (said + below, 0, len(said) if below else 0)):
        if any(tuple(joined[start : start + 4]) in wanted for start in range(first, end)):
            return True
    return len(said) >= 4 and all(tuple(said[start : start + 4]) in wanted for start in range(len(said) - 3))


if __name__ == "__main__":
    sys.exit(main())
