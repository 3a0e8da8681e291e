from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fediart.activitypub import negotiation
from fediart.activitypub.negotiation import Form

PROFILE = 'profile="https://www.w3.org/ns/activitystreams"'


@pytest.mark.parametrize(
    "accept",
    [
        "application/activity+json",
        f"application/ld+json; {PROFILE}",
        "application/activity+json, text/html;q=0.1",
        "text/html;q=0.1, application/activity+json",
        "application/activity+json, application/ld+json",
        f"application/ld+json; {PROFILE}, application/activity+json, text/html;q=0.1",
        f"application/ld+json;{PROFILE};q=0.9, text/html;q=0.8",
        "Application/Activity+JSON;Q=1",
        "application/json",
        "application/json, text/plain, */*",
        "application/*",
        "application/activity+json, */*",
        "application/activity+json;q=0.5, */*;q=0.1",
        "text/html;q=0, */*",
        "text/*;q=0.1, */*;q=0.9",
        "application/activity+json, text/html",
        "image/png, application/activity+json",
        "application/activity+json;q=nonsense",
        ',,application/activity+json;x="a,b"',
    ],
)
def test_asks_for_the_document(accept: str) -> None:
    assert negotiation.preferred(accept, default=Form.HTML) is Form.ACTIVITY


@pytest.mark.parametrize(
    "accept",
    [
        "text/html",
        "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
        "*/*",
        "text/*",
        "application/xhtml+xml",
        "text/html, application/activity+json;q=0.9",
        "text/html, application/activity+json",
        "application/activity+json;q=0, */*",
        "application/activity+json;q=0, text/html;q=0.1",
        "application/activity+json;q=.5, text/html;q=0.7",
        "application/json, text/html",
        "application/activity+json;q=0.5, */*",
        "TEXT/HTML;level=1",
    ],
)
def test_asks_for_the_page(accept: str) -> None:
    assert negotiation.preferred(accept, default=Form.ACTIVITY) is Form.HTML


@pytest.mark.parametrize(
    "accept",
    [
        None,
        "",
        "image/png",
        "application/activity+json;q=0",
        "text/html;q=0, application/activity+json;q=0.0",
        'application/ld+json; profile="http://iiif.io/api/presentation/3/context.json"',
        '"application/activity+json"',
        "*/*;q=0",
        "text/html;q=0",
    ],
)
@pytest.mark.parametrize("default", list(Form))
def test_the_default_answers_when_nothing_fits(accept: str | None, default: Form) -> None:
    assert negotiation.preferred(accept, default=default) is default


def test_a_header_without_end_is_cut() -> None:
    assert negotiation.preferred("image/png," * 100_000 + "text/html", default=Form.ACTIVITY) is Form.ACTIVITY


@given(st.text(alphabet='aq01=.;,"\\/* +', max_size=200) | st.text(max_size=100))
def test_any_text_is_answered(accept: str) -> None:
    assert negotiation.preferred(accept, default=Form.HTML) in Form
    name, parameters = negotiation.read_media_type(accept)
    assert name == name.strip().lower()
    assert all(key == key.lower() for key in parameters)


@given(
    st.floats(0, 1, allow_nan=False).map(lambda q: round(q, 3)),
    st.floats(0, 1, allow_nan=False).map(lambda q: round(q, 3)),
)
def test_the_higher_quality_wins_in_either_order(activity: float, html: float) -> None:
    entries = [f"application/activity+json;q={activity:.3f}", f"text/html;q={html:.3f}"]
    answers = {negotiation.preferred(",".join(order), default=Form.HTML) for order in (entries, entries[::-1])}
    if activity != html:
        assert answers == {Form.ACTIVITY if activity > html else Form.HTML}
    elif activity > 0:
        assert answers == set(Form)
    else:
        assert answers == {Form.HTML}
