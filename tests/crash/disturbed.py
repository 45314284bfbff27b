"""A harvest under faults: one blow after the other, the invariants after each, and the comparison at the end."""

from __future__ import annotations

import random
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from crash.barn import quietly
from crash.faults import CUT_DATABASE, CUT_SITE, DOUBLE, FULL, KILL, STOP, Fault, Field
from crash.invariants import ALWAYS, AT_REST, CLUSTERS, broken, differences, rows
from crash.moments import MOMENTS, Moment
from crash.programs import COMMANDS, MUCH, Program, Watch

from seeds.newsstand.truth import expected

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from crash.barn import Barn
    from crash.proxy import Wire
    from crash.site import Site

    from seeds.newsstand.server import Newsstand

_AHEAD: Final = 40
"""Stories that have appeared and are not harvested yet before each blow, beyond its reach."""
_TRIES: Final = 3
"""A blow whose program ended before its moment is tried again at the end, earlier and with more to do."""
_EXPLANATIONS: Final = ("Postgres was lost: ", "Postgres cannot be reached: ")


@dataclass(frozen=True, slots=True)
class Plan:
    """How many faults of each kind, and from which stream of chance."""

    kills: int = 200
    stops: int = 20
    cuts: int = 10
    """Of each network."""
    full: int = 4
    doubles: int = 6
    seed: int = 7
    reach: int = 80
    """Requests for articles after which a fault strikes at the latest."""

    def blows(self) -> list[tuple[Fault, Moment, float]]:
        """Faults, moments and chances in the order in which they strike."""
        chance = random.Random(self.seed)  # noqa: S311 - the same moments in every run
        wanted = {
            KILL: self.kills,
            STOP: self.stops,
            CUT_DATABASE: self.cuts,
            CUT_SITE: self.cuts,
            FULL: self.full,
            DOUBLE: self.doubles,
        }
        found = [
            (fault, moment, chance.random())
            for fault, number in wanted.items()
            for moment in _spread(number, [each for each in MOMENTS if each.program in fault.programs])
        ]
        chance.shuffle(found)
        return found


def _spread(number: int, moments: list[Moment]) -> Iterator[Moment]:
    """So many moments, each as often as its share says."""
    total = sum(moment.share for moment in moments)
    given = Counter[str]()
    for count in range(1, number + 1):
        moment = max(moments, key=lambda each: each.share * count / total - given[each.name])
        given[moment.name] += 1
        yield moment


@dataclass(slots=True)
class Outcome:
    """What a disturbed harvest came to."""

    struck: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Faults by fault and moment."""
    missed: int = 0
    """Programs that ended before their moment."""
    skipped: Counter[str] = field(default_factory=Counter)
    """Faults that this machine does not allow."""
    broken: list[str] = field(default_factory=list)
    announced: int = 0
    stored: int = 0
    crawls: int = 0
    clusters: tuple[int, str] = (0, "")
    fetches: int = 0


@dataclass(frozen=True, slots=True)
class World:
    """Where harvests take place."""

    barn: Barn
    site: Site
    stand: Newsstand
    to_database: Wire
    to_site: Wire
    publishers: Path
    """Folder of the site's publisher file."""


