from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
from hypothesis import given
from hypothesis import strategies as st

from fediart.activitypub import digests, keys, signatures
from fediart.activitypub.errors import SignatureError
from fediart.activitypub.signatures import rfc9421

VECTORS = Path(__file__).parent / "vectors"
KEY = rsa.generate_private_key(65537, 2048)
ED25519 = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY_ID = "https://peer.example/users/lee#main-key"
HOST = "art.example"
NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
CREATED = int(NOW.timestamp())
SKEW = timedelta(hours=1)
BODY = b'{"type":"Follow"}'
POST_COVERED = ("@method", "@target-uri", "content-digest")
POST_HEADERS = {
    "host": HOST,
    "content-digest": digests.content_digest(BODY),
    "content-type": "application/activity+json",
}
POST = signatures.HttpRequest("POST", "/inbox", POST_HEADERS, BODY)
GET = signatures.HttpRequest("GET", "/users/mira/followers?page=1", {"host": HOST})

# RFC 9421, appendix B.2.
EXAMPLE = signatures.HttpRequest(
    "POST",
    "/foo?param=Value&Pet=dog",
    {
        "host": "example.com",
        "date": "Tue, 20 Apr 2021 02:07:55 GMT",
        "content-type": "application/json",
        "content-digest": "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+"
        "TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:",
        "content-length": "18",
    },
    b'{"hello": "world"}',
)


def _peer_signs(
    lines: dict[str, str],
    *,
    key: keys.PrivateKey = KEY,
    params: str = f';created={CREATED};keyid="{KEY_ID}"',
) -> tuple[str, str]:
    """Write both headers by the text of the standard, with nothing of ours; `lines` are the covered components."""
    given = "(" + " ".join(f'"{name}"' for name in lines) + ")" + params
    base = "\n".join(f'"{name}": {value}' for name, value in {**lines, "@signature-params": given}.items()).encode(
        "latin-1"
    )
    value = (
        key.sign(base, padding.PKCS1v15(), hashes.SHA256()) if isinstance(key, rsa.RSAPrivateKey) else key.sign(base)
    )
    return f"sig1={given}", f"sig1=:{base64.b64encode(value).decode()}:"


def _verify(
    request: signatures.HttpRequest,
    headers: tuple[str, str],
    *,
    key: keys.PublicKey | None = None,
    host: str = HOST,
    now: datetime = NOW,
    scheme: str = "https",
) -> None:
    rfc9421.verify(
        request,
        rfc9421.parse(*headers),
        KEY.public_key() if key is None else key,
        host=host,
        now=now,
        skew=SKEW,
        scheme=scheme,
    )


def _refusal(request: signatures.HttpRequest, headers: tuple[str, str], **options: object) -> SignatureError:
    with pytest.raises(SignatureError) as caught:
        _verify(request, headers, **options)  # type: ignore[arg-type]
    assert caught.value.status == 401
    assert "\n" not in str(caught.value)
    return caught.value


def _ours(request: signatures.HttpRequest, **options: object) -> tuple[signatures.HttpRequest, tuple[str, str]]:
    """Sign as we do; return what arrives."""
    options = {"key": KEY, "key_id": KEY_ID, "created": NOW, **options}
    added = rfc9421.sign(request, **options)  # type: ignore[arg-type]
    return replace(request, headers={**request.headers, **added}), (added["signature-input"], added["signature"])


POST_LINES = {
    "@method": "POST",
    "@target-uri": f"https://{HOST}/inbox",
    "content-digest": POST_HEADERS["content-digest"],
}


def test_appendix_b_2_6_is_what_we_sign():
    key = keys.read_private_pem((VECTORS / "rfc9421-test-key-ed25519.pem").read_text())
    added = rfc9421.sign(
        EXAMPLE,
        key=key,
        key_id="test-key-ed25519",
        created=datetime.fromtimestamp(1618884473, UTC),
        components=("date", "@method", "@path", "@authority", "content-type", "content-length"),
        label="sig-b26",
    )
    assert added == {
        "signature-input": 'sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length")'
        ';created=1618884473;keyid="test-key-ed25519"',
        "signature": "sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw"
        "==:",
    }


