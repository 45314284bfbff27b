"""The command line: help that teaches, errors of one line, exit statuses that cron can use."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.stories import Story, body, put

from pipelines.database.connections import Connection, transaction
from pipelines.database.migrate import migrations
from pipelines.stack.home import Home
from seeds.newsstand.newspaper import Newspaper, Settings
from seeds.newsstand.server import Newsstand, serve
from spiders.publishers import load_publishers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.stack.postgres import Server

LUMBUNG = Path(sys.executable).with_name("lumbung")
COMMANDS = (
    "up",
    "down",
    "status",
    "logs",
    "psql",
    "migrate",
    "publishers",
    "explain",
    "crawl",
    "deduplicate",
    "duplicates",
    "follow",
    "takedown",
    "export",
    "contract",
)


@pytest.fixture
def newsstand() -> Iterator[Newsstand]:
    with serve(Newspaper(Settings(articles=0, days=7, crawl_delay=0), now=datetime.now(UTC))) as stand:
        yield stand


def lumbung(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "LUMBUNG_STACK": "/nonexistent", **variables}
    return subprocess.run([LUMBUNG, *words], env=environment, text=True, capture_output=True, check=False)


def error(done: subprocess.CompletedProcess[str]) -> str:
    """The one line that a refused command says."""
    assert done.returncode == 1, done.stderr
    return done.stderr.splitlines()[-1]


def test_help_shows_every_command_and_examples() -> None:
    said = lumbung("--help").stdout
    assert [name for name in COMMANDS if f"\n  {name} " not in said] == []
    assert "Examples:\n" in said
    assert "Examples:\n" in lumbung("crawl", "-h").stdout


def test_help_imports_nothing_heavy() -> None:
    script = (
        "import sys, contextlib, pipelines.cli\n"
        "with contextlib.suppress(SystemExit): pipelines.cli.cli.main(['--help'])\n"
        "print(sorted({'airflow', 'scrapy', 'psycopg2', 'bs4', 'rich', 'fsspec', 'pyarrow'} & set(sys.modules)))"
    )
    said = subprocess.check_output([sys.executable, "-c", script], text=True)
    assert said.splitlines()[-1] == "[]"


def test_psql_works_where_no_psql_is_installed() -> None:
    said = lumbung("psql", "--version", PATH="/nonexistent", DATABASE_URL="postgresql://127.0.0.1:9/none")
    assert said.returncode == 0
    assert said.stdout.startswith("psql (PostgreSQL) 18")
    assert said.stderr == ""


def test_publishers_are_listed_in_columns_with_their_announcements_schedule_and_doubts() -> None:
    headings, *lines = lumbung("publishers").stdout.splitlines()
    assert [line.split()[0] for line in lines] == list(load_publishers())
    columns = [headings.index(name) for name in ("name", "announces", "asked", "unverified")]
    cells = {
        line.split()[0]: [line[start:end].strip() for start, end in zip(columns, [*columns[1:], None], strict=True)]
        for line in lines
    }
    assert cells["contoh"] == ["Harian Contoh", "2 feeds, 1 sitemap, 1 dated index", "*/15 * * * *", "-"]
    assert cells["gatra"][1::2] == ["1 feed, 1 index", "feeds, rules.tags"]


def test_unknown_publisher_is_one_line_that_names_those_there_are() -> None:
    refused = lumbung("crawl", "kompass")
    assert refused.returncode == 2
    assert refused.stderr.startswith("lumbung: no publisher 'kompass' in ")
    assert refused.stderr.endswith("; did you mean kompas? `lumbung publishers` lists them all\n")
    assert refused.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (("crawl", "antra"), "antara"),
        (("crawl", "Antara"), "antara"),
        (("publishers", "check", "kompass"), "kompas"),
        (("deduplicate", "--recheck", "--publisher", "detk"), "detik"),
    ],
)
def test_a_key_that_is_none_ends_every_command_alike(words: tuple[str, ...], meant: str, database_url: str) -> None:
    refused = lumbung(*words, DATABASE_URL=database_url)
    assert refused.returncode == 2
    (line,) = refused.stderr.splitlines()
    assert f"; did you mean {meant}" in line


def test_a_key_like_none_lists_those_there_are() -> None:
    refused = lumbung("crawl", "zzzzzz")
    assert refused.returncode == 2
    assert refused.stderr.endswith(f"; there are: {', '.join(load_publishers())}\n")


def test_no_database_named_at_all_is_said_as_such() -> None:
    refused = lumbung("crawl", "contoh")
    assert error(refused).startswith("lumbung: DATABASE_URL is not set (after `make up`: . .lumbung/env)")


def crontab_lines(*words: str) -> list[str]:
    """What follows the five fields of time in the crontab lines of a command's help."""
    lines = [line.split(None, 5) for line in lumbung(*words, "--help").stdout.splitlines() if "in a crontab" in line]
    return [fields[5] for fields in lines]


