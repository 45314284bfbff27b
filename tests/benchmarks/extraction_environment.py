"""Environments beside ours for what ours is compared with; each is made once and reused while its pins stand."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.extraction_figures import Target

if TYPE_CHECKING:
    from collections.abc import Iterator

_INSTALLER = "pip==26.3"
"""The one that Python 3.11 brings fails on lxml's extras."""
_PINS = ("trafilatura==2.3.1", "newspaper4k==0.9.6", "resiliparse==2.0.1", "readability-lxml==0.9")
_TARGETS = {
    "trafilatura": "trafilatura",
    "trafilatura precision": "trafilatura_precision",
    "newspaper4k": "newspaper4k",
    "resiliparse": "resiliparse",
    "readability-lxml": "readability_lxml",
}


def peers() -> Iterator[tuple[str, Target]]:
    """Name and target of each peer; none, with a line that says why, where they cannot be installed."""
    try:
        python = environment(_PINS)
    except (OSError, subprocess.CalledProcessError) as error:
        words = (getattr(error, "stderr", None) or str(error)).strip().splitlines() or [str(error)]
        print(f"peers are left out, they cannot be installed: {words[-1]}", file=sys.stderr)
        return
    for name, function in _TARGETS.items():
        yield name, Target(str(python), f"extraction_peers:{function}", [Path(__file__).resolve().parent])


def environment(pins: tuple[str, ...]) -> Path:
    """The interpreter of an environment that has these packages.

    Raises:
        OSError, subprocess.CalledProcessError: they cannot be installed.
    """
    name = hashlib.sha256(repr((sys.version, _INSTALLER, pins)).encode()).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"lumbung-peers-{name}"
    python, ready = folder / "bin" / "python", folder / "ready"
    if not ready.exists():
        _run(sys.executable, "-m", "venv", "--clear", str(folder))
        _run(str(python), "-m", "pip", "install", "--quiet", _INSTALLER)
        _run(str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *pins)
        ready.touch()
    return python


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True)
