from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
from hypothesis import given
from hypothesis import strategies as st

from fediart.activitypub import digests, keys, signatures
from fediart.activitypub.errors import SignatureError
from fediart.activitypub.signatures import cavage

KEY = rsa.generate_private_key(65537, 2048)
ED25519 = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY_ID = "https://peer.example/users/lee#main-key"
HOST = "art.example"
NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
SKEW = timedelta(hours=1)
BODY = b'{ "type":"Follow",  "name": "\\u00e9 \\/ \xf0\x9f\x8e\xa8" }\n'
CREATED = int(NOW.timestamp())

# draft-cavage-http-signatures-12, appendix C. Its key of 1024 bits is below what `keys` reads.
VECTOR_KEY = keys.read_private_pem((Path(__file__).parent / "vectors" / "draft-cavage-12.pem").read_text())
VECTOR_HEADERS = {"host": "example.com", "date": "Sun, 05 Jan 2014 21:31:40 GMT"}
VECTOR_NOW = datetime(2014, 1, 5, 21, 31, 40, tzinfo=UTC)


def _http_date(at: datetime) -> str:
    return format_datetime(at, usegmt=True)


def _post(*, target: str = "/inbox", body: bytes = BODY, **headers: str) -> signatures.HttpRequest:
    given = {
        "host": HOST,
        "date": _http_date(NOW),
        "digest": digests.sha256_digest(body),
        "content-type": "application/activity+json",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    return signatures.HttpRequest("POST", target, given, body)


def _get(target: str = "/users/mira", **headers: str) -> signatures.HttpRequest:
    return signatures.HttpRequest("GET", target, {"host": HOST, "date": _http_date(NOW), **headers})


def _peer_signs(
    request: signatures.HttpRequest,
    covered: str,
    *,
    key: keys.PrivateKey = KEY,
    algorithm: str | None = "rsa-sha256",
    target: str | None = None,
    created: str | None = None,
    expires: str | None = None,
) -> str:
    """Write a Signature header by the text of the draft, with nothing of ours."""
    values = {
        **request.headers,
        "(request-target)": f"{request.method.lower()} {request.target if target is None else target}",
        "(created)": created,
        "(expires)": expires,
    }
    message = "\n".join(f"{name}: {values[name]}" for name in covered.lower().split()).encode("latin-1")
    if isinstance(key, rsa.RSAPrivateKey):
        value = key.sign(message, padding.PKCS1v15(), hashes.SHA256())
    else:
        value = key.sign(message)
    params = [f'keyId="{KEY_ID}"']
    params += [f'algorithm="{algorithm}"'] if algorithm is not None else []
    params += [f"created={created}"] if created is not None else []
    params += [f"expires={expires}"] if expires is not None else []
    params += [f'headers="{covered}"', f'signature="{base64.b64encode(value).decode()}"']
    return ",".join(params)


def _verify(
    request: signatures.HttpRequest,
    header: str,
    *,
    key: keys.PrivateKey = KEY,
    host: str = HOST,
    now: datetime = NOW,
    skew: timedelta = SKEW,
) -> None:
    cavage.verify(request, cavage.parse(header), key.public_key(), host=host, now=now, skew=skew)


def _refusal(request: signatures.HttpRequest, header: str, **options: object) -> SignatureError:
    with pytest.raises(SignatureError) as caught:
        _verify(request, header, **options)  # type: ignore[arg-type]
    assert caught.value.status == 401
    assert "\n" not in str(caught.value)
    return caught.value


POST_COVERED = "(request-target) host date digest content-type"


def test_appendix_c_2_is_what_we_sign():
    request = signatures.HttpRequest("GET", "/foo?param=value&pet=dog", VECTOR_HEADERS)
    request = replace(request, method="POST")
    assert isinstance(VECTOR_KEY, rsa.RSAPrivateKey)
    assert cavage.sign(request, key=VECTOR_KEY, key_id="Test") == (
        'keyId="Test",algorithm="rsa-sha256",headers="(request-target) host date",'
        'signature="qdx+H7PHHDZgy4y/Ahn9Tny9V3GP6YgBPyUXMmoxWtLbHpUnXS2mg2+SbrQDMCJypxBLSPQR2aAjn7ndmw2iicw3HMbe8VfEdKFY'
        'Rqzic+efkb3nndiv/x1xSHDJWeSWkx3ButlYSuBskLu6kd9Fswtemr3lgdDEmn04swr2Os0="'
    )


def test_appendix_c_3_verifies():
    request = signatures.HttpRequest(
        "POST",
        "/foo?param=value&pet=dog",
        {
            **VECTOR_HEADERS,
            "content-type": "application/json",
            "digest": "SHA-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=",
            "content-length": "18",
        },
        b'{"hello": "world"}',
    )
    # The signature of the draft's revision 10, whose key, request and signing string are those of revision 12.
    header = (
        'keyId="Test",algorithm="rsa-sha256",'
        'headers="(request-target) host date content-type digest content-length",'
        'signature="vSdrb+dS3EceC9bcwHSo4MlyKS59iFIrhgYkz8+oVLEEzmYZZvRs8rgOp+63LEM3v+MFHB32NfpB2bEKBIvB1q52LaEUHFv120V0'
        '1IL+TAD48XaERZFukWgHoBTLMhYS2Gb51gWxpeIq8knRmPnYePbF5MOkR0Zkly4zKH7s1dE="'
    )
    _verify(request, header, key=VECTOR_KEY, host="example.com", now=VECTOR_NOW)
    _refusal(
        replace(request, target="/foo?param=value&pet=cat"), header, key=VECTOR_KEY, host="example.com", now=VECTOR_NOW
    )


@pytest.mark.parametrize(
    ("request_", "covered"),
    [
        (_get(), "(request-target) host date"),
        (_get("/users/mira/followers?page=1"), "(request-target) host date"),
        (_post(), POST_COVERED),
        (_post(target="/in?box=7"), POST_COVERED),
        (_post(body=b""), POST_COVERED),
    ],
    ids=["get", "get with query", "post", "post with query", "empty post"],
)
def test_what_we_sign_verifies(request_: signatures.HttpRequest, covered: str):
    header = cavage.sign(request_, key=KEY, key_id=KEY_ID)
    assert cavage.parse(header).headers == tuple(covered.split())
    assert header == _peer_signs(request_, covered)
    _verify(request_, header)


def test_a_key_id_that_would_break_the_header_is_not_signed_with():
    with pytest.raises(ValueError, match="key id"):
        cavage.sign(_post(), key=KEY, key_id='https://art.example/"')


@pytest.mark.parametrize(
    ("request_", "covered"),
    [
        # Mastodon 4.5, with and without its extra header.
        (_post(), "host date digest content-type (request-target)"),
        (_post(collection_synchronization="collectionId=x"), f"{POST_COVERED} collection-synchronization"),
        (_post(), "date digest"),
        (_post(), "Digest (Request-Target) DATE"),
        (
            _post(content_type='application/ld+json; profile="https://www.w3.org/ns/activitystreams"; charset=utf-8'),
            POST_COVERED,
        ),
        (_post(content_length=str(len(BODY))), f"{POST_COVERED} content-length"),
        (_post(x_name="caf\xe9", x_empty=""), f"{POST_COVERED} x-name x-empty"),
        (_get(accept="application/activity+json"), "(request-target) host date accept"),
        (_get(), "host date (request-target)"),
        (replace(_get(), method="HEAD"), "(request-target) host date"),
    ],
)
def test_the_sets_of_headers_that_peers_cover(request_: signatures.HttpRequest, covered: str):
    _verify(request_, _peer_signs(request_, covered))


@pytest.mark.parametrize(
    ("request_", "covered", "reason"),
    [
        (_post(), "(request-target) host date content-type", "must cover digest"),
        (_post(), "(request-target) host digest", "must cover date"),
        (_get(), "(request-target) date", "must cover host"),
        (_get(), "host date", "must cover (request-target) or digest"),
        (_post(body=b""), "(request-target) host date", "must cover digest"),
        (replace(_get(), method="PUT"), "(request-target) host date", "no Digest header"),
        (replace(_get(), body=b"x"), "(request-target) host date", "no Digest header"),
    ],
)
def test_too_little_is_covered(request_: signatures.HttpRequest, covered: str, reason: str):
    assert reason in _refusal(request_, _peer_signs(request_, covered)).text


def test_no_headers_parameter_means_created_alone_which_is_too_little():
    header = f'keyId="{KEY_ID}",algorithm="hs2019",created={CREATED},signature="AAAA"'
    assert cavage.parse(header).headers == ("(created)",)
    assert "must cover" in _refusal(_post(), header).text


def test_a_covered_header_that_is_not_there():
    header = _peer_signs(_post(x_gone="1"), f"{POST_COVERED} x-gone")
    assert "x-gone" in _refusal(_post(), header).text


@pytest.mark.parametrize("name", ["host", "date", "digest", "content-type"], ids=lambda name: name)
@given(data=st.data())
def test_one_changed_character_of_a_covered_header_breaks_it(name: str, data: st.DataObject):
    request = _post()
    value = request.headers[name]
    at = data.draw(st.integers(0, len(value) - 1))
    character = data.draw(
        st.characters(min_codepoint=33, max_codepoint=126).filter(lambda new: new.lower() != value[at].lower())
    )
    changed = value[:at] + character + value[at + 1 :]
    header = cavage.sign(request, key=KEY, key_id=KEY_ID)
    spoiled = replace(request, headers={**request.headers, name: changed})
    if name == "host":
        # What a proxy makes of Host does not count: the peer signed our public host.
        _verify(spoiled, header)
        _refusal(spoiled, header, host=changed)
    else:
        _refusal(spoiled, header)


@given(st.integers(0, len(BODY) - 1), st.integers(1, 255))
def test_one_changed_byte_of_the_body_breaks_it(at: int, flipped: int):
    changed = BODY[:at] + bytes([BODY[at] ^ flipped]) + BODY[at + 1 :]
    header = cavage.sign(_post(), key=KEY, key_id=KEY_ID)
    assert "Digest" in _refusal(replace(_post(), body=changed), header).text
    # Nor does a Digest that was made to fit: it is covered.
    _refusal(_post(body=changed), header)


@given(st.binary(min_size=256, max_size=256))
def test_another_signature_does_not_verify(value: bytes):
    signature = cavage.parse(cavage.sign(_post(), key=KEY, key_id=KEY_ID))
    with pytest.raises(SignatureError, match="does not match"):
        cavage.verify(_post(), replace(signature, value=value), KEY.public_key(), host=HOST, now=NOW, skew=SKEW)


def test_another_method_target_or_key_does_not_verify():
    header = cavage.sign(_get(), key=KEY, key_id=KEY_ID)
    _refusal(replace(_get(), method="HEAD"), header)
    _refusal(replace(_get(), target="/users/mirá"), header)
    _refusal(replace(_get(), target="/users/mir%61"), header)
    _refusal(_get(), header, key=rsa.generate_private_key(65537, 2048))


@pytest.mark.parametrize(
    "header",
    [
        "SHA-256={},SHA-512=" + base64.b64encode(hashlib.sha512(BODY).digest()).decode(),
        "sha-256={}",
        "md5=Sd/dVLAcvNLSq16eXua5uQ==, SHA-256={}",
    ],
)
def test_digests_as_peers_write_them(header: str):
    request = _post(digest=header.format(base64.b64encode(hashlib.sha256(BODY).digest()).decode()))
    _verify(request, _peer_signs(request, POST_COVERED))


# The target


def test_the_path_alone_may_be_signed():
    for request, covered in (
        (_get("/f?page=1"), "(request-target) host date"),
        (_post(target="/in?box=7"), POST_COVERED),
    ):
        _verify(request, _peer_signs(request, covered, target=request.path))
        _refusal(request, _peer_signs(request, covered, target=f"{request.path}?page=2"))
        _refusal(request, _peer_signs(request, covered, target=f"https://{HOST}{request.target}"))


def test_a_query_cannot_be_taken_away():
    _refusal(_get("/f"), _peer_signs(_get("/f?page=1"), "(request-target) host date"))


# The host


@pytest.mark.parametrize("received", ["localhost:8000", "127.0.0.1", "backend", ""])
@pytest.mark.parametrize("host", ["art.example", "art.example:8443"])
def test_a_proxy_may_rewrite_host(host: str, received: str):
    header = cavage.sign(_post(host=host), key=KEY, key_id=KEY_ID)
    _verify(_post(host=received), header, host=host)


@pytest.mark.parametrize(
    ("signed", "host"),
    [
        ("art.example", "art.example:8443"),
        ("art.example:443", "art.example"),
        ("ART.example", "art.example"),
        ("[2001:db8::1]:8443", "[2001:db8::1]:8443"),
    ],
)
def test_spellings_of_our_own_host(signed: str, host: str):
    _verify(_post(host=signed), cavage.sign(_post(host=signed), key=KEY, key_id=KEY_ID), host=host)


def test_a_signature_for_another_host_is_refused_and_explained():
    request = _post(host="old-name.example")
    error = _refusal(request, cavage.sign(request, key=KEY, key_id=KEY_ID))
    assert error.text == "The request is signed for another host"
    assert "old-name.example" in error.detail
    assert HOST in error.detail


def test_a_bad_signature_is_not_blamed_on_the_host():
    request = _post(host="backend:8000")
    header = cavage.sign(_post(digest="SHA-256=x"), key=KEY, key_id=KEY_ID)
    assert "does not match" in _refusal(request, header).text


# The clock


@pytest.mark.parametrize("off", [timedelta(minutes=-50), timedelta(0), timedelta(minutes=3), timedelta(minutes=50)])
def test_clocks_may_differ_a_little(off: timedelta):
    request = _post(date=_http_date(NOW + off))
    _verify(request, cavage.sign(request, key=KEY, key_id=KEY_ID))


@pytest.mark.parametrize(
    "date",
    [
        _http_date(NOW - timedelta(hours=3)),
        _http_date(NOW - timedelta(minutes=61)),
        _http_date(NOW + timedelta(hours=1)),
        _http_date(NOW + timedelta(days=365 * 73)),
        "yesterday",
        "",
        "2026-03-01T12:00:00Z",
        "Sun, 01 Mar 2026 12:00:00 +0000",
        "Sunday, 01-Mar-26 12:00:00 GMT",
        "Sun, 31 Feb 2026 12:00:00 GMT",
        "Sun, 01 Xyz 2026 12:00:00 GMT",
        "Sun, 01 Mar 0000 12:00:00 GMT",
    ],
)
def test_a_date_out_of_the_window_or_unreadable(date: str):
    request = _post(date=date)
    assert "clock" in _refusal(request, cavage.sign(request, key=KEY, key_id=KEY_ID)).text


def test_the_window_is_as_wide_as_asked():
    request = _post(date=_http_date(NOW - timedelta(minutes=64)))
    header = cavage.sign(request, key=KEY, key_id=KEY_ID)
    _verify(request, header, skew=timedelta(minutes=65))
    _refusal(request, header, skew=timedelta(minutes=63))
    request = _post(date=_http_date(NOW + timedelta(hours=1)))
    _refusal(request, cavage.sign(request, key=KEY, key_id=KEY_ID), skew=timedelta(minutes=65))


def test_no_date():
    headers = {name: value for name, value in _post().headers.items() if name != "date"}
    error = _refusal(replace(_post(), headers=headers), _peer_signs(_post(), POST_COVERED))
    assert "clock" in error.text


def test_a_leap_second_is_a_date():
    request = _post(date="Sun, 01 Mar 2026 11:59:60 GMT")
    _verify(request, cavage.sign(request, key=KEY, key_id=KEY_ID))


CREATED_COVERED = "(request-target) (created) (expires) host digest"


def test_created_and_expires():
    for algorithm in ("hs2019", None):
        header = _peer_signs(
            _post(), CREATED_COVERED, algorithm=algorithm, created=str(CREATED), expires=str(CREATED + 300)
        )
        _verify(_post(), header)
    header = _peer_signs(_post(), "(created) digest", algorithm="hs2019", created=str(CREATED))
    _verify(_post(), header)


def test_a_request_without_date_can_be_signed_with_created():
    headers = {name: value for name, value in _post().headers.items() if name != "date"}
    request = replace(_post(), headers=headers)
    _verify(
        request, _peer_signs(request, "(request-target) (created) host digest", algorithm=None, created=str(CREATED))
    )


@pytest.mark.parametrize(
    ("created", "expires"),
    [
        (CREATED - 300, CREATED - 1),
        (CREATED - 300, CREATED),
        (CREATED + 86_400, CREATED + 86_700),
        (CREATED - 13 * 3600, CREATED + 3600),
    ],
    ids=["expired", "expires now", "tomorrow", "too long"],
)
def test_created_or_expires_out_of_the_window(created: int, expires: int):
    header = _peer_signs(_post(), CREATED_COVERED, algorithm="hs2019", created=str(created), expires=str(expires))
    assert "clock" in _refusal(_post(), header).text


def test_a_signature_that_names_its_end_may_be_older():
    header = _peer_signs(
        _post(), CREATED_COVERED, algorithm="hs2019", created=str(CREATED - 6 * 3600), expires=str(CREATED + 0.5)
    )
    _verify(_post(), header)
    # Not covered, it may shorten but not lengthen.
    date = _http_date(NOW - timedelta(hours=6))
    request = _post(date=date)
    _refusal(request, _peer_signs(request, POST_COVERED, expires=str(CREATED + 60)))
    _refusal(_post(), _peer_signs(_post(), POST_COVERED, expires=str(CREATED - 60)))


@pytest.mark.parametrize(
    ("algorithm", "created", "reason"),
    [("rsa-sha256", CREATED, "hs2019"), ("hs2019", None, "without giving it")],
)
def test_created_is_for_hs2019_and_must_be_given(algorithm: str, created: int | None, reason: str):
    value = None if created is None else str(created)
    header = _peer_signs(_post(), "(request-target) (created) host digest", algorithm=algorithm, created=value)
    assert reason in _refusal(_post(), header).text


def test_expires_must_be_given():
    header = _peer_signs(_post(), "(request-target) (expires) date digest", algorithm="hs2019")
    assert "without giving it" in _refusal(_post(), header).text


# The algorithm


@pytest.mark.parametrize("algorithm", ["rsa-sha256", "RSA-SHA256", "hs2019", None])
def test_rsa_is_sha256_whatever_the_label(algorithm: str | None):
    _verify(_post(), _peer_signs(_post(), POST_COVERED, algorithm=algorithm))


@pytest.mark.parametrize("algorithm", ["ed25519", "hs2019", None])
def test_ed25519(algorithm: str | None):
    _verify(_post(), _peer_signs(_post(), POST_COVERED, algorithm=algorithm, key=ED25519), key=ED25519)


@pytest.mark.parametrize(
    ("algorithm", "key"),
    [("hmac-sha1", KEY), ("rsa-sha512", KEY), ("ed25519", KEY), ("rsa-sha256", ED25519)],
)
def test_other_algorithms_are_refused(algorithm: str, key: keys.PrivateKey):
    header = _peer_signs(_post(), POST_COVERED, algorithm=algorithm, key=key)
    assert "algorithm" in _refusal(_post(), header, key=key).text


# The header


def test_layouts_of_the_header():
    given_params = cavage.sign(_post(), key=KEY, key_id=KEY_ID).split(",")
    expected = cavage.parse(",".join(given_params))
    assert expected.key_id == KEY_ID
    assert cavage.parse(",".join(reversed(given_params))) == expected
    assert cavage.parse("Signature " + " , ".join(given_params)) == expected
    assert cavage.parse(" ,\t".join(given_params) + ', version="2.1",ext=token') == expected
    assert cavage.parse(",".join(given_params).replace("host date", "HOST  Date")) == expected
    assert cavage.parse(",".join(given_params).replace("=", " = ", 1)) == expected
    assert cavage.parse(",".join(given_params).replace("peer.example", "peer\\.exampl\\e")) == expected


@pytest.mark.parametrize(
    ("text", "created"),
    [("created=1", 1.0), ('created="1402170695"', 1402170695.0), ("created=1.25", 1.25)],
)
def test_numbers_with_and_without_quotes(text: str, created: float):
    assert cavage.parse(f'keyId="a",{text},signature="AAAA"').created == created


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Signature ",
        "garbage",
        'keyId="a"',
        'signature="AAAA"',
        'keyId="",signature="AAAA"',
        'keyId="a",signature=""',
        'keyId="a",signature="?"',
        'keyId="a",signature="AAA"',
        'keyId="a",Signature="AAAA"',
        'keyId="a",keyId="b",signature="AAAA"',
        'keyId="a";signature="AAAA"',
        'keyId="a" signature="AAAA"',
        'keyId="a,signature="AAAA"',
        'keyId="a",headers="",signature="AAAA"',
        'keyId="a",headers="' + "a " * 65 + '",signature="AAAA"',
        'keyId="a",created=now,signature="AAAA"',
        'keyId="a",created=-1,signature="AAAA"',
        'keyId="a",created=1e9,signature="AAAA"',
        'keyId="a",created=٣,signature="AAAA"',
        'keyId="a",signature="AAAA",ext="' + "x" * 20_000 + '"',
        "sig1=:AAAA:",
    ],
)
def test_headers_that_cannot_be_read(header: str):
    with pytest.raises(SignatureError) as caught:
        cavage.parse(header)
    assert caught.value.status == 401


