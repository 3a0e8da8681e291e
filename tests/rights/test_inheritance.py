from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fediart.rights import inheritance, mandate, note_terms
from fediart.rights.finding import Finding
from fediart.rights.reservation import Policy

from .reservations import with_policy

_policies = st.sampled_from(Policy)
_maybe = st.none() | _policies


@given(_policies, _maybe, _maybe, st.lists(_policies, max_size=4))
def test_nothing_found_is_ever_weakened_silently(
    instance: Policy, artist: Policy | None, work: Policy | None, found: list[Policy]
) -> None:
    result = inheritance.resolve(instance=instance, artist=artist, work=work, found=found)
    for source in [*found, work or artist or instance]:
        assert inheritance.is_as_strict(result.policy, source)
    if result.conflict:
        assert work is result.conflict.chosen
        assert not inheritance.is_as_strict(work, result.conflict.found)
        answered = inheritance.resolve(instance=instance, artist=artist, work=work, found=found, confirmed=True)
        assert answered == inheritance.Resolution(work)
    elif work and found:
        assert all(inheritance.is_as_strict(work, each) for each in found)


@pytest.mark.parametrize(
    ("artist", "work", "expected"),
    [
        (None, None, Policy.NO_AI),
        (Policy.ALLOW, None, Policy.ALLOW),
        (Policy.STRICT, Policy.ALLOW, Policy.ALLOW),
        (Policy.ALLOW, Policy.STRICT, Policy.STRICT),
    ],
)
def test_the_nearer_choice_replaces_the_farther(artist: Policy | None, work: Policy | None, expected: Policy) -> None:
    assert inheritance.resolve(instance=Policy.NO_AI, artist=artist, work=work) == inheritance.Resolution(expected)


def test_a_file_that_reserves_more_than_was_chosen_is_asked_about() -> None:
    result = inheritance.resolve(instance=Policy.NO_AI, work=Policy.ALLOW, found=[Policy.STRICT])
    assert result == inheritance.Resolution(Policy.STRICT, inheritance.Conflict(Policy.ALLOW, Policy.STRICT))
    assert inheritance.resolve(instance=Policy.NO_AI, found=[Policy.ALLOW]) == inheritance.Resolution(Policy.NO_AI)


@given(_policies, _policies, _policies)
def test_combining_has_no_order_and_no_favourite(a: Policy, b: Policy, c: Policy) -> None:
    both = inheritance.combine(a, b)
    assert both is inheritance.combine(b, a)
    assert inheritance.combine(a, a) is a
    assert inheritance.combine(both, c) is inheritance.combine(a, inheritance.combine(b, c))
    assert inheritance.is_as_strict(both, a)
    assert inheritance.is_as_strict(both, b)


def test_different_permissions_leave_what_both_permit() -> None:
    assert inheritance.combine(Policy.NO_GENAI, Policy.RESEARCH_ONLY) is Policy.NO_AI
    assert inheritance.combine(Policy.CUSTOM, Policy.ALLOW) is Policy.CUSTOM
    assert inheritance.strictest([]) is None


def test_the_ranking_never_contradicts_the_comparison() -> None:
    assert set(inheritance.STRICTEST_FIRST) == set(Policy) == set(inheritance.PERMITS)
    for number, policy in enumerate(inheritance.STRICTEST_FIRST):
        for weaker in inheritance.STRICTEST_FIRST[number + 1 :]:
            assert not inheritance.is_as_strict(weaker, policy)


@pytest.mark.parametrize("policy", list(Policy))
def test_what_a_picture_states_amounts_to_the_policy_that_wrote_it(policy: Policy) -> None:
    r = with_policy(policy)
    stated = note_terms.write_note(r) | note_terms.write_attachment(r, digest_multibase="zQm", size_bytes=1)
    assert inheritance.policy_of(note_terms.read(stated)) is policy


def test_an_opt_out_without_detail_is_the_default() -> None:
    assert inheritance.policy_of(note_terms.read({"xRobotsTag": "noai"})) is Policy.NO_AI
    assert inheritance.policy_of(Finding()) is None


def test_a_mandate_is_never_reworded() -> None:
    assert [each.version for each in mandate.TEXTS] == list(range(1, len(mandate.TEXTS) + 1))
    assert mandate.find(1) == mandate.TEXTS[0]
    assert mandate.find(99) is None
    assert mandate.CURRENT.sha256 == hashlib.sha256(mandate.CURRENT.text.encode()).hexdigest()
    # The first version, as artists agreed to it. A new wording is a new version.
    assert mandate.TEXTS[0].sha256 == "d38368fb0c2d4dce3f6ec6c5f60fee7cd1376aefbd3abe7a11be56c9262cdfcf"
