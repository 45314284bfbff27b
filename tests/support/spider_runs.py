"""Real crawls for tests: `scrapy crawl` as its own process, against a newspaper served from this one."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

FAST = {
    "CONCURRENT_REQUESTS_PER_DOMAIN": "8",
    "AUTOTHROTTLE_ENABLED": "False",
    "POLITE_PATIENCE": "1",
    "POLITE_PAUSE": "0.05",
}
"""Settings for crawls whose politeness is not what the test is about."""


def start_spider(
    key: str, environment: Mapping[str, str], *arguments: str, settings: Mapping[str, str] | None = None
) -> subprocess.Popen[str]:
    """Start `scrapy crawl <key> -a argument ...` with only the given variables beside PATH."""
    options = [word for argument in arguments for word in ("-a", argument)]
    options += [word for pair in (settings or {}).items() for word in ("-s", "=".join(pair))]
    plain = {"PATH": os.environ["PATH"], "SCRAPY_SETTINGS_MODULE": "spiders.settings", **environment}
    command = [sys.executable, "-m", "scrapy", "crawl", key, *options]
    return subprocess.Popen(command, env=plain, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def run_spider(
    key: str, environment: Mapping[str, str], *arguments: str, settings: Mapping[str, str] | None = None
) -> str:
    """Crawl to the end and return the log; the exit status must be 0."""
    spider = start_spider(key, environment, *arguments, settings=settings)
    log, _ = spider.communicate()
    assert spider.returncode == 0, log[-3_000:]
    return log
