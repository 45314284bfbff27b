"""`python -m seeds.newsstand`: serve a newspaper until interrupted."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from contextlib import nullcontext
from datetime import date, datetime
from pathlib import Path

from seeds.newsstand.almanac import JAKARTA
from seeds.newsstand.newspaper import Newspaper, Settings
from seeds.newsstand.server import Newsstand, hang_up, listen

_EPILOG = """\
Equal --seed, --founded, --articles, --days and clock give equal bytes. After the founding day two or
three stories appear every day, so a newspaper founded once stays recent and keeps its URLs.

While it runs:
  curl URL/_newsstand/expected                                  what a perfect reader would make of it
  curl URL/_newsstand/requests                                  what was asked for, by path and status
  curl -X POST 'URL/_newsstand/edition?number=2'                correct one article
  curl -X POST 'URL/_newsstand/fault?path=/rss&kind=html'       html, error, slow (&seconds=5), reset, none

examples:
  python -m seeds.newsstand --port 8710 --founded 2026-11-24
  python -m seeds.newsstand --port 0 --articles 5000 --crawl-delay 0
"""


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=JAKARTA)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m seeds.newsstand",
        description="Serve Harian Contoh, a generated newspaper. Its URL is the one line on standard output.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    default = Settings()
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    parser.add_argument("--port", type=int, default=8710, help="0 takes any free port (%(default)s)")
    parser.add_argument("--base-url", help="how readers reach it, where that is not http://HOST:PORT")
    parser.add_argument("--name", default=default.name, help="name of the newspaper (%(default)s)")
    parser.add_argument("--seed", type=int, default=default.seed, help="another seed, another newspaper (%(default)s)")
    parser.add_argument("--founded", type=date.fromisoformat, help="day the archive leads up to (today in Jakarta)")
    parser.add_argument("--now", type=_moment, help="pin the clock: 2026-11-24T12:00, Jakarta unless it says otherwise")
    parser.add_argument("--articles", type=int, default=default.articles, help="articles in the archive (%(default)s)")
    parser.add_argument("--days", type=int, default=default.days, help="days of the archive (%(default)s)")
    parser.add_argument("--crawl-delay", type=float, default=default.crawl_delay, help="seconds (%(default)s)")
    parser.add_argument("--edition", type=int, choices=(1, 2), default=1, help="2: one article corrected (%(default)s)")
    parser.add_argument("--access-log", type=Path, help="append one line a request to this file")
    return parser.parse_args()


def _newspaper(arguments: argparse.Namespace) -> Newspaper:
    settings = Settings(
        seed=arguments.seed,
        founded=arguments.founded,
        articles=arguments.articles,
        days=arguments.days,
        crawl_delay=arguments.crawl_delay,
        name=arguments.name,
    )
    return Newspaper(settings, now=arguments.now, edition=arguments.edition)


async def _serve(newsstand: Newsstand, arguments: argparse.Namespace) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    server = await listen(newsstand, arguments.host, arguments.port, arguments.base_url)
    print(newsstand.url, flush=True)  # noqa: T201 - the one line of output
    await stopped.wait()
    await hang_up(newsstand, server)


def _refuse(why: str) -> int:
    print(f"newsstand: {why}", file=sys.stderr)  # noqa: T201 - a command's message
    return 1


def main() -> int:
    """Serve until SIGINT or SIGTERM; 1 where it cannot start, with one line why."""
    arguments = _arguments()
    path: Path | None = arguments.access_log
    try:
        with path.open("a", encoding="utf-8") if path else nullcontext() as log:
            asyncio.run(_serve(Newsstand(_newspaper(arguments), log), arguments))
    except OSError as error:
        return _refuse(f"cannot serve on {arguments.host}:{arguments.port}: {error}")
    except ValueError as error:
        return _refuse(str(error))
    return 0


if __name__ == "__main__":
    sys.exit(main())
