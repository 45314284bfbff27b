"""Which addresses a crawl may connect to."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.fetching.addresses import forbidden

PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "103.10.66.1",
    "2606:4700:4700::1111",
    "2a00:1450::1",
    "64:ff9b::8.8.8.8",
    "::ffff:8.8.8.8",
]

LOCAL = [
    "127.0.0.1",
    "127.255.255.254",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "::1",
    "fc00::1",
    "fd12:3456::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "::127.0.0.1",
]

NEVER = [
    "0.0.0.0",  # noqa: S104 - on Linux a connection to it reaches loopback
    "0.1.2.3",
    "::",
    "100.64.0.1",
    "100.100.100.200",
    "169.254.169.254",
    "169.254.0.1",
    "168.63.129.16",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "100::1",
    "2001:db8::1",
    "2001:2::1",
    "3fff::1",
    "5f00::1",
    "64:ff9b:1::7f00:1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "fd00:ec2::254",
    "fd20:ce::254",
    "ff02::1",
    "200::1",  # of no use yet
    "4000::1",
    "e000::1",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "2002:a9fe:a9fe::1",
    "2001:0:7f00:1::1",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_may_be_connected_to(address: str) -> None:
    assert forbidden(address) is None


@pytest.mark.parametrize("address", LOCAL)
def test_a_local_address_is_for_local_publishers_only(address: str) -> None:
    assert forbidden(address) is not None
    assert forbidden(address, local=True) is None


@pytest.mark.parametrize("address", NEVER)
def test_an_address_of_no_host_or_of_the_machine_room_is_nobodys(address: str) -> None:
    assert forbidden(address) is not None
    assert forbidden(address, local=True) is not None


@pytest.mark.parametrize(
    "address",
    [
        "168.63.129.16",
        "169.254.169.254",
        "100.100.100.200",
        "fd00:ec2::254",
        "fd20:ce::254",
        "::ffff:169.254.169.254",
        "::169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "::ffff:0:169.254.169.254",
        "2002:a9fe:a9fe::1",
        "2001:0:a9fe:a9fe::1",
        "2001:0:808:808:0:f7f7:5601:5601",
    ],
)
def test_a_machine_room_is_named_as_what_it_is_in_every_form(address: str) -> None:
    for local in (False, True):
        assert forbidden(address, local=local) == "is an address inside a cloud's machine room"


@pytest.mark.parametrize("neighbour", ["168.63.129.15", "100.128.0.1", "192.0.1.1", "192.88.98.255", "192.88.100.0"])
def test_the_addresses_beside_a_special_network_are_public(neighbour: str) -> None:
    assert forbidden(neighbour) is None


@pytest.mark.parametrize("beside", ["9.255.255.255", "11.0.0.0", "172.15.255.255", "172.32.0.0", "192.167.255.255"])
def test_a_private_network_ends_where_it_ends(beside: str) -> None:
    assert forbidden(beside) is None


@pytest.mark.parametrize("text", ["", "localhost", "127.1", "0x7f000001", "2130706433", "1.2.3.4.5", ":::"])
def test_what_is_no_address_is_not_connected_to(text: str) -> None:
    assert forbidden(text) == "is no address"


@given(
    st.ip_addresses(network="10.0.0.0/8")
    | st.ip_addresses(network="127.0.0.0/8")
    | st.ip_addresses(network="169.254.0.0/16")
)
def test_every_form_that_carries_a_private_address_is_judged_like_it(address: object) -> None:
    high, low = divmod(int(address), 65536)  # type: ignore[call-overload]  # hypothesis' type names no int
    tail = f"{high:x}:{low:x}"
    for form in (f"::ffff:{address}", f"::{address}", f"64:ff9b::{address}", f"2002:{tail}::1", f"::ffff:0:{tail}"):
        assert forbidden(form) is not None, form


SPECIAL = """
0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24
192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 64:ff9b:1::/48 100::/64
2001:2::/48 2001:db8::/32 3fff::/20 5f00::/16 fc00::/7 fe80::/10 fec0::/10 ff00::/8
""".split()  # noqa: SIM905 - a list of quoted strings would take a screen
"""Of IANA's registries (RFC 6890) what no address of a newspaper lies in."""


@pytest.mark.parametrize("network", SPECIAL)
def test_a_special_network_is_closed_from_its_first_address_to_its_last_and_not_beyond(network: str) -> None:
    whole = ip_network(network)
    first, last = whole[0], whole[-1]
    assert None not in {forbidden(str(first)), forbidden(str(last)), forbidden(str(whole[whole.num_addresses // 3]))}
    for beside in (int(first) - 1, int(last) + 1):
        if whole.version == 4 and 0 < beside < 2**32:
            address = ip_address(beside)
            inside = any(address in ip_network(each) for each in SPECIAL if ip_network(each).version == 4)
            assert (forbidden(str(address)) is not None) == inside, address
