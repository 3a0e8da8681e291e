from __future__ import annotations

import pytest
from sqlalchemy import text

from tests.web.conftest import PEER, House

HOSTILE = "%3Cscript%3Ealert(1)%3C/script%3E"


async def test_errors_are_pages_of_the_house(house: House) -> None:
    page = await house.get(f"/nowhere/{HOSTILE}")
    assert page.status == 404
    assert page.one("//h1").text_content() == "Nothing hangs here"
    assert "There is no page at this address." in page.words
    assert not page.find("//script")
    assert page.headers["Vary"] == "Accept"
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Robots-Tag"] == "noai, noimageai"
    assert "ETag" not in page.headers
    assert not page.find("//link[@rel='canonical']")


async def test_a_peer_gets_no_page(house: House) -> None:
    page = await house.get("/nowhere", accept=PEER)
    assert page.status == 404
    assert page.headers["Content-Type"].startswith("application/json")


@pytest.mark.parametrize("path", ["/@mira", "/", "/tags/x", "/rights"])
async def test_a_database_in_trouble_shows_one_line(house: House, path: str) -> None:
    async with house.services.database.write() as tx:
        for table in ("notes", "actors", "instance"):
            await tx.execute(text(f"ALTER TABLE {table} RENAME TO {table}_away"))
    page = await house.get(path)
    assert page.status == 503
    assert page.headers["Retry-After"] == "30"
    assert page.one("//h1").text_content() == "Back in a moment"
    for word in ("Traceback", "sqlite", "SELECT", "File "):
        assert word not in page.text
