"""Notes, their Create, and what hangs on them: to everybody when public, else to those whom they are for."""

from __future__ import annotations

from quart import Blueprint, Response

from fediart import http
from fediart.activitypub import build, urls
from fediart.db import queries, tables
from fediart.db.engine import Database, Transaction
from fediart.outbox import render, viewer
from fediart.outbox.routes import _answers
from fediart.outbox.viewer import Door
from fediart.rights import http_headers

_NOTE = f"<{_answers.NUMBER}:note_id>"


def add(blue: Blueprint, database: Database, at: urls.Urls, door: Door) -> None:
    """Add the routes of Notes."""

    async def find_readable(note_id: int) -> tables.Note | None:
        """Return a note of ours, deleted or not, that this request may see.

        What is not there and what is not meant for the signer look alike, also in what a bad signature is answered.

        Raises: ProtocolError when the signer is refused or could not be verified; RemoteError.
        """
        async with database.read() as tx:
            found = await _find_local(tx, note_id)
            if found is not None and found.visibility in queries.notes.PUBLIC:
                await door.refuse_blocked(tx, found.actor_id)
                return found
        door.mark_personal()
        if not door.is_signed():
            return None
        asking = await door.require_viewer()
        async with database.read() as tx:
            found = await _find_local(tx, note_id)
            if found is None or not await viewer.may_read(tx, found, asking):
                return None
            await door.refuse_blocked(tx, found.actor_id)
            return found

    @blue.get(f"/objects/{_NOTE}")
    async def note(note_id: int) -> Response:
        found = await find_readable(note_id)
        if found is None:
            return _answers.nothing()
        if found.deleted_at is not None:
            return http.json_response(found.document, status=410)
        is_public = found.visibility in queries.notes.PUBLIC
        if is_public and (elsewhere := _answers.to_page(found.url or found.uri)) is not None:
            return elsewhere
        async with database.read() as tx:
            headers = await rights_of(tx, found)
        return _answers.with_headers(http.json_response(found.document), headers)

    async def rights_of(tx: Transaction, found: tables.Note) -> list[tuple[str, str]]:
        work = await queries.works.find(tx, found.id)
        if work is None:
            owner = await queries.actors.get(tx, found.actor_id)
            artist = await queries.actors.get_artist(tx, found.actor_id)
            return http_headers.write(render.artist_reservation(at, actor=owner, artist=artist))
        artist = await queries.works.artist_of(tx, found)
        return http_headers.write(render.reservation(at, actor=work[2], artist=artist, work=work[0], note=found))

    @blue.get(f"/objects/{_NOTE}/activity")
    async def create(note_id: int) -> Response:
        found = await find_readable(note_id)
        if found is None:
            return _answers.nothing()
        if found.deleted_at is not None:
            return http.json_response(found.document, status=410)
        async with database.read() as tx:
            activity = await queries.activities.find(tx, f"{at.note(note_id)}/activity")
        return http.json_response(activity.document) if activity is not None else _answers.nothing()

    async def parts(note_id: int, part: str) -> Response:
        found = await find_readable(note_id)
        if found is None or found.deleted_at is not None:
            return _answers.nothing()
        id_ = f"{found.uri}/{part}"
        async with database.read() as tx:
            if part != "replies":
                likes, boosts = (await queries.reactions.counts(tx, [note_id]))[note_id]
                total = likes if part == "likes" else boosts
                return http.json_response(build.collection.collection(id_, total=total, first=None, ordered=False))
            if _answers.is_whole():
                total = await queries.notes.count_replies(tx, note_id)
                return http.json_response(
                    build.collection.collection(id_, total=total, first=f"{id_}?page=true", ordered=False)
                )
            after = _answers.number("after") or 0
            rows = await queries.notes.reply_uris(tx, note_id, after=after, limit=_answers.PAGE + 1)
        next_ = f"{id_}?after={rows[_answers.PAGE - 1][0]}" if len(rows) > _answers.PAGE else None
        return http.json_response(
            build.collection.page(
                _answers.self_address(id_),
                part_of=id_,
                items=[uri for _, uri in rows[: _answers.PAGE]],
                next_=next_,
                ordered=False,
            )
        )

    @blue.get(f"/objects/{_NOTE}/replies")
    async def replies(note_id: int) -> Response:
        return await parts(note_id, "replies")

    @blue.get(f"/objects/{_NOTE}/likes")
    async def likes(note_id: int) -> Response:
        return await parts(note_id, "likes")

    @blue.get(f"/objects/{_NOTE}/shares")
    async def shares(note_id: int) -> Response:
        return await parts(note_id, "shares")


async def _find_local(tx: Transaction, note_id: int) -> tables.Note | None:
    found = await queries.notes.get(tx, note_id)
    return found if found is not None and found.is_local else None
