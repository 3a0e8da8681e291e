"""Every signal of every policy, read back by ourselves and, where there are any, by readers that are not ours."""

from __future__ import annotations

import http_sf
import orjson
import pytest
from datadiligence.rules import TDMRepHeader, XRobotsTagHeader
from hypothesis import given

from fediart.rights import (
    ai_txt,
    content_signal,
    content_usage,
    crawlers,
    credit_line,
    html_head,
    http_headers,
    note_terms,
    odrl,
    robots,
    rsl,
    table,
    tdmrep,
    training_mining,
    trust_txt,
)
from fediart.rights.reservation import Policy, Reservation
from tests.rights.reservations import reservations, with_policy

POLICIES = pytest.mark.parametrize("policy", list(Policy))


def verdicts(r: Reservation) -> dict[str, bool | None]:
    """What each signal is read to say of training."""
    return {
        "headers": http_headers.read(http_headers.write(r)).reserved,
        "html": html_head.read(html_head.write(r)).reserved,
        "note": note_terms.read(note_terms.write_note(r)).reserved,
        "actor": note_terms.read(note_terms.write_actor(r)).reserved,
        "odrl": odrl.read(orjson.loads(orjson.dumps(odrl.write(r)))).reserved,
        "tdmrep": tdmrep.read(tdmrep.write(r), "/any").reserved,
        "rsl": rsl.read(rsl.write(r, ["/"])).reserved,
        "robots": robots.read(robots.write(r, crawlers=crawlers.bundled())).reserved,
        "content signal": content_signal.read(table.TABLE[r.policy].content_signal).reserved,
        "content usage": content_usage.is_training_reserved(table.TABLE[r.policy].content_usage),
        "ai.txt": ai_txt.read(ai_txt.write(r)).reserved,
        "trust.txt": trust_txt.read(trust_txt.write(r)).reserved,
        "c2pa": training_mining.read(training_mining.write(r)).reserved,
        "credit line": credit_line.read(credit_line.write(r)).reserved,
    }


@given(reservations)
def test_no_two_signals_disagree(r: Reservation) -> None:
    expected = r.policy is not Policy.ALLOW
    assert {name: value for name, value in verdicts(r).items() if value is not expected} == {}


@POLICIES
def test_datadiligence_obeys_our_headers(policy: Policy) -> None:
    # It keeps one line of each name, so it is shown the first, which is the opt-out.
    headers: dict[str, str] = {}
    for name, value in http_headers.write(with_policy(policy)):
        headers.setdefault(name, value)
    assert XRobotsTagHeader().is_allowed(headers=headers) is (policy is Policy.ALLOW)
    assert TDMRepHeader().is_allowed(headers=headers) is (policy is Policy.ALLOW)


@POLICIES
def test_img2dataset_obeys_each_line(policy: Policy) -> None:
    lines = [value for name, value in http_headers.write(with_policy(policy)) if name == "X-Robots-Tag"]
    refused = {"noai", "noimageai", "noindex", "noimageindex"}

    def is_refused(line: str) -> bool:
        # As img2dataset reads it: what stands before a colon is a robot's name, and the rest is for that robot.
        agent, _, rest = line.partition(":") if ":" in line else ("", "", line)
        return not agent and any(part.strip().lower() in refused for part in rest.split(","))

    assert [is_refused(line) for line in lines] == [True] * len(lines)
    assert bool(lines) is (policy is not Policy.ALLOW)


@POLICIES
def test_content_usage_is_a_structured_field_of_tokens(policy: Policy) -> None:
    found = http_sf.parse(table.TABLE[policy].content_usage.encode(), tltype="dictionary")
    assert {str(value) for value, _ in found.values()} <= {"y", "n"}
    assert all(isinstance(value, http_sf.Token) for value, _ in found.values())
    assert (str(found["train-ai"][0]) == "n") is (policy is not Policy.ALLOW)
