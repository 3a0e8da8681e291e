"""Keys: reading and writing their wire forms, and the one signature algorithm that each kind of key has here.

A key decides the algorithm, never the label that a sender puts beside a signature: RSA is PKCS#1 v1.5 with SHA-256,
Ed25519 is itself. Making keys is not here, for it needs randomness; whose key it is, is not known here.
"""

from __future__ import annotations

from typing import Final, TypeAlias

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_public_key,
    load_pem_private_key,
    load_pem_public_key,
)

from fediart.activitypub import multibase
from fediart.activitypub.errors import ProtocolError

RsaPrivateKey = rsa.RSAPrivateKey
RsaPublicKey = rsa.RSAPublicKey
Ed25519PrivateKey = ed25519.Ed25519PrivateKey
Ed25519PublicKey = ed25519.Ed25519PublicKey
PublicKey: TypeAlias = RsaPublicKey | Ed25519PublicKey
PrivateKey: TypeAlias = RsaPrivateKey | Ed25519PrivateKey

_MAX_PEM_LENGTH: Final = 16_384
# Beyond these a single signature costs milliseconds to verify. Go, so GoToSocial, has the same bound on the exponent.
_MAX_RSA_BITS: Final = 8192
_MAX_RSA_EXPONENT: Final = 2**31 - 1

# Multicodec: the varints of ed25519-pub (0xed) and rsa-pub (0x1205).
_ED25519_PUB: Final = b"\xed\x01"
_RSA_PUB: Final = b"\x85\x24"

_PKCS1_V15 = padding.PKCS1v15()
_SHA256 = SHA256()


def read_public_pem(text: str) -> PublicKey:
    """Read a public key as actors publish it: SubjectPublicKeyInfo, or PKCS#1 (`RSA PUBLIC KEY`).

    Raises: ProtocolError for text that is no such key, for other kinds of key, and for RSA keys that are too small, or
    so large that verifying becomes a burden.
    """
    if len(text) > _MAX_PEM_LENGTH:
        raise ProtocolError("The public key is too long")
    try:
        key = load_pem_public_key(text.strip().encode("ascii"))
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ProtocolError("The public key is not a PEM key", detail=_one_line(error)) from None
    return _acceptable(key)


def write_public_pem(key: PublicKey) -> str:
    """Write a public key as PEM SubjectPublicKeyInfo, the one form that all peers read."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii")


def read_private_pem(text: str) -> PrivateKey:
    """Read a private key that `write_private_pem` wrote.

    Trust: the key is our own. The numbers of an RSA key are not checked against each other: that costs 36 ms each time.
    Raises: ProtocolError.
    """
    try:
        key = load_pem_private_key(text.encode("ascii"), password=None, unsafe_skip_rsa_key_validation=True)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ProtocolError("The private key cannot be read", status=500, detail=_one_line(error)) from None
    if not isinstance(key, RsaPrivateKey | Ed25519PrivateKey):
        raise ProtocolError("The private key is neither RSA nor Ed25519", status=500)
    return key


def write_private_pem(key: PrivateKey) -> str:
    """Write a private key as PEM PKCS#8, unencrypted: whoever can read it can speak as the actor."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii")


def read_multikey(text: str) -> PublicKey:
    """Read the `publicKeyMultibase` of a Multikey.

    Spec: Controlled Identifiers 1.0, section 2.2.2; multicodec `rsa-pub` holds a PKCS#1 RSAPublicKey.
    Raises: ProtocolError, as `read_public_pem`.
    """
    data = multibase.decode(text)
    codec, payload = data[:2], data[2:]
    try:
        if codec == _ED25519_PUB:
            return Ed25519PublicKey.from_public_bytes(payload)
        if codec == _RSA_PUB:
            return _acceptable(load_der_public_key(payload))
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ProtocolError("The Multikey cannot be read", detail=_one_line(error)) from None
    raise ProtocolError("The Multikey is neither Ed25519 nor RSA")


def write_multikey(key: PublicKey) -> str:
    """Write a public key as `publicKeyMultibase`: `z6Mk…` for Ed25519."""
    if isinstance(key, Ed25519PublicKey):
        return multibase.encode(_ED25519_PUB + key.public_bytes_raw())
    return multibase.encode(_RSA_PUB + key.public_bytes(Encoding.DER, PublicFormat.PKCS1))


def sign(message: bytes, *, key: PrivateKey) -> bytes:
    """Sign bytes with the algorithm of the key.

    Spec: RFC 8017, section 8.2 (with SHA-256); RFC 8032, section 5.1.6.
    """
    if isinstance(key, RsaPrivateKey):
        return key.sign(message, _PKCS1_V15, _SHA256)
    return key.sign(message)


def is_signature_of(signature: bytes, message: bytes, *, key: PublicKey) -> bool:
    """Tell whether `signature` was made over exactly these bytes by the holder of `key`."""
    try:
        if isinstance(key, RsaPublicKey):
            key.verify(signature, message, _PKCS1_V15, _SHA256)
        else:
            key.verify(signature, message)
    except InvalidSignature:
        return False
    return True


def _acceptable(key: object) -> PublicKey:
    if isinstance(key, Ed25519PublicKey):
        return key
    if not isinstance(key, RsaPublicKey):
        raise ProtocolError("The public key is neither RSA nor Ed25519")
    if not 1024 < key.key_size <= _MAX_RSA_BITS:
        raise ProtocolError(
            f"An RSA key of {key.key_size} bits is not accepted: more than 1024, at most {_MAX_RSA_BITS}"
        )
    if key.public_numbers().e > _MAX_RSA_EXPONENT:
        raise ProtocolError("An RSA key with so large an exponent is not accepted")
    return key


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
