"""Dates that the markup of a page states: `<time>`, microdata, RDFa and classes, those of this article only.

A date in a comment, a list of other articles, a sidebar or a footer is of something else, whatever its markup says.
"""

from __future__ import annotations

import re
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

from spiders.reading.body.boilerplate import is_never_text, stands_apart
from spiders.reading.markup.inherited import Inherited
from spiders.reading.markup.selection import text_of
from spiders.reading.printed.date_roles import Role, dated_parts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml.html import HtmlElement

    from spiders.reading.markup.elements import Elements

_NAMED = ("publi", "-date", "pubd", "updated")
_PUBLISHED = re.compile(
    r"(?i)(?:^|[:/.\s])(?:datepublished|datecreated|dateposted|created|issued|published|pubdate|entry-date|post-date"
    r"|publish-date|date-?published)(?:$|\s)"
)
_CHANGED = re.compile(
    r"(?i)(?:^|[:/.\s_-])(?:date-?modified|modified|updated?|lastmod|last-?updated|revised)(?:$|[\s_-])"
)
_MOST = 200
"""Elements that are looked at for a date: real pages have one for each comment."""


class OwnDates:
    """The dates in the markup of one page that are of its article."""

    def __init__(self, elements: Elements, heading: HtmlElement | None, text: Iterable[HtmlElement]) -> None:
        """Find out where the article stands.

        Args:
            elements: Of the page.
            heading: Where its headline is printed.
            text: Elements of its paragraphs, in order.
        """
        self._elements = elements
        parts = [part for part in (heading, *text) if part is not None]
        self._around = _ancestors(parts)
        self._scope = _common(parts)
        self._apart = Inherited(stands_apart, self._around)
        self._never = Inherited(_is_other, self._around)
        middle = parts[len(parts) // 2] if len(parts) > 1 else None
        self._before = set() if middle is None else {middle, *middle.iterancestors()}
        self._last = parts[-1] if parts else None
        self._path = set() if self._last is None else {self._last, *self._last.iterancestors()}

    def times(self, role: Role) -> list[str]:
        """What stands in `<time>`, for machines, else for people; of the publication or of changes."""
        return [text for text, changed in self._times if changed == (role is Role.CHANGED)]

    @cached_property
    def _times(self) -> list[tuple[str, bool]]:
        """What stands in each `<time>` of the article, and whether it is of a change."""
        own = filter(self.is_own, self._elements.tagged("time")[:_MOST])
        return [(each.get("datetime") or text_of(each), _role_of_time(each) is Role.CHANGED) for each in own]

    def marked(self, role: Role) -> list[str]:
        """What calls itself the date of the article or of its change, whatever the tag."""
        pattern = _CHANGED if role is Role.CHANGED else _PUBLISHED
        return [text for names, texts in self._marks if pattern.search(names) for text in texts if text]

    @cached_property
    def _marks(self) -> list[tuple[str, list[str | None]]]:
        """Of each element whose names say that it is a date of the article: the names, and what may state the date."""
        found = self._elements
        named = (found.with_itemprop, found.with_property, found.named(*_NAMED))
        marks: list[tuple[str, list[str | None]]] = []
        for element in chain.from_iterable(elements[:_MOST] for elements in named):
            if element.tag == "meta":
                marks.append((element.get("itemprop") or element.get("property") or "", [element.get("content")]))
            elif _says_date(names := _names(element)) and self.is_own(element):
                stated = (element.get("content"), element.get("datetime"), element.get("title"))
                marks.append((names, [*stated, text_of(element)]))
        return marks

    def is_clock(self, element: HtmlElement) -> bool:
        """Whether an element stands outside the article, where sites print what day it is."""
        if self._scope is None:
            return False
        own = element is self._scope or any(ancestor is self._scope for ancestor in element.iterancestors())
        bar = any(
            each.tag in {"header", "nav"} and each not in self._around for each in (element, *element.iterancestors())
        )
        return bar or not own

    def is_own(self, element: HtmlElement) -> bool:
        """Whether an element is of the article: in its head, or in it and not in a box that stands apart."""
        if self._never(element):
            return False
        scope = self._scope
        if (
            scope is not None
            and self._precedes_text(element)
            and any(each is scope for each in element.iterancestors())
        ):
            return True
        if self._apart(element):
            return False
        if scope is not None and any(ancestor is scope for ancestor in element.iterancestors()):
            return scope.tag != "body" or not self._comes_after(element)
        return not self._comes_after(element)

    def _precedes_text(self, element: HtmlElement) -> bool:
        """Whether an element stands before most of the text: the standfirst may stand above it."""
        for node in (element, *element.iterancestors()):
            parent = node.getparent()
            if parent is not None and parent in self._before:
                return node not in self._before and any(each in self._before for each in node.itersiblings())
        return False

    def _comes_after(self, element: HtmlElement) -> bool:
        """Whether an element stands behind the text, in a box of its own with links, or behind all of the article."""
        for node in (element, *element.iterancestors()):
            if node in self._path:
                return False
            parent = node.getparent()
            if parent is not None and parent in self._path:
                before = any(each in self._path for each in node.itersiblings(preceding=True))
                inside = parent is self._scope or any(each is self._scope for each in parent.iterancestors())
                return before and node is not element and not (inside and next(node.iter("a"), None) is None)
        return False


def _says_date(names: str) -> bool:
    return bool(_PUBLISHED.search(names) or _CHANGED.search(names))


def _is_other(element: HtmlElement) -> bool:
    """Whether an element is of readers, of the site, or of another article, wherever it stands."""
    return element.tag == "aside" or is_never_text(element)


def _role_of_time(element: HtmlElement) -> Role:
    """What a `<time>` is of, by its own names, those of its parent, and the words before it."""
    parent = element.getparent()
    for each in (element, parent):
        if each is not None:
            names = _names(each)
            published, changed = _PUBLISHED.search(names), _CHANGED.search(names)
            if bool(published) != bool(changed):
                return Role.CHANGED if changed else Role.PUBLISHED
    previous = element.getprevious()
    before = (previous.tail if previous is not None else parent.text if parent is not None else "") or ""
    parts = dated_parts(f"{before} 1 Januari 2020")
    return parts[0].role if parts else Role.BARE


def _names(element: HtmlElement) -> str:
    return " ".join(filter(None, (element.get("itemprop"), element.get("property"), element.get("class"))))[:500]


def _ancestors(parts: Iterable[HtmlElement]) -> set[HtmlElement]:
    found: set[HtmlElement] = set()
    for part in parts:
        for ancestor in (part, *part.iterancestors()):
            if ancestor in found:
                break
            found.add(ancestor)
    return found


def _common(parts: list[HtmlElement]) -> HtmlElement | None:
    """The deepest element that all of some elements stand in."""
    if not parts:
        return None
    paths = [[part, *part.iterancestors()] for part in (parts[0], parts[-1], parts[len(parts) // 2])]
    shared = set(paths[0]).intersection(*paths[1:])
    return next((element for element in paths[0] if element in shared), None)
