from __future__ import annotations

from dataclasses import replace

import pytest

from fediart.rights import odrl
from fediart.rights.reservation import Policy

from .reservations import HERON, with_policy

_WORK = "https://art.example/w/0192"


def test_the_default_offer_is_exactly_this() -> None:
    assert odrl.write(HERON, target=_WORK) == {
        "@context": ["http://www.w3.org/ns/odrl.jsonld", "http://www.w3.org/ns/tdmrep.jsonld"],
        "@type": "Offer",
        "profile": "http://www.w3.org/ns/tdmrep",
        "uid": "https://art.example/w/0192/policy?v=3",
        "dct:issued": "2026-11-24T10:00:00Z",
        "assigner": {
            "uid": "https://art.example/@mira",
            "vcard:fn": "Mira Okafor",
            "vcard:hasURL": "https://art.example/@mira/contact",
        },
        "permission": [{"target": _WORK, "action": "tdm:mine", "duty": [{"action": "obtainConsent"}]}],
    }


def test_research_needs_no_consent_and_everything_else_does() -> None:
    research, other = odrl.write(with_policy(Policy.RESEARCH_ONLY), target=_WORK)["permission"]
    assert research["constraint"] == [{"leftOperand": "purpose", "operator": "eq", "rightOperand": "tdm:research"}]
    assert "duty" not in research
    assert other["constraint"][0]["rightOperand"] == "tdm:non-research"
    assert other["duty"] == [{"action": "obtainConsent"}]


@pytest.mark.parametrize("policy", list(Policy))
def test_an_offer_never_prohibits_and_always_has_a_target(policy: Policy) -> None:
    offer = odrl.write(with_policy(policy))
    assert not {"prohibition", "obligation"} & set(offer)
    assert [rule["target"] for rule in offer["permission"]] == [HERON.usage_info_url] * len(offer["permission"])


def test_an_unnamed_artist_is_only_an_address() -> None:
    offer = odrl.write(replace(HERON, credit="", acquire_url="", usage_info_url=""))
    assert offer["assigner"] == {"uid": "https://art.example/@mira"}
    assert offer["permission"][0]["target"] == HERON.policy_url


@pytest.mark.parametrize(
    ("document", "reserved"),
    [
        ({"permission": {"action": "tdm:mine"}}, False),
        ({"permission": [{"action": ["http://www.w3.org/ns/tdmrep#mine"]}]}, False),
        ({"permission": [{"action": "tdm:mine"}, {"action": "tdm:mine", "duty": []}]}, True),
        ({"prohibition": [{"action": "tdm:mine"}]}, True),
        ({"permission": [{"action": "display"}]}, None),
        ({"permission": [{"action": {"rdf:value": "tdm:mine"}}]}, None),
        ({"permission": "tdm:mine"}, None),
        ([], None),
        ("", None),
    ],
)
def test_reading(document: object, reserved: bool | None) -> None:
    assert odrl.read(document).reserved is reserved


def test_reading_names_policy_and_assigner() -> None:
    assert odrl.read(odrl.write(HERON)).terms == {"tdmPolicy": HERON.policy_url, "assigner": HERON.holder_url}
