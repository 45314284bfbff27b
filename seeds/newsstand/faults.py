"""Answers that go wrong on purpose: by host and path, a number of times or until they are right again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from math import ceil
from typing import Literal

from seeds.newsstand.site import Response

FaultKind = Literal["html", "error", "slow", "reset", "busy", "busy_until", "unavailable", "blocked", "moved"]
"""
`html` a page with status 200, `error` a 503, `slow` the right answer after a while, `reset` a closed connection,
`busy` a 429 with Retry-After in seconds, `busy_until` one with a date, `unavailable` a 503 with Retry-After,
`blocked` a 403 with a page that checks browsers, `moved` a redirect to the front page.
"""
KINDS: tuple[FaultKind, ...] = (
    "html", "error", "slow", "reset", "busy", "busy_until", "unavailable", "blocked", "moved",
)  # fmt: skip
_PLAIN = "text/plain; charset=utf-8"
_CHALLENGE = (
    b'<!DOCTYPE html><html lang="en-US"><head><title>Just a moment...</title><meta name="robots" content="noindex">'
    b'</head><body><div class="main-wrapper"><noscript>Enable JavaScript and cookies to continue</noscript></div>'
    b"<script>window._cf_chl_opt={cvId:'3',cType:'managed'};</script></body></html>\n"
)


@dataclass(slots=True)
class Fault:
    """How answers of a host, or of all, under a path prefix go wrong."""

    prefix: str
    kind: FaultKind
    seconds: float
    host: str = ""
    """This one and those under it; empty: every host."""
    times: int | None = None
    """How many answers still go wrong; None: all."""

    def meets(self, host: str, target: str) -> bool:
        """Whether it meets a request."""
        of_host = not self.host or host == self.host or host.endswith(f".{self.host}")
        return of_host and target.startswith(self.prefix) and self.times != 0

    def response(self) -> Response:
        """The wrong answer, for kinds that have one."""
        blocked = Response(_CHALLENGE, status=403, headers=(("Server", "cloudflare"),))
        return {
            "error": Response(b"service unavailable\n", _PLAIN, status=503),
            "busy": retry_later(429, self.seconds),
            "busy_until": retry_later(429, self.seconds, dated=True),
            "unavailable": retry_later(503, self.seconds),
            "blocked": blocked,
            "moved": Response(b"", _PLAIN, status=302, headers=(("Location", "/"),)),
        }.get(self.kind, Response(b"<!DOCTYPE html><html><body><h1>Sedang dalam perbaikan</h1></body></html>\n"))


def retry_later(status: int, seconds: float, *, dated: bool = False) -> Response:
    """An answer with Retry-After in whole seconds, or with a date (RFC 9110, 10.2.3)."""
    if dated:
        now = datetime.now(UTC)
        moment = (now + timedelta(seconds=seconds + 1)).replace(microsecond=0)
        value, wait = format_datetime(moment, usegmt=True), (moment - now).total_seconds()
    else:
        wait = float(ceil(seconds))
        value = f"{wait:.0f}"
    return Response(b"too busy\n", _PLAIN, status=status, headers=(("Retry-After", value),), wait=wait)


class Faults:
    """The faults of one server, by host and path prefix."""

    def __init__(self) -> None:
        self._faults: dict[tuple[str, str], Fault] = {}

    def set(
        self, prefix: str, kind: FaultKind | None, seconds: float = 30, *, host: str = "", times: int | None = None
    ) -> None:
        """Let answers go wrong; None lets them be right again."""
        if kind is None:
            self._faults.pop((host, prefix), None)
        else:
            self._faults[host, prefix] = Fault(prefix, kind, seconds, host, times)

    def find(self, host: str, target: str) -> Fault | None:
        """The fault that meets a request: that of the longest prefix."""
        met = [fault for fault in self._faults.values() if fault.meets(host, target)]
        return max(met, key=lambda each: (len(each.prefix), len(each.host)), default=None)

    def meet(self, host: str, target: str) -> Fault | None:
        """The fault that meets a request, which counts as met."""
        fault = self.find(host, target)
        if fault is not None and fault.times is not None:
            fault.times -= 1
        return fault
