from __future__ import annotations

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fediart.activitypub import digests
from fediart.activitypub.errors import SignatureError

BODY = b'{"hello": "world"}'
# RFC 9421, section 2 and draft-cavage-http-signatures-12, appendix C, use the same body.
SHA256 = "X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE="
SHA512 = "WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew=="


def test_digest_of_the_drafts_example():
    assert digests.sha256_digest(BODY) == f"SHA-256={SHA256}"
    assert digests.content_digest(BODY) == f"sha-256=:{SHA256}:"


@pytest.mark.parametrize(
    "value",
    [
        f"SHA-256={SHA256}",
        f"sha-256={SHA256}",
        f"Sha-256={SHA256}",
        f"SHA-512={SHA512}",
        f"SHA-256={SHA256},SHA-512={SHA512}",
        f"UNIXsum=30637, SHA-256={SHA256}",
        f"  SHA-256={SHA256} , MD5=Sd/dVLAcvNLSq16eXua5uQ==  ",
    ],
)
def test_a_digest_is_accepted(value: str):
    digests.verify_digest(value, BODY)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("", "no SHA-256"),
        ("SHA-256", "does not match"),
        ("SHA-256=", "does not match"),
        (f"SHA-256={SHA256[:-1]}", "does not match"),
        (f"SHA-256={SHA512}", "does not match"),
        (f"SHA-256={SHA256},SHA-512={SHA256}", "does not match"),
        (f"SHA-512={SHA256},SHA-256={SHA256}", "does not match"),
        (f"SHA-256={hashlib.sha256(BODY).hexdigest()}", "does not match"),
        ("MD5=Sd/dVLAcvNLSq16eXua5uQ==", "no SHA-256"),
        (f"sha-256:{SHA256}", "no SHA-256"),
    ],
)
def test_a_digest_is_refused(value: str, reason: str):
    with pytest.raises(SignatureError, match=reason) as caught:
        digests.verify_digest(value, BODY)
    assert caught.value.status == 401


@pytest.mark.parametrize(
    "value",
    [
        f"sha-256=:{SHA256}:",
        f"sha-512=:{SHA512}:",
        f"sha-512=:{SHA512}:, sha-256=:{SHA256}:",
        f"md5=:Sd/dVLAcvNLSq16eXua5uQ==:,sha-256=:{SHA256}:",
    ],
)
def test_a_content_digest_is_accepted(value: str):
    digests.verify_content_digest(value, BODY)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("", "no SHA-256"),
        (f"SHA-256=:{SHA256}:", "cannot be read"),
        (f"sha-256={SHA256}", "cannot be read"),
        (f'sha-256="{SHA256}"', "does not match"),
        ("sha-256", "does not match"),
        (f"sha-256=(:{SHA256}:)", "does not match"),
        (f"sha-256=:{SHA512}:", "does not match"),
        (f"sha-256=:{SHA256}:, sha-512=:{SHA256}:", "does not match"),
        (f"sha-256=:{SHA256}:, sha-256=:{SHA256}:", "cannot be read"),
        ("md5=:Sd/dVLAcvNLSq16eXua5uQ==:", "no SHA-256"),
    ],
)
def test_a_content_digest_is_refused(value: str, reason: str):
    with pytest.raises(SignatureError, match=reason):
        digests.verify_content_digest(value, BODY)


@given(st.binary(min_size=1), st.data())
def test_one_changed_byte_breaks_both(body: bytes, data: st.DataObject):
    at, flipped = data.draw(st.integers(0, len(body) - 1)), data.draw(st.integers(1, 255))
    changed = body[:at] + bytes([body[at] ^ flipped]) + body[at + 1 :]
    digests.verify_digest(digests.sha256_digest(body), body)
    digests.verify_content_digest(digests.content_digest(body), body)
    with pytest.raises(SignatureError):
        digests.verify_digest(digests.sha256_digest(body), changed)
    with pytest.raises(SignatureError):
        digests.verify_content_digest(digests.content_digest(body), changed)


@given(st.text() | st.from_regex(r"(sha-256|md5)=[:=\"(),; a-zA-Z0-9+/]*", fullmatch=True))
def test_any_text_is_read_or_refused(value: str):
    for verify in (digests.verify_digest, digests.verify_content_digest):
        with pytest.raises(SignatureError):
            verify(value, BODY)


def test_multibase_of_a_known_multihash():
    # The multihash of "hello world" as IPFS writes it without multibase: QmaozNR7DZHQK1ZcU9p7QdrshMvXqWK6gpu5rmrkPdT3L4
    assert (
        digests.digest_multibase(hashlib.sha256(b"hello world").digest())
        == "zQmaozNR7DZHQK1ZcU9p7QdrshMvXqWK6gpu5rmrkPdT3L4"
    )


def test_only_a_sha256_becomes_a_multihash():
    with pytest.raises(ValueError, match="32 bytes"):
        digests.digest_multibase(base64.b64decode(SHA512))
