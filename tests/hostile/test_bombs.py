"""Sites that want to fill the memory or never let go: the crawl ends, says why, and stays small."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from hostile.bombs import FEEDS, PAGES, ROBOTS, SITEMAPS, HostileSite
from support.checkout import SUPPORT

from pipelines.database.connections import Connection, transaction
from pipelines.harvest.ledger import find_crawl, imbalance, verdict

if TYPE_CHECKING:
    from pathlib import Path

PEAK_MEMORY = SUPPORT / "peak_memory.py"
MEGABYTES = 300
REASONS = {
    **dict.fromkeys(["in_gzip", "in_deflate", "in_br", "in_zstd", "in_gzip_twice"], "too_large"),
    **dict.fromkeys(["endless", "endless_chunks", "lying_length"], "too_large"),
    **dict.fromkeys(["deep", "attributes", "json_ld"], "no_headline"),
    "paragraphs": "over_limit",
    "redirects": "redirects",
}
"""What becomes of the page; of the others the next crawl asks again."""
QUIET = {"feed_of_laughs", "feed_of_quadratic_entities", "sitemap_never_closed"}
"""What is left of these without their trick is a document that announces nothing."""
PUBLISHER = """
name = "Bom"
home = "{home}"
local = true
feeds = ["/rss"]
sitemaps = ["/sitemap.xml"]
"""


def crawl(site: HostileSite, database_url: str, folder: Path, *, drips: bool) -> tuple[str, int]:
    """Log of one crawl of the site, and the peak of its processes in MiB."""
    (folder / "bom.toml").write_text(PUBLISHER.format(home=site.url), "utf-8")
    # A busy machine takes its time; only what never ends by itself is not waited for.
    quick = {
        "DOWNLOAD_TIMEOUT": 5 if drips else 60,
        "RETRY_TIMES": 0,
        "AUTOTHROTTLE_ENABLED": False,
        "READ_SECONDS": 20,
    }
    words = [word for name, value in quick.items() for word in ("-s", f"{name}={value}")]
    peak = folder / "peak"
    spider = subprocess.run(
        [sys.executable, PEAK_MEMORY, peak, sys.executable, "-m", "scrapy", "crawl", "bom", "-a", "run=bom", *words],
        env={
            "PATH": os.environ["PATH"],
            "SCRAPY_SETTINGS_MODULE": "spiders.settings",
            "LUMBUNG_PUBLISHERS": str(folder),
            "DATABASE_URL": database_url,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert spider.returncode == 0, spider.stdout[-3_000:]
    return spider.stdout, int(peak.read_text("utf-8"))


@pytest.mark.parametrize("bomb", [*PAGES, *FEEDS, *SITEMAPS, *ROBOTS])
def test_a_bomb_ends_in_a_ledger_that_balances_and_a_process_that_stayed_small(
    bomb: str, database_url: str, database: Connection, tmp_path: Path
) -> None:
    with closing(HostileSite(bomb)) as site:
        log, peak = crawl(site, database_url, tmp_path, drips=bomb == "drip")
    ledger = find_crawl(database, "bom")
    assert ledger is not None, log
    assert ledger.finished_at is not None
    assert imbalance(ledger) is None
    assert peak < MEGABYTES, f"{bomb}: {peak} MiB"
    with transaction(database) as cursor:
        cursor.execute("select last_error, state from lumbung.page")
        pages = cursor.fetchall()
        cursor.execute("select reason, detail from news.rejections")
        rejections = cursor.fetchall()
    print(bomb, peak, "MiB", ledger.problems, pages, rejections)  # noqa: T201 - for whoever measures, with -rP
    if bomb in REASONS:
        assert [reason for reason, _ in rejections] == [REASONS[bomb]], rejections
    elif bomb in PAGES:
        assert [state for error, state in pages if error] == ["due"], pages
    elif bomb not in QUIET:
        assert verdict(database, ledger) is not None or ledger.problems, log