def test_section_4_3_verifies():
    key = keys.read_public_pem((VECTORS / "rfc9421-test-key-rsa.pem").read_text())
    host = "origin.host.internal.example"
    forwarded = {"host": host, "forwarded": "for=192.0.2.123;host=example.com;proto=https"}
    request = replace(EXAMPLE, headers={**EXAMPLE.headers, **forwarded})
    headers = (
        'proxy_sig=("@method" "@authority" "@path" "content-digest" "content-type" "content-length" "forwarded")'
        ';created=1618884480;keyid="test-key-rsa";alg="rsa-v1_5-sha256";expires=1618884540',
        "proxy_sig=:S6ZzPXSdAMOPjN/6KXfXWNO/f7V6cHm7BXYUh3YD/fRad4BCaRZxP+JH+8XY1I6+8Cy+CM5g92iHgxtRPz+MjniOaYmdkDcnL9cCpX"
        "JleXsOckpURl49GwiyUpZ10KHgOEe11sx3G2gxI8S0jnxQB+Pu68U9vVcasqOWAEObtNKKZd8tSFu7LB5YAv0RAGhB8tmpv7sFnIm9y+7X5kXQfi8N"
        "MaZaA8i2ZHwpBdg7a6CMfwnnrtflzvZdXAsD3LH2TwevU+/PBPv0B6NMNk93wUs/vfJvye+YuI87HU38lZHowtznbLVdp770I6VHR6WfgS9ddzirrs"
        "wsE1w5o0LV/g==:",
    )
    _verify(request, headers, key=key, host=host, now=datetime.fromtimestamp(1618884500, UTC))
    _refusal(request, headers, key=key, host=host, now=datetime.fromtimestamp(1618884540, UTC))
    request = replace(request, headers={**request.headers, "forwarded": "for=192.0.2.1"})
    _refusal(request, headers, key=key, host=host, now=datetime.fromtimestamp(1618884500, UTC))


@pytest.mark.parametrize("key", [KEY, ED25519], ids=["rsa", "ed25519"])
@pytest.mark.parametrize(
    "request_", [GET, POST, replace(POST, body=b"", headers={"host": HOST})], ids=["get", "post", "empty"]
)
def test_what_we_sign_verifies(key: keys.PrivateKey, request_: signatures.HttpRequest):
    arrived, headers = _ours(request_, key=key)
    _verify(arrived, headers, key=key.public_key())
    covered = ("@method", "@target-uri") if request_.method == "GET" else POST_COVERED
    assert rfc9421.parse(*headers).components == covered


def test_what_we_sign_is_what_the_standard_says():
    _, headers = _ours(POST)
    assert headers == _peer_signs(POST_LINES)


def test_a_content_digest_is_added_where_there_is_none():
    request = replace(POST, headers={"host": HOST})
    assert rfc9421.sign(request, key=KEY, key_id=KEY_ID, created=NOW)["content-digest"] == digests.content_digest(BODY)
    assert "content-digest" not in rfc9421.sign(POST, key=KEY, key_id=KEY_ID, created=NOW)
    assert "content-digest" not in rfc9421.sign(GET, key=KEY, key_id=KEY_ID, created=NOW)


@pytest.mark.parametrize(("key", "algorithm"), [(KEY, "rsa-v1_5-sha256"), (ED25519, "ed25519")])
def test_the_label_of_the_algorithm_may_be_given(key: keys.PrivateKey, algorithm: str):
    arrived, headers = _ours(POST, key=key, algorithm=algorithm, expires=NOW + timedelta(minutes=5))
    signature = rfc9421.parse(*headers)
    assert (signature.algorithm, signature.expires) == (algorithm, CREATED + 300)
    _verify(arrived, headers, key=key.public_key())


