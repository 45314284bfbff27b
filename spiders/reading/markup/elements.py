"""The elements of a page by tag, class and property, found in one walk for all who ask.

A walk costs a tenth to half of a parse of the page, whatever it looks for, and a page is asked for a dozen things.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, cast

from lxml import etree

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_TAGS = ("meta", "script", "link", "h1", "time", "a", "input")
"""Those that are asked for on most pages."""


class _Described(NamedTuple):
    """Elements by what their attributes say."""

    classes: list[tuple[str, HtmlElement]]
    itemprop: list[HtmlElement]
    property: list[HtmlElement]


class Elements:
    """Elements of one tree, which does not change, in document order."""

    def __init__(self, tree: HtmlElement) -> None:
        self.tree = tree

    def tagged(self, *tags: str) -> list[HtmlElement]:
        """Those with one of some tags out of `_TAGS`."""
        return [element for tag, element in self._tagged if tag in tags]

    @cached_property
    def titles(self) -> list[HtmlElement]:
        """The `<title>` elements of its head, which always stands right below the root."""
        return list(self.tree.iterfind("head/title"))

    @property
    def with_itemprop(self) -> list[HtmlElement]:
        """Those of microdata."""
        return self._described.itemprop

    @property
    def with_property(self) -> list[HtmlElement]:
        """Those of RDFa."""
        return self._described.property

    def named(self, *parts: str) -> list[HtmlElement]:
        """Those whose class has one of some parts in it, at any place."""
        found = {names for part in parts for names in self._classes if part in names}
        return [element for names, element in self._described.classes if names in found] if found else []

    def holding(self, attribute: str, part: str) -> list[HtmlElement]:
        """Those in one of whose attributes, asked for more rarely, some part stands."""
        path = etree.XPath(f'descendant-or-self::*[contains(@{attribute}, "{part}")]')
        return cast("list[HtmlElement]", path(self.tree))

    @cached_property
    def _classes(self) -> frozenset[str]:
        """Each value of `class` once: a template repeats a few."""
        return frozenset(names for names, _ in self._described.classes)

    @cached_property
    def _tagged(self) -> list[tuple[str, HtmlElement]]:
        return [(str(element.tag), element) for element in self.tree.iter(*_TAGS)]

    @cached_property
    def _described(self) -> _Described:
        found = _Described([], [], [])
        for element in self.tree.iter(etree.Element):
            get = element.get
            if names := get("class"):
                found.classes.append((names, element))
            if get("itemprop") is not None:
                found.itemprop.append(element)
            if get("property") is not None:
                found.property.append(element)
        return found
