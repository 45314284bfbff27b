"""Parse Retry-After in both its forms (RFC 9110, 10.2.3): seconds that a server asks clients to wait."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST = 7 * 86_400.0
"""Seconds. A longer Retry-After is cut to a week: a mistyped figure must not stop a publisher's crawls for good."""
_SECONDS = re.compile(r"[0-9]+(?:\.[0-9]+)?")


def seconds_asked(retry_after: str | None, date: str | None, now: datetime) -> float | None:
    """Seconds to wait from the moment of the answer.

    Args:
        retry_after: the header's value, seconds or an HTTP-date in any of its three forms; None without the header.
        date: the answer's `Date` header. The server's own clock decides how far away its HTTP-date is.
        now: our clock, aware, for a server that does not tell its own.

    Returns:
        0 to `LONGEST`; None without the header and for a value that is neither form, such as a negative number.
    """
    value = (retry_after or "").strip()
    if _SECONDS.fullmatch(value):
        return min(float(value), LONGEST)
    until = _http_date(value)
    if until is None:
        return None
    return min(max(0.0, (until - (_http_date(date or "") or now)).total_seconds()), LONGEST)


def _http_date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
