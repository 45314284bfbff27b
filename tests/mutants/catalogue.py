"""Which modules hold promises, and which test files must notice a fault in each of them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from mutants.mutant import Mutant, mutants
from mutants.python_faults import python_faults
from mutants.sql_faults import sql_faults
from mutants.toml_faults import toml_faults
from support.checkout import ROOT, TESTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

_FOLDER = TESTS / "mutants"
_PLANTERS = {".py": python_faults, ".sql": sql_faults, ".toml": toml_faults}


class UnknownModule(ValueError):  # noqa: N818 - reads as what it is
    """A module that is not in the checkout, or for which no test file can be found."""


@dataclass(frozen=True)
class Module:
    """A file, its group in the catalogue, and its test files, quickest first."""

    path: str
    group: str
    tests: tuple[str, ...]

    def mutants(self) -> list[Mutant]:
        """Every fault that can be planted in it; for Python those that are still a program."""
        source = (ROOT / self.path).read_bytes()
        found = mutants(self.path, source, _PLANTERS[PurePosixPath(self.path).suffix](source.decode()))
        return [each for each in found if not self.path.endswith(".py") or _compiles(each.planted(source))]


def catalogue() -> dict[str, Module]:
    """The modules of `catalogue.toml` by their path."""
    tables = tomllib.loads((_FOLDER / "catalogue.toml").read_text("utf-8"))
    return {
        path: Module(path, group, files_for(path, listed))
        for group, table in tables.items()
        for path, listed in table.items()
    }


def chosen(names: Iterable[str]) -> list[Module]:
    """The modules that were asked for by group, path or the beginning of a path; all of the catalogue without names.

    Raises:
        UnknownModule: a name that fits none, and is no file with tests either.
    """
    known = catalogue()
    found: dict[str, Module] = {}
    for name in names:
        fitting = {path: each for path, each in known.items() if name == each.group or path.startswith(name)}
        if not fitting and (ROOT / name).is_file():
            fitting = {name: Module(name, "", files_for(name))}
        if not fitting:
            raise UnknownModule(f"{name}: no group, module or file; the groups are {', '.join(_groups(known))}")
        found |= fitting
    return list((found or known).values())


def _groups(known: Mapping[str, Module]) -> list[str]:
    return list(dict.fromkeys(each.group for each in known.values()))


def files_for(path: str, listed: Sequence[str] = ()) -> tuple[str, ...]:
    """The test file in the place that mirrors a module's, then those listed; without both all of the mirrored folder.

    Raises:
        UnknownModule: there is none.
    """
    place = PurePosixPath(path.replace("pipelines/sql/", "pipelines/"))
    folder = TESTS / place.parent
    own = _relative(folder / f"test_{place.stem}.py")
    tests = [*([own] if (ROOT / own).is_file() and own not in listed else []), *listed]
    tests = tests or [*map(_relative, sorted(folder.glob("test_*.py")))]
    if not tests:
        raise UnknownModule(f"{path}: no test file in {_relative(folder)}; name some in tests/mutants/catalogue.toml")
    return tuple(tests)


def argued() -> dict[str, str]:
    """Survivors that need no test: identity -> reason.

    Raises:
        ValueError: an entry without a reason.
    """
    entries = tomllib.loads((_FOLDER / "argued.toml").read_text("utf-8"))
    if unreasoned := [identity for identity, entry in entries.items() if not entry.get("reason")]:
        raise ValueError(f"tests/mutants/argued.toml: {', '.join(unreasoned)}: a reason is missing")
    return {identity: entry["reason"] for identity, entry in entries.items()}


def _compiles(source: bytes) -> bool:
    try:
        compile(source, "mutant", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True


def _relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
