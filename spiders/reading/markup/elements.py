"""The elements of a page by tag, class and property, found in one walk for all who ask.

A walk costs a tenth to half of a parse of the page, whatever it looks for, and a page is asked for a dozen things.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, cast

from lxml import etree

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    class _Value(str):
        """A value of an attribute, as XPath gives it."""

        __slots__ = ()

        def getparent(self) -> HtmlElement:
            """The element whose it is."""
            ...


_TAGS = ("meta", "script", "link", "h1", "time", "a", "input")
"""Those that are asked for on most pages."""
_VALUES = {name: etree.XPath(f"descendant-or-self::*/@{name}") for name in ("class", "itemprop", "property")}


class Elements:
    """Elements of one tree, which does not change, in document order."""

    def __init__(self, tree: HtmlElement) -> None:
        self.tree = tree

    def tagged(self, *tags: str) -> list[HtmlElement]:
        """Those with one of some tags out of `_TAGS`."""
        if len(tags) == 1:
            return self._tagged[tags[0]]
        wanted = frozenset(tags)
        return [element for element in self.tree.iter(*_TAGS) if element.tag in wanted]

    @cached_property
    def titles(self) -> list[HtmlElement]:
        """The `<title>` elements of its head, which always stands right below the root."""
        return list(self.tree.iterfind("head/title"))

    @cached_property
    def with_itemprop(self) -> list[HtmlElement]:
        """Those of microdata."""
        return [value.getparent() for value in _values(self.tree, "itemprop")]

    @cached_property
    def with_property(self) -> list[HtmlElement]:
        """Those of RDFa."""
        return [value.getparent() for value in _values(self.tree, "property")]

    def named(self, *parts: str) -> list[HtmlElement]:
        """Those whose class has one of some parts in it, at any place."""
        found = {names for part in parts for names in self._classes if part in names}
        return [names.getparent() for names in self._named if names in found] if found else []

    def holding(self, attribute: str, part: str) -> list[HtmlElement]:
        """Those in one of whose attributes, asked for more rarely, some part stands."""
        path = etree.XPath(f'descendant-or-self::*[contains(@{attribute}, "{part}")]')
        return cast("list[HtmlElement]", path(self.tree))

    @cached_property
    def _named(self) -> list[_Value]:
        """Each value of `class`."""
        return _values(self.tree, "class")

    @cached_property
    def _classes(self) -> frozenset[str]:
        """Each of them once: a template repeats a few."""
        return frozenset(self._named)

    @cached_property
    def _tagged(self) -> dict[str, list[HtmlElement]]:
        found: dict[str, list[HtmlElement]] = {tag: [] for tag in _TAGS}
        for element in self.tree.iter(*_TAGS):
            found[element.tag].append(element)
        return found


def _values(tree: HtmlElement, attribute: str) -> list[_Value]:
    """The values of an attribute, each of which knows its element: a tenth of the time of asking the elements."""
    return cast("list[_Value]", _VALUES[attribute](tree))
