"""What is learned from saved pages is the same on every run: made-up pages, by the command that learns from all."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from benchmarks.body_training import PINS
from benchmarks.extraction_environment import environment
from support.checkout import ROOT, TESTS

from spiders.reading.body.weighing import read

if TYPE_CHECKING:
    from pathlib import Path

SUBJECTS = ("kopi", "beras", "jembatan", "sekolah", "sungai", "pasar", "nelayan", "hutan", "jalan", "kebun")
BOXES = ("promo", "related-box", "share", "newsletter")


def page(number: int, *, leaks: bool) -> tuple[str, str]:
    """A page of one of eight outlets, and its text: paragraphs, a list, a short line, and a box that is none of it."""
    about = SUBJECTS[number % len(SUBJECTS)]
    text = [
        f"Warga desa membahas {about} dalam rapat ke-{number} yang berlangsung sampai sore di balai desa, kata lurah.",
        f"Menurut lurah, urusan {about} akan selesai sebelum musim hujan, asal semua warga ikut bekerja bakti.",
        f"Rapat berikut tentang {about} digelar minggu depan.",
    ]
    items = [f"Ketua panitia {about} bagian {part}" for part in ("utara", "timur", "selatan")]
    other = [f"Dapatkan kabar {about} setiap pagi di surel Anda", f"Bagikan tulisan tentang {about} ini kepada teman"]
    box = "".join(f"<div class=line>{line}</div>" for line in other)
    markup = "".join(f"<p>{line}</p>" for line in text) + f"<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>"
    box = f'<div class="{BOXES[number % len(BOXES)]} kotak">{box}</div>'
    known = [*text, *items, *(other if leaks else [])]
    return f"<html lang=id><body><h1>Rapat {about}</h1><article>{markup}{box}</article></body></html>", "\n".join(known)


def save(folder: Path, *, leaks: bool = False) -> list[str]:
    """Pages in the form of the measuring material: half of them in a list."""
    for number in range(24):
        html, text = page(number, leaks=leaks)
        known = {"url": f"https://warta{number % 8}.example/berita/{number}", "body_text": text, "language": "id"}
        place = folder / ("more" if number % 2 else "pages") / f"made__{number:02}"
        place.mkdir(parents=True)
        (place / "page.html.gz").write_bytes(gzip.compress(html.encode(), mtime=0))
        (place / "expected.json").write_text(json.dumps({**known, "source_dataset": "aeb"}), "utf-8")
    return sorted(place.name for place in (folder / "more").iterdir())


def learn(folder: Path, shared: Path, seed: str, into: str) -> bytes:
    """The weights that a process of its own writes."""
    names = folder / "names.txt"
    names.write_text("\n".join(sorted(place.name for place in (folder / "more").iterdir())), "utf-8")
    options = {"score": shared / "bench" / "score_extraction.py", "pages": folder / "pages", "more": folder / "more"}
    done = subprocess.run(
        [
            *(sys.executable, str(TESTS / "benchmarks" / "body_training.py")),
            *(word for name, value in options.items() for word in (f"--{name}", str(value))),
            *("--list", str(names), "--into", str(folder / into)),
        ],
        env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": f"{ROOT}{os.pathsep}{TESTS}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return (folder / into).read_bytes()


@pytest.fixture(scope="module")
def numpy() -> None:
    """Learning's own environment."""
    try:
        environment(PINS)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"numpy cannot be installed beside the tests: {error}")


@pytest.mark.usefixtures("numpy")
def test_two_processes_learn_the_same_weights_from_the_same_pages(shared: Path, tmp_path: Path) -> None:
    save(tmp_path / "one")
    first = learn(tmp_path / "one", shared, "1", "first.toml")
    assert learn(tmp_path / "one", shared, "2", "second.toml") == first
    weights = read(first.decode())
    assert any(steps is not None for steps in weights.steps)
    assert weights.names

    save(tmp_path / "other", leaks=True)
    assert learn(tmp_path / "other", shared, "1", "first.toml") != first
