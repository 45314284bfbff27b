"""What was missed: `news.completeness` of the simulated internet against the truth, which is known there.

All publishers are crawled side by side every twelve hours, from before two simulated days to after them, with the
settings that ship (`support/simulated_time.py`). Of those whose lists are of two kinds or more one kind lacks half of
the articles in every second case, and in every sixth all kinds lack a third, each by its own chance; some that have a
feed alone show few entries in it and shut everybody out for a while, so that articles come and go unseen. Of a few
whose only kind of list lacks half nobody can know: they are printed beside the others. The truth is the share that is
stored of what appeared in the channels that the publisher's file asks for and robots.txt leaves to us.
"""

from __future__ import annotations

import argparse
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from support.simulated_time import Simulation
from support.throwaway import TEMPLATE, throwaway_server

from pipelines.database.connections import connect, transaction
from seeds.newsstand.internet import Internet, InternetSettings, load_sites, serve_internet
from spiders.publishers import find_publisher, publisher_keys
from spiders.publishers.urls import canonicalise
from spiders.settings import POLITE_DELAY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

STEP, ROUNDS, PER_DAY = timedelta(hours=12), 6, 12
SHUT_ROUND, SHORT_FEED = 3, 6
EARLIER, NIGHT = timedelta(hours=1), timedelta(hours=6)
"""The first look before a day begins; the hours after it ends in which nothing newer appears."""
WITHIN = 0.02
ALONE = "alone, lacks half"


class Case(NamedTuple):
    """A publisher and day."""

    key: str
    day: date
    group: str
    truth: float
    told: float | None
    basis: str


def kinds(key: str) -> list[str]:
    """The kinds of list of a publisher's file, as the simulated internet names them."""
    publisher = find_publisher(key)
    dated = [index.dated for index in publisher.indexes]
    found = {
        "feed": publisher.feeds,
        "sitemap": publisher.sitemaps,
        "day": any(dated),
        "newest": publisher.sections or not all(dated),
    }
    return [kind for kind, there in found.items() if there]


def groups(keys: Sequence[str]) -> dict[str, str]:
    """What is wrong with which publisher."""
    several = [key for key in keys if len(kinds(key)) > 1]
    feeds = [key for key in keys if kinds(key) == ["feed"]]
    wrong = {key: f"{kinds(key)[place // 2 % 2]} lacks half" for place, key in enumerate(several) if place % 2}
    wrong |= dict.fromkeys(several[2::6], "all lack a third")
    return wrong | dict.fromkeys(feeds[:5], "shut out") | dict.fromkeys(feeds[5:8], ALONE)


def go_wrong(internet: Internet, wrong: Mapping[str, str]) -> None:
    """Let lists lack articles."""
    for key, group in wrong.items():
        lacks = internet.publishing[key].lacks
        if group == "all lack a third":
            lacks |= dict.fromkeys(kinds(key), 1 / 3)
        elif group != "shut out":
            lacks[kinds(key)[0] if group == ALONE else group.partition(" ")[0]] = 0.5


def shut_out(internet: Internet, keys: Sequence[str], *, on: bool) -> None:
    """Let sites refuse everything, or nothing any more."""
    for key in keys:
        for host in internet.publishing[key].hosts:
            internet.faults.set("/", "blocked" if on else None, 0, host=host)


