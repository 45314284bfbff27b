"""Other libraries' idea of one address, on lists that come as JSON. Runs in an environment of its own.

stdin: {"urls": [...], "pairs": {name: [[one, other], ...]}}; stdout, for each library: how many pairs of each list it
gives one form, and URLs a second, the best of five passes over the list.
"""

from __future__ import annotations

import json
import sys
import time
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Form = Callable[[str], Any]

_PASSES = 5


def measure(form: Form, urls: list[str], pairs: Mapping[str, Sequence[Sequence[str]]]) -> dict[str, int]:
    """Pairs with one form by list, and URLs a second."""

    def joined(one: str, other: str) -> bool:
        first = form(one)
        return first is not None and first == form(other)

    figures = {name: sum(joined(*pair) for pair in listed) for name, listed in pairs.items()}
    best = min(_seconds(form, urls) for _ in range(_PASSES))
    return {**figures, "URL/s": round(len(urls) / best)}


def _seconds(form: Form, urls: list[str]) -> float:
    start = time.process_time()  # the processor's, not the clock's: what else runs beside is not measured
    for url in urls:
        form(url)
    return time.process_time() - start


def peers() -> dict[str, Form]:
    """Each library with the options that join most."""
    ural, courlan = import_module("ural"), import_module("courlan")
    url_normalize, w3lib = import_module("url_normalize"), import_module("w3lib.url")
    return {
        "ural normalize_url": ural.normalize_url,
        "courlan strict": lambda url: courlan.normalize_url(url, strict=True),
        "url-normalize": lambda url: url_normalize.url_normalize(url, filter_params=True),
        "w3lib canonicalize_url": w3lib.canonicalize_url,
    }


def _quiet(form: Form) -> Form:
    def answer(url: str) -> Any:
        try:
            return form(url)
        except Exception:  # noqa: BLE001 - a library that raises joins nothing
            return None

    return answer


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    json.dump(
        {name: measure(_quiet(form), asked["urls"], asked["pairs"]) for name, form in peers().items()}, sys.stdout
    )
