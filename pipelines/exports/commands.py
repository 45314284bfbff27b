"""`lumbung export`: articles as files, from the shell or cron."""

from __future__ import annotations

from contextlib import closing

import click

from pipelines.command_line import DatabaseUrl, examples
from pipelines.exports.selection import FORMATS, Selection


@click.command(
    epilog=examples(
        "lumbung export out                                       # out/articles.jsonl, one article a line",
        "lumbung export out/november --format csv --from 2026-11-01 --to 2026-11-30",
        "lumbung export s3://news/antara --format parquet --publisher antara --incremental",
        "(cd out && sha256sum -c --quiet _SHA256SUMS)             # whether all is as it was written",
    )
)
@click.argument("destination")
@click.option("--format", "name", type=click.Choice(FORMATS), default="jsonl", show_default=True, help="Of the files.")
@click.option("--from", "from_date", metavar="DATE", help="Nothing published before this day, nothing undated.")
@click.option("--to", "to_date", metavar="DATE", help="Nothing published after this day, nothing undated.")
@click.option("--publisher", "publishers", multiple=True, metavar="KEY", help="Only this one; may be given again.")
@click.option("--duplicates", is_flag=True, help="Also articles that repeat others: news.all_articles.")
@click.option("--incremental", is_flag=True, help="Beside what is there, only what has changed since.")
@click.pass_obj
def export(  # noqa: PLR0913 - one option of the command each
    database_url: DatabaseUrl,
    destination: str,
    *,
    name: str,
    from_date: str | None,
    to_date: str | None,
    publishers: tuple[str, ...],
    duplicates: bool,
    incremental: bool,
) -> None:
    """Write articles as files into a folder of their own, or to any URL of fsspec (s3://, gs://, sftp:// ...).

    One row a story as in news.articles; a reader's login is enough. Files take their place together when all are
    written, in place of an earlier export there, and are the same bytes while the articles are the same.
    _manifest.json tells what is in them, _SHA256SUMS their sums.

    With --incremental, articles that are new or changed since the last export there come into files of their own, and
    _removed...jsonl names those that went. Apply them in the order of their names: the later text of an article counts.

    Dates are days of the publisher's time zone, both included.
    """
    from pipelines.database.connections import connect
    from pipelines.exports.export import export as write
    from pipelines.progress import Reporter

    selection = Selection.asked(publishers, from_date, to_date, duplicates=duplicates)
    reporter = Reporter()
    with closing(connect(database_url(), application="lumbung export")) as connection:
        with reporter.bar("articles") as told:
            done = write(connection, destination, name, selection, incremental=incremental, told=told)
        reporter.say(f"{destination}: {done}")
