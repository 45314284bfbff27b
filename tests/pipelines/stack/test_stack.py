"""The stack: ports, secrets, its lock, processes found again, and `up` and `down` for real."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
from contextlib import closing
from typing import TYPE_CHECKING, Any

import psutil
import psycopg2
import pytest
from support.checkout import ROOT
from support.scripted_press import printing, write_publisher
from support.stacks import LUMBUNG, lumbung, sleeper, until
from support.throwaway import free_port

from pipelines.stack import lifecycle as stack_commands
from pipelines.stack import ports, processes
from pipelines.stack.airflow_api import AirflowApi
from pipelines.stack.home import Home, StackBusy, StackError, State
from pipelines.stack.ports import choose_ports

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def listener() -> Iterator[int]:
    """A port that another program listens on: this one."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        yield port


@pytest.fixture(autouse=True)
def _no_ports_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    for service in ports.PREFERRED:
        monkeypatch.delenv(ports.variable(service), raising=False)


def test_taken_preferred_port_gives_way_to_any_free_one(listener: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "PREFERRED", {"newsstand": listener, "airflow": free_port()})
    chosen = choose_ports({})
    assert chosen["newsstand"] != listener
    assert chosen["airflow"] == ports.PREFERRED["airflow"]


def test_remembered_port_in_use_names_the_culprit_and_the_way_out(listener: int) -> None:
    with pytest.raises(
        StackError, match=rf"port {listener} for airflow is in use by .*process {os.getpid()}.*LUMBUNG_AIRFLOW_PORT=\d+"
    ):
        choose_ports({"newsstand": free_port(), "airflow": listener, "postgres": free_port()})


def test_a_running_service_may_hold_its_own_port(listener: int) -> None:
    assert choose_ports({"airflow": listener}, running=["airflow"])["airflow"] == listener


def test_port_asked_for_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = free_port()
    monkeypatch.setenv("LUMBUNG_POSTGRES_PORT", str(asked))
    assert choose_ports({"postgres": free_port()})["postgres"] == asked
    monkeypatch.setenv("LUMBUNG_POSTGRES_PORT", "high")
    with pytest.raises(StackError, match="LUMBUNG_POSTGRES_PORT=high is no port"):
        choose_ports({})


def test_secrets_are_new_each_time_and_readable_by_their_owner_only(home: Home) -> None:
    home.make()
    home.save(State.new())
    home.write_environment({"AIRFLOW_PASSWORD": "two 'words'"})
    for name in ("state.json", "env"):
        assert (home.folder / name).stat().st_mode & 0o777 == 0o600
    first, second = State.new().model_dump(), State.new().model_dump()
    assert not [name for name in first if name.endswith(("password", "secret", "key")) and first[name] == second[name]]
    sourced = subprocess.check_output(["/bin/sh", "-c", f". {home.folder}/env; echo $AIRFLOW_PASSWORD"], text=True)
    assert sourced.strip() == home.shell_variables()["AIRFLOW_PASSWORD"] == "two 'words'"


def test_damaged_state_says_how_to_start_over(home: Home) -> None:
    home.make()
    (home.folder / "state.json").write_text("{")
    with pytest.raises(StackError, match=r"state\.json is damaged: remove .*\.lumbung to start over"):
        home.load()


def test_second_command_is_told_who_is_at_work(home: Home) -> None:
    home.make()
    with home.locked("up"), pytest.raises(StackBusy, match=rf"`lumbung up` \(process {os.getpid()}\)"):
        home.locked("up").__enter__()
    with home.locked("up"):
        pass  # and the lock is free again


def test_down_without_a_stack_does_nothing(home: Home) -> None:
    assert stack_commands.down(home) == []
    assert not home.exists


def test_status_tells_what_is_down(home: Home) -> None:
    none = lumbung(home, "status")
    assert (none.returncode, none.stdout) == (3, "no stack has been started here: `make up` starts one\n")
    home.make()
    state = State.new()
    state.ports = dict.fromkeys(ports.PREFERRED, 1)
    state.processes = {"newsstand": sleeper(home)}
    home.save(state)
    some = lumbung(home, "status")
    assert some.returncode == 3
    assert [line.split()[:3] for line in some.stdout.splitlines()][:2] == [
        ["postgres", "-", "down"],
        ["newsstand", str(state.processes["newsstand"].pid), "running"],
    ]


