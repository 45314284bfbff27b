"""What a spider and the process that reads its pages say to each other: pickled, each message behind its length."""

from __future__ import annotations

import pickle
import struct
from typing import IO, TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
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


class Answer(NamedTuple):
    """What came of it: exactly one of the three says something."""

    outcome: Article | Rejection | None = None
    bug: str = ""
    """The exception, where reading raised one: its type and text in one line."""
    traceback: str = ""
    out_of_memory: bool = False


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
    return pickle.loads(data)  # noqa: S301 - from our own process
