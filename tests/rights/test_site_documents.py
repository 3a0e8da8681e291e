"""tdmrep.json, RSL, ai.txt, trust.txt and gpc.json: what is written, what is read, and what is not believed."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from fediart.rights import ai_txt, gpc, rsl, tdmrep, trust_txt
from fediart.rights.reservation import Policy, Reservation

from .reservations import HERON, reservations, with_policy

_RSL = {"r": "https://rslstandard.org/rsl"}


def test_the_first_rule_that_matches_counts() -> None:
    open_ = replace(with_policy(Policy.ALLOW), policy_url="https://art.example/w/7/policy")
    document = tdmrep.write(HERON, [tdmrep.Rule("/w/", HERON), tdmrep.Rule("/w/7/*", open_)])
    assert document == [
        {"location": "/w/7/*", "tdm-reservation": 0},
        {"location": "/w/", "tdm-reservation": 1, "tdm-policy": HERON.policy_url},
        {"location": "/*", "tdm-reservation": 1, "tdm-policy": HERON.policy_url},
    ]
    document = json.loads(json.dumps(document))
    assert tdmrep.read(document, "/w/7/x.png").reserved is False
    assert tdmrep.read(document, "/w/8/x.png").terms == {"tdmReservation": 1, "tdmPolicy": HERON.policy_url}
    assert tdmrep.read(document, "/").reserved is True
    with pytest.raises(ValueError, match="slash"):
        tdmrep.write(HERON, [tdmrep.Rule("w", HERON)])


@pytest.mark.parametrize(
    ("document", "reserved"),
    [
        ([{"location": "/*", "tdm-reservation": "1"}], True),
        ([{"location": "/*", "tdm-reservation": "0"}], None),
        ([{"location": "/*", "tdm-reservation": False}], None),
        ([{"location": "/*.png$", "tdm-reservation": 1}], None),
        ([{"location": "/a", "tdm-reservation": 2}, {"location": "/*", "tdm-reservation": 1}], None),
        ([{"location": 7}, "x", {"location": "/", "tdm-reservation": 1, "tdm-policy": 9}], True),
        ({"location": "/*", "tdm-reservation": 1}, None),
        ("", None),
    ],
)
def test_reading_tdmrep(document: object, reserved: bool | None) -> None:
    assert tdmrep.read(document, "/a/b").reserved is reserved


@pytest.mark.parametrize("policy", list(Policy))
def test_an_independent_reader_finds_the_licence_in_its_namespace(policy: Policy) -> None:
    body = rsl.write(with_policy(policy), ["/w/0192", "/media/heron.png"], contact_email="rights@art.example")
    root = etree.fromstring(body)
    assert root.tag == "{https://rslstandard.org/rsl}rsl"
    assert root.xpath("r:content/@url", namespaces=_RSL) == ["/w/0192", "/media/heron.png"]
    permits = root.xpath("string(r:content[1]/r:license/r:permits[@type='usage'])", namespaces=_RSL).split()
    prohibits = root.xpath("string(r:content[1]/r:license/r:prohibits[@type='usage'])", namespaces=_RSL).split()
    known = {"all", "ai-all", "ai-train", "ai-input", "ai-index", "search"}
    assert set(permits) | set(prohibits) <= known
    assert bool({"all", "ai-all", "ai-train"} & set(prohibits)) is (policy is not Policy.ALLOW)
    assert not root.xpath("r:content/@server", namespaces=_RSL)
    assert root.xpath("string(r:content[1]/r:terms)", namespaces=_RSL) == HERON.usage_info_url
    assert root.xpath("string(r:content[1]/r:copyright/@contactUrl)", namespaces=_RSL) == HERON.acquire_url


def _rsl(inner: str) -> bytes:
    return (
        f'<rsl xmlns="https://rslstandard.org/rsl"><content url="/"><license>{inner}</license></content></rsl>'.encode()
    )


@pytest.mark.parametrize(
    ("body", "reserved"),
    [
        (_rsl("<prohibits>AI-Train</prohibits>"), True),
        (_rsl("<prohibits type='usage'>search, ai-all</prohibits>"), True),
        (_rsl("<prohibits type='geo'>ai-all</prohibits>"), None),
        (_rsl("<prohibits>train-ai</prohibits>"), None),
        (_rsl("<permits>all</permits>"), False),
        (_rsl("<permits>ALL</permits>"), None),
        (_rsl("<permits>all</permits><prohibits>ai-all</prohibits>"), True),
        (_rsl("<permits>search</permits>"), None),
        (b"<rsl><content url='/'><license><prohibits>all</prohibits></license></content></rsl>", None),
        (b"<rsl", None),
        (b"", None),
        (b'<?xml version="1.0" encoding="nope"?><rsl/>', None),
        (b'<!DOCTYPE x [<!ENTITY a "ai-all">]>' + _rsl("<prohibits>&a;</prohibits>"), None),
        (b'<!DOCTYPE x SYSTEM "file:///etc/passwd">' + _rsl("<prohibits>all</prohibits>"), None),
    ],
)
def test_reading_rsl(body: bytes, reserved: bool | None) -> None:
    assert rsl.read(body).reserved is reserved


def test_rsl_is_read_for_one_address() -> None:
    body = rsl.write(HERON, ["/w/7"])
    assert rsl.read(body, "/w/7/picture.png").reserved is True
    assert rsl.read(body, "/w/8").reserved is None


@pytest.mark.parametrize(
    ("text", "reserved"),
    [
        ("User-Agent: *\nDisallow: *.png\nAllow: *.txt", True),
        ("User-Agent: *\nDisallow: /", True),
        ("User-Agent: *\nDisallow: *.mp3", None),
        ("User-Agent: *\nAllow: *.png", None),
        ("User-Agent: *\nAllow: /", False),
        ("", None),
    ],
)
def test_reading_ai_txt(text: str, reserved: bool | None) -> None:
    assert ai_txt.read(text).reserved is reserved


@pytest.mark.parametrize(
    ("text", "reserved"),
    [
        ("datatrainingallowed=no", True),
        ("# x\nmember=https://x.example\nDataTrainingAllowed = NO # really", True),
        ("datatrainingallowed=yes", False),
        ("datatrainingallowed=Yes", None),
        ("datatrainingallowed=yes\ndatatrainingallowed=no", True),
        ("datatrainingallowed", None),
        ("", None),
    ],
)
def test_reading_trust_txt(text: str, reserved: bool | None) -> None:
    assert trust_txt.read(text).reserved is reserved


def test_trust_txt_stays_one_statement_a_line() -> None:
    assert trust_txt.write(HERON, contact="https://a.example\ndatatrainingallowed=yes").splitlines() == [
        "contact=https://a.example datatrainingallowed=yes",
        "datatrainingallowed=no",
    ]


def test_privacy_control_is_no_verdict() -> None:
    assert gpc.write(HERON) == {"gpc": True, "lastUpdate": "2026-11-24"}
    assert gpc.read(gpc.write(HERON)).terms == {"gpc": True}
    for document in (gpc.write(HERON), {"gpc": "yes"}, {}, [], None):
        assert gpc.read(document).reserved is None


@given(reservations)
def test_each_document_says_what_was_declared(r: Reservation) -> None:
    expected = r.policy is not Policy.ALLOW
    assert tdmrep.read(tdmrep.write(r), "/x").reserved is expected
    assert rsl.read(rsl.write(r, ["/"])).reserved is expected
    assert ai_txt.read(ai_txt.write(r)).reserved is expected
    assert trust_txt.read(trust_txt.write(r)).reserved is expected


@given(st.text(), st.binary())
def test_anything_is_read_without_an_error(text: str, body: bytes) -> None:
    for found in (
        tdmrep.read([{"location": text}], text),
        rsl.read(body, text),
        ai_txt.read(text),
        trust_txt.read(text),
    ):
        assert found.reserved in (True, False, None)
