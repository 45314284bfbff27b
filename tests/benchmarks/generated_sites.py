"""Three sites nobody here designed, made by Pelican, Nikola and Hexo: described by one command, crawled into Postgres.

Run by `make sites`. Each generator comes from its registry, with its stock theme, its own feed and its own sitemap;
only the posts are ours. The site is served on loopback, `lumbung publishers new` writes its file, and a crawl with that
file, and one with the file a person has checked (`tests/benchmarks/sites/`), load it into a throw-away Postgres.
What is stored is compared with the sources of the posts.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from benchmarks.generator_environment import NotInstalledError
from benchmarks.site_generators import BUILDERS
from benchmarks.site_posts import posts
from support.spider_runs import FAST, run_spider
from support.throwaway import TEMPLATE, throwaway_server

from pipelines.database.connections import connect
from spiders.publishers import Publisher

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.site_posts import Post

    from pipelines.stack.postgres import Server

POSTS, SEED = 30, 100
LONGEST_FILE = 20
CHECKED = Path(__file__).with_name("sites")
_TYPOGRAPHY = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'"})
"""Generators turn straight quotes into curly ones."""


class Result(NamedTuple):
    """One crawl, compared with the posts."""

    file: str
    lines: int
    announced: int
    stored: int
    others: int
    """Stored articles that are no post of ours."""
    headlines: int
    dates: int
    texts: int
    f1: float
    """Mean over all posts; 0 for one that is not stored."""


class _Handler(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on loopback, which may be made later: a site is made for its address."""
    handler = partial(_Handler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def try_site(key: str, folder: Path, server: Server) -> list[Result]:
    """Make one site, describe it, crawl it with both files."""
    written = posts(SEED + sorted(BUILDERS).index(key), POSTS, datetime.now(UTC))
    public = folder / "public" / key
    with served(public) as url:
        BUILDERS[key](folder, url, written).rename(public)
        files = folder / "new"
        print(f"\n{'=' * 30} {key}", flush=True)
        subprocess.run(
            [
                Path(sys.executable).with_name("lumbung"),
                "publishers",
                "new",
                f"{url}/",
                "--key",
                key,
                "--output",
                files,
            ],
            check=True,
            env={"PATH": os.environ["PATH"], "LUMBUNG_STACK": "/nonexistent"},
        )
        return [
            _crawl(f"{key}, {name}", where / f"{key}.toml", url, written, server)
            for name, where in (("as written", files), ("checked", CHECKED))
        ]


def _crawl(label: str, file: Path, url: str, written: Sequence[Post], server: Server) -> Result:
    database = "site_" + re.sub(r"\W", "_", label)
    server.psql("-d", "postgres", "-qc", f'create database "{database}" template {TEMPLATE}')
    environment = {"DATABASE_URL": server.url(database), "LUMBUNG_PUBLISHERS": str(file.parent)}
    environment |= {f"LUMBUNG_HOME_{file.stem.upper()}": f"{url}/", "HOME": os.environ["HOME"]}
    since = min(post.published_at for post in written) - timedelta(days=1)
    run_spider(file.stem, environment, f"from_date={since:%Y-%m-%d}", settings=FAST)
    with closing(connect(server.url(database))) as connection, connection.cursor() as cursor:
        cursor.execute("select canonical_url, headline, published_at, paragraphs from lumbung.article")
        rows = {str(row[0]): row for row in cursor.fetchall()}
        cursor.execute("select count(*) from lumbung.page")
        (announced,) = cursor.fetchone() or (0,)
    Publisher.from_file(file)
    return _compare(label, file, int(announced), rows, written)


def _compare(label: str, file: Path, announced: int, rows: dict[str, Any], written: Sequence[Post]) -> Result:
    found = [(post, next((row for url, row in rows.items() if _is_at(post, url)), None)) for post in written]
    stored = [(post, row) for post, row in found if row is not None]
    for post, row in stored:
        if os.environ.get("SITES_SHOW") and _folded(row[3]) != _folded(post.paragraphs):
            print(label, post.slug, [line for line in _folded(row[3]) if line not in _folded(post.paragraphs)][:3])
    return Result(
        file=label,
        lines=len(file.read_text("utf-8").splitlines()),
        announced=announced,
        stored=len(stored),
        others=len(rows) - len(stored),
        headlines=sum(_folded([row[1]]) == _folded([post.title]) for post, row in stored),
        dates=sum(row[2] == post.published_at for post, row in stored),
        texts=sum(_folded(row[3]) == _folded(post.paragraphs) for post, row in stored),
        f1=sum(_f1(post.paragraphs, row[3] if row is not None else []) for post, row in found) / len(found),
    )


def _is_at(post: Post, url: str) -> bool:
    return bool(re.search(rf"/{re.escape(post.slug)}(?:\.html)?$", url))


def _folded(texts: Sequence[str]) -> list[str]:
    return [text.translate(_TYPOGRAPHY) for text in texts]


def _f1(wanted: Sequence[str], got: Sequence[str]) -> float:
    """Of words, each as often as it stands there."""
    one, other = (Counter(" ".join(_folded(texts)).split()) for texts in (wanted, got))
    return 2 * (one & other).total() / max(one.total() + other.total(), 1)


def main() -> None:
    results = []
    with tempfile.TemporaryDirectory() as folder, throwaway_server() as server:
        (Path(folder) / "public").mkdir()
        for key in sorted(BUILDERS):
            try:
                results += try_site(key, Path(folder), server)
            except NotInstalledError as error:
                print(f"{key} is left out: {error}", file=sys.stderr)
    print(f"\n{POSTS} posts each; exact but for curly quotes\n")
    print(f"{'site and file':<22}{'lines':>6}{'announced':>11}{'stored':>8}{'others':>8}", end="")
    print(f"{'headlines':>11}{'dates':>7}{'texts':>7}{'text F1':>9}")
    for each in results:
        print(f"{each.file:<22}{each.lines:>6}{each.announced:>11}{each.stored:>8}{each.others:>8}", end="")
        print(f"{each.headlines:>11}{each.dates:>7}{each.texts:>7}{each.f1:>9.4f}")
    checked = [each for each in results if each.file.endswith("checked")]
    good = all(each[3:8] == (POSTS, 0, POSTS, POSTS, POSTS) and each.lines <= LONGEST_FILE for each in checked)
    sys.exit(0 if checked and good else "a site is not as its author wrote it")


if __name__ == "__main__":
    main()
