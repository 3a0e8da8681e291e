"""Which addresses and URLs a peer can make us visit."""

from __future__ import annotations

import ipaddress
import socket

import pytest
import yarl
from hypothesis import given
from hypothesis import strategies as st

from fediart.errors import RemoteError
from fediart.remote import guard


@pytest.mark.parametrize(
    "address",
    [
        "1.1.1.1",
        "93.184.215.14",
        "100.63.255.255",
        "100.128.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "198.17.255.255",
        "223.255.255.255",
        "2606:4700:4700::1111",
        "2001:4860:4860::8888",
        "2a00:1450:4001:80b::200e",
        "::ffff:1.1.1.1",
        "64:ff9b::1.1.1.1",
        "2002:101:101::1",
    ],
)
def test_public_addresses_are_open(address: str) -> None:
    assert guard.is_public_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "100.64.0.1",
        "100.100.100.200",
        "127.0.0.1",
        "127.255.255.254",
        "168.63.129.16",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.192",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.51.100.7",
        "203.0.113.9",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::10.0.0.1",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::1",
        "2002:c0a8:101::1",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "",
        "localhost",
        "1.1.1",
    ],
)
def test_everything_else_is_closed(address: str) -> None:
    assert not guard.is_public_address(address)


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_as_open_in_ipv6_clothes(address: ipaddress.IPv4Address) -> None:
    number = int(address)
    mapped = ipaddress.IPv6Address((0xFFFF << 32) | number)
    nat64 = ipaddress.IPv6Address((0x64FF9B << 96) | number)
    six_to_four = ipaddress.IPv6Address((0x2002 << 112) | (number << 80) | 1)
    expected = guard.is_public_address(address)
    assert [guard.is_public_address(ip) for ip in (mapped, nat64, six_to_four)] == [expected] * 3


@given(st.ip_addresses())
def test_nothing_the_standard_library_calls_private_is_open(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    if address.is_loopback or address.is_link_local or address.is_multicast or address.is_unspecified:
        assert not guard.is_public_address(address)


def test_a_socket_is_made_for_a_public_row_only() -> None:
    row = (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("1.1.1.1", 443))
    with guard.open_socket(row) as sock:
        assert sock.family == socket.AF_INET
    with pytest.raises(guard.PrivateAddressError) as caught:
        guard.open_socket((*row[:4], ("127.0.0.1", 443)))
    assert caught.value.address == "127.0.0.1"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://peer.example", "https://peer.example/"),
        ("https://peer.example:8443/in", "https://peer.example:8443/in"),
        ("https://peer.example:443/in", "https://peer.example/in"),
        ("https://peer.example/in?box=7&b=%20x", "https://peer.example/in?box=7&b=%20x"),
        ("https://a_b.peer.example/in", "https://a_b.peer.example/in"),
        ("https://peer.example/" + "p" * 300, "https://peer.example/" + "p" * 300),
        ("HTTPS://PEER.Example/In", "https://peer.example/In"),
        ("https://bücher.example/users/lee", "https://xn--bcher-kva.example/users/lee"),
        ("https://i❤.example/", "https://xn--i-7iq.example/"),
        ("https://peer.example/users/lee#main-key", "https://peer.example/users/lee"),
        ("https://peer.example/%7Elee/./a//b/../c", "https://peer.example/%7Elee/./a//b/../c"),
        ("https://peer.example/a:b@c;d=(e)*'", "https://peer.example/a:b@c;d=(e)*'"),
        ("https://peer.example/é x", "https://peer.example/%C3%A9%20x"),
        ("https://[2606:4700::1]:8443/in", "https://[2606:4700::1]:8443/in"),
        ("https://1.1.1.1:8443/in", "https://1.1.1.1:8443/in"),
        ("https://2130706433/", "https://127.0.0.1/"),
        ("https://0x7f.1:8443/", "https://127.0.0.1:8443/"),
        ("https://0177.0.0.01/", "https://127.0.0.1/"),
        ("https://1.peer.example/", "https://1.peer.example/"),
    ],
)
def test_a_usable_url_stays_as_it_was_written(text: str, expected: str) -> None:
    assert str(guard.read_url(text, plain_http=False)) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("http://peer.example/", "plain http"),
        ("ftp://peer.example/", "neither"),
        ("file:///etc/passwd", "neither"),
        ("javascript:alert(1)", "neither"),
        ("//peer.example/", "neither"),
        ("peer.example", "neither"),
        ("", "neither"),
        ("https:///path", "no host"),
        ("https://lee:secret@peer.example/", "password"),
        ("https://lee@peer.example/", "password"),
        ("https://evil.example\\@peer.example/", "password"),
        ("https://evil.example\\.peer.example/", "no host"),
        ("https://peer.example:0/", "no host"),
        ("https://peer.example:99999/", "no host"),
        ("https://peer.example:x/", "no host"),
        ("https://[::1/", "Invalid IPv6"),
        ("https://256.1.1.1/", "no host"),
        ("https://peer.1/", "no host"),
        ("https://99999999999/", "no host"),
        ("https://pe%65r.example/", "no host"),
        ("https://peer.example/\r\nX-Evil: 1", "control"),
        ("https://peer.example/\x00", "control"),
        ("https://peer.example/" + "p" * 2048, "longer"),
        ("https://peer.example/\ud800", "no host"),
    ],
)
def test_an_unusable_url_says_why(text: str, reason: str) -> None:
    with pytest.raises(RemoteError, match=reason) as caught:
        guard.read_url(text, plain_http=False)
    assert not caught.value.is_temporary
    assert "\n" not in caught.value.text


def test_plain_http_is_a_choice() -> None:
    assert guard.read_url("http://peer.example:8080/in", plain_http=True).port == 8080


@given(st.one_of(st.text(), st.text().map(lambda text: f"https://{text}"), st.text().map(lambda t: f"https://a.b/{t}")))
def test_any_text_is_a_clean_url_or_an_error(text: str) -> None:
    try:
        url = guard.read_url(text, plain_http=True)
    except RemoteError:
        return
    assert isinstance(url, yarl.URL)
    assert url.scheme in ("http", "https")
    assert str(url).isascii()
    assert not any(character <= " " for character in str(url))
    assert url.user is None
    assert url.raw_path_qs.startswith("/")
    assert guard.read_url(str(url), plain_http=True) == url
