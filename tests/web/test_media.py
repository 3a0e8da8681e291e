from __future__ import annotations

from fediart import clock
from fediart.activitypub.addressing import Visibility
from fediart.db import queries
from fediart.rights.reservation import Policy
from fediart.studio import artists
from tests.web.conftest import House, MakeHouse

SIGNALS = ("X-Robots-Tag", "tdm-reservation", "tdm-policy", "Content-Usage", "Link")


async def test_published_files_are_served_and_originals_never(house: House) -> None:
    note = await house.publish()
    [row] = await house.attachments(note)
    assert row.original_key
    assert house.services.store.path_of(row.original_key).is_file()
    keys = [row.federated_key, *(item["key"] for item in row.gallery)]
    assert row.original_key not in keys
    for key in keys:
        page = await house.get(f"/media/{key}")
        assert page.status == 200
        assert page.body == house.services.store.read(str(key))
        assert page.headers["Content-Type"] == ("image/webp" if str(key).endswith("webp") else "image/jpeg")
        assert page.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert page.headers["X-Content-Type-Options"] == "nosniff"
        assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert page.headers["Access-Control-Allow-Origin"] == "*"
        assert page.headers["tdm-policy"] == f"https://art.example/objects/{note.id}/policy.jsonld"
    assert (await house.get(f"/media/{row.original_key}")).status == 404


async def test_nothing_else_is_a_file(house: House) -> None:
    stray = house.services.store.put(b"not used by any work", "jpg")
    script = house.services.store.put(b"<svg onload='x'/>", "svg")
    wild = "%25" * 3
    for key in (stray.key, script.key, "../data/fediart.sqlite3", "%2e%2e/x.jpg", wild, "aa/bb/cc.jpg", "a" * 3000):
        assert (await house.get(f"/media/{key}")).status == 404, key


async def test_the_signals_are_the_same_however_it_is_asked(house: House) -> None:
    note = await house.publish(license="https://creativecommons.org/licenses/by/4.0/")
    [row] = await house.attachments(note)
    path = f"/media/{row.federated_key}"
    full = await house.get(path)
    part = await house.get(path, headers={"Range": "bytes=10-19"})
    same = await house.get(path, headers={"If-None-Match": full.headers["ETag"]})
    head = await house.get(path, method="HEAD")
    beyond = await house.get(path, headers={"Range": f"bytes={len(full.body)}-"})
    assert (full.status, part.status, same.status, head.status, beyond.status) == (200, 206, 304, 200, 416)
    assert part.body == full.body[10:20]
    assert part.headers["Content-Range"] == f"bytes 10-19/{len(full.body)}"
    assert same.body == b""
    assert head.headers["Content-Length"] == str(len(full.body))
    assert beyond.headers["Content-Range"] == f"bytes */{len(full.body)}"
    for other in (part, same, head, beyond):
        for name in SIGNALS:
            assert other.headers.getlist(name) == full.headers.getlist(name)
    assert full.headers["Link"] == '<https://creativecommons.org/licenses/by/4.0/>; rel="license"'


async def test_one_range_is_sent_alone(house: House) -> None:
    [row] = await house.attachments(await house.publish())
    full = house.services.store.read(str(row.federated_key))
    asked = {
        "bytes=-5": full[-5:],
        "bytes=5-": full[5:],
        "bytes=0-0": full[:1],
        "bytes=2-999999": full[2:],
        "bytes=-999999": full,
    }
    for header, expected in asked.items():
        part = await house.get(f"/media/{row.federated_key}", headers={"Range": header})
        assert (part.status, part.body) == (206, expected), header
        assert part.headers["Content-Length"] == str(len(expected))
        start = len(full) - len(expected) if header != "bytes=0-0" else 0
        assert part.headers["Content-Range"] == f"bytes {start}-{start + len(expected) - 1}/{len(full)}"


async def test_a_range_that_we_do_not_do_gets_the_whole(house: House) -> None:
    [row] = await house.attachments(await house.publish())
    full = house.services.store.read(str(row.federated_key))
    for header in ("bytes=0-1,3-4", "pages=1-2", "nonsense", "bytes=", "bytes=5-2", "bytes=--5"):
        whole = await house.get(f"/media/{row.federated_key}", headers={"Range": header})
        assert (whole.status, whole.body) == (200, full), header


async def test_a_range_of_another_version_gets_the_whole(house: House) -> None:
    [row] = await house.attachments(await house.publish())
    headers = {"Range": "bytes=0-3", "If-Range": '"other"'}
    assert (await house.get(f"/media/{row.federated_key}", headers=headers)).status == 200


async def test_files_go_with_their_work(house: House) -> None:
    note = await house.publish()
    [row] = await house.attachments(note)
    paths = [f"/media/{key}" for key in (row.federated_key, row.gallery[0]["key"])]
    for path in paths:
        assert (await house.get(path)).status == 200
    await house.withdraw(note)
    for path in paths:
        assert (await house.get(path)).status == 404


async def test_a_file_of_two_works_carries_the_stricter_reservation(house: House) -> None:
    image = house.image()
    await house.publish(images=[image], policy=Policy.ALLOW)
    strict = await house.publish(images=[image], policy=Policy.STRICT)
    for file in (image.files.federated.file, image.files.gallery[0].file):
        page = await house.get(f"/media/{file.key}")
        assert page.headers.getlist("X-Robots-Tag") == ["noai, noimageai", "noindex, noimageindex"]
        assert page.headers["tdm-policy"] == f"https://art.example/objects/{strict.id}/policy.jsonld"


async def test_an_avatar_carries_the_artists_default(make_house: MakeHouse) -> None:
    house = await make_house()
    image = house.image().files.federated
    await house.artist(
        "mira",
        policy=Policy.ALLOW,
        profile=artists.Profile(name="Mira", icon=artists.Picture(image.file.key, image.media_type)),
    )
    page = await house.get(f"/media/{image.file.key}")
    assert (page.status, page.headers["tdm-reservation"]) == (200, "0")
    assert "X-Robots-Tag" not in page.headers
    async with house.services.database.write() as tx:
        actor, _ = await queries.actors.require_artist(tx, "mira")
        await queries.actors.mark_gone(tx, actor, clock.now())
    assert (await house.get(f"/media/{image.file.key}")).status == 404


async def test_peers_of_followers_can_fetch_what_strangers_cannot_find(house: House) -> None:
    note = await house.publish(title="Secret", visibility=Visibility.FOLLOWERS)
    [row] = await house.attachments(note)
    page = await house.get(f"/media/{row.federated_key}")
    assert page.status == 200
    policy = await house.get(page.headers["tdm-policy"].removeprefix("https://art.example"))
    assert policy.status == 200
    assert "Secret" not in policy.text
    rights = await house.get(f"/objects/{note.id}/rights")
    assert rights.status == 200
    assert "Secret" not in rights.text
    assert str(row.federated_key) not in rights.text


async def test_scripts_of_other_sites_may_read(house: House) -> None:
    [row] = await house.attachments(await house.publish())
    page = await house.get(f"/media/{row.federated_key}", method="OPTIONS", headers={"Origin": "https://c.example"})
    assert page.status == 204
    assert page.headers["Access-Control-Allow-Origin"] == "*"
    assert "GET" in page.headers["Access-Control-Allow-Methods"]
