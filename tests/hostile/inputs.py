"""Inputs that break programs, read as a crawl reads them: pages to articles in Postgres, announcements to its frontier.

usage: PYTHONPATH=tests python tests/hostile/inputs.py [--step N] [FAMILY ...]

Prints for each family: inputs; what they ended as (article, rejection or failure with a reason, entries announced,
nothing announced, a problem of the document in one line); CPU of the slowest; most memory of the process that reads;
how many were above a limit (2 s or 256 MiB; where marked *, what bounds the reading process: 10 s, 280 MiB), crashed,
or are unaccounted for. All are made by rules, the same each time; saved pages and feeds of `../shared` join them where
they are. Exits with 1 after a crash, an unaccounted input or one above its limits.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from contextlib import contextmanager
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING

from hostile.families import FAMILIES
from hostile.fuzz_targets import NOW, publisher
from hostile.journeys import Documents, Told, send_pages
from hostile.text_journeys import Koran
from support.throwaway import TEMPLATE, throwaway_server

from pipelines.database.connections import connect
from pipelines.harvest.frontier import Frontier
from pipelines.harvest.ledger import imbalance, read_crawl
from spiders.article import Validators
from spiders.publishers.window import Window

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from spiders.publishers import Publisher

_MOST_SHOWN = 10


def run(url: str, names: Iterable[str], step: int = 1) -> Iterator[tuple[str, Told]]:
    """Send every `step`th input of some families into the database at `url`; what became of each family."""
    documents = Documents()
    try:
        for name in names:
            told = Told()
            with _crawl(url, Koran.publisher if FAMILIES[name].kind == "page" else publisher(), told) as frontier:
                asyncio.run(_send(frontier, name, step, documents, told))
            if FAMILIES[name].heavy:
                documents.close()  # what a large document leaves behind is not the next one's
            yield name, told
    finally:
        documents.close()


@contextmanager
def _crawl(url: str, whose: Publisher, told: Told) -> Iterator[Frontier]:
    """A crawl whose ledger must balance at its end."""
    frontier = Frontier(connect(url), whose, Window(NOW - timedelta(days=30), None, strict=False))
    try:
        yield frontier
        if problem := imbalance(read_crawl(frontier.connection, frontier.crawl_id)):
            told.unaccounted.append(problem)
    finally:
        frontier.connection.close()


async def _send(frontier: Frontier, name: str, step: int, documents: Documents, told: Told) -> None:
    family = FAMILIES[name]
    sent = islice(family.make(), 0, None, step)
    if family.kind == "page":
        await send_pages(frontier, sent, told, heavy=family.heavy)
        return
    for title, data, _ in sent:
        words, entries, seconds, mebibytes = documents.read(family.kind, data)
        if entries:
            try:
                await frontier.announce(f"https://www.warta.id/{told.inputs}", entries, Validators())
            except Exception as error:  # noqa: BLE001 - whatever Postgres says to it is what is looked for
                words = f"crash: announced: {' '.join(str(error).split())}"
        told.add(title, words, seconds, mebibytes, heavy=family.heavy)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("families", nargs="*", metavar="FAMILY", help=", ".join(FAMILIES))
    parser.add_argument("--step", type=int, default=1, help="of each family, every so manieth input")
    options = parser.parse_args()
    total, bad = Told(), list[str]()
    print(f"{'family':22}{'inputs':>7}{'s':>7}{'MiB':>5}{'above':>6}{'crash':>6}{'lost':>5}  ended as")  # noqa: T201 - a script
    with throwaway_server() as server:
        for name, told in run(server.url(TEMPLATE), options.families or FAMILIES, options.step):
            print(_row(name + " *" * FAMILIES[name].heavy, told), flush=True)  # noqa: T201 - a script
            _gather(total, told)
            bad += [*told.above, *told.crashes, *told.unaccounted][:_MOST_SHOWN]
    print(_row("all", total))  # noqa: T201 - a script
    print("\n".join(bad))  # noqa: T201 - a script
    return 1 if bad else 0


def _gather(total: Told, told: Told) -> None:
    total.inputs += told.inputs
    for word, count in told.ended.items():
        total.ended[word.partition(":")[0]] += count
    total.slowest, total.mebibytes = max(total.slowest, told.slowest), max(total.mebibytes, told.mebibytes)
    total.above += told.above
    total.crashes += told.crashes
    total.unaccounted += told.unaccounted


def _row(name: str, told: Told) -> str:
    ended = ", ".join(f"{count:,} {word}" for word, count in told.ended.most_common())
    figures = f"{told.inputs:7,}{told.slowest:7.2f}{told.mebibytes:5}"
    return f"{name:22}{figures}{len(told.above):6}{len(told.crashes):6}{len(told.unaccounted):5}  {ended}"


if __name__ == "__main__":
    sys.exit(main())
