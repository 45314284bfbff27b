"""`lumbung ...`: one thin command a capability. Imports wait until a command needs them."""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import closing, suppress
from typing import NoReturn

import click

from spiders.publishers import LumbungError

_SOMETHING_IS_DOWN = 3


def _examples(*lines: str) -> str:
    """Epilog that click leaves as it is."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=_examples(
        "lumbung up                                   # everything, on this machine",
        "lumbung psql -c 'table news.freshness'       # ask it",
        "lumbung crawl contoh                         # one crawl, without Airflow",
        "lumbung down",
    ),
)
@click.version_option(package_name="lumbung")
def cli() -> None:
    """A scheduled harvest of Indonesian news: Scrapy fetches, Airflow schedules, Postgres keeps.

    `up`, `down`, `status`, `logs` and `psql` run everything on this machine: PostgreSQL, Harian Contoh (the
    newspaper that ships with the project) and Airflow, with their data in `.lumbung/`. The other commands work on
    any PostgreSQL that DATABASE_URL names.
    """


@cli.command(
    epilog=_examples(
        "lumbung up",
        "LUMBUNG_AIRFLOW_PORT=9000 lumbung up         # another port than the preferred one",
        "LUMBUNG_STACK=/data/lumbung lumbung up       # data elsewhere than in .lumbung/",
    )
)
def up() -> None:
    """Start everything, wait for the first harvest, return with the services running.

    A second `up` continues with the data there are. Ctrl-C stops what was started. Status: 0 with the harvest
    in place, 1 with one line that says why not.
    """
    from pipelines.progress import Reporter
    from pipelines.stack_commands import up as bring_up
    from pipelines.stack_home import Home

    bring_up(Home.default(), Reporter())


@cli.command()
def down() -> None:
    """Stop every process that `up` started; the data stay."""
    from pipelines.stack_commands import down as bring_down
    from pipelines.stack_home import Home

    stopped = bring_down(Home.default())
    click.echo(f"stopped {', '.join(stopped)}" if stopped else "nothing was running")


@cli.command()
def status() -> None:
    """Show each service with its process and address; status 3 when one is down."""
    from pipelines.stack_commands import reader_url
    from pipelines.stack_commands import status as look
    from pipelines.stack_home import Home

    services = look(Home.default())
    if not services:
        click.echo("no stack has been started here: `make up` starts one")
        sys.exit(_SOMETHING_IS_DOWN)
    for each in services:
        state = "running" if each.pid else "down"
        click.echo(f"{each.name:<22} {each.pid or '-':>8}  {state:<8} {each.address}".rstrip())
    if (address := reader_url(Home.default())) is not None:
        click.echo(f"readers of schema news: {address}")
    if not all(each.pid for each in services):
        sys.exit(_SOMETHING_IS_DOWN)


@cli.command()
@click.option("-n", "--lines", "last", default=10, show_default=True, help="Lines of each log to begin with.")
@click.option("--follow/--no-follow", default=True, show_default=True, help="Go on with what is written later.")
def logs(last: int, *, follow: bool) -> None:
    """Follow the logs of every service and task, each line with its origin."""
    from pipelines.stack_home import Home
    from pipelines.stack_logs import follow as lines

    with suppress(KeyboardInterrupt):
        for origin, line in lines(Home.default(), last=max(last, 1), forever=follow):
            click.echo(f"{click.style(f'{origin:<24}', fg='cyan')} {line}")


@cli.command(
    context_settings={"ignore_unknown_options": True, "help_option_names": []},
    epilog=_examples("lumbung psql", "lumbung psql -c 'select headline from news.articles limit 5'"),
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def psql(arguments: tuple[str, ...]) -> None:
    """Open psql on the harvest: DATABASE_URL, else the stack of this checkout. Takes psql's own options."""
    from pipelines.postgres_programs import installed

    program = shutil.which("psql") or str(installed() / "psql")
    os.execv(program, [program, _database_url(), *arguments])


@cli.command()
def migrate() -> None:
    """Bring the schema of the database to this version, and the rights of its roles; a second call changes nothing.

    Runs as the owner: DATABASE_OWNER_URL where it names the same database as DATABASE_URL, else DATABASE_URL.
    """
    from pipelines.database_commands import migrate as apply

    apply(_database_url(), click.echo)