def cases(simulation: Simulation, wrong: Mapping[str, str], days: Sequence[date]) -> list[Case]:
    """Every publisher and day that is over."""
    internet, found = simulation.internet, list[Case]()
    ahead = datetime.now(UTC) - internet.now
    with closing(connect(simulation.database_url)) as connection, transaction(connection) as cursor:
        cursor.execute("update lumbung.page set found_at = found_at - %s", [ahead])
        cursor.execute("select publisher, canonical_url from lumbung.article")
        stored = set(cursor.fetchall())
        cursor.execute("select publisher, day, completeness, basis from news.completeness")
        told = {(key, day): (share, basis) for key, day, share, basis in cursor.fetchall()}
    for key in simulation.keys:
        publisher, announced = find_publisher(key), internet.announced_urls(key)
        for day in days:
            pieces = [
                piece
                for piece in internet.publishing[key].desk.visible(internet.now)
                if piece.published_at.astimezone(publisher.zone).date() == day and piece.url in announced
            ]
            have = sum((key, canonicalise(piece.url, publisher)) in stored for piece in pieces)
            share, basis = told.get((key, day), (None, "no row"))
            found.append(Case(key, day, wrong.get(key, "nothing wrong"), have / max(1, len(pieces)), share, basis))
    return found


def report(found: Sequence[Case], *, verbose: bool) -> None:
    """Print how near the estimates are, by what was wrong, and those that promise too much."""
    for group in sorted({case.group for case in found}):
        _line(group, [case for case in found if case.group == group])
    known = [case for case in found if case.group != ALONE]
    _line(f"all but '{ALONE}'", known)
    for case in found:
        wide = case.told is None or abs(case.told - case.truth) > WITHIN
        if verbose and wide:
            told = "none" if case.told is None else f"{case.told:.3f}"
            print(f"    {case.key} {case.day} ({case.group}): truth {case.truth:.3f}, told {told}, {case.basis}")


def _line(name: str, of: Sequence[Case]) -> None:
    told = [(case.told, case.truth) for case in of if case.told is not None]
    near = sum(abs(each - truth) <= WITHIN for each, truth in told)
    excess = max((each - truth for each, truth in told), default=0)
    over = sum(each - truth > WITHIN for each, truth in told)
    print(
        f"{name}: {len(of)} publishers and days, {len(told)} with an estimate, {near} of these within 2 points;"
        f" {over} more than 2 points above the truth, the worst by {100 * max(0, excess):.1f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=int, default=1, help="only one publisher in so many; all")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="of twelve hours (%(default)s)")
    parser.add_argument("--per-day", type=int, default=PER_DAY, help="articles of a site of size 1 (%(default)s)")
    parser.add_argument("--delay", type=float, default=POLITE_DELAY, help="between two requests (%(default)s s)")
    parser.add_argument("-v", "--verbose", action="store_true", help="every case that is more than 2 points off")
    asked = parser.parse_args()
    sites = load_sites()
    keys = sorted(set(publisher_keys()) & set(sites))[:: asked.every]
    wrong = groups(keys)
    shut = [key for key in keys if wrong.get(key) == "shut out"]
    chosen = [replace(sites[key], feed_items=SHORT_FEED) if key in shut else sites[key] for key in keys]
    begin = datetime.now(UTC) - asked.rounds * STEP - timedelta(days=1)
    begin = begin.replace(hour=17, minute=0, second=0, microsecond=0)  # midnight in Jakarta
    settings = InternetSettings(first_day=begin.date(), per_day=asked.per_day)
    with (
        throwaway_server() as server,
        serve_internet(Internet(settings, now=begin - EARLIER, sites=chosen)) as internet,
    ):
        server.psql("-d", "postgres", "-qc", f'create database "harvest" template {TEMPLATE}')
        options = {"LOG_LEVEL": "ERROR", "POLITE_DELAY": str(asked.delay)}
        simulation = Simulation(internet, server.url("harvest"), keys, STEP, options)
        go_wrong(internet, wrong)
        for number in range(asked.rounds):
            shut_out(internet, shut, on=number == SHUT_ROUND)
            simulation.round()
            print(f"round {number + 1} of {asked.rounds}", flush=True)
        whole = ((asked.rounds - 1) * STEP - EARLIER - NIGHT) // timedelta(days=1)
        days = [begin.date() + timedelta(days=1 + day) for day in range(whole)]
        report(cases(simulation, wrong, days), verbose=asked.verbose)


if __name__ == "__main__":
    main()