def test_full_disk_starts_nothing(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage("/")._replace(free=300_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    with pytest.raises(StackError, match=r"0\.3 GB of free disk, the stack needs 1 GB: make room"):
        stack_commands.up(home, None)  # type: ignore[arg-type]  # it ends before there is anything to report
    assert not home.exists


def test_taken_port_starts_nothing(home: Home, listener: int) -> None:
    refused = lumbung(home, "up", LUMBUNG_NEWSSTAND_PORT=str(listener))
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"lumbung: port {listener} for newsstand is in use by ")
    assert refused.stderr.count("\n") == 1
    assert processes.members(home.folder) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_start_leaves_nothing_behind(home: Home, number: signal.Signals) -> None:
    environment = {**os.environ, "LUMBUNG_STACK": str(home.folder)}
    start = subprocess.Popen([LUMBUNG, "up"], env=environment, text=True, stdout=subprocess.PIPE)
    until(lambda: len(processes.members(home.folder)) >= 2)
    start.send_signal(number)
    said, _ = start.communicate(timeout=60)
    assert start.returncode == 128 + number
    assert "stopping what was started" in said
    assert processes.members(home.folder) == []


@pytest.mark.timeout(1500)
def test_up_harvests_and_returns_with_everything_running_and_down_leaves_nothing(home: Home, tmp_path: Path) -> None:
    up = lumbung(home, "up")
    assert up.returncode == 0, up.stdout + up.stderr
    assert "news.articles, newest first" in up.stdout
    variables = home.shell_variables()
    assert set(variables) == {
        "DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_READER_URL", "LUMBUNG_HOME_CONTOH", "AIRFLOW_URL",
        "AIRFLOW_USER", "AIRFLOW_PASSWORD", "AIRFLOW_VIEWER_PASSWORD", "SCRAPY_SETTINGS_MODULE",
    }  # fmt: skip
    with closing(psycopg2.connect(variables["DATABASE_URL"])) as connection, connection.cursor() as cursor:
        cursor.execute("select text from news.article_text where headline like 'Kandahar, Kota Terbesar%'")
        assert cursor.fetchall() == [((ROOT / "seeds" / "article.txt").read_text("utf-8"),)]
        cursor.execute("select count(*) filter (where not balanced), sum(stored) > 100 from news.crawls")
        assert cursor.fetchone() == (0, True)
        cursor.execute("select current_user, rolsuper or rolcreaterole from pg_roles where rolname = current_user")
        assert cursor.fetchone() == ("lumbung_crawl", False)
    with closing(psycopg2.connect(variables["DATABASE_READER_URL"])) as connection, connection.cursor() as cursor:
        cursor.execute("select count(*) > 100 from news.articles")
        assert cursor.fetchone() == (True,)
    readers_only_read_and_nobody_reaches_airflows_database(variables)
    running = lumbung(home, "status")
    assert running.returncode == 0, running.stdout
    assert running.stdout.endswith(f"readers of schema news: {variables['DATABASE_READER_URL']}\n")
    assert owner_password_is_known_to(home) == set()
    addresses = {each.laddr.ip for member in processes.members(home.folder) for each in listening(member)}
    assert addresses == {"127.0.0.1"}

    assert unwell(home) == []

    # Whatever has happened meanwhile, the next start comes to its end with the harvest in place.
    shell_crawl_of_another_publisher(home, tmp_path)
    for event in ("nothing more", "the scheduler killed", "an event lost"):
        if event != "nothing more":
            lose_event(home, "contoh")
        if event == "the scheduler killed":
            kill_scheduler(home)
        again = lumbung(home, "up")
        assert again.returncode == 0, again.stdout + again.stderr
        assert "news.articles, newest first" in again.stdout
        assert waiting(home, "contoh") == 0
    interrupted_start_leaves_the_others_running(home)
    again = lumbung(home, "up")
    assert again.returncode == 0, again.stdout + again.stderr
    assert [line.split()[0::2][:2] for line in lumbung(home, "status").stdout.splitlines()] == [
        line.split()[0::2][:2] for line in running.stdout.splitlines()
    ]
    logs = lumbung(home, "logs", "--no-follow", "-n", "1").stdout
    assert {"newsstand", "airflow-scheduler", "crawl_contoh.crawl"} <= {line.split()[0] for line in logs.splitlines()}

    (ROOT / "dags" / "crawl.py").touch()  # as `git pull` leaves a file that it has changed
    newer = lumbung(home, "up")
    assert newer.returncode == 0, newer.stdout + newer.stderr
    assert (
        "stops newsstand, log-keeper, airflow-scheduler, airflow-dag-processor, airflow-triggerer, airflow-api to"
        in newer.stdout
    )
    before, after = pids(running.stdout), pids(lumbung(home, "status").stdout)
    assert {name for name in before if before[name] == after[name]} == {"postgres"}

    down = lumbung(home, "down")
    assert down.stdout.startswith("stopped postgres, newsstand, log-keeper, airflow-scheduler")
    assert processes.members(home.folder) == []
    assert json.loads((home.folder / "state.json").read_text())["processes"] == {}


def pids(status: str) -> dict[str, str]:
    """Process id of each service, by `lumbung status`."""
    return {line.split()[0]: line.split()[1] for line in status.splitlines() if "running" in line}


def readers_only_read_and_nobody_reaches_airflows_database(variables: dict[str, str]) -> None:
    writing = psycopg2.connect(variables["DATABASE_READER_URL"], options="-c default_transaction_read_only=off")
    refused = pytest.raises(psycopg2.errors.InsufficientPrivilege)
    with closing(writing) as connection, connection.cursor() as cursor, refused:
        cursor.execute("create temporary table x ()")
    for url in (variables["DATABASE_URL"], variables["DATABASE_READER_URL"]):
        with pytest.raises(psycopg2.OperationalError, match='permission denied for database "airflow"'):
            psycopg2.connect(url, dbname="airflow")


def unwell(home: Home) -> list[str]:
    """What Airflow's home page shows in red."""
    health = AirflowApi(home.shell_variables()["AIRFLOW_URL"], "", "").health()
    assert len(health) == 4
    return [name for name, state in health.items() if state != "healthy"]


def shell_crawl_of_another_publisher(home: Home, folder: Path) -> None:
    """Five articles of a publisher that nobody has deduplicated."""
    with printing() as press:
        found = write_publisher(folder, "warta", press.home)
        crawl = lumbung(home, "crawl", "warta", "--max", "5", "--quiet", **home.shell_variables(), **found)
    assert crawl.returncode == 0, crawl.stderr
    assert waiting(home, "warta") == 5


def ask(home: Home, statement: str, *values: str) -> list[tuple[Any, ...]]:
    owner = home.shell_variables()["DATABASE_OWNER_URL"]
    with closing(psycopg2.connect(owner)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def waiting(home: Home, publisher: str) -> int:
    """Articles of a publisher that deduplication has not looked at."""
    ((count,),) = ask(
        home,
        "select count(distinct article_id) from lumbung.deduplication_due join lumbung.article using (article_id)"
        " where publisher = %s",
        publisher,
    )
    return int(count)


def lose_event(home: Home, publisher: str) -> None:
    """Articles that wait, and nobody who tells of them: as a scheduler leaves them that dies before `announce`."""
    articles = "select article_id from lumbung.article where publisher = %s"
    assert len(ask(home, f"insert into lumbung.deduplication_due {articles} returning 1", publisher)) > 100


def kill_scheduler(home: Home) -> None:
    state = home.load()
    assert state is not None
    scheduler = processes.find(state.processes["airflow-scheduler"])
    assert scheduler is not None
    processes.kill([scheduler, *scheduler.children(recursive=True)])


def interrupted_start_leaves_the_others_running(home: Home) -> None:
    """Interrupt a second start that has begun two services again: these end, children and all, and only these."""
    state = home.load()
    assert state is not None
    for service in ("airflow-api", "newsstand"):
        found = processes.find(state.processes[service])
        assert found is not None
        processes.kill([found, *found.children(recursive=True)])
    others = {each.pid for each in processes.members(home.folder)}
    environment = {**os.environ, "LUMBUNG_STACK": str(home.folder)}
    start = subprocess.Popen([LUMBUNG, "up"], env=environment, text=True, stdout=subprocess.PIPE)
    until(lambda: bool(api_processes(home) - others))
    start.send_signal(signal.SIGTERM)
    start.communicate(timeout=60)
    assert start.returncode == 128 + signal.SIGTERM
    assert api_processes(home) == set()
    services = {line.split()[0]: line.split()[2] for line in lumbung(home, "status").stdout.splitlines()}
    assert [name for name, how in services.items() if how == "down"] == ["newsstand", "airflow-api"]


def api_processes(home: Home) -> set[int]:
    """Ids of the API server and of what it has started."""
    return {each.pid for each in processes.members(home.folder) if "api" in " ".join(words_of(each)).lower()}


def words_of(process: psutil.Process) -> list[str]:
    try:
        return [process.name(), *process.cmdline()]
    except psutil.Error:
        return []


def owner_password_is_known_to(home: Home) -> set[str]:
    """Names of the stack's processes that have the password of the server's superuser in their environment or words."""
    state = home.load()
    assert state is not None
    members = processes.members(home.folder)
    assert len(members) > 5
    told = {each.name(): [*each.environ().values(), *each.cmdline()] for each in members}
    return {name for name, texts in told.items() if any(state.postgres_password in text for text in texts)}


def listening(process: psutil.Process) -> list[Any]:
    return [each for each in process.net_connections("inet") if each.status == psutil.CONN_LISTEN]
