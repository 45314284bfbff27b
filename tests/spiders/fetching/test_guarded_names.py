"""The guard's judgement of names, ports and heads, without the network: a table answers in place of the DNS."""

from __future__ import annotations

import secrets
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from scrapy.core.downloader.handlers.http11 import _LenientHTTP11ClientProtocol
from scrapy.resolver import HostResolution
from support.asking import ask
from twisted.internet.address import IPv4Address, IPv6Address

from spiders.fetching import guard
from spiders.fetching.guard import GuardedResolver, is_local_host, port_of

if TYPE_CHECKING:
    from collections.abc import Iterable

PUBLIC, PUBLIC_6 = "103.10.66.1", "2606:4700::1111"


class Names:
    """A name server of one name."""

    def __init__(self, addresses: Iterable[str]) -> None:
        self.addresses = list(addresses)

    def resolveHostName(self, receiver: Any, host: str, port: int = 0, *_rest: Any) -> Any:  # noqa: N802 - Twisted's
        receiver.resolutionBegan(HostResolution(host))
        for address in self.addresses:
            kind = IPv6Address if ":" in address else IPv4Address
            receiver.addressResolved(kind("TCP", address, port))
        receiver.resolutionComplete()
        return receiver


class Receiver:
    """Notes what a lookup tells."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def resolutionBegan(self, _resolution: Any) -> None:  # noqa: N802 - Twisted's
        self.told.append("began")

    def addressResolved(self, address: Any) -> None:  # noqa: N802 - Twisted's
        self.told.append(address.host)

    def resolutionComplete(self) -> None:  # noqa: N802 - Twisted's
        self.told.append("complete")


def looked_up(names: Names, host: str) -> list[str]:
    reactor: Any = SimpleNamespace(nameResolver=names)
    receiver = Receiver()
    GuardedResolver(reactor, 0).resolveHostName(receiver, host, 443)
    return receiver.told


@pytest.fixture
def host() -> str:
    """A name that no lookup of this process has asked for."""
    return f"{secrets.token_hex(6)}.example"


@pytest.fixture
def _local(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(GuardedResolver, "local_hosts", {"lokal.example", "127.0.0.1"})


@pytest.mark.parametrize(
    ("found", "passed"),
    [
        ([PUBLIC], [PUBLIC]),
        ([PUBLIC, PUBLIC_6], [PUBLIC, PUBLIC_6]),
        (["10.0.0.1", PUBLIC, "::1"], [PUBLIC]),
        ([PUBLIC, "169.254.169.254"], [PUBLIC]),
        (["127.0.0.1", "10.0.0.1"], []),
        ([], []),
    ],
)
def test_of_what_a_name_resolves_to_the_public_addresses_are_left(
    found: list[str], passed: list[str], host: str
) -> None:
    assert looked_up(Names(found), host) == ["began", *passed, "complete"]


def test_why_nothing_was_left_is_remembered_until_the_name_answers_well_again(host: str) -> None:
    names = Names(["10.0.0.1"])
    looked_up(names, host)
    assert GuardedResolver.refused.get(host) == f"{host} is 10.0.0.1, which is no public address"
    names.addresses = ["10.0.0.1", PUBLIC]
    looked_up(names, host)
    assert GuardedResolver.refused.get(host) is None
    names.addresses = ["169.254.169.254"]
    looked_up(names, host)
    assert "machine room" in str(GuardedResolver.refused.get(host))
    names.addresses = []
    looked_up(names, host)
    assert GuardedResolver.refused.get(host) is None


@pytest.mark.usefixtures("_local")
def test_a_local_publishers_names_may_be_private_and_nobody_elses() -> None:
    private = Names(["10.0.0.1", "169.254.169.254"])
    for name in ("lokal.example", "koran.lokal.example"):
        assert looked_up(private, name) == ["began", "10.0.0.1", "complete"]
    for name in ("bukanlokal.example", "lokal.example.lain", "example"):
        assert looked_up(private, name) == ["began", "complete"]


@pytest.mark.usefixtures("_local")
def test_a_host_that_ends_alike_is_not_local() -> None:
    assert [name for name in ("lokal.example", "a.b.lokal.example", "127.0.0.1") if not is_local_host(name)] == []
    foreign = ("bukanlokal.example", "lokal.example.lain", "xlokal.example", "27.0.0.1", "", "1127.0.0.1")
    assert [name for name in foreign if is_local_host(name)] == []


@pytest.mark.parametrize(
    ("url", "port"),
    [
        ("http://warta.example/", 80),
        ("https://warta.example/", 443),
        ("https://warta.example:80/", 80),
        ("http://warta.example:443/", 443),
        ("http://[2606:4700::1111]:8443/a", 8443),
        ("http://warta.example:0/", 0),
        ("http://warta.example:/", 80),
    ],
)
def test_a_url_means_the_port_it_names_or_that_of_its_scheme(url: str, port: int) -> None:
    assert port_of(url) == port


@pytest.mark.parametrize("url", ["http://warta.example:65536/", "http://warta.example:x/"])
def test_a_port_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"[Pp]ort"):
        port_of(url)


def test_a_request_that_must_not_go_out_says_why_in_its_own_words() -> None:
    wanted = {
        "http://pembaca@www.warta.example/": "an address with a user name is not asked for",
        "http://:rahasia@www.warta.example/": "an address with a user name is not asked for",
        "http://@www.warta.example/": "an address with a user name is not asked for",
        "https://www.warta.example:444/": "port 444 is not asked; 80, 443, 8443 are",
        "https://www.warta.example:8080/": "port 8080 is not asked; 80, 443, 8443 are",
        "http://10.0.0.1/": "10.0.0.1 is no public address; a publisher on a private network has `local = true`",
        "http://[::1]/": "::1 is no public address; a publisher on a private network has `local = true`",
        "http://169.254.169.254./": "169.254.169.254 is an address inside a cloud's machine room",
        "http://loopback.example/": "loopback.example is 127.0.0.1, which is no public address; a publisher on",
    }
    told = ask({"home": "https://www.warta.example:8443/"}, list(wanted))
    assert {url: said for url, said in told.items() if not said.startswith("ForbiddenAddress: " + url)} == {}
    assert {url: told[url] for url, reason in wanted.items() if reason not in told[url]} == {}


def test_a_local_publisher_is_given_no_hint_to_become_one() -> None:
    told = ask({"home": "http://127.0.0.1/", "local": True}, ["http://10.0.0.1/", "http://private.example/"])
    assert all(said.endswith("no public address") for said in told.values()), told


class Transport:
    """Notes whether the connection was given up."""

    def __init__(self) -> None:
        self.aborted = False

    def abortConnection(self) -> None:  # noqa: N802 - Twisted's
        self.aborted = True


def head_of(state: str, sizes: Iterable[int], monkeypatch: pytest.MonkeyPatch) -> tuple[bool, int]:
    """Whether a protocol gave up that was sent pieces of those sizes, and how many bytes its parser saw."""
    seen = []
    monkeypatch.setattr(_LenientHTTP11ClientProtocol, "dataReceived", lambda _self, data: seen.append(len(data)))
    protocol: Any = guard._BoundedHead.__new__(guard._BoundedHead)  # noqa: SLF001 - Twisted calls it, nobody else
    protocol._parser = SimpleNamespace(state=state)  # noqa: SLF001
    protocol.transport = Transport()
    for size in sizes:
        protocol.dataReceived(b"x" * size)
    return protocol.transport.aborted, sum(seen)


def test_a_head_may_have_half_a_megabyte_and_a_body_any_size(monkeypatch: pytest.MonkeyPatch) -> None:
    most = 512 * 1024
    assert head_of("STATUS", [most], monkeypatch) == (False, most)
    assert head_of("HEADER", [most // 2, most // 2], monkeypatch) == (False, most)
    assert head_of("HEADER", [most // 2, most // 2, 1], monkeypatch) == (True, most)
    assert head_of("STATUS", [most + 1], monkeypatch) == (True, 0)
    assert head_of("BODY", [most, most, most], monkeypatch) == (False, 3 * most)
