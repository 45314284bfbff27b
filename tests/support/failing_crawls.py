"""Ways in which a crawl fails: a publisher for each, and the line by which a person must learn of it."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Final, NamedTuple

from support.certificates import identity, serving
from support.scripted_press import WALL, Answer, printing, write_publisher
from support.throwaway import free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    Script = Callable[[str, int], Answer | None]


class Failing(NamedTuple):
    """One way to fail."""

    line: str
    """A pattern for the last error of its task; HOME stands for the publisher's address, HOST for host and port."""
    script: Script | None = None
    """What the site answers; None: there is none."""


def _at(place: str, answer: Answer) -> Script:
    """The answer wherever a path has this in it."""
    return lambda path, _number: answer if place in path else None


_HUGE: Final = {"Content-Type": "application/rss+xml", "Content-Length": "99999999"}
_ALONE: Final = r"crawl \d+ ended early: HOST is left alone until [-0-9]{10} [:0-9]{8} UTC: "
_NOTHING: Final = r"nothing could be fetched from \w+: "
_KEPT: Final = "what it had loaded is kept, its other pages stay due"
_UNREAD: Final = (
    r"crawl \d+ ended early: HOMErobots\.txt could not be read \((.*)\), and then nothing there may be fetched"
)

SITES: Final[Mapping[str, Failing]] = {
    "menolak": Failing(_ALONE + "it refused 3 connections in a row"),
    "tersesat": Failing(_UNREAD.replace(".*", r".*DNS lookup failed.* tersesat\.localhost\.")),
    "palsu": Failing(_UNREAD.replace(".*", "its certificate has expired or is signed by nobody who is trusted here")),
    "rusak": Failing(_NOTHING + "HOMErusak/rss: HTTP 500", _at("/rss", Answer("oops", 500))),
    "laman": Failing(_NOTHING + "HOMElaman/rss is not a feed: it is an HTML page", _at("/rss", Answer("<html><p>ya"))),
    "raksasa": Failing(
        _NOTHING + "HOMEraksasa/rss: .* larger than download max size", _at("/rss", Answer("", 200, _HUGE))
    ),
    "terlarang": Failing(
        _NOTHING + r"HOMEterlarang/rss: robots\.txt disallows it",
        _at("/robots.txt", Answer("User-agent: *\nDisallow: /\n")),
    ),
    "bertembok": Failing(
        _ALONE + "it answered 3 times in a row with a page that keeps machines out: Just a moment...",
        _at("/berita-", Answer(WALL)),
    ),
    "sibuk": Failing(
        _ALONE + r"it asks for that \(HTTP 429, Retry-After of 7200 s\)",
        _at("/rss", Answer("", 429, {"Retry-After": "7200"})),
    ),
    "terbunuh": Failing(
        r"crawl \d+ ended early: killed \(killed by SIGKILL: where nobody did it, the machine ran out of memory",
        _at("/berita-", Answer(seconds=300)),
    ),
    "gantung": Failing(
        f"the crawl ran for longer than 0:00:08 and was stopped; {_KEPT}", _at("/berita-", Answer(seconds=300))
    ),
    "cacat": Failing(r".*cacat\.toml: .*"),
}


@contextmanager
def failing(folder: Path, publishers: Path) -> Iterator[dict[str, str]]:
    """Serve them and write their files; the home of each."""
    homes = {}
    with ExitStack() as open_sites:
        for key, mode in SITES.items():
            if key == "palsu":
                server = open_sites.enter_context(serving(identity("localhost"), folder))
                homes[key] = f"https://localhost:{server.server_address[1]}/"
            elif mode.script is None:
                host = "tersesat.localhost" if key == "tersesat" else "127.0.0.1"
                homes[key] = f"http://{host}:{free_port()}/"
            else:
                homes[key] = open_sites.enter_context(printing(mode.script, articles=12)).home
            write_publisher(publishers, key, homes[key])
        with (publishers / "cacat.toml").open("a", encoding="utf-8") as file:
            file.write("feds = []\n")
        yield homes
