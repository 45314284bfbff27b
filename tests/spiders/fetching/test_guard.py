"""No request reaches an address it must not: counted on a listener that would have been reached."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from support.asking import ask

from spiders.fetching.guard import GuardedResolver, is_local_host

if TYPE_CHECKING:
    from collections.abc import Iterator

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"

LITERALS = """
127.0.0.1 127.0.0.2 127.1 127.0.1 2130706433 017700000001 0x7f000001 0x7f.1 0177.0.0.1 127.0.0.1. 127.000.000.001 0
0.0.0.0 0x0 00000000 127.65535 127.0x1 0x7F.0x0.0x0.0x1 2130706434 127.127.127.127 127.0.0.254 [::1]
[0:0:0:0:0:0:0:1] [::] [::ffff:127.0.0.1] [::ffff:7f00:1] [0:0:0:0:0:ffff:127.0.0.1] [::127.0.0.1] [::7f00:1]
[64:ff9b::127.0.0.1] [2002:7f00:1::] [2001:0:7f00:1::1] [::ffff:0:127.0.0.1] [fe80::1] [fe80::1%25lo] [fc00::1]
[fd00::1] [fec0::1] [ff02::1] [2001:db8::1] [fd00:ec2::254] [::ffff:169.254.169.254] [64:ff9b:1::7f00:1] 10.0.0.1
10.255.255.255 172.16.0.1 192.168.0.1 100.64.0.1 169.254.169.254 0xa9fea9fe 2852039166 100.100.100.200 192.0.0.192
192.0.2.1 198.18.0.1 198.51.100.7 203.0.113.9 224.0.0.1 240.0.0.1 255.255.255.255 168.63.129.16 localhost LOCALHOST
localhost. sub.localhost loopback.example loopback6.example mapped.example private.example metadata.example
unspecified.example translated.example several.example rebinding.example
""".split()  # noqa: SIM905 - a list of quoted strings would take a screen


class Listener:
    """Takes connections on every address of this machine and counts them."""

    def __init__(self) -> None:
        self.connections = 0
        self._socket = socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True)
        self.port: int = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            with connection:
                connection.recv(65536)
                connection.sendall(self.answer)

    answer = ANSWER

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


@contextmanager
def listening(answer: bytes = ANSWER) -> Iterator[Listener]:
    listener = Listener()
    listener.answer = answer
    try:
        yield listener
    finally:
        listener.close()


def test_no_form_of_a_forbidden_address_is_connected_to() -> None:
    with listening() as listener:
        home = f"https://www.warta.example:{listener.port}/"  # its port is allowed: only the address can be the reason
        urls = [f"http://{host}:{listener.port}/{number}" for number, host in enumerate(LITERALS)]
        urls += [f"https://127.0.0.1:{listener.port}/", f"http://user:secret@127.0.0.1:{listener.port}/"]
        outcomes = ask({"home": home}, urls)
        assert listener.connections == 0
    assert len(urls) >= 60
    assert set(outcomes) == set(urls)
    assert not [url for url, outcome in outcomes.items() if outcome.startswith("HTTP")]
    unnamed = {url: outcome for url, outcome in outcomes.items() if not outcome.startswith("ForbiddenAddress")}
    # What no resolver takes for an address is refused by Scrapy or by the resolver.
    assert len(unnamed) <= 6, unnamed


def test_a_name_that_is_looked_up_again_gains_nothing_by_answering_differently() -> None:
    with listening() as listener:
        home = f"http://www.warta.example:{listener.port}/"
        urls = [f"http://rebinding.example:{listener.port}/{number}" for number in range(5)]
        outcomes = ask({"home": home}, urls)
        assert listener.connections == 0
    assert all("rebinding.example is 1" in outcome for outcome in outcomes.values()), outcomes


def test_a_local_publisher_is_reached_at_its_own_address() -> None:
    with listening() as listener:
        home = f"http://127.0.0.1:{listener.port}/"
        assert ask({"home": home, "local": True}, [home]) == {home: "HTTP 200"}
        assert listener.connections == 1
        assert ask({"home": home}, [home])[home].startswith("ForbiddenAddress")
        assert listener.connections == 1


def test_a_spider_of_no_publisher_is_guarded_as_well() -> None:
    with listening() as listener:
        urls = [f"http://127.0.0.1:{listener.port}/", "http://127.0.0.1/", "http://loopback.example/"]
        outcomes = ask(None, urls)
        assert listener.connections == 0
    assert outcomes[urls[0]].endswith(f"port {listener.port} is not asked; 80, 443 are")
    assert all("127.0.0.1" in outcomes[url] and "ForbiddenAddress" in outcomes[url] for url in urls[1:])


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("http://127.0.0.1:{other}/", "port {other} is not asked; 80, 443, {port} are"),
        ("http://loopback.example:{port}/", "loopback.example is 127.0.0.1, which is no public address"),
        ("http://169.254.169.254/latest/meta-data/", "169.254.169.254 is an address inside a cloud's machine room"),
        ("http://10.0.0.1/", "10.0.0.1 is no public address"),
        ("http://a:b@www.warta.example/", "an address with a user name is not asked for"),
        ("http://127.0.0.1:0/", "port 0 is not asked; 80, 443, {port} are"),
        ("http://www..warta.example/", "label"),
        (f"http://{'a' * 64}.warta.example/", "label"),
    ],
)
def test_a_local_publisher_does_not_lead_anywhere_else(target: str, reason: str) -> None:
    with listening() as other, listening() as listener:
        ports = {"other": other.port, "port": listener.port}
        to = target.format(**ports)
        listener.answer = (
            f"HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()
        )
        home = f"http://127.0.0.1:{listener.port}/"
        outcomes = ask({"home": home, "local": True}, [home])
        assert (listener.connections, other.connections) == (1, 0)
    assert outcomes[home].startswith("ForbiddenAddress")
    assert reason.format(**ports) in outcomes[home]


@pytest.mark.parametrize(
    "scheme", ["file:///etc/passwd", "ftp://127.0.0.1/x", "data:text/html,x", "s3://bucket/key", "gopher://h/"]
)
def test_other_schemes_are_not_asked(scheme: str) -> None:
    assert "Unsupported URL scheme" in ask({"home": "https://www.warta.example/"}, [scheme])[scheme]


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("koran.example", True),
        ("www.koran.example", True),
        ("a.b.koran.example", True),
        ("bukankoran.example", False),
        ("koran.example.jahat.example", False),
        ("xkoran.example", False),
        ("example", False),
        ("", False),
    ],
)
def test_a_host_that_only_ends_like_a_local_one_is_not_local(
    monkeypatch: pytest.MonkeyPatch,
    host: str,
    local: bool,  # noqa: FBT001 - a table of cases
) -> None:
    monkeypatch.setattr(GuardedResolver, "local_hosts", {"koran.example"})
    assert is_local_host(host) is local


def test_a_host_that_ends_like_a_local_publisher_is_not_connected_to() -> None:
    with listening() as listener:
        home = f"http://loopback.example:{listener.port}/"
        other = f"http://bukanloopback.example:{listener.port}/"
        outcomes = ask({"home": home, "local": True}, [other, home])
        assert outcomes[home] == "HTTP 200"
        assert "bukanloopback.example is 127.0.0.1, which is no public address" in outcomes[other]
        assert listener.connections == 1


def test_no_crawl_goes_to_another_publisher_that_is_local() -> None:
    with listening() as listener:
        home = f"https://www.warta.example:{listener.port}/"
        urls = [f"http://{host}:{listener.port}/" for host in ("loopback.example", "LOOPBACK.example.")]
        outcomes = ask({"home": home}, urls, LOCAL_HOSTS="loopback.example")
        assert listener.connections == 0
    assert all("is a local publisher, and not this one" in outcomes[url] for url in urls), outcomes
