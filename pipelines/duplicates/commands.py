"""`lumbung deduplicate` and `lumbung duplicates explain`: articles that repeat each other, from the shell."""

from __future__ import annotations

from contextlib import closing

import click

from pipelines.command_line import DatabaseUrl, examples


@click.command(
    epilog=examples(
        "lumbung deduplicate",
        "lumbung deduplicate --recheck                # look at every article again",
        "lumbung deduplicate --recheck --dry-run      # what would part and join, with examples; changes nothing",
        "lumbung deduplicate --recheck --publisher antara --batch 2000",
    )
)
@click.option("--recheck", is_flag=True, help="Look again at what was looked at already.")
@click.option("--publisher", metavar="KEY", help="With --recheck: at articles of this publisher only.")
@click.option("--dry-run", is_flag=True, help="With --recheck: tell what would part and join, and change nothing.")
@click.option("--batch", default=500, show_default=True, type=click.IntRange(1, 100_000), help="Articles at a time.")
@click.pass_obj
def deduplicate(database_url: DatabaseUrl, *, recheck: bool, publisher: str | None, dry_run: bool, batch: int) -> None:
    """Find articles that repeat each other among those that are new, changed or taken down."""
    from pipelines.database.connections import Work, connect
    from pipelines.duplicates.deduplicate import has_articles, run
    from pipelines.duplicates.recheck import tell
    from spiders.publishers import find_publisher, publisher_keys

    if (publisher or dry_run) and not recheck:
        raise click.UsageError(f"{'--publisher' if publisher else '--dry-run'} goes with --recheck")
    with closing(connect(database_url(), work=Work.DEDUPLICATING)) as connection:
        if publisher and publisher not in publisher_keys() and not has_articles(connection, publisher):
            find_publisher(publisher)  # refuses it and names those that are like it
        if dry_run:
            tell(connection, click.echo, publisher=publisher, batch=batch)
            click.echo("Without --dry-run the re-check is final.")
            return
        summary = run(connection, click.echo, recheck=recheck, publisher=publisher, batch=batch)
    click.echo(", ".join(f"{name} {value}" for name, value in summary.items()))


@click.group()
def duplicates() -> None:
    """Ask why articles are taken for one story, or for several."""


@duplicates.command("explain", epilog=examples("lumbung duplicates explain 4711", "lumbung duplicates explain URL"))
@click.argument("article", metavar="ID")
@click.pass_obj
def explain(database_url: DatabaseUrl, article: str) -> None:
    """Show why an article is in its cluster or in none: members, canonical article, rule, shared text.

    ID is an article_id or a URL.
    """
    from rich.console import Console

    from pipelines.database.connections import connect
    from pipelines.duplicates.explain import explain as ask
    from pipelines.duplicates.report import report

    with closing(connect(database_url())) as connection:
        Console().print(report(ask(connection, article)))
