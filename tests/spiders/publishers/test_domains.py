"""The registered domain, without the network."""

from __future__ import annotations

import pytest

from spiders.publishers.domains import domain_of, registered_domain


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
        ("::1", "::1"),
        ("2001:db8::7", "2001:db8::7"),
        ("", ""),
    ],
)
def test_the_registered_domain_of_a_host(host: str, domain: str) -> None:
    assert registered_domain(host) == domain


def test_the_registered_domain_of_an_address() -> None:
    assert domain_of("https://user@finance.detik.com:8443/x?y#z") == "detik.com"
    assert domain_of("http://[2001:db8::7]/") == "2001:db8::7"


def test_each_port_of_an_address_may_be_another_operators() -> None:
    assert domain_of("http://127.0.0.1:8710/rss") == "127.0.0.1:8710"
    assert domain_of("http://localhost:8710/rss") == "localhost:8710"
    assert domain_of("http://[::1]:8710/rss") == "::1:8710"
