"""What the repository promises of itself: pinned dependencies with reasons, short modules, no trace of one machine."""

from __future__ import annotations

import re
import tomllib
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from support.checkout import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GENERATED = {"__pycache__", ".git", ".venv", ".lumbung", ".hypothesis", ".pytest_cache", ".mypy_cache", ".ruff_cache"}

LONGEST = 350
LONGER_WITH_REASON: dict[str, str] = {}
"""Python files over LONGEST lines, each with the reason."""

MACHINE = re.compile(
    r"(?<![\w.])/wor[k]/|\bpypi\.or[g]|pythonhosted\.or[g]|registry\.npmjs\.or[g]|proxy\.golang\.or[g]"
)
"""Traces of where this was written, and registries; the brackets keep this very file from matching."""


def files() -> Iterator[Path]:
    """Every file of the repository that people write."""
    for path in ROOT.iterdir():
        if path.name in GENERATED or path.suffix == ".egg-info":
            continue
        yield from (path,) if path.is_file() else (found for found in path.rglob("*") if found.is_file())


def texts() -> Iterator[tuple[str, str]]:
    for path in files():
        if not GENERATED.intersection(path.parts) and b"\0" not in (data := path.read_bytes()):
            yield path.relative_to(ROOT).as_posix(), data.decode("utf-8", "replace")


def pins(lock: str) -> dict[str, str]:
    """Name -> version of a lock file.

    Raises:
        ValueError: a line pins nothing, or without a hash.
    """
    found: dict[str, str] = {}
    for line in re.sub(r"\\\n", " ", lock).splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        requirement, *hashes = re.split(r"\s+--hash=", line.strip())
        match = re.fullmatch(r"([A-Za-z0-9._-]+)==([^\s;]+)(\s*;.*)?", requirement)
        if match is None or not hashes or not all(re.fullmatch(r"sha256:[0-9a-f]{64}", digest) for digest in hashes):
            raise ValueError(f"not a pinned requirement with hashes: {line[:80]}")
        found[canonicalize_name(match[1])] = match[2]
    return found


def dependencies() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]


def test_every_locked_requirement_is_pinned_with_a_hash_and_from_no_special_place() -> None:
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    assert len(pins(lock)) > 100
    assert "://" not in lock
    assert not re.search(r"^\s*-(?!-hash=)", lock, re.MULTILINE)


@pytest.mark.parametrize(
    "line",
    [
        "scrapy>=2.19 --hash=sha256:" + "0" * 64,
        "scrapy==2.19.0",
        "scrapy==2.19.0 \\\n    --hash=md5:00",
        "--index-url x",
        "-e .",
        "scrapy @ file",
    ],
)
def test_a_lock_without_pins_or_hashes_is_noticed(line: str) -> None:
    with pytest.raises(ValueError, match="not a pinned requirement"):
        pins(line)


@pytest.mark.parametrize("dependency", dependencies())
def test_every_dependency_is_locked_at_a_version_it_allows(dependency: str) -> None:
    wanted = Requirement(dependency)
    locked = pins((ROOT / "requirements.lock").read_text("utf-8"))
    assert locked[canonicalize_name(wanted.name)] in wanted.specifier


def test_every_dependency_has_its_reason_on_the_line_above() -> None:
    lines = (ROOT / "pyproject.toml").read_text("utf-8").splitlines()
    listed = {f'"{dependency}",' for dependency in dependencies()}
    found = [(above.strip(), line.strip()) for above, line in pairwise(lines) if line.strip() in listed]
    assert len(found) == len(listed)
    assert [line for above, line in found if not above.startswith("# ")] == []


def test_python_files_stay_short() -> None:
    longest = {name: text.count("\n") for name, text in texts() if name.endswith(".py")}
    assert {name for name, lines in longest.items() if lines > LONGEST} == set(LONGER_WITH_REASON)
    assert all(LONGER_WITH_REASON.values())


def test_no_file_names_a_path_of_one_machine_or_a_registry() -> None:
    assert [(name, match[0]) for name, text in texts() if (match := MACHINE.search(text))] == []


def test_every_file_that_the_documents_name_is_there() -> None:
    place = re.compile(r"`((?:seeds|spiders|pipelines|dags|tests)/[\w/.]*\w(?:/|\.\w+))`")
    named = {
        (name, found)
        for name, text in texts()
        if name.endswith(".md") and name != "CHANGELOG.md"
        for found in place.findall(text)
    }
    assert len(named) > 30
    assert [(name, found) for name, found in sorted(named) if not (ROOT / found).exists()] == []


def test_only_tests_know_the_measuring_material() -> None:
    assert [name for name, text in texts() if "../shared" in text and not name.startswith("tests/")] == []
