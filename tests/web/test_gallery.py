from __future__ import annotations

import re
from pathlib import Path

import pytest

from fediart import clock
from fediart.activitypub.addressing import Visibility
from fediart.db import queries, tables
from fediart.studio import artists
from fediart.web import tiles
from tests.web.conftest import BROWSER, PEER, House, MakeHouse, jpeg

HOSTILE = "\"><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7*7 }}'"


async def change(house: House, note: tables.Note, **columns: object) -> None:
    async with house.services.database.write() as tx:
        _, row, _ = await queries.works.require(tx, note.id)
        for name, value in columns.items():
            setattr(row, name, value)


async def test_works_hang_newest_first_and_pinned_before(house: House) -> None:
    first = await house.publish(title="One")
    await house.publish(title="Two")
    await house.publish(title="Three")
    await change(house, first, pinned_at=clock.now())
    page = await house.get("/@mira")
    assert page.status == 200
    assert [a.text_content() for a in page.find("//figcaption/a[@class='name']")] == ["One", "Three", "Two"]
    assert page.find("//figcaption/a/@href")[0] == f"/@mira/{first.id}"
    assert "3 works" in page.words
    assert "0 followers" in page.words
    assert page.one("//h1").text_content() == "Mira Halloran"
    assert "I paint weather." in page.words


async def test_only_public_works_are_listed(house: House) -> None:
    for visibility in (Visibility.PUBLIC, Visibility.UNLISTED, Visibility.FOLLOWERS):
        await house.publish(title=f"A {visibility.value} work", tags=["sea"], visibility=visibility)
    gone = await house.publish(title="Regretted", tags=["sea"])
    await house.withdraw(gone)
    await house.artist("lena")
    for path in ("/@mira", "/", "/tags/sea"):
        page = await house.get(path)
        assert [a.text_content() for a in page.find("//figcaption/a[@class='name']")] == ["A public work"], path
    assert "1 work" in (await house.get("/@mira")).words


async def test_older_works_are_a_page_further(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiles, "PAGE", 2)
    image = house.image()
    notes = [await house.publish(title=str(number), images=[image]) for number in range(5)]
    await change(house, notes[0], pinned_at=clock.now())
    seen: list[str] = []
    path: str | None = "/@mira"
    pages = 0
    while path:
        page = await house.get(path)
        seen += [a.text_content() for a in page.find("//figcaption/a[@class='name']")]
        path = next(iter(page.find("//a[@rel='next']/@href")), None)
        pages += 1
    assert seen == ["0", "4", "3", "2", "1"]
    assert pages == 2
    page = await house.get(f"/@mira?before={notes[0].id}")
    assert "no earlier works" in page.words
    assert (await house.get("/@mira?before=99999999999999999999")).status == 200


async def test_fields_keep_their_rel_me(house: House) -> None:
    async with house.services.database.write() as tx:
        await artists.edit(
            tx,
            house.services.speaker,
            "mira",
            artists.Profile(fields=[("Website", "https://mira.example"), (HOSTILE, HOSTILE)]),
            now=clock.now(),
        )
    page = await house.get("/@mira")
    link = page.one("//dl[@class='fields']//a")
    assert "me" in link.get("rel").split()
    assert not page.find("//script")
    assert not page.find("//img[@onerror]")


async def test_a_veiled_work_shows_its_warning_and_not_itself(house: House) -> None:
    note = await house.publish(title="Fall", summary="Injury")
    page = await house.get("/@mira")
    assert "Injury" in page.words
    assert not page.find("//ul[@class='rows']//img")
    assert not page.find("//meta[@property='og:image']")
    assert page.find(f"//a[@href='/@mira/{note.id}']")


