"""The inbox's door: what is refused, with which status and reason, and what must be let in."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.federation import wire
from tests.federation.home import Home
from tests.federation.people import Person, ed25519_key, rsa_key
from tests.federation.wire import Cavage

MINUTES = timedelta(minutes=1)


@pytest.fixture
def follow(home: Home, lee: Person) -> dict[str, Any]:
    return lee.says("Follow", home.actor)


def test_no_signature_is_401_with_a_reason(home: Home, follow: dict[str, Any]) -> None:
    body = json.dumps(follow).encode()
    answer = wire.send("POST", home.inbox, headers={"Content-Type": wire.ACTIVITY_JSON}, body=body)
    assert answer.status == 401
    assert "signature" in answer.error
    assert answer.headers["content-type"] == "application/json"
    assert not home.is_stored(follow)


@pytest.mark.parametrize(
    "signature",
    [
        "garbage",
        "",
        'keyId="x"',
        'keyId="http://127.0.0.1:1/k",signature="???"',
        'keyId="a",keyId="b",signature="AAAA"',
        'keyId="not an address",headers="(request-target) host date digest",signature="AAAA"',
        "x" * 20_000,
    ],
)
def test_a_garbage_signature_is_401_with_a_reason(home: Home, follow: dict[str, Any], signature: str) -> None:
    body = json.dumps(follow).encode()
    headers = {
        "Content-Type": wire.ACTIVITY_JSON,
        "Date": wire.http_date(),
        "Digest": wire.digest_of(body),
        "Signature": signature,
    }
    answer = wire.send("POST", home.inbox, headers=headers, body=body)
    assert answer.status == 401
    assert len(answer.error) > 10


def test_a_corrupt_signature_is_401(home: Home, lee: Person, follow: dict[str, Any]) -> None:
    body = json.dumps(follow).encode()
    signed = Cavage().headers(home.inbox, body, key=lee.key, key_id=lee.key_id)
    before, _, value = signed["signature"].rpartition('signature="')
    signed["signature"] = f'{before}signature="{"B" if value[0] != "B" else "C"}{value[1:]}'
    answer = wire.send("POST", home.inbox, headers=signed, body=body)
    assert answer.status == 401
    assert "does not match" in answer.error


def test_a_signature_by_another_key_is_401(home: Home, lee: Person, follow: dict[str, Any]) -> None:
    answer = lee.post(home.inbox, follow, key=rsa_key("stolen"))
    assert answer.status == 401
    assert "does not match" in answer.error


def test_a_changed_body_is_401(home: Home, lee: Person, follow: dict[str, Any]) -> None:
    answer = lee.post(home.inbox, follow, sent=json.dumps(follow | {"type": "Block"}).encode())
    assert answer.status == 401
    assert "Digest" in answer.error


@pytest.mark.parametrize(
    ("covered", "missing"),
    [
        (("(request-target)", "host", "date"), "digest"),
        (("(request-target)", "host", "digest"), "date"),
        (("host", "content-type"), "date"),
    ],
)
def test_a_signature_that_covers_too_little_is_401(
    home: Home, lee: Person, follow: dict[str, Any], covered: tuple[str, ...], missing: str
) -> None:
    answer = lee.post(home.inbox, follow, signing=Cavage(covered=covered))
    assert answer.status == 401
    assert missing in answer.error


def test_a_signature_for_another_path_is_401(home: Home, lee: Person, follow: dict[str, Any]) -> None:
    answer = lee.post(home.inbox, follow, signing=Cavage(signed_target="/users/nour/inbox"))
    assert answer.status == 401


@pytest.mark.parametrize("minutes", [-70, 70])
def test_a_date_far_off_is_401_and_names_the_clock(
    home: Home, lee: Person, follow: dict[str, Any], minutes: int
) -> None:
    answer = lee.post(home.inbox, follow, signing=Cavage(date=minutes * MINUTES))
    assert answer.status == 401
    assert "clock" in answer.error


@pytest.mark.parametrize(
    "signing",
    [
        Cavage(date=-50 * MINUTES),
        Cavage(date=50 * MINUTES),
        Cavage(algorithm="hs2019"),
        Cavage(algorithm=None),
        Cavage(covered=("(request-target)", "host", "(created)", "digest"), algorithm="hs2019", created=timedelta()),
        Cavage(
            covered=("(request-target)", "(created)", "(expires)", "host", "digest"),
            algorithm="hs2019",
            created=-30 * MINUTES,
            expires=5 * MINUTES,
        ),
        Cavage(covered=wire.MASTODON),
        Cavage(covered=("(request-target)", "Host", "Date", "Digest", "Content-Type")),
        Cavage(layout='signature="{signature}", headers="{headers}" , {algorithm} keyId="{key_id}"'),
        Cavage(layout='Signature keyId="{key_id}",{algorithm}headers="{headers}",signature="{signature}"'),
        Cavage(content_type="application/activity+json; charset=utf-8"),
    ],
    ids=lambda signing: f"{signing.algorithm} {' '.join(signing.covered)} {signing.layout[:12]}",
)
def test_healthy_signatures_of_every_fashion_are_202(
    home: Home, lee: Person, follow: dict[str, Any], signing: Cavage
) -> None:
    assert home.take(lee, follow, signing=signing) == "done: accepted"


@pytest.mark.parametrize(
    ("signing", "word"),
    [
        (Cavage(algorithm="hmac-sha1"), "algorithm"),
        (
            Cavage(algorithm="rsa-sha256", covered=("(request-target)", "(created)", "digest"), created=timedelta()),
            "hs2019",
        ),
        (
            Cavage(
                covered=("(request-target)", "(expires)", "date", "digest"), algorithm="hs2019", expires=-1 * MINUTES
            ),
            "expired",
        ),
    ],
)
def test_signatures_that_contradict_themselves_are_401(
    home: Home, lee: Person, follow: dict[str, Any], signing: Cavage, word: str
) -> None:
    answer = lee.post(home.inbox, follow, signing=signing)
    assert answer.status == 401
    assert word in answer.error


def test_a_query_in_the_target_may_be_signed_or_not(home: Home, lee: Person) -> None:
    url = f"{home.inbox}?box=7"
    for signing in (Cavage(), Cavage(signed_target=f"/users/{home.artist}/inbox")):
        assert lee.post(url, lee.says("Follow", home.actor), signing=signing).status == 202


@pytest.mark.parametrize(
    "digest",
    [
        lambda body: wire.digest_of(body).replace("SHA-256", "sha-256"),
        lambda body: f"{wire.digest_of(body)},unixsum=30637",
        lambda body: f"MD5=AAAA, {wire.digest_of(body)}",
    ],
)
def test_digests_in_other_spellings_are_202(home: Home, lee: Person, follow: dict[str, Any], digest: Any) -> None:
    body = json.dumps(follow).encode()
    assert lee.post(home.inbox, body, signing=Cavage(digest=digest(body))).status == 202


def test_the_digest_is_over_the_bytes_as_they_came(home: Home, lee: Person, follow: dict[str, Any]) -> None:
    text = json.dumps(follow | {"summary": "X"}, indent=2).replace('"X"', '"\\u00e9 \\/ 🎨  x"')
    assert lee.post(home.inbox, f" \n{text}\n".encode()).status == 202
    assert home.outcome(follow) == "done: accepted"


@pytest.mark.parametrize("algorithm", ["rsa", "ed25519"])
def test_an_rfc_9421_signature_is_202(home: Home, lee: Person, follow: dict[str, Any], algorithm: str) -> None:
    key: wire.PrivateKey = lee.key if algorithm == "rsa" else ed25519_key()
    key_id = lee.key_id if algorithm == "rsa" else f"{lee.id}#ed25519-key"
    body = json.dumps(follow).encode()
    headers = wire.rfc9421_headers(home.shared_inbox, body, key=key, key_id=key_id)
    assert wire.send("POST", home.shared_inbox, headers=headers, body=body).status == 202
    assert home.outcome(follow) == "done: accepted"


def test_an_rfc_9421_signature_that_is_wrong_is_401(home: Home, lee: Person, follow: dict[str, Any]) -> None:
    body = json.dumps(follow).encode()
    good = wire.rfc9421_headers(home.inbox, body, key=lee.key, key_id=lee.key_id)
    old = wire.rfc9421_headers(
        home.inbox, body, key=lee.key, key_id=lee.key_id, created=datetime.now(UTC) - 70 * MINUTES
    )
    less = wire.rfc9421_headers(home.inbox, body, key=lee.key, key_id=lee.key_id, components=("@method", "@target-uri"))
    elsewhere = wire.rfc9421_headers(f"{home.base}/actor/inbox", body, key=lee.key, key_id=lee.key_id)
    for headers, sent, word in (
        (good, body + b" ", "Content-Digest"),
        (old, body, "clock"),
        (less, body, "content-digest"),
        (elsewhere, body, "does not match"),
        (good | {"signature": "sig1=:AAAA:"}, body, "does not match"),
        (good | {"signature-input": "nonsense"}, body, "one signature"),
    ):
        answer = wire.send("POST", home.inbox, headers=headers, body=sent)
        assert (answer.status, word in answer.error) == (401, True), answer


def test_a_body_over_the_limit_is_413_with_its_length_or_without(home: Home) -> None:
    headers = {"Content-Type": wire.ACTIVITY_JSON}
    large = b" " * 1_100_000
    answer = wire.send("POST", home.inbox, headers=headers, body=large)
    assert answer.status == 413
    assert "1048576" in answer.error
    chunked = wire.send("POST", home.inbox, headers=headers, body=[large[:65_536]] * 17)
    assert chunked.status == 413


def test_a_body_just_under_the_limit_is_read(home: Home, lee: Person) -> None:
    note = lee.note("<p>" + "ink " * 225_000 + "</p>")
    answer = lee.post(home.shared_inbox, lee.creates(note))
    assert answer.status == 202


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"not json",
        b"[]",
        b'"Follow"',
        b"{}",
        b'{"type":"Follow"}',
        b'{"type":"Follow","actor":"x"}',
        b'{"type":[],"actor":"http://a.example/"}',
        b'{"a":NaN}',
        b"\xff\xfe{",
        b'{"a":1e999}',
        b"[" * 100_000,
        b'{"a":' + b"[" * 100_000,
        b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    ],
    ids=lambda body: f"{body[:16]!r} {len(body)}",
)
def test_a_body_that_is_no_activity_is_400(home: Home, lee: Person, body: bytes) -> None:
    answer = lee.post(home.inbox, body)
    assert answer.status == 400
    assert len(answer.error) > 10


@pytest.mark.parametrize(
    "content_type",
    [
        wire.ACTIVITY_JSON,
        f"{wire.ACTIVITY_JSON}; charset=utf-8",
        wire.LD_JSON,
        "application/ld+json",
        "Application/LD+JSON;profile=https://www.w3.org/ns/activitystreams",
        "application/json",
    ],
)
def test_media_types_of_peers_are_taken(home: Home, lee: Person, follow: dict[str, Any], content_type: str) -> None:
    assert home.take(lee, follow, signing=Cavage(content_type=content_type)) == "done: accepted"


@pytest.mark.parametrize("content_type", ["text/plain", "text/html", "image/png", "application/octet-stream", "", "/"])
def test_other_media_types_are_415(home: Home, lee: Person, follow: dict[str, Any], content_type: str) -> None:
    answer = lee.post(home.inbox, follow, signing=Cavage(content_type=content_type))
    assert answer.status == 415
    assert "application/activity+json" in answer.error


def test_an_inbox_of_nobody_is_404_and_cannot_be_read(home: Home, lee: Person) -> None:
    assert lee.post(f"{home.base}/users/nobody/inbox", lee.says("Follow", home.actor)).status == 404
    assert home.get(home.inbox).status == 405
    assert home.get(home.shared_inbox).status == 405


def test_a_signer_who_speaks_for_another_is_202_and_dropped(home: Home, lee: Person) -> None:
    activity = lee.says("Follow", home.actor, actor=f"{lee.peer.base}/users/somebody-else")
    assert lee.post(home.inbox, activity).status == 202
    home.settle()
    assert not home.is_stored(activity)