@cli.command(
    epilog=_examples(
        "lumbung login mira                           # reads schema news; prints a password made for it",
        "LUMBUNG_PASSWORD=... lumbung login harvest --role crawler",
    )
)
@click.argument("name")
@click.option("--role", type=click.Choice(["reader", "crawler"]), default="reader", show_default=True)
@click.option(
    "--password", envvar="LUMBUNG_PASSWORD", show_envvar=True, help="Best as a variable; by default a new one."
)
def login(name: str, *, role: str, password: str | None) -> None:
    """Make a login of the database with the rights of a role, or give it another password; print its address.

    A reader selects from schema news, a crawler crawls and deduplicates. Runs as the owner, like `migrate`, and needs
    CREATEROLE.
    """
    from pipelines.database_commands import login as make

    click.echo(make(_database_url(), name, role, password))


@cli.group(
    invoke_without_command=True,
    epilog=_examples(
        "lumbung publishers                           # list them",
        "lumbung publishers check antara kompas       # still as their files say?",
        "lumbung publishers new https://www.koran-desa.example/",
    ),
)
@click.pass_context
def publishers(context: click.Context) -> None:
    """List the publishers: where they announce articles, when they are asked, what no source confirms.

    `check` looks whether they still are as their files say, `new` writes a first file for a site.
    """
    if context.invoked_subcommand is not None:
        return
    from pipelines.publisher_table import table
    from spiders.publishers import load_publishers

    click.echo("\n".join(table(load_publishers().values())))


@publishers.command(
    epilog=_examples(
        "lumbung publishers check                     # all of them",
        "lumbung publishers check antara --json",
        "0 5 * * 1  . /srv/lumbung/env && lumbung publishers check --quiet     # in a crontab: silent when all is fine",
    )
)
@click.argument("keys", nargs=-1, metavar="[KEY]...")
@click.option("--articles", default=3, show_default=True, type=click.IntRange(1, 20), help="Newest articles to read.")
@click.option("--json", "as_json", is_flag=True, help="Everything, for programs.")
@click.option("-q", "--quiet", is_flag=True, help="Only what needs a look.")
@click.option("-v", "--verbose", is_flag=True, help="Show Scrapy's log.")
def check(keys: tuple[str, ...], *, articles: int, as_json: bool, quiet: bool, verbose: bool) -> None:
    """Look whether publishers are still as their files say; writes nothing.

    Fetches robots.txt, the first document of each way of discovery and the newest articles, as politely as a crawl,
    and tells field by field what was found, by which rule, and how usual it is at this publisher.

    Status: 0 when all is fine, 1 when something needs a look, 2 for a key that is none.
    """
    from pipelines.publisher_commands import check as look

    sys.exit(look(keys, articles, _database_url(), as_json=as_json, quiet=quiet, verbose=verbose))


@publishers.command()
@click.argument("url")
@click.option("--key", help="Name of the file, the spider and the DAG; by default from the host.")
@click.option("--output", type=click.Path(file_okay=False), help="Folder; by default that of the publishers.")
@click.option("--samples", default=6, show_default=True, type=click.IntRange(1, 30), help="Announced pages to read.")
@click.option("-v", "--verbose", is_flag=True, help="Show Scrapy's log.")
def new(url: str, *, key: str | None, output: str | None, samples: int, verbose: bool) -> None:
    """Look at a site and write a first file for it, with a report of what a person should check.

    Never overwrites a file. Status: 0 with a file that loads, 1 with one line that says why there is none.
    """
    from pipelines.publisher_commands import new as write

    write(url, key, output, samples, verbose=verbose)


