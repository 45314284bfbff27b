"""What `lumbung up` says at its end: where to look, how to log in, the first rows, how to stop."""

from __future__ import annotations

import shutil
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from rich import box
from rich.markup import escape
from rich.table import Table

from pipelines.database.connections import connect, transaction
from pipelines.database.statements import query
from pipelines.stack.airflow_service import ADMIN, VIEWER

if TYPE_CHECKING:
    from pipelines.progress import Reporter
    from pipelines.stack.stack import Stack

_QUERY = "select headline, published_at from news.articles order by published_at desc nulls last limit 5"


def welcome(stack: Stack, reporter: Reporter) -> None:
    """Print the first rows and the ways in."""
    reporter.console.print()
    reporter.console.print(first_rows(stack.server.url()))
    ways_in(stack, reporter)


def ways_in(stack: Stack, reporter: Reporter) -> None:
    """Print the addresses, the login, a line of SQL, and how to stop."""
    lumbung = _short(Path(sys.executable).with_name("lumbung"))
    reporter.say()
    reporter.say(f"  Airflow      {stack.airflow_url}   user {ADMIN}   password {stack.state.airflow_password}")
    reporter.say(
        f"               {' ' * len(stack.airflow_url)}   user {VIEWER}   password {stack.state.viewer_password}"
    )
    reporter.say(f"  Newspaper    {stack.newsstand_url}")
    reporter.say(f"  SQL          {_sql(stack, lumbung)}")
    reporter.say(f"  Readers      {stack.reader_url}")
    shell = f". {_short(stack.home.environment_file)}"
    reporter.say(f"  Shell        {shell}   puts lumbung and scrapy on the PATH, sets DATABASE_URL and the logins")
    reporter.say("  Logs         make logs")
    reporter.say("  Stop         make down   (the data stay; `make up` continues with them)")


def first_rows(database_url: str) -> Table:
    """The newest rows of `news.articles`."""
    table = Table(title="news.articles, newest first", title_justify="left", box=box.SIMPLE, pad_edge=False)
    table.add_column("published (+07:00)", no_wrap=True)
    table.add_column("section", no_wrap=True)
    table.add_column("headline", overflow="ellipsis", no_wrap=True)
    with closing(connect(database_url)) as connection, transaction(connection) as cursor:
        cursor.execute(query("newest_rows"))
        for published, section, headline in cursor.fetchall():
            table.add_row(published or "", escape(section or ""), escape(headline))
    return table


def _sql(stack: Stack, lumbung: str) -> str:
    """A line that works on this machine: with its own psql where it has one."""
    if shutil.which("psql"):
        return f'. {_short(stack.home.environment_file)} && psql "$DATABASE_URL" -c "{_QUERY}"'
    return f'{lumbung} psql -c "{_QUERY}"'


def _short(path: Path) -> str:
    """Relative to the working directory where it lies in it."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
