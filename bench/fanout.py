"""One work to many followers, each with an inbox of its own: from `fediart publish` to the last one recorded."""

from __future__ import annotations

import asyncio
import time
from functools import partial

from bench import figures, pictures
from bench.child import Child
from bench.figures import Figure, Setting
from bench.instance import Instance
from fediart import clock
from fediart.config import Federation
from fediart.db import ids, queries, tables
from fediart.db.engine import Database
from fediart.db.queries import deliveries, follows

_PORTS = 50
_LONGEST_SECONDS = 120.0


def measure(setting: Setting, followers: int) -> dict[str, Figure]:
    """Measure a fan-out to so many inboxes."""
    name = f"fanout_{followers}"
    picture = pictures.small(setting.folder / f"{name}.jpg")
    ours, bare, to_last, settled = [], [], [], []
    cpu_seconds, bare_cpu_seconds = [], []
    with Child("bench.sink", _PORTS) as sink, Instance(setting.folder / name) as instance:
        inboxes = [f"http://127.0.0.1:{sink.ready[i % _PORTS]}/users/{i}/inbox" for i in range(followers)]
        instance.with_database(lambda database: _add_followers(database, inboxes))
        instance.serve()
        for _ in range(setting.rounds):
            sink.ask(ask="reset")
            before = instance.cpu_seconds()
            note = instance.publish(picture, title="A small work")
            activity, settled_at = instance.with_database(partial(_settled, note=note, followers=followers))
            made_at = ids.created_at(activity.id).timestamp()
            cpu_seconds.append(instance.cpu_seconds() - before)
            report = sink.ask(ask="report")
            _check(report, followers)
            ours.append(followers / (report["last"] - report["first"]))
            to_last.append(report["last"] - made_at)
            settled.append(settled_at - made_at)

            sink.ask(ask="reset")
            bare_cpu_seconds.append(_deliver_bare(instance, activity, inboxes))
            report = sink.ask(ask="report")
            _check(report, followers)
            bare.append(followers / (report["last"] - report["first"]))
        memory = instance.rss_bytes()
    extra = {
        "cpu_ms_each": figures.median([one * 1000 / followers for one in cpu_seconds]),
        "baseline_cpu_ms_each": figures.median([one * 1000 / followers for one in bare_cpu_seconds]),
        "seconds_to_last": figures.median(to_last),
        "seconds_to_all_recorded": figures.median(settled),
        "rss_after_mb": figures.megabytes(memory),
    }
    return {name: Figure("deliveries/s", ours, bare, extra)}


def _check(report: dict[str, int], followers: int) -> None:
    if not report["count"] == report["distinct"] == followers:
        raise RuntimeError(f"{report['count']} deliveries to {report['distinct']} of {followers} inboxes")


async def _add_followers(database: Database, inboxes: list[str]) -> None:
    now = clock.now()
    async with database.write() as tx:
        artist = await queries.actors.find_local(tx, "mira")
        assert artist is not None
        for inbox in inboxes:
            uri = inbox.removesuffix("/inbox")
            actor = tables.Actor(
                id=ids.new_id(), uri=uri, username="follower", host=uri.split("/")[2], inbox=inbox, updated_at=now
            )
            tx.add(actor)
            await tx.flush()
            follow = tables.Follow(
                id=ids.new_id(),
                uri=f"{uri}#follow",
                follower_id=actor.id,
                target_id=artist.id,
                state=follows.ACCEPTED,
                created_at=now,
                accepted_at=now,
            )
            tx.add(follow)


async def _settled(database: Database, *, note: str, followers: int) -> tuple[tables.Activity, float]:
    """Wait until every delivery of a Note's Create is recorded as delivered; returns the Create, and when."""
    until = time.monotonic() + _LONGEST_SECONDS
    progress: dict[str, int] = {}
    while time.monotonic() < until:
        async with database.read() as tx:
            activity = await queries.activities.find(tx, f"{note}/activity")
            assert activity is not None
            progress = await deliveries.progress(tx, activity.id)
        if progress.get(deliveries.DELIVERED) == followers:
            return activity, time.time()
        await asyncio.sleep(0.2)
    raise RuntimeError(f"not all delivered within {_LONGEST_SECONDS:.0f} s: {progress}")


def _deliver_bare(instance: Instance, activity: tables.Activity, inboxes: list[str]) -> float:
    """Deliver without FediArt; returns the processor time of it."""

    async def signing_key(database: Database) -> tables.Key:
        async with database.read() as tx:
            return await queries.keys.require_private(tx, activity.actor_id, "rsa")

    key = instance.with_database(signing_key)
    settings = Federation()
    with Child("bench.bare_delivery") as bare:
        cpu_seconds: float = bare.ask(
            body=activity.document.decode(),
            inboxes=inboxes,
            private_pem=key.private_pem,
            key_id=key.id,
            concurrency=settings.delivery_concurrency,
            per_host=settings.delivery_per_host,
        )
    return cpu_seconds
