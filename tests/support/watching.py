"""Real rounds of the watch for tests: `python -m spiders.watch` as its own process, over newspapers on loopback."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

from support.scripted_press import Answer, Press, printing, write_publisher

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import ExitStack
    from pathlib import Path

    from pipelines.database.connections import Connection

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


class Town:
    """Newspapers whose feeds have a validator; `news` is how many articles each announces."""

    def __init__(self, stack: ExitStack, folder: Path, database: Connection) -> None:
        self._stack = stack
        self.folder = folder
        self.database = database
        self.presses: dict[str, Press] = {}
        self.news: dict[str, int] = {}
        self.environment: dict[str, str] = {}

    def paper(self, key: str, script: Callable[[str, int], Answer | None] | None = None, **more: str) -> Press:
        """Open one; `script` answers what it wants to instead of the ordinary newspaper."""

        def ordinary(path: str, number: int) -> Answer | None:
            if script is not None and (answer := script(path, number)) is not None:
                return answer
            if not path.endswith("/rss"):
                return None
            tag = f'"{self.news[key]}"'
            if f"if-none-match: {tag}" in press.head:
                return Answer("", 304, {"ETag": tag})
            items = "".join(
                f"<item><link>{press.home}{key}/berita-{number}</link></item>" for number in range(self.news[key])
            )
            return Answer(f'<rss version="2.0"><channel><title>W</title>{items}</channel></rss>', headers={"ETag": tag})

        press = self._stack.enter_context(printing(ordinary))
        self.presses[key], self.news[key] = press, 3
        self.environment |= write_publisher(self.folder, key, press.home, **more)
        return press

    def watch(self, *keys: str, **settings: str) -> str:
        return run_round(self.environment, *(keys or self.presses), settings=settings)

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        with self.database, self.database.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def make_due(self) -> None:
        self.rows("update lumbung.poll set next_at = now(), failed_at = failed_at - interval '1 day'")

    def asked(self, key: str) -> int:
        """How often its feed was asked for."""
        return self.presses[key].paths().count(f"/{key}/rss")


def wait_for(ready: Callable[[], object]) -> None:
    """Until it is true, a minute at most."""
    deadline = time.monotonic() + 60
    while not ready():
        assert time.monotonic() < deadline, "waited for a minute"
        time.sleep(0.05)
