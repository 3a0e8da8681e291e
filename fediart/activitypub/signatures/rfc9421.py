"""HTTP Message Signatures, RFC 9421, as far as requests between servers need them.

Signing and verifying one request with one key, one signature at a time. Finding the key and judging who may use it is
the caller's; responses, trailers and parts of fields are not signed by anybody here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from fediart.activitypub import digests, keys, structured
from fediart.activitypub.errors import ProtocolError, SignatureError
from fediart.activitypub.signatures import dates
from fediart.activitypub.signatures.request import HttpRequest, encode, foreign_host, own_hosts, wrong_host

_MAX_COVERED: Final = 64
_RSA: Final = "rsa-v1_5-sha256"
_ED25519: Final = "ed25519"
_DEFAULT_PORTS: Final = {"https": ":443", "http": ":80"}
_DERIVED: Final = frozenset({"@method", "@target-uri", "@authority", "@scheme", "@request-target", "@path", "@query"})
_TARGETS: Final = frozenset({"@target-uri", "@request-target", "@path"})
_AUTHORITIES: Final = frozenset({"@target-uri", "@authority", "host"})


@dataclass(frozen=True, slots=True)
class Signature9421:
    """A signature as `Signature-Input` and `Signature` give it; `input` is what `@signature-params` is written from."""

    label: str
    key_id: str
    algorithm: str | None
    components: tuple[str, ...]
    value: bytes
    created: float
    expires: float | None
    input: structured.InnerList


def parse(signature_input: str, signature: str) -> Signature9421:
    """Read the one signature of a request from its two headers.

    Spec: RFC 9421, sections 2.3, 4.1 and 4.2.
    Raises: SignatureError, so 401, for what cannot be read too: the sender then tries the other dialect.
    """
    try:
        inputs, values = structured.parse_dictionary(signature_input), structured.parse_dictionary(signature)
    except ProtocolError as error:
        raise SignatureError("The Signature-Input or Signature header cannot be read", detail=str(error)) from None
    if len(inputs) != 1 or inputs.keys() != values.keys():
        raise SignatureError("The request must have exactly one signature, under one label")
    label, given = next(iter(inputs.items()))
    value = values[label]
    if not isinstance(given, structured.InnerList):
        raise SignatureError("Signature-Input is not a list of components")
    if not isinstance(value, structured.Item) or not isinstance(value.value, bytes):
        raise SignatureError("The signature is not a byte sequence")
    key_id, algorithm = given.params.get("keyid"), given.params.get("alg")
    if not isinstance(key_id, str) or isinstance(key_id, structured.Token) or not key_id:
        raise SignatureError("The signature has no keyid")
    if algorithm is not None and (not isinstance(algorithm, str) or isinstance(algorithm, structured.Token)):
        raise SignatureError("The signature's alg is not a string")
    created = _read_timestamp(given.params, "created")
    if created is None:
        raise SignatureError("The signature has no created, so the sender's clock cannot be checked")
    return Signature9421(
        label=label,
        key_id=key_id,
        algorithm=algorithm,
        components=_read_components(given.items),
        value=value.value,
        created=created,
        expires=_read_timestamp(given.params, "expires"),
        input=given,
    )


def sign(
    request: HttpRequest,
    *,
    key: keys.PrivateKey,
    key_id: str,
    created: datetime,
    expires: datetime | None = None,
    algorithm: str | None = None,
    components: Sequence[str] | None = None,
    label: str = "sig1",
    scheme: str = "https",
) -> dict[str, str]:
    """Return the headers to add to a request: `signature-input`, `signature`, and `content-digest` where one is needed.

    Covers what Mastodon 4.5 wants unless `components` say otherwise. `algorithm` only adds the label, which no peer
    needs: the key decides.
    Spec: RFC 9421, section 3.1.
    Raises: ValueError for a component that the request does not have, or a key id that is not ASCII text.
    """
    added: dict[str, str] = {}
    if request.has_body and "content-digest" not in request.headers:
        added["content-digest"] = digests.content_digest(request.body)
    if components is None:
        components = ("@method", "@target-uri", *(("content-digest",) if request.has_body else ()))
    params: dict[str, structured.BareItem] = {"created": int(created.timestamp()), "keyid": key_id}
    if algorithm is not None:
        params["alg"] = algorithm
    if expires is not None:
        params["expires"] = int(expires.timestamp())
    given = structured.InnerList(tuple(structured.Item(name) for name in components), params)
    headers = {**request.headers, **added}
    missing = [name for name in components if name not in _DERIVED and name not in headers]
    if missing:
        raise ValueError(f"the request has no {missing[0]} to sign")
    base = _signature_base(given, request, headers=headers, host=headers.get("host", ""), scheme=scheme)
    value = structured.Item(keys.sign(encode(base), key=key))
    added["signature-input"] = f"{label}={structured.render_inner_list(given)}"
    added["signature"] = f"{label}={structured.render_item(value)}"
    return added


def verify(
    request: HttpRequest,
    signature: Signature9421,
    key: keys.PublicKey,
    *,
    host: str,
    now: datetime,
    skew: timedelta,
    scheme: str = "https",
) -> None:
    """Check that the holder of `key` signed this request for us, lately, and with its body.

    Trust: `host` and `scheme` are of our public address; nothing that a proxy says replaces them.
    Spec: RFC 9421, section 3.2; RFC 9530.
    Raises: SignatureError, each with its own reason.
    """
    if signature.algorithm is not None and signature.algorithm != (
        _RSA if isinstance(key, keys.RsaPublicKey) else _ED25519
    ):
        raise SignatureError(
            "The signature's algorithm is not supported for this key", detail=f"alg {signature.algorithm[:80]!r}"
        )
    _verify_covered(request, signature)
    if signature.expires is not None:
        dates.verify_expires(signature.expires, now=now)
    dates.verify_time(signature.created, now=now, skew=skew, is_limited=signature.expires is not None)
    if "content-digest" in signature.components:
        digests.verify_content_digest(request.headers["content-digest"], request.body)
    if any(_is_valid(request, signature, key, host=name, scheme=scheme) for name in own_hosts(request, host)):
        return
    received = foreign_host(request, host)
    if received is not None and _is_valid(request, signature, key, host=received, scheme=scheme):
        raise wrong_host(received, host)
    raise SignatureError(
        "The signature does not match the request and the key",
        detail=f"keyid {signature.key_id}, covers {' '.join(signature.components)}",
    )


def _read_components(items: Sequence[structured.Item]) -> tuple[str, ...]:
    if len(items) > _MAX_COVERED:
        raise SignatureError("The signature covers too many components")
    names: list[str] = []
    for item in items:
        name = item.value
        if not isinstance(name, str) or isinstance(name, structured.Token) or name != name.lower():
            raise SignatureError("A covered component is not a lower-case string")
        if item.params:
            raise SignatureError(
                "Covered components with parameters are not supported", detail=f"component {name[:80]!r}"
            )
        if name.startswith("@") and name not in _DERIVED:
            raise SignatureError("A covered component is not supported", detail=f"component {name[:80]!r}")
        if name in names:
            raise SignatureError("The signature covers a component twice", detail=f"component {name[:80]!r}")
        names.append(name)
    return tuple(names)


def _read_timestamp(params: structured.Parameters, name: str) -> float | None:
    value = params.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or value < 0:
        raise SignatureError(f"The signature's {name} is not a number of seconds")
    return float(value)


def _verify_covered(request: HttpRequest, signature: Signature9421) -> None:
    covered = frozenset(signature.components)
    if "@method" not in covered:
        raise SignatureError("The signature must cover @method")
    # Anything less, and a request to another server or for another resource could be replayed here.
    if not covered & _TARGETS:
        raise SignatureError("The signature must cover @target-uri, or @path or @request-target")
    if not covered & _AUTHORITIES:
        raise SignatureError("The signature must cover @target-uri, or @authority or host")
    if request.has_body:
        if "content-digest" not in request.headers:
            raise SignatureError("The request has no Content-Digest header")
        if "content-digest" not in covered:
            raise SignatureError("The signature must cover content-digest")
    for name in signature.components:
        if name not in _DERIVED and name not in request.headers:
            raise SignatureError(f"The signature covers {name[:80]}, which the request does not have")


def _is_valid(request: HttpRequest, signature: Signature9421, key: keys.PublicKey, *, host: str, scheme: str) -> bool:
    base = _signature_base(signature.input, request, headers=request.headers, host=host, scheme=scheme)
    return keys.is_signature_of(signature.value, encode(base), key=key)


def _signature_base(
    given: structured.InnerList, request: HttpRequest, *, headers: Mapping[str, str], host: str, scheme: str
) -> str:
    """Write what is signed. Spec: RFC 9421, section 2.5."""
    lines: list[str] = []
    for item in given.items:
        name = str(item.value)
        value = _derive(name, request, host=host, scheme=scheme) if name in _DERIVED else headers[name].strip(" \t")
        if name == "host":
            value = host
        lines.append(f'"{name}": {value}')
    lines.append(f'"@signature-params": {structured.render_inner_list(given)}')
    return "\n".join(lines)


def _derive(name: str, request: HttpRequest, *, host: str, scheme: str) -> str:
    """Return the value of a derived component. Spec: RFC 9421, section 2.2."""
    authority = host.lower().removesuffix(_DEFAULT_PORTS[scheme])
    match name:
        case "@method":
            return request.method.upper()
        case "@target-uri":
            return f"{scheme}://{authority}{request.target}"
        case "@authority":
            return authority
        case "@scheme":
            return scheme
        case "@path":
            return request.path or "/"
        case "@query":
            return "?" + request.target.partition("?")[2]
        case _:
            return request.target
