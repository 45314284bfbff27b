"""A week of every publisher in the simulated internet: what was stored, what was asked for, and how politely.

Run by `make week`. Every six simulated hours all publishers are crawled side by side in one process, with the
settings that ship; `support/simulated_time.py` says how time goes by. Each answer takes a tenth of a second. For three
days some sites answer 429 or 503 with Retry-After, as seconds and as a date, keep machines out, break connections or
are slow. What counts is what the server saw and what the database holds: an article is announced when a feed, sitemap
or list that was ever asked for held it at any time, even if nobody looked then. Of those that are not stored it says
which no list showed any more when their site let the crawls in again: nobody who was shut out can know of them.
Sites change 200 articles and take 50 down (`edits.py`); downloads of what was changed count as repeated ones.
"""

from __future__ import annotations

import argparse
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from time import monotonic
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from benchmarks import traffic
from benchmarks.edits import Edits
from benchmarks.freshness import Freshness
from support.simulated_time import Simulation, disallowed, harvested, highest_rate, let_in_again, listed, too_early
from support.throwaway import TEMPLATE, throwaway_server

from pipelines.database.connections import connect, transaction
from seeds.newsstand.internet import Internet, InternetSettings, load_sites, serve_internet
from seeds.newsstand.internet.publishing import registered_domain
from spiders.publishers import publisher_keys
from spiders.settings import POLITE_DELAY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seeds.newsstand.faults import FaultKind

DAYS, HOURS, PER_DAY, LATENCY = 7, 6, 12, 0.1
FAULTS: tuple[tuple[str, str, FaultKind, float, int | None], ...] = (
    ("kompas.com", "/", "busy", 3, 4),
    ("tempo.co", "/", "busy_until", 4, 4),
    ("antaranews.com", "/berita", "unavailable", 2, 6),
    ("detik.com", "/", "busy", 900, 3),
    ("suara.com", "/", "blocked", 0, None),
    ("voi.id", "/rss", "error", 0, None),
    ("kbr.id", "/articles", "reset", 0, 5),
    ("okezone.com", "/read", "slow", 2, 3),
)
"""Host, path, kind, seconds, and how many answers of a round; set on the second, third and fourth day."""
ENDINGS = """
select regexp_replace(finish_reason, ' until [^:]*:[^:]*:[^:]*:', ':'), count(*)
from news.crawls group by 1 order by 2 desc
"""
FAULTY_DAYS = range(1, 4)


def set_faults(internet: Internet, *, on: bool) -> None:
    """Let some sites go wrong, or right again."""
    for host, path, kind, seconds, times in FAULTS:
        internet.faults.set(path, kind if on else None, seconds, host=host, times=times)


def simulate(simulation: Simulation, days: int, *watching: Edits | Freshness) -> None:
    """Crawl round by round."""
    rounds, troubles = int(timedelta(days=days) / simulation.step), Counter[str]()
    for number in range(rounds):
        day = number * simulation.step // timedelta(days=1)
        set_faults(simulation.internet, on=day in FAULTY_DAYS and day < days - 1)
        started = monotonic()
        log = simulation.round()
        for each in watching:
            each.after_round(number)
        troubles.update(line.partition("] ")[2][:200] for line in log.splitlines() if " ERROR: " in line)
        print(f"\r{number + 1} of {rounds} rounds, the last in {monotonic() - started:.0f} s ", end="", flush=True)
    print()
    for line, count in troubles.most_common(5):
        print(f"    logged {count} times: {line}")


def in_sight_and_out(simulation: Simulation, missing: Sequence[tuple[str, str]]) -> tuple[list[str], list[str]]:
    """Of what is missing: what a list showed when the site answered again or later, and what none did."""
    lists: dict[str, set[str]] = {}
    for key, domain in {(key, registered_domain(urlsplit(url).netloc)) for key, url in missing}:
        moment, found = let_in_again(simulation, domain), set[str]()
        while moment < simulation.internet.now:
            found |= listed(simulation, key, moment)
            moment += simulation.step
        lists[key] = found
    lost = [url for key, url in missing if url in lists[key]]
    return lost, [url for key, url in missing if url not in lists[key]]


def by_domain(urls: Sequence[str]) -> Counter[str]:
    """How many addresses of each registered domain."""
    return Counter(registered_domain(urlsplit(url).netloc) for url in urls)


