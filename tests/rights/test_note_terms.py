from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyld import jsonld

from fediart.rights import note_terms
from fediart.rights.reservation import Policy

from .reservations import HERON, with_policy

_DIGEST = "zQmYtUc4iTCbbfVSDNKvtQqrfyezPPnFvE33wFmutw9PBBk"
_AS = "https://www.w3.org/ns/activitystreams#"
# Enough of ActivityStreams to expand a Note; on purpose without @vocab, so that an undefined term is lost.
_ACTIVITYSTREAMS = {
    "@context": {
        "as": _AS,
        "id": "@id",
        "type": "@type",
        "Note": "as:Note",
        "Image": "as:Image",
        "attachment": {"@id": "as:attachment", "@type": "@id"},
    }
}


def _expand(document: dict[str, Any]) -> dict[str, Any]:
    def load(url: str, _options: object) -> dict[str, Any]:
        assert url == "https://www.w3.org/ns/activitystreams"
        return {
            "contentType": "application/ld+json",
            "contextUrl": None,
            "documentUrl": url,
            "document": _ACTIVITYSTREAMS,
        }

    expanded = jsonld.expand(document, {"documentLoader": load})
    assert len(expanded) == 1
    first: dict[str, Any] = expanded[0]
    return first


def _note(policy: Policy = Policy.NO_AI) -> dict[str, Any]:
    r = with_policy(policy)
    return {
        "@context": ["https://www.w3.org/ns/activitystreams", dict(note_terms.CONTEXT)],
        "id": "https://art.example/w/0192",
        "type": "Note",
        **note_terms.write_note(r),
        "attachment": [
            {"type": "Image", **note_terms.write_attachment(r, digest_multibase=_DIGEST, size_bytes=9341822)}
        ],
    }


def test_the_note_says_what_was_declared() -> None:
    assert note_terms.write_note(HERON) == {
        "tdmReservation": 1,
        "tdmPolicy": "https://art.example/w/0192/policy?v=3",
        "contentUsage": "train-ai=n, ai-use=n, search=y",
        "xRobotsTag": "noai, noimageai",
        "license": "https://art.example/licences/all-rights-reserved",
        "usageInfo": "https://art.example/w/0192/rights",
    }
    assert note_terms.write_attachment(HERON, digest_multibase=_DIGEST, size_bytes=7) == {
        "size": 7,
        "digestMultibase": _DIGEST,
        "tdmReservation": 1,
        "dataMining": "http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-EXCEPTSEARCHENGINEINDEXING",
        "digitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCreation",
        "copyrightNotice": "© 2026 Mira Okafor",
        "creditText": "Mira Okafor",
        "license": "https://art.example/licences/all-rights-reserved",
        "acquireLicensePage": "https://art.example/@mira/contact",
    }


def test_permission_carries_neither_policy_nor_opt_out() -> None:
    assert note_terms.write_actor(with_policy(Policy.ALLOW)) == {
        "tdmReservation": 0,
        "contentUsage": "train-ai=y, search=y",
    }


def test_what_is_not_stated_has_no_term() -> None:
    bare = replace(
        HERON, license="", usage_info_url="", acquire_url="", source_type=None, credit="", copyright_notice=""
    )
    assert set(note_terms.write_note(bare)) == {"tdmReservation", "tdmPolicy", "contentUsage", "xRobotsTag"}
    assert set(note_terms.write_attachment(bare, digest_multibase=_DIGEST, size_bytes=1)) == {
        "size", "digestMultibase", "tdmReservation", "dataMining",
    }  # fmt: skip


@pytest.mark.parametrize("policy", list(Policy))
def test_expansion_keeps_every_term(policy: Policy) -> None:
    note = _note(policy)
    expanded = _expand(note)
    (attachment,) = expanded[_AS + "attachment"]
    # Everything but @context survives, under one full IRI each.
    assert len(expanded) == len(note) - 1
    assert len(attachment) == len(note["attachment"][0])
    assert all(key.startswith(("@", "http")) for key in (*expanded, *attachment))


