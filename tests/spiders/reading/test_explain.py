"""Each block in which the text may stand has a verdict, and its reason in words."""

from __future__ import annotations

from support.pages_in_short import LEAD, SECOND, a_page

from spiders.reading.explain import explain_blocks

THIRD = "Kepala sekolah berharap catatan itu dipakai dinas pengairan untuk menata jadwal buka pintu air."


def test_every_block_of_the_container_has_a_reason() -> None:
    text = "".join(f"<p>{each}</p>" for each in (LEAD, SECOND, THIRD))
    beside = "<p><a href=/2>Pasar Ikan Pindah</a></p><h3>3 Komentar</h3><p>Bagus sekali sekolah ini.</p>"
    page = a_page(f"<h1>Sekolah Sungai</h1><div>{text}{beside}</div>")
    verdicts = {verdict.text: verdict for verdict in explain_blocks(page)}
    assert tuple(each.text for each in verdicts.values() if each.is_text) == page.paragraphs
    assert verdicts["Bagus sekali sekolah ini."].reason == "comments"
    assert verdicts["Pasar Ikan Pindah"].reason.startswith("link")
    assert verdicts[LEAD].reason == "prose where the prose stands"
    assert all(verdict.reason for verdict in verdicts.values())


def test_a_text_of_scripts_says_so() -> None:
    data = f'{{"@type": "NewsArticle", "articleBody": "{LEAD} {SECOND}"}}'
    page = a_page(f"<h1>Sekolah Sungai</h1><script type=application/ld+json>{data}</script>")
    assert [verdict.reason for verdict in explain_blocks(page)] == ["from <script>"] * len(page.body.text_blocks)
