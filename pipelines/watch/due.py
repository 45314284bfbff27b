"""Which publishers a crawl would find work at: those are woken after each round of the watch.

What is due decides, not what the round has found: a round may have been killed before it could wake anybody.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pipelines.database.connections import statement
from pipelines.database.statements import query
from spiders.errors import LumbungError
from spiders.publishers import find_publisher
from spiders.publishers.domains import domain_of
from spiders.publishers.window import parse_window

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.database.connections import Connection
    from spiders.publishers import Publisher

logger = logging.getLogger(__name__)


def wake(connection: Connection, keys: Sequence[str]) -> dict[str, int]:
    """By publisher, how many pages wait for the crawl that the caller is now to start.

    Left out is who is being crawled, whose crawl was asked for a few minutes ago and has not begun yet, and whose
    domain is to be left alone.

    Args:
        connection: to the harvest's database.
        keys: of the publishers that are wanted; one whose file cannot be used is left out, and said.
    """
    now = datetime.now(UTC)
    publishers: list[Publisher] = []
    for key in keys:
        try:
            publishers.append(find_publisher(key))
        except LumbungError as error:
            logger.warning("%s is not woken: %s", key, error)
    starts = [parse_window(None, None, each, now, interval_start=now.isoformat()).start for each in publishers]
    asked = {
        "publishers": [each.key for each in publishers],
        "homes": [domain_of(each.home) for each in publishers],
        "starts": starts,
    }
    with statement(connection) as cursor:
        cursor.execute(query("wake_publishers"), asked)
        return {key: int(pages) for key, pages in cursor.fetchall()}
