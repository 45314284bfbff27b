"""What a spider is given, `-a name=value`: taken, or refused in one line. Dates: `publishers/window.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from spiders.errors import LumbungError
from spiders.publishers.window import cut, shown

if TYPE_CHECKING:
    from collections.abc import Collection

ARGUMENTS: Final = ("from_date", "to_date", "interval_start", "max_articles", "refetch", "run")
"""Of `spiders.crawler.PublisherSpider`."""
_MOST_DIGITS, _LONGEST = 9, 500


def refuse_unknown(names: Collection[str]) -> None:
    """See that every name is one of an argument.

    Raises:
        LumbungError: names those that are not, and those there are.
    """
    if unknown := [shown(name) for name in names if name not in ARGUMENTS]:
        raise LumbungError(f"{cut(', '.join(unknown))}: no such spider argument; allowed are {', '.join(ARGUMENTS)}")


def printable(name: str, value: str | None) -> str | None:
    """A text that goes to the ledger."""
    if value is not None and not (value.isprintable() and len(value) <= _LONGEST):
        raise LumbungError(f"{name} is {cut(value)!r}; allowed are up to {_LONGEST} printable characters")
    return value


def truth(name: str, value: str) -> bool:
    """A switch."""
    if value.lower() not in {"true", "false"}:
        raise LumbungError(f"{name} is {cut(value)!r}; allowed are true and false")
    return value.lower() == "true"


def positive(name: str, value: str | None) -> int | None:
    """A whole number from 1 on; None where none is given."""
    if value in {None, ""}:
        return None
    text = str(value)
    if not text.isdecimal() or len(text) > _MOST_DIGITS or int(text) < 1:
        raise LumbungError(f"{name} is {cut(text)!r}; allowed is a whole number from 1 on")
    return int(text)
