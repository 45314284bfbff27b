"""How a domain has answered lately, and how long it is left alone because of it. Pure: no clock, no network.

    asked to wait     Retry-After decides; without it 429 and 503 double a pause, request by request
    refused           401, 403, 429 or 451, or pages with 200 that keep machines out, three in a row: the crawl ends
    no connection     refused three times in a row: the crawl ends
    failed            5xx, timeouts, broken connections, ten times in a row: the crawl ends

A crawl that ends so leaves the domain a rest that doubles each time, a day at most, until an answer is good again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

_REFUSALS = frozenset({401, 403, 429, 451})
_WAITS = frozenset({429, 503})
_REQUEST_TIMEOUT, _REDIRECTION, _SERVER_ERROR = 408, 300, 500
_MOST_REFUSALS = 3
_MOST_FAILURES = 10
_REST_REFUSED, _REST_FAILED, _REST_LONGEST = 900.0, 60.0, 86_400.0
_DOUBLINGS = 20
"""A bound for the exponent; a day is reached long before."""


def is_good(status: int) -> bool:
    """Whether a server that answers so works and talks to us, be it only to say that a page is gone."""
    return status < _SERVER_ERROR and status != _REQUEST_TIMEOUT and status not in _REFUSALS


class Rest(NamedTuple):
    """A domain is left alone for a while."""

    seconds: float
    reason: str
    """One line for people, to be read after "... is left alone until ...: "."""
    strikes: int
    """Rests in a row that a crawl ended with; each doubles the next one."""
    ends: bool
    """Whether this is more than a crawl waits for."""


@dataclass
class Standing:
    """One domain as one crawl sees it."""

    patience: float
    """Seconds that a crawl waits for a domain; when it is to be left alone for longer, the crawl ends."""
    pause: float
    """Seconds of the first wait after a 429 or 503 without Retry-After."""
    strikes: int = 0
    refused: int = 0
    unconnected: int = 0
    failed: int = 0
    put_off: int = 0
    walls: int = 0

    def answered(self, status: int, wait: float | None) -> Rest | None:
        """Take note of an HTTP status.

        Args:
            status: of the answer. Whoever reads a page that came with 200 tells later whether it was a wall.
            wait: what Retry-After asks for, in seconds; None without it.
        """
        what = f"HTTP {status}"
        if is_good(status):
            self.refused = self.unconnected = self.failed = self.put_off = 0
            return self._asked(wait, what) if wait and status >= _REDIRECTION else None
        if status in _REFUSALS:
            self.refused += 1
        else:
            self.failed += 1
        if wait is not None and wait > self.patience:
            return self._asked(wait, what)
        least = wait if wait is not None else self._pause() if status in _WAITS else 0.0
        return self._too_much(what, least) or (Rest(least, what, self.strikes, ends=False) if least else None)

    def walled(self, what: str) -> Rest | None:
        """Take note of a page that came with 200 and keeps machines out."""
        self.walls += 1
        if self.walls < _MOST_REFUSALS:
            return None
        return self._ended(_REST_REFUSED, 0.0, f"it answered {self.walls} times in a row with {what}")

    def unreachable(self, what: str, *, connection_refused: bool) -> Rest | None:
        """Take note of a request without an answer."""
        if connection_refused:
            self.unconnected += 1
        else:
            self.failed += 1
        return self._too_much(what, 0.0)

    def _pause(self) -> float:
        self.put_off += 1
        return float(self.pause * 2 ** min(self.put_off - 1, _DOUBLINGS))

    def _asked(self, wait: float, what: str) -> Rest:
        reason = f"it asks for that ({what}, Retry-After of {wait:.0f} s)"
        return Rest(wait, reason, self.strikes, ends=wait > self.patience)

    def _too_much(self, what: str, least: float) -> Rest | None:
        if self.refused >= _MOST_REFUSALS:
            return self._ended(
                _REST_REFUSED, least, f"it refused {self.refused} times in a row, the last time by {what}"
            )
        if self.unconnected >= _MOST_REFUSALS:
            return self._ended(_REST_FAILED, least, f"it refused {self.unconnected} connections in a row")
        if self.failed >= _MOST_FAILURES:
            return self._ended(_REST_FAILED, least, f"{self.failed} requests in a row failed, the last one with {what}")
        if least > self.patience:
            return self._ended(_REST_FAILED, least, f"it answered {self.put_off} times in a row with {what}")
        return None

    def _ended(self, first: float, least: float, reason: str) -> Rest:
        seconds = min(first * 2 ** min(self.strikes, _DOUBLINGS), _REST_LONGEST)
        return Rest(max(seconds, least), reason, self.strikes + 1, ends=True)
