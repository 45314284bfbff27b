"""`scrapy crawl <publisher>` as Scrapy has it, with our own errors as one line; Scrapy finds it by COMMANDS_MODULE.

Exit status: 0 when the spider ran, whatever it found (the ledger tells that); 1 when it could not begin; 2 for a key
that is none.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from typing import TYPE_CHECKING

from scrapy.commands import crawl

from spiders.errors import LumbungError
from spiders.publishers import UnknownPublisher, find_publisher

if TYPE_CHECKING:
    import argparse

logger = logging.getLogger(__name__)


class Command(crawl.Command):
    """The command `crawl`."""

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Run the spider named by the one argument."""
        if len(args) != 1:
            super().run(args, opts)  # refuses it
        try:
            find_publisher(args[0])
        except LumbungError as error:
            sys.stderr.write(f"scrapy crawl: {error}\n")
            self.exitcode = 2 if isinstance(error, UnknownPublisher) else 1
            return
        assert self.crawler_process is not None  # noqa: S101 - Scrapy sets it before `run`
        started = self.crawler_process.crawl(self._create_crawler(args[0]), **opts.spargs)
        if isinstance(started, asyncio.Task):
            started.add_done_callback(_tell_failure)
        self.crawler_process.start()
        if self.crawler_process.bootstrap_failed:
            self.exitcode = 1


def _tell_failure(task: asyncio.Task[None]) -> None:
    """Log why the crawl could not begin, unless the spider has: asyncio would log each error with its traceback."""
    error = None if task.cancelled() else task.exception()
    if error is not None and not isinstance(error, LumbungError):
        logger.critical("the spider could not begin", exc_info=error)
