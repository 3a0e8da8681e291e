from __future__ import annotations

import orjson
import pytest

from fediart import clock
from fediart.db import queries
from fediart.rights import http_headers, odrl
from fediart.rights.reservation import Policy
from fediart.studio import artworks
from fediart.web import terms
from tests.web.conftest import House, MakeHouse


@pytest.mark.parametrize("policy", list(Policy))
async def test_words_and_data_of_a_policy_agree(house: House, policy: Policy) -> None:
    note = await house.publish(title="Dusk", policy=policy)
    page = await house.get(f"/objects/{note.id}/rights")
    assert page.status == 200
    assert page.one("//h1").text_content() == terms.WORDS[policy].label
    first = "(//dl[@class='signals'])[1]"
    shown = {
        dt.text_content(): dd.text_content()
        for dt, dd in zip(page.find(f"{first}//dt"), page.find(f"{first}//dd"), strict=True)
    }
    assert {"tdm-reservation", "Content-Usage", "Link"} <= set(shown)
    for name, value in shown.items():
        assert value in page.headers.getlist(name)
    document = await house.get(f"/objects/{note.id}/policy.jsonld")
    assert document.headers["Content-Type"] == "application/ld+json"
    assert document.headers["Access-Control-Allow-Origin"] == "*"
    expected = policy is not Policy.ALLOW
    assert odrl.read(orjson.loads(document.body)).reserved is expected
    assert http_headers.read(page.headers.items()).reserved is expected


async def test_the_page_shows_what_the_signed_note_states(house: House) -> None:
    note = await house.publish(images=[house.image(), house.image()])
    page = await house.get(f"/objects/{note.id}/rights")
    stored = orjson.loads(note.document)
    for name in ("tdmPolicy", "contentUsage", "xRobotsTag", "license", "usageInfo"):
        assert stored[name] in page.words
    for attachment in stored["attachment"]:
        assert attachment["digestMultibase"] in page.words
        assert attachment["dataMining"] in page.words


async def test_a_policy_outlives_its_work(house: House) -> None:
    note = await house.publish(title="Regretted")
    before = orjson.loads((await house.get(f"/objects/{note.id}/policy.jsonld")).body)
    await house.withdraw(note)
    after = await house.get(f"/objects/{note.id}/policy.jsonld")
    assert after.status == 200
    assert orjson.loads(after.body)["assigner"] == before["assigner"]
    page = await house.get(f"/objects/{note.id}/rights")
    assert page.status == 200
    assert "Regretted" not in page.text


async def test_a_change_of_policy_shows_at_once(house: House) -> None:
    note = await house.publish()
    async with house.services.database.write() as tx:
        await artworks.edit(
            tx,
            house.services.speaker,
            note.id,
            artworks.Changes(policy=Policy.ALLOW),
            limits=house.services.settings.media,
            now=clock.now(),
        )
    page = await house.get(f"/@mira/{note.id}")
    assert page.headers["tdm-reservation"] == "0"
    assert terms.WORDS[Policy.ALLOW].label in page.words


async def test_artist_and_server_have_policies_too(make_house: MakeHouse) -> None:
    house = await make_house(rights__policy="strict", instance__contact_email="rights@art.example")
    await house.artist("mira", policy=Policy.RESEARCH_ONLY)
    artist = orjson.loads((await house.get("/users/mira/policy.jsonld")).body)
    assert artist["assigner"]["uid"] == "https://art.example/@mira"
    assert len(artist["permission"]) == 2
    page = await house.get("/rights")
    assert page.one("//h1").text_content() == terms.WORDS[Policy.STRICT].label
    assert page.find("//a[@href='mailto:rights@art.example']")
    server = await house.get(page.headers["tdm-policy"].removeprefix("https://art.example"))
    assert orjson.loads(server.body)["uid"] == page.headers["tdm-policy"]
    assert (await house.get("/@mira")).headers["tdm-policy"] == artist["uid"]


async def test_unknown_numbers_and_names(house: House) -> None:
    async with house.services.database.read() as tx:
        actor, _ = await queries.actors.require_artist(tx, "mira")
    for path in (
        "/objects/1/rights",
        "/objects/x/rights",
        f"/objects/{2**64}/policy.jsonld",
        f"/objects/{actor.id}/policy.jsonld",
        "/users/nobody/policy.jsonld",
        "/licences/none",
    ):
        assert (await house.get(path)).status == 404, path


@pytest.mark.parametrize("name", ["all-rights-reserved", "all-rights-reserved-no-ai"])
async def test_licences_are_texts(house: House, name: str) -> None:
    page = await house.get(f"/licences/{name}")
    assert page.status == 200
    assert page.one("//h1").text_content().startswith("All rights reserved")
    assert ("2019/790" in page.words) is name.endswith("no-ai")


async def test_a_policy_that_did_not_change_is_not_sent_again(house: House) -> None:
    page = await house.get("/users/mira/policy.jsonld")
    again = await house.get("/users/mira/policy.jsonld", headers={"If-None-Match": page.headers["ETag"]})
    assert again.status == 304
