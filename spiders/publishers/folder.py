"""The folder of publisher files: which there are, and each as a Publisher, read again when its file has changed.

LumbungError
└── PublisherError
    └── UnknownPublisher
"""

from __future__ import annotations

import os
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from spiders.publishers.publisher import HOME_VARIABLE, Publisher, PublisherError

if TYPE_CHECKING:
    from collections.abc import Mapping


class UnknownPublisher(PublisherError):  # noqa: N818 - reads as what it is
    """No file of that name in the publishers folder."""


def publishers_folder() -> Path:
    """Folder of the publisher files: `LUMBUNG_PUBLISHERS` or the one that ships."""
    return Path(os.environ.get("LUMBUNG_PUBLISHERS") or str(files("seeds") / "publishers"))


def publisher_keys() -> list[str]:
    """Keys of all publishers, sorted; the files are not read.

    Raises:
        PublisherError: the folder is missing.
    """
    folder = publishers_folder()
    if not folder.is_dir():
        raise PublisherError(f"{folder}: no such folder of publisher files (LUMBUNG_PUBLISHERS)")
    return sorted(path.stem for path in folder.glob("*.toml"))


def load_publishers() -> Mapping[str, Publisher]:
    """All publishers by key, sorted.

    Raises:
        PublisherError: the folder is missing or a file in it cannot be used.
    """
    return {key: find_publisher(key) for key in publisher_keys()}


def find_publisher(key: str) -> Publisher:
    """The publisher of that key; its file is read again only after it or its `LUMBUNG_HOME_<KEY>` has changed.

    Raises:
        UnknownPublisher: there is no such file; the text names those there are.
        PublisherError: the file cannot be used. Those of other publishers do not matter.
    """
    path = publishers_folder() / f"{key}.toml"
    try:
        stat = path.stat()
    except OSError as error:
        raise UnknownPublisher(f"no publisher {key!r} in {publishers_folder()}; {_known_like(key)}") from error
    return _read(path, stat.st_mtime_ns, stat.st_size, os.environ.get(f"{HOME_VARIABLE}{key.upper()}"))


def _known_like(key: str) -> str:
    """The keys that somebody who wrote `key` may have meant; all there are when none is like it."""
    from difflib import get_close_matches  # noqa: PLC0415 - only a wrong key pays for it, no DAG file

    keys, written = publisher_keys(), key.casefold()
    close = get_close_matches(written, keys, n=3) or [each for each in keys if written in each][:3]
    if close:
        return f"did you mean {' or '.join(close)}? `lumbung publishers` lists them all"
    return f"there are: {', '.join(keys)}"


@lru_cache(maxsize=1024)
def _read(path: Path, changed: int, size: int, home: str | None) -> Publisher:
    del changed, size, home  # parts of the cache's key only: Publisher.from_table() reads the environment
    return Publisher.from_file(path)
