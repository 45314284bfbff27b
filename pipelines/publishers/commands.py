"""`lumbung publishers`, `publishers check` and `publishers new`, from the shell."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
from w3lib.encoding import http_content_type_encoding

from pipelines.command_line import DatabaseUrl, examples

_VERBOSE = {"LOG_LEVEL": "INFO"}


@click.group(
    invoke_without_command=True,
    epilog=examples(
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
    from pipelines.publishers.table import table
    from spiders.publishers import load_publishers

    click.echo("\n".join(table(load_publishers().values())))


@publishers.command(
    epilog=examples(
        "lumbung publishers check                     # all of them",
        "lumbung publishers check antara --json",
        "0 5 * * 1  . /srv/lumbung/.lumbung/env && lumbung publishers check --quiet     # in a crontab: silent if fine",
    )
)
@click.argument("keys", nargs=-1, metavar="[KEY]...")
@click.option("--articles", default=3, show_default=True, type=click.IntRange(1, 20), help="Newest articles to read.")
@click.option("--json", "as_json", is_flag=True, help="Everything, for programs.")
@click.option("-q", "--quiet", is_flag=True, help="Only what needs a look.")
@click.option("-v", "--verbose", is_flag=True, help="Show Scrapy's log.")
@click.pass_obj
def check(  # noqa: PLR0913 - one option of the command each
    database_url: DatabaseUrl, keys: tuple[str, ...], *, articles: int, as_json: bool, quiet: bool, verbose: bool
) -> None:
    """Look whether publishers are still as their files say; writes nothing.

    Fetches robots.txt, the first document of each way of discovery and the newest articles, as politely as a crawl,
    and tells field by field what was found, by which rule, and how usual it is at this publisher.

    Status: 0 when all is fine, 1 when something needs a look, 2 for a key that is none.
    """
    from pipelines.progress import Reporter
    from pipelines.publishers.checkup import check_publishers, needing_a_look
    from pipelines.publishers.checkup_report import as_json as plain
    from pipelines.publishers.checkup_report import show
    from spiders.publishers import publisher_keys

    settings = _VERBOSE if verbose else None
    checkups, without = check_publishers(keys or publisher_keys(), articles, database_url(), settings=settings)
    if as_json:
        click.echo(json.dumps(plain(checkups, without), ensure_ascii=False, indent=2))
    else:
        show(Reporter().console, checkups, without, quiet=quiet)
    sys.exit(int(bool(needing_a_look(checkups))))


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
    from pipelines.progress import Reporter
    from pipelines.publishers.new import new_publisher
    from pipelines.publishers.new_report import show_new
    from spiders.publishers import publishers_folder

    folder = Path(output) if output else publishers_folder()
    reporter = Reporter()
    with reporter.step(f"looking at {url}"):
        found = new_publisher(url, key, folder, samples, settings=_VERBOSE if verbose else None)
    show_new(reporter.console, found)


@click.command(
    epilog=examples(
        "lumbung explain https://www.koran-desa.example/berita/1/panen",
        "lumbung explain page.html --url https://www.koran-desa.example/berita/1/panen",
        "curl -s https://www.koran-desa.example/berita/1/panen | lumbung explain - --url https://www.koran-desa.example/",
    )
)
@click.argument("page", metavar="URL|FILE")
@click.option("--url", metavar="URL", help="Where a saved page is from.")
@click.option("-v", "--verbose", is_flag=True, help="Show Scrapy's log.")
def explain(page: str, *, url: str | None, verbose: bool) -> None:
    """Show why each block of a page is text of the article (+) or not (-), and which witness won for each field.

    A URL is fetched as politely as a crawl fetches, nothing is stored. Known publishers are read by their files. A sum
    of evidence is the logarithm of odds: what speaks most for and against the block stands behind it.

    Status: 0 when the page could be read, 1 when it could not be had, with the reason.
    """
    from pipelines.publishers.explaining import explanation, publisher_of, saved_page

    if "://" in page:
        from spiders.scouting.one_page import fetched_page

        answer = fetched_page(page, publisher_of(page), _VERBOSE if verbose else None)
        explained = explanation(answer.body, answer.url, http_content_type_encoding(answer.content_type))
    else:
        explained = explanation(saved_page(page), url or "https://unknown.invalid/")
    click.echo("\n".join(explained))
