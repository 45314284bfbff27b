"""What publishers claim, weighed against what is known. Pure.

A validator older than what it came with would hide whatever comes next; a change stamped on most entries at the moment
of the request is none; of two dates that agree the one that says more is right.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from spiders.article import Validators

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from spiders.article import Entry, LeasedPage

_ROUNDED = timedelta(minutes=1)
_STAMPED = timedelta(minutes=2)
"""As far from the moment of the request as a stamp of it may be."""
_FEW_CHANGES = 3
_DAY = timedelta(days=1)
_UNSET_YEAR = 1970
"""Of a computer's clock that counts from zero."""


def believable(validators: Validators, newest: datetime | None) -> Validators:
    """Validators without a Last-Modified that lies before the newest thing it is about.

    Args:
        validators: that a document came with.
        newest: aware; when the newest thing in it was published or changed, None where that is not known.
    """
    if newest is None or validators.last_modified is None:
        return validators
    with suppress(ValueError, TypeError, OverflowError):
        stated = parsedate_to_datetime(validators.last_modified)
        if (stated if stated.tzinfo else stated.replace(tzinfo=UTC)) >= newest - _ROUNDED:
            return validators
    return Validators(validators.etag)


def newest_of(entries: Sequence[Entry], now: datetime) -> datetime | None:
    """The newest moment before `now` at which an entry says that it was published or changed."""
    stated = (moment for each in entries for moment in (each.published_at, each.modified_at) if moment is not None)
    return max((moment for moment in stated if moment <= now), default=None)


def without_stamps(entries: Sequence[Entry], now: datetime) -> list[Entry]:
    """Entries without their changes, where most of them claim to have changed at the very moment of the request."""
    changes = [each.modified_at for each in entries if each.modified_at is not None]
    stamped = sum(abs(now - changed) < _STAMPED for changed in changes)
    if stamped < _FEW_CHANGES or stamped <= len(changes) / 2:
        return list(entries)
    return [each if each.modified_at is None else replace(each, modified_at=None) for each in entries]


def appeared(own: datetime | None, page: LeasedPage, zone: tzinfo, now: datetime) -> datetime | None:
    """When an article appeared, by its page and its announcement; None where neither says it.

    A page's own date holds. Where it is a day without a time, the announced moment of that day says more; where the
    page states none, the announcement is the only witness, unless no article can be of its time.

    Args:
        own: aware; what the page states, midnight where it states a day.
        page: with its announcement.
        zone: the publisher's.
        now: aware; the time of the visit.
    """
    announced = page.announced_at
    if announced is None or (page.announced_until is not None and page.announced_until - announced > _DAY):
        return own
    if own is None:
        return announced if announced.year > _UNSET_YEAR and announced <= now + _DAY else None
    if page.announced_until is not None or own.time() != time():
        return own
    days = {announced.astimezone(where).date() for where in (zone, own.tzinfo)}
    return announced if own.date() in days else own
