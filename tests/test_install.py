"""`make install`: the first Python that works, or one line that says what is missing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from support.checkout import ROOT

if TYPE_CHECKING:
    from pathlib import Path

TOOLS = ("sh", "cat", "cksum", "df", "awk", "mktemp", "rm", "dirname", "grep", "tail", "cut", "printf", "sed", "make")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with what an installation reads."""
    folder = tmp_path / "check out"
    folder.mkdir()
    for name in ("Makefile", "requirements.lock", "pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, folder)
    shutil.copytree(ROOT / ".ci", folder / ".ci")
    return folder


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A PATH with a shell and no Python."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in TOOLS:
        found = shutil.which(name)
        assert found is not None
        (folder / name).symlink_to(found)
    return folder


def program(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def install(checkout: Path, tools: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": str(tools), "HOME": str(checkout), **variables}
    return subprocess.run(
        [checkout / ".ci" / "install"], env=environment, text=True, capture_output=True, check=False, cwd="/"
    )


def test_no_python_is_one_line(checkout: Path, tools: Path) -> None:
    refused = install(checkout, tools)
    assert refused.returncode == 1
    assert refused.stderr == (
        "install: needs Python 3.11, 3.12 or 3.13; found: none."
        " Install one, or name it: make PYTHON=/path/to/python3.12\n"
    )
    assert not (checkout / ".venv").exists()


def test_old_python_and_launchers_that_start_nothing_are_named(checkout: Path, tools: Path) -> None:
    program(tools / "python3.12", "echo 'pyenv: python3.12: command not found' >&2; exit 127")
    program(tools / "python3", 'case "$*" in *exit*) exit 1;; *) echo 3.9;; esac')
    refused = install(checkout, tools)
    assert f"found: {tools}/python3.12 (does not run) {tools}/python3 (3.9)." in refused.stderr


def test_missing_venv_module_names_the_package_to_install(checkout: Path, tools: Path) -> None:
    program(tools / "python3.11", 'case "$*" in *ensurepip*) exit 1;; *) exit 0;; esac')
    refused = install(checkout, tools)
    assert refused.returncode == 1
    assert refused.stderr.endswith("has no venv module: on Debian and Ubuntu, apt install python3-venv\n")


def test_unreachable_index_is_one_line_and_leaves_no_whole_environment(checkout: Path, tools: Path) -> None:
    unreachable = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "0", "PIP_CONFIG_FILE": os.devnull}
    refused = install(checkout, tools, PYTHON=getattr(sys, "_base_executable", sys.executable), **unreachable)
    assert refused.returncode == 1
    assert refused.stderr.startswith("install: the package index cannot be reached, or lacks a package: ")
    assert refused.stderr.count("\n") == 1
    assert not (checkout / ".venv" / ".installed").exists()


def test_make_lists_its_targets(checkout: Path, tools: Path) -> None:
    said = subprocess.check_output(["make", "-C", checkout], env={"PATH": str(tools)}, text=True)
    listed = [line.split()[1] for line in said.splitlines() if line.startswith("  make ")]
    assert listed == [
        "help",
        "install",
        "up",
        "down",
        "status",
        "logs",
        "lint",
        "test",
        "bench",
        "memory",
        "crash",
        "mutants",
        "week",
        "sites",
        "audit",
    ]
