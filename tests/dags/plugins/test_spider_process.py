"""The process a crawl task runs in, with a real Scrapy and small spiders written for the occasion."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from ast import literal_eval
from pathlib import Path

import pytest

from spider_process import GRACE, PythonProcess, SpiderProcess

PROJECT = '''
import logging, os, time
from scrapy import Spider
from scrapy.spiderloader import SpiderLoader

SPIDER_MODULES = ["try_spiders"]
BOT_NAME = "try"
TELNETCONSOLE_ENABLED = REMOTE_CONTROL_ENABLED = False

class Chatty(Spider):
    name = "chatty"
    async def start(self):
        self.logger.warning("slow today\\nvery slow")
        self.logger.info("asked for %s", self.wish)
        return
        yield

class Patient(Spider):
    """Waits as a crawl with a slow newspaper does, and ends when asked."""
    name = "patient"
    async def start(self):
        import asyncio
        print("waiting", flush=True)
        await asyncio.sleep(600)
        yield
    def closed(self, reason):
        self.logger.info("closed in good order")

class Stubborn(Spider):
    """Hangs where no signal handler of Python's runs in time."""
    name = "stubborn"
    async def start(self):
        print("waiting", flush=True)
        time.sleep(600)
        yield

class Hopeless(Spider):
    name = "hopeless"
    def __init__(self, *arguments, **more):
        logging.getLogger("pipelines").critical("Postgres cannot be reached: no route")
        raise RuntimeError("one of many lines that follow")
