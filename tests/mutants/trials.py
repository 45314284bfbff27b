"""Tries mutants in a copy of the checkout: the module's tests must fail with the fault, and pass without it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final, NamedTuple

from mutants.forks import Forks
from mutants.some_tests import STARTED_A_PROCESS
from mutants.words import closeness, words_of, words_of_tests
from support.checkout import ROOT, SHARED, TESTS
from support.forking_airflow import SHARED_AIRFLOW, airflow_process
from support.throwaway import SHARED_SERVER, throwaway_server

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from mutants.forks import Ended
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
_ASK_AIRFLOW: Final = "tests/dags/"
"""Where tests ask a process that has imported Airflow: one for all trials, of which each question is a fork."""
_IN_AIRFLOW: Final = "dags/"
_FAILED: Final = re.compile(r"^(?:FAILED|ERROR) (\S.*?)(?: - .*)?$", re.MULTILINE)  # a line of the log has more blanks
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


class Seen(NamedTuple):
    """What is known of a test without a fault."""

    seconds: float
    ran: frozenset[str]
    """Functions of the module, or statements, that it ran in its own process, and whether it started another."""


class Baseline:
    """The tests of a module without a fault, and which of them have noticed faults so far."""

    def __init__(self, seconds: float, seen: Mapping[str, Seen], words: Mapping[str, frozenset[str]]) -> None:
        self.seconds = seconds
        self.seen = seen
        self._words = words
        self.patience = max(_LEAST_PATIENCE, seconds * _TIMES_AS_LONG)
        """Seconds that all tests may take."""
        longest = max((each.seconds for each in seen.values()), default=0.0)
        self.patience_each = max(_LEAST_PATIENCE, longest * _TIMES_AS_LONG)
        """Seconds that one test may take."""
        self._kills: Counter[tuple[str, str]] = Counter()

    def reaching(self, scope: str, about: Collection[str] = ()) -> list[str]:
        """Tests that may notice a fault in a function, class or statement, the likeliest first.

        They run it, or start a process, of which nobody knows what it runs. Outside of functions it is all of them.
        Those that have noticed a fault there come first, then those that share words with what the fault is `about`.
        Of those that nobody saw run it the files then go as they are listed, quickest first.
        """
        inside = {test for test, seen in self.seen.items() if scope in seen.ran}
        perhaps = {test for test, seen in self.seen.items() if STARTED_A_PROCESS in seen.ran}
        found = inside | perhaps if inside else set(self.seen)
        close = closeness(about, {test: self._words[test] for test in found})

        files = list(dict.fromkeys(test.partition("::")[0] for test in self.seen))

        def rank(test: str) -> tuple[bool, float, int, float]:
            place = 0 if test in inside else files.index(test.partition("::")[0])
            return test not in inside, -self._kills[scope, test] - close[test], place, self.seen[test].seconds

        return sorted(found, key=rank)

    def killed(self, scope: str, test: str) -> None:
        """Remember that a test has noticed a fault."""
        self._kills[scope, test] += 1


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
        with closing(Copy(tree, f"{server.port} {server.password}")) as copy:
            yield copy


class Copy:
    """A checkout in which faults are planted one at a time."""

    def __init__(self, tree: Path, server: str = "") -> None:
        self.tree = tree
        self._server = server
        self._forks: Forks | None = None
        self._airflow: str | None = None
        self._open = ExitStack()
        self._baselines: dict[tuple[str, ...], Baseline] = {}
        self._sound: set[str] = set()
        """Tests that pass alone without a fault."""

    def close(self) -> None:
        """End what runs in it."""
        self._open.close()

    def baseline(self, path: str, tests: Sequence[str]) -> Baseline:
        """What the tests do without a fault.

        Raises:
            TestsFail: they do not pass.
        """
        if (known := self._baselines.get(tuple(tests))) and path.startswith(_IN_AIRFLOW):
            return known  # what they run of it is not seen, so that it is the same for all such files
        start = time.monotonic()
        ended = self._run(path, tests, 1800.0, watched=path)
        if ended.status != _PASSED:
            raise TestsFail(ended.output[-2000:] or "they took half an hour")
        seen = {test: Seen(noted["seconds"], frozenset(noted["ran"])) for test, noted in ended.notes.items()}
        words = words_of_tests(self.tree, seen)
        found = self._baselines[tuple(tests)] = Baseline(time.monotonic() - start, seen, words)
        return found

    def reaches(self, path: str, tests: Sequence[str], patience: float) -> bool:
        """Whether the tests use the copy's file at all: with a module that cannot be loaded they must fail."""
        with self._with(path, b'raise RuntimeError("planted")\n' if path.endswith(".py") else b"planted"):
            return self._run(path, tests, patience).status != _PASSED

    def tried(self, mutant: Mutant, tests: Sequence[str], baseline: Baseline) -> Trial:
        """Run the tests with the fault."""
        start = time.monotonic()
        source = (self.tree / mutant.path).read_bytes()
        line = source.splitlines()[mutant.line - 1].decode()
        only = baseline.reaching(mutant.fault.scope, words_of(f"{line} {mutant.before} {mutant.fault.text}"))
        with self._with(mutant.path, mutant.planted(source)):
            ended = self._run(mutant.path, tests, baseline.patience, each=baseline.patience_each, only=only)
        seconds = round(time.monotonic() - start, 1)
        if ended.status == _PASSED:
            return Trial("survived", "", seconds)
        if ended.status is None:
            return Trial("killed", "time", seconds)
        if ended.status == _NO_TESTS:
            raise TestsFail(f"no tests in {', '.join(tests)}")
        by = found[1] if (found := _FAILED.search(ended.output)) else f"status {ended.status}"
        if by in baseline.seen:
            self._is_sound(mutant.path, by, baseline)
            baseline.killed(mutant.fault.scope, by)
        return Trial("nonsense" if _NONSENSE.search(ended.output) else "killed", by, seconds)

    def _is_sound(self, path: str, test: str, baseline: Baseline) -> None:
        """Have a test that noticed a fault pass once without one, for it ran in another order than it was written in.

        Raises:
            TestsFail: it fails.
        """
        if test not in self._sound:
            ended = self._run(path, [test], baseline.patience)
            if ended.status != _PASSED:
                raise TestsFail(f"{test} fails alone:\n{ended.output[-2000:]}")
            self._sound.add(test)

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

    def _run(  # noqa: PLR0913 - how to run tests
        self,
        path: str,
        tests: Sequence[str],
        patience: float,
        *,
        each: float = 300.0,
        only: Sequence[str] | None = None,
        watched: str | None = None,
    ) -> Ended:
        shutil.rmtree(self.tree / ".hypothesis", ignore_errors=True)
        if self._forks is None:
            folders = os.pathsep.join((str(self.tree), str(TESTS)))
            self._forks = self._open.enter_context(closing(Forks(self.tree, {"PYTHONPATH": folders})))
        if self._airflow is None and any(test.startswith(_ASK_AIRFLOW) for test in tests):
            self._airflow = self._open.enter_context(airflow_process(self.tree / "tests", subprocess.DEVNULL))
        options = ["-q", "-x", "--tb=short", "-p", "no:cacheprovider", "--no-header", "--hypothesis-profile=mutants"]
        arguments = [*options, f"--timeout={each:.0f}", *tests]
        environment = {
            "PYTHONPATH": str(self.tree),
            SHARED_SERVER: "" if _OF_THE_SERVER.match(path) else self._server,
            SHARED_AIRFLOW: self._airflow or "",
        }
        return self._forks.run(arguments, environment, patience, only=only, watched=watched)
