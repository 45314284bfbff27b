"""Run a command and write its peak memory in MiB to a file: `python peak_memory.py FILE COMMAND ...`.

A process of its own stands between: at `exec` Linux carries the peak of whoever started a process into the figure of
`getrusage`, so that a child of a long test run would weigh at least what the test run ever weighed.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

UNITS_PER_MEBIBYTE = 1024**2 if sys.platform == "darwin" else 1024
"""Of `ru_maxrss`: bytes on macOS, KiB elsewhere."""


def main() -> int:
    _, file, *command = sys.argv
    status = subprocess.run(command, check=False).returncode
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // UNITS_PER_MEBIBYTE
    Path(file).write_text(str(peak), "utf-8")
    return status


if __name__ == "__main__":
    sys.exit(main())
