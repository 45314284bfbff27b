"""What a round of the watch over 500 publishers with nothing new costs, against one bare asyncio client.

Run as `PYTHONPATH=.:tests python tests/benchmarks/watch.py [ROUNDS] [PUBLISHERS]`. One server plays all publishers,
each at an address of 127.0.0.0/8 of its own, with a feed that answers 304 and a robots.txt. Every round has in turn: an
aiohttp client that sends the same conditional GETs, as many at a time; a round of the watch; `lumbung crawl --due` of
one publisher, of which 500 would be the other way to the same. CPU is that of the processes with their children,
PostgreSQL's is apart; ratios are taken within a round.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

import psutil
from benchmarks.crawl import child_seconds
from support.scripted_press import write_publisher
from support.throwaway import free_port, fresh_database, throwaway_server

from pipelines.database.connections import connect, transaction

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

ROUNDS, PUBLISHERS = 5, 500
MOST_TIMES, MOST_SHARE = 5.0, 0.03
AT_ONCE = 128
CLIENT = f"""
import asyncio, sys
import aiohttp

async def main():
    room = asyncio.Semaphore({AT_ONCE})
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        async def one(url):
            async with room, session.get(url, headers={{"If-None-Match": '"same"'}}) as answer:
                assert answer.status == 304, answer
                await answer.read()
        await asyncio.gather(*map(one, sys.stdin.read().split()))

