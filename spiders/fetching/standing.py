"""How a domain has answered a crawl lately, and the rests that follow from it. Pure: no clock, no network.

    asked to wait     Retry-After decides; without it 429 and 503 double a pause, request by request
    refused           401, 403, 429 or 451, or pages with 200 that keep machines out, three in a row: the crawl ends
    no connection     refused three times in a row: the crawl ends
    failed            5xx, timeouts, broken connections, ten times in a row: the crawl ends

Each crawl that ends so doubles the rest, up to a day; a good response brings it back to its first length.
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
"""Bound of the exponent, against overflow; the longest rest is reached long before."""


def is_good(status: int) -> bool:
    """Whether a status shows a server that works and does not refuse this client; a 404 does."""
    return status < _SERVER_ERROR and status != _REQUEST_TIMEOUT and status not in _REFUSALS


def asks_to_wait(status: int) -> bool:
    """Whether a status says that requests come too fast for the server: 429 or 503."""
    return status in _WAITS


class Rest(NamedTuple):
    """A time without requests to a domain."""

    seconds: float
    reason: str
    """Second half of a sentence: "... is left alone until ...: <reason>"."""
    strikes: int
    """Crawls in a row that ended with a rest, this one included; each doubles the next rest."""
    ends: bool
    """Whether the crawl ends instead of waiting."""


@dataclass
class Standing:
    """Counters of one crawl's responses from one domain."""

    patience: float
    """Longest rest, in seconds, that a crawl waits for; a longer one ends the crawl."""
    pause: float
    """Seconds of the first rest after a 429 or 503 without Retry-After; doubled each time."""
    strikes: int = 0
    refused: int = 0
    unconnected: int = 0
    failed: int = 0
    put_off: int = 0
    walls: int = 0

    def answered(self, status: int, wait: float | None) -> Rest | None:
        """Take note of an HTTP status.

        Args:
            status: of the response. Whether a page with 200 is a wall is told later, by `walled()`.
            wait: what Retry-After asks for, in seconds; None without it.

        Returns:
            The rest that the domain gets; None for none.
        """
        what = f"HTTP {status}"
        if is_good(status):
            self.refused = self.unconnected = self.failed = self.put_off = 0
            return self._rest_asked(wait, what) if wait and status >= _REDIRECTION else None
        if status in _REFUSALS:
            self.refused += 1
        else:
            self.failed += 1
        if wait is not None and wait > self.patience:
            return self._rest_asked(wait, what)
        least = wait if wait is not None else self._pause() if status in _WAITS else 0.0
        return self._rest_after_row(what, least) or (Rest(least, what, self.strikes, ends=False) if least else None)

    def walled(self, what: str) -> Rest | None:
        """Take note of a page with 200 that keeps machines out, such as a captcha; `what` is its title."""
        self.walls += 1
        if self.walls < _MOST_REFUSALS:
            return None
        return self._last_rest(_REST_REFUSED, 0.0, f"it answered {self.walls} times in a row with {what}")

    def unreachable(self, what: str, *, connection_refused: bool) -> Rest | None:
        """Take note of a request without a response; `what` names the error."""
        if connection_refused:
            self.unconnected += 1
        else:
            self.failed += 1
        return self._rest_after_row(what, 0.0)

    def _pause(self) -> float:
        self.put_off += 1
        return float(self.pause * 2 ** min(self.put_off - 1, _DOUBLINGS))

    def _rest_asked(self, wait: float, what: str) -> Rest:
        reason = f"it asks for that ({what}, Retry-After of {wait:.0f} s)"
        return Rest(wait, reason, self.strikes, ends=wait > self.patience)

    def _rest_after_row(self, what: str, least: float) -> Rest | None:
        if self.refused >= _MOST_REFUSALS:
            return self._last_rest(
                _REST_REFUSED, least, f"it refused {self.refused} times in a row, the last time by {what}"
            )
        if self.unconnected >= _MOST_REFUSALS:
            return self._last_rest(_REST_FAILED, least, f"it refused {self.unconnected} connections in a row")
        if self.failed >= _MOST_FAILURES:
            return self._last_rest(
                _REST_FAILED, least, f"{self.failed} requests in a row failed, the last one with {what}"
            )
        if least > self.patience:
            return self._last_rest(_REST_FAILED, least, f"it answered {self.put_off} times in a row with {what}")
        return None

    def _last_rest(self, first: float, least: float, reason: str) -> Rest:
        seconds = min(first * 2 ** min(self.strikes, _DOUBLINGS), _REST_LONGEST)
        return Rest(max(seconds, least), reason, self.strikes + 1, ends=True)
