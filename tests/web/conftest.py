"""A real application over a real SQLite file and a real media folder, with one or more artists."""

from __future__ import annotations

import asyncio
import io
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from lxml import html as lxml_html
from PIL import Image
from quart.typing import TestClientProtocol

from fediart import app, clock, config
from fediart import services as opening
from fediart.activitypub.urls import Urls
from fediart.db import ids, queries, schema, tables
from fediart.db.engine import Database
from fediart.inbox.authenticate import Authenticator
from fediart.inbox.intake import Intake
from fediart.media import prepare
from fediart.rights.reservation import Policy
from fediart.studio import artists, artworks

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
PEER = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams", application/activity+json'

key_pair = cache(artists.new_keys)


def jpeg(width: int = 60, height: int = 40, colour: tuple[int, int, int] = (200, 60, 30)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "JPEG", quality=92)
    return out.getvalue()


@dataclass
class Page:
    """An answer, parsed when it is HTML."""

    status: int
    headers: Any
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def tree(self) -> Any:
        return lxml_html.document_fromstring(self.body)

    def find(self, path: str) -> list[Any]:
        return list(self.tree.xpath(path))

    def one(self, path: str) -> Any:
        found = self.find(path)
        assert len(found) == 1, f"{path}: {len(found)} found in {self.text}"
        return found[0]

    @property
    def words(self) -> str:
        return " ".join(self.tree.text_content().split())


@dataclass
class House:
    """A running site and ways to fill it."""

    services: opening.Connected
    client: TestClientProtocol
    _colours: int = field(default=0)

    @property
    def urls(self) -> Urls:
        return self.services.urls

    async def get(self, path: str, *, accept: str = BROWSER, method: str = "GET", **options: Any) -> Page:
        headers = {"Accept": accept, **options.pop("headers", {})}
        answer = await self.client.open(path, method=method, headers=headers, **options)
        return Page(answer.status_code, answer.headers, await answer.get_data(as_text=False))

    async def artist(
        self, name: str, *, policy: Policy = Policy.NO_AI, profile: artists.Profile | None = None
    ) -> tables.Actor:
        async with self.services.database.write() as tx:
            return await artists.create(
                tx,
                self.urls,
                username=name,
                email=f"{name}@example.org",
                policy=policy,
                license_="",
                language="en",
                key_pair=key_pair(),
                now=clock.now(),
                profile=profile,
            )

    def image(self, description: str = "A red square", data: bytes | None = None) -> artworks.Image:
        self._colours += 1
        limits = self.services.settings.media
        data = data or jpeg(colour=(200, self._colours % 256, 30))
        files = prepare.prepare(data, name="a.jpg", limits=limits, store=self.services.store)
        return artworks.Image(files=files, description=description, name="a.jpg")

    async def publish(self, name: str = "mira", *, title: str = "Dusk", **draft: Any) -> tables.Note:
        draft.setdefault("images", [self.image()])
        async with self.services.database.write() as tx:
            return await artworks.publish(
                tx,
                self.services.speaker,
                name,
                artworks.Draft(title=title, **draft),
                limits=self.services.settings.media,
                now=clock.now(),
            )

    async def withdraw(self, note: tables.Note) -> None:
        async with self.services.database.write() as tx:
            await artworks.delete(tx, self.services.speaker, note.id, now=clock.now())

    async def attachments(self, note: tables.Note) -> list[tables.Attachment]:
        async with self.services.database.read() as tx:
            return await queries.notes.attachments(tx, note.id)

    async def visitor(self, name: str, *, host: str = "social.example", **columns: Any) -> tables.Actor:
        uri = f"https://{host}/users/{ids.new_id()}"
        async with self.services.database.write() as tx:
            actor = tables.Actor(
                id=ids.new_id(),
                uri=uri,
                is_local=False,
                username=columns.pop("username", "kim"),
                host=host,
                name=name,
                inbox=f"{uri}/inbox",
                updated_at=clock.now(),
                **columns,
            )
            tx.add(actor)
        return actor

    async def answer(self, parent: tables.Note, author: tables.Actor, content: str, **columns: Any) -> tables.Note:
        id_ = ids.new_id()
        async with self.services.database.write() as tx:
            note = tables.Note(
                id=id_,
                uri=f"{author.uri}/notes/{id_}",
                actor_id=author.id,
                visibility=columns.pop("visibility", "public"),
                content=content,
                published=clock.now(),
                received_at=clock.now(),
                in_reply_to_id=parent.id,
                in_reply_to_uri=parent.uri,
                document=b"{}",
                proof="none",
                **columns,
            )
            tx.add(note)
        return note


MakeHouse = Callable[..., Awaitable[House]]


def settings_for(folder: Path, **environ: str) -> config.Config:
    return config.load(
        None,
        {
            "FEDIART_INSTANCE__DOMAIN": "art.example",
            "FEDIART_DATA__DIRECTORY": str(folder),
            **{f"FEDIART_{name.upper()}": value for name, value in environ.items()},
        },
    )


async def found(settings: config.Config) -> None:
    async with Database(settings.database_url, settings.database) as database:
        await schema.migrate(database)
        async with database.write() as tx:
            await artists.create_instance(
                tx, Urls(settings.base_url), name="art.example", key_pair=key_pair(), now=clock.now()
            )


@pytest.fixture(scope="session")
def new_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the data folder of a site just made: migrating once is enough, each test gets a copy."""
    folder = tmp_path_factory.mktemp("site") / "data"
    folder.mkdir()
    asyncio.run(found(settings_for(folder)))
    return folder


@pytest.fixture
async def make_house(tmp_path: Path, new_site: Path) -> AsyncIterator[MakeHouse]:
    async with AsyncExitStack() as stack:

        async def make(**environ: str) -> House:
            settings = settings_for(shutil.copytree(new_site, tmp_path / "data"), **environ)
            if settings.database.url:
                await found(settings)
            services = await stack.enter_async_context(opening.connected(settings))
            authenticator = Authenticator(
                services.database, services.session, services.keyring, settings.federation, services.urls
            )
            return House(services, app.build(services, authenticator, Intake(services.database)).test_client())

        yield make


@pytest.fixture
async def house(make_house: MakeHouse) -> House:
    """Return a site with the artist mira."""
    made = await make_house()
    await made.artist("mira", profile=artists.Profile(name="Mira Halloran", summary="I paint weather."))
    return made