asyncio.run(main())
"""
ROBOTS = "User-agent: *\nDisallow: /admin/\nDisallow: /search\nDisallow: /*?print=\nSitemap: /sitemap.xml\n"


class Spent(NamedTuple):
    """Seconds of CPU, of wall-clock time, and of PostgreSQL's CPU."""

    cpu: float
    wall: float
    postgres: float


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Play one publisher on one connection."""
    try:
        while head := (await reader.readuntil(b"\r\n\r\n")).decode("latin-1"):
            path, host = head.split(" ", 2)[1], head.lower().partition("host: ")[2].partition("\r\n")[0]
            status, body = "200 OK", ROBOTS
            if path == "/robots.txt":
                pass
            elif '"same"' in head:
                status, body = "304 Not Modified", ""
            else:
                key = path.split("/")[1]
                items = "".join(f"<item><link>http://{host}/{key}/berita-{n}</link></item>" for n in range(20))
                body = f'<rss version="2.0"><channel><title>W</title>{items}</channel></rss>'
            length = "" if not body else f"Content-Length: {len(body)}\r\n"
            writer.write(f'HTTP/1.1 {status}\r\nETag: "same"\r\n{length}\r\n{body}'.encode())
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


@contextmanager
def town(port: int) -> Iterator[None]:
    """All publishers, served from a process of their own: their CPU is nobody's."""
    command = [sys.executable, __file__, "serve", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    try:
        yield
    finally:
        process.kill()
        process.wait()


def serve(port: int) -> None:
    """Serve until killed."""

    async def forever() -> None:
        async with await asyncio.start_server(answer, "0.0.0.0", port, backlog=1024) as server:  # noqa: S104 - a benchmark
            sys.stdout.write("ready\n")
            sys.stdout.flush()
            await server.serve_forever()

    asyncio.run(forever())


class Postgres:
    """CPU of a server: of what runs, sampled, so that sessions which end count too."""

    def __init__(self, pid: int) -> None:
        self._server = psutil.Process(pid)
        self._sessions: list[psutil.Process] = []
        self._seen: dict[tuple[int, float], float] = {}
        self._done = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def seconds(self) -> float:
        """So far."""
        with suppress(psutil.NoSuchProcess):
            self._sessions = [self._server, *self._server.children()]
        for each in self._sessions:
            try:
                times = each.cpu_times()
                self._seen[each.pid, each.create_time()] = times.user + times.system
            except psutil.NoSuchProcess:
                continue
        return sum(self._seen.values())

    def _watch(self) -> None:
        while not self._done.wait(0.1):
            self.seconds()


def spent(command: Sequence[str], environment: Mapping[str, str], postgres: Postgres, text: str = "") -> Spent:
    """Run a command to its end; it must end well."""
    before, asked, begun = child_seconds(), postgres.seconds(), time.monotonic()
    ended = subprocess.run(command, env=dict(environment), check=False, capture_output=True, input=text.encode())
    wall = time.monotonic() - begun
    assert ended.returncode == 0, ended.stderr[-3000:].decode()
    return Spent(child_seconds() - before, wall, postgres.seconds() - asked)


def main(rounds: int, publishers: int) -> None:
    """Measure and print."""
    port = free_port()
    homes = {f"p{n:03}": f"http://127.0.{1 + n // 200}.{1 + n % 200}:{port}/" for n in range(publishers)}
    with (
        tempfile.TemporaryDirectory() as folder,
        throwaway_server() as server,
        fresh_database(server) as url,
        town(port),
    ):
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": os.environ.get("PYTHONPATH", ""), "DATABASE_URL": url}
        environment["SCRAPY_SETTINGS_MODULE"] = "spiders.settings"
        for key, home in homes.items():
            environment |= write_publisher(Path(folder), key, home)
        postgres = Postgres(int((server.data / "postmaster.pid").read_text("utf-8").split()[0]))
        patient = ["-s", "LOG_LEVEL=WARNING", "-s", "DOWNLOAD_TIMEOUT=60"]  # whatever else the machine does
        watch = [sys.executable, "-m", "spiders.watch", "bench", *patient, *homes]
        feeds = "\n".join(f"{home}{key}/rss" for key, home in homes.items())
        database = connect(url)
        read = 0
        while read < publishers:
            spent(watch, environment, postgres)
            with transaction(database) as cursor:
                cursor.execute("update lumbung.page set state = 'done'")
                cursor.execute("select count(*) from lumbung.poll where polled_at is not null")
                ((read,),) = cursor.fetchall()
        found: dict[str, list[Spent]] = {"client": [], "watch": [], "crawl": []}
        for number in range(rounds):
            with transaction(database) as cursor:
                cursor.execute("update lumbung.poll set next_at = now(), unchanged = 0")
                cursor.execute("select count(*) from lumbung.crawl")
                rows = cursor.fetchone()
            found["client"].append(spent([sys.executable, "-c", CLIENT], environment, postgres, feeds))
            found["watch"].append(spent(watch, environment, postgres))
            with transaction(database) as cursor:
                counted = "select count(*), (select count(*) from lumbung.poll where unchanged = 1) from lumbung.crawl"
                cursor.execute(counted)
                after = cursor.fetchone()
                assert after == (*(rows or ()), publishers), f"a round with nothing new leaves no row: {rows}, {after}"
                cursor.execute("update lumbung.poll set next_at = now()")
            one = list(homes)[number % publishers]
            crawl = [sys.executable, "-m", "pipelines.cli", "crawl", one, "--due", "-q"]
            found["crawl"].append(spent(crawl, environment, postgres))
        database.close()
    told(found, publishers)


def told(found: Mapping[str, Sequence[Spent]], publishers: int) -> None:
    """Print medians, spreads and ratios."""
    for name, runs in found.items():
        figures = [f"{median(each):.2f} ({min(each):.2f}-{max(each):.2f})" for each in zip(*runs, strict=True)]
        sys.stdout.write(f"{name:7} CPU {figures[0]} s, wall {figures[1]} s, PostgreSQL's CPU {figures[2]} s\n")
    pairs = list(zip(found["client"], found["watch"], found["crawl"], strict=True))
    for what, ratios in {
        "watch / client, CPU of the processes": [watch.cpu / client.cpu for client, watch, _ in pairs],
        "watch / client, with PostgreSQL's": [(watch.cpu + watch.postgres) / client.cpu for client, watch, _ in pairs],
        "watch / client, wall": [watch.wall / client.wall for client, watch, _ in pairs],
    }.items():
        line = f"{what}: {median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f}); aim {MOST_TIMES:g}"
        sys.stdout.write(line + "\n")
    shares = [(watch.cpu + watch.postgres) / publishers / (crawl.cpu + crawl.postgres) for _, watch, crawl in pairs]
    sys.stdout.write(
        f"watch / {publishers} crawls, CPU with PostgreSQL's: {median(shares):.2%}"
        f" ({min(shares):.2%}-{max(shares):.2%}); aim {MOST_SHARE:.0%}\n"
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        serve(int(sys.argv[2]))
    else:
        given = [int(word) for word in sys.argv[1:]]
        main(*(given + [ROUNDS, PUBLISHERS][len(given) :]))
