"""Author lines and stated names as people, whoever else they name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.reading.printed.people import find_byline, find_house, find_people


@pytest.mark.parametrize(
    ("lines", "people"),
    [
        (["Reporter: Sari Dewi | Editor: Tono Hadi"], ("Sari Dewi",)),
        (["Rep: Sari Dewi/ Red: Tono Hadi"], ("Sari Dewi",)),
        (["Pewarta: Sari Dewi Editor: Tono Hadi"], ("Sari Dewi",)),
        (["Penulis : Sari Dewi"], ("Sari Dewi",)),
        (["Redaktur & Reporter : Sari Dewi"], ("Sari Dewi",)),
        (["Oleh - Sari Dewi"], ("Sari Dewi",)),
        (["Oleh : Sari Dewi"], ("Sari Dewi",)),
        (["Oleh Sari Dewi dan Tono Hadi"], ("Sari Dewi", "Tono Hadi")),
        (["Sari Dewi - detikFinance"], ("Sari Dewi",)),
        (["Laporan Wartawan Tribunnews.com, Sari Dewi"], ("Sari Dewi",)),
        (["Sari Dewi, Jurnalis"], ("Sari Dewi",)),
        (["Oleh Sari Dewi, Wartawan Senior"], ("Sari Dewi",)),
        (["Penulis: Sari Dewi, kontributor Semarang"], ("Sari Dewi",)),
        (["Reporter: Sari Dewi, Kontributor: Tono Hadi"], ("Sari Dewi", "Tono Hadi")),
        (["BY SARI DEWI"], ("SARI DEWI",)),
        (["By Dan Jervis-Bardy and Ana Lee"], ("Dan Jervis-Bardy", "Ana Lee")),
        (["Ditulis oleh Sari Dewi, S.H., M.Si."], ("Sari Dewi",)),
        (["Posted on 5 May 2026 by Sari Dewi"], ("Sari Dewi",)),
        (["Posted on Friday"], ()),
        (["By Sari Dewi, in News, World"], ("Sari Dewi",)),
        (["Sari DewiTwitter"], ("Sari Dewi",)),
        (["Sari Dewi, Senior Reporter"], ("Sari Dewi",)),
        (["Autorin: Ana Schmidt und Jan Lee"], ("Ana Schmidt", "Jan Lee")),
        (["Sari Dewi", "sari-dewi"], ("Sari Dewi",)),
        (["Sari\u00a0 Dewi"], ("Sari Dewi",)),
        (["김서리 기자"], ("김서리",)),
        (["Sari Dewi, dpa"], ("Sari Dewi",)),
        (["The Harian Contoh"], ()),
        (["Harian Contoh (www.contoh.id)"], ()),
        (["Contoh Sumatera"], ()),
        (["sari@contoh.id"], ()),
        (["https://contoh.id/penulis/sari"], ()),
        (["Harian Contoh"], ()),
        (["Redaksi"], ()),
        (["Sari Dewi (sar)", "Sari Dewi"], ("Sari Dewi",)),
        ([""], ()),
    ],
)
def test_authors_are_people(lines: list[str], people: tuple[str, ...]) -> None:
    assert find_people(lines, ("Harian Contoh", "contoh", "detikFinance")) == people


def test_the_byline_is_the_first_line_that_names_an_author() -> None:
    assert find_byline(["Bagikan", "Oleh Sari Dewi", "Penulis: Tono"]) == "Oleh Sari Dewi"
    assert find_byline(["Dibaca 20 kali", "Olehkarena itu: tidak", "Editor: Tono"]) is None


@pytest.mark.parametrize(
    "line",
    [
        "Sari Dewi, Jurnalis",
        "Sari Dewi, Jurnalis · Kamis 09 Juli 2026 07:26 WIB",
        "Sari Dewi , Jurnalis-Senin, 16 Juni 2026 |15:20 WIB",
        "Sari Dewi, Kontributor | 16 Juni 2026",
    ],
)
def test_a_role_behind_the_name_makes_a_byline(line: str) -> None:
    assert find_byline(["Kamis 09 Juli 2026", line]) == line
    assert find_people([line]) == ("Sari Dewi",)


def test_a_sentence_about_a_journalist_is_no_byline() -> None:
    assert find_byline(["Sari Dewi, jurnalis senior, hadir.", "Kata Sari Dewi, Jurnalis itu hadir"]) is None


def test_agencies_are_kept_where_they_are_asked_for() -> None:
    assert find_people(["Sari Dewi, dpa", "Reuters"], agencies=True) == ("Sari Dewi", "dpa", "Reuters")


def test_who_signs_for_the_house_is_as_stated_but_no_address_and_no_account() -> None:
    assert find_house(["contoh.id", "admin", "redaksi@contoh.id", "https://contoh.id/", "contoh.id"]) == ("contoh.id",)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "null",
            "false",
            "N/A",
            "-",
            "12345",
            "{{author}}",
            "%author%",
            "[author_name]",
            "Author",
            "Anonymous",
            "user1",
        ),
        *("Super Admin", "webmaster", "Senin, 28 November 2026", "28/11/2026 10:15", "Senin", "()"),
    ],
)
def test_nobody_signs_by_a_placeholder_a_number_or_a_day(name: str) -> None:
    assert find_house([name]) == ()


@pytest.mark.parametrize("name", ["ANTARA", "dpa", "Kantor Berita 24", "Warta Contoh", "Radio 4 Contoh"])
def test_a_house_may_be_called_by_letters_and_figures(name: str) -> None:
    assert find_house([name]) == (name,)


def test_a_crew_and_a_trademark_are_no_people_but_a_man_called_tim_is() -> None:
    assert find_people(["Tim Warta, Sari Dewi - detikNews"], ["Warta Contoh"]) == ("Sari Dewi",)
    assert find_people(["Tim Cook"], ["Warta Contoh"]) == ("Tim Cook",)


@given(st.text(max_size=80))
def test_any_line_is_read(line: str) -> None:
    assert all(name in find_people([line], agencies=True) for name in find_people([line]))


@pytest.mark.parametrize(
    "line",
    [
        "Sari Dewi, S.Kep., Ns.",
        "Sari Dewi, A.Md.",
        "Sari Dewi S.T.P., M.T.",
        "Sari Dewi, M.Pd.I",
        "Sari Dewi, Sp.A",
        "Sari Dewi, DVM",
        "Oleh Sari Dewi - Selasa, 5 Mei 2026",
        "Penulis: Sari Dewi Rabu 6/5/2026",
        "Oleh: Sari Dewi, Dosen Fakultas Perikanan",
        "Oleh: Sari Dewi, PT Ikan Semah Tbk",
        "Penulis: Koresponden Banda Aceh, Sari Dewi",
        "Laporan Wartawan Kabar Desa, Sari Dewi dari Wonosari",
        "Sari Dewi**)",
        "Profil lengkap penulis Sari Dewi",
        "Telusuri tulisan Sari Dewi",
        "Kamis, 25.04.24 | 14:07 | Oleh Sari Dewi",
        "Sari Dewi, pengajar yang menulis tentang sungai dan sawah sejak lama",
        "Sari\u00ad Dewi",
        "Ditulis oleh Sari Dewi pada 28 November 2026",
        "Sari Dewi pada 5/5/2026",
    ],
)
def test_what_stands_beside_a_name_is_no_author(line: str) -> None:
    assert find_people([line]) == ("Sari Dewi",)


@pytest.mark.parametrize(
    "line",
    [
        *(
            "null",
            "undefined",
            "{{author}}",
            "{author.name}",
            "Super Admin",
            "Web Administrator",
            "NOC Admin",
            "admin1",
        ),
        *("Senin", "Jum'at", "Sabtu, 28 November 2026", "Wednesday", "Agustus"),
        *("Universitas Contoh", "Dinas Perikanan", "PT Semah Tbk", "Semah Ltd.", "Dok. Dinas Kota"),
        "menulis tentang pasar dan sungai sejak lima tahun",
    ],
)
def test_placeholders_days_and_houses_are_no_people(line: str) -> None:
    assert find_people([line]) == ()


@pytest.mark.parametrize(
    "line", ["Ana de la Cruz", "Siti binti Ahmad", "Jan van der Berg", "J.K. Rowling", "April Lee", "O. Henry"]
)
def test_names_with_particles_and_initials_stay_whole(line: str) -> None:
    assert find_people([line]) == (line,)


@pytest.mark.parametrize(
    "line", ["Oleh karena itu, redaksi meminta maaf.", "Oleh sebab hujan, acara batal", "By the way"]
)
def test_a_sentence_that_begins_like_a_byline_is_none(line: str) -> None:
    assert find_byline([line]) is None


@given(
    st.lists(
        st.sampled_from(
            [
                "Senin",
                "Selasa",
                "Rabu",
                "Kamis",
                "Jumat",
                "Sabtu",
                "Minggu",
                "Monday",
                "Sunday",
                "5",
                "Mei",
                "2026",
                "|",
                ",",
                "-",
            ]
        ),
        max_size=6,
    )
)
def test_an_author_is_never_a_day(words: list[str]) -> None:
    days = {"senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu", "monday", "sunday"}
    for name in find_people([f"Oleh Sari Dewi {' '.join(words)}", " ".join(words)]):
        assert name.casefold() not in days