'''

TASK = """
from spider_process import PythonProcess, SpiderProcess
with SpiderProcess("stubborn", {}, {"SCRAPY_SETTINGS_MODULE": "try_spiders"}) as spider:
    for level, text in spider.lines():
        if text == "waiting":
            print(spider.pid, flush=True)
"""


@pytest.fixture
def project(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "try_spiders.py").write_text(PROJECT, "utf-8")
    return {"SCRAPY_SETTINGS_MODULE": "try_spiders", "PYTHONPATH": str(tmp_path)}


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


def test_each_log_line_keeps_its_level_and_the_lines_of_one_message_stay_together(project: dict[str, str]) -> None:
    with SpiderProcess("chatty", {"wish": "all"}, project) as spider:
        lines = list(spider.lines())
        assert spider.wait() == 0
    at = lines.index((logging.WARNING, "[chatty] slow today"))
    assert lines[at + 1 : at + 3] == [(logging.WARNING, "very slow"), (logging.INFO, "[chatty] asked for all")]


def test_arguments_are_never_read_by_a_shell(project: dict[str, str], tmp_path: Path) -> None:
    wish = f"two words; touch {tmp_path}/broken $(touch {tmp_path}/broken)"
    with SpiderProcess("chatty", {"wish": wish}, project) as spider:
        assert (logging.INFO, f"[chatty] asked for {wish}") in list(spider.lines())
    assert not (tmp_path / "broken").exists()


def test_a_stopped_spider_closes_in_good_order_and_is_heard_to_the_end(project: dict[str, str]) -> None:
    said = []
    with SpiderProcess("patient", {}, project) as spider:
        for _, text in spider.lines():
            said.append(text)
            if "waiting" in said:  # again at each line: a spider that is asked twice gives up its good order
                spider.stop()
        assert spider.wait() == 0
    assert "[patient] closed in good order" in said
    assert "[scrapy.core.engine] Spider closed (shutdown)" in said


def test_a_spider_that_does_not_listen_is_killed(project: dict[str, str]) -> None:
    with SpiderProcess("stubborn", {}, project) as spider:
        for _, text in spider.lines():
            if text == "waiting":
                spider.stop()
                spider.stop()
        assert spider.wait() == -signal.SIGKILL


def test_a_reader_that_fails_leaves_no_spider_behind(project: dict[str, str]) -> None:
    with pytest.raises(KeyError), SpiderProcess("stubborn", {}, project) as spider:
        raise KeyError
    assert not is_running(spider.pid)
    for waiting in (each for each in threading.enumerate() if isinstance(each, threading.Timer)):
        waiting.join(GRACE / 2)
        assert not waiting.is_alive(), "it would have been killed a while later"


def test_a_spider_has_seconds_to_close_and_is_gone_before_airflow_kills_its_task() -> None:
    gives_back_leases, airflow_kills_after = 1.0, 5.0
    assert 2.0 <= GRACE < airflow_kills_after - gives_back_leases


CHATTER = r"""
import sys
print("2026-11-20 10:00:00 [scrapy.core] DEBUG: rinci")
print("2026-11-20 10:00:00 [] INFO: tanpa nama")
print("kata 1x y [z] ERROR: bukan tingkat")
print("2026-11-20 10:00:00 [w] WARNING:")
print("    menjorok   ")
print("2026-11-20T10 +07 [twisted] CRITICAL: Unhandled error in Deferred:")
print("2026-11-20 10:00:00 [w] ERROR: sebab: satu")
print("2026-11-20 10:00:00 [w] CRITICAL: sebab dua")
sys.stdout.flush()
sys.stdout.buffer.write("2026-11-20 10:00:00 [w] INFO: caf\u00e9 ".encode() + b"\xff\n\n")
"""
HEARD = [
    (logging.DEBUG, "[scrapy.core] rinci"),
    (logging.INFO, "[] tanpa nama"),
    (logging.INFO, "kata 1x y [z] ERROR: bukan tingkat"),
    (logging.WARNING, "[w] "),
    (logging.WARNING, "    menjorok"),
    (logging.CRITICAL, "[twisted] Unhandled error in Deferred:"),
    (logging.ERROR, "[w] sebab: satu"),
    (logging.CRITICAL, "[w] sebab dua"),
    (logging.INFO, "[w] caf\u00e9 \ufffd"),
    (logging.INFO, ""),
]
LISTENER = """
from spider_process import PythonProcess
with PythonProcess(["chatter"], {"PYTHONUTF8": "1"}) as child:
    print(ascii([*child.lines()]))
"""


@pytest.fixture
def chatter(tmp_path: Path) -> dict[str, str]:
    """Finds the module `chatter`."""
    (tmp_path / "chatter.py").write_text(CHATTER, "utf-8")
    return {"PYTHONPATH": str(tmp_path)}


def test_lines_of_every_level_are_told_from_those_without_and_the_first_error_that_says_something_is_the_reason(
    chatter: dict[str, str],
) -> None:
    with PythonProcess(["chatter"], chatter) as child:
        assert [*child.lines()] == HEARD
        assert child.last_words == "sebab: satu"


def test_a_log_is_utf_8_whatever_the_locale_of_the_task(chatter: dict[str, str]) -> None:
    paths = os.pathsep.join([chatter["PYTHONPATH"], *sys.path])
    ascii_only = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    environment = {**os.environ, **ascii_only, "PYTHONPATH": paths}
    task = subprocess.run([sys.executable, "-c", LISTENER], env=environment, check=True, capture_output=True, text=True)
    assert literal_eval(task.stdout) == HEARD


def test_a_line_is_heard_when_it_is_said_and_the_last_one_that_says_something_tells_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)  # a machine may have it for every program
    (tmp_path / "slow.py").write_text(
        "import os, time\nprint('  jejak ')\nprint()\ntime.sleep(20)\nos._exit(3)\n", "utf-8"
    )
    with PythonProcess(["slow"], {"PYTHONPATH": str(tmp_path)}) as child:
        lines = child.lines()
        assert [next(lines), next(lines)] == [(logging.INFO, "  jejak"), (logging.INFO, "")]
        assert child.last_words == "jejak"


def test_a_process_without_a_word_has_no_input_to_wait_for_and_runs_no_file_of_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "timeit.py").write_text("raise SystemExit('planted')", "utf-8")
    monkeypatch.chdir(tmp_path)
    before, (reading, writing) = os.dup(0), os.pipe()
    os.write(writing, b"rahasia")
    os.dup2(reading, 0)
    for number in (reading, writing):
        os.close(number)
    try:
        with PythonProcess(["timeit", "-n1", "-r1", "import os; os._exit(len(os.read(0, 9)))"], {}) as child:
            assert [*child.lines()] == []
            assert child.wait() == 0
    finally:
        os.dup2(before, 0)
        os.close(before)
    assert child.last_words == "the spider ended without a word"


def test_the_spider_dies_with_the_task_that_started_it(project: dict[str, str]) -> None:
    paths = os.pathsep.join([project["PYTHONPATH"], *sys.path])
    command, environment = [sys.executable, "-c", TASK], {**os.environ, **project, "PYTHONPATH": paths}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as task:
        assert task.stdout is not None
        pid = int(task.stdout.readline())
        assert is_running(pid)
        task.kill()
    for _ in range(100):
        if not is_running(pid):
            break
        time.sleep(0.1)
    assert not is_running(pid)


def test_its_first_error_tells_why_a_spider_did_not_begin(project: dict[str, str]) -> None:
    with SpiderProcess("hopeless", {}, project) as spider:
        assert len(list(spider.lines())) > 2
        assert spider.wait() == 1
    assert spider.last_words == "Postgres cannot be reached: no route"


def test_the_last_line_tells_why_where_no_error_was_logged(project: dict[str, str]) -> None:
    with SpiderProcess("nobody", {}, project) as spider:
        list(spider.lines())
        assert spider.wait() != 0
    assert "nobody" in spider.last_words


def test_a_spider_inherits_no_key_of_airflow_and_no_login_but_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = {
        "AIRFLOW__API_AUTH__JWT_SECRET": "rahasia-1",
        "AIRFLOW__CORE__FERNET_KEY": "rahasia-2",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": "rahasia-3",
        "_AIRFLOW__AS_LIBRARY": "rahasia-4",
        "DATABASE_OWNER_URL": "rahasia-5",
        "DATABASE_READER_URL": "rahasia-6",
    }
    for name, value in {**secret, "LUMBUNG_CONTACT": "surat@contoh.example"}.items():
        monkeypatch.setenv(name, value)
    show = "import os; print(sorted(os.environ.items()))"
    with PythonProcess(
        ["timeit", "-n1", "-r1", show], {"DATABASE_URL": "postgresql://pemanen@gudang/lumbung"}
    ) as child:
        told = "\n".join(text for _, text in child.lines())
    assert "postgresql://pemanen@gudang/lumbung" in told
    assert "surat@contoh.example" in told
    assert "('SCRAPY_SETTINGS_MODULE', 'spiders.settings')" in told
    assert "rahasia" not in told
