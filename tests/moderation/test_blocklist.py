"""Block lists: each line of any file is a rule or refused with its reason; what is written is read again."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fediart import errors
from fediart.db import tables
from fediart.moderation import blocklist, domains

OWN = "art.example:8443"
LABEL = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True).filter(lambda label: label[2:4] != "--")


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_file_is_read_or_refused_in_words(raw: bytes) -> None:
    with suppress(errors.InputError):
        found = blocklist.read(raw, own_host=OWN)
        assert all(rule.severity in domains.SEVERITIES and "." in rule.domain for rule in found.rules)
        assert all(refused.line >= 1 and refused.reason for refused in found.refused)


@given(
    st.dictionaries(
        st.builds("{}.{}.test".format, LABEL, LABEL),
        st.tuples(st.sampled_from(domains.SEVERITIES), st.text(st.characters(exclude_categories=["C", "Z"]))),
        max_size=5,
    )
)
def test_what_is_written_is_read_again(rules: dict[str, tuple[str, str]]) -> None:
    rows = [
        tables.DomainBlock(domain=domain, severity=severity, reason=reason, created_at=datetime(2026, 1, 1, tzinfo=UTC))
        for domain, (severity, reason) in rules.items()
    ]
    found = blocklist.read(blocklist.write(rows).encode(), own_host=OWN)
    assert {rule.domain: (rule.severity, rule.reason) for rule in found.rules} == rules
    assert found.refused == []


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("bad.example", "bad.example"),
        (" BAD.example. ", "bad.example"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("bad.example:3000", "bad.example:3000"),
    ],
)
def test_a_domain_has_one_form(text: str, domain: str) -> None:
    assert domains.read_domain(text, own_host=OWN) == domain


@pytest.mark.parametrize(
    "text", ["", " ", "bad", "b*d.example", "https://bad.example", "a@bad.example", "art.example", OWN, "ART.example."]
)
def test_what_is_no_domain_or_our_own_is_refused(text: str) -> None:
    with pytest.raises(errors.InputError):
        domains.read_domain(text, own_host=OWN)


def test_two_lines_for_one_domain_do_not_contradict_each_other_silently() -> None:
    found = blocklist.read(b"bad.example,silence\nbad.example,suspend\nbad.example,silence\n", own_host=OWN)
    assert [(rule.domain, rule.severity) for rule in found.rules] == [("bad.example", "silence")]
    assert [refused.line for refused in found.refused] == [2]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a.example\nb.example\n", {"a.example": "suspend", "b.example": "suspend"}),
        ("# my list\na.example\n\n", {"a.example": "suspend"}),
        ("domain,severity\nbücher.example,limit\n", {"xn--bcher-kva.example": "silence"}),
        ("#public_comment,#domain\n,a.example\n", {"a.example": "suspend"}),
        ("", {}),
    ],
)
def test_lists_of_other_shapes(text: str, expected: dict[str, str]) -> None:
    found = blocklist.read(text.encode(), own_host=OWN)
    assert {rule.domain: rule.severity for rule in found.rules} == expected
    assert found.refused == []
