from __future__ import annotations

from fediart import clock
from fediart.activitypub import html
from fediart.activitypub.addressing import Visibility
from fediart.db import ids, queries
from fediart.rights import html_head, http_headers
from fediart.studio import artworks, replies
from tests.web.conftest import House

HOSTILE = "\"><script>alert(1)</script><svg onload=alert(2)>{% raw %}'"


async def test_a_work_with_everything(house: House) -> None:
    note = await house.publish(
        title="Dusk",
        text="Ten minutes of light. #burren\n\nSecond part.",
        tags=["oil"],
        medium="Oil on linen",
        series="West",
        images=[house.image("Blue hills"), house.image("")],
        license="https://creativecommons.org/licenses/by-nc-nd/4.0/",
        language="ga",
    )
    page = await house.get(f"/@mira/{note.id}")
    assert page.status == 200
    assert page.one("//h1").text_content() == "Dusk"
    assert page.one("//h1").get("lang") == "ga"
    assert [i.get("alt") for i in page.find("//figure//img")] == ["Blue hills", "Dusk, picture 2 of 2 (not described)"]
    federated = [f"/media/{row.federated_key}" for row in await house.attachments(note)]
    assert page.find("//figure/a/@href") == federated
    for source in page.find("//figure//img/@srcset"):
        address, width = source.split(", ")[-1].split(" ")
        assert (await house.get(address)).status == 200
        assert width.endswith("w")
    for words in ("Oil on linen", "West", "Second part.", "No AI training", "CC BY-NC-ND 4.0"):
        assert words in page.words
    assert page.find("//ul[@class='tags']//a/@href") == ["https://art.example/tags/oil"]
    assert "https://art.example/tags/burren" in page.find("//div[contains(@class, 'words')]//a/@href")
    assert page.find("//p[@class='records']/a/@href") == [
        f"/objects/{note.id}/rights",
        f"https://art.example/objects/{note.id}/policy.jsonld",
        note.uri,
    ]
    assert page.one("//meta[@property='og:image:alt']").get("content") == "Blue hills"
    assert page.one("//meta[@property='og:image']").get("content") == f"https://art.example{federated[0]}"
    assert page.one("//link[@rel='alternate']").get("href") == note.uri
    assert "edited" not in page.words


async def test_head_and_headers_say_the_same(house: House) -> None:
    note = await house.publish()
    page = await house.get(f"/@mira/{note.id}")
    by_headers = http_headers.read(page.headers.items())
    by_head = html_head.read((e.tag, dict(e.attrib)) for e in page.find("//head/*[self::meta or self::link]"))
    assert by_headers.reserved is by_head.reserved is True
    for name in ("tdmReservation", "tdmPolicy", "xRobotsTag", "license"):
        assert by_headers.terms[name] == by_head.terms[name]
    assert page.headers.getlist("X-Robots-Tag") == ["noai, noimageai"]


async def test_an_edit_is_marked(house: House) -> None:
    note = await house.publish()
    async with house.services.database.write() as tx:
        await artworks.edit(
            tx,
            house.services.speaker,
            note.id,
            artworks.Changes(title="Dawn"),
            limits=house.services.settings.media,
            now=clock.now(),
        )
    page = await house.get(f"/@mira/{note.id}")
    assert page.one("//h1").text_content() == "Dawn"
    assert "edited" in page.words


async def test_nothing_that_anybody_writes_becomes_markup(house: House) -> None:
    note = await house.publish(
        title=HOSTILE, text=HOSTILE, medium=HOSTILE, series=HOSTILE, summary=HOSTILE, images=[house.image(HOSTILE)]
    )
    visitor = await house.visitor(HOSTILE, username=HOSTILE, url="javascript:alert(1)")
    await house.answer(note, visitor, html.sanitize(HOSTILE), summary=HOSTILE, url="javascript:alert(2)")
    for path in (f"/@mira/{note.id}", f"/objects/{note.id}/rights", "/@mira"):
        page = await house.get(path)
        assert page.status == 200
        assert not page.find("//script | //svg | //@onload | //@onerror")
        assert not [href for href in page.find("//@href") if href.lower().startswith("javascript:")]
        assert HOSTILE in page.tree.text_content() or "rights" in path
    page = await house.get(f"/@mira/{note.id}")
    assert page.one("//h1").text_content() == HOSTILE


