"""When a page is looked at again though nothing announces it. Pure.

No rejection is final from one look at a page that may be minutes old: the next crawl looks at a fresh one again, then
the waits grow with its age, and after three days it is left alone. What somebody decided (robots.txt, a paywall, a
password) is asked about after a day and a week; what an address or the kind of the page decides, never.

A stored article is visited a day after it appeared, since edits and removals are seldom announced, unless it was many
hours old when it was first read: most edits were made by then. After the first twenty visits to a publisher the share
follows what they find: two of three articles where fewer than six in a hundred do, every second where fewer than four,
every fourth where fewer than two (more visits where more changes: Cho and Garcia-Molina, Effective Page Refresh
Policies, 2003). A week after it is visited where its text had changed: a text that stood for a day hardly changes any
more, so of the others one in eight is, which is enough to notice a publisher that is otherwise. Where a quarter of its
visits find a change, all are, and after an hour too.
"""

from __future__ import annotations

from datetime import time, timedelta
from typing import TYPE_CHECKING, get_args

from spiders.article import Article, Failure, Look, Reason, Rejection, Unchanged

if TYPE_CHECKING:
    from datetime import datetime

    from spiders.article import LeasedPage, Outcome

_FRESH = timedelta(hours=1)
_SHORTEST, _DAY, _WEEK = timedelta(minutes=15), timedelta(days=1), timedelta(days=7)
_YOUNG = timedelta(days=3)
"""Older pages do not become what they were not."""
NEVER: frozenset[Reason] = frozenset({"photo", "video", "bad_url"})
DECIDED: frozenset[Reason] = frozenset(
    {"subscribers_only", "password", "disallowed", "too_large", "over_limit", "forbidden_address"}
)
PASSING: frozenset[Reason] = frozenset(get_args(Reason)) - NEVER - DECIDED
"""A page that is not there yet, or not yet what it will be."""
ABSENT: frozenset[Reason] = frozenset({"gone", "soft_404"})

_EDITED = (timedelta(hours=1), _DAY, _WEEK)
"""Ages at which newsrooms edit: mistakes at once, the course of events the day after, corrections within a week."""
_SETTLED = timedelta(hours=8)
_SLACK = timedelta(minutes=5)
_ENOUGH = 20
"""Visits after which a publisher's habits are known."""
_OFTEN = 0.25
"""Of the visits: then articles are visited an hour after they appeared too."""
_SHARES = ((0.02, 1, 4), (0.04, 1, 2), (0.06, 2, 3))
"""Of the visits: where fewer find a change, so many articles of so many are visited after a day."""
_DRAWN = 8
"""Of the articles that had not changed after a day, one in so many is visited after a week."""


def next_look(outcome: Outcome, page: LeasedPage, at: datetime) -> Look:
    """When to look at a page again.

    Args:
        outcome: of the visit.
        page: as it was leased.
        at: aware; when the visit was.
    """
    if isinstance(outcome, Rejection):
        after = _absent(page) if page.stored and outcome.reason in ABSENT else _rejected(outcome.reason, page, at)
        return Look(after)
    if isinstance(outcome, Failure) and outcome.soon:
        return Look(_waited(page, age_of(page, at)))
    if not isinstance(outcome, Article | Unchanged) or (isinstance(outcome, Unchanged) and not page.stored):
        return Look()
    age = age_of(page, at, outcome.published_at if isinstance(outcome, Article) else None)
    return Look(_next_edit(age, page, changed=False), _next_edit(age, page, changed=page.stored))


def age_of(page: LeasedPage, at: datetime, own: datetime | None = None) -> timedelta:
    """How long ago a page appeared, by the best known: its article's date, its announcement, when it was found."""
    appeared = own or page.published_at or page.announced_until or page.announced_at
    if appeared is None:
        return page.known_for
    if appeared.time() == time():  # a day without a time: the article may be as new as the day allows
        appeared += _DAY
    return max(timedelta(), at - appeared)


def _rejected(reason: Reason, page: LeasedPage, at: datetime) -> timedelta | None:
    if reason in NEVER:
        return None
    if reason in DECIDED:
        return (_DAY, _WEEK, None)[min(page.looks, 2)]
    age = age_of(page, at)
    if age > _YOUNG:
        return _DAY if page.looks == 0 else None
    return _waited(page, age)


def _waited(page: LeasedPage, age: timedelta) -> timedelta | None:
    """Nothing for the first time: the next crawl may look; then as long as the page is old."""
    if page.looks == page.absences == 0 and age < _FRESH:
        return timedelta()
    return max(_SHORTEST, age) if age <= _YOUNG else None


def _absent(page: LeasedPage) -> timedelta | None:
    return (_FRESH, _DAY, _WEEK, None)[min(page.absences, 3)]


def _next_edit(age: timedelta, page: LeasedPage, *, changed: bool) -> timedelta | None:
    """From now until the next age at which an article is visited."""
    edits = page.edits
    often = edits.visits >= _ENOUGH and edits.changed >= _OFTEN * edits.visits
    late = changed or often or page.page_id % _DRAWN == 0
    some, of = next(((some, of) for share, some, of in _SHARES if edits.changed < share * edits.visits), (1, 1))
    quiet = edits.visits >= _ENOUGH and page.page_id % of >= some
    first = 2 if not page.stored and (age > _SETTLED or quiet) else not often
    ages = _EDITED[first : None if late else 2]
    return next((then - age for then in ages if then > age + _SLACK), None)
