"""Many publishers crawled in one process: `python many_spiders.py '{"keys": [...], "arguments": {}, "settings": {}}'`.

As `scrapy crawl` does it, for tests and benchmarks that could not afford a process for each.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import TYPE_CHECKING

from support.checkout import TESTS
from support.loopback_handler import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import tzinfo

    from pipelines.harvest.polls import Polls
    from spiders.article import Remembered


def crawl_together(  # noqa: PLR0913, PLR0917 - as `start_together`
    keys: Iterable[str],
    database_url: str,
    internet_url: str,
    arguments: Mapping[str, str] | None = None,
    settings: Mapping[str, str] | None = None,
    clock: datetime | None = None,
) -> str:
    """Crawl publishers of the simulated internet side by side, to their end; the log. See `start_together`."""
    process = start_together(keys, database_url, internet_url, arguments, settings, clock)
    _, log = process.communicate()
    assert process.returncode == 0, log[-5_000:]
    return log


def start_together(  # noqa: PLR0913, PLR0917 - what there is to say of a crawl
    keys: Iterable[str],
    database_url: str,
    internet_url: str,
    arguments: Mapping[str, str] | None = None,
    settings: Mapping[str, str] | None = None,
    clock: datetime | None = None,
) -> subprocess.Popen[str]:
    """Start crawls of publishers of the simulated internet side by side in one process, its log on stderr.

    Args:
        keys: of the publishers; one that is there twice is crawled twice.
        database_url: of a migrated database.
        internet_url: where the simulated internet listens.
        arguments: spider arguments of every crawl; `{key}` in a value is the publisher's.
        settings: Scrapy settings.
        clock: what the spiders take for now when they ask what day it is; None for the real time.
    """
    told = {
        "ahead": clock and (clock - datetime.now(UTC)).total_seconds(),
        "keys": list(keys),
        "arguments": dict(arguments or {}),
        "settings": {**SETTINGS, "LOOPBACK": internet_url, **(settings or {})},
    }
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join([str(TESTS), str(TESTS.parent)]),
        "SCRAPY_SETTINGS_MODULE": "spiders.settings",
        "DATABASE_URL": database_url,
        **{name: value for name, value in os.environ.items() if name.startswith("LUMBUNG_")},
    }
    command = [sys.executable, __file__, json.dumps(told)]
    return subprocess.Popen(command, env=environment, text=True, stderr=subprocess.PIPE)


def set_clock(ahead: timedelta) -> None:
    """Let the modules that ask for the day be so far ahead of it; waiting and politeness keep the real time.

    When a document was read is remembered by the server's clock, which follows the real time too: it is told in ours.
    """

    class Shifted(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]  # an ordinary datetime will do
            return datetime.now(tz) + ahead

    for name in ("spiders.discovery.announcements", "spiders.crawler", "pipelines.harvest.polls"):
        vars(import_module(name))["datetime"] = Shifted
    polls = import_module("pipelines.harvest.polls").Polls
    recall = polls.recall

    def recall_then(self: Polls, url: str) -> Remembered:
        known: Remembered = recall(self, url)
        return known if known.read_at is None else replace(known, read_at=known.read_at + ahead)

    polls.recall = recall_then


def main() -> None:
    from scrapy.crawler import AsyncCrawlerProcess
    from scrapy.utils.project import get_project_settings

    told = json.loads(sys.argv[1])
    if told["ahead"] is not None:
        set_clock(timedelta(seconds=told["ahead"]))
    settings = get_project_settings()
    settings.setdict(told["settings"], priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    for key in told["keys"]:
        process.crawl(key, **{name: value.format(key=key) for name, value in told["arguments"].items()})
    process.start()


if __name__ == "__main__":
    main()
