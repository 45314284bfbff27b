"""Tries mutants in a copy of the checkout: the module's tests must fail with the fault, and pass without it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import psutil
from support.checkout import ROOT, SHARED
from support.throwaway import SHARED_SERVER, throwaway_server

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mutants.mutant import Mutant

_LEAST_PATIENCE, _TIMES_AS_LONG = 30.0, 4.0
"""Seconds that tests may take at least, and how many times as long as without a fault."""
_NONSENSE: Final = re.compile(
    r"\b(?:SyntaxError|NameError|UnboundLocalError|psycopg2\.errors\.(?:Undefined\w+|Ambiguous\w+|GroupingError|"
    r"DatatypeMismatch|InvalidColumnReference|CannotCoerce|InvalidTextRepresentation))\b: "
)
"""Of a mutant that no programmer would have run once: it says nothing about the tests."""
_OF_THE_SERVER: Final = re.compile(
    r"pipelines/(?:database/(?:migrate|roles)\.py|sql/(?:migrations/|database/roles\.sql))"
)
"""Modules that make the server's template and its roles: their tests start a server of their own each time."""
_FAILED: Final = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)
_PASSED, _NO_TESTS = 0, 5


class TestsFail(Exception):  # noqa: N818 - reads as what it is
    """The test files of a module fail without a fault, so that they tell nothing about one."""

    __test__ = False


@dataclass(frozen=True)
class Trial:
    """What became of one mutant."""

    outcome: str
    """`killed`, `survived`, or `nonsense`."""
    by: str
    """The test that noticed, or `time`."""
    seconds: float


@contextmanager
def copied_checkout() -> Iterator[Copy]:
    """A copy of what people write of the checkout, with its `.venv`, measuring material and a server for its tests."""
    with TemporaryDirectory(prefix="lumbung-mutants-") as folder, throwaway_server() as server:
        tree = Path(folder) / "checkout"
        listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
        names = subprocess.run(listed, cwd=ROOT, capture_output=True, check=True, text=True).stdout.split("\0")
        for name in filter(None, names):
            if (ROOT / name).is_file():
                (tree / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, tree / name)
        (tree / ".venv").symlink_to(Path(sys.prefix))
        if SHARED.is_dir():
            (tree.parent / "shared").symlink_to(SHARED.resolve())
        yield Copy(tree, f"{server.port} {server.password}")


class Copy:
    """A checkout in which faults are planted one at a time."""

    def __init__(self, tree: Path, server: str = "") -> None:
        self.tree = tree
        self._server = server

    def baseline(self, path: str, tests: Sequence[str]) -> float:
        """Seconds that the tests take without a fault.

        Raises:
            TestsFail: they do not pass.
        """
        start = time.monotonic()
        status, output = self._run(path, tests, 1800.0)
        if status != _PASSED:
            raise TestsFail(output[-2000:] or "they took half an hour")
        return time.monotonic() - start

    def reaches(self, path: str, tests: Sequence[str], patience: float) -> bool:
        """Whether the tests use the copy's file at all: with a module that cannot be loaded they must fail."""
        with self._with(path, b'raise RuntimeError("planted")\n' if path.endswith(".py") else b"planted"):
            return self._run(path, tests, patience)[0] != _PASSED

    def tried(self, mutant: Mutant, tests: Sequence[str], baseline: float) -> Trial:
        """Run the tests with the fault."""
        start = time.monotonic()
        source = (self.tree / mutant.path).read_bytes()
        with self._with(mutant.path, mutant.planted(source)):
            status, output = self._run(mutant.path, tests, max(_LEAST_PATIENCE, baseline * _TIMES_AS_LONG))
        seconds = round(time.monotonic() - start, 1)
        if status == _PASSED:
            return Trial("survived", "", seconds)
        if status is None:
            return Trial("killed", "time", seconds)
        if status == _NO_TESTS:
            raise TestsFail(f"no tests in {', '.join(tests)}")
        by = found[1] if (found := _FAILED.search(output)) else f"status {status}"
        return Trial("nonsense" if _NONSENSE.search(output) else "killed", by, seconds)

    @contextmanager
    def _with(self, path: str, content: bytes) -> Iterator[None]:
        file = self.tree / path
        before = file.read_bytes()
        try:
            self._write(file, content)
            yield
        finally:
            self._write(file, before)

    @staticmethod
    def _write(file: Path, content: bytes) -> None:
        """Write a source; compiled code of the same size and second would be taken for it."""
        file.write_bytes(content)
        for compiled in (file.parent / "__pycache__").glob(f"{file.stem}.*"):
            compiled.unlink()

    def _run(self, path: str, tests: Sequence[str], patience: float) -> tuple[int | None, str]:
        """Exit status, None where the time was up, and what pytest printed."""
        shutil.rmtree(self.tree / ".hypothesis", ignore_errors=True)
        options = [
            "-q",
            "-x",
            "--tb=short",
            "-p",
            "no:cacheprovider",
            "--no-header",
            "--hypothesis-profile=mutants",
            f"--timeout={patience:.0f}",
        ]
        command = [sys.executable, "-m", "pytest", *options, *tests]
        environment = {
            **os.environ,
            "PYTHONPATH": str(self.tree),
            SHARED_SERVER: "" if _OF_THE_SERVER.match(path) else self._server,
        }
        running = subprocess.Popen(
            ["nice", "-n", "10", *command],
            cwd=self.tree,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            output, _ = running.communicate(timeout=patience)
        except subprocess.TimeoutExpired:
            _end(running)
            return None, ""
        except BaseException:  # Ctrl-C: leave no servers behind
            _end(running)
            raise
        return running.returncode, output


def _end(running: subprocess.Popen[str]) -> None:
    """End pytest as Ctrl-C does, so that it stops its servers; then whatever is left of it."""
    try:
        family = psutil.Process(running.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        family = []
    running.send_signal(signal.SIGINT)
    try:
        running.communicate(timeout=20)
    except subprocess.TimeoutExpired:
        running.kill()
        running.communicate()
    for each in family:
        if each.is_running():
            each.kill()