def test_expansion_yields_the_published_iris() -> None:
    expanded = _expand({**_note(), "SPC": "1"})
    (attachment,) = expanded.pop(_AS + "attachment")
    reservation = [{"@type": "http://www.w3.org/2001/XMLSchema#integer", "@value": 1}]
    licence = [{"@id": "https://art.example/licences/all-rights-reserved"}]
    assert expanded == {
        "@id": "https://art.example/w/0192",
        "@type": [_AS + "Note"],
        "http://www.w3.org/ns/tdmrep#reservation": reservation,
        "http://www.w3.org/ns/tdmrep#policy": [{"@id": "https://art.example/w/0192/policy?v=3"}],
        "https://w3id.org/fediart/ns#contentUsage": [{"@value": "train-ai=n, ai-use=n, search=y"}],
        "https://w3id.org/fep/5e53#xRobotsTag": [{"@value": "noai, noimageai"}],
        "https://w3id.org/fep/5e53#SPC": [{"@value": "1"}],
        "http://schema.org/license": licence,
        "http://schema.org/usageInfo": [{"@id": "https://art.example/w/0192/rights"}],
    }
    assert attachment == {
        "@type": [_AS + "Image"],
        "http://www.w3.org/ns/tdmrep#reservation": reservation,
        "http://ns.useplus.org/ldf/xmp/1.0/DataMining": [
            {"@id": "http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-EXCEPTSEARCHENGINEINDEXING"}
        ],
        "http://iptc.org/std/Iptc4xmpExt/2008-02-29/DigitalSourceType": [{"@id": HERON.source_type}],
        "http://schema.org/copyrightNotice": [{"@value": "© 2026 Mira Okafor"}],
        "http://schema.org/creditText": [{"@value": "Mira Okafor"}],
        "http://schema.org/acquireLicensePage": [{"@id": "https://art.example/@mira/contact"}],
        "http://schema.org/license": licence,
        "https://w3id.org/security#digestMultibase": [{"@value": _DIGEST}],
        "https://joinpeertube.org/ns#size": [{"@value": 9341822}],
    }


@pytest.mark.parametrize(
    ("document", "reserved", "terms"),
    [
        (
            {"xRobotsTag": "noai, noimageai, GPC", "secGPC": "1"},
            True,
            {"xRobotsTag": "noai, noimageai, GPC", "secGPC": "1"},
        ),
        ({"licence": {"identifier": "1", "name": "Attribution"}}, None, {"licence": "Attribution"}),
        ({"license": "CC BY-NC"}, None, {"license": "CC BY-NC"}),
        (
            {"license": "https://creativecommons.org/publicdomain/zero/1.0/", "copyright": "Kin"},
            None,
            {"license": "https://creativecommons.org/publicdomain/zero/1.0/", "copyright": "Kin"},
        ),
    ],
    ids=["epicyon", "peertube", "pixelfed", "funkwhale"],
)
def test_peers_terms_are_read_and_a_licence_alone_grants_nothing(
    document: dict[str, Any], reserved: bool | None, terms: dict[str, Any]
) -> None:
    found = note_terms.read({"type": "Note", **document})
    assert (found.reserved, found.terms) == (reserved, terms)


@pytest.mark.parametrize(
    ("document", "reserved"),
    [
        ({"tdmReservation": 1}, True),
        ({"tdmReservation": "1"}, True),
        ({"tdmReservation": True}, True),
        ({"tdmReservation": 1.0}, True),
        ({"tdmReservation": 0}, False),
        ({"tdmReservation": "0"}, None),
        ({"tdmReservation": False}, None),
        ({"tdmReservation": None}, None),
        ({"tdmReservation": 2}, None),
        ({"tdmReservation": float("nan")}, None),
        ({"tdmReservation": {"@value": 0}}, None),
        ({"tdmReservation": 0, "xRobotsTag": "noai"}, True),
        ({"tdmReservation": 0, "contentUsage": "train-ai=n"}, True),
        ({"contentUsage": "train-ai=?0"}, None),
        ({"xRobotsTag": "noindex"}, None),
        ({"xRobotsTag": "NOAI"}, True),
        ({"xRobotsTag": ["noai"]}, None),
        ({"dataMining": "http://ns.useplus.org/ldf/vocab/DMI-ALLOWED"}, False),
        ({"dataMining": "DMI-ALLOWED"}, None),
        ({"dataMining": "DMI-PROHIBITED-AIMLTRAINING"}, True),
        ({"dataMining": "http://ns.useplus.org/ldf/vocab/DMI-UNSPECIFIED"}, None),
        ({"dataMining": 7}, None),
    ],
)
def test_reservations_are_read_leniently_and_permissions_exactly(
    document: dict[str, Any], reserved: bool | None
) -> None:
    assert note_terms.read(document).reserved is reserved


def test_a_picture_can_reserve_the_work_but_not_open_it() -> None:
    open_, closed, silent = {"tdmReservation": 0}, {"tdmReservation": 1}, {"name": "A heron"}
    assert note_terms.read({"attachment": [open_, silent]}).reserved is None
    assert note_terms.read({"attachment": [silent, closed]}).reserved is True
    assert note_terms.read({"attachment": closed}).reserved is True
    assert note_terms.read({"tdmReservation": 0, "attachment": [open_, closed]}).reserved is True
    assert note_terms.read({"attachment": [silent, closed]}).terms == {"attachment": [{"tdmReservation": 1}]}


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from([*note_terms.CONTEXT, "attachment", "name", "id"]), inner)
    ),
)


@given(_json)
def test_any_json_is_read_without_an_error(document: object) -> None:
    assert note_terms.read(document).reserved in (True, False, None)


def test_a_flood_of_text_is_not_kept() -> None:
    assert note_terms.read({"license": "x" * 100_000, "xRobotsTag": "noai," * 100_000}).terms == {}
    many = note_terms.read({"attachment": [{"license": "x"}] * 10_000})
    assert len(many.terms["attachment"]) < 100
