from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fediart.rights import content_usage, table


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("train-ai=n, search=y", {"train-ai": False, "search": True}),
        ("train-ai=n,search=y", {"train-ai": False, "search": True}),
        ("  train-ai=n \t, search=y  ", {"train-ai": False, "search": True}),
        ("train-ai=n;exceptions=cc-cr;x, search=y", {"train-ai": False, "search": True}),
        ('train-ai=n, note="a, b=n \\" c", search=y', {"train-ai": False, "search": True}),
        ("train-ai=n, list=(a b;c=1 2.5);z, when=@1767225600, bytes=:aGk=:", {"train-ai": False}),
        ("train-ai=y, train-ai=n", {"train-ai": False}),
        ("train-ai=n, train-ai=?0", {}),
        ("train-ai=?0", {}),
        ('train-ai="n"', {}),
        ("train-ai=N", {}),
        ("train-ai=no", {}),
        ("train-ai=(n)", {}),
        ("train-ai", {}),
        ("", {}),
        ("Train-AI=n", {}),
        ("train-ai=n,", {}),
        ("train-ai=n, ,search=y", {}),
        ("train-ai=n search=y", {}),
        ("train-ai = n", {}),
        ("train-ai=n, x=(", {}),
        ('train-ai=n, x="open', {}),
        ("train-ai=n, x=ü", {}),
        ("train-ai=n, search=y\x00", {}),
    ],
)
def test_preferences(text: str, found: dict[str, bool]) -> None:
    assert content_usage.read_preferences(text) == found


@pytest.mark.parametrize("row", table.TABLE.values())
def test_our_own_values_are_plain_tokens(row: table.Row) -> None:
    assert len(content_usage.read_preferences(row.content_usage)) == row.content_usage.count(",") + 1


@given(st.text(st.sampled_from('tr=yn,; \t()"\\:?@%-.019*aZ'), max_size=60))
def test_any_text_is_read_without_an_error(text: str) -> None:
    assert set(content_usage.read_preferences(text).values()) <= {True, False}


_key = st.from_regex(r"[a-z*][a-z0-9_.*-]{0,8}", fullmatch=True)


@given(st.dictionaries(_key, st.booleans(), max_size=6), st.sampled_from([",", ", ", " , ", ",\t"]))
def test_what_is_written_is_read(preferences: dict[str, bool], comma: str) -> None:
    text = comma.join(f"{key}={'y' if granted else 'n'}" for key, granted in preferences.items())
    assert content_usage.read_preferences(text) == preferences


def test_hostile_nesting_is_answered() -> None:
    assert content_usage.read_preferences("a=(" * 340) == {}
    assert content_usage.read_preferences("a;" * 500) == {}
    assert content_usage.read_preferences("a=n" + ", a=n" * 100_000) == {}
