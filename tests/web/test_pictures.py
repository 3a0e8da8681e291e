from __future__ import annotations

import blurhash
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fediart.web import pictures
from fediart.web.site import LARGEST_ID, read_id


@given(st.tuples(*[st.integers(0, 255)] * 3))
def test_the_mean_colour_of_one_colour_is_that_colour(colour: tuple[int, int, int]) -> None:
    text = blurhash.encode([[list(colour)] * 8] * 8, components_x=4, components_y=3)
    found = pictures.mean_colour(text)
    assert found is not None
    read = [int(found[start : start + 2], 16) for start in (1, 3, 5)]
    assert all(abs(a - b) <= 1 for a, b in zip(read, colour, strict=True))


@given(st.text(max_size=40))
def test_any_text_as_blurhash_gives_a_colour_or_nothing(text: str) -> None:
    found = pictures.mean_colour(text)
    assert found is None or (len(found) == 7 and int(found[1:], 16) >= 0)


@given(st.integers(1, LARGEST_ID))
def test_an_id_has_one_spelling(number: int) -> None:
    assert read_id(str(number)) == number
    assert read_id(f"0{number}") is None


@pytest.mark.parametrize("text", ["", None, "0", "-1", "1e3", "٣", "1 ", str(2**63), "9" * 400, "x"])
def test_what_is_no_id(text: str | None) -> None:
    assert read_id(text) is None
