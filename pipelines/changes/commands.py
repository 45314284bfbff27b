"""`lumbung follow` and `lumbung takedown`: what changes for readers, and what must go, from the shell."""

from __future__ import annotations

import os
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines.command_line import DatabaseUrl, counted, examples

if TYPE_CHECKING:
    from collections.abc import Sequence


@click.command(
    epilog=examples(
        "lumbung follow                               # what changes from now on",
        "lumbung follow --after 0 --once | jq -r .headline",
        'lumbung follow --mark-file news.mark | while read -r change; do curl -d "$change" $WEBHOOK; done',
    )
)
@click.option(
    "--after", type=click.IntRange(min=0), metavar="MARK", help="Begin above this change_id; 0 is everything."
)
@click.option(
    "--mark-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Keep the mark here and begin at it; without --after a new file begins at the last change.",
)
@click.option("--whole", is_flag=True, help="Give each article with all its columns.")
@click.option("--once", is_flag=True, help="End when all that is there now is written.")
@click.pass_obj
def follow(database_url: DatabaseUrl, *, after: int | None, mark_file: Path | None, whole: bool, once: bool) -> None:
    """Print each change of what readers see of an article as a line of JSON, and go on with the next ones.

    `what` is new, revised, fields, cluster, gone, back, deleted or taken_down. A restart of Postgres is waited for.
    Ends with status 0 on SIGTERM, SIGINT, or when nobody reads its output any more. Each change comes at least once and
    in order; after a `kill -9` the last ones may come again.
    """
    import signal

    from pipelines.changes.follow import Follower, Stop, keep_mark, read_mark

    kept = read_mark(mark_file) if mark_file else None
    stop = Stop(sys.stdout.fileno())
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)

    def write(lines: Sequence[str], mark: int) -> None:
        sys.stdout.write("".join(f"{line}\n" for line in lines))
        sys.stdout.flush()
        if mark_file:
            keep_mark(mark_file, mark)

    mark = after if kept is None else kept
    try:
        Follower(database_url(), write, stop, mark=mark, whole=whole).run(once=once)
    except BrokenPipeError:
        # Python would complain about what it still holds for the pipe.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.command(
    epilog=examples(
        'lumbung takedown 4711 --reason "court order 12/2026"',
        'lumbung takedown https://www.koran-desa.example/berita/4711/ --reason "asked by the publisher"',
    )
)
@click.argument("article", metavar="URL|ID")
@click.option("--reason", required=True, help="For news.takedowns, which readers see.")
@click.pass_obj
def takedown(database_url: DatabaseUrl, article: str, *, reason: str) -> None:
    """Remove an article: its text, revisions, reader counts and fingerprints. Its addresses are refused from now on.

    news.changes tells followers and copies that it is gone (taken_down), news.takedowns keeps address and reason. An
    address of which nothing is stored yet is shut out too. Runs as the owner, like `migrate`.
    """
    from pipelines.changes.takedown import take_down
    from pipelines.database.administration import owner_url
    from pipelines.database.connections import Work, connect

    if not reason.strip():
        raise click.UsageError("--reason must say something")
    with closing(connect(owner_url(database_url()), work=Work.DEDUPLICATING)) as connection:
        done = take_down(connection, article, reason.strip())
    click.echo(f"article {done.article_id} is taken down" if done.article_id else "nothing is stored of it; shut out")
    if done.copies:
        numbers = " ".join(map(str, done.copies))
        click.echo(f"{counted(len(done.copies), 'copy', 'copies')} of it stay: {numbers}")
