"""Real crawls of publishers at a scripted press, whose politeness tests count and time at the press."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from support.checkout import TESTS
from support.loopback_handler import SETTINGS
from support.scripted_press import write_publisher
from support.spider_runs import run_spider, start_spider

from pipelines.database.connections import Connection, transaction
from pipelines.harvest.ledger import Crawl, find_crawl, imbalance, verdict

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support.scripted_press import Press

QUICK = {"AUTOTHROTTLE_ENABLED": "False", "POLITE_PAUSE": "0.1"}


class Warta:
    """Crawls of publishers at one press, each with the same database."""

    def __init__(self, press: Press, database_url: str, database: Connection, folder: Path) -> None:
        self.press = press
        self.database = database
        self.folder = folder
        self.environment = {"DATABASE_URL": database_url, **self.publisher("warta")}

    def publisher(self, key: str, home: str | None = None, **more: str) -> dict[str, str]:
        return write_publisher(self.folder, key, home or self.press.home, **more)

    def public(self, key: str, home: str, **more: str) -> dict[str, str]:
        """A publisher that is not local, and the settings under which its hosts are the press."""
        self.publisher(key, home, **{"local": "false", **more})
        self.environment["PYTHONPATH"] = str(TESTS)
        loopback = {name: value if isinstance(value, str) else json.dumps(value) for name, value in SETTINGS.items()}
        return {**loopback, "LOOPBACK": self.press.home}

    def start(self, run: str, key: str = "warta", **settings: str) -> Any:
        return start_spider(key, self.environment, f"run={run}", settings={**QUICK, **settings})

    def crawl(self, run: str, key: str = "warta", **settings: str) -> Crawl:
        log = run_spider(key, self.environment, f"run={run}", settings={**QUICK, **settings})
        return self.found(run, log)

    def found(self, run: str, log: str = "") -> Crawl:
        crawl = find_crawl(self.database, run)
        assert crawl is not None, log
        assert imbalance(crawl) is None, log
        return crawl

    def verdict(self, crawl: Crawl) -> str:
        return verdict(self.database, crawl) or "good"

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        with transaction(self.database) as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []


def wait_until(happened: Callable[[], Any]) -> None:
    deadline = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.05)
