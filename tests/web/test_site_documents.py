"""The files in which crawlers look, read by parsers that are not ours."""

from __future__ import annotations

from urllib.robotparser import RobotFileParser

import orjson
import pytest
from lxml import etree
from protego import Protego

from fediart.activitypub.addressing import Visibility
from fediart.rights import rsl, tdmrep
from fediart.rights.reservation import Policy
from tests.web.conftest import House, jpeg

RSL = {"r": rsl.NAMESPACE}


async def test_robots_txt_refuses_by_name_and_welcomes_the_others(house: House) -> None:
    page = await house.get("/robots.txt")
    assert page.status == 200
    assert page.headers["Content-Type"] == "text/plain; charset=utf-8"
    base = house.urls.base
    assert f"License: {base}/license.xml" in page.text.splitlines()
    assert "Directive (EU) 2019/790" in page.text
    ours, theirs = RobotFileParser(), Protego.parse(page.text)
    ours.parse(page.text.splitlines())
    for agent in ("GPTBot", "CCBot", "img2dataset", "Google-Extended", "Bytespider"):
        assert not ours.can_fetch(agent, f"{base}/@mira")
        assert not theirs.can_fetch(f"{base}/@mira", agent)
    for agent in ("Mastodon", "Googlebot", "GoToSocial", "Pixelfed", "curl"):
        for path in ("/@mira", "/media/a", "/nodeinfo/2.1", "/users/mira"):
            assert ours.can_fetch(agent, base + path)
            assert theirs.can_fetch(base + path, agent)


@pytest.mark.parametrize(
    ("path", "content_type", "says"),
    [
        ("/ai.txt", "text/plain; charset=utf-8", b"Disallow: /"),
        ("/trust.txt", "text/plain; charset=utf-8", b"datatrainingallowed=no"),
        ("/.well-known/trust.txt", "text/plain; charset=utf-8", b"datatrainingallowed=no"),
        ("/.well-known/gpc.json", "application/json", b'"gpc":true'),
    ],
)
async def test_the_small_ones(house: House, path: str, content_type: str, says: bytes) -> None:
    page = await house.get(path)
    assert (page.status, page.headers["Content-Type"]) == (200, content_type)
    assert says in page.body
    assert page.headers["tdm-reservation"] == "1"
    again = await house.get(path, headers={"If-None-Match": page.headers["ETag"]})
    assert again.status == 304


async def test_a_work_that_permits_less_is_named_in_robots_txt(house: House) -> None:
    await house.publish(title="As usual")
    await house.publish(title="Open", policy=Policy.ALLOW)
    strict = await house.publish(title="Closed", policy=Policy.STRICT)
    hidden = await house.publish(title="Unlisted", policy=Policy.STRICT, visibility=Visibility.UNLISTED)
    text = (await house.get("/robots.txt")).text
    named = [line for line in text.splitlines() if line.startswith("Content-Usage: /")]
    paths = sorted((address or "").removeprefix(house.urls.base) for address in (strict.uri, strict.url))
    assert named == [f"Content-Usage: {path} train-ai=n, ai-use=n, search=n" for path in paths]
    assert str(hidden.id) not in text
    robots_file = RobotFileParser()
    robots_file.parse(text.splitlines())
    assert robots_file.can_fetch("Googlebot", strict.url or "")


async def test_an_artist_who_permits_is_named_in_tdmrep(house: House) -> None:
    await house.artist("open", policy=Policy.ALLOW)
    document = orjson.loads((await house.get("/.well-known/tdmrep.json")).body)
    page = await house.get("/@open")
    assert page.headers["tdm-reservation"] == "0"
    for path, expected in (("/@open", False), ("/users/open", False), ("/@opening", True), ("/@mira", True)):
        assert tdmrep.read(document, path).reserved is expected


async def test_the_licence_of_the_site_an_artist_and_a_work(house: House) -> None:
    note = await house.publish()
    permitted = await house.publish(policy=Policy.ALLOW)
    for path, expected in (
        ("/license.xml", "ai-all"),
        ("/users/mira/license.xml", "ai-all"),
        (f"/objects/{note.id}/license.xml", "ai-all"),
    ):
        page = await house.get(path)
        assert (page.status, page.headers["Content-Type"]) == (200, "application/rsl+xml")
        tree = etree.fromstring(page.body)
        assert {each.text for each in tree.iterfind(".//r:prohibits", RSL)} == {expected}
        assert rsl.read(page.body).reserved is True
    named = etree.fromstring(page.body).xpath("//r:content/@url", namespaces=RSL)
    assert named == [note.uri, note.url, *(each.url for each in await house.attachments(note))]
    open_ = await house.get(f"/objects/{permitted.id}/license.xml")
    assert rsl.read(open_.body).reserved is False
    assert (await house.get("/objects/1/license.xml")).status == 404


async def test_a_withdrawn_work_keeps_its_terms_and_names_no_file(house: House) -> None:
    note = await house.publish()
    files = [each.url for each in await house.attachments(note)]
    await house.withdraw(note)
    page = await house.get(f"/objects/{note.id}/license.xml")
    assert page.status == 200
    assert rsl.read(page.body).reserved is True
    assert not any(url in page.text for url in files)


async def test_tdmrep_reserves_everything_but_what_is_permitted(house: House) -> None:
    reserved = await house.publish(images=[house.image(data=jpeg(colour=(20, 160, 90)))])
    permitted = await house.publish(policy=Policy.ALLOW, images=[house.image(data=jpeg(colour=(220, 10, 200)))])
    same = jpeg(colour=(1, 2, 3))
    shared = await house.publish(images=[house.image(data=same)])
    await house.publish(policy=Policy.ALLOW, images=[house.image(data=same)])
    page = await house.get("/.well-known/tdmrep.json")
    assert page.headers["Content-Type"] == "application/json"
    document = orjson.loads(page.body)
    assert isinstance(document, list)
    assert {type(rule["tdm-reservation"]) for rule in document} == {int}

    def verdict(url: str | None) -> bool | None:
        assert url
        return tdmrep.read(document, url.removeprefix(house.urls.base)).reserved

    for path in ("/", "/@mira", "/nowhere"):
        assert tdmrep.read(document, path).reserved is True
    for url in (reserved.uri, reserved.url, *(each.url for each in await house.attachments(reserved))):
        assert verdict(url) is True
    for url in (permitted.uri, permitted.url, *(each.url for each in await house.attachments(permitted))):
        assert verdict(url) is False
        assert verdict(f"{url}0") is True
    assert [verdict(each.url) for each in await house.attachments(shared)] == [True]
