"""`lumbung watch`: asks many publishers for news in one process, and crawls those that have some."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click

from pipelines.command_line import DatabaseUrl, examples

if TYPE_CHECKING:
    from collections.abc import Sequence

_UNITS = {"s": 1, "m": 60, "h": 3600}
_LEAST = 10


class Interval(click.ParamType[float]):
    """A span of time such as `90s`, `5m` or `1h`, in seconds."""

    name = "interval"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:  # noqa: ANN401
        """Read it."""
        found = re.fullmatch(r"(\d{1,6})([smh])", str(value))
        if found is None or (seconds := int(found[1]) * _UNITS[found[2]]) < _LEAST:
            self.fail(f"{value!r} is no interval such as 90s, 5m or 1h, of {_LEAST}s at least", param, ctx)
        return float(seconds)


@click.command(
    epilog=examples(
        "lumbung watch antara detik tempo --every 5m",
        "*/5 * * * *  . /srv/lumbung/.lumbung/env && lumbung watch antara detik -q     # in a crontab: silent if fine",
    )
)
@click.argument("publishers", nargs=-1)
@click.option("--all", "everybody", is_flag=True, help="All publishers that have a file.")
@click.option("--every", type=Interval(), metavar="TIME", help="Go on, with a round every 90s, 5m or 1h.")
@click.option("-q", "--quiet", is_flag=True, help="No log: only what went wrong.")
@click.pass_obj
def watch(
    database_url: DatabaseUrl, publishers: Sequence[str], *, everybody: bool, every: float | None, quiet: bool
) -> None:
    """Ask publishers for news, all in one process, and crawl those that have some.

    A round asks for the feeds, sitemaps and index pages that are due; where pages are due then, `lumbung crawl --due`
    fetches them, four publishers at a time. A second round on the same database leaves at once. With Airflow the DAG
    `watch` does this.

    Status: 0 when all went well; 1 with one line that says what did not; 2 for a key that is none.
    """
    from pipelines.watch.watching import Watch
    from spiders.publishers import find_publisher, publisher_keys

    if bool(publishers) == everybody:
        raise click.UsageError("name the publishers to watch, or --all of them")
    keys = publisher_keys() if everybody else list(dict.fromkeys(publishers))
    for key in () if everybody else keys:
        find_publisher(key)

    def tell(line: str) -> None:
        click.echo(f"lumbung: {line}", err=True)

    with Watch(keys, database_url(), tell, quiet=quiet) as watching:
        if every is None:
            watching.once()
        else:
            watching.every(every)
