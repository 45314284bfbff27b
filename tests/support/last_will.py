"""A command that is run when this process ends before it has cleaned up: killed, aborted, ended by `os._exit`."""

from __future__ import annotations

import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_WAIT = 'cat > /dev/null; exec "$@"'
"""Reads from a pipe whose other end this process alone holds: the kernel closes it whatever ends the process."""


@contextmanager
def last_will(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Iterator[None]:
    """Have the command run if this process ends inside the block; nothing is run when the block itself ends."""
    waiting = subprocess.Popen(
        ["/bin/sh", "-c", _WAIT, "sh", *command],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C and a closed terminal end the tests, and then it is needed
    )
    try:
        yield
    finally:
        waiting.kill()
        waiting.wait()
        if waiting.stdin is not None:
            waiting.stdin.close()
