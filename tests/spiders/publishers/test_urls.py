"""One article, one canonical URL; two articles, two."""

from __future__ import annotations

import string
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from spiders.publishers import Publisher, find_publisher
from spiders.publishers.urls import canonicalise, with_query


def publisher(**values: Any) -> Publisher:
    table = {"name": "Warta", "home": "https://www.warta.id/", "domains": ["warta.id"], **values}
    return Publisher.from_table("warta", table, where="warta.toml")


WARTA = publisher()
BARE = publisher(home="https://warta.id/")
LOOPBACK = publisher(home="http://127.0.0.1:8710/", domains=[])

PAIRS = tomllib.loads((Path(__file__).parent / "url_pairs.toml").read_text("utf-8"))["group"]


def owner(group: dict[str, Any]) -> Publisher:
    named = group["publisher"]
    return find_publisher(named) if isinstance(named, str) else publisher(**named)


def pairs(kind: str) -> list[Any]:
    return [pytest.param(owner(group), *pair[:2], id=": ".join(pair[1:])) for group in PAIRS for pair in group[kind]]


@pytest.mark.parametrize(("whose", "canonical", "variant"), pairs("same"))
def test_variants_of_one_article_have_one_identity(whose: Publisher, canonical: str, variant: str) -> None:
    assert canonicalise(variant, whose) == canonicalise(canonical, whose)
    assert whose.owns(canonicalise(variant, whose)) == whose.owns(canonical)


@pytest.mark.parametrize(("whose", "one", "other"), pairs("different"))
def test_two_articles_never_share_an_identity(whose: Publisher, one: str, other: str) -> None:
    assert canonicalise(one, whose) != canonicalise(other, whose)


def test_at_least_120_different_pairs_are_written_down_each_with_its_reason() -> None:
    written = [pair for group in PAIRS for pair in (*group["same"], *group["different"])]
    assert all(len(pair) == 3 and pair[2] for pair in written)
    assert len({frozenset(pair[:2]) for pair in written}) == len(written) >= 120


def test_home_decides_whether_the_host_has_www() -> None:
    assert (
        canonicalise("https://www.warta.id/a", BARE)
        == canonicalise("http://m.warta.id/a", BARE)
        == "https://warta.id/a"
    )


def test_a_home_on_a_mobile_host_keeps_it() -> None:
    mobile = publisher(home="https://m.warta.id/", domains=["m.warta.id", "warta.id"])
    assert canonicalise("https://m.warta.id/a", mobile) == "https://m.warta.id/a"


def test_a_mobile_host_that_the_file_names_is_a_host_of_its_own() -> None:
    named = publisher(domains=["warta.id", "m.warta.id"])
    assert canonicalise("https://amp.warta.id/a", named) == "https://www.warta.id/a"
    assert canonicalise("https://m.warta.id/a", named) != "https://www.warta.id/a"


def test_a_host_with_a_user_and_a_port_before_it_may_have_a_thousand_characters() -> None:
    longest = f"https://{'u' * (1_000 - len('@m.warta.id'))}@m.warta.id/a"
    assert canonicalise(longest, WARTA) == "https://www.warta.id/a"
    longer = longest.replace("//u", "//uu")
    assert canonicalise(longer, WARTA) == longer


def test_http_stays_where_there_is_no_certificate() -> None:
    for url in (
        "http://127.0.0.1/a",
        "http://127.0.0.1:8710/a",
        "http://localhost/a",
        "http://[::1]:8710/a",
        "http://koran.id:81/a",
    ):
        assert canonicalise(url, LOOPBACK) == url


def test_query_parameters_that_are_identity_are_kept_by_the_publishers_file() -> None:
    kept = publisher(query_kept=["page", "ref"])
    assert (
        canonicalise("https://www.warta.id/a?ref=7&page=2&utm_source=x", kept) == "https://www.warta.id/a?page=2&ref=7"
    )


@pytest.mark.parametrize(
    "text", ["", "padi", "/berita/12", "mailto:redaksi@warta.id", "javascript:void(0)", "http://", "http://["]
)
def test_what_is_no_web_address_comes_back_as_it_is(text: str) -> None:
    assert canonicalise(f" {text} ", WARTA) == text


EVERYTHING = publisher(
    channels=["amp", "bola"], amp_replaces="read", variant_segments=["All", "2"], query_kept=["page"]
)
OWNERS = (WARTA, BARE, LOOPBACK, EVERYTHING)
PIECES = """
http:// https:// HTTP: // www.warta.id m. amp. bola. warta.id 127.0.0.1 [::1] :80 :443 / /amp /AMP /bola /read /All /2
/.. /. .amp .html ? & amp; page=2 utm_x=1 rss = # #! #/ % %2 %7e %2e %23 :x - \\ @ é ／ ％ İ xn-- ß 。 %41
/full&view=ok ;jsessionid= ;jsessionid=1 ; \ud800 \x00
""".split()  # noqa: SIM905 - sixty words read better than sixty literals