async def test_the_policy_allows_exactly_the_pages_own_style(house: House) -> None:
    await house.publish()
    page = await house.get("/@mira")
    policy = page.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; img-src 'self'; style-src 'self' 'sha256-")
    assert "unsafe" not in policy
    style = page.one("//style").text_content()
    assert re.fullmatch(r"(\.[a-z]\d+\{(--[a-z]+:(#[0-9a-f]{6}|var\(--mat\)|[\d.]+);?)+\})+", style)
    assert not page.find("//@style")
    assert not page.find("//script")
    for name in ("src", "srcset", "poster"):
        for address in page.find(f"//@{name}"):
            assert address.startswith(("/media/", "/static/", "https://art.example/media/")), address
    assert "Set-Cookie" not in page.headers


async def test_every_picture_has_alt_and_size_and_every_page_its_landmarks(house: House) -> None:
    await house.publish(images=[house.image(description=""), house.image()])
    for path in ("/", "/@mira", "/rights", "/nowhere", "/licences/all-rights-reserved"):
        page = await house.get(path)
        assert page.one("/html").get("lang") == "en"
        page.one("//main[@id='main']")
        page.one("//footer")
        page.one("//h1")
        assert page.find("//a[@class='skip']/@href") == ["#main"]
        for image in page.find("//main//img"):
            assert image.get("alt") is not None
            assert int(image.get("width")) > 0
            assert int(image.get("height")) > 0
        for field in page.find("//input"):
            page.one(f"//label[@for='{field.get('id')}']")


async def test_the_form_asked_for_depends_on_accept(house: House) -> None:
    note = await house.publish()
    expected = {
        "/": "https://art.example/actor",
        "/@mira": "https://art.example/users/mira",
        f"/@mira/{note.id}": note.uri,
    }
    for path, target in expected.items():
        for accept in (PEER, "application/activity+json", "application/activity+json, text/html;q=0.1"):
            page = await house.get(path, accept=accept)
            assert (page.status, page.headers["Location"], page.headers["Vary"]) == (302, target, "Accept"), path
        for accept in (BROWSER, "*/*", ""):
            page = await house.get(path, accept=accept)
            assert page.status == 200
            assert page.headers["Content-Type"] == "text/html; charset=utf-8"
            assert page.headers["Vary"] == "Accept"


async def test_the_head_leads_to_the_activity(house: House) -> None:
    await house.publish()
    page = await house.get("/@mira")
    link = page.one("//link[@rel='alternate'][@type='application/activity+json']")
    assert link.get("href") == "https://art.example/users/mira"
    assert '<https://art.example/users/mira>; rel="alternate"; type="application/activity+json"' in (
        page.headers.getlist("Link")
    )
    assert page.one("//link[@rel='canonical']").get("href") == "https://art.example/@mira"
    assert page.one("//meta[@name='fediverse:creator']").get("content") == "@mira@art.example"


async def test_an_address_has_one_spelling(house: House) -> None:
    for path in ("/@Mira", "/@mira@art.example"):
        page = await house.get(path)
        assert (page.status, page.headers["Location"]) == (301, "https://art.example/@mira")
    assert (await house.get("/@mira@other.example")).status == 404


async def test_unknown_and_gone_artists(house: House) -> None:
    note = await house.publish()
    assert (await house.get("/@nobody")).status == 404
    async with house.services.database.write() as tx:
        actor, _ = await queries.actors.require_artist(tx, "mira")
        await queries.actors.mark_gone(tx, actor, clock.now())
    assert (await house.get("/@mira")).status == 410
    assert (await house.get(f"/@mira/{note.id}")).status == 410


async def test_a_page_that_did_not_change_is_not_sent_again(house: House) -> None:
    await house.publish()
    page = await house.get("/@mira")
    again = await house.get("/@mira", headers={"If-None-Match": page.headers["ETag"]})
    assert (again.status, again.body) == (304, b"")
    assert again.headers["X-Robots-Tag"] == "noai, noimageai"
    assert again.headers["tdm-reservation"] == "1"
    assert again.headers["Cache-Control"] == "public, max-age=60"
    await house.publish(title="Another")
    assert (await house.get("/@mira", headers={"If-None-Match": page.headers["ETag"]})).status == 200


