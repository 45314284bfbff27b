"""Fuzz one target in this process: with atheris' libFuzzer where it can be imported, else by drawing from hypothesis.

usage: python fuzz_engine.py TARGET SECONDS FOLDER

FOLDER keeps the corpus and, for each different finding, the input and what it raised. The last line of stdout is the
number of executions.
"""

from __future__ import annotations

import hashlib
import sys
import time
import traceback
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

SLOW = 2.0
"""CPU seconds for one small input; instrumented code is a few times slower than ours."""
_STUCK = 20
_MEBIBYTES = 1024
_TOKENS = (
    "<!--", "-->", "<![CDATA[", "]]>", "<!DOCTYPE", "<!ENTITY", "<?xml", "<script", "</script>", "application/ld+json",
    "@graph", "@type",
    "NewsArticle", "itemprop", "datePublished", "<base", "href=", "&#x", "&#0;", "xml:base", "xmlns", "<item>",
    "<entry>", "<loc>", "lastmod",
    "sitemapindex", "%e2", "://", "[::1]", "amp", "?a=", "\\u", "null", "\x00", "\xff\xfe", "WIB", "lalu", "pukul",
    "GMT", "Crawl-delay: ",
)  # fmt: skip


def watched(run: Callable[[bytes], None], folder: Path) -> Callable[[bytes], None]:
    """The target with what it raises, and what takes too long, written down instead of raised."""
    folder.mkdir(parents=True, exist_ok=True)

    def watch(data: bytes) -> None:
        start = time.process_time()
        try:
            run(bytes(data))
        except Exception as error:  # noqa: BLE001 - whatever it raises is what is looked for
            frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "/spiders/" in frame.filename]
            place = traceback.extract_tb(error.__traceback__)[-1] if not frames else frames[-1]
            _note(
                folder,
                f"{type(error).__name__} {Path(place.filename).name} {place.lineno}",
                data,
                traceback.format_exc(),
            )
        if (seconds := time.process_time() - start) > SLOW:
            _note(folder, "slow", data, f"{seconds:.1f} s of CPU for {len(data)} bytes\n")

    return watch


def _note(folder: Path, title: str, data: bytes, words: str) -> None:
    """Keep the first input of each kind."""
    name = hashlib.sha256(title.encode()).hexdigest()[:8]
    if not (folder / f"{name}.txt").exists():
        (folder / f"{name}.bin").write_bytes(data)
        (folder / f"{name}.txt").write_text(f"{title}\n{words}", "utf-8", "replace")


def fuzz(atheris: Any, name: str, seconds: int, folder: Path) -> None:
    """Let libFuzzer work; it ends the process."""
    with atheris.instrument_imports(include=["spiders", "feedparser", "protego", "w3lib"]):
        from hostile.fuzz_targets import TARGETS
    target = TARGETS[name]
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(target.seeds()):
        (corpus / f"seed-{number}").write_bytes(seed[: target.longest])
    words = folder / "tokens"
    words.write_text("".join(map(_quoted, _TOKENS)), "ascii")
    found = folder / "findings"
    options = {
        "max_total_time": seconds, "max_len": target.longest, "timeout": _STUCK, "rss_limit_mb": _MEBIBYTES,
        "print_final_stats": 1,
        "dict": words, "artifact_prefix": f"{found}/", "verbosity": 0, "print_pcs": 0,
    }  # fmt: skip
    atheris.Setup(
        [sys.argv[0], str(corpus), *(f"-{key}={value}" for key, value in options.items())], watched(target.run, found)
    )
    atheris.Fuzz()


def _quoted(token: str) -> str:
    """One line of libFuzzer's dictionary."""
    return '"' + "".join(f"\\x{ord(letter):02x}" for letter in token) + '"\n'


def draw(name: str, folder: Path, *, seconds: float = 3_600, most: int | None = None, seed: int = 0) -> int:
    """Let hypothesis draw inputs, seeds with a few bytes changed and any bytes, until the time is up; how many."""
    from hostile.fuzz_targets import TARGETS
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import seed as seeded
    from hypothesis import strategies as st

    target, count, end = TARGETS[name], 0, time.monotonic() + seconds
    run = watched(target.run, folder / "findings")
    tokens = st.one_of(st.sampled_from([token.encode("latin-1") for token in _TOKENS]), st.binary(max_size=8))
    edit = st.tuples(st.floats(0, 1), st.integers(0, 16), tokens)

    def edited(start: bytes, edits: list[tuple[float, int, bytes]]) -> bytes:
        for where, length, token in edits:
            place = int(where * len(start))
            start = start[:place] + token + start[place + length :]
        return start[: target.longest]

    starts = st.one_of(st.sampled_from(target.seeds()), st.binary(max_size=64))

    @settings(
        max_examples=most or 1_000,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.builds(edited, starts, st.lists(edit, max_size=8)))
    def one(data: bytes) -> None:
        nonlocal count
        if time.monotonic() < end:
            run(data)
            count += 1

    while time.monotonic() < end and (most is None or count < most):
        seeded(seed)(one)()
        seed += 1
    return count


if __name__ == "__main__":
    which, how_long, where = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    with suppress(ImportError):
        import atheris  # type: ignore[import-untyped]  # there where fuzzing.py has installed it

        fuzz(atheris, which, how_long, where)
    print(draw(which, where, seconds=how_long, seed=time.monotonic_ns()))  # noqa: T201 - a script