@given(
    st.text()
    | st.lists(st.sampled_from([*PIECES, " ", "\n"]), max_size=14).map("".join)
    | st.lists(st.sampled_from(PIECES), max_size=12).map("".join).map("https://www.warta.id/".__add__)
    | st.from_regex(r"https?://[^/]*/.*")
)
@example("http://m.amp.m.warta.id/amp/amp/a/amp/amp?amp;amp;a=1")
@example("https://www.warta.id/a/amp.amp.amp.html/..amp.html")
@example("https://www.warta.id/a/full&view=ok/full&view=ok")
@example("https://www.warta.id/a/%66ull&view=ok")
@example("https://www.warta.id/bola/amp/amp/x.amp;jsessionid=1.amp")
@example("https://www.warta.id/;jsessionid=1;jsessionid=2/.amp")
@example("https://warta。id/#!/#")
def test_canonicalising_twice_is_canonicalising_once_and_nothing_raises(url: str) -> None:
    for whose in OWNERS:
        once = canonicalise(url, whose)
        assert canonicalise(once, whose) == once
        whose.owns(url)


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_what_tracks_says_nothing_wherever_it_stands(path: str) -> None:
    url = "https://www.warta.id/berita/" + path.replace("#", "").replace("?", "") + "x"
    assert canonicalise(f"{url}?utm_source=x&fbclid=y", WARTA) == canonicalise(url, WARTA)


