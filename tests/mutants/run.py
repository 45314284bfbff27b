"""Plants small faults one at a time and runs the tests that must notice: which share do they kill?

usage: PYTHONPATH=tests python tests/mutants/run.py [--module NAME ...] [--sample 20] [--seed 7] [--list] [--fresh]

NAME is a group of tests/mutants/catalogue.toml, a module's path, or the beginning of one. Everything happens in a copy
of the checkout. Results are kept in .lumbung/mutants.jsonl: what was tried is not tried again while the module and its
test files are the same. Status 1 when a survivor is neither killed nor argued in tests/mutants/argued.toml.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from mutants.catalogue import Module, UnknownModule, argued, chosen
from mutants.mutant import sample
from mutants.record import Record, Tally
from mutants.trials import Copy, TestsFail, copied_checkout
from support.checkout import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mutants.mutant import Mutant
    from mutants.trials import Baseline


def main(arguments: Sequence[str]) -> int:
    """Run what was asked for; returns the exit status."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--module", action="append", default=[], metavar="NAME", help="may be given several times")
    asked.add_argument("--sample", type=int, default=20, help="mutants a module; 0 for all")
    asked.add_argument("--seed", type=int, default=7, help="which of them")
    asked.add_argument("--only", action="append", default=[], metavar="IDENTITY", help="this mutant")
    asked.add_argument("--list", action="store_true", help="print the mutants and try none")
    asked.add_argument("--fresh", action="store_true", help="try again what was tried before")
    asked.add_argument("--results", type=Path, default=ROOT / ".lumbung/mutants.jsonl")
    given = asked.parse_args(arguments)
    try:
        modules, reasons = chosen(given.module), argued()
    except (UnknownModule, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    drawn = {module: list(_drawn(module, given.only, given.sample, given.seed)) for module in modules}
    if given.list:
        for module, some in drawn.items():
            print(f"{module.path}: {len(some)} of {len(module.mutants())}, by {' '.join(module.tests)}")
            print("\n".join(_line(mutant) for mutant in some))
        return 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the copy goes, and the servers of its tests
    with copied_checkout() as copy:
        record = Record(given.results, copy.tree, fresh=given.fresh)
        tallies = [_tried(module, some, copy, record, reasons) for module, some in drawn.items() if some]
    print("\n".join(_table(tallies)))
    return 1 if any(tally.survivors or tally.failing for tally in tallies) else 0


def _drawn(module: Module, only: Sequence[str], number: int, seed: int) -> Iterator[Mutant]:
    everything = module.mutants()
    if only:
        yield from (mutant for mutant in everything if mutant.identity in only)
    else:
        yield from sample(everything, number, seed)


def _tried(module: Module, some: list[Mutant], copy: Copy, record: Record, reasons: Mapping[str, str]) -> Tally:
    """Try the mutants of one module that are not argued and were not tried before."""
    tally = Tally(module.path)
    start = time.monotonic()
    baseline: Baseline | None = None
    for mutant in some:
        if mutant.identity in reasons:
            tally.argued += 1
            continue
        trial = record.known(module, mutant)
        if trial is None:
            try:
                if baseline is None:
                    baseline = copy.baseline(module.path, module.tests)
                    if not copy.reaches(module.path, module.tests, baseline.patience + 60):
                        raise TestsFail("they pass with a module that cannot be loaded: they do not use it")  # noqa: TRY301
                    print(f"{module.path}: {len(some)} mutants, {baseline.seconds:.1f} s without a fault", flush=True)
                trial = copy.tried(mutant, module.tests, baseline)
            except TestsFail as error:
                tally.failing = str(error)
                print(f"{module.path}: no figure: {error}", flush=True)
                break
            record.keep(module, mutant, trial)
        tally.count(mutant, trial)
        print(f"  {trial.outcome:9}{trial.seconds:6.1f} s  {_line(mutant)}  {trial.by}", flush=True)
    tally.seconds = time.monotonic() - start
    return tally


def _line(mutant: Mutant) -> str:
    return f"{mutant.identity}  {mutant.path}:{mutant.line}  {mutant.change}"


def _table(tallies: Sequence[Tally]) -> Iterator[str]:
    """Figures by module, then what survived."""
    yield f"{'module':42}{'tried':>7}{'killed':>8}{'share':>8}{'argued':>8}{'nonsense':>10}{'seconds':>9}"
    for tally in [*tallies, Tally.of_all(tallies)]:
        yield (
            f"{tally.module:42}{tally.tried:>7}{tally.killed:>8}{tally.share:>8}{tally.argued:>8}"
            f"{tally.nonsense:>10}{tally.seconds:>9.0f}"
        )
    yield from (f"{tally.module}: no figure, its tests fail without a fault" for tally in tallies if tally.failing)
    yield from (f"survived: {_line(mutant)}" for tally in tallies for mutant in tally.survivors)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
