"""`lumbung contract`: whether a database keeps what readers rely on."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path

import click

from pipelines.command_line import DatabaseUrl, examples


@click.command(
    epilog=examples(
        "lumbung contract                             # status 1 and a line for each thing that is broken",
        "lumbung contract --write                     # after a migration: news.toml and NEWS.md as the database is",
    )
)
@click.option("--write", is_flag=True, help="Write the files of this checkout anew; refused where it breaks something.")
@click.option("--allow-break", is_flag=True, help="With --write: break it. news.version must say so.")
@click.pass_obj
def contract(database_url: DatabaseUrl, *, write: bool, allow_break: bool) -> None:
    """Compare the views of schema news with what is promised in pipelines/contract/news.toml.

    Views and columns may be added. Status 1 where one is gone, has another type or place, or may be NULL and could not.
    """
    from pipelines.contract.contract import FILE, PAGE, breaks, changes, found, page, promised, toml
    from pipelines.database.connections import connect

    with closing(connect(database_url())) as connection:
        now = found(connection)
    old = promised()
    for line in changes(old, now) if write else breaks(old, now):
        click.echo(line)
    if breaks(old, now) and not (write and allow_break):
        sys.exit(1)
    if write:
        folder = Path(__file__).parent
        (folder / FILE).write_text(toml(now), "utf-8")
        (folder / PAGE).write_text(page(now), "utf-8")