@pytest.mark.parametrize("algorithm", ["rsa-pss-sha512", "ed25519", "hmac-sha256", "RSA-V1_5-SHA256", ""])
def test_a_label_that_is_not_of_the_key_is_refused(algorithm: str):
    arrived, headers = _ours(POST, algorithm=algorithm)
    assert "algorithm" in _refusal(arrived, headers).text


def test_all_components_we_know():
    request = replace(POST, target="/in?box=7&x=%20", headers={**POST_HEADERS, "x-empty": "", "x-space": " a  b\t"})
    lines = {
        "@method": "POST",
        "@target-uri": "https://art.example/in?box=7&x=%20",
        "@authority": "art.example",
        "@scheme": "https",
        "@request-target": "/in?box=7&x=%20",
        "@path": "/in",
        "@query": "?box=7&x=%20",
        "host": "art.example",
        "content-digest": POST_HEADERS["content-digest"],
        "x-empty": "",
        "x-space": "a  b",
    }
    headers = _peer_signs(lines)
    _verify(request, headers)
    for name, value in lines.items():
        _refusal(request, _peer_signs({**lines, name: value + "x"}))
    assert rfc9421.sign(request, key=KEY, key_id=KEY_ID, created=NOW, components=tuple(lines)) == {
        "signature-input": headers[0],
        "signature": headers[1],
    }


def test_without_a_query_its_component_is_a_question_mark():
    request = replace(GET, target="/users/mira")
    _verify(
        request,
        _peer_signs({"@method": "GET", "@target-uri": "https://art.example/users/mira", "@query": "?"}),
    )


@pytest.mark.parametrize(
    "lines",
    [
        {"@method": "GET", "@authority": HOST, "@path": "/users/mira/followers"},
        {"@method": "GET", "host": HOST, "@request-target": GET.target},
    ],
)
def test_the_target_may_be_covered_in_parts(lines: dict[str, str]):
    _verify(GET, _peer_signs(lines))


@pytest.mark.parametrize(
    ("request_", "lines", "reason"),
    [
        (GET, {"@target-uri": f"https://{HOST}{GET.target}"}, "must cover @method"),
        (GET, {"@method": "GET", "@authority": HOST}, "must cover @target-uri"),
        (GET, {"@method": "GET", "@path": "/users/mira/followers"}, "must cover @target-uri"),
        (POST, {"@method": "POST", "@target-uri": f"https://{HOST}/inbox"}, "must cover content-digest"),
        (replace(POST, headers={"host": HOST}), POST_LINES, "no Content-Digest"),
        (GET, {**POST_LINES, "@method": "GET"}, "does not have"),
        (GET, {}, "must cover @method"),
    ],
)
def test_too_little_is_covered(request_: signatures.HttpRequest, lines: dict[str, str], reason: str):
    assert reason in _refusal(request_, _peer_signs(lines)).text


@given(st.integers(0, len(BODY) - 1), st.integers(1, 255))
def test_one_changed_byte_of_the_body_breaks_it(at: int, flipped: int):
    changed = BODY[:at] + bytes([BODY[at] ^ flipped]) + BODY[at + 1 :]
    headers = _peer_signs(POST_LINES)
    assert "Content-Digest" in _refusal(replace(POST, body=changed), headers).text
    fitted = {**POST_HEADERS, "content-digest": digests.content_digest(changed)}
    _refusal(replace(POST, body=changed, headers=fitted), headers)


@pytest.mark.parametrize("name", ["content-type", "date"])
@given(data=st.data())
def test_one_changed_character_of_a_covered_field_breaks_it(name: str, data: st.DataObject):
    request = replace(POST, headers={**POST_HEADERS, "date": "Sun, 01 Mar 2026 12:00:00 GMT"})
    value = request.headers[name]
    at = data.draw(st.integers(0, len(value) - 1))
    character = data.draw(st.characters(min_codepoint=33, max_codepoint=126).filter(lambda new: new != value[at]))
    changed = value[:at] + character + value[at + 1 :]
    _, headers = _ours(request, components=(*POST_COVERED, name))
    _verify(request, headers)
    _refusal(replace(request, headers={**request.headers, name: changed}), headers)


