"""The plugin that widens Airflow's search box, asked in a process that has imported Airflow."""

from __future__ import annotations

import asyncio
from typing import Any

from name_search import NameSearchPlugin

PATHS = {
    "list": "/ui/dags",
    "api": "/api/v2/dags",
    "below a root": "/airflow/ui/dags",
    "one DAG": "/api/v2/dags/crawl_antara",
    "runs": "/api/v2/dags/crawl_antara/dagRuns",
    "tags": "/api/v2/dagTags",
}


def passed_on(queries: list[str]) -> dict[str, Any]:
    """What Airflow is asked instead of each query: of a list by its text, of one query by the request."""
    (registered,) = NameSearchPlugin.fastapi_root_middlewares
    told: list[dict[str, Any]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        assert (receive, send) == (_receive, _send)
        told.append(scope)

    def asked(scope: dict[str, Any]) -> dict[str, Any]:
        before = dict(scope)
        middleware: Any = registered["middleware"]
        asyncio.run(middleware(app, *registered["args"], **registered["kwargs"])(scope, _receive, _send))
        assert scope == before, "the scope of another middleware changes"
        after = told.pop()
        assert not told
        assert {**after, "query_string": b""} == {**before, "query_string": b""}
        return {name: value.decode("latin-1") for name, value in after.items() if name == "query_string"}

    def http(path: str, query: str) -> dict[str, Any]:
        return {"type": "http", "path": path, "query_string": query.encode("latin-1"), "method": "GET"}

    return {
        "name": NameSearchPlugin.name,
        "lists": {query: asked(http(PATHS["list"], query))["query_string"] for query in queries},
        "paths": {name: asked(http(path, queries[0]))["query_string"] for name, path in PATHS.items()},
        "others": [
            asked({"type": "lifespan"}),
            asked({**http(PATHS["list"], queries[0]), "type": "websocket"}),
        ],
    }


async def _receive() -> None: ...


async def _send(_message: object) -> None: ...