def report(simulation: Simulation) -> None:
    """Print the figures."""
    result, seen = harvested(simulation), simulation.seen
    statuses = Counter(request.status for request, _ in seen)
    robots = sum(request.path == "/robots.txt" for request, _ in seen)
    print(
        f"{len(simulation.keys)} publishers, {simulation.rounds} rounds, {len(seen):,} requests, {robots:,} for robots"
    )
    print(f"articles: {result.published:,} published, {result.announced:,} announced, {result.stored:,} stored")
    lost, unseen = in_sight_and_out(simulation, result.missing)
    print(f"announced and not stored: {len(lost)}; stored and never published: {len(result.foreign)}")
    for domain, count in by_domain(lost).most_common():
        ages = [simulation.age_of(key, url) for key, url in result.missing if url in lost and domain in url]
        print(
            f"    {count} of {domain}, {min(ages):.0f} to {max(ages):.0f} h old at the end,"
            f" such as {next(url for url in lost if domain in url)}"
        )
    print(f"beside them, announced and gone from every list before the site let us in again: {len(unseen)}")
    for domain, count in by_domain(unseen).most_common():
        print(f"    {count} of {domain}, such as {next(url for url in unseen if domain in url)}")
    print(f"downloads of an article known before: {result.again}")
    polls = len(seen) - robots - downloads(simulation)
    print(
        f"requests an article: {len(seen) / result.stored:.2f}; 304: {statuses[304] / polls:.0%} of {polls:,} polls,"
        f" beside {robots:,} times robots.txt"
    )
    traffic.report(simulation)
    for seconds in (1, 10, 60):
        domain, rate = highest_rate(simulation, seconds)
        print(f"highest rate in {seconds:2} s: {rate:.2f} requests/s, {domain}")
    print(f"requests to disallowed paths: {len(disallowed(simulation))}")
    waits = sum(request.wait > 0 for request, _ in seen)
    early = too_early(simulation)
    print(f"answers with Retry-After: {waits}; requests before it had passed: {len(early)}")
    for line in early[:5]:
        print(f"    {line}")
    print(f"answers by status: {dict(sorted(statuses.items()))}")
    absent = Counter(f"{request.host}{request.path}" for request, _ in seen if request.status == HTTPStatus.NOT_FOUND)
    print(f"most often absent: {absent.most_common(8)}")
    ledger(simulation.database_url)


def downloads(simulation: Simulation) -> int:
    """Requests for articles."""
    holds = simulation.internet.holds
    return sum(holds(f"{request.host}{request.path}") for request, _ in simulation.seen)


def ledger(url: str) -> None:
    """Whether every crawl's figures add up, and how crawls ended."""
    with closing(connect(url)) as connection, transaction(connection) as cursor:
        cursor.execute("select count(*), count(*) filter (where not balanced) from news.crawls")
        crawls, unbalanced = cursor.fetchone() or (0, 0)
        print(f"{crawls:,} crawls, {unbalanced} do not balance; they ended:")
        cursor.execute(ENDINGS)
        for ending, count in cursor.fetchall():
            print(f"    {count:5} {ending}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=DAYS, help="simulated (%(default)s)")
    parser.add_argument("--hours", type=float, default=HOURS, help="between two rounds (%(default)s)")
    parser.add_argument("--per-day", type=int, default=PER_DAY, help="articles of a site of size 1 (%(default)s)")
    parser.add_argument("--publishers", type=int, default=None, help="only the first so many; all")
    parser.add_argument("--edited", type=int, default=200, help="articles changed after they appeared (%(default)s)")
    parser.add_argument("--removed", type=int, default=50, help="articles taken down (%(default)s)")
    asked = parser.parse_args()
    keys = sorted(set(publisher_keys()) & set(load_sites()))[: asked.publishers]
    step = timedelta(hours=asked.hours)
    begin = datetime.now(UTC).replace(hour=17, minute=0, second=0, microsecond=0) - timedelta(days=asked.days + 1)
    settings = InternetSettings(first_day=begin.date() - timedelta(days=3), per_day=asked.per_day, keys=frozenset(keys))
    with throwaway_server() as server, serve_internet(Internet(settings, now=begin + step)) as internet:
        internet.latency = LATENCY
        server.psql("-d", "postgres", "-qc", f'create database "week" template {TEMPLATE}')
        simulation = Simulation(
            internet, server.url("week"), keys, step, {"LOG_LEVEL": "ERROR", "POLITE_DELAY": str(POLITE_DELAY)}
        )
        edits, freshness = Edits(simulation, asked.edited, asked.removed), Freshness(simulation)
        simulate(simulation, asked.days, freshness, edits)
        report(simulation)
        freshness.report()
        edits.report()


if __name__ == "__main__":
    main()
