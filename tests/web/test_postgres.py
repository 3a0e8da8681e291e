from __future__ import annotations

import pytest

from tests.web.conftest import MakeHouse

pytestmark = pytest.mark.postgres


async def test_the_pages_on_postgresql(make_house: MakeHouse, postgres_address: str) -> None:
    house = await make_house(database__url=postgres_address)
    await house.artist("mira")
    notes = [await house.publish(title=title, tags=["sea"]) for title in ("One", "Two")]
    await house.withdraw(await house.publish(title="Three"))
    note = notes[0]
    kim = await house.visitor("Kim")
    await house.answer(note, kim, "<p>How?</p>")
    for path in ("/", "/@mira", f"/@mira/{note.id}", "/tags/sea", "/rights", f"/objects/{note.id}/rights"):
        page = await house.get(path)
        assert page.status == 200, path
        assert "Three" not in page.text
    [row] = await house.attachments(note)
    for key in (row.federated_key, row.gallery[0]["key"]):
        page = await house.get(f"/media/{key}")
        assert page.status == 200
        assert page.headers["tdm-policy"].endswith(f"/objects/{note.id}/policy.jsonld")
    assert (await house.get(f"/media/{row.original_key}")).status == 404
