"""`/@name/<id>`: a work as it hangs: the pictures, what the artist says of it, its rights, and what others said.

The page of a local reply has the same form of address and is shown here too.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from markupsafe import Markup
from quart import Response

from fediart import errors
from fediart.activitypub import html, tags
from fediart.db import queries, tables
from fediart.db.engine import Transaction
from fediart.db.queries import pages as page_queries
from fediart.outbox import render
from fediart.rights.reservation import Policy
from fediart.studio import mentions
from fediart.web import answer, pictures, terms, tiles
from fediart.web.answer import Head, PreviewImage
from fediart.web.pages import licences
from fediart.web.pictures import Picture
from fediart.web.site import Route, Site, read_id

_LONGEST_DESCRIPTION = 300


@dataclass(frozen=True, slots=True)
class Reply:
    note: tables.Note
    author: tables.Actor
    content: Markup
    answers: list[Reply] = field(default_factory=list)


async def note(site: Site, username: str, number: str) -> Response:
    note_id = read_id(number)
    if note_id is None:
        raise errors.NotFoundError("There is no work at this address.")
    # The id decides who may read the document, so nothing is said here about whether there is one.
    if (elsewhere := answer.to_activity(site.urls.note(note_id))) is not None:
        return elsewhere
    async with site.database.read() as tx:
        found = await page_queries.find_local_note(tx, note_id)
        if found is None or found[1].username != username or found[0].visibility not in queries.notes.PUBLIC:
            raise errors.NotFoundError("There is no work at this address.")
        shown, actor, work = found
        if actor.gone_at is not None:
            raise errors.FediArtError("This artist has closed their account, and this went with it.", status=410)
        if shown.deleted_at is not None:
            what = "This work" if work else "This reply"
            when = f"{shown.deleted_at.day} {shown.deleted_at:%B %Y}"
            raise errors.FediArtError(f"{what} was withdrawn by the artist on {when}.", status=410)
        artist = await queries.actors.get_artist(tx, actor.id)
        if work is None:
            return await _show_reply(tx, site, shown, actor, artist)
        return await _show_work(tx, site, shown, actor, artist, work)


async def _show_work(
    tx: Transaction,
    site: Site,
    shown: tables.Note,
    actor: tables.Actor,
    artist: tables.Artist,
    work: tables.Work,
) -> Response:
    attachments = await queries.notes.attachments(tx, shown.id)
    images = [
        pictures.read(site.urls, row, css=f"w{number}", title=work.title, of=len(attachments))
        for number, row in enumerate(attachments)
    ]
    older, newer = [
        await tiles.read(tx, site, [hung] if hung else [], prefix=name)
        for name, hung in zip("on", await page_queries.neighbours(tx, actor.id, shown.id), strict=True)
    ]
    is_veiled = shown.sensitive or bool(shown.summary)
    name = actor.name or actor.username or ""
    reserved = render.reservation(site.urls, actor=actor, artist=artist, work=work, note=shown)
    links = mentions.links(await mentions.known(tx, shown.id))
    words = html.from_text(work.text, mentions=links, tag_href=site.urls.tag)
    written = {tags.normalize_hashtag(name) for name in html.hashtags_in(work.text)}
    about = shown.summary or html.to_text(words)[:_LONGEST_DESCRIPTION] or (images[0].alt if images else "")
    return await answer.page(
        site,
        "artwork.html",
        Head(
            title=f"{work.title} – {name}",
            description=about[:_LONGEST_DESCRIPTION],
            canonical=site.urls.page(actor.username or "", shown.id),
            activity_id=shown.uri,
            type="article",
            image=None if is_veiled or not images else _preview(site, images[0]),
            creator=actor.handle,
        ),
        reserved,
        rules=pictures.rules(images) + tiles.rules([*older, *newer]),
        note=shown,
        work=work,
        actor=actor,
        artist=artist,
        name=name,
        images=images,
        is_veiled=is_veiled,
        words=Markup(words),  # noqa: S704  made from plain text, escaped
        tags=[tag for tag in await queries.notes.tags(tx, shown.id) if tag.name not in written],
        policy=terms.WORDS[Policy(work.policy)],
        licence=licences.title_of(site, reserved.license),
        reactions=(await queries.reactions.counts(tx, [shown.id]))[shown.id],
        replies=await _replies(tx, shown.id),
        older=older,
        newer=newer,
    )


async def _show_reply(
    tx: Transaction, site: Site, shown: tables.Note, actor: tables.Actor, artist: tables.Artist
) -> Response:
    name = actor.name or actor.username or ""
    text = html.to_text(shown.content)
    return await answer.page(
        site,
        "reply.html",
        Head(
            title=f"A reply by {name}",
            description=(shown.summary or text)[:_LONGEST_DESCRIPTION],
            canonical=site.urls.page(actor.username or "", shown.id),
            activity_id=shown.uri,
            type="article",
            creator=actor.handle,
        ),
        render.artist_reservation(site.urls, actor=actor, artist=artist),
        actor=actor,
        name=name,
        reply=Reply(shown, actor, Markup(shown.content)),  # noqa: S704  see `_replies`
        parent=await _parent(tx, site, shown),
        replies=await _replies(tx, shown.id),
    )


async def _replies(tx: Transaction, note_id: int) -> list[Reply]:
    """Arrange the public answers as a tree. Trust: a note's content was sanitised when it was stored."""
    top: list[Reply] = []
    known: dict[int, list[Reply]] = {note_id: top}
    for row, author in await page_queries.thread(tx, note_id):
        reply = Reply(row, author, Markup(row.content))  # noqa: S704
        known.setdefault(row.in_reply_to_id or 0, []).append(reply)
        known[row.id] = reply.answers
    return top


async def _parent(tx: Transaction, site: Site, shown: tables.Note) -> str:
    """Return the page of what a reply answers; empty when that is not for everybody."""
    if shown.in_reply_to_id is None:
        return shown.in_reply_to_uri or ""
    parent = await queries.notes.get(tx, shown.in_reply_to_id)
    if parent is None or parent.deleted_at is not None or parent.visibility not in queries.notes.PUBLIC:
        return ""
    return parent.url or parent.uri


def _preview(site: Site, picture: Picture) -> PreviewImage:
    return PreviewImage(f"{site.urls.base}{picture.federated}", picture.alt, picture.width, picture.height)


ROUTES = (Route("/@<username>/<number>", note),)
