"""`lumbung explain` on a saved page: witnesses of the fields, then a sign, a text and a reason for each block."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from seeds.newsstand.newspaper import Newspaper, Settings
from seeds.newsstand.server import Newsstand, serve

if TYPE_CHECKING:
    from collections.abc import Iterator

LUMBUNG = Path(sys.executable).with_name("lumbung")


@pytest.fixture
def newsstand() -> Iterator[Newsstand]:
    with serve(Newspaper(Settings(articles=10, days=7, crawl_delay=0), now=datetime.now(UTC))) as stand:
        yield stand


def explain(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], **variables}
    return subprocess.run([LUMBUNG, "explain", *words], env=environment, text=True, capture_output=True, check=False)


def test_a_page_of_the_net_is_asked_for_once_and_explained_by_its_publishers_file(newsstand: Newsstand) -> None:
    paper = newsstand.newspaper
    url = paper.url(paper.link(next(plan for plan in paper.visible() if not plan.special)).path)
    done = explain(url, LUMBUNG_HOME_CONTOH=f"{newsstand.url}/")
    assert done.returncode == 0, done.stderr
    told = done.stdout.splitlines()
    assert told[0].endswith("(selector)"), "which only its file has"
    assert sum(line.startswith("+ ") for line in told) > 2
    fields = told[: next(number for number, line in enumerate(told) if line.startswith("quality"))]
    witnesses = [line for line in fields if line.startswith("  ")]
    assert len(witnesses) == len(set(witnesses)), "each is told once a field"
    assert [each.path for each in newsstand.requests] == ["/robots.txt", url.removeprefix(newsstand.url)]


def test_a_page_that_cannot_be_had_is_one_line_and_status_1(newsstand: Newsstand, tmp_path: Path) -> None:
    home = {"LUMBUNG_HOME_CONTOH": f"{newsstand.url}/"}
    for word, reason in (
        (f"{newsstand.url}/berita/kosong", "HTTP 404"),
        (f"{newsstand.url}/cetak/1", "disallows"),
        ("http://10.0.0.1/berita", "10.0.0.1"),
        (str(tmp_path / "none.html"), "No such file or directory; name a file, or the address of a page"),
    ):
        done = explain(word, **home)
        assert (done.returncode, done.stdout) == (1, ""), word
        assert reason in done.stderr
        assert len(done.stderr.splitlines()) == 1, done.stderr


def test_a_page_that_is_no_article_says_why_first(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<h1>Kosong</h1>")
    done = explain(str(page), "--url", "https://koran.example/berita/1")
    assert done.stdout.splitlines()[0] == "no article   no_body: 0 characters of text"


def test_a_saved_page_is_explained_block_by_block(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    text = "Warga tiga desa menanam pohon di tepi sungai sejak pagi, kata kepala desa kepada wartawan yang datang."
    page.write_text(f"<h1>Warga menanam pohon</h1><div><p>{text}</p><p>{text[::-1]}.</p><h3>2 Komentar</h3><p>Ya.</p>")
    done = subprocess.run(
        [Path(sys.executable).with_name("lumbung"), "explain", str(page), "--url", "https://koran-desa.example/1"],
        text=True,
        capture_output=True,
        check=True,
    )
    lines = done.stdout.splitlines()
    assert lines[0] == "headline     Warga menanam pohon  (printed)"
    assert [line for line in lines if line.startswith("  * ")] == ["  * printed: Warga menanam pohon"]
    assert [line.split()[:2] for line in lines if not line.startswith((" ", "+", "-"))][1:3] == [
        ["authors", "-"],
        ["published_at", "-"],
    ]
    assert f"+ {text[:70]}..." in lines
    assert 0 <= float(next(line for line in lines if line.startswith("quality")).split()[1]) <= 1
    assert lines[-2:] == ["- Ya.", "    comments"]
