"""The registered domain, without the network."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from support.checkout import ROOT

from spiders.publishers.domains import domain_of, registered_domain

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("news.detik.com", "detik.com"),
        ("DETIK.com.", "detik.com"),
        ("www.rri.co.id", "rri.co.id"),
        ("a.b.desa.id", "b.desa.id"),
        ("polri.go.id", "polri.go.id"),
        ("warta.blogspot.com", "blogspot.com"),
        ("co.id", "co.id"),
        ("id", "id"),
        ("localhost", "localhost"),
        ("www.koran.example", "koran.example"),
        ("warta.localhost", "warta.localhost"),
        ("127.0.0.1", "127.0.0.1"),
        ("10.1.2.3", "10.1.2.3"),
        ("198.76.54.203", "198.76.54.203"),
        ("::1", "::1"),
        ("2001:db8::7", "2001:db8::7"),
        ("", ""),
    ],
)
def test_the_registered_domain_of_a_host(host: str, domain: str) -> None:
    assert registered_domain(host) == domain
    assert registered_domain(f"{host.upper()}.") == domain


def test_the_registered_domain_of_an_address() -> None:
    assert domain_of("https://user@finance.detik.com:8443/x?y#z") == "detik.com"
    assert domain_of("http://[2001:db8::7]/") == "2001:db8::7"


def test_each_port_of_an_address_may_be_another_operators() -> None:
    assert domain_of("http://127.0.0.1:8710/rss") == "127.0.0.1:8710"
    assert domain_of("http://localhost:8710/rss") == "localhost:8710"
    assert domain_of("http://[::1]:8710/rss") == "::1:8710"


@pytest.mark.parametrize("url", ["", "mailto:redaksi@koran.example", "/berita/1", "https:///x"])
def test_what_names_no_host_has_no_domain(url: str) -> None:
    assert domain_of(url) == ""


def test_the_list_of_suffixes_is_neither_fetched_nor_written_down(tmp_path: Path) -> None:
    """Whatever it would be fetched from goes through a proxy that nobody asks for anything."""
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        proxy.settimeout(0)
        at = f"http://127.0.0.1:{proxy.getsockname()[1]}"
        where = dict.fromkeys(("HOME", "XDG_CACHE_HOME", "TLDEXTRACT_CACHE", "TMPDIR"), str(tmp_path))
        ways = dict.fromkeys(("http_proxy", "https_proxy", "HTTPS_PROXY"), at)
        program = "from spiders.publishers.domains import registered_domain as of; print(of('a.b.desa.id'))"
        command = [sys.executable, "-B", "-c", program]
        environment = {"PATH": os.environ["PATH"], **where, **ways, "TLDEXTRACT_CACHE_TIMEOUT": "1"}
        asked = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
        with pytest.raises(BlockingIOError):
            proxy.accept()
    assert (asked.stdout, asked.stderr) == ("b.desa.id\n", "")
    assert list(tmp_path.iterdir()) == []
