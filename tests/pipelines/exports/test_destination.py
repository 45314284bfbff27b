"""An export that is killed leaves no file that is not whole, and the next one mends what it left."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import fsspec
import pytest
from support.checkout import ROOT, TESTS
from support.exported import files_of, sums_are_right
from support.stories import Story, body, put

from pipelines.exports.destination import Destination, DestinationError
from pipelines.exports.export import export
from pipelines.exports.selection import FORMATS, Selection

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.database.connections import Connection

ALL = Selection(duplicates=True)
DIES = """
import os, signal, sys
from contextlib import closing
from pipelines.database.connections import connect
from pipelines.exports import destination
from pipelines.exports.export import export
from pipelines.exports.selection import Selection
url, folder, name, where, after = sys.argv[1:]
left = int(after)
def dying(method):
    def called(*words, **named):
        global left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return method(*words, **named)
    return called
kind, _, method = where.partition(".")
setattr(getattr(destination, kind), method, dying(getattr(getattr(destination, kind), method)))
with closing(connect(url)) as connection:
    export(connection, folder, name, Selection(duplicates=True))
"""


def killed(url: str, folder: Path, name: str, where: str, after: int) -> None:
    """An export that kills itself in the n-th call of a method."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(TESTS)])}
    command = [sys.executable, "-c", DIES, url, str(folder), name, where, str(after)]
    assert subprocess.run(command, env=environment, check=False).returncode == -signal.SIGKILL


def named(folder: Path) -> dict[str, bytes]:
    """Files that a reader sees."""
    return {name: content for name, content in files_of(folder).items() if not name.startswith(".export-")}


@pytest.fixture
def stored(database: Connection) -> Connection:
    put(database, [Story(body(number, 2), f"p{number % 3}") for number in range(40)])
    return database


@pytest.mark.parametrize("name", FORMATS)
def test_killed_while_it_writes_it_leaves_nothing_and_the_next_one_is_whole(
    stored: Connection, database_url: str, tmp_path: Path, name: str
) -> None:
    here = tmp_path / "out"
    killed(database_url, here, name, "Sink.write", 7)
    assert named(here) == {}
    assert files_of(here), "it had begun"
    export(stored, str(here), name, ALL)
    export(stored, str(tmp_path / "calm"), name, ALL)
    assert files_of(here) == files_of(tmp_path / "calm")


@pytest.mark.parametrize("name", ["parquet", "seed"])
@pytest.mark.parametrize("after", [0, 2, 4])
def test_killed_while_files_get_their_names_the_next_one_does_the_rest(
    stored: Connection, database_url: str, tmp_path: Path, name: str, after: int
) -> None:
    here = tmp_path / "out"
    export(stored, str(here), name, ALL)
    old = files_of(here)
    put(stored, [Story(body(number, 2), "p3") for number in range(100, 103)])
    export(stored, str(tmp_path / "calm"), name, ALL)
    new = files_of(tmp_path / "calm")
    killed(database_url, here, name, "_Moves._move", after)
    assert all(content in {old.get(path), new.get(path)} for path, content in named(here).items())
    done = export(stored, str(here), name, ALL, incremental=True)
    assert (done.articles, files_of(here)) == (0, new), "the killed one was decided: there is nothing left to export"


def test_killed_at_any_moment_it_leaves_whole_files_only(stored: Connection, database_url: str, tmp_path: Path) -> None:
    put(stored, [Story(body(number, 2), f"p{number % 3}") for number in range(2000)])
    export(stored, str(tmp_path / "calm"), "parquet", ALL)
    whole, here = files_of(tmp_path / "calm"), tmp_path / "out"
    command = [sys.executable, "-c", DIES, database_url, str(here), "parquet", "Sink.write", "1000000"]
    for turn in range(4):
        with subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ROOT)}) as process:
            deadline = time.monotonic() + 60
            while not here.exists() and process.poll() is None:
                assert time.monotonic() < deadline
                time.sleep(0.01)
            time.sleep(0.1 * turn)
            process.kill()
        assert named(here).items() <= whole.items()
    export(stored, str(here), "parquet", ALL)
    assert files_of(here) == whole


def test_an_error_leaves_what_was_there(stored: Connection, tmp_path: Path) -> None:
    here = tmp_path / "out"
    export(stored, str(here), "parquet", ALL)
    before = files_of(here)
    put(stored, [Story(body(90))])

    def fails(_done: int, _total: int) -> None:
        raise OSError(28, "No space left on device")

    for name in ("parquet", "csv", "jsonl", "seed"):
        place = here if name == "parquet" else tmp_path / name
        with pytest.raises(DestinationError, match="No space left"):
            export(stored, str(place), name, ALL, told=fails)
        assert name == "parquet" or files_of(place) == {}
    assert files_of(here) == before


def test_a_store_in_memory_gets_the_same_bytes(stored: Connection, tmp_path: Path) -> None:
    memory = fsspec.filesystem("memory")
    for name in FORMATS:
        url = f"memory://news/{name}"
        export(stored, str(tmp_path / name), name, ALL)
        assert export(stored, url, name, ALL).articles == 40
        assert export(stored, url, name, ALL, incremental=True).files == 0
        export(stored, url, name, ALL)
        found = {path.removeprefix(f"/news/{name}/"): memory.cat_file(path) for path in memory.find(f"/news/{name}")}
        assert found == files_of(tmp_path / name)
        assert sums_are_right(found)


def test_the_sums_are_as_the_program_of_the_shell_reads_them(stored: Connection, tmp_path: Path) -> None:
    export(stored, str(tmp_path), "seed", ALL)
    command = ["sha256sum", "--check", "--quiet", "_SHA256SUMS"]
    assert subprocess.run(command, cwd=tmp_path, check=False).returncode == 0
    next(tmp_path.glob("007_*.txt")).write_text("lain", "utf-8")
    assert subprocess.run(command, cwd=tmp_path, check=False, capture_output=True).returncode == 1


def test_manifests_are_told_in_the_order_of_their_marks(stored: Connection, tmp_path: Path) -> None:
    for number in range(3):
        put(stored, [Story(body(200 + number))])
        export(stored, str(tmp_path), "jsonl", ALL, incremental=True)
    told = Destination(str(tmp_path)).manifests()
    assert [(each["after"], each["mark"]) for each in told] == [(None, 41), (41, 42), (42, 43)]
    assert told[-1] == json.loads((tmp_path / "_manifest_000000000042-000000000043.json").read_text("utf-8"))
