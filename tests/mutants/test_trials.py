"""Trials of faults: killed or survived, by which tests first, and what is kept of them."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from mutants.catalogue import Module
from mutants.mutant import mutants
from mutants.python_faults import python_faults
from mutants.record import Record, Tally
from mutants.trials import Copy, TestsFail, Trial

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def copy(tmp_path: Path) -> Iterator[Copy]:
    """A tree with one module and a test that sees half of its faults."""
    (tmp_path / "barn.py").write_text("def full(sacks):\n    return sacks >= 9 and sacks != 11\n")
    (tmp_path / "test_barn.py").write_text(
        "from barn import full\ndef test_full():\n    assert full(10) and not full(8)\n"
    )
    (tmp_path / "conftest.py").write_text("import hypothesis\nhypothesis.settings.register_profile('mutants')\n")
    with closing(Copy(tmp_path)) as copy:
        yield copy


def test_a_trial_tells_a_killed_fault_from_a_survivor_and_from_nonsense(copy: Copy) -> None:
    source = (copy.tree / "barn.py").read_text()
    found = {each.change: each for each in mutants("barn.py", source.encode(), python_faults(source))}
    turned = next(each for change, each in found.items() if "(sacks < 9)" in change)
    forgotten = next(each for change, each in found.items() if "-> (sacks >= 9)" in change)
    baseline = copy.baseline("barn.py", ["test_barn.py"])
    assert copy.tried(turned, ["test_barn.py"], baseline).outcome == "killed"
    assert copy.tried(turned, ["test_barn.py"], baseline).by == "test_barn.py::test_full"
    assert copy.tried(forgotten, ["test_barn.py"], baseline).outcome == "survived"
    assert (copy.tree / "barn.py").read_text() == source
    assert copy.reaches("barn.py", ["test_barn.py"], 60.0)
    (copy.tree / "test_barn.py").write_text("def test_nothing():\n    pass\n")
    assert not copy.reaches("barn.py", ["test_barn.py"], 60.0)
    (copy.tree / "test_barn.py").write_text("def test_red():\n    assert False\n")
    with pytest.raises(TestsFail, match="test_red"):
        copy.baseline("barn.py", ["test_barn.py"])


def test_the_test_that_noticed_is_told_from_an_error_in_the_log(copy: Copy) -> None:
    (copy.tree / "test_barn.py").write_text(
        "import logging\nfrom barn import full\n"
        "def test_full():\n    full(8) and logging.getLogger('barn').error('too early')\n    assert not full(8)\n"
    )
    source = (copy.tree / "barn.py").read_text()
    found = {each.change: each for each in mutants("barn.py", source.encode(), python_faults(source))}
    turned = next(each for change, each in found.items() if "(sacks < 9)" in change)
    baseline = copy.baseline("barn.py", ["test_barn.py"])
    assert copy.tried(turned, ["test_barn.py"], baseline).by == "test_barn.py::test_full"


def test_of_a_fault_in_a_function_those_tests_are_asked_that_may_run_it_the_likeliest_first(copy: Copy) -> None:
    (copy.tree / "barn.py").write_text(
        "class Barn:\n    def full(self):\n        return 1\ndef empty():\n    return 2\n"
    )
    (copy.tree / "test_barn.py").write_text(
        "import subprocess, sys, threading, time, barn, pytest\n"
        "@pytest.fixture(scope='module')\n"
        "def fullness():\n    time.sleep(0.3)\n    return barn.Barn().full()\n"
        "def test_slow():\n    assert barn.Barn().full()\n    time.sleep(0.5)\n"
        "def test_quick():\n    assert barn.Barn().full()\n"
        "def test_thread():\n    threading.Thread(target=barn.empty).start()\n"
        "def test_process():\n    subprocess.run([sys.executable, '-c', 'import barn'])\n"
        "def test_one(fullness):\n    assert fullness\n"
        "def test_other(fullness):\n    assert fullness\n"
    )
    baseline = copy.baseline("barn.py", ["test_barn.py"])

    def asked(scope: str) -> list[str]:
        return [test.partition("::test_")[2] for test in baseline.reaching(scope)]

    assert asked("empty") == ["thread", "process"]
    assert set(asked("Barn.full")) == {"slow", "quick", "one", "other", "process"}
    assert asked("Barn.full")[0] == "quick"
    assert asked("Barn.full")[-2:] == ["slow", "process"]
    baseline.killed("Barn.full", "test_barn.py::test_slow")
    assert asked("Barn.full")[0] == "slow"
    assert len(asked("")) == len(asked("Barn")) == 6


def test_tests_that_speak_of_what_a_fault_changes_are_asked_first(copy: Copy) -> None:
    (copy.tree / "test_barn.py").write_text(
        "import pytest\nfrom barn import full\nSACKS = {'weight': 1}\nOTHERS = {'colour': 1}\n"
        "def test_quick():\n    assert full(9)\n"
        "@pytest.mark.parametrize('sacks', [SACKS, SACKS])\n"
        "def test_table(sacks):\n    assert full(9)\n"
        "class TestKind:\n    def test_colour(self):\n        assert full(9), OTHERS\n"
    )
    baseline = copy.baseline("barn.py", ["test_barn.py"])

    def asked(*about: str) -> list[str]:
        return [test.rpartition("::test_")[2] for test in baseline.reaching("full", about)]

    assert set(asked("weight")[:2]) == {"table[sacks0]", "table[sacks1]"}
    assert asked("colour", "nothing")[0] == "colour"
    assert set(asked()) == {"quick", "table[sacks0]", "table[sacks1]", "colour"}
    baseline.killed("full", "test_barn.py::test_quick")
    assert asked("colour", "OTHERS")[:2] == ["colour", "quick"]
    for _ in range(2):
        baseline.killed("full", "test_barn.py::test_quick")
    assert asked("colour", "OTHERS")[0] == "quick"


def test_a_result_holds_until_the_module_or_its_tests_change(copy: Copy, tmp_path: Path) -> None:
    module, results = Module("barn.py", "", ("test_barn.py",)), tmp_path / "results/mutants.jsonl"
    source = (copy.tree / "barn.py").read_text()
    one, other, *_ = mutants("barn.py", source.encode(), python_faults(source))
    Record(results, copy.tree, fresh=False).keep(module, one, Trial("survived", "", 1.0))
    again = Record(results, copy.tree, fresh=False)
    assert again.known(module, one) == Trial("survived", "", 1.0)
    assert again.known(module, other) is None
    assert Record(results, copy.tree, fresh=True).known(module, one) is None
    (copy.tree / "test_barn.py").write_text("def test_more():\n    pass\n")
    assert Record(results, copy.tree, fresh=False).known(module, one) is None


def test_figures_count_what_was_killed_of_what_counts() -> None:
    (mutant, *_) = mutants("f.py", b"A = 1 < 2\n", python_faults("A = 1 < 2\n"))
    tally = Tally("f.py", argued=4)
    for outcome in ("killed", "killed", "killed", "survived", "nonsense"):
        tally.count(mutant, Trial(outcome, "", 1.0))
    assert (tally.tried, tally.share, tally.nonsense, Tally.of_all([tally, tally]).tried) == (4, "75%", 1, 8)
    assert Tally("g.py").share == "-"
