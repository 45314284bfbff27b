"""Where a page's values come from, so that a drift of its template can be seen later."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

SELECTOR = "selector"
JSON_LD = "JSON-LD"
META = "meta"
TIME = "<time>"
HOUSE = "JSON-LD, a house"
"""Nobody is named: an agency or the newsroom signs."""
MARKED = "marked"
"""By a link relation, a microdata property or a class."""
PRINTED = "printed"
TITLE = "<title>"
ADDRESS = "URL"
SCRIPT = "<script>"
CAPTION = "<figcaption>"
PUBLISHER = "publisher"
"""Nothing on the page says it: it is what the publisher's file says of all pages."""

Lines = TypeVar("Lines")
Value = TypeVar("Value")


class Origins(dict[str, str]):
    """Names of fields -> where the value of each was found; a field without a value is not in it."""

    def first(self, field: str, sources: Iterable[tuple[str, Lines]], read: Callable[[Lines], Value]) -> Value | None:
        """What the first source that `read` finds anything in says, and note which it was.

        Args:
            field: The field's name.
            sources: Origin and texts, most trusted first.
            read: Texts -> the value, empty or None where there is none.
        """
        for origin, lines in sources:
            if found := read(lines):
                self[field] = origin
                return found
        return None

    def stated(
        self, field: str, sources: Iterable[tuple[str, Lines]], read: Callable[[Lines], Value | None]
    ) -> Value | None:
        """The same for a value that may be zero or False: nothing is found only where `read` says None."""
        for origin, lines in sources:
            if (found := read(lines)) is not None:
                self[field] = origin
                return found
        return None