@pytest.mark.parametrize("words", [("crawl",), ("publishers", "check")])
def test_the_crontab_line_runs_under_crons_path_and_says_nothing_when_all_is_well(
    words: tuple[str, ...], newsstand: Newsstand, database_url: str, tmp_path: Path
) -> None:
    (line,) = crontab_lines(*words)
    home = Home(tmp_path / ".lumbung")
    home.make()
    home.write_environment({"DATABASE_URL": database_url, "LUMBUNG_HOME_CONTOH": f"{newsstand.url}/"})
    line = line.replace("/srv/lumbung", str(tmp_path)).replace("antara", "contoh").replace("check", "check contoh", 1)
    cron = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "SHELL": "/bin/sh", "LOGNAME": "barn"}
    done = subprocess.run(["/bin/sh", "-c", line], env=cron, cwd=tmp_path, text=True, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", ""), line


def test_a_quiet_crawl_that_fails_says_so_in_one_line(database_url: str) -> None:
    refused = lumbung(
        "crawl", "contoh", "--quiet", DATABASE_URL=database_url, LUMBUNG_HOME_CONTOH="http://127.0.0.1:9/"
    )
    assert error(refused).startswith("lumbung: crawl 1 ended early: 127.0.0.1:9 is left alone until ")
    assert refused.stdout + refused.stderr == f"{error(refused)}\n"


def test_the_environment_file_finds_the_programs_once_however_often_it_is_read(tmp_path: Path) -> None:
    home = Home(tmp_path / "two words")
    home.make()
    home.write_environment({"DATABASE_URL": "postgresql://nobody@127.0.0.1:9/x"})
    read = f". '{home.environment_file}'"
    script = f'{read}; {read}; command -v lumbung; command -v scrapy; echo "$PATH"'
    said = subprocess.check_output(["/bin/sh", "-c", script], env={"PATH": "/usr/bin:/bin"}, text=True).splitlines()
    folder = LUMBUNG.parent
    assert said == [str(folder / "lumbung"), str(folder / "scrapy"), f"{folder}:/usr/bin:/bin"]
    assert home.shell_variables() == {"DATABASE_URL": "postgresql://nobody@127.0.0.1:9/x"}


def scrapy(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "SCRAPY_SETTINGS_MODULE": "spiders.settings", **variables}
    return subprocess.run(
        [LUMBUNG.with_name("scrapy"), "crawl", *words], env=environment, text=True, capture_output=True, check=False
    )


@pytest.mark.parametrize(
    ("words", "status", "line"),
    [
        (("kompass",), 2, "scrapy crawl: no publisher 'kompass' in "),
        (("kompas", "-a", "from_date=2026-13-01"), 1, "CRITICAL: from_date '2026-13-01' is neither a date such as"),
        (("kompas", "-a", "tanggal=2026-11-01"), 1, "CRITICAL: tanggal: no such spider argument; allowed are "),
        (("kompas",), 1, "CRITICAL: Postgres cannot be reached: "),
    ],
)
def test_scrapy_crawl_refuses_in_one_line_without_a_traceback(words: tuple[str, ...], status: int, line: str) -> None:
    refused = scrapy(*words, DATABASE_URL="postgresql://nobody@127.0.0.1:9/none")
    assert refused.returncode == status
    assert "Traceback" not in refused.stderr
    last = refused.stderr.splitlines()[-1]
    assert line in last


def test_unreachable_database_is_one_line() -> None:
    refused = lumbung("migrate", DATABASE_URL="postgresql://nobody@127.0.0.1:9/none")
    assert error(refused).startswith("lumbung: Postgres cannot be reached")
    assert refused.stderr.count("\n") == 1


def test_database_without_its_schema_is_told_to_migrate(server: Server) -> None:
    server.create_database("bare")
    assert "run `lumbung migrate`" in error(lumbung("crawl", "contoh", DATABASE_URL=server.url("bare")))
    applied = lumbung("migrate", DATABASE_URL=server.url("bare"))
    assert applied.stdout == f"applied {', '.join(migrations())}\n"
    assert lumbung("migrate", DATABASE_URL=server.url("bare")).stdout == "the schema is up to date\n"


def test_date_range_that_makes_no_sense_starts_no_spider(database_url: str) -> None:
    refused = lumbung("crawl", "contoh", "--from", "2026-11-20", "--to", "2026-11-10", DATABASE_URL=database_url)
    assert error(refused) == "lumbung: from_date 2026-11-20 is after to_date 2026-11-10; give the earlier one first"
    assert refused.stderr.count("\n") == 1


def test_good_crawl_ends_with_0_and_its_articles_in_the_database(
    newsstand: Newsstand, database_url: str, database: Connection
) -> None:
    crawled = lumbung("crawl", "contoh", DATABASE_URL=database_url, LUMBUNG_HOME_CONTOH=f"{newsstand.url}/")
    assert crawled.returncode == 0, crawled.stderr[-2_000:]
    with transaction(database) as cursor:
        cursor.execute("select balanced, stored > 0, run_id ~ '^shell/contoh/' from news.crawls")
        assert cursor.fetchall() == [(True, True, True)]
    seen = lumbung("deduplicate", DATABASE_URL=database_url)
    assert seen.returncode == 0, seen.stderr
    asked = lumbung("psql", "-Atc", "select count(*) > 0 from news.articles", DATABASE_URL=database_url)
    assert asked.stdout == "t\n"


def test_duplicates_are_looked_at_again_and_explained(database_url: str, database: Connection) -> None:
    numbers = put(database, [Story(body(1)), Story(body(1)[:5], "warta"), Story(body(2), "warta")])
    assert lumbung("deduplicate", DATABASE_URL=database_url).stdout.endswith("seen 3, exact 0, near 1, clusters 1\n")
    again = lumbung("deduplicate", "--recheck", "--publisher", "warta", "--batch", "1", DATABASE_URL=database_url)
    first, *each, done = again.stdout.splitlines()
    assert first == "looking again at 2 articles of warta"
    assert [line.partition(" articles")[0] for line in each] == ["1 of 2", "2 of 2"]
    assert done == "seen 2, exact 0, near 1, clusters 0"
    told = lumbung("duplicates", "explain", f"https://warta.example/{numbers[1]}", DATABASE_URL=database_url)
    assert told.returncode == 0, told.stderr
    assert "2 articles tell this story" in told.stdout
    unknown = lumbung("duplicates", "explain", "77", DATABASE_URL=database_url)
    assert error(unknown).startswith("lumbung: no article has")
    assert lumbung("deduplicate", "--publisher", "warta", DATABASE_URL=database_url).returncode == 2


def test_bad_crawl_ends_with_1_and_the_reason(database_url: str) -> None:
    crawled = lumbung("crawl", "contoh", DATABASE_URL=database_url, LUMBUNG_HOME_CONTOH="http://127.0.0.1:9/")
    assert error(crawled).startswith("lumbung: crawl 1 ended early: 127.0.0.1:9 is left alone until ")
