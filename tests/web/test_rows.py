from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fediart.web import rows

RATIOS = st.lists(st.floats(0.45, 3.6), max_size=60)


def grouped(ratios: list[float], fill: float) -> list[list[tuple[float, rows.Place]]]:
    places = rows.arrange(ratios, fill=fill)
    found = []
    start = 0
    while start < len(places):
        end = start + places[start].gaps + 1
        found.append(list(zip(ratios[start:end], places[start:end], strict=True)))
        start = end
    return found


@given(RATIOS, st.sampled_from([2.5, 2.9, 3.9]))
def test_pictures_of_a_row_share_its_width_in_proportion(ratios: list[float], fill: float) -> None:
    walls = grouped(ratios, fill)
    assert sum(len(row) for row in walls) == len(ratios)
    for number, row in enumerate(walls):
        assert {place.gaps for _, place in row} == {len(row) - 1}
        share = sum(place.share for _, place in row)
        assert share <= 1 + 1e-9
        if number < len(walls) - 1:
            assert abs(share - 1) < 1e-9
        heights = [place.share / ratio for ratio, place in row]
        assert max(heights) - min(heights) < 1e-9


def test_a_wide_picture_does_not_leave_the_one_before_it_alone() -> None:
    walls = grouped([1.0, 1.6, 0.75, 1.0, 3.0, 0.67], 3.9)
    assert [len(row) for row in walls] == [4, 2]


def test_a_short_last_row_keeps_the_height_of_the_others() -> None:
    [row] = grouped([1.0], 3.9)
    assert abs(row[0][1].share - 1 / 3.9) < 1e-9


def test_an_empty_wall_has_no_places() -> None:
    assert rows.arrange([], fill=3.9) == []
