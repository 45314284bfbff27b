"""Pelican and Nikola from Python's registry, Hexo from npm's, with their sitemap plugins; installed once, beside us."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

_PYTHON = ("pelican[markdown]==4.12.0", "pelican-sitemap==1.2.2", "Nikola==8.3.3", "Markdown==3.11.3")
_NODE = {
    "hexo": "8.1.2",
    "hexo-cli": "4.3.2",
    "hexo-generator-archive": "2.0.0",
    "hexo-generator-category": "2.0.0",
    "hexo-generator-feed": "3.0.0",
    "hexo-generator-index": "4.0.0",
    "hexo-generator-sitemap": "3.0.1",
    "hexo-generator-tag": "2.0.0",
    "hexo-renderer-ejs": "2.0.0",
    "hexo-renderer-marked": "7.0.1",
    "hexo-renderer-stylus": "3.0.1",
    "hexo-theme-landscape": "1.1.0",
}
"""What `hexo init` puts into a new site, and the generators for a feed and a sitemap."""


class NotInstalledError(Exception):
    """Why a generator is not there, in one line."""


def python_generators() -> Path:
    """The folder of `pelican` and `nikola`.

    Raises:
        NotInstalledError: the registry does not answer.
    """
    folder = _folder("python", (sys.version, *_PYTHON))
    if not (folder / "ready").exists():
        _run(sys.executable, "-m", "venv", "--clear", str(folder))
        _run(str(folder / "bin/python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *_PYTHON)
        (folder / "ready").touch()
    return folder / "bin"


def node_generators() -> Path:
    """The folder `node_modules` with Hexo in it.

    Raises:
        NotInstalledError: there is no node, or the registry does not answer.
    """
    if not shutil.which("npm"):
        raise NotInstalledError("Hexo needs node and npm")
    folder = _folder("node", tuple(sorted(_NODE.items())))
    if not (folder / "ready").exists():
        folder.mkdir(exist_ok=True)
        (folder / "package.json").write_text(json.dumps({"private": True, "dependencies": _NODE}), "utf-8")
        _run("npm", "install", "--prefix", str(folder), "--silent", "--no-audit", "--no-fund")
        (folder / "ready").touch()
    return folder / "node_modules"


def hexo_dependencies() -> dict[str, str]:
    """What a Hexo site must list so that Hexo loads it."""
    return _NODE


def _folder(kind: str, pins: tuple[object, ...]) -> Path:
    digest = hashlib.sha256(repr(pins).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"lumbung-generators-{kind}-{digest}"


def _run(*command: str) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        words = (getattr(error, "stderr", None) or str(error)).strip().splitlines() or [str(error)]
        raise NotInstalledError(words[-1]) from error
