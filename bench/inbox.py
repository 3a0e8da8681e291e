"""Signed replies from ten remote actors: how many a second are verified, durable and answered 202."""

from __future__ import annotations

import asyncio
import time
import uuid
from email.utils import formatdate
from pathlib import Path
from typing import Any

import orjson
from cryptography.hazmat.primitives.asymmetric import rsa

from bench import figures, http1, load, pictures
from bench.child import Child
from bench.figures import Figure, Setting
from bench.instance import Instance
from fediart import clock
from fediart.activitypub import digests, keys
from fediart.activitypub.signatures import HttpRequest, cavage
from fediart.activitypub.timestamps import write_timestamp
from fediart.db.engine import Database
from fediart.db.queries import received

_TYPE = "application/activity+json"
_REQUESTS = 6000
_CONNECTIONS = 32
_DRAIN_SECONDS = 10.0


class Sender:
    """A remote actor with a key."""

    def __init__(self, uri: str) -> None:
        self.uri = uri
        self.key_id = f"{uri}#main-key"
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    @property
    def public_pem(self) -> str:
        return keys.write_public_pem(self.key.public_key())

    def profile(self) -> str:
        """Return the actor's document."""
        return orjson.dumps(
            {
                "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
                "id": self.uri,
                "type": "Person",
                "preferredUsername": self.uri.rsplit("/", 1)[-1],
                "inbox": f"{self.uri}/inbox",
                "publicKey": {"id": self.key_id, "owner": self.uri, "publicKeyPem": self.public_pem},
            }
        ).decode()

    def request(self, instance: Instance, parent: str) -> bytes:
        """Return a signed request with a new reply in it."""
        body = orjson.dumps(_create(self.uri, parent, f"{instance.base_url}/users/mira"))
        headers = {
            "host": instance.host,
            "date": formatdate(usegmt=True),
            "digest": digests.sha256_digest(body),
            "content-type": _TYPE,
        }
        signed = HttpRequest(method="POST", target="/inbox", headers=headers, body=body)
        headers["signature"] = cavage.sign(signed, key=self.key, key_id=self.key_id)
        del headers["host"]
        return http1.post(instance.host, "/inbox", headers, body)


def _create(actor: str, parent: str, artist: str) -> dict[str, object]:
    """Return a Create as Mastodon sends it, of about 2.4 kB."""
    note = f"{actor}/statuses/{uuid.uuid4()}"
    now = write_timestamp(clock.now())
    words = "What a fine light on the water; the reflection under the bridge alone is worth the visit. " * 7
    audience = {
        "published": now,
        "to": ["https://www.w3.org/ns/activitystreams#Public"],
        "cc": [f"{actor}/followers", artist],
    }
    return {
        "@context": [
            "https://www.w3.org/ns/activitystreams",
            {
                "ostatus": "http://ostatus.org#",
                "atomUri": "ostatus:atomUri",
                "inReplyToAtomUri": "ostatus:inReplyToAtomUri",
                "conversation": "ostatus:conversation",
                "sensitive": "as:sensitive",
                "toot": "http://joinmastodon.org/ns#",
                "votersCount": "toot:votersCount",
            },
        ],
        "id": f"{note}/activity",
        "type": "Create",
        "actor": actor,
        **audience,
        "object": {
            "id": note,
            "type": "Note",
            "summary": None,
            "inReplyTo": parent,
            "url": note,
            "attributedTo": actor,
            **audience,
            "sensitive": False,
            "atomUri": note,
            "inReplyToAtomUri": parent,
            "conversation": f"tag:peer.example,2026-11-25:objectId={note[-12:]}:objectType=Conversation",
            "content": f'<p><span class="h-card"><a href="{artist}" class="u-url mention">@mira</a></span> {words}</p>',
            "contentMap": {"en": f"<p>{words[:180]}</p>"},
            "attachment": [],
            "tag": [{"type": "Mention", "href": artist, "name": "@mira@art.example"}],
            "replies": {
                "id": f"{note}/replies",
                "type": "Collection",
                "first": {"type": "CollectionPage", "next": f"{note}/replies?page=true", "items": []},
            },
        },
    }


