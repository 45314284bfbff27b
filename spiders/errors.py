"""The root of every error that this project raises on purpose."""

from __future__ import annotations

from typing import Final

AT_WORK: Final = 3
"""Exit status of a process that found somebody else doing its work."""


class LumbungError(Exception):
    """Base of every error raised on purpose. Its text is one line for people: what is wrong, where, what to do."""


class AtWork(LumbungError):  # noqa: N818 - reads as what it is
    """Somebody else does it already: nothing is wrong, and there is nothing to do."""
