"""No page stops a crawl: what costs too much is told, and the next page is read."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import psutil
import pytest

from spiders.article import Article
from spiders.publishers import Publisher
from spiders.reading.process.messages import Answer, Sheet
from spiders.reading.process.reader import OverLimit, Reader, ReaderLost

HOSTILE = Publisher(key="hostile", name="Hostile", home="https://hostile.example/", page="hostile.page_classes.Hostile")
TEXT = "Petani di Karawang mulai memanen padi musim tanam kedua, dan gabah dijemur di halaman balai desa. " * 4
HTML = (
    f"<html><body><article><h1>Panen Raya di Karawang</h1><p>{TEXT}</p><p>{TEXT}</p></article></body></html>".encode()
)


def read(*words: str, seconds: float = 1, megabytes: int = 280) -> list[Answer | str]:
    """What becomes of pages of these names, read one after the other by one reader."""
    reader = Reader.shared(seconds, megabytes)

    async def one(word: str) -> Answer | str:
        sheet = Sheet(HTML, f"https://hostile.example/{word}", "hostile", datetime.now(UTC), None)
        try:
            return await reader.read(sheet, HOSTILE)
        except OverLimit as error:
            return str(error)
        except ReaderLost as error:
            return f"lost: {error}"

    async def every() -> list[Answer | str]:
        return [await one(word) for word in words]

    try:
        return asyncio.run(every())
    finally:
        reader.release()


@pytest.mark.parametrize(
    ("word", "line"),
    [
        ("spin", "takes more than 1 s of CPU"),
        ("hoard", "needs more than 280 MiB of memory"),
        ("crash", "ends its reader (SIGSEGV)"),
        ("sleep", "did not come back within 10 s"),
        ("end", "lost: ends its reader (SIGTERM)"),
        ("leave", "ends its reader (exit status 3)"),
    ],
)
def test_a_page_over_its_limit_is_told_and_the_next_one_is_read(word: str, line: str) -> None:
    seconds = 20 if word == "hoard" else 1  # to fill the memory takes time, too
    before, hostile, after = read("first", word, "last", seconds=seconds)
    assert hostile == line
    for answer in (before, after):
        assert isinstance(answer, Answer)
        assert isinstance(answer.outcome, Article)
        assert answer.outcome.headline == "Panen Raya di Karawang"


def test_a_bug_is_told_with_its_place_and_the_process_lives_on() -> None:
    raised, printed = read("raise", "print")
    assert isinstance(raised, Answer)
    assert raised.outcome is None
    assert raised.bug == "ZeroDivisionError: division by zero in two lines"
    assert "page_classes.py" in raised.traceback
    assert isinstance(printed, Answer)
    assert isinstance(printed.outcome, Article)


def test_the_time_of_many_pages_does_not_add_up() -> None:
    answers = read(*["page"] * 300)
    assert all(isinstance(answer, Answer) and isinstance(answer.outcome, Article) for answer in answers)


def test_the_process_that_reads_pages_knows_no_address_and_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = ("DATABASE_URL", "DATABASE_OWNER_URL", "PGPASSWORD", "PGPASSFILE", "AIRFLOW__CORE__FERNET_KEY")
    for name in secrets:
        monkeypatch.setenv(name, "rahasia")
    reader = Reader.shared(10, 1024)
    sheet = Sheet(HTML, "https://hostile.example/first", "hostile", datetime.now(UTC), None)
    try:
        # Linux shows a process's environment as empty for a moment after `Popen` has returned. One that answers has it.
        asyncio.run(reader.read(sheet, HOSTILE))
        assert reader._child is not None  # noqa: SLF001 - other tests leave children too
        environment = psutil.Process(reader._child.pid).environ()  # noqa: SLF001
    finally:
        reader.release()
    assert "PATH" in environment
    assert "rahasia" not in environment.values()
