"""Faults at random moments of a harvest, and what is true after each of them; beside it Scrapy with JOBDIR.

usage: PYTHONPATH=tests python tests/crash/harness.py [--kills 200 --stops 20 --cuts 10 --full 4 --doubles 6]
           [--articles 10000] [--seed 7] [--reach 80] [--no-plain]

A simulated site of our own is crawled, loaded and deduplicated by the product while processes are killed, Postgres is
stopped at once, its disk is full and networks are cut. Prints figures; status 1 when an invariant was broken.
"""

from __future__ import annotations

import argparse
import sys
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from crash.barn import barn
from crash.disturbed import Harvest, Outcome, Plan, World
from crash.moments import MOMENTS
from crash.plain import plain
from crash.proxy import Wire
from crash.site import Site, describe, founded_today

from seeds.newsstand.server import Newsstand, listening

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def site_behind_wire(articles: int) -> Iterator[tuple[Site, Newsstand, Wire]]:
    """The site, served, and the wire that leads to it."""
    site = Site(articles, founded_today())
    stand = Newsstand(site)
    with listening(stand):
        wire = Wire(int(stand.url.rpartition(":")[2]))
        with wire.running():
            site.base_url = f"http://127.0.0.1:{wire.port}"
            yield site, stand, wire


def disturbed(plan: Plan, articles: int, say: Callable[[str], None]) -> Outcome:
    """A disturbed harvest and an undisturbed one of the same site; the outcome says where they differ."""
    with ExitStack() as open_things:
        grain = open_things.enter_context(barn())
        site, stand, to_site = open_things.enter_context(site_behind_wire(articles))
        to_database = open_things.enter_context(Wire(grain.server.port).running())
        folder = Path(open_things.enter_context(TemporaryDirectory(prefix="lumbung-crash-")))
        describe(folder)
        world = World(grain, site, stand, to_database, to_site, folder)
        harvest = Harvest(world, "disturbed")
        outcome = harvest.disturb(plan, say)
        harvest.settle(outcome)
        say(f"harvested to the end: {outcome.stored:,} of {outcome.announced:,}, {len(outcome.broken)} broken")
        say("the same site once more, undisturbed")
        Harvest(world, "undisturbed").settle(other := Outcome())
    outcome.broken += [f"undisturbed: {each}" for each in other.broken]
    if outcome.clusters != other.clusters:
        outcome.broken.append(f"broken: clusters {outcome.clusters}, undisturbed {other.clusters}")
    return outcome


def table(outcome: Outcome) -> Iterator[str]:
    """The figures, line by line."""
    names = [moment.name for moment in MOMENTS]
    yield f"{'':30}" + "".join(f"{name:>11}" for name in [*names, "all"])
    for fault in dict.fromkeys(name for name, _ in outcome.struck):
        figures = [outcome.struck[fault, name] for name in names]
        yield f"{fault:30}" + "".join(f"{figure:>11}" for figure in [*figures, sum(figures)])
    for name, number in outcome.skipped.items():
        yield f"{name:30} skipped {number}: no file system can be mounted here"


def main(arguments: list[str]) -> int:
    """Run everything; returns the exit status."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("kills", "stops", "cuts", "full", "doubles", "seed", "reach"):
        asked.add_argument(f"--{name}", type=int, default=getattr(Plan(), name))
    asked.add_argument("--articles", type=int, default=10_000)
    asked.add_argument("--no-plain", action="store_true", help="without the comparison with Scrapy and JOBDIR")
    given = vars(asked.parse_args(arguments))
    articles, alone = given.pop("articles"), given.pop("no_plain")
    start = time.monotonic()

    def say(text: str) -> None:
        print(f"{time.monotonic() - start:6.0f} s  {text}", flush=True)

    outcome = disturbed(Plan(**given), articles, say)
    say("\n" + "\n".join(table(outcome)))
    print(f"{outcome.announced:,} articles announced, {outcome.stored:,} stored, {outcome.fetches:,} pages fetched")
    print(f"{outcome.crawls:,} rows of the ledger, {outcome.missed} programs ended before their moment")
    print(f"{outcome.clusters[0]:,} clusters, checksum {outcome.clusters[1]}")
    if not alone:
        with site_behind_wire(articles) as (site, stand, _):
            other = plain(Plan(**given), site, stand, say)
        print(
            f"Scrapy with JOBDIR, killed {other.kills} times: of {other.announced:,} articles {other.lost:,} lost,"
            f" {other.doubled:,} doubled, {other.broken} broken lines; exit status {other.status}"
        )
    print("\n".join(outcome.broken) or "every invariant held, after each fault and at the end")
    return 1 if outcome.broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
