"""What is done to a program that is frozen in a moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from crash.barn import Barn
    from crash.programs import Program
    from crash.proxy import Wire


@dataclass(frozen=True, slots=True)
class Field:
    """Where the faults strike."""

    barn: Barn
    to_database: Wire
    to_site: Wire
    start: Callable[[str], Program]
    """One more program of the kind named."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of fault."""

    name: str
    strike: Callable[[Field, Program, str], list[str]]
    """Strikes a frozen program of the kind named and waits until it has ended; returns what is wrong with its end."""
    programs: tuple[str, ...] = ("crawl", "deduplicate")
    """Whom it strikes."""
    explained: bool = False
    """Whether the program must have said that it lost its database."""


def _kill(_field: Field, program: Program, _kind: str) -> list[str]:
    return program.kill()


def _stop(field: Field, program: Program, _kind: str) -> list[str]:
    field.barn.stop_at_once()
    program.thaw()
    field.barn.start()
    program.end()
    return []


def _cut_database(field: Field, program: Program, _kind: str) -> list[str]:
    field.to_database.cut(0.5)
    program.thaw()
    program.end()
    return []


def _cut_site(field: Field, program: Program, _kind: str) -> list[str]:
    field.to_site.cut(0.3)
    program.thaw()
    program.end()
    return []


def _fill(field: Field, program: Program, _kind: str) -> list[str]:
    field.barn.fill()
    program.thaw()
    program.end()
    field.barn.empty()
    return []


def _double(field: Field, program: Program, kind: str) -> list[str]:
    with field.start(kind) as second:
        program.thaw()
        program.end()
        second.end()
    return []


KILL: Final = Fault("kill -9", _kill)
STOP: Final = Fault("Postgres stopped at once", _stop, explained=True)
CUT_DATABASE: Final = Fault("network to the database cut", _cut_database, explained=True)
CUT_SITE: Final = Fault("network to the site cut", _cut_site, ("crawl",))
FULL: Final = Fault("disk full", _fill)
DOUBLE: Final = Fault("two of the same run at once", _double)
