"""Posts behind a password, told by a form where the text should be, and pages that only have such a form as well."""

from __future__ import annotations

import pytest
from lxml import html

from spiders.reading.markup.elements import Elements
from spiders.reading.protected import asks_for_password

FORM = (
    '<form method="post"><p>Masukkan sandi untuk membaca.</p><input name="s" type="password">'
    "<button>Buka</button></form>"
)
LOGIN = '<form><input type="email"><input type="password"><button>Masuk</button></form>'
TEXT = "<p>" + "Petani mulai memanen padi musim tanam kedua di Karawang. " * 12 + "</p>"


@pytest.mark.parametrize(
    "body",
    [
        f"<main><h1>Rapat</h1>{FORM}</main>",
        f"<article><header><h1>Rapat</h1><p>24 November 2026</p></header><div>{FORM}</div></article>",
        f"<h1>Rapat</h1><div><p>Ringkasan singkat.</p>{FORM}</div><section><h2>Terkait</h2>{TEXT}</section>",
        f"<nav>{LOGIN}</nav><main>{FORM}</main>",
    ],
)
def test_a_form_that_asks_for_a_password_alone_where_the_text_should_be(body: str) -> None:
    assert asks_for_password(Elements(html.document_fromstring(f"<html><body>{body}</body></html>"))) is not None


@pytest.mark.parametrize(
    "body",
    [
        f"<main><h1>Panen</h1>{TEXT}</main>",
        f"<main><h1>Panen</h1>{TEXT}{FORM}</main>",
        f"<main><h1>Panen</h1>{LOGIN}{TEXT}</main>",
        f"<header>{FORM}</header><main><h1>Panen</h1>{TEXT}</main>",
        f"<main><h1>Panen</h1><aside>{FORM}</aside>{TEXT}</main>",
        f"<h1>Panen</h1><dialog>{FORM}</dialog>{TEXT}<footer>{FORM}</footer>",
    ],
)
def test_a_login_beside_an_article_is_none(body: str) -> None:
    assert asks_for_password(Elements(html.document_fromstring(f"<html><body>{body}</body></html>"))) is None
