"""The test suites of others, from their source packages, read by us: what crashes, what we decide otherwise.

usage: PYTHONPATH=tests python tests/benchmarks/peer_suites.py

    Protego     4,000 robots.txt of real sites: decisions as Protego's own, and by the letter of RFC 9309
    w3lib       every address in its tests of URLs: never an exception, canonical twice is canonical once
    feedparser  2,000 feeds, well formed and not: never an exception but the one that names the problem
    html5lib    the inputs of the HTML standard's tokenizer and tree builder: an article or a reason, promises kept

Nothing of theirs is kept in the repository. A package that cannot be had is left out, with a line that says so. Exits
with 1 after a crash, a broken promise or a decision that is not Protego's.
"""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.robotparser import RobotFileParser

from benchmarks.extraction_environment import environment
from hostile.fuzz_targets import NOW, publisher
from protego import Protego
from support.promises import broken
from support.robots_by_the_rfc import allows
from w3lib.url import canonicalize_url, safe_url_string

from spiders.article import Article
from spiders.discovery.documents import DiscoveryError, parse_feed
from spiders.fetching.robots_text import parse_rules
from spiders.publishers import Publisher
from spiders.publishers.urls import canonicalise
from spiders.reading.page import Page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SOURCES = {
    "protego": "protego==0.7.0",
    "w3lib": "w3lib==2.5.0",
    "feedparser": "feedparser==6.0.12",
    "html5lib": "html5lib==1.1",
}
_OLD = "setuptools<58"
"""html5lib's source package is from before pkg_resources left."""
AGENT = "Lumbung"
EXAMPLE = Publisher.from_table(
    "example",
    {"name": "Example", "home": "https://www.example.com/", "domains": ["example.com", "example.org", "foo.com"]},
    where="peer_suites",
)
_MOST_RULES = 40
_CHANGES: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "safe_url_string": safe_url_string,
    "canonicalize_url": canonicalize_url,
}
Counts = Counter[str]


def source(pin: str) -> Path:
    """The unpacked source package.

    Raises:
        OSError, subprocess.CalledProcessError: it cannot be had.
    """
    folder = Path(tempfile.gettempdir()) / f"lumbung-suite-{pin}"
    if not (folder / "ready").exists():
        folder.mkdir(exist_ok=True)
        (constraint := folder / "constraint").write_text(_OLD if "html5lib" in pin else "", "ascii")
        python = str(environment(("setuptools",)))
        command = [python, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:", "-d", str(folder), pin]
        variables = {**os.environ, "PIP_BUILD_CONSTRAINT": str(constraint)}
        subprocess.run(command, check=True, capture_output=True, text=True, env=variables)
        with tarfile.open(next(folder.glob("*.tar.gz"))) as packed:
            packed.extractall(folder, filter="data")
        (folder / "ready").touch()
    return folder


def protego(folder: Path) -> Counts:
    """Each rule's own path, and what lies beside it, asked of us, of Protego, of the RFC and of Python's parser."""
    told = Counts()
    for path in sorted(folder.glob("*/tests/test_data/*")):
        body = path.read_bytes()
        text = body.decode("utf-8-sig", "ignore")
        rules, theirs, plain = parse_rules(body), Protego.parse(text), RobotFileParser()
        plain.parse(text.splitlines())
        told["inputs"] += 1
        for url in _asked(text):
            found = rules.can_fetch(url, AGENT)
            told["decisions"] += 1
            told["crash: not Protego's decision"] += found != theirs.can_fetch(url, AGENT)
            told["unlike the letter of RFC 9309"] += found != allows(text, AGENT, url)
            told["unlike urllib.robotparser"] += found != plain.can_fetch(AGENT, url)
    return told


def _asked(text: str) -> Iterator[str]:
    values = re.findall(r"(?im)^\s*(?:dis)?allow\s*:\s*(/[^\s#]*)", text)[:_MOST_RULES]
    for value in dict.fromkeys(("/", *values)):
        path = value.replace("*", "x").replace("$", "")
        yield from (f"https://www.example.com{path}{end}" for end in ("", "a/b.html"))


def w3lib(folder: Path) -> Counts:
    told = Counts()
    tree = ast.parse(next(folder.glob("*/tests/test_url.py")).read_text("utf-8"))
    literals = {
        node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)
    }
    for literal in literals:
        address = literal if isinstance(literal, str) else literal.decode("latin-1")
        told["inputs"] += 1
        for word, change in _CHANGES.items():
            try:
                changed = change(address)
            except ValueError:
                told[f"refused by {word}"] += 1
                continue
            once = canonicalise(changed, EXAMPLE)
            told["addresses"] += 1
            told["crash: canonical twice is another"] += canonicalise(once, EXAMPLE) != once
            told[f"one identity after {word}"] += once == canonicalise(address, EXAMPLE)
    return told


def feedparser(folder: Path) -> Counts:
    told = Counts()
    for path in sorted(folder.glob("*/tests/**/*.xml")):
        told["inputs"] += 1
        try:
            entries = parse_feed(path.read_bytes(), "https://www.example.com/feed.xml", EXAMPLE)
        except DiscoveryError:
            told["named problem"] += 1
            continue
        told["entries announced" if entries else "nothing announced"] += 1
        told["crash: broken promise"] += bool(broken(entries, EXAMPLE))
    return told


def html5lib(folder: Path) -> Counts:
    told = Counts()
    for text in {*_tokens(folder), *_trees(folder)}:
        told["inputs"] += 1
        page = Page(text.encode("utf-8", "surrogatepass"), "https://www.warta.id/berita/1", publisher(), fetched_at=NOW)
        outcome = page.article()
        told["article" if isinstance(outcome, Article) else "rejection"] += 1
        told["crash: broken promise"] += bool(broken(outcome, publisher()))
    return told


def _tokens(folder: Path) -> Iterator[str]:
    for path in folder.glob("**/testdata/tokenizer/*.test"):
        for group in json.loads(path.read_text("utf-8")).values():
            for test in group:
                yield test["input"]
                yield f"<h1>Papan lumbung</h1><p>{'Warga membaca papan di balai desa. ' * 5}</p>{test['input']}"


def _trees(folder: Path) -> Iterator[str]:
    for path in folder.glob("**/testdata/tree-construction/*.dat"):
        for test in path.read_text("utf-8").split("#data\n")[1:]:
            yield test.partition("\n#errors")[0]


def main() -> int:
    suites: dict[str, Callable[[Path], Counts]] = {
        "protego": protego, "w3lib": w3lib, "feedparser": feedparser, "html5lib": html5lib,
    }  # fmt: skip
    bad = 0
    for name, run in suites.items():
        try:
            folder = source(SOURCES[name])
        except (OSError, subprocess.CalledProcessError) as error:
            words = (getattr(error, "stderr", None) or str(error)).strip().splitlines() or [str(error)]
            print(f"{SOURCES[name]} is left out, its source cannot be had: {words[-1]}")
            continue
        start = time.process_time()
        told = run(folder)
        crashes = sum(count for word, count in told.items() if word.startswith("crash"))
        figures = ", ".join(f"{count:,} {word}" for word, count in told.items() if not word.startswith("crash"))
        print(f"{SOURCES[name]:20} {figures}; {crashes} crashes, {time.process_time() - start:.0f} s", flush=True)
        bad += crashes
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
