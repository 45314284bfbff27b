"""Airflow plugin: "Harvest health" in the navigation, a line for every publisher and a page for each.

Whoever may see Airflow's pages may see these (`AccessView.WEBSITE`); nothing here starts or changes anything. The
figures are read at most once a minute, however many people look.

Every process of Airflow loads its plugins, and only the API server shows pages: the first request imports FastAPI.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from html import escape
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Any

from airflow.plugins_manager import AirflowPlugin

from harvest import harvest_database
from spiders.errors import LumbungError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    from fastapi import FastAPI

    from pipelines.health.report import Health

_PREFIX = "/harvest-health"
_SECONDS = 60.0
"""That figures are shown before they are read again."""


class Kept:
    """The figures of all publishers, read again when they are older than a minute."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._found: list[Health] = []
        self._at = datetime.min.replace(tzinfo=UTC)
        self._until = float("-inf")

    def read(self) -> tuple[list[Health], datetime]:
        """What is known, and when it was read; those who ask together wait for one reading.

        Raises:
            LumbungError: the database cannot be asked.
        """
        from pipelines.health.report import read_health

        with self._lock:
            if monotonic() >= self._until:
                now = datetime.now(UTC)
                with harvest_database() as connection:
                    self._found = read_health(connection, now)
                self._at, self._until = now, monotonic() + _SECONDS
            return self._found, self._at


kept = Kept()


def overview() -> str:
    """Every publisher, worst first."""
    from pipelines.health.pages import overview as page

    return page(*kept.read())


def as_json() -> dict[str, Any]:
    """The same for programs."""
    from pipelines.health.report import as_json as plain

    return plain(*kept.read())


def publisher(key: str) -> str:
    """One publisher: its crawls, what was rejected and why, doubtful and newest articles."""
    from fastapi import HTTPException

    from pipelines.health.figures import read_lists
    from pipelines.health.pages import detail

    found, at = kept.read()
    health = next((each for each in found if each.key == key), None)
    if health is None:
        raise HTTPException(404, "no such publisher")
    with harvest_database() as connection:
        return detail(health, read_lists(connection, key), at)


@cache
def _application() -> FastAPI:
    from airflow.api_fastapi.auth.managers.models.resource_details import AccessView
    from airflow.api_fastapi.core_api.security import requires_access_view
    from fastapi import Depends, FastAPI
    from fastapi.responses import HTMLResponse

    def told(_request: object, error: Exception) -> HTMLResponse:
        return HTMLResponse(f"<!doctype html><title>Harvest health</title><p>{escape(str(error))}</p>", 503)

    seen_by = [Depends(requires_access_view(AccessView.WEBSITE))]
    application = FastAPI(title="Harvest health", dependencies=seen_by, openapi_url=None)
    application.add_exception_handler(LumbungError, told)
    application.add_api_route("/", overview, response_class=HTMLResponse)
    application.add_api_route("/health.json", as_json)
    application.add_api_route("/publisher/{key}", publisher, response_class=HTMLResponse)
    return application


async def serve(
    scope: MutableMapping[str, Any], receive: Callable[[], Any], send: Callable[[Any], Awaitable[None]]
) -> None:
    """The pages as an ASGI application."""
    await _application()(scope, receive, send)


class HealthPage(AirflowPlugin):
    """Registers the pages with Airflow's API server."""

    name = "lumbung_health"
    fastapi_apps = [{"app": serve, "url_prefix": _PREFIX, "name": "Harvest health"}]  # noqa: RUF012 - Airflow's signature
    external_views = [  # noqa: RUF012 - as above
        {"name": "Harvest health", "href": f"{_PREFIX}/", "destination": "nav", "url_route": "harvest-health"}
    ]
