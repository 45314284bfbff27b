"""Fuzz what reads other people's bytes: pages, announcements, robots.txt, dates, URLs, the seed format, Retry-After.

usage: PYTHONPATH=tests python tests/hostile/fuzzing.py --minutes 30 [TARGET ...]

The minutes are shared among the targets, one process at a time. Coverage guides atheris, where it can be installed
(in an environment of its own); elsewhere hypothesis draws the inputs. Prints executions, minutes and different findings
of each target, and where these lie; exits with 1 after a finding. What was learnt stays in --folder for the next time.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.extraction_environment import environment
from hostile.fuzz_targets import TARGETS

ATHERIS = "atheris==3.0.0"
ENGINE = Path(__file__).with_name("fuzz_engine.py")
_EXECUTED = re.compile(r"stat::number_of_executed_units:\s+(\d+)|^(\d+)$", re.MULTILINE)


def interpreter() -> tuple[str, str]:
    """What runs the engine, and the engine's name."""
    try:
        return str(environment((ATHERIS,))), "atheris"
    except (OSError, subprocess.CalledProcessError):
        return sys.executable, "hypothesis"


def fuzz(python: str, name: str, seconds: float, folder: Path) -> tuple[int, list[str]]:
    """Fuzz one target for a while, again after each input that ends the process; executions and findings."""
    findings, executed = folder / "findings", 0
    findings.mkdir(parents=True, exist_ok=True)
    paths = [str(ENGINE.parent), str(ENGINE.parents[1]), *filter(None, sys.path)]
    variables = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONWARNINGS": "ignore"}
    end = time.monotonic() + seconds
    while (left := round(end - time.monotonic())) > 0:
        command = [python, str(ENGINE), name, str(left), str(folder)]
        done = subprocess.run(command, check=False, capture_output=True, env=variables)
        said = (done.stdout + done.stderr).decode("utf-8", "replace")
        counts = _EXECUTED.findall(said)
        if not counts:
            (findings / "engine.txt").write_text(
                f"the engine ended with status {done.returncode}\n{said[-4_000:]}", "utf-8"
            )
            break
        executed += int("".join(counts[-1]))
    titles = [path.read_text("utf-8").splitlines()[0] for path in sorted(findings.glob("*.txt"))]
    return executed, titles + [
        path.name for path in sorted(findings.iterdir()) if path.suffix == "" and "-" in path.name
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "lumbung-fuzzing")
    options = parser.parse_args()
    names = options.targets or list(TARGETS)
    if unknown := set(names) - set(TARGETS):
        parser.error(f"no such target: {', '.join(unknown)}; there are {', '.join(TARGETS)}")
    python, engine = interpreter()
    bad = 0
    print(f"{engine}, {options.minutes:g} minutes\n{'target':14}{'executions':>12}{'minutes':>9}{'findings':>10}")  # noqa: T201 - a script
    for name in names:
        start = time.monotonic()
        executed, found = fuzz(python, name, options.minutes * 60 / len(names), options.folder / name)
        print(f"{name:14}{executed:>12,}{(time.monotonic() - start) / 60:>9.1f}{len(found):>10}", flush=True)  # noqa: T201 - a script
        for title in found:
            print(f"    {title}  ({options.folder / name / 'findings'})", flush=True)  # noqa: T201 - a script
        bad += len(found)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
