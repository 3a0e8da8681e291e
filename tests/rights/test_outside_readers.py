"""What readers that are not ours make of what we write, for each policy."""

from __future__ import annotations

import http_sf
import pytest
from datadiligence.rules import TDMRepHeader, XRobotsTagHeader

from fediart.rights import http_headers, table
from fediart.rights.reservation import Policy
from tests.rights.reservations import with_policy

POLICIES = pytest.mark.parametrize("policy", list(Policy))


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
