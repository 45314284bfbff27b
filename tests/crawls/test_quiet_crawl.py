"""What a crawl with nothing new costs its database, as a wire to a real server sees it: most are of this kind."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from support.lost_reply import LossyWire
from support.scripted_press import Answer, Press, printing, write_publisher

from pipelines.harvest.crawl import run_crawl
from pipelines.harvest.ledger import read_crawl

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pipelines.database.connections import Connection

MOST_STATEMENTS, MOST_TRANSACTIONS = 12, 12
JOINED = ";\n"
"""Between two statements of one message."""


@pytest.fixture
def press() -> Iterator[Press]:
    """A newspaper whose feed has a validator and never changes."""
    presses: list[Press] = []

    def script(path: str, _number: int) -> Answer | None:
        if path.endswith("/rss") and '"same"' in presses[0].head:
            return Answer("", 304)
        items = "".join(f"<item><link>{presses[0].home}warta/berita-{number}</link></item>" for number in range(3))
        feed = f'<rss version="2.0"><channel><title>Warta</title>{items}</channel></rss>'
        return Answer(feed, headers={"ETag": '"same"'}) if path.endswith("/rss") else None

    with printing(script) as printed:
        presses.append(printed)
        yield printed


def test_a_crawl_with_nothing_new_asks_little_of_the_database(
    press: Press, database: Connection, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in write_publisher(tmp_path, "warta", press.home).items():
        monkeypatch.setenv(name, value)
    run_crawl("warta", {}, database_url)
    with database, database.cursor() as cursor:
        cursor.execute("update lumbung.poll set next_at = now()")
    asked = len(press.requests)
    with LossyWire(urlsplit(database_url).port or 0).running() as wire:
        run_crawl("warta", {}, wire.url(database_url))
    statements = [statement for message in wire.messages for statement in message.split(JOINED)]
    first_lines = "\n".join(" ".join(each.split())[:90] for each in statements)
    assert press.paths()[asked:] == ["/warta/rss"]
    crawl = read_crawl(database, 2)
    assert (crawl.polls_unchanged, crawl.leased, crawl.finish_reason) == (1, 0, "finished")
    assert len(statements) <= MOST_STATEMENTS, first_lines
    assert wire.commits <= MOST_TRANSACTIONS, first_lines
