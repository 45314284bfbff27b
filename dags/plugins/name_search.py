"""Airflow plugin: the search box above the list of DAGs finds a publisher by any part of its name.

Airflow 3.3 compares how the display name begins, byte by byte where the database sorts so: "antara" does not find
"ANTARA News", nor "jakarta" "The Jakarta Post". Its API knows the search that people expect too, under another name of
the same parameter, slower only where there are very many DAGs; this hands the box's question to that one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

from airflow.plugins_manager import AirflowPlugin

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping
    from typing import Any

    Scope = MutableMapping[str, Any]
    App = Callable[[Scope, Callable[..., Any], Callable[..., Any]], Awaitable[None]]

_BY_BEGINNING, _BY_ANY_PART, _BY_ID = "dag_display_name_prefix_pattern", "dag_display_name_pattern", "dag_id_pattern"
_LISTS = ("/ui/dags", "/api/v2/dags")


class NameSearch:
    """ASGI middleware (https://asgi.readthedocs.io/en/latest/specs/www.html): one parameter of two paths changes."""

    def __init__(self, app: App) -> None:
        """Stand before `app`."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Callable[..., Any], send: Callable[..., Any]) -> None:
        """Pass everything on, the question of the search box in its other form."""
        if (
            scope["type"] == "http"
            and scope["path"].endswith(_LISTS)
            and _BY_BEGINNING.encode() in scope["query_string"]
        ):
            scope = {**scope, "query_string": by_any_part(scope["query_string"])}
        await self._app(scope, receive, send)


def by_any_part(query: bytes) -> bytes:
    """The query string of a list of DAGs with the search by beginning turned into one by any part of the name.

    What has an underscore is no name but an id, such as `crawl_antara`.
    """
    asked = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    return urlencode([(_better(value) if name == _BY_BEGINNING else name, value) for name, value in asked]).encode()


def _better(value: str) -> str:
    return _BY_ID if "_" in value else _BY_ANY_PART


class NameSearchPlugin(AirflowPlugin):
    """Registers the middleware with Airflow's API server."""

    name = "lumbung_name_search"
    fastapi_root_middlewares = [  # noqa: RUF012 - Airflow's signature
        {"middleware": NameSearch, "args": [], "kwargs": {}, "name": "Search of DAGs by any part of the name"}
    ]
