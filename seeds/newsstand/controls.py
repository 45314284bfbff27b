"""The controls of a running newsstand: `/_newsstand/...`, for tests and for whoever drives a demonstration."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import parse_qs, urlsplit

from seeds.newsstand.site import Response
from seeds.newsstand.truth import expected

if TYPE_CHECKING:
    from seeds.newsstand.faults import FaultKind
    from seeds.newsstand.newspaper import Newspaper

PREFIX = "/_newsstand/"


class Controlled(Protocol):
    """What can be asked of a running newsstand, and done to it."""

    newspaper: Newspaper

    def set_edition(self, number: int) -> None:
        """Show edition 1 or 2."""

    def set_fault(self, prefix: str, kind: FaultKind | None, seconds: float = 30) -> None:
        """Let answers under a path prefix go wrong for so many seconds, or with None be right again."""

    def counts(self) -> dict[str, dict[str, int]]:
        """Requests by path, and under each path by status."""


def control(newsstand: Controlled, method: str, target: str) -> Response:
    """Answer `GET expected`, `GET requests`, `POST edition?number=2`, `POST fault?path=/rss&kind=html&seconds=5`."""
    parts = urlsplit(target)
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    match method, parts.path.removeprefix(PREFIX):
        case "GET", "expected":
            return _json(expected(newsstand.newspaper))
        case "GET", "requests":
            return _json(_requests(newsstand))
        case "POST", "edition" if query.get("number") in {"1", "2"}:
            newsstand.set_edition(int(query["number"]))
            return _json({"edition": newsstand.newspaper.edition})
        case "POST", "fault":
            return _set_fault(newsstand, query)
    return _json({"error": "GET expected, GET requests, POST edition?number=1|2, POST fault?path=&kind="}, 400)


def _set_fault(newsstand: Controlled, query: dict[str, str]) -> Response:
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


def _requests(newsstand: Controlled) -> dict[str, Any]:
    counts = newsstand.counts()
    by_status: Counter[str] = Counter()
    for statuses in counts.values():
        by_status.update(statuses)
    return {"total": by_status.total(), "by_status": dict(sorted(by_status.items())), "by_path": counts}


def _json(value: dict[str, Any], status: int = 200) -> Response:
    return Response(json.dumps(value, ensure_ascii=False).encode(), "application/json; charset=utf-8", status=status)
