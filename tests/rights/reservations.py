"""Reservations for the tests of this folder: one plain one, and a strategy for all kinds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import strategies as st

from fediart.rights.reservation import Policy, Reservation

HERON = Reservation(
    policy=Policy.NO_AI,
    license="https://art.example/licences/all-rights-reserved",
    credit="Mira Okafor",
    copyright_notice="© 2026 Mira Okafor",
    source_type="http://cv.iptc.org/newscodes/digitalsourcetype/digitalCreation",
    holder_url="https://art.example/@mira",
    policy_url="https://art.example/w/0192/policy?v=3",
    usage_info_url="https://art.example/w/0192/rights",
    acquire_url="https://art.example/@mira/contact",
    version=3,
    declared_at=datetime(2026, 11, 24, 10, 0, tzinfo=UTC),
    copyright_holder="Mira Okafor",
    declared_by="mira@art.example",
    rsl_url="https://art.example/w/0192/license.xml",
)


def with_policy(policy: Policy) -> Reservation:
    return replace(HERON, policy=policy)


_path = st.text(st.sampled_from("abcXYZ09-._~/é絵:,;='()%&?#"), max_size=30)
_address = st.builds("https://{}.example/{}".format, st.sampled_from(["art", "www.art", "ärt"]), _path)
_maybe_address = st.one_of(st.just(""), _address)
_words = st.text(max_size=40)

reservations = st.builds(
    Reservation,
    policy=st.sampled_from(Policy),
    license=_maybe_address,
    credit=_words,
    copyright_notice=_words,
    source_type=st.one_of(st.none(), _address),
    holder_url=_address,
    policy_url=_address,
    usage_info_url=_maybe_address,
    acquire_url=_maybe_address,
    version=st.integers(1, 10_000),
    declared_at=st.datetimes(
        min_value=datetime(2024, 1, 1),
        max_value=datetime(2050, 1, 1),
        timezones=st.sampled_from([UTC, timezone(timedelta(hours=-7))]),
    ),
    constraints=_words,
    copyright_holder=_words,
    notice=_words,
    declared_by=_words,
    rsl_url=_maybe_address,
)
