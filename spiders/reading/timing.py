"""The two moments of an article, from all that its page states, and where each was found."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

from spiders.reading.marked_dates import OwnDates
from spiders.reading.markup.origins import ADDRESS, JSON_LD, MARKED, META, PRINTED, SELECTOR, TIME
from spiders.reading.moments import MODIFIED, PUBLISHED, choose_moment, date_in_path, date_lines
from spiders.reading.printed.date_roles import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime, tzinfo

    from lxml.html import HtmlElement

    from spiders.reading.markup.metadata import Metadata
    from spiders.reading.markup.origins import Origins
    from spiders.reading.surroundings import Surroundings

    Sources = Sequence[tuple[str, Iterable[str]]]


class Later:
    """Lines that are looked for only when they are asked for, each time anew."""

    def __init__(self, find: Callable[[], Iterable[str]]) -> None:
        self._find = find

    def __iter__(self) -> Iterator[str]:
        """Look for the lines."""
        return iter(self._find())


@dataclass(frozen=True)
class Timing:
    """What states when an article was published and changed."""

    tree: HtmlElement
    url: str
    metadata: Metadata
    surroundings: Surroundings
    selected: Sequence[str]
    """Lines of the publisher's own selector."""
    zone: tzinfo
    fetched_at: datetime
    origins: Origins

    @cached_property
    def _own(self) -> OwnDates:
        return OwnDates(self.tree, self.surroundings.heading, self.surroundings.text_elements)

    def published(self) -> datetime | None:
        """When the article was published; None where the page does not say."""
        stated = [*self.metadata.stated("datePublished", "dateCreated")]
        meta = [*self.metadata.meta(*PUBLISHED)]
        selected = date_lines(self.selected, changes=False)
        printed = self._printed(changes=False)
        marked, named = Later(lambda: self._own.times(Role.PUBLISHED)), Later(lambda: self._own.marked(Role.PUBLISHED))
        below = Later(lambda: self.surroundings.lines_below(Role.PUBLISHED))
        sources: Sources = (
            *((JSON_LD, stated), (META, meta), (SELECTOR, selected), (PRINTED, printed), (TIME, marked)),
            *((JSON_LD, self.metadata.stated_of_page("datePublished")), (MARKED, named), (PRINTED, below)),
            (ADDRESS, date_in_path(self.url)),
        )
        said = (stated, meta, selected, printed, marked, below, self._changes, date_in_path(self.url), named)
        return self._moment("published_at", sources, Later(lambda: chain.from_iterable(said)))

    def modified(self, published_at: datetime | None) -> datetime | None:
        """When it was last changed; None where the page states no change after the publication."""
        stated, meta = [*self.metadata.stated("dateModified")], [*self.metadata.meta(*MODIFIED)]
        printed = Later(lambda: (*self._printed(changes=True), *self.surroundings.lines_below(Role.CHANGED)))
        selected = date_lines(self.selected, changes=True)
        marked = Later(lambda: chain(self._own.times(Role.CHANGED), self._own.marked(Role.CHANGED)))
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
        today = self.fetched_at.astimezone(self.zone).date()
        return self.surroundings.date_lines(self._is_clock, today, changes=changes)

    def _is_clock(self, element: HtmlElement) -> bool:
        return self._own.is_clock(element)

    def _moment(self, field: str, sources: Sources, witnesses: Iterable[str]) -> datetime | None:
        return self.origins.first(
            field, sources, lambda lines: choose_moment(lines, witnesses, self.zone, self.fetched_at)
        )
