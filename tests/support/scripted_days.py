"""Scripted newspapers over simulated days: rounds of crawls in one process, and between two of them time goes by.

Each publisher has a newspaper of its own on loopback, whose script is told how much time has passed. Between two rounds
every moment that the database holds is moved back by a step, so that the real clock of crawls and Postgres will do.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from support.checkout import TESTS
from support.loopback_handler import SETTINGS, LoopbackHandler
from support.scripted_press import Answer, Press, printing, write_publisher
from support.spider_runs import FAST

from pipelines.database.connections import connect, transaction
from pipelines.harvest.doubts import doubts, tally_of
from pipelines.harvest.ledger import read_crawl, verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

NOTHING = timedelta()
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ROUNDS = (10 * MINUTE, 50 * MINUTE, 5 * HOUR, 18 * HOUR, DAY, DAY)
"""Steps between seven rounds of crawls: three days."""
_MOMENTS = """
select format('update %I.%I set ', table_schema, table_name)
    || string_agg(format('%I = %I - interval ''%s seconds''', column_name, column_name, {seconds}), ', ')
from information_schema.columns join information_schema.tables using (table_schema, table_name)
where table_schema = 'lumbung' and table_type = 'BASE TABLE' and data_type = 'timestamp with time zone'
group by table_schema, table_name
"""


Script = Callable[["Site", str], Answer | None]
"""Answers a request for a path; None leaves it to the ordinary newspaper."""


class Site:
    """A newspaper of one publisher, as its script sees it."""

    def __init__(self, days: Days, key: str, script: Script) -> None:
        self.key = key
        self.press: Press
        self.public: str | None = None
        """Its front page by name; None for a newspaper at its loopback address."""
        self._days = days
        self._script = script

    @property
    def elapsed(self) -> timedelta:
        """Since the first round."""
        return self._days.elapsed

    @property
    def home(self) -> str:
        return self.public or self.press.home

    def answer(self, path: str, _number: int) -> Answer | None:
        return self._script(self, path)

    def moment(self, when: timedelta) -> datetime:
        """When something of the simulation was, as the database would have it by now."""
        return self._days.begun + when - self.elapsed

    def has(self, header: str) -> bool:
        """Whether the request that is being answered has a header."""
        return f"\r\n{header.lower()}: " in self.press.head

    @property
    def host(self) -> str:
        """Of the request that is being answered."""
        return self.press.head.partition("\r\nhost: ")[2].partition("\r\n")[0]

    def asked(self, ending: str) -> int:
        """How many requests there were for paths with an ending."""
        return sum(path.endswith(ending) for path in self.press.paths())

    def rss(self, *items: tuple[str, str]) -> Answer:
        """A feed of articles: name of each and what more its item holds."""
        links = "".join(
            f"<item><title>{name}</title><link>{self.home}warta/{name}</link>{more}</item>" for name, more in items
        )
        return Answer(f'<rss version="2.0"><channel><title>Warta</title>{links}</channel></rss>')


class Days:
    """The newspapers, one database, and the time of the simulation."""

    def __init__(self, database_url: str, folder: Path) -> None:
        self.begun = datetime.now(UTC)
        self.elapsed = NOTHING
        self.sites: dict[str, Site] = {}
        self._url = database_url
        self._folder = folder
        self.log = ""

    @contextmanager
    def printing(self, scripts: Mapping[str, tuple[Script, Mapping[str, str]]]) -> Iterator[None]:
        """Serve the newspapers while the block runs, each with the keys of its publisher file.

        One with a `home` has all hosts of that name and below it, or none of the newspapers has one.
        """
        with ExitStack() as stack:
            for key, (script, table) in scripts.items():
                site = self.sites[key] = Site(self, key, script)
                site.press = stack.enter_context(printing(site.answer, articles=0))
                site.public = table.get("home")
                file = {"feeds": '["/rss"]', "article_url": "['/berita-']", "home": site.home, **table}
                write_publisher(self._folder, key, **file)
            yield

    def crawl(self, keys: Iterable[str] | None = None, **arguments: str) -> None:
        """Crawl publishers side by side, all of them by default."""
        public = {site.public: site.press.home for site in self.sites.values() if site.public is not None}
        settings = (
            {**SETTINGS, **FAST, "DOWNLOAD_HANDLERS": _BY_NAME, "LOOPBACK": "", "LOOPBACKS": public}
            if public
            else {**FAST}
        )
        told = {"keys": list(keys or self.sites), "arguments": arguments, "settings": settings}
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join([str(TESTS), str(TESTS.parent)]),
            "SCRAPY_SETTINGS_MODULE": "spiders.settings",
            "DATABASE_URL": self._url,
            "LUMBUNG_PUBLISHERS": str(self._folder),
        }
        done = subprocess.run(
            [sys.executable, __file__, json.dumps(told)], env=environment, text=True, capture_output=True, check=False
        )
        self.log = done.stderr
        assert done.returncode == 0, done.stderr[-3_000:]

    def later(self, step: timedelta) -> None:
        """Let time go by."""
        self.elapsed += step
        with closing(connect(self._url)) as connection, transaction(connection) as cursor:
            cursor.execute(_MOMENTS.format(seconds=step.total_seconds()))
            for (statement,) in cursor.fetchall():
                cursor.execute(statement)

    def run(self, steps: Iterable[timedelta] = ROUNDS) -> None:
        """A round of crawls now, and one after each step."""
        self.crawl()
        for step in steps:
            self.later(step)
            self.crawl()

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with closing(connect(self._url)) as connection, transaction(connection) as cursor:
            cursor.execute(statement, values or None)
            return cursor.fetchall()

    def stored(self, key: str) -> list[str]:
        """Names of the publisher's articles."""
        found = self.rows("select canonical_url from news.all_articles where publisher = %s order by 1", key)
        return [url.rpartition("/")[2] for (url,) in found]

    def total(self, key: str, column: str) -> int:
        """Sum of a column of the ledger over the publisher's crawls."""
        ((total,),) = self.rows(f"select coalesce(sum({column}), 0)::int from news.crawls where publisher = %s", key)
        return int(total)

    def problems(self, key: str) -> list[str]:
        """Problems that the ledger notes of the publisher's crawls."""
        return [line for (line,) in self.rows("select unnest(problems) from news.crawls where publisher = %s", key)]

    def verdicts(self, key: str) -> list[str | None]:
        """What the publisher's tasks would be red for, crawl by crawl."""
        crawls = self.rows("select crawl_id from news.crawls where publisher = %s order by 1", key)
        with closing(connect(self._url)) as connection:
            return [verdict(connection, read_crawl(connection, crawl_id)) for (crawl_id,) in crawls]

    def doubts(self, key: str) -> list[list[str]]:
        """What there is to look at in the publisher's good crawls, crawl by crawl."""
        crawls = self.rows("select crawl_id from news.crawls where publisher = %s order by 1", key)
        with closing(connect(self._url)) as connection:
            found = [read_crawl(connection, crawl_id) for (crawl_id,) in crawls]
            return [doubts(crawl, tally_of(connection, crawl)) for crawl in found]

    def balanced(self) -> bool:
        return self.rows("select bool_and(balanced) from news.crawls") == [(True,)]


_BY_NAME = dict.fromkeys(("http", "https"), "support.scripted_days.ByName") | dict.fromkeys(
    ("data", "file", "ftp", "s3")
)


class ByName(LoopbackHandler):
    """The handler whose internet is the newspapers with a name."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        servers = crawler.settings.getdict("LOOPBACKS")
        self._servers = {urlsplit(home).netloc.removeprefix("www."): press for home, press in servers.items()}

    async def download_request(self, request: Request) -> Response:
        """Ask the newspaper of the host's name."""
        host = urlsplit(request.url).netloc
        self._server = next(
            press.rstrip("/") for name, press in self._servers.items() if host == name or host.endswith(f".{name}")
        )
        return await super().download_request(request)


def main() -> None:
    from scrapy.crawler import AsyncCrawlerProcess
    from scrapy.utils.project import get_project_settings

    told = json.loads(sys.argv[1])
    settings = get_project_settings()
    settings.setdict(told["settings"], priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    for key in told["keys"]:
        process.crawl(key, **told["arguments"])
    process.start()


if __name__ == "__main__":
    main()