def test_another_method_target_key_or_parameter_does_not_verify():
    headers = _peer_signs(POST_LINES)
    _refusal(replace(POST, method="PUT"), headers)
    _refusal(replace(POST, target="/inbox?"), headers)
    _refusal(replace(POST, target="/inbox2"), headers)
    _refusal(POST, headers, scheme="http")
    _refusal(POST, headers, key=rsa.generate_private_key(65537, 2048).public_key())
    _refusal(POST, headers, key=ED25519.public_key())
    _refusal(POST, (headers[0].replace(str(CREATED), str(CREATED + 1)), headers[1]))
    _refusal(POST, (headers[0].replace("lee", "eve"), headers[1]))
    _refusal(POST, (headers[0] + ';tag="x"', headers[1]))


def test_a_target_is_not_verified_without_its_query():
    _refusal(GET, _peer_signs({"@method": "GET", "@target-uri": f"https://{HOST}/users/mira/followers"}))


def test_a_proxy_may_rewrite_host():
    request = replace(POST, headers={**POST_HEADERS, "host": "localhost:8000"})
    _verify(request, _peer_signs(POST_LINES))
    lines = {**POST_LINES, "@target-uri": "https://art.example:8443/inbox"}
    _verify(request, _peer_signs(lines), host="art.example:8443")


def test_the_default_port_and_the_case_of_the_host_are_not_signed():
    for host in ("ART.example:443", "Art.Example"):
        request = replace(POST, headers={**POST_HEADERS, "host": host})
        _verify(request, _peer_signs(POST_LINES))
    request = replace(POST, headers={**POST_HEADERS, "host": "127.0.0.1:80"})
    lines = {**POST_LINES, "@target-uri": "http://127.0.0.1/inbox"}
    _verify(request, _peer_signs(lines), host="127.0.0.1:80", scheme="http")


def test_a_signature_for_another_host_is_refused_and_explained():
    request = replace(POST, headers={**POST_HEADERS, "host": "old-name.example"})
    lines = {**POST_LINES, "@target-uri": "https://old-name.example/inbox"}
    error = _refusal(request, _peer_signs(lines))
    assert error.text == "The request is signed for another host"
    assert "old-name.example" in error.detail
    assert HOST in error.detail


@pytest.mark.parametrize(
    "params",
    [
        f";created={CREATED - 3 * 3600}",
        f";created={CREATED + 3600}",
        f";created={CREATED + 86400}",
        f";created={CREATED - 60};expires={CREATED}",
        f";created={CREATED - 13 * 3600};expires={CREATED + 60}",
        ";created=999999999999999",
    ],
)
def test_a_signature_out_of_the_window(params: str):
    headers = _peer_signs(POST_LINES, params=f'{params};keyid="{KEY_ID}"')
    assert "clock" in _refusal(POST, headers).text


@pytest.mark.parametrize(
    "params",
    [
        f";created={CREATED - 3000}",
        f";created={CREATED + 180}",
        f";created={CREATED - 6 * 3600};expires={CREATED + 60}",
        f';created={CREATED};nonce="abc";tag="fediverse";alg="rsa-v1_5-sha256"',
    ],
)
def test_parameters_of_peers(params: str):
    _verify(POST, _peer_signs(POST_LINES, params=f'{params};keyid="{KEY_ID}"'))
    _verify(POST, _peer_signs(POST_LINES, params=f';keyid="{KEY_ID}"{params}'))


GOOD_INPUT = '("@method");created=1;keyid="k"'


