from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fediart.activitypub.errors import ProtocolError
from fediart.web.pages import follow
from tests.web.conftest import House

SERVERS = {
    "@kim@mastodon.example": "mastodon.example",
    "kim@Mastodon.Example": "mastodon.example",
    "mastodon.example": "mastodon.example",
    "https://mastodon.example/@kim": "mastodon.example",
    " mastodon.example/ ": "mastodon.example",
    "@kim@bücher.example": "xn--bcher-kva.example",
    "@kim@social.example:8443": "social.example:8443",
}
MISTAKES = ("", "nonsense", "@kim@", "javascript://x", '"><script>x</script>', "@mira@art.example")


async def test_a_visitor_is_sent_to_their_own_server(house: House) -> None:
    for text, host in SERVERS.items():
        page = await house.get("/@mira/follow", method="POST", form={"handle": text})
        assert page.status == 303, text
        assert page.headers["Location"] == (
            f"https://{host}/authorize_interaction?uri=https%3A%2F%2Fart.example%2Fusers%2Fmira"
        )
        assert page.headers["Cache-Control"] == "no-store"


async def test_a_mistake_is_explained_beside_the_field(house: House) -> None:
    for text in MISTAKES:
        page = await house.get("/@mira/follow", method="POST", form={"handle": text})
        assert page.status == 422, text
        field = page.one("//input[@name='handle']")
        assert field.get("aria-invalid") == "true"
        assert field.get("value") == text
        assert page.one(f"//*[@id='{field.get('aria-describedby')}']").text_content()
        assert page.one("//details[@id='follow']").get("open") is not None
        assert not page.find("//script")


async def test_the_form_is_small(house: House) -> None:
    page = await house.get("/@mira/follow", method="POST", form={"handle": "x" * 5000})
    assert page.status == 413


async def test_looking_at_the_forms_address_leads_to_the_gallery(house: House) -> None:
    page = await house.get("/@mira/follow")
    assert (page.status, page.headers["Location"]) == (303, "https://art.example/@mira#follow")
    page = await house.get("/@nobody/follow", method="POST", form={"handle": "@kim@mastodon.example"})
    assert page.status == 404


@given(st.text(max_size=300))
def test_any_text_gives_a_host_or_a_refusal(text: str) -> None:
    try:
        host = follow.read_server(text)
    except ProtocolError:
        return
    assert host == host.lower()
    assert host.isascii()
    assert not set(host) & set(" /?#@\\<>\"'")