async def test_a_veil_hides_the_pictures_until_asked(house: House) -> None:
    note = await house.publish(summary="Injury, blood")
    page = await house.get(f"/@mira/{note.id}")
    veil = page.one("//details[@class='veil']")
    assert veil.get("open") is None
    assert "Injury, blood" in veil.text_content()
    assert len(veil.xpath(".//figure//img[@loading='lazy']")) == 1
    assert not page.find("//meta[@property='og:image']")


async def test_neighbours(house: House) -> None:
    one, two, three = [await house.publish(title=title) for title in ("One", "Two", "Three")]
    hidden = await house.publish(title="Hidden", visibility=Visibility.UNLISTED)
    page = await house.get(f"/@mira/{two.id}")
    assert page.one("//nav//a[@rel='prev']").get("href") == f"/@mira/{three.id}"
    assert page.one("//nav//a[@rel='next']").get("href") == f"/@mira/{one.id}"
    assert not (await house.get(f"/@mira/{three.id}")).find("//nav//a[@rel='prev']")
    assert (await house.get(f"/@mira/{hidden.id}")).status == 200


async def test_what_is_not_for_everybody_is_not_found(house: House) -> None:
    await house.artist("lena")
    note = await house.publish()
    secret = await house.publish(title="Secret", visibility=Visibility.FOLLOWERS)
    paths = [f"/@mira/{secret.id}", f"/@lena/{note.id}", "/@mira/1", "/@mira/x", f"/@mira/0{note.id}", "/@mira/9" * 30]
    for path in [*paths, f"/@mira/{2**63}", "/@mira/-1"]:
        page = await house.get(path)
        assert page.status == 404, path
        assert "Secret" not in page.text
    await house.withdraw(secret)
    assert (await house.get(f"/@mira/{secret.id}")).status == 404


async def test_a_withdrawn_work_says_so(house: House) -> None:
    note = await house.publish(title="Regretted")
    await house.withdraw(note)
    page = await house.get(f"/@mira/{note.id}")
    assert page.status == 410
    assert "withdrawn by the artist" in page.words
    assert "Regretted" not in page.text
    assert page.headers["Vary"] == "Accept"


async def test_answers_hang_under_what_they_answer(house: House) -> None:
    note = await house.publish()
    kim = await house.visitor("Kim", url="https://social.example/@kim")
    question = await house.answer(note, kim, "<p>How?</p>")
    await house.answer(note, kim, "<p>Not for all</p>", visibility="followers")
    async with house.services.database.write() as tx:
        mine = await replies.reply(tx, house.services.speaker, "mira", question, "With a dry brush", now=clock.now())
        await queries.reactions.add_like(tx, uri=None, actor_id=kim.id, note_id=note.id, at=clock.now())
        await queries.reactions.add_boost(
            tx, uri=f"{kim.uri}/{ids.new_id()}", actor_id=kim.id, note_id=note.id, at=clock.now()
        )
    page = await house.get(f"/@mira/{note.id}")
    top = page.one("//section[@class='replies']/ol/li")
    assert "How?" in top.text_content()
    [nested] = top.xpath("./ol/li")
    assert "With a dry brush" in nested.text_content()
    assert "Not for all" not in page.text
    assert "1 like, 1 boost" in page.words
    assert "https://social.example/@kim" in page.find("//p[@class='by']/a/@href")
    reply = await house.get(f"/@mira/{mine.id}")
    assert reply.status == 200
    assert "With a dry brush" in reply.words
    assert reply.one("//link[@rel='alternate']").get("href") == mine.uri
    assert reply.headers["tdm-policy"] == "https://art.example/users/mira/policy.jsonld"
