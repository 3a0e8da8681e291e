"""Reporting somebody: to their server's moderators when they live elsewhere, to our own admin when they live here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from fediart import errors
from fediart.activitypub import build
from fediart.db import ids, queries, tables
from fediart.db.engine import Transaction
from fediart.outbox.speaker import Audience, Speaker
from fediart.studio import words

MAX_TEXT_CHARACTERS = 3000
MAX_POSTS = 50


async def report(
    tx: Transaction,
    speaker: Speaker,
    username: str,
    target: tables.Actor,
    posts: Sequence[tables.Note],
    text: str,
    *,
    now: datetime,
) -> tables.Report:
    """Report an account, with posts of theirs as evidence.

    The server itself is the sender: who reported is known here only, and not to those who are reported.
    Interop: Mastodon 4.6 and GoToSocial 0.20 take a Flag of the account, then the posts, in one list.
    Raises: NotFoundError, InputError.
    """
    actor, _ = await queries.actors.require_artist(tx, username)
    if target.id == actor.id:
        raise errors.InputError("nobody can report themselves")
    if target.gone_at is not None:
        raise errors.NotFoundError(f"{target.handle} has deleted the account")
    text = text.strip()
    words.verify_length("the report", text, MAX_TEXT_CHARACTERS)
    if len(posts) > MAX_POSTS:
        raise errors.InputError(f"a report names at most {MAX_POSTS} posts, not {len(posts)}")
    for post in posts:
        if post.actor_id != target.id:
            raise errors.InputError(f"{post.uri} is not by {target.handle}")
    id_ = ids.new_id()
    uri = speaker.urls.activity(id_)
    objects = list(dict.fromkeys([target.uri, *(post.uri for post in posts)]))
    row = await queries.reports.add(
        tx, uri=uri, actor_id=actor.id, objects=objects, content=text, at=now, is_outgoing=not target.is_local
    )
    if target.is_local:
        return row
    instance = await queries.instance.require(tx, speaker.urls.base)
    sender = await queries.actors.get(tx, instance.actor_id)
    await speaker.say(
        tx,
        sender,
        build.activity.flag(id_=uri, actor=sender.uri, objects=objects, content=text, to=[target.uri]),
        id_=id_,
        subject=uri,
        audience=Audience(actors=[target.uri]),
        at=now,
    )
    return row
