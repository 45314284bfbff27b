"""Certificates are verified: real TLS on loopback, counted by what the server was asked once the handshake was over."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives import serialization
from scrapy.exceptions import DownloadFailedError
from support.asking import ask
from support.certificates import Identity, identity, serving

from spiders.fetching.answers import reason_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def authority() -> Identity:
    return identity("Lumbung Test CA", authority=True)


def outcome(who: Identity, folder: Path, trusted: Identity) -> tuple[str, list[str]]:
    """What a crawl of a local publisher meets there, and what the server was asked."""
    trust = folder / "trusted.pem"
    trust.write_bytes(trusted.certificate.public_bytes(serialization.Encoding.PEM))
    with serving(who, folder) as server:
        home = f"https://localhost:{server.server_address[1]}/"
        outcomes = ask({"home": home, "local": True}, [home], SSL_CERT_FILE=str(trust), SSL_CERT_DIR=str(folder / "no"))
        return outcomes[home], server.asked


def test_a_certificate_of_a_trusted_authority_for_this_name_is_accepted(authority: Identity, tmp_path: Path) -> None:
    said, asked = outcome(identity("localhost", issuer=authority), tmp_path, authority)
    assert (said, asked) == ("HTTP 200", ["/"])


@pytest.mark.parametrize("kind", ["self-signed", "wrong name", "expired"])
def test_any_other_certificate_is_refused_before_anything_is_asked(
    authority: Identity, tmp_path: Path, kind: str
) -> None:
    who, trusted = {
        "self-signed": (identity("localhost"), authority),
        "wrong name": (identity("koran.example", issuer=authority), authority),
        "expired": (identity("localhost", issuer=authority, until=-timedelta(days=1)), authority),
    }[kind]
    said, asked = outcome(who, tmp_path, trusted)
    assert asked == []
    assert reason_of(DownloadFailedError(said)) == {"wrong name": "its certificate is for another name"}.get(
        kind, "its certificate has expired or is signed by nobody who is trusted here"
    )
