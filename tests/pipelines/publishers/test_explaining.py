"""`lumbung explain` on a saved page: witnesses of the fields, then a sign, a text and a reason for each block."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


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