@cli.command(
    epilog=_examples(
        "lumbung crawl contoh",
        "lumbung crawl contoh --from 2026-11-01 --to 2026-11-10",
        "*/30 * * * *  . /srv/lumbung/env && lumbung crawl antara     # in a crontab",
    )
)
@click.argument("publisher")
@click.option("--from", "from_date", metavar="DATE", help="Nothing published before this day.")
@click.option("--to", "to_date", metavar="DATE", help="Nothing published after this day.")
@click.option("--max", "max_articles", type=click.IntRange(min=1), metavar="N", help="Stop after so many articles.")
@click.option("--refetch", is_flag=True, help="Also visit known pages again, to find changed texts.")
def crawl(
    publisher: str, *, from_date: str | None, to_date: str | None, max_articles: int | None, refetch: bool
) -> None:
    """Crawl one publisher into the database; made for cron.

    Dates are days of the publisher's time zone, both included. Status 0 for a good crawl, 1 with one line that
    says why not: the ledger does not balance, nothing could be fetched, too many pages failed.
    """
    from pipelines.crawl import run_crawl

    asked = {"from_date": from_date, "to_date": to_date, "max_articles": max_articles and str(max_articles)}
    arguments = {name: value for name, value in asked.items() if value}
    run_crawl(publisher, {**arguments, **({"refetch": "true"} if refetch else {})}, _database_url())


@cli.command("first-harvest")
@click.option("--airflow", "url", envvar="AIRFLOW_URL", show_envvar=True, required=True, help="Where Airflow answers.")
@click.option("--user", envvar="AIRFLOW_USER", show_envvar=True, required=True, help="Who may start its DAGs.")
@click.option("--password", envvar="AIRFLOW_PASSWORD", show_envvar=True, required=True, help="Best as a variable.")
def first_harvest(url: str, user: str, password: str) -> None:
    """Wait for the first harvest of an Airflow that `up` did not start.

    Unpauses the DAGs of Harian Contoh, waits until they have harvested into the database, prints the first rows.
    """
    from pipelines.airflow_api import AirflowApi
    from pipelines.first_harvest import harvest
    from pipelines.progress import Reporter
    from pipelines.welcome import first_rows

    reporter = Reporter()
    harvest(AirflowApi(url, user, password), _database_url(), reporter, lambda: None)
    reporter.console.print(first_rows(_database_url()))


@cli.command(
    epilog=_examples(
        "lumbung deduplicate",
        "lumbung deduplicate --recheck                # look at every article again",
        "lumbung deduplicate --recheck --publisher antara --batch 2000",
    )
)
@click.option("--recheck", is_flag=True, help="Look again at what was looked at already.")
@click.option("--publisher", metavar="KEY", help="With --recheck: at articles of this publisher only.")
@click.option("--batch", default=500, show_default=True, type=click.IntRange(1, 100_000), help="Articles at a time.")
def deduplicate(*, recheck: bool, publisher: str | None, batch: int) -> None:
    """Find articles that repeat each other among those that are new, changed or taken down."""
    from pipelines.database import Work, connect
    from pipelines.deduplicate import run

    if publisher and not recheck:
        raise click.UsageError("--publisher goes with --recheck")
    with closing(connect(_database_url(), work=Work.DEDUPLICATING)) as connection:
        summary = run(connection, click.echo, recheck=recheck, publisher=publisher, batch=batch)
    click.echo(", ".join(f"{name} {value}" for name, value in summary.items()))


@cli.group()
def duplicates() -> None:
    """Ask why articles are taken for one story, or for several."""


@duplicates.command("explain", epilog=_examples("lumbung duplicates explain 4711", "lumbung duplicates explain URL"))
@click.argument("article", metavar="ID")
def explain(article: str) -> None:
    """Show why an article is in its cluster or in none: members, canonical article, rule, shared text.

    ID is an article_id or a URL.
    """
    from rich.console import Console

    from pipelines.database import connect
    from pipelines.duplicates_report import report
    from pipelines.explain_duplicates import explain as ask

    with closing(connect(_database_url())) as connection:
        Console().print(report(ask(connection, article)))


def _database_url() -> str:
    """DATABASE_URL, else that of the stack in this checkout with its newspaper, else libpq's own variables."""
    if not os.environ.get("DATABASE_URL"):
        from pipelines.stack_home import Home

        for name, value in Home.default().shell_variables().items():
            os.environ.setdefault(name, value)
    return os.environ.get("DATABASE_URL", "")


def main() -> NoReturn:
    """Run the command line: an error of ours is one line and status 1."""
    try:
        cli.main(prog_name="lumbung", standalone_mode=True)
    except LumbungError as error:
        click.echo(f"lumbung: {error}", err=True)
        sys.exit(1)
    sys.exit(0)


if __name__ == "__main__":
    main()
