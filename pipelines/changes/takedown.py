"""Taking an article down: its text goes, its address does not come back, the feed and `news.takedowns` say so.

LumbungError
└── NothingToTakeDown          asked for a number that is not stored, or for what is no URL
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pipelines.database.connections import transaction
from pipelines.database.statements import query
from spiders.errors import LumbungError
from spiders.publishers import load_publishers
from spiders.publishers.urls import canonicalise

if TYPE_CHECKING:
    from pipelines.database.connections import Connection


class NothingToTakeDown(LumbungError):  # noqa: N818 - reads as what it is
    """Asked for a number that is not stored, or for what is no URL."""


class TakenDown(NamedTuple):
    """What a takedown did."""

    article_id: int | None
    """None where the address was shut out before anything was stored of it."""
    copies: list[int]
    """Articles that were in one cluster with it: they are still there."""


def take_down(connection: Connection, asked: str, reason: str) -> TakenDown:
    """Remove an article with its revisions, reader counts and fingerprints, and refuse its addresses from now on.

    An address of which nothing is stored is refused all the same.

    Args:
        connection: of the owner; others may not delete articles.
        asked: article_id or URL.
        reason: for `news.takedowns`.

    Raises:
        NothingToTakeDown: no article has that number, and it is no URL.
    """
    with transaction(connection) as cursor:
        url = _identity(asked)
        cursor.execute(query("article_of"), {"asked": asked, "identity": url})
        found = cursor.fetchone()
        if found is None:
            if not asked.startswith(("http://", "https://")):
                raise NothingToTakeDown(f"no article has the number {asked!r}, and it is no URL")
            cursor.execute(query("shut_out_address"), {"url": url, "reason": reason})
            cursor.execute(query("shut_out_page"), {"url": url})
            return TakenDown(None, [])
        which = {"article": found[0], "reason": reason}
        cursor.execute(query("copies_of"), which)
        copies = [number for (number,) in cursor]
        cursor.execute(query("take_down"), which)
        return TakenDown(found[0], copies)


def _identity(asked: str) -> str:
    """The canonical form of a URL, where one of the publishers owns it."""
    owner = next((each for each in load_publishers().values() if each.owns(asked)), None)
    return canonicalise(asked, owner) if owner else asked