def measure(setting: Setting) -> dict[str, Figure]:
    """Measure with the worker in the same process, as by default, and without one."""
    results: dict[str, Figure] = {}
    picture = pictures.small(setting.folder / "inbox.jpg")
    with Child("bench.sink", 1) as sink, Child("bench.bare_app") as bare, Child("bench.load") as generator:
        senders = [Sender(f"http://127.0.0.1:{sink.ready[0]}/users/sender{i}") for i in range(10)]
        sink.ask(ask="serve", documents={f"/users/sender{i}": sender.profile() for i, sender in enumerate(senders)})
        for name, options in (("inbox", ()), ("inbox_no_worker", ("--no-worker",))):
            rounds = [
                _round(setting, f"{name}-{i}", options, senders, picture, bare, generator)
                for i in range(setting.rounds)
            ]
            extra = {key: figures.median([one[key] for one in rounds]) for key in rounds[0]}
            del extra["ours"], extra["bare"]
            results[name] = Figure(
                "accepted/s", [one["ours"] for one in rounds], [one["bare"] for one in rounds], extra
            )
    return results


def _round(
    setting: Setting,
    name: str,
    options: tuple[str, ...],
    senders: list[Sender],
    picture: Path,
    bare: Child,
    generator: Child,
) -> dict[str, float]:
    """Measure once on a fresh instance, so that no round works off what another left."""
    count = setting.count(_REQUESTS)
    file = setting.folder / f"{name}.requests"
    with Instance(setting.folder / name) as instance:
        parent = instance.publish(picture, title="A small work")
        instance.serve(*options)
        load.write_requests(file, [sender.request(instance, parent) for sender in senders])
        _post(generator, instance.port, file, connections=4, count=len(senders))
        load.write_requests(file, [senders[i % len(senders)].request(instance, parent) for i in range(count)])

        bare.ask(keys={sender.key_id: sender.public_pem for sender in senders}, host=instance.host)
        before = bare.cpu_seconds()
        baseline = _post(generator, bare.ready, file, connections=_CONNECTIONS, count=count)
        bare_cpu_seconds = bare.cpu_seconds() - before
        before = instance.cpu_seconds()
        with instance.watching_memory() as peak:
            measured = _post(generator, instance.port, file, connections=_CONNECTIONS, count=count)
        cpu_seconds = instance.cpu_seconds() - before
        stored, handled = instance.with_database(_counts)
        if stored != count + len(senders):
            raise RuntimeError(f"{count} accepted, but {stored - len(senders)} are in the database")
        result = {
            "ours": count / measured["seconds"],
            "bare": count / baseline["seconds"],
            "p50_ms": measured["p50_ms"],
            "p99_ms": measured["p99_ms"],
            "cpu_ms_each": cpu_seconds * 1000 / count,
            "baseline_cpu_ms_each": bare_cpu_seconds * 1000 / count,
            "peak_rss_mb": figures.megabytes(peak[0]),
        }
        if not options:
            result["handled_per_second"] = handled / measured["seconds"]
            result["handled_after_per_second"] = instance.with_database(_drain)
    file.unlink()
    return result


def _post(generator: Child, port: int, file: Path, *, connections: int, count: int) -> dict[str, Any]:
    answer: dict[str, Any] = generator.ask(port=port, file=str(file), times=1, connections=connections)
    if answer["statuses"] != {"202": count}:
        raise RuntimeError(f"not every request was accepted: {answer['statuses']}")
    return answer


async def _counts(database: Database) -> tuple[int, int]:
    """Return how many activities are in the database, and how many of them are done."""
    async with database.read() as tx:
        counts = await received.counts(tx)
    return sum(counts.values()), counts.get(received.DONE, 0)


async def _drain(database: Database) -> float:
    """Return how many activities a second are acted on while nothing comes in."""
    _, before = await _counts(database)
    started = time.monotonic()
    while time.monotonic() < started + _DRAIN_SECONDS:
        await asyncio.sleep(0.1)
        total, done = await _counts(database)
        if done == total:
            break
    return (done - before) / (time.monotonic() - started)
