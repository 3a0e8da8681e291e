"""How long a peer asks us to wait."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fediart.remote import retry_after

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "120"}, 120.0),
        ({"retry-after": " 0 "}, 0.0),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after": "Sun, 01 Mar 2026 12:05:00 GMT"}, 300.0),
        ({"retry-after": "Sun, 01 Mar 2026 11:00:00 GMT"}, 0.0),
        ({"retry-after": "Sun, 01 Mar 2026 12:05:00"}, 300.0),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": ""}, None),
        ({"retry-after": "9" * 40}, None),
        ({"x-ratelimit-reset": "2026-03-01T12:10:00.000000Z"}, 600.0),
        ({"x-ratelimit-reset": "2026-03-01T12:10:00"}, 600.0),
        ({"x-ratelimit-reset": "whenever"}, None),
        ({"retry-after": "7", "x-ratelimit-reset": "2026-03-01T12:10:00Z"}, 7.0),
    ],
)
def test_seconds_and_dates(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after.read_retry_after(headers, NOW) == seconds


@given(st.sampled_from(["retry-after", "x-ratelimit-reset"]), st.text())
def test_any_value_is_a_wait_or_nothing(name: str, value: str) -> None:
    seconds = retry_after.read_retry_after({name: value}, NOW)
    assert seconds is None or seconds >= 0
