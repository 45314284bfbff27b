"""`lumbung crawl`: one crawl in the foreground, from the shell or cron."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from pipelines.command_line import DatabaseUrl, examples


@click.command(
    epilog=examples(
        "lumbung crawl contoh",
        "lumbung crawl contoh --from 2026-11-01 --to 2026-11-10",
        "*/30 * * * *  . /srv/lumbung/.lumbung/env && lumbung crawl antara --quiet     # in a crontab: silent if fine",
    )
)
@click.argument("publisher")
@click.option("--from", "from_date", metavar="DATE", help="Nothing published before this day.")
@click.option("--to", "to_date", metavar="DATE", help="Nothing published after this day.")
@click.option("--max", "max_articles", type=click.IntRange(min=1), metavar="N", help="Stop after so many articles.")
@click.option("--refetch", is_flag=True, help="Also visit known pages again, to find changed texts.")
@click.option("--due", is_flag=True, help="Ask only for what is due, as a run by schedule does.")
@click.option("-q", "--quiet", is_flag=True, help="No log: only what failed or needs a look.")
@click.pass_obj
def crawl(  # noqa: PLR0913 - one option of the command each
    database_url: DatabaseUrl,
    publisher: str,
    *,
    from_date: str | None,
    to_date: str | None,
    max_articles: int | None,
    refetch: bool,
    due: bool,
    quiet: bool,
) -> None:
    """Crawl one publisher into the database; made for cron.

    Dates are days of the publisher's time zone, both included.

    Status: 0 for a good crawl, with a line for each thing that needs a look all the same; 1 with one line that says
    why it is none (the ledger does not balance, nothing could be fetched, too many pages failed); 2 for a key that is
    none.
    """
    from pipelines.harvest.crawl import run_crawl

    asked = {"from_date": from_date, "to_date": to_date, "max_articles": max_articles and str(max_articles)}
    arguments = {name: value for name, value in asked.items() if value}
    arguments |= {"refetch": "true"} if refetch else {}
    arguments |= {"interval_start": datetime.now(UTC).isoformat()} if due else {}
    for warning in run_crawl(publisher, arguments, database_url(), quiet=quiet):
        click.echo(f"lumbung: {publisher} needs a look: {warning}", err=True)