@pytest.mark.parametrize(
    "filler",
    [
        "a",
        "é",
        "/amp",
        "/a/..",
        "/..",
        "%41",
        ";jsessionid=1",
        "?a=1&",
        ".amp",
        "\x00",
        "\ud800",
        "\\",
        "#!",
        "full&view=ok/",
    ],
)
@pytest.mark.parametrize(
    "place", ["{}", "https://{}.warta.id/", "https://www.warta.id/{}x", "https://www.warta.id/?{}"]
)
def test_a_megabyte_is_canonical_after_one_pass_too(filler: str, place: str) -> None:
    once = canonicalise(place.format(filler * (1_000_000 // len(filler))), EVERYTHING)
    assert canonicalise(once, EVERYTHING) == once


def test_a_query_is_added_to_what_is_there_and_replaces_its_namesake() -> None:
    assert with_query("https://warta.id/a", "page=all") == "https://warta.id/a?page=all"
    assert with_query("https://warta.id/a?id=1&page=2#atas", "page=all") == "https://warta.id/a?id=1&page=all"
    assert with_query("https://warta.id/a?id=1#atas", "") == "https://warta.id/a?id=1#atas"


TRACKS = """
utm_source utm_medium utm_x hsa_acc mtm_source ns_campaign ns_mchannel ns_source ns_linkname ns_fee pk_campaign pk_kwd
pk_source pk_medium pk_content at_medium at_campaign fbclid fref fb_action_ids fb_action_types fb_source fb_ref
fb_comment_id mibextid sfnsn gclid gclsrc dclid clickid campaignid adgroupid gbraid wbraid gad_source gad_campaignid
srsltid _ga _gl usqp amp_gsa amp_js_v amp_kit amp_analytics amp_latest_update_time msclkid ysclid yclid twclid ttclid
li_fat_id epik igsh igshid mc_cid mc_eid mkt_tok _hsenc _hsmi vero_id oly_anon_id oly_enc_id __twitter_impression ref
ref_src ref_url spm scm xtor xtref xtcr xts xtnp xtloc echobox cmp cmpid dicbo tblci wt_mc wtmc ocid ncid smid s_cid
maca guccounter guce_referrer guce_referrer_sig _guc_consent_skip _openstat replytocom jsessionid phpsessid rss rssfeed
tag_from jxconn jxrecoid jxrecofrom jxrecopos lgn_method google_btn UTM_SOURCE FBCLID
""".split()  # noqa: SIM905 - ninety words read better than ninety literals
"""Parameters by which advertisers, networks and publishers follow readers: their own documents name them."""
IDENTIFIES = """
utm hsa mtm ns_id ns pk pk_id at fbclids fb_id fb gclids gad amp_id oly_id mc_id mc_cids guce xt xtid reference refs
rssid rss_id xref spmid jxreco jxrecoids cmpids igshids id berita artikel no page_id idberita tahun judul
""".split()  # noqa: SIM905 - as above


@pytest.mark.parametrize("name", TRACKS)
def test_a_parameter_that_follows_readers_is_no_part_of_an_identity(name: str) -> None:
    assert canonicalise(f"https://www.warta.id/a?id=7&{name}=x1", WARTA) == "https://www.warta.id/a?id=7"


@pytest.mark.parametrize("name", IDENTIFIES)
def test_a_parameter_whose_name_only_resembles_one_is_kept(name: str) -> None:
    assert canonicalise(f"https://www.warta.id/a?{name}=x1", WARTA) == f"https://www.warta.id/a?{name}=x1"


VARIANTS = """
page=all page=2 hal=all hal=12 halaman=all halaman=3 showpage=all showpage=2 single=1 view=all view=full view=ok
view=amp output=amp outputtype=amp format=amp mode=amp template=amp template=ampart amp-content=amp amp _amp wpamp
amp=1 amp=y amp=yes amp=true amp=amp share=facebook share=google-plus source=rss src=rss origin=rss from=rss via=rss
medium=rss
r=rss PAGE=ALL AMP=1
""".split()  # noqa: SIM905 - as above
NO_VARIANTS = """
page=tentang page=2a hal=muka halaman=satu single=2 view=7 view=foto output=pdf format=cetak mode=gelap template=2 amp=2
ampere=1 share=2 source=7 src=a from=jakarta via=darat medium=air r=7 r=rssi apage=2 pages=2 xamp
""".split()  # noqa: SIM905 - as above


@pytest.mark.parametrize("pair", VARIANTS)
def test_a_parameter_that_asks_for_a_part_or_a_variant_is_no_part_of_an_identity(pair: str) -> None:
    assert canonicalise(f"https://www.warta.id/a?id=7&{pair}", WARTA) == "https://www.warta.id/a?id=7"


@pytest.mark.parametrize("pair", NO_VARIANTS)
def test_a_parameter_that_may_be_the_article_is_kept(pair: str) -> None:
    assert canonicalise(f"https://www.warta.id/a?{pair}", WARTA) == f"https://www.warta.id/a?{pair}"


def test_a_host_that_ends_or_begins_alike_keeps_its_mobile_host_and_its_amp() -> None:
    for url in ("https://m.bukanwarta.id/amp/a", "https://m.warta.id.lain.example/a/amp", "https://m.warta.idx/a.amp"):
        assert canonicalise(url, WARTA) == url


def test_backslashes_before_the_query_are_slashes_and_in_it_they_stay() -> None:
    assert canonicalise("https:\\\\www.warta.id\\a?b=c\\d", WARTA) == "https://www.warta.id/a?b=c%5Cd"
    assert canonicalise("https://www.warta.id/a?b\\c?d\\e", WARTA) == "https://www.warta.id/a?b%5Cc?d%5Ce"


@pytest.mark.parametrize(
    ("path", "canonical"),
    [
        ("/amp", "/amp"),
        ("/amp/amp", "/amp"),
        ("/amp/amp/amp", "/amp"),
        ("/amp/a", "/a"),
        ("/amp/amp/a", "/a"),
        ("/amp/amp/a/b", "/a/b"),
        ("/a/amp", "/a"),
        ("/a/amp/amp", "/a"),
        ("/a/amp.html", "/a"),
        ("/a/full&view=ok", "/a"),
    ],
)
def test_marks_of_amp_go_and_one_segment_stays(path: str, canonical: str) -> None:
    assert canonicalise(f"https://www.warta.id{path}", WARTA) == f"https://www.warta.id{canonical}"


@pytest.mark.parametrize("where", ["a{}b", "p?q=a{}b"])
def test_each_escaped_byte_has_one_form_whatever_its_letters_are_written_like(where: str) -> None:
    """RFC 3986, section 6.2.2: what is unreserved stands for itself, the hexadecimals of the rest are capitals."""
    plain = set(
        string.ascii_letters + string.digits + "-._~" + "!'()*,"
    )  # the latter are escaped by some and not others
    for byte in range(256):
        expected = chr(byte) if chr(byte) in plain else f"%{byte:02X}"
        high, low = f"{byte >> 4:x}", f"{byte & 15:x}"
        for form in {high + low, high.upper() + low, high + low.upper(), (high + low).upper()}:
            found = canonicalise(f"https://koran.example/{where.format('%' + form)}", WARTA)
            assert found == f"https://koran.example/{where.format(expected)}", form


@pytest.mark.parametrize("broken", ["%", "%4", "%4g", "%g4", "%%41"])
def test_a_percent_sign_that_escapes_nothing_is_escaped_itself(broken: str) -> None:
    found = canonicalise(f"https://koran.example/a{broken}", WARTA)
    assert found == f"https://koran.example/a{broken.replace('%', '%25', 1).replace('%41', 'A')}"


def test_a_host_name_may_have_253_characters_and_no_more() -> None:
    longest = ".".join([*["a" * 61] * 4, "a" * 5])
    assert len(longest) == 253
    assert canonicalise(f"http://{longest}/x", WARTA) == f"https://{longest}/x"
    assert canonicalise(f"http://{longest}a/x", WARTA) == f"http://{longest}a/x"


def test_the_letters_of_a_host_are_small_in_every_script() -> None:
    for host in ("WWW.Warta.ID", "www.WARTA.id."):
        assert canonicalise(f"http://{host}/A", WARTA) == "https://www.warta.id/A"
    small = canonicalise("https://kabar-é.example/", WARTA)
    assert canonicalise("https://KABAR-É.example/", WARTA) == small != "https://KABAR-É.example/"
