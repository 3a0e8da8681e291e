"""Near fingerprints among many are found by the index, on both engines."""

from __future__ import annotations

import random

from sqlalchemy import insert, text

from fediart import clock
from fediart.db import ids, queries, tables
from fediart.db.engine import Database, Transaction

MANY = 20_000


def bits(dice: random.Random) -> str:
    return f"{dice.getrandbits(64):016x}"


def flipped(value: str, dice: random.Random, count: int) -> str:
    number = int(value, 16)
    for position in dice.sample(range(64), count):
        number ^= 1 << position
    return f"{number:016x}"


async def fill(tx: Transaction, dice: random.Random) -> list[tuple[int, str, str]]:
    now = clock.now()
    actor = tables.Actor(id=ids.new_id(), uri="https://a.example/mira", is_local=True, username="mira",
                         host="a.example", inbox="https://a.example/inbox", updated_at=now)  # fmt: skip
    tx.add(actor)
    await tx.flush()
    note = tables.Note(id=ids.new_id(), uri="https://a.example/1", actor_id=actor.id, is_local=True,
                       visibility="public", published=now, received_at=now, document=b"{}", proof="own")  # fmt: skip
    tx.add(note)
    await tx.flush()
    tx.add(tables.Work(note_id=note.id, title="Many", policy="no-ai", declared_at=now))
    await tx.flush()
    rows = [(number, bits(dice), bits(dice)) for number in range(1, MANY + 1)]
    await tx.execute(
        insert(tables.Fingerprint),
        [
            {"id": id_, "note_id": note.id, "attachment_id": id_, "phash": phash, "image_code": image,
             "iscc": f"K{id_}", "created_at": now}
            for id_, phash, image in rows
        ],
    )  # fmt: skip
    await tx.execute(
        insert(tables.FingerprintBand),
        [
            {"fingerprint_id": id_, "kind": kind, "position": position, "value": value}
            for id_, phash, image in rows
            for kind, whole in (("phash", phash), ("image", image))
            for position, value in enumerate(bytes.fromhex(whole))
        ],
    )
    return rows


async def plan(tx: Transaction, wanted: dict[str, str], *, is_sqlite: bool) -> str:
    connection = await tx.connection()
    compiled = queries.fingerprints.candidates(wanted).compile(
        connection.engine.sync_engine, compile_kwargs={"literal_binds": True}
    )
    explain = "EXPLAIN QUERY PLAN" if is_sqlite else "EXPLAIN"
    return "\n".join(str(row) for row in await tx.execute(text(f"{explain} {compiled}")))


async def test_near_ones_are_found_among_many(database: Database) -> None:
    dice = random.Random(7)
    async with database.write() as tx:
        rows = await fill(tx, dice)
        await tx.execute(text("ANALYZE"))
    async with database.read() as tx:
        for id_, phash, image in dice.sample(rows, 40):
            wanted = {"phash": flipped(phash, dice, 6), "image": flipped(image, dice, 6)}
            for asked in (wanted, {"phash": wanted["phash"]}, {"image": wanted["image"]}):
                [found] = await queries.fingerprints.find_near(tx, asked, at_most=6)
                assert found.fingerprint.id == id_
            too_far = {"phash": flipped(phash, dice, 7), "image": image}
            assert await queries.fingerprints.find_near(tx, too_far, at_most=6) == []
        shown = await plan(tx, wanted, is_sqlite=database.is_sqlite)
        assert "ix_fingerprint_bands_kind_position_value" in shown
        assert "SCAN fingerprint_bands" not in shown and "Seq Scan on fingerprint_bands" not in shown
        by_digest = text("SELECT note_id FROM renditions WHERE sha256 = 'x'")
        assert (await tx.execute(by_digest)).all() == []
