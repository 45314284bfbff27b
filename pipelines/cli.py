"""`lumbung ...`: gathers the commands of all packages. They import what they need when they run: `--help` is quick."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

import click

from pipelines.changes.commands import follow, takedown
from pipelines.command_line import examples
from pipelines.contract.commands import contract
from pipelines.database.commands import login, migrate
from pipelines.duplicates.commands import deduplicate, duplicates
from pipelines.exports.commands import export
from pipelines.harvest.commands import crawl
from pipelines.health.commands import health
from pipelines.publishers.commands import explain, publishers
from pipelines.stack.commands import down, first_harvest, logs, psql, start, status, stop, up
from pipelines.watch.commands import watch
from spiders.errors import LumbungError


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=examples(
        "lumbung up                                   # everything, on this machine",
        "lumbung psql -c 'table news.freshness'       # ask it",
        "lumbung crawl contoh                         # one crawl, without Airflow",
        "lumbung down",
    ),
)
@click.version_option(package_name="lumbung")
@click.pass_context
def cli(context: click.Context) -> None:
    """A scheduled harvest of Indonesian news: Scrapy fetches, Airflow schedules, Postgres keeps.

    `up`, `down`, `status`, `logs` and `psql` run everything on this machine: PostgreSQL, Harian Contoh (the
    newspaper that ships with the project) and Airflow, with their data in `.lumbung/`. The other commands work on
    any PostgreSQL that DATABASE_URL names.
    """
    context.obj = database_url


for _command in (
    up,
    down,
    status,
    logs,
    psql,
    migrate,
    login,
    publishers,
    explain,
    health,
    crawl,
    watch,
    first_harvest,
    deduplicate,
    duplicates,
    follow,
    takedown,
    export,
    contract,
):
    cli.add_command(_command)
for _command in (start, stop):
    publishers.add_command(_command)


def database_url() -> str:
    """DATABASE_URL, else that of the stack in this checkout with its newspaper, else libpq's own variables."""
    if not os.environ.get("DATABASE_URL"):
        from pipelines.stack.home import Home  # noqa: PLC0415 - only where no variable says it

        for name, value in Home.default().shell_variables().items():
            os.environ.setdefault(name, value)
    return os.environ.get("DATABASE_URL", "")


def main() -> NoReturn:
    """Run the command line: an error of ours is one line and status 1; 2 where a key is none, as for a wrong option."""
    try:
        cli.main(prog_name="lumbung", standalone_mode=True)
    except LumbungError as error:
        from spiders.publishers import UnknownPublisher  # noqa: PLC0415 - only to tell errors apart

        click.echo(f"lumbung: {error}", err=True)
        sys.exit(2 if isinstance(error, UnknownPublisher) else 1)
    sys.exit(0)


if __name__ == "__main__":
    main()
