"""A studio over a real SQLite file: artists with real keys, people elsewhere, and everything that was said."""

from __future__ import annotations

import asyncio
import io
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import pytest
from PIL import Image
from sqlalchemy import select

from fediart import config
from fediart.activitypub import keys
from fediart.activitypub.addressing import PUBLIC
from fediart.activitypub.signatures import proofs
from fediart.activitypub.urls import Urls
from fediart.db import ids, queries, schema, tables
from fediart.db.engine import Database, Transaction
from fediart.media import prepare
from fediart.media.store import Store
from fediart.outbox.speaker import Speaker
from fediart.remote.keyring import Keyring
from fediart.rights.reservation import Policy
from fediart.studio import artists, artworks

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
BASE = "https://art.example"
MIRA = f"{BASE}/users/mira"
LIMITS = config.Media(gallery_widths_px=(16,), federated_max_px=64)

key_pair = cache(artists.new_keys)


@dataclass
class Studio:
    """What the use cases work on, and ways to look at what they did."""

    database: Database
    speaker: Speaker
    store: Store

    async def artist(self, username: str, **profile: Any) -> tables.Actor:
        async with self.database.write() as tx:
            return await self.create(tx, username, **profile)

    async def create(self, tx: Transaction, username: str, **profile: Any) -> tables.Actor:
        return await artists.create(
            tx,
            self.speaker.urls,
            username=username,
            email=f"{username.strip('@') or 'x'}@example.org",
            policy=Policy.NO_AI,
            license_="",
            language="en",
            key_pair=key_pair(),
            now=NOW,
            profile=artists.Profile(**profile) if profile else None,
        )

    def image(self, description: str = "Boats on wet sand", *, shade: int = 90) -> artworks.Image:
        out = io.BytesIO()
        Image.new("RGB", (48, 32), (200, shade, 30)).save(out, "PNG")
        files = prepare.prepare(out.getvalue(), name="a.png", limits=LIMITS, store=self.store)
        return artworks.Image(files=files, description=description, name="a.png")

    async def publish(self, username: str = "mira", *, now: datetime = NOW, **draft: Any) -> tables.Note:
        given = {"title": "Low Tide", "images": [self.image()], **draft}
        async with self.database.write() as tx:
            return await artworks.publish(tx, self.speaker, username, artworks.Draft(**given), limits=LIMITS, now=now)

    async def edit(self, note: tables.Note, *, now: datetime = NOW, **edits: Any) -> tuple[tables.Note, bool]:
        async with self.database.write() as tx:
            return await artworks.edit(tx, self.speaker, note.id, artworks.Changes(**edits), limits=LIMITS, now=now)

    async def delete(self, note: tables.Note) -> None:
        async with self.database.write() as tx:
            await artworks.delete(tx, self.speaker, note.id, now=NOW)

    async def somebody(self, name: str = "lee", host: str = "a.example") -> tables.Actor:
        """Return a person of another server, as fetched."""
        uri = f"https://{host}/users/{name}"
        async with self.database.write() as tx:
            actor = tables.Actor(
                id=ids.new_id(),
                uri=uri,
                username=name,
                host=host,
                url=f"https://{host}/@{name}",
                inbox=f"{uri}/inbox",
                followers=f"{uri}/followers",
                updated_at=NOW,
                fetched_at=NOW,
            )
            tx.add(actor)
        return actor

    async def post_of(self, author: tables.Actor, visibility: str = "public", summary: str = "") -> tables.Note:
        """Return what somebody elsewhere said, to mira when it is not for everybody."""
        async with self.database.write() as tx:
            id_ = ids.new_id()
            note = tables.Note(
                id=id_,
                uri=f"{author.uri}/notes/{id_}",
                actor_id=author.id,
                visibility=visibility,
                summary=summary,
                content="<p>Fine work!</p>",
                conversation=f"{author.uri}/threads/1",
                published=NOW,
                received_at=NOW,
                document=b"{}",
                proof="none",
            )
            tx.add(note)
            await tx.flush()
            if visibility not in queries.notes.PUBLIC:
                tx.add(tables.Mention(note_id=id_, actor_uri=MIRA))
        return note

    async def activities(self) -> list[tables.Activity]:
        """Return everything that was said to the outside, oldest first."""
        async with self.database.read() as tx:
            return list(await tx.scalars(select(tables.Activity).order_by(tables.Activity.id)))

    async def last(self) -> tuple[dict[str, Any], tables.Activity]:
        """Return the last thing said, its proof verified."""
        activity = (await self.activities())[-1]
        document = orjson.loads(activity.document)
        await self.verify(document, activity.actor_id)
        return document, activity

    async def verify(self, document: dict[str, Any], actor_id: int) -> None:
        async with self.database.read() as tx:
            rows = await queries.keys.of_actor(tx, actor_id)
        public = keys.read_public_pem(next(row.public_pem for row in rows if row.algorithm == "ed25519"))
        assert isinstance(public, keys.Ed25519PublicKey)
        proofs.verify_proof(document, key=public, now=NOW.replace(year=2027))

    async def document(self, note: tables.Note) -> dict[str, Any]:
        """Return a local note's document as peers fetch it."""
        async with self.database.read() as tx:
            row = await queries.notes.get(tx, note.id)
        assert row is not None
        return dict(orjson.loads(row.document))

    async def notified(self, actor: tables.Actor) -> list[str]:
        async with self.database.read() as tx:
            return [told.type for told, _, _ in await queries.notifications.of_artist(tx, actor.id)]

    async def generation(self) -> int:
        async with self.database.read() as tx:
            return (await queries.instance.require(tx, BASE)).generation


@pytest.fixture(scope="session")
def studio_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database with the instance and the artist mira, to be copied."""
    path = tmp_path_factory.mktemp("studio") / "fediart.sqlite3"

    async def make() -> None:
        at = Urls(BASE)
        async with Database(f"sqlite+aiosqlite:///{path}", config.Database()) as database:
            await schema.migrate(database)
            async with database.write() as tx:
                await artists.create_instance(tx, at, name="Art", key_pair=key_pair(), now=NOW)
            await Studio(database, Speaker(at, Keyring()), Store(path.parent)).artist("mira", name="Mira")

    asyncio.run(make())
    return path


@pytest.fixture
async def studio(studio_template: Path, tmp_path: Path) -> AsyncIterator[Studio]:
    path = shutil.copy(studio_template, tmp_path / "fediart.sqlite3")
    async with Database(f"sqlite+aiosqlite:///{path}", config.Database()) as database:
        yield Studio(database, Speaker(Urls(BASE), Keyring()), Store(tmp_path / "media"))


@pytest.fixture
async def mira(studio: Studio) -> tables.Actor:
    async with studio.database.read() as tx:
        return (await queries.actors.require_artist(tx, "mira"))[0]


def is_public(document: dict[str, Any]) -> bool:
    return PUBLIC in [*document.get("to", []), *document.get("cc", [])]
