"""The simulated internet: one server that plays many publishers, told apart by the Host header."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from seeds.newsstand.almanac import JAKARTA
from seeds.newsstand.controls import PREFIX
from seeds.newsstand.faults import KINDS, Faults, retry_later
from seeds.newsstand.internet.desk import Desk
from seeds.newsstand.internet.publishing import EVERYTHING, Publishing, registered_domain
from seeds.newsstand.internet.sites import Site, load_sites
from seeds.newsstand.internet.truths import expected
from seeds.newsstand.server import Request, listening
from seeds.newsstand.site import Response

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Iterable, Iterator

_CONTROLS = (
    "GET expected?site=, GET requests, POST clock?now=, POST limit?site=&requests=&seconds=,"
    " POST fault?host=&path=&kind=&seconds=&times="
)
_UNKNOWN = Response(b"no such host in the simulated internet\n", "text/plain; charset=utf-8", status=502)


@dataclass(frozen=True, slots=True, kw_only=True)
class InternetSettings:
    """What a simulated internet is made from. Equal settings and an equal clock give equal bytes."""

    seed: int = 1
    first_day: date | None = None
    """First day with articles, in each site's zone; None: the day before today."""
    per_day: int = 6
    """Articles a day of a site of size 1."""
    keys: frozenset[str] = frozenset()
    """Only these sites; empty: all."""


class Limit(NamedTuple):
    """How many requests a site takes in how many seconds before it answers 429."""

    requests: int
    seconds: float


class Internet:
    """All sites, their clock, their faults, and the log of every request."""

    def __init__(
        self,
        settings: InternetSettings | None = None,
        *,
        now: datetime | None = None,
        sites: Iterable[Site] | None = None,
    ) -> None:
        """Build it.

        Args:
            settings: what it is made from.
            now: aware; pins the clock, None follows the real one.
            sites: in place of those of the data files.
        """
        self.settings = settings or InternetSettings()
        self.pinned_now = now
        chosen = [*(load_sites().values() if sites is None else sites)]
        wanted = self.settings.keys
        first_day = self.settings.first_day or self.now.date() - timedelta(days=1)
        self.publishing = {
            site.key: Publishing(Desk(site, self.settings.seed, first_day, self.settings.per_day))
            for site in chosen
            if not wanted or site.key in wanted
        }
        self._by_host = {host: each for each in self.publishing.values() for host in each.hosts}
        self.requests: list[Request] = []
        self.announced: defaultdict[str, set[str]] = defaultdict(set)
        """By site, the channels whose announcements were asked for."""
        self.url = ""
        self.connections: set[asyncio.Transport] = set()
        self.faults = Faults()
        self.latency = 0.0
        self.limits: dict[str, Limit] = {}
        self._taken: defaultdict[str, list[float]] = defaultdict(list)

    @property
    def now(self) -> datetime:
        """The clock of all newsrooms, in Jakarta."""
        return (self.pinned_now or datetime.now(JAKARTA)).astimezone(JAKARTA)

    def site_of(self, host: str) -> Publishing | None:
        """Who answers for a host."""
        return self._by_host.get(host)

    def holds(self, address: str) -> bool:
        """Whether an article stands at `host/path`."""
        publishing = self._by_host.get(address.partition("/")[0])
        return publishing is not None and publishing.desk.holds(address)

    def respond(self, method: str, host: str, target: str, headers: dict[str, str]) -> Response:
        """The answer to a request."""
        if target.startswith(PREFIX):
            return self._control(method, target)
        publishing = self._by_host.get(host)
        if publishing is None:
            return self._elsewhere(host, target)
        if (busy := self._over_limit(publishing.site.key)) is not None:
            return busy
        if headers.get("x-forwarded-proto") == "http" and publishing.site.home.startswith("https"):
            return Response(b"", status=301, headers=(("Location", f"https://{host}{target}"),))
        answer = publishing.answer(host, target, self.now)
        if answer.announces is not None:
            self.announced[publishing.site.key].add(answer.announces)
        return answer.response

    def _elsewhere(self, host: str, target: str) -> Response:
        """A domain without `www` leads to the one with it, and back."""
        other = host.removeprefix("www.") if host.startswith("www.") else f"www.{host}"
        if other in self._by_host:
            return Response(b"", status=301, headers=(("Location", f"https://{other}{target}"),))
        return _UNKNOWN

    def _over_limit(self, key: str) -> Response | None:
        limit = self.limits.get(key)
        if limit is None:
            return None
        now = monotonic()
        taken = [moment for moment in self._taken[key] if now - moment < limit.seconds]
        self._taken[key] = [*taken, now]
        return retry_later(429, limit.seconds) if len(taken) >= limit.requests else None

    def record(self, request: Request, length: int) -> None:
        """Count a request."""
        del length
        self.requests.append(request)

    def expected(self, key: str) -> dict[str, list[dict[str, Any]]]:
        """What a perfect reader would make of one site now: see `truths.py`."""
        return expected(self.publishing[key].desk, self.now)

    def announced_urls(self, key: str) -> set[str]:
        """Addresses of all articles that the announcements asked for have held by now, even if nobody asked in time.

        Articles that robots.txt keeps for readers are none of them.
        """
        channels = self.announced[key]
        return {
            piece.url
            for piece in self.publishing[key].desk.visible(self.now)
            if not piece.disallowed and (EVERYTHING in channels or piece.channel in channels)
        }

    def counts(self) -> dict[str, dict[str, int]]:
        """Answers by registered domain and status."""
        table: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for request in list(self.requests):
            table[registered_domain(request.host)][str(request.status)] += 1
        return {domain: dict(statuses) for domain, statuses in sorted(table.items())}

    def _control(self, method: str, target: str) -> Response:
        """Answer what tests and demonstrations ask of the server itself."""
        parts = urlsplit(target)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        match method, parts.path.removeprefix(PREFIX):
            case "GET", "expected" if query.get("site") in self.publishing:
                return _json(self.expected(query["site"]))
            case "GET", "requests":
                return _json(self.counts())
            case "POST", "clock" if query.get("now"):
                self.pinned_now = datetime.fromisoformat(query["now"].replace(" ", "+"))
                return _json({"now": self.now.isoformat()})
            case "POST", "limit" if query.get("site") in self.publishing:
                self.limits[query["site"]] = Limit(int(query["requests"]), float(query["seconds"]))
                return _json(query)
            case "POST", "fault" if query.get("path", "").startswith("/"):
                return self._set_fault(query)
        return _json({"error": _CONTROLS}, 400)

    def _set_fault(self, query: dict[str, str]) -> Response:
        kind = next((each for each in KINDS if each == query.get("kind")), None)
        times = int(query["times"]) if "times" in query else None
        if kind is None and query.get("kind") != "none":
            return _json({"error": f"kind: none of {', '.join(KINDS)}, none"}, 400)
        self.faults.set(query["path"], kind, float(query.get("seconds", "30")), host=query.get("host", ""), times=times)
        return _json(query)


def _json(value: object, status: int = 200) -> Response:
    return Response(json.dumps(value, ensure_ascii=False).encode(), "application/json; charset=utf-8", status=status)


@contextmanager
def serve_internet(internet: Internet, *, port: int = 0) -> Iterator[Internet]:
    """Serve it on loopback from a thread of this process while the block runs."""
    with listening(internet, port=port):
        yield internet
