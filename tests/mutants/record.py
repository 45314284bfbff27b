"""Results of trials: counted by module, and kept in a file so that a run can be interrupted and gone on with."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Self

from mutants.trials import Trial

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mutants.catalogue import Module
    from mutants.mutant import Mutant


@dataclass
class Tally:
    """What became of the mutants of one module."""

    module: str
    killed: int = 0
    argued: int = 0
    nonsense: int = 0
    survivors: list[Mutant] = field(default_factory=list)
    seconds: float = 0.0
    failing: str = ""
    """Why there is no figure."""

    @property
    def tried(self) -> int:
        """Mutants that count."""
        return self.killed + len(self.survivors)

    @property
    def share(self) -> str:
        """Killed of those that count."""
        return f"{self.killed / self.tried:.0%}" if self.tried else "-"

    def count(self, mutant: Mutant, trial: Trial) -> None:
        """Take note of one trial."""
        if trial.outcome == "survived":
            self.survivors.append(mutant)
        elif trial.outcome == "killed":
            self.killed += 1
        else:
            self.nonsense += 1

    @classmethod
    def of_all(cls, tallies: Sequence[Self]) -> Tally:
        """The sum."""
        return Tally(
            "all",
            sum(each.killed for each in tallies),
            sum(each.argued for each in tallies),
            sum(each.nonsense for each in tallies),
            [mutant for each in tallies for mutant in each.survivors],
            sum(each.seconds for each in tallies),
        )


class Record:
    """A file of JSON lines; a result holds for the module and the test files as they are in a tree."""

    def __init__(self, file: Path, tree: Path, *, fresh: bool) -> None:
        self._file = file
        self._tree = tree
        self._known: dict[str, Trial] = {}
        self._digests: dict[Module, str] = {}
        if file.exists() and not fresh:
            for line in file.read_text("utf-8").splitlines():
                entry = json.loads(line)
                self._known[entry["key"]] = Trial(entry["outcome"], entry["by"], entry["seconds"])

    def known(self, module: Module, mutant: Mutant) -> Trial | None:
        """What became of it before; None where it was not tried, or not against these files."""
        return self._known.get(self._key(module, mutant))

    def keep(self, module: Module, mutant: Mutant, trial: Trial) -> None:
        """Add a result."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        entry = {"key": self._key(module, mutant), "where": f"{mutant.path}:{mutant.line}", "change": mutant.change}
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps({**entry, **asdict(trial)}, ensure_ascii=False) + "\n")

    def _key(self, module: Module, mutant: Mutant) -> str:
        if module not in self._digests:
            digest = hashlib.sha256()
            for path in (module.path, *module.tests):
                digest.update((self._tree / path).read_bytes())
            self._digests[module] = digest.hexdigest()[:12]
        return f"{mutant.identity} {self._digests[module]}"
