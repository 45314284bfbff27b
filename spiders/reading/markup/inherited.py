"""A property that an element has from itself or from any ancestor."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from lxml.html import HtmlElement


class Inherited:
    """Whether a property holds for an element or any ancestor of it, remembered for every element asked about."""

    def __init__(self, holds: Callable[[HtmlElement], bool], ends: Collection[HtmlElement] = ()) -> None:
        """Ask for `holds`, looking no higher than below `ends`."""
        self._holds = holds
        self._known: dict[HtmlElement, bool] = dict.fromkeys(ends, False)

    def __call__(self, element: HtmlElement) -> bool:
        """The answer for `element`."""
        known = self._known
        found = known.get(element)
        if found is not None:
            return found
        parent = element.getparent()
        above = False if parent is None else known.get(parent)
        if above is None:
            path = []
            node: HtmlElement | None = parent
            while node is not None and node not in known:
                path.append(node)
                node = node.getparent()
            above = node is not None and known[node]
            for node in reversed(path):
                above = known[node] = above or self._holds(node)
        found = known[element] = above or self._holds(element)
        return found


def ancestors(elements: Iterable[HtmlElement]) -> set[HtmlElement]:
    """All ancestors of some elements, each climbed to once."""
    found: set[HtmlElement] = set()
    for element in elements:
        for ancestor in element.iterancestors():
            if ancestor in found:
                break
            found.add(ancestor)
    return found
