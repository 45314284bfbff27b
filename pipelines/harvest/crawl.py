"""One crawl in the foreground, judged by the ledger: for cron and the shell.

LumbungError
└── CrawlFailed        the verdict of the ledger, or that the spider never opened one
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pipelines.database.connections import connect
from pipelines.database.migrate import check_ready
from pipelines.harvest.doubts import doubts, tally_of
from pipelines.harvest.ledger import find_crawl, verdict
from spiders.errors import LumbungError
from spiders.publishers import find_publisher
from spiders.publishers.window import parse_window

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import FrameType


class CrawlFailed(LumbungError):  # noqa: N818 - reads as what it is
    """The crawl was no good."""


def run_crawl(key: str, arguments: Mapping[str, str], database_url: str, *, quiet: bool = False) -> list[str]:
    """Crawl a publisher; the spider's log goes to our own streams.

    Args:
        key: of the publisher.
        arguments: spider arguments.
        database_url: libpq connection string.
        quiet: the log shows only why a spider cannot begin.

    Returns:
        What needs a look although the crawl was good, a line each.

    Raises:
        LumbungError: no such publisher, a date range that makes no sense, a database that is not ready, a bad crawl.
    """
    now = datetime.now(UTC)
    parse_window(arguments.get("from_date"), arguments.get("to_date"), find_publisher(key), now)
    run = f"shell/{key}/{now:%Y%m%dT%H%M%SZ}-{os.getpid()}"
    status = _spider(key, {**arguments, "run": run}, database_url, quiet=quiet)
    with closing(connect(database_url)) as connection:
        if status:  # the spider's own look at the database may be why
            check_ready(connection)
        crawl = find_crawl(connection, run)
        reason = "the spider ended before it began: its log says why" if crawl is None else verdict(connection, crawl)
        if crawl is not None and not reason and not status:
            return doubts(crawl, tally_of(connection, crawl))
    raise CrawlFailed(reason or f"the spider ended with status {status}")


def _spider(key: str, arguments: Mapping[str, str], database_url: str, *, quiet: bool) -> int:
    """Run the spider to its end; its exit status. Ctrl-C reaches it by itself, SIGTERM through us."""
    words = [word for name, value in arguments.items() for word in ("-a", f"{name}={value}")]
    environment = {**os.environ, "DATABASE_URL": database_url, "SCRAPY_SETTINGS_MODULE": "spiders.settings"}
    silent = ["-s", "LOG_LEVEL=CRITICAL"] if quiet else []
    command = [sys.executable, "-P", "-m", "scrapy", "crawl", key, *words, *silent]

    def pass_on(_number: int, _frame: FrameType | None) -> None:
        spider.terminate()

    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        spider = subprocess.Popen(command, env=environment, preexec_fn=_default_interrupt)  # noqa: PLW1509 - one call
        signal.signal(signal.SIGTERM, pass_on)
        return spider.wait()
    finally:
        signal.signal(signal.SIGINT, before)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _default_interrupt() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
