"""Many publishers crawled in one process: `python many_spiders.py '{"keys": [...], "arguments": {}, "settings": {}}'`.

As `scrapy crawl` does it, for tests and benchmarks that could not afford a process for each.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from loopback_handler import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

TESTS = Path(__file__).resolve().parent


def crawl_together(
    keys: Iterable[str],
    database_url: str,
    internet_url: str,
    arguments: Mapping[str, str] | None = None,
    settings: Mapping[str, str] | None = None,
) -> str:
    """Crawl publishers of the simulated internet side by side, to their end.

    Args:
        keys: of the publishers; one that is there twice is crawled twice.
        database_url: of a migrated database.
        internet_url: where the simulated internet listens.
        arguments: spider arguments of every crawl; `{key}` in a value is the publisher's.
        settings: Scrapy settings.

    Returns:
        The log.
    """
    told = {
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
    done = subprocess.run(
        [sys.executable, __file__, json.dumps(told)], env=environment, text=True, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr[-5_000:]
    return done.stderr


def main() -> None:
    from scrapy.crawler import AsyncCrawlerProcess
    from scrapy.utils.project import get_project_settings

    told = json.loads(sys.argv[1])
    settings = get_project_settings()
    settings.setdict(told["settings"], priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    for key in told["keys"]:
        process.crawl(key, **{name: value.format(key=key) for name, value in told["arguments"].items()})
    process.start()


if __name__ == "__main__":
    main()
