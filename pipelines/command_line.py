"""What all commands share: where the database is, and how examples are shown. Imports nothing that takes time."""

from __future__ import annotations

from collections.abc import Callable

DatabaseUrl = Callable[[], str]
"""Where a command finds the harvest; `pipelines.cli` hands it to every command with `click.pass_obj`."""


def counted(number: int, one: str, many: str = "") -> str:
    """A number with its noun: `1 publisher`, `2,000 publishers`; `many` where the plural is not `one` with an s."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def examples(*lines: str) -> str:
    """Epilog of a command's help: one example a line, not wrapped by click."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)
