"""`lumbung up`, `down`, `status`, `logs`, `psql`, `first-harvest`: the stack of this machine, from the shell."""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from pipelines.command_line import DatabaseUrl, counted, examples

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipelines.stack.airflow_api import AirflowApi

_SOMETHING_IS_DOWN = 3


@click.command(
    epilog=examples(
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
    from pipelines.stack.home import Home
    from pipelines.stack.lifecycle import up as bring_up

    bring_up(Home.default(), Reporter())


@click.command()
def down() -> None:
    """Stop every process that `up` started; the data stay."""
    from pipelines.stack.home import Home
    from pipelines.stack.lifecycle import down as bring_down

    stopped = bring_down(Home.default())
    click.echo(f"stopped {', '.join(stopped)}" if stopped else "nothing was running")


@click.command()
def status() -> None:
    """Show each service with its process and address; status 3 when one is down."""
    from pipelines.stack.home import Home
    from pipelines.stack.lifecycle import reader_url
    from pipelines.stack.lifecycle import status as look

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


@click.command()
@click.option("-n", "--lines", "last", default=10, show_default=True, help="Lines of each log to begin with.")
@click.option("--follow/--no-follow", default=True, show_default=True, help="Go on with what is written later.")
def logs(last: int, *, follow: bool) -> None:
    """Follow the logs of every service and task, each line with its origin."""
    from pipelines.stack.home import Home
    from pipelines.stack.logs import follow as lines

    with suppress(KeyboardInterrupt):
        for origin, line in lines(Home.default(), last=max(last, 1), forever=follow):
            click.echo(f"{click.style(f'{origin:<24}', fg='cyan')} {line}")


@click.command(
    context_settings={"ignore_unknown_options": True, "help_option_names": []},
    epilog=examples("lumbung psql", "lumbung psql -c 'select headline from news.articles limit 5'"),
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_obj
def psql(database_url: DatabaseUrl, arguments: tuple[str, ...]) -> None:
    """Open psql on the harvest: DATABASE_URL, else the stack of this checkout. Takes psql's own options."""
    from pipelines.stack.postgres_programs import installed

    program = shutil.which("psql") or str(installed() / "psql")
    os.execv(program, [program, database_url(), *arguments])


@click.command("first-harvest")
@click.option("--airflow", "url", envvar="AIRFLOW_URL", show_envvar=True, required=True, help="Where Airflow answers.")
@click.option("--user", envvar="AIRFLOW_USER", show_envvar=True, required=True, help="Who may start its DAGs.")
@click.option("--password", envvar="AIRFLOW_PASSWORD", show_envvar=True, required=True, help="Best as a variable.")
@click.pass_obj
def first_harvest(database_url: DatabaseUrl, url: str, user: str, password: str) -> None:
    """Wait for the first harvest of an Airflow that `up` did not start.

    Unpauses the DAGs of Harian Contoh, starts what does not come by itself, waits until they have harvested into the
    database, prints the first rows. Status: 0 with the harvest in place, 1 with one line that says why not.
    """
    from pipelines.progress import Reporter
    from pipelines.stack.airflow_api import AirflowApi
    from pipelines.stack.first_harvest import harvest
    from pipelines.stack.welcome import first_rows

    reporter = Reporter()
    harvest(AirflowApi(url, user, password), database_url(), reporter, lambda: None)
    reporter.console.print(first_rows(database_url()))


def _switches(command: Callable[..., None]) -> Callable[..., None]:
    """What `start` and `stop` take."""
    for add in (
        click.option("--password", envvar="AIRFLOW_PASSWORD", show_envvar=True, help="Best as a variable."),
        click.option("--user", envvar="AIRFLOW_USER", show_envvar=True, help="Who may switch its DAGs."),
        click.option(
            "--airflow",
            "url",
            envvar="AIRFLOW_URL",
            show_envvar=True,
            help="Where Airflow answers; else `lumbung up`'s.",
        ),
        click.argument("keys", nargs=-1, required=True, metavar="KEY..."),
    ):
        command = add(command)
    return command


@click.command(epilog=examples("lumbung publishers start antara kompas tempo"))
@_switches
def start(keys: tuple[str, ...], url: str | None, user: str | None, password: str | None) -> None:
    """Let the crawls of publishers run by their schedules, as the switch of their DAGs does.

    Status: 0 when all of them are on, 1 when Airflow does not know one (yet), 2 for a key that is none.
    """
    from pipelines.stack.switches import switch_on

    switched = switch_on(_airflow(url, user, password), keys)
    click.echo(f"{counted(len(switched), 'publisher')} on: {', '.join(switched)}")


@click.command(epilog=examples("lumbung publishers stop kompas"))
@_switches
def stop(keys: tuple[str, ...], url: str | None, user: str | None, password: str | None) -> None:
    """Let the schedules of publishers start no more crawls; one that runs goes on to its end, and nothing is lost.

    Status: 0 when all of them are off, 1 when Airflow does not know one, 2 for a key that is none.
    """
    from pipelines.stack.switches import switch_off

    switched = switch_off(_airflow(url, user, password), keys)
    click.echo(f"{counted(len(switched), 'publisher')} off: {', '.join(switched)}")


def _airflow(url: str | None, user: str | None, password: str | None) -> AirflowApi:
    """The Airflow that the options name, else that of the stack in this checkout."""
    from pipelines.stack.airflow_api import AirflowApi
    from pipelines.stack.home import Home
    from pipelines.stack.lifecycle import airflow_api

    return AirflowApi(url, user or "", password or "") if url else airflow_api(Home.default())
