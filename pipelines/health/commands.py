"""`lumbung health`: how every publisher does, from the shell."""

from __future__ import annotations

import json
import sys
from contextlib import closing
from datetime import UTC, datetime

import click

from pipelines.command_line import DatabaseUrl, examples


@click.command(
    epilog=examples(
        "lumbung health                               # every publisher, worst first",
        "lumbung health antara kompas --json",
        "0 7 * * *  . /srv/lumbung/.lumbung/env && lumbung health --quiet     # in a crontab: silent if fine",
    )
)
@click.argument("keys", nargs=-1, metavar="[KEY]...")
@click.option("--json", "as_json", is_flag=True, help="Everything, for programs.")
@click.option("-q", "--quiet", is_flag=True, help="Only what is failing, silent, drifting or overdue.")
@click.pass_obj
def health(database_url: DatabaseUrl, keys: tuple[str, ...], *, as_json: bool, quiet: bool) -> None:
    """Show how every publisher does, worst first, with the reason; asks no publisher.

    failing: its last crawl was no good. silent: nothing new for longer than ever. drifting: articles come without
    dates or authors that they had, or pages are rejected. overdue: it is not crawled though its schedule says so.
    waiting: it asked to be left alone. look: a warning. new: never crawled.

    Status: 0 when none is failing, silent, drifting or overdue, 1 when one is, 2 for a key that is none.
    """
    from pipelines.database.connections import Work, connect
    from pipelines.database.migrate import check_ready
    from pipelines.health.judging import State
    from pipelines.health.report import as_json as plain
    from pipelines.health.report import lines, read_health
    from spiders.publishers import find_publisher

    now = datetime.now(UTC)
    with closing(connect(database_url(), work=Work.READING)) as connection:
        check_ready(connection)
        found = read_health(connection, now)
    known = {each.key for each in found}
    for key in keys:
        if key not in known:
            find_publisher(key)  # refuses it and names those that are like it
    found = [each for each in found if not keys or each.key in keys]
    wrong = [each for each in found if each.judgement.state <= State.OVERDUE]
    if as_json:
        click.echo(json.dumps(plain(found, now), ensure_ascii=False, indent=2))
    elif wrong or not quiet:
        click.echo("\n".join(lines(wrong if quiet else found)))
    sys.exit(int(bool(wrong)))
