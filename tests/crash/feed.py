"""Eight writers in random order, rolled back and killed, beside consumers that only follow their marks.

usage: PYTHONPATH=tests python tests/crash/feed.py [--seconds 300] [--kills 50] [--seed 7]

Five loaders, two processes of deduplication and one that deletes and takes down write as the harvest does, with random
pauses before they commit, rollbacks, and `kill -9` of the process or of its session. Copies of `news.all_articles` and
`news.articles` follow `news.changes`, two others `fetched_at`. Prints the differences; status 1 where a copy that
follows the feed has any.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any

import psycopg2
from support.feed_copy import Copy
from support.stories import Story, body, put, text_hash
from support.throwaway import fresh_database, throwaway_server

from pipelines.changes.takedown import take_down
from pipelines.database.connections import Connection, DatabaseError, Work, connect, transaction
from pipelines.duplicates.deduplicate import deduplicate

if TYPE_CHECKING:
    from collections.abc import Callable

ROLES = ("loader",) * 5 + ("deduplication",) * 2 + ("editor",)
STORE = """
with page as (
    insert into lumbung.page (publisher, canonical_url, url, state)
    select 'kabar', u, u, 'done' from unnest(%s::text[]) as u
    returning page_id, canonical_url
)
insert into lumbung.article (page_id, publisher, url, canonical_url, headline, paragraphs, text_hash, fetched_at,
    first_fetched_at, crawl_id)
select page_id, 'kabar', canonical_url, canonical_url, 'Pasar', %s, %s, clock_timestamp(), clock_timestamp(), 1
from page
"""
CHANGE = """
update lumbung.article
set reads = coalesce(reads, 0) + 1, section = case when random() < .3 then 'S' || (random() * 9)::int else section end,
    gone_at = case when random() < .1 then now() when random() < .2 then null else gone_at end,
    fetched_at = clock_timestamp()
