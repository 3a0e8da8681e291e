from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fediart.activitypub import timestamps

NOON = datetime(2026, 9, 30, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-09-30T12:00:00Z", NOON),
        ("2026-09-30t12:00:00z", NOON),
        (" 2026-09-30 12:00:00Z ", NOON),
        ("2026-09-30T14:00:00+02:00", NOON),
        ("2026-09-30T14:00:00+0200", NOON),
        ("2026-09-30T05:00:00-07", NOON),
        ("2026-09-30T12:00Z", NOON),
        ("2026-09-30T12:00:00", NOON),
        ("2026-09-30T12:00:00.250Z", NOON.replace(microsecond=250_000)),
        ("2026-09-30T12:00:00.123456789Z", NOON.replace(microsecond=123_456)),
        ("2026-09-30", NOON.replace(hour=0)),
        ("2016-12-31T23:59:60Z", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("1889-06-01T00:00:00Z", datetime(1889, 6, 1, tzinfo=UTC)),
        ("2099-01-01T00:00:00Z", datetime(2099, 1, 1, tzinfo=UTC)),
    ],
)
def test_reads_what_peers_call_a_date(text: str, expected: datetime) -> None:
    assert timestamps.read_timestamp(text) == expected


@pytest.mark.parametrize(
    "value",
    [
        "yesterday",
        "",
        "0000-00-00",
        "0000-01-01T00:00:00Z",
        "2026-02-30T12:00:00Z",
        "2026-01-01T25:00:00Z",
        "2026-01-01T12:00:61Z",
        "2026-01-01T12:00:00+99:00",
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59-23:59",
        "10000-01-01T00:00:00Z",
        "٢٠٢٦-٠١-٠١",
        "2026-09-30T12:00:00Z" + " " * 100,
        1_700_000_000,
        None,
        True,
        ["2026-09-30T12:00:00Z"],
        {"@value": "2026-09-30T12:00:00Z"},
    ],
)
def test_nonsense_is_no_moment(value: object) -> None:
    assert timestamps.read_timestamp(value) is None


def test_writes_utc_with_z_whatever_the_zone() -> None:
    tokyo = timezone(timedelta(hours=9))
    assert timestamps.write_timestamp(datetime(2026, 9, 30, 21, 0, 0, 999, tzinfo=tokyo)) == "2026-09-30T12:00:00Z"
    assert timestamps.write_timestamp(datetime(987, 1, 2, tzinfo=UTC)) == "0987-01-02T00:00:00Z"


def test_a_time_without_zone_is_never_written() -> None:
    with pytest.raises(ValueError, match="zone"):
        timestamps.write_timestamp(datetime(2026, 9, 30))


@given(
    st.datetimes(min_value=datetime(1, 1, 3), max_value=datetime(9999, 12, 29), timezones=st.timezones() | st.just(UTC))
)
def test_what_is_written_is_read_back(at: datetime) -> None:
    assert timestamps.read_timestamp(timestamps.write_timestamp(at)) == at.astimezone(UTC).replace(microsecond=0)


@given(st.text(alphabet="0123456789-:TZz+. ", max_size=40) | st.text(max_size=40))
def test_any_text_is_an_aware_moment_or_none(text: str) -> None:
    at = timestamps.read_timestamp(text)
    assert at is None or at.tzinfo is UTC


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (datetime(2099, 1, 1, tzinfo=UTC), NOON),
        (datetime(1889, 6, 1, tzinfo=UTC), NOON),
        (None, NOON),
        (NOON - timedelta(days=1), NOON - timedelta(days=1)),
        (datetime(1970, 1, 1, tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC)),
    ],
)
def test_sorting_trusts_no_date_of_the_future_or_before_1970(at: datetime | None, expected: datetime) -> None:
    assert timestamps.plausible(at, NOON) == expected
