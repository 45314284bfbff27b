"""What an export is to hold, as people ask for it.

LumbungError
└── SelectionError             nobody can export that
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final, Self

from spiders.errors import LumbungError

if TYPE_CHECKING:
    from collections.abc import Collection

FORMATS: Final = ("jsonl", "schema.org", "csv", "parquet", "seed")
"""JSON lines under our names, JSON lines of schema.org NewsArticles, CSV, Parquet, texts in the seed format."""


class SelectionError(LumbungError):
    """Nobody can export that."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which articles."""

    publishers: tuple[str, ...] | None = None
    """Keys in alphabetical order; None: all."""
    from_date: str | None = None
    """First day of publication, in the publisher's time zone, as ISO 8601 has it; then undated ones are left out."""
    to_date: str | None = None
    """Last day, likewise."""
    duplicates: bool = False
    """All articles, of `news.all_articles`; else one a story, of `news.articles`."""

    @classmethod
    def asked(
        cls, publishers: Collection[str], from_date: str | None, to_date: str | None, *, duplicates: bool
    ) -> Self:
        """What people ask for.

        Args:
            publishers: keys of publishers, which nobody has looked at yet; none: all.
            from_date: first day, `2026-11-01`.
            to_date: last day.
            duplicates: also articles that repeat others.

        Raises:
            SelectionError: a day is none, or the last one lies before the first.
        """
        first, last = (_day(each) if each else None for each in (from_date, to_date))
        if first and last and last < first:
            raise SelectionError(f"the range ends on {last}, before its first day, {first}")
        return cls(
            tuple(sorted(set(publishers))) or None,
            first.isoformat() if first else None,
            last.isoformat() if last else None,
            duplicates,
        )

    @property
    def view(self) -> str:
        """The view of schema `news` that has them."""
        return "all_articles" if self.duplicates else "articles"

    def told(self) -> dict[str, Any]:
        """For the manifest."""
        return {**asdict(self), "publishers": list(self.publishers) if self.publishers else None}


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise SelectionError(f"{text!r} is no day: expected one such as 2026-11-10") from None
