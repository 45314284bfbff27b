"""`lumbung export` from the shell: what it says, how it ends, what README shows of it."""

from __future__ import annotations

import os
import pty
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.parquet
import pytest
from support.checkout import ROOT
from support.exported import harvest

from pipelines.exports.commands import export

if TYPE_CHECKING:
    from pipelines.database.connections import Connection

BIN = Path(sys.executable).parent


def lumbung(url: str, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DATABASE_URL": url}
    return subprocess.run([BIN / "lumbung", *words], env=environment, text=True, capture_output=True, check=False)


def test_it_says_what_it_wrote(database: Connection, database_url: str, tmp_path: Path) -> None:
    harvest(database, database_url)
    here = str(tmp_path / "out")
    said = lumbung(database_url, "export", here, "--format", "parquet")
    assert (said.returncode, said.stderr) == (0, "")
    assert re.fullmatch(rf"{here}: 5 articles in 4 files, [\d.]+ kB, up to change \d+\n", said.stdout), said.stdout
    assert pyarrow.parquet.read_table(here).num_rows == 5
    again = lumbung(database_url, "export", here, "--format", "parquet", "--incremental")
    assert "nothing has changed since change" in again.stdout
    refused = lumbung(database_url, "export", here)
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert refused.stderr.startswith(f"lumbung: {here} has an export as parquet")
    assert lumbung(database_url, "export", here, "--publisher", "kompass").returncode == 1
    assert lumbung(database_url, "export", str(tmp_path / "new"), "--publisher", "kompass").returncode == 2


def test_on_a_terminal_a_bar_shows_how_far_it_is(database: Connection, database_url: str, tmp_path: Path) -> None:
    harvest(database, database_url)
    master, slave = pty.openpty()
    environment = {**os.environ, "DATABASE_URL": database_url, "TERM": "xterm", "COLUMNS": "100"}
    command = [str(BIN / "lumbung"), "export", str(tmp_path / "out")]
    with subprocess.Popen(command, env=environment, stdout=slave, stderr=slave) as process:
        os.close(slave)
        seen = b""
        while process.poll() is None or b"up to change" not in seen:
            try:
                seen += os.read(master, 4096)
            except OSError:  # the other side is closed
                break
    os.close(master)
    assert b"5/5" in seen
    assert b"5 articles in 1 file" in seen


def shown() -> list[str]:
    """The lines that README and the command's help have for a shell."""
    help_text = export.epilog or ""
    text = (ROOT / "README.md").read_text("utf-8") + help_text
    return sorted({*re.findall(r"^ *(lumbung export .*?)(?: +#.*)?$", text, re.MULTILINE)})


@pytest.mark.parametrize("line", shown())
def test_the_lines_that_are_shown_to_people_run(
    database: Connection, database_url: str, tmp_path: Path, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    harvest(database, database_url)
    monkeypatch.chdir(tmp_path)
    words = [word.replace("s3://", "memory://").replace("antara", "kabar") for word in shlex.split(line)[1:]]
    said = lumbung(database_url, *words)
    assert (said.returncode, said.stderr) == (0, "")
