"""The two moments of an article, from all that its page states, and where each was found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

from spiders.reading.lone_dates import lone_day, opening_day
from spiders.reading.marked_dates import OwnDates
from spiders.reading.markup.origins import ADDRESS, JSON_LD, MARKED, META, PRINTED, SELECTOR, TIME
from spiders.reading.moments import (
    MODIFIED,
    PUBLISHED,
    choose_moment,
    date_in_path,
    date_lines,
    in_own_day,
    is_of_month,
    stated_day,
    states_publication,
)
from spiders.reading.printed.date_roles import Role
from spiders.reading.printed.dates import parse_date
from spiders.reading.printed.month_names import with_english_months

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date, datetime, tzinfo

    from lxml.html import HtmlElement

    from spiders.reading.markup.elements import Elements
    from spiders.reading.markup.metadata import Metadata
    from spiders.reading.markup.origins import Origins
    from spiders.reading.surroundings import Surroundings

    Sources = Sequence[tuple[str, Iterable[str]]]


_APART = timedelta(days=1)
"""Days that differ by no more are one day in two zones."""


class Later:
    """Lines that are looked for only when they are asked for."""

    def __init__(self, find: Callable[[], Iterable[str]]) -> None:
        self._find = find

    def __iter__(self) -> Iterator[str]:
        """Look for the lines."""
        return iter(self._find())


@dataclass(frozen=True)
class Timing:
    """What states when an article was published and changed."""

    elements: Elements
    url: str
    metadata: Metadata
    surroundings: Surroundings
    selected: Sequence[str]
    """Lines of the publisher's own selector."""
    zone: tzinfo
    fetched_at: datetime
    language: str | None
    origins: Origins

    @cached_property
    def _own(self) -> OwnDates:
        return OwnDates(self.elements, self.surroundings.heading, self.surroundings.text_elements)

    @property
    def sources(self) -> Sources:
        """Where the publication may be stated, most trusted first: the origin, and what stands there."""
        stated = [*self.metadata.stated("datePublished", "dateCreated")]
        meta = [*self.metadata.meta(*PUBLISHED)]
        page = Later(lambda: self.metadata.stated_of_page("datePublished", "uploadDate"))
        selected, printed = date_lines(self.selected, changes=False), Later(lambda: self._printed(changes=False))
        marked, named = Later(lambda: self._times(Role.PUBLISHED)), Later(lambda: self._marks(Role.PUBLISHED))
        below = Later(lambda: self.surroundings.lines_below(Role.PUBLISHED))
        return (
            *((JSON_LD, stated), (META, meta), (SELECTOR, selected), (PRINTED, printed), (TIME, marked)),
            *((JSON_LD, page), (MARKED, named), (PRINTED, below), (META, Later(lambda: self._named))),
            *((ADDRESS, date_in_path(self.url)), (PRINTED, Later(self._unmarked))),
        )

    def _days(self) -> Iterator[str]:
        """What states the day as the publisher counts it."""
        yield from date_in_path(self.url)
        yield from self.surroundings.dates_beside
        yield from self._times(Role.PUBLISHED)

    def published(self) -> datetime | None:
        """When the article was published, as the publisher's clock shows it; None where the page does not say."""
        sources = self.sources
        said = [lines for origin, lines in sources[:-1] if origin != MARKED]
        witnesses = Later(lambda: chain(self._changes, chain.from_iterable(said)))
        when = self._moment("published_at", sources, witnesses, Later(lambda: self._marks(Role.PUBLISHED)))
        if when is None:
            return None
        when = self._first_printed(when) or when
        return in_own_day(when, self.zone, self._days())

    def _first_printed(self, when: datetime) -> datetime | None:
        """The day that stands below the headline, where machines date the article later: they date what was moved."""
        if self.origins.get("published_at") not in {JSON_LD, META}:
            return None
        if is_of_month(self.url, when.date()):
            return None
        lines = self.surroundings.dates_beside or self._lone
        days = {stated_day(text) for text in lines}
        day = days.pop() if len(days) == 1 else None
        if day is None or day + _APART >= when.date():
            return None
        changed = choose_moment(self._changes, (), self.zone, self.fetched_at)
        if changed and abs(changed.date() - day) <= _APART:
            return None
        marked = (parse_date(text, self.zone) for text in self._times(Role.PUBLISHED))
        if any(each and abs(each.date() - when.date()) <= _APART for each in marked):
            return None
        self.origins["published_at"] = PRINTED
        return choose_moment(lines, (), self.zone, self.fetched_at)

    @cached_property
    def _named(self) -> list[str]:
        """What other `<meta>` state by their names, the earliest first: some are of the last change of the site."""
        dated = ((parse_date(text, self.zone), text) for text in self.metadata.named(states_publication))
        return [text for when, text in sorted(each for each in dated if each[0])]

    def _unmarked(self) -> Iterator[str]:
        yield from self._lone
        yield from opening_day(self.surroundings.openings)

    @cached_property
    def _lone(self) -> list[str]:
        return lone_day(self.surroundings.lone_lines(self._is_clock, self._today), self._own.is_own)

    def _times(self, role: Role) -> list[str]:
        return [with_english_months(text, self.language) for text in self._own.times(role)]

    def _marks(self, role: Role) -> list[str]:
        return [with_english_months(text, self.language) for text in self._own.marked(role)]

    def modified(self, published_at: datetime | None) -> datetime | None:
        """When it was last changed; None where the page states no change after the publication."""
        stated, meta = [*self.metadata.stated("dateModified")], [*self.metadata.meta(*MODIFIED)]
        printed = Later(lambda: (*self._printed(changes=True), *self.surroundings.lines_below(Role.CHANGED)))
        selected = date_lines(self.selected, changes=True)
        marked = Later(lambda: chain(self._times(Role.CHANGED), self._marks(Role.CHANGED)))
        sources: Sources = ((JSON_LD, stated), (META, meta), (SELECTOR, selected), (PRINTED, printed), (TIME, marked))
        said = (stated, meta, selected, printed)
        when = self._moment("modified_at", sources, Later(lambda: chain.from_iterable(said)))
        if when and published_at and when <= published_at:
            del self.origins["modified_at"]
            return None
        return when

    @cached_property
    def _changes(self) -> list[str]:
        """Changes that machines state: witnesses of which number is the day."""
        return [*self.metadata.stated("dateModified"), *self.metadata.meta(*MODIFIED)]

    def _printed(self, *, changes: bool) -> list[str]:
        return self.surroundings.date_lines(self._is_clock, self._today, changes=changes)

    @property
    def _today(self) -> date:
        return self.fetched_at.astimezone(self.zone).date()

    def _is_clock(self, element: HtmlElement) -> bool:
        return self._own.is_clock(element)

    def _moment(
        self, field: str, sources: Sources, witnesses: Iterable[str], of_a_day: Iterable[str] = ()
    ) -> datetime | None:
        def read(lines: Iterable[str]) -> datetime | None:
            return choose_moment(lines, witnesses, self.zone, self.fetched_at, of_a_day=of_a_day)

        return self.origins.first(field, sources, read)