class Harvest:
    """One database that harvests one site."""

    def __init__(self, world: World, name: str) -> None:
        self.barn, self.site, self.stand = world.barn, world.site, world.stand
        self._world = world
        self._url = world.barn.database(name)
        home = f"http://127.0.0.1:{world.to_site.port}/"
        self._environment = {"LUMBUNG_HOME_CONTOH": home, "LUMBUNG_PUBLISHERS": str(world.publishers)}
        self._runs = 0
        self._reach = 0

    def start(self, kind: str, *, run: str | None = None, through_wire: bool = False) -> Program:
        """Start a program of ours; `run` names the crawl in the ledger."""
        self._runs += run is None
        url = self._url
        if through_wire:
            url = url.replace(f":{self.barn.server.port}/", f":{self._world.to_database.port}/")
        words = [*COMMANDS[kind], *(("-a", f"run={run or f'crash-{self._runs}'}") if kind == "crawl" else ())]
        watch = Watch(self.stand, quietly(self._url), self._reach)
        return Program(words, {"DATABASE_URL": url, **self._environment}, watch)

    def undisturbed(self) -> list[str]:
        """Crawl and deduplicate once, without faults; what is wrong afterwards."""
        self._let_time_pass()
        for kind in ("crawl", "deduplicate"):
            with self.start(kind) as program:
                status = program.end(MUCH)
                if status:
                    return [f"broken: {kind} without faults ends with status {status}: {program.said[-500:]}"]
        return []

    def disturb(self, plan: Plan, say: Callable[[str], None]) -> Outcome:
        """Blow after blow."""
        outcome = Outcome()
        self._reach = plan.reach
        blows = plan.blows()
        waiting = deque((*blow, 1) for blow in blows)
        number = 0
        while waiting:
            fault, moment, chance, attempt = waiting.popleft()
            if fault is FULL and not self.barn.can_fill:
                outcome.skipped[fault.name] += 1
                continue
            number += 1
            self._let_stories_appear(number / len(blows))
            if number == len(blows) // 2:
                self.site.correct()
                self.stand.site.forget()
            if self._blow(fault, moment, chance, outcome, again=attempt > 1):
                outcome.struck[fault.name, moment.name] += 1
            else:
                outcome.missed += 1
                if attempt < _TRIES:
                    waiting.append((fault, moment, chance / 2, attempt + 1))
            found = self._look(ALWAYS)
            outcome.broken += [f"after blow {number}, {fault.name} in {moment.name}: {each}" for each in found]
            if found or number % 20 == 0:
                say(f"{number} of {len(blows)} blows, {self._stored():,} articles stored, {len(outcome.broken)} broken")
        return outcome

    def _blow(self, fault: Fault, moment: Moment, chance: float, outcome: Outcome, *, again: bool) -> bool:
        self._let_time_pass()
        # What ended before its moment may have had nothing to do.
        kind = "deduplicate again" if again and moment.program == "deduplicate" else moment.program
        with self.start(kind, through_wire=fault is CUT_DATABASE) as program:
            if not program.reaches(moment.holds, chance):
                return False
            name = f"crash-{self._runs}"
            where = Field(
                self.barn, self._world.to_database, self._world.to_site, lambda kind: self.start(kind, run=name)
            )
            try:
                found = fault.strike(where, program, moment.program)
            except AssertionError as hanging:
                self.barn.empty()
                found = [str(hanging)]
            unharmed = moment.name == "start"  # it had no connection yet
            if fault.explained and not unharmed and not any(words in program.said for words in _EXPLANATIONS):
                found.append(f"it does not say that it lost its database: {program.said[-1500:]}")
        outcome.broken += [f"broken: {fault.name} in {moment.name}: {each}" for each in found]
        return True

    def settle(self, outcome: Outcome) -> None:
        """Harvest what is left without faults, then compare everything."""
        self.site.appear(len(self.site))
        outcome.broken += [*self.undisturbed(), *self._look(ALWAYS), *self._look(AT_REST)]
        truth = expected(self.site)
        with_connection = quietly(self._url)
        try:
            outcome.broken += differences(with_connection, truth)
            outcome.clusters = rows(with_connection, CLUSTERS)[0]
            ((outcome.crawls,),) = rows(with_connection, "select count(*) from lumbung.crawl")
        finally:
            with_connection.close()
        outcome.announced, outcome.stored = len(truth["articles"]), self._stored()
        outcome.fetches = sum("/news-" in each.path and each.status == 200 for each in self.stand.requests)

    def _let_stories_appear(self, share: float) -> None:
        pages = self._ask("select count(*) from lumbung.page where state in ('done', 'rejected')")[0][0]
        self.site.appear(max(int(len(self.site) * share), pages + self._reach + _AHEAD))

    def _let_time_pass(self) -> None:
        """What failed waits for minutes and a domain that failed often is left alone for hours: here they are over."""
        self._ask("update lumbung.page set due_at = now() where state = 'due' and due_at > now()")
        self._ask("update lumbung.domain set free_at = now(), reason = null, strikes = 0")

    def _look(self, invariants: Mapping[str, str]) -> list[str]:
        connection = quietly(self._url)
        try:
            return broken(connection, invariants)
        finally:
            connection.close()

    def _stored(self) -> int:
        return int(self._ask("select count(*) from lumbung.article")[0][0])

    def _ask(self, statement: str) -> list[tuple[int, ...]]:
        connection = quietly(self._url)
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()