@pytest.mark.parametrize(
    ("signature_input", "signature"),
    [
        ("", ""),
        ("garbage(", "sig1=:AAAA:"),
        (f"sig1={GOOD_INPUT}", ""),
        (f"sig1={GOOD_INPUT}", "sig2=:AAAA:"),
        (f"sig1={GOOD_INPUT}", 'keyId="a",signature="AAAA"'),
        (f"sig1={GOOD_INPUT}", "sig1=AAAA"),
        (f"sig1={GOOD_INPUT}", 'sig1="AAAA"'),
        (f"sig1={GOOD_INPUT}", "sig1=(:AAAA:)"),
        (f"sig1={GOOD_INPUT}, sig2={GOOD_INPUT}", "sig1=:AAAA:, sig2=:AAAA:"),
        (f"sig1={GOOD_INPUT}, sig1={GOOD_INPUT}", "sig1=:AAAA:"),
        ('sig1="@method";created=1;keyid="k"', "sig1=:AAAA:"),
        ('sig1=("@method");created=1', "sig1=:AAAA:"),
        ('sig1=("@method");created=1;keyid=""', "sig1=:AAAA:"),
        ('sig1=("@method");created=1;keyid=token', "sig1=:AAAA:"),
        ('sig1=("@method");keyid="k"', "sig1=:AAAA:"),
        ('sig1=("@method");created="1";keyid="k"', "sig1=:AAAA:"),
        ('sig1=("@method");created=-1;keyid="k"', "sig1=:AAAA:"),
        ('sig1=("@method");created;keyid="k"', "sig1=:AAAA:"),
        ('sig1=("@method");created=1;expires=x;keyid="k"', "sig1=:AAAA:"),
        ('sig1=("@method");created=1;keyid="k";alg=ed25519', "sig1=:AAAA:"),
        ('sig1=(method);created=1;keyid="k"', "sig1=:AAAA:"),
        ('sig1=("Date");created=1;keyid="k"', "sig1=:AAAA:"),
        ('sig1=("@method" "@method");created=1;keyid="k"', "sig1=:AAAA:"),
        ('sig1=("@status");created=1;keyid="k"', "sig1=:AAAA:"),
        ('sig1=("@signature-params");created=1;keyid="k"', "sig1=:AAAA:"),
        ('sig1=("@query-param";name="a");created=1;keyid="k"', "sig1=:AAAA:"),
        ('sig1=("date";sf);created=1;keyid="k"', "sig1=:AAAA:"),
        ("sig1=(" + " ".join(f'"x{number}"' for number in range(65)) + ');created=1;keyid="k"', "sig1=:AAAA:"),
    ],
)
def test_headers_that_cannot_be_read(signature_input: str, signature: str):
    with pytest.raises(SignatureError) as caught:
        rfc9421.parse(signature_input, signature)
    assert caught.value.status == 401
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("components", "key_id", "reason"), [(("date",), KEY_ID, "no date"), (("@method",), "https://é.example", "ASCII")]
)
def test_what_cannot_be_signed(components: tuple[str, ...], key_id: str, reason: str):
    with pytest.raises(ValueError, match=reason):
        rfc9421.sign(GET, key=KEY, key_id=key_id, created=NOW, components=components)


@given(
    st.text()
    | st.lists(st.sampled_from([*GOOD_INPUT, GOOD_INPUT, "sig1=", '"@path"', ";expires=9", ";alg", "9"])).map("".join),
    st.text() | st.sampled_from(["sig1=:AAAA:", "sig1=::", "sig1"]),
)
def test_any_text_is_a_signature_or_a_signature_error(signature_input: str, signature: str):
    try:
        parsed = rfc9421.parse(signature_input, signature)
    except SignatureError:
        return
    with pytest.raises(SignatureError):
        rfc9421.verify(POST, parsed, KEY.public_key(), host=HOST, now=NOW, skew=SKEW)


@given(
    st.text(), st.text(), st.dictionaries(st.sampled_from(["host", "date", "content-digest"]), st.text()), st.binary()
)
def test_any_request_is_refused_without_surprise(method: str, target: str, headers: dict[str, str], body: bytes):
    parsed = rfc9421.parse(*_peer_signs(POST_LINES))
    with pytest.raises(SignatureError):
        rfc9421.verify(
            signatures.HttpRequest(method, target, headers, body),
            parsed,
            KEY.public_key(),
            host=HOST,
            now=NOW,
            skew=SKEW,
        )
