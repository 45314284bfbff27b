"""What a spider and the process that reads its pages say to each other: pickled, each message behind its length."""

from __future__ import annotations

import pickle
import struct
from typing import IO, TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from spiders.article import Article, Rejection

LENGTH = struct.Struct("!Q")
"""Before each pickled message: its length in bytes."""


class Sheet(NamedTuple):
    """One page to read."""

    html: bytes
    url: str
    publisher: str
    fetched_at: datetime
    encoding: str | None
    explained: bool = False
    """Whether to say also by which rule each value was found."""
    part: int = 1
    """From 2 on: a later part of an article, whose paragraphs alone are wanted."""
    article_url: str = ""
    """Of the article's first page; only with a later part."""


class Explanation(NamedTuple):
    """How a page was read, for people who look at a publisher."""

    origins: Mapping[str, str]
    """Field -> the rule that found its value."""
    kinds: tuple[str, ...]
    """Types that the page's structured data name."""
    site: str
    """What structured data call the site or its publisher; empty where they do not."""


class Answer(NamedTuple):
    """What came of it: exactly one of outcome, bug and out_of_memory says something; none of them for a later part."""

    outcome: Article | Rejection | None = None
    bug: str = ""
    """The exception, where reading raised one: its type and text in one line."""
    traceback: str = ""
    out_of_memory: bool = False
    explanation: Explanation | None = None
    """Only with an outcome, and where it was asked for."""
    following: str = ""
    """Address of the article's next part; empty where there is none."""
    paragraphs: tuple[str, ...] = ()
    """Of a later part."""


def send(stream: IO[bytes], message: object) -> None:
    """Write one message."""
    data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    stream.write(LENGTH.pack(len(data)) + data)
    stream.flush()


def receive(stream: IO[bytes]) -> Any:  # noqa: ANN401 - a Sheet, a Publisher or an Answer
    """Read one message.

    Raises:
        EOFError: the other side has gone.
    """
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        raise EOFError
    (length,) = LENGTH.unpack(head)
    data = stream.read(length)
    if len(data) < length:
        raise EOFError
    return pickle.loads(data)  # noqa: S301  # nosec B301 - from our own process