@given(
    st.text()
    | st.lists(
        st.sampled_from(
            ["keyId", "signature", "created", "headers", "=", '"', ",", " ", "\\", "AAAA", "1", "(created)", "x"]
        )
    ).map("".join)
)
def test_any_text_is_a_signature_or_a_signature_error(text: str):
    try:
        signature = cavage.parse(text)
    except SignatureError:
        return
    assert signature.key_id
    assert signature.headers
    with pytest.raises(SignatureError):
        cavage.verify(_post(), signature, KEY.public_key(), host=HOST, now=NOW, skew=SKEW)


@given(st.text(), st.text(), st.dictionaries(st.sampled_from(["host", "date", "digest"]), st.text()), st.binary())
def test_any_request_is_refused_without_surprise(method: str, target: str, headers: dict[str, str], body: bytes):
    signature = cavage.parse(cavage.sign(_post(), key=KEY, key_id=KEY_ID))
    request = signatures.HttpRequest(method, target, headers, body)
    with pytest.raises(SignatureError):
        cavage.verify(request, signature, KEY.public_key(), host=HOST, now=NOW, skew=SKEW)
    weakest = replace(signature, headers=("digest", "date"))
    with pytest.raises(SignatureError):
        cavage.verify(
            replace(request, headers={**_post().headers, **headers}),
            weakest,
            KEY.public_key(),
            host=HOST,
            now=NOW,
            skew=SKEW,
        )