where article_id in (select article_id from lumbung.article order by random() limit 20)
"""
DELETE = "delete from lumbung.article where article_id = %s"
REVISE = """
update lumbung.article set text_hash = gen_random_uuid(), paragraphs = paragraphs || array['Lagi.']
where article_id = %s
"""
SESSION = """
select pg_terminate_backend(pid)
from pg_stat_activity
where datname = current_database() and backend_xid is not null and pid <> pg_backend_pid()
order by random()
limit 1
"""


class FetchedAt(Copy):
    """A copy whose mark is the highest `fetched_at`, as one would do without the feed."""

    since: Any = "-infinity"

    def follow(self) -> None:
        found = self.ask(
            f"select article_id, fetched_at, to_jsonb(a)::text as article from news.{self.view} a"
            " where fetched_at > %(since)s",
            {"since": self.since},
        )
        self.rows |= {row["article_id"]: row["article"] for row in found}
        self.since = max([row["fetched_at"] for row in found], default=self.since)


def write_as(role: str, url: str, seed: int) -> None:
    """Write until killed."""
    chance = random.Random(seed)  # noqa: S311 - not a secret
    work: dict[str, Callable[[Connection, random.Random], None]] = {"loader": load, "editor": edit}
    while True:
        try:
            with closing(connect(url, work=Work.DEDUPLICATING)) as connection:
                while True:
                    if role == "deduplication":
                        deduplicate(connection, batch=chance.choice([5, 50, 500]))
                        time.sleep(chance.random())
                    else:
                        work[role](connection, chance)
        except (psycopg2.Error, DatabaseError):
            time.sleep(0.1)  # its session was killed, or it lost a deadlock


def load(connection: Connection, chance: random.Random) -> None:
    """One batch as a crawl has it: new articles, or others with other fields; at times a pause, at times undone."""
    story = Story(body(chance.randrange(300), 4))
    with connection.cursor() as cursor:
        if chance.random() < 0.5:
            urls = [f"https://kabar.example/{chance.getrandbits(60)}" for _ in range(chance.randrange(1, 20))]
            cursor.execute(STORE, [urls, list(story.paragraphs), str(text_hash(story))])
        else:
            cursor.execute(CHANGE)
        time.sleep(chance.choice([0, 0, 0.05, 0.4]))
    _end(connection, chance)


def edit(connection: Connection, chance: random.Random) -> None:
    """What a person does: deletes, takes down, changes a text."""
    with connection.cursor() as cursor:
        cursor.execute("select article_id from lumbung.article order by random() limit 1")
        (number,) = cursor.fetchone() or (0,)
    connection.rollback()
    if chance.random() < 0.2:
        with contextlib.suppress(DatabaseError):
            take_down(connection, str(number), "x")
    else:
        with connection.cursor() as cursor:
            cursor.execute(chance.choice([DELETE, REVISE]), [number])
        _end(connection, chance)
    time.sleep(chance.random() / 2)


def _end(connection: Connection, chance: random.Random) -> None:
    if chance.random() < 0.15:
        connection.rollback()
    else:
        connection.commit()


def strike(url: str, writers: list[subprocess.Popen[bytes]], chance: random.Random) -> str:
    """Kill a process, or a session in a transaction; say which."""
    which = chance.randrange(len(writers))
    if chance.random() < 0.5:
        writers[which].send_signal(signal.SIGKILL)
        writers[which].wait()
        writers[which] = start(ROLES[which], url, chance.getrandbits(30))
        return f"kill -9 {ROLES[which]}"
    with closing(connect(url)) as connection:
        for _ in range(500):
            with transaction(connection) as cursor:
                cursor.execute(SESSION)
                if cursor.fetchone():
                    return "the session of a writer"
            time.sleep(0.01)
    return "nobody was writing"


def start(role: str, url: str, seed: int) -> subprocess.Popen[bytes]:
    """A writer as a process of its own."""
    return subprocess.Popen([sys.executable, __file__, "--write-as", role, "--seed", str(seed), "--url", url])


def run(url: str, seconds: float, kills: int, seed: int) -> dict[str, int]:
    """Everything; articles that each copy has otherwise than its view in the end."""
    chance = random.Random(seed)  # noqa: S311 - as above
    with closing(connect(url)) as connection:
        put(connection, [Story(body(number, 4)) for number in range(200)])
        with transaction(connection) as cursor:
            for table, key in (("page", "page_id"), ("article", "article_id")):
                cursor.execute(f"select setval(pg_get_serial_sequence('lumbung.{table}', '{key}'), 200)")
    copies: dict[str, Copy] = {
        "news.all_articles by the feed": Copy(url, "all_articles", 2000),
        "news.articles by the feed": Copy(url, "articles", 2000),
        "news.all_articles by fetched_at": FetchedAt(url, "all_articles"),
        "news.articles by fetched_at": FetchedAt(url, "articles"),
    }
    writers = [start(role, url, seed + number) for number, role in enumerate(ROLES)]
    begun, struck = time.monotonic(), 0
    try:
        while (spent := time.monotonic() - begun) < seconds:
            for copy in copies.values():
                copy.follow()
            if struck < kills and spent > seconds * (struck + 1) / (kills + 2):
                say(f"{spent:5.0f} s: {strike(url, writers, chance)}")
                struck += 1
            time.sleep(0.05)
    finally:
        for writer in writers:
            writer.kill()
            writer.wait()
    with closing(connect(url)) as connection:
        with transaction(connection) as cursor:
            # Sessions of killed processes end when the server notices.
            cursor.execute(
                "select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = current_database()"
                " and application_name = 'lumbung' and pid <> pg_backend_pid()"
            )
        with transaction(connection) as cursor:
            cursor.execute("select what, count(*) from news.changes group by 1 order by 1")
            say(", ".join(f"{what} {count:,}" for what, count in cursor))
            cursor.execute("select count(*) from lumbung.change_due")
            say(f"left over: {cursor.fetchone()}")
    for copy in copies.values():
        copy.follow()
    different = {name: len(copy.differences()) for name, copy in copies.items()}
    for name, copy in copies.items():
        say(f"{name}: {len(copy.rows):,} rows, {different[name]:,} otherwise than the view")
        copy.close()
    return different


def say(text: str) -> None:
    """Print a line at once."""
    print(text, flush=True)


def main() -> int:
    """Run it; returns the exit status."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--seconds", type=float, default=300)
    asked.add_argument("--kills", type=int, default=50)
    asked.add_argument("--seed", type=int, default=7)
    asked.add_argument("--write-as", help=argparse.SUPPRESS)
    asked.add_argument("--url", help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.write_as:
        write_as(given.write_as, given.url, given.seed)
    with throwaway_server(fast=False) as server, fresh_database(server) as url:
        different = run(url, given.seconds, given.kills, given.seed)
    return 1 if any(count for name, count in different.items() if "by the feed" in name) else 0


if __name__ == "__main__":
    os.environ.setdefault("PYTHONPATH", os.pathsep.join(sys.path))
    sys.exit(main())
