"""The controls of a running newsstand: `/_newsstand/...`, for tests and for whoever drives a demonstration."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from seeds.newsstand.site import Response

if TYPE_CHECKING:
    from seeds.newsstand.server import Newsstand

PREFIX = "/_newsstand/"


def control(newsstand: Newsstand, method: str, target: str) -> Response:
    """Answer `GET expected`, `GET requests`, `POST edition?number=2`, `POST fault?path=/rss&kind=html&seconds=5`."""
    parts = urlsplit(target)
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    match method, parts.path.removeprefix(PREFIX):
        case "GET", "expected":
            return _json(newsstand.newspaper.expected())
        case "GET", "requests":
            return _json(_requests(newsstand))
        case "POST", "edition" if query.get("number") in {"1", "2"}:
            newsstand.set_edition(int(query["number"]))
            return _json({"edition": newsstand.newspaper.edition})
        case "POST", "fault":
            return _set_fault(newsstand, query)
    return _json({"error": "GET expected, GET requests, POST edition?number=1|2, POST fault?path=&kind="}, 400)


def _set_fault(newsstand: Newsstand, query: dict[str, str]) -> Response:
    path, kind = query.get("path", ""), query.get("kind", "")
    try:
        seconds = float(query.get("seconds", "30"))
    except ValueError:
        return _json({"error": f"seconds: {query['seconds']!r} is no number"}, 400)
    if not path.startswith("/"):
        return _json({"error": "path: a path prefix such as /rss"}, 400)
    match kind:
        case "none":
            newsstand.set_fault(path, None)
        case "html" | "error" | "slow" | "reset":
            newsstand.set_fault(path, kind, seconds)
        case _:
            return _json({"error": f"kind: {kind!r} is none of html, error, slow, reset, none"}, 400)
    return _json({"path": path, "kind": kind})


def _requests(newsstand: Newsstand) -> dict[str, Any]:
    counts = newsstand.counts()
    by_status: Counter[str] = Counter()
    for statuses in counts.values():
        by_status.update(statuses)
    return {"total": by_status.total(), "by_status": dict(sorted(by_status.items())), "by_path": counts}


def _json(value: dict[str, Any], status: int = 200) -> Response:
    return Response(json.dumps(value, ensure_ascii=False).encode(), "application/json; charset=utf-8", status=status)
