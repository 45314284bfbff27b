"""Write articles as files: JSON lines, CSV, Parquet, or texts in the seed format.

*Trigger* asks where to, in which format and which articles. The destination is a folder of its own on the machine that
runs the task, or a URL of a store that fsspec reaches (`s3://`, `gs://`, `sftp://` ...; the package for it has to be
installed). Files take their place together when all are written, in place of an earlier export there; what a killed run
leaves the next one mends. Where nothing changed the bytes are the same.

With *Only what changed*, articles that are new or changed since the last export there come into files of their own
beside it, and `_removed...jsonl` names those that went. `_manifest.json` tells what is in the files, `_SHA256SUMS`
their sums. The list of runs has in its notes what was written where.

**Colours.** Red where the destination cannot be written to, holds other files or an export of another kind; the last
line says which.

**Database.** The Airflow connection `lumbung` where it is defined, else `DATABASE_URL`; a reader's login is enough.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from airflow.sdk import Param, dag, get_current_context, task

from crawl_form import day
from harvest import NoUseTryingAgain, harvest_database, note_run, one_line_errors
from spiders.errors import LumbungError
from spiders.publishers import publisher_keys

if TYPE_CHECKING:
    from collections.abc import Mapping

log = logging.getLogger(__name__)

FORMATS = ["jsonl", "schema.org", "csv", "parquet", "seed"]
"""As in `pipelines.exports.selection`, which is not imported while this file is parsed."""


@task
def write_articles() -> str:
    """One export; the note of the run says what was written where, or why it was not."""
    context = get_current_context()
    with one_line_errors():
        try:
            done = _write(context["params"])
        except LumbungError as error:
            note_run(context, str(error))
            raise
    note_run(context, f"{context['params']['destination']}: {done}")
    return done


def _write(asked: Mapping[str, Any]) -> str:
    from pipelines.exports.export import each_tenth
    from pipelines.exports.export import export as write
    from pipelines.exports.selection import Selection

    if not asked["destination"]:
        raise NoUseTryingAgain("no destination was given: trigger again and say in the form where to")
    days = (asked["from_date"], asked["to_date"])
    selection = Selection.asked(asked["publishers"] or (), *days, duplicates=bool(asked["duplicates"]))
    place = (asked["destination"], asked["format"] or FORMATS[0], selection)
    with harvest_database() as connection:
        done = write(connection, *place, incremental=bool(asked["incremental"]), told=each_tenth(log.info))
    log.info("%s: %s", asked["destination"], done)
    return str(done)


@dag(
    dag_display_name="Export articles",
    doc_md=__doc__,
    schedule=None,
    start_date=datetime(2000, 1, 1, tzinfo=ZoneInfo("Asia/Jakarta")),
    catchup=False,
    max_active_runs=1,
    is_paused_upon_creation=False,
    tags=["by hand", "export"],
    params={
        "destination": Param(
            default=None,
            type=["null", "string"],  # Airflow's form marks a field as required unless it may be null
            pattern="^(/|[a-z0-9+.-]+://).+",
            title="Destination",
            description="A folder that has nothing else in it, from the root on, or a URL such as s3://bucket/news.",
            section="Files",
        ),
        "format": Param(
            default=FORMATS[0],
            type=["string", "null"],
            enum=[*FORMATS, None],
            examples=FORMATS,
            title="Format",
            description="jsonl has the names of our columns, schema.org those of a NewsArticle.",
            section="Files",
        ),
        "incremental": Param(
            default=False,
            type=["boolean", "null"],
            title="Only what changed",
            description="Beside the export that is there, only what has changed since.",
            section="Files",
        ),
        "publishers": Param(
            default=[],
            type=["array", "null"],
            items={"type": "string", "enum": publisher_keys()},
            examples=publisher_keys(),
            title="Publishers",
            description="Whose articles; none: all of them.",
            section="Which articles",
        ),
        "from_date": day(title="From", description="First day of publication; empty: from the beginning."),
        "to_date": day(title="To", description="Last day of publication, this day included; empty: until now."),
        "duplicates": Param(
            default=False,
            type=["boolean", "null"],
            title="Duplicates too",
            description="Also articles that repeat others, as in news.all_articles.",
            section="Which articles",
        ),
    },
    default_args={"retries": 1, "retry_delay": timedelta(seconds=30)},
)
def export() -> None:
    """One task: `pipelines.exports.export` does the work."""
    write_articles()


export()