async def test_head_is_get_without_the_body(house: House) -> None:
    await house.publish()
    for path in ("/", "/@mira", "/rights", "/nowhere"):
        full, head = await house.get(path), await house.get(path, method="HEAD")
        assert head.status == full.status
        assert list(head.headers) == list(full.headers)


async def test_the_entrance(make_house: MakeHouse) -> None:
    house = await make_house(instance__name="The <b>Loft</b>", instance__description="Four of us.")
    page = await house.get("/")
    assert "There is nothing here yet." in page.words
    assert page.one("//h1").text_content() == "The <b>Loft</b>"
    await house.artist("mira", profile=artists.Profile(name="Mira"))
    assert (await house.get("/")).one("//h1").text_content() == "Mira"
    await house.artist("lena", profile=artists.Profile(name=HOSTILE[:100]))
    await house.artist("shy", profile=artists.Profile(name="Shy", discoverable=False))
    await house.publish("mira", title="One")
    await house.publish("lena", title=HOSTILE)
    await house.publish("shy", title="Unseen")
    page = await house.get("/")
    assert [a.text_content() for a in page.find("//figcaption/a[@class='name']")] == [HOSTILE, "One"]
    assert page.find("//section[@class='artists']//a/@href") == ["/@lena", "/@mira"]
    assert not page.find("//script")
    assert page.headers["tdm-policy"] == "https://art.example/rights/policy.jsonld"


async def test_a_wall_keeps_each_works_proportions(house: House) -> None:
    for width, height in ((90, 60), (40, 80), (64, 64)):
        await house.publish(images=[house.image(data=jpeg(width, height, (9, width, height)))])
    style = (await house.get("/@mira")).one("//style").text_content()
    assert re.findall(r"--r:([\d.]+)", style) == ["1.0000", "0.5000", "1.5000"]


async def test_tags(house: House) -> None:
    await house.publish(title="Sea", tags=["Öl", "SeaSide"])
    page = await house.get("/tags/seaside")
    assert page.one("//h1").text_content() == "#SeaSide"
    assert page.one("//link[@rel='canonical']").get("href") == "https://art.example/tags/seaside"
    assert (await house.get("/tags/%C3%B6l")).status == 200
    assert (await house.get("/tags/SeaSide")).headers["Location"] == "https://art.example/tags/seaside"
    for path in ("/tags/none", "/tags/123", "/tags/%3Cscript%3E"):
        page = await house.get(path)
        assert page.status in (301, 404)
        assert "<script>" not in page.text


async def test_static_files_may_be_kept_for_ever(house: House) -> None:
    page = await house.get("/@mira")
    address = page.one("//link[@rel='stylesheet']").get("href")
    style = await house.get(address)
    assert style.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert style.headers["Content-Type"] == "text/css; charset=utf-8"
    assert (await house.get(address, headers={"If-None-Match": style.headers["ETag"]})).status == 304
    assert "immutable" not in (await house.get("/static/style.css?v=old")).headers["Cache-Control"]
    for path in ("/static/nothing.css", "/static/../site.py", "/static/%2e%2e/site.py"):
        assert (await house.get(path)).status == 404


def test_text_is_legible_by_day_and_by_night() -> None:
    """WCAG 2.2, 1.4.3: 4.5 to 1 for text; 1.4.11: 3 to 1 for the border of a field and the focus."""
    sheet = Path(tiles.__file__).with_name("static").joinpath("style.css").read_text()
    day, night = (
        dict(re.findall(r"--([a-z]+): (#[0-9a-f]{6});", part)) for part in sheet.split("@media (prefers-color", 1)
    )
    for palette in (day, day | night):
        for ground in ("paper", "wall"):
            for text in ("ink", "quiet", "wrong"):
                assert contrast(palette[text], palette[ground]) >= 4.5, (text, ground)
            for mark in ("field", "focus"):
                assert contrast(palette[mark], palette[ground]) >= 3, (mark, ground)


def contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
        red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
