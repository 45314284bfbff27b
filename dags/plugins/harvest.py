"""What the DAGs share: the asset they meet at, the database they work in, and errors that say one line.

DAG files import this while they are parsed, so it imports neither Scrapy nor psycopg2 nor our `pipelines` at its top.
"""

from __future__ import annotations

import logging
import re
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from airflow.sdk import Asset, AssetAlias, BaseHook
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowNotFoundException

from spiders.errors import LumbungError
from spiders.publishers.window import WindowError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow.sdk import Context

    from pipelines.database.connections import Connection

log = logging.getLogger(__name__)

CONNECTION_ID = "lumbung"
"""Airflow connection that names the harvest's database; where it is not defined, `DATABASE_URL` does."""

NEWS_ARTICLES = Asset(name="news_articles", uri="lumbung://news/articles", group="lumbung")
"""Gets an event when articles wait for deduplication after a crawl; `extra` has the counts of that crawl."""

DUE_PAGES = AssetAlias("due_pages", group="lumbung")
"""Outlet of the watch: sends events to the assets of the publishers that have due pages, and to no others."""

WANTED = "lumbung_wanted"
"""Airflow variable in which the plugin `switches` notes, as a run of the watch begins, whose crawls are switched on."""

RUN_NOTE = "run_note"
"""Key of the XCom whose text `run_notes` writes into the note of the DAG run."""


def name_of_dag(key: str) -> str:
    """`crawl_<key>`, where the name of a broken file may have what no DAG's name may."""
    return re.sub(r"[^\w.-]", "_", f"crawl_{key}")


def due_asset(key: str) -> Asset:
    """Gets an event when the watch has found pages of a publisher due; wakes the publisher's crawl."""
    return Asset(name=f"due_{key}", uri=f"lumbung://due/{key}", group="lumbung")


def database_url() -> str | None:
    """Libpq URI of the Airflow connection `lumbung`, None where it is not defined: then `DATABASE_URL` holds."""
    try:
        return BaseHook.get_connection(CONNECTION_ID).get_uri()
    except AirflowNotFoundException:
        return None


@contextmanager
def harvest_database(work: str = "READING") -> Iterator[Connection]:
    """A connection to the harvest's database while the block runs.

    Args:
        work: name of a `pipelines.database.connections.Work`, whose limits the session gets.

    Raises:
        DatabaseError: the server does not answer, or its schema is not the one this code needs.
    """
    from pipelines.database.connections import Work, connect
    from pipelines.database.migrate import check_ready

    with closing(connect(database_url(), application="lumbung airflow", work=Work[work])) as connection:
        check_ready(connection)
        yield connection


def note_run(context: Context, text: str) -> None:
    """Hand a line to the plugin `run_notes` for the list of runs; whether that works changes nothing of the task."""
    try:
        context["ti"].xcom_push(RUN_NOTE, text)
    except Exception as error:  # noqa: BLE001 - whatever keeps Airflow from taking it must not hide the line itself
        log.warning("the run gets no note: %s", error)


class NoUseTryingAgain(LumbungError):  # noqa: N818 - reads as what it is
    """A failure that a retry in a few seconds would only repeat."""


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Log our errors as one line and raise them as Airflow's, without the chain of their causes.

    Raises:
        AirflowFailException: trying again would not help, for instance because what was asked for makes no sense.
        AirflowException: anything else; the task's `retries` decide.
    """
    try:
        yield
    except (WindowError, NoUseTryingAgain) as error:
        log.error("%s", error)  # noqa: TRY400 - the line is for people; Airflow logs the traceback
        raise AirflowFailException(str(error)) from None
    except LumbungError as error:
        log.error("%s", error)  # noqa: TRY400 - as above
        raise AirflowException(str(error)) from None
