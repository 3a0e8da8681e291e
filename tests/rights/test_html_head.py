from __future__ import annotations

import pytest

from fediart.rights import html_head
from fediart.rights.reservation import Policy

from .reservations import HERON, with_policy


def test_the_default_head_is_exactly_this() -> None:
    assert html_head.write(HERON) == [
        ("meta", {"name": "robots", "content": "noai, noimageai"}),
        ("meta", {"name": "tdm-reservation", "content": "1"}),
        ("meta", {"name": "tdm-policy", "content": "https://art.example/w/0192/policy?v=3"}),
        ("link", {"rel": "license", "href": "https://art.example/licences/all-rights-reserved"}),
        ("link", {"rel": "license", "href": "https://art.example/w/0192/license.xml", "type": "application/rsl+xml"}),
        ("link", {"rel": "license terms-of-service", "href": "https://art.example/w/0192/rights"}),
    ]


def test_strict_adds_an_element_and_allow_has_neither_opt_out_nor_policy() -> None:
    assert ("meta", {"name": "robots", "content": "noindex, noimageindex"}) in html_head.write(
        with_policy(Policy.STRICT)
    )
    assert [attributes["name"] for tag, attributes in html_head.write(with_policy(Policy.ALLOW)) if tag == "meta"] == [
        "tdm-reservation"
    ]


@pytest.mark.parametrize(
    ("element", "reserved"),
    [
        (("META", {"NAME": "Robots", "CONTENT": "NOAI"}), True),
        (("meta", {"name": "googlebot", "content": "noimageai"}), True),
        (("meta", {"name": "robots", "content": "index, follow"}), None),
        (("meta", {"name": "description", "content": "noai is a header"}), None),
        (("meta", {"content": "noai"}), None),
        (("meta", {"name": "tdm-reservation", "content": "0"}), False),
        (("meta", {"name": "tdm-reservation", "content": None}), None),
        (("link", {"rel": "license"}), None),
        (("p", {"name": "robots", "content": "noai"}), None),
    ],
)
def test_reading(element: tuple[str, dict[str, str | None]], reserved: bool | None) -> None:
    assert html_head.read([element]).reserved is reserved
