"""So many times a minute for each name."""

from __future__ import annotations

import pytest

from fediart.inbox import pace


def test_each_name_has_its_own_count_which_begins_anew_each_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(pace.time, "monotonic", lambda: now)  # type: ignore[attr-defined]
    limit = pace.Pace(2)
    assert [limit.allows("a.example") for _ in range(4)] == [True, True, False, False]
    assert limit.allows("b.example")
    now += 59.9
    assert not limit.allows("a.example")
    now += 0.1
    assert [limit.allows("a.example") for _ in range(3)] == [True, True, False]
