"""`lumbung crawl`: one crawl in the foreground, from the shell or cron."""

from __future__ import annotations

import click

from pipelines.command_line import DatabaseUrl, examples


@click.command(
    epilog=examples(
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
@click.pass_obj
def crawl(  # noqa: PLR0913 - one option of the command each
    database_url: DatabaseUrl,
    publisher: str,
    *,
    from_date: str | None,
    to_date: str | None,
    max_articles: int | None,
    refetch: bool,
) -> None:
    """Crawl one publisher into the database; made for cron.

    Dates are days of the publisher's time zone, both included. Status 0 for a good crawl, 1 with one line that
    says why not: the ledger does not balance, nothing could be fetched, too many pages failed.
    """
    from pipelines.harvest.crawl import run_crawl

    asked = {"from_date": from_date, "to_date": to_date, "max_articles": max_articles and str(max_articles)}
    arguments = {name: value for name, value in asked.items() if value}
    run_crawl(publisher, {**arguments, **({"refetch": "true"} if refetch else {})}, database_url())
