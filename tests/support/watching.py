"""Real rounds of the watch for tests: `python -m spiders.watch` as its own process."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FAST = {"POLITE_DELAY": "0", "POLITE_PAUSE": "0.05"}


def start_round(
    environment: Mapping[str, str],
    keys: Sequence[str],
    *,
    run: str = "uji",
    settings: Mapping[str, str] | None = None,
) -> subprocess.Popen[str]:
    """Start a round with only the given variables beside PATH."""
    options = [word for pair in ({**FAST, **(settings or {})}).items() for word in ("-s", "=".join(pair))]
    plain = {"PATH": os.environ["PATH"], "SCRAPY_SETTINGS_MODULE": "spiders.settings"}
    plain |= {
        name: os.environ[name] for name in ("PYTHONPATH", "DATABASE_URL", "LUMBUNG_PUBLISHERS") if name in os.environ
    }
    return subprocess.Popen(
        [sys.executable, "-m", "spiders.watch", run, *options, *keys],
        env={**plain, **environment},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def run_round(
    environment: Mapping[str, str],
    *keys: str,
    run: str = "uji",
    settings: Mapping[str, str] | None = None,
) -> str:
    """Watch once and return the log; the exit status must be 0."""
    watch = start_round(environment, keys, run=run, settings=settings)
    log, _ = watch.communicate()
    assert watch.returncode == 0, log[-5_000:]
    return log
