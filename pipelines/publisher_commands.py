"""`lumbung publishers check` and `lumbung publishers new`, between the command line and the work."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines.checkup import check_publishers, needing_a_look
from pipelines.checkup_report import as_json as plain
from pipelines.checkup_report import show
from pipelines.new_publisher import new_publisher
from pipelines.new_publisher_report import show_new
from pipelines.progress import Reporter
from spiders.publishers import UnknownPublisher, publisher_keys, publishers_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

_VERBOSE = {"LOG_LEVEL": "INFO"}


def check(  # noqa: PLR0913 - one option of the command each
    keys: Sequence[str], articles: int, database_url: str, *, as_json: bool, quiet: bool, verbose: bool
) -> int:
    """Check publishers, all of them without `keys`, and print what was found.

    Returns:
        Exit status: 1 when something needs a look.

    Raises:
        click.BadParameter: there is no publisher of a key; click then ends with status 2.
    """
    settings = _VERBOSE if verbose else None
    try:
        checkups, without = check_publishers(keys or publisher_keys(), articles, database_url, settings=settings)
    except UnknownPublisher as error:
        raise click.BadParameter(str(error)) from error
    if as_json:
        click.echo(json.dumps(plain(checkups, without), ensure_ascii=False, indent=2))
    else:
        show(Reporter().console, checkups, without, quiet=quiet)
    return int(bool(needing_a_look(checkups)))


def new(url: str, key: str | None, output: str | None, samples: int, *, verbose: bool) -> None:
    """Look at a site, write its first file, and print what was found.

    Raises:
        LumbungError: there is no file, with the reason.
    """
    folder = Path(output) if output else publishers_folder()
    settings = _VERBOSE if verbose else None
    reporter = Reporter()
    with reporter.step(f"looking at {url}"):
        found = new_publisher(url, key, folder, samples, settings=settings)
    show_new(reporter.console, found)
