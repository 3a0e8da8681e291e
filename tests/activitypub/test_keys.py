from __future__ import annotations

import base64
from pathlib import Path

import base58
import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from fediart.activitypub import keys
from fediart.activitypub.errors import ProtocolError

VECTORS = Path(__file__).parent / "vectors"
RSA = rsa.generate_private_key(65537, 2048)
ED25519 = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
RSA_PEM = keys.write_public_pem(RSA.public_key())


def _spki(key: rsa.RSAPublicKey | dsa.DSAPublicKey | ec.EllipticCurvePublicKey) -> str:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


@pytest.mark.parametrize("key", [RSA, ED25519], ids=["rsa", "ed25519"])
def test_keys_come_back_as_written(key: keys.PrivateKey):
    public = key.public_key()
    assert keys.read_public_pem(keys.write_public_pem(public)) == public
    assert keys.read_multikey(keys.write_multikey(public)) == public
    assert keys.read_private_pem(keys.write_private_pem(key)).public_key() == public


def test_public_keys_are_written_as_subject_public_key_info():
    assert RSA_PEM.startswith("-----BEGIN PUBLIC KEY-----\n")
    assert keys.write_private_pem(RSA).startswith("-----BEGIN PRIVATE KEY-----\n")


@pytest.mark.parametrize(
    "text",
    [
        RSA.public_key().public_bytes(Encoding.PEM, PublicFormat.PKCS1).decode(),
        RSA_PEM.replace("\n", "\r\n"),
        RSA_PEM.strip(),
        f"\n  {RSA_PEM}\n\n",
    ],
    ids=["pkcs1", "crlf", "no newline at the end", "space around"],
)
def test_public_pem_as_peers_send_it(text: str):
    assert keys.read_public_pem(text) == RSA.public_key()


def test_pkcs1_key_of_rfc_9421():
    key = keys.read_public_pem((VECTORS / "rfc9421-test-key-rsa.pem").read_text())
    assert isinstance(key, keys.RsaPublicKey)
    assert key.key_size == 2048


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not a PEM key"),
        ("-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n", "not a PEM key"),
        (RSA_PEM[:200], "not a PEM key"),
        (RSA_PEM.replace("M", "é"), "not a PEM key"),
        (keys.write_private_pem(RSA), "not a PEM key"),
        ("x" * 20_000, "too long"),
        (_spki(rsa.generate_private_key(65537, 1024).public_key()), "1024 bits"),
        (_spki(rsa.RSAPublicNumbers(65537, (1 << 8192) + 1).public_key()), "8193 bits"),
        (_spki(rsa.RSAPublicNumbers((1 << 40) + 1, RSA.public_key().public_numbers().n).public_key()), "exponent"),
        (_spki(ec.generate_private_key(ec.SECP256R1()).public_key()), "neither RSA nor Ed25519"),
    ],
)
def test_public_pem_is_refused(text: str, reason: str):
    with pytest.raises(ProtocolError, match=reason) as caught:
        keys.read_public_pem(text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("bits", [1025, 2048, 4096, 8192])
def test_rsa_sizes_that_are_accepted(bits: int):
    key = rsa.RSAPublicNumbers(65537, (1 << (bits - 1)) + 1).public_key()
    assert keys.read_public_pem(_spki(key)) == key


def test_multikey_of_the_eddsa_cryptosuites():
    # Its private key is z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq: two bytes of codec and the seed.
    seed = base58.b58decode("3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq")[2:]
    public = ed25519.Ed25519PrivateKey.from_private_bytes(seed).public_key()
    text = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
    assert keys.write_multikey(public) == text
    assert keys.read_multikey(text) == public


def test_multikey_in_base64url():
    raw = b"\xed\x01" + ED25519.public_key().public_bytes_raw()
    assert keys.read_multikey("u" + base64.urlsafe_b64encode(raw).decode().rstrip("=")) == ED25519.public_key()


def test_an_rsa_multikey_holds_a_pkcs1_key():
    raw = base58.b58decode(keys.write_multikey(RSA.public_key())[1:])
    assert raw[:2] == b"\x85\x24"
    assert raw[2:] == RSA.public_key().public_bytes(Encoding.DER, PublicFormat.PKCS1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "z",
        "u",
        "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ",
        "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ0",
        "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2 ",
        "6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2",
        "m7QEDoQf/8g==",
        "u7QE=",
        "u7Q+/",
        "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq",
        "z" + base58.b58encode(b"\x85\x24" + b"junk").decode(),
    ],
)
def test_multikey_is_refused(text: str):
    with pytest.raises(ProtocolError):
        keys.read_multikey(text)


def test_a_multikey_has_a_bounded_length():
    with pytest.raises(ProtocolError, match="too long"):
        keys.read_multikey("z" + "5" * 3000)


def test_a_multikey_obeys_the_same_bounds_as_a_pem():
    with pytest.raises(ProtocolError, match="1024 bits"):
        keys.read_multikey(keys.write_multikey(rsa.generate_private_key(65537, 1024).public_key()))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        keys.write_private_pem(RSA)[:-200],
        "ключ",
        RSA_PEM,
        ec.generate_private_key(ec.SECP256R1())
        .private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        .decode(),
    ],
    ids=["empty", "not a key", "cut", "not ascii", "public", "elliptic curve"],
)
def test_a_private_key_that_cannot_be_read_is_said_so(text: str):
    with pytest.raises(ProtocolError, match="The private key") as caught:
        keys.read_private_pem(text)
    assert caught.value.status == 500


@pytest.mark.parametrize("key", [RSA, ED25519], ids=["rsa", "ed25519"])
def test_a_signature_is_of_one_message_by_one_key(key: keys.PrivateKey):
    other = rsa.generate_private_key(65537, 2048) if key is RSA else ed25519.Ed25519PrivateKey.generate()
    signature = keys.sign(b"message", key=key)
    assert keys.is_signature_of(signature, b"message", key=key.public_key())
    assert not keys.is_signature_of(signature, b"Message", key=key.public_key())
    assert not keys.is_signature_of(signature, b"message", key=other.public_key())
    assert not keys.is_signature_of(b"", b"message", key=key.public_key())
    assert not keys.is_signature_of(signature + b"\0", b"message", key=key.public_key())


@given(st.text() | st.text("zu123ABCabc-_=+/") | st.binary().map(lambda raw: "z" + base58.b58encode(raw).decode()))
def test_any_text_is_a_key_or_a_protocol_error(text: str):
    for read in (keys.read_public_pem, keys.read_private_pem, keys.read_multikey):
        with pytest.raises(ProtocolError):
            read(text)


@given(st.binary(max_size=400))
def test_any_bytes_in_pem_armour_are_a_key_or_a_protocol_error(raw: bytes):
    encoded = base64.encodebytes(raw).decode()
    for name in ("PUBLIC KEY", "RSA PUBLIC KEY", "CERTIFICATE"):
        with pytest.raises(ProtocolError):
            keys.read_public_pem(f"-----BEGIN {name}-----\n{encoded}-----END {name}-----\n")
