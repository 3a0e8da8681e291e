"""Artworks: publish, edit, delete. The work, its signed Note and the promise to deliver it are one commit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import orjson

from fediart import config, errors
from fediart.activitypub import addressing, build, digests, html
from fediart.activitypub.addressing import Visibility
from fediart.activitypub.urls import Urls
from fediart.db import changes, ids, queries, tables
from fediart.db.engine import Transaction
from fediart.media.prepare import PreparedImage
from fediart.outbox import render
from fediart.outbox.speaker import Audience, Speaker
from fediart.rights.reservation import Policy
from fediart.studio import mentions, posts, renditions, standing, words

MAX_TITLE_CHARACTERS = 200
MAX_TEXT_CHARACTERS = 20_000
MAX_WORD_CHARACTERS = 100
MAX_TAGS = 30


@dataclass(frozen=True, slots=True)
class Image:
    """One picture of a work: its stored files, its description, and the name it came with."""

    files: PreparedImage
    description: str
    name: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A work as the artist means it. Empty `license` and None `policy`, `language` mean the artist's default.

    `people` are those whom the text may name, by handle; a handle that is not among them stays plain text.
    """

    title: str
    images: Sequence[Image]
    text: str = ""
    tags: Sequence[str] = ()
    medium: str = ""
    series: str = ""
    license: str = ""
    policy: Policy | None = None
    visibility: Visibility = Visibility.PUBLIC
    sensitive: bool = False
    summary: str = ""
    language: str | None = None
    people: mentions.People = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Changes:
    """What an edit changes; None leaves a value as it is.

    `descriptions` maps a picture's number, from 1, to new alt text. `images` are all the pictures that the work then
    has, in order: new ones, and numbers of those that stay. Both mean the numbers from before.
    """

    title: str | None = None
    text: str | None = None
    tags: Sequence[str] | None = None
    medium: str | None = None
    series: str | None = None
    license: str | None = None
    policy: Policy | None = None
    sensitive: bool | None = None
    summary: str | None = None
    language: str | None = None
    descriptions: dict[int, str] = field(default_factory=dict)
    images: Sequence[int | Image] | None = None
    people: mentions.People = field(default_factory=dict)


async def publish(
    tx: Transaction, speaker: Speaker, username: str, draft: Draft, *, limits: config.Media, now: datetime
) -> tables.Note:
    """Publish a work: row, Note, activity and delivery promise live or die with `tx`.

    Raises: NotFoundError, InputError, ConflictError when the artist has moved.
    """
    actor, artist = await queries.actors.require_artist(tx, username)
    standing.verify_active(actor)
    draft = replace(draft, title=draft.title.strip())
    _verify_number(draft.images, limits)
    verify_words(draft, [image.description for image in draft.images], limits=limits)
    named = mentions.written_in(draft.text, draft.people)
    await mentions.verify_welcome(tx, actor, named.values())
    at = speaker.urls
    note_id = ids.new_id()
    now = now.replace(microsecond=0)
    note = tables.Note(
        id=note_id,
        uri=at.note(note_id),
        actor_id=actor.id,
        is_local=True,
        url=at.page(actor.username or "", note_id),
        visibility=draft.visibility.value,
        summary=draft.summary,
        sensitive=draft.sensitive or bool(draft.summary),
        language=draft.language or artist.language,
        conversation=at.conversation(note_id),
        published=now,
        received_at=now,
        document=b"",
        proof="own",
    )
    work = tables.Work(
        note_id=note_id,
        title=draft.title,
        text=draft.text,
        medium=draft.medium,
        series=draft.series,
        policy=(draft.policy or Policy(artist.policy)).value,
        license=draft.license or artist.license,
        version=1,
        declared_at=now,
    )
    tx.add(note)
    await tx.flush()
    tx.add(work)
    await _add_images(tx, at, note_id, dict(enumerate(draft.images)), now=now)
    _add_tags(tx, note_id, [*draft.tags, *html.hashtags_in(draft.text)])
    mentions.add(tx, note_id, named)
    await tx.flush()
    document = await _sign(tx, speaker, actor, artist, note, work, at=now)
    await speaker.say(
        tx,
        actor,
        build.activity.create(document, id_=f"{note.uri}/activity"),
        id_=ids.new_id(),
        subject=note.uri,
        audience=Audience(followers=True, actors=[person.uri for person in named.values()]),
        at=now,
        note_id=note.id,
        is_public=note.visibility in queries.notes.PUBLIC,
    )
    await mentions.tell(tx, actor, note.id, named.values(), now=now)
    await changes.bump(tx)
    return note


async def edit(
    tx: Transaction, speaker: Speaker, work_id: int, edits: Changes, *, limits: config.Media, now: datetime
) -> tuple[tables.Note, bool]:
    """Change a work and tell everybody who got it; says whether anything changed.

    Nothing is sent when the Note stays as it is: when nothing changed, or only what is shown on this server.
    Raises: NotFoundError, InputError.
    """
    work, note, actor = await queries.works.require(tx, work_id)
    artist = await queries.works.artist_of(tx, note)
    before = await _rendered(tx, speaker, actor, artist, note, work)
    series = work.series
    written = {name.lower() for name in html.hashtags_in(work.text)}
    now = max(now.replace(microsecond=0), _second_after(note))
    for name in ("title", "text", "medium", "series", "license"):
        value = getattr(edits, name)
        if value is not None:
            setattr(work, name, value.strip() if name == "title" else value)
    if edits.policy is not None and edits.policy.value != work.policy:
        work.policy = edits.policy.value
        work.declared_at = now
    if edits.summary is not None:
        note.summary = edits.summary
    if edits.sensitive is not None or edits.summary:
        note.sensitive = bool(edits.sensitive) or bool(note.summary)
    if edits.language is not None:
        note.language = edits.language
    if edits.tags is not None or edits.text is not None:
        kept = edits.tags
        if kept is None:  # those given beside the text; those within it come from its new wording
            kept = [tag.label for tag in await queries.notes.tags(tx, note.id) if tag.name not in written]
        await queries.notes.remove_tags(tx, note.id)
        _add_tags(tx, note.id, [*kept, *html.hashtags_in(work.text)])
    newly = await _mention_again(tx, actor, note, edits) if edits.text is not None else []
    await tx.flush()
    attachments = await queries.notes.attachments(tx, note.id)
    for number, description in edits.descriptions.items():
        _picture(attachments, number).description = description
    if edits.images is not None:
        _verify_number(edits.images, limits)
        attachments = await _arrange(tx, speaker.urls, note.id, attachments, edits.images, now=now)
    _verify_words(work, note, [a.description for a in attachments], limits)
    await tx.flush()
    if await _rendered(tx, speaker, actor, artist, note, work) == before:
        if work.series != series:
            await changes.bump(tx)
        return note, work.series != series
    work.version += 1
    note.updated = now
    document = await _sign(tx, speaker, actor, artist, note, work, at=now)
    await posts.tell_changed(tx, speaker, actor, note, document, now=now)
    await mentions.tell(tx, actor, note.id, newly, now=now)
    return note, True


async def _mention_again(tx: Transaction, actor: tables.Actor, note: tables.Note, edits: Changes) -> list[tables.Actor]:
    """Store whom the new text names; returns those whom the old one did not."""
    earlier = await mentions.known(tx, note.id)
    named = mentions.written_in(edits.text or "", {**mentions.by_every_name(earlier), **edits.people})
    before = {person.uri for person in earlier.values()}
    newly = [person for person in named.values() if person.uri not in before]
    await mentions.verify_welcome(tx, actor, newly)
    await queries.notes.remove_mentions(tx, note.id)
    mentions.add(tx, note.id, named)
    return newly


async def delete(tx: Transaction, speaker: Speaker, work_id: int, *, now: datetime) -> tables.Note:
    """Withdraw a work: its id answers 410 with a Tombstone, and everybody who ever got it is told.

    Raises: NotFoundError.
    """
    _, note, actor = await queries.works.require(tx, work_id)
    await withdraw(tx, speaker, actor, note, now=now)
    return note


async def withdraw(tx: Transaction, speaker: Speaker, actor: tables.Actor, note: tables.Note, *, now: datetime) -> None:
    """Delete a local note, work or reply."""
    now = now.replace(microsecond=0)
    mentioned = [mention.actor_uri for mention in await queries.notes.mentions(tx, note.id)]
    involved = [booster.uri for booster in await queries.reactions.boosters(tx, note.id)]
    involved += [author.uri for _, author in await queries.notes.replies(tx, note.id, public_only=False)]
    tombstone = build.note.tombstone(note.uri, published=note.published, deleted=now)
    is_public = note.visibility in queries.notes.PUBLIC
    to = [addressing.PUBLIC] if is_public else mentioned
    if note.visibility == Visibility.FOLLOWERS and actor.followers:
        to = [actor.followers, *mentioned]
    await queries.notes.erase(tx, note, at=now, tombstone=orjson.dumps(tombstone))
    await queries.activities.hide(tx, note_id=note.id)
    await speaker.say(
        tx,
        actor,
        build.activity.delete(id_=f"{note.uri}#delete", actor=actor.uri, object_=tombstone, to=to),
        id_=ids.new_id(),
        subject=note.uri,
        audience=Audience(followers=note.visibility != Visibility.DIRECT, actors=[*mentioned, *involved]),
        at=now,
        note_id=note.id,
    )
    await changes.bump(tx)


def _second_after(note: tables.Note) -> datetime:
    """Two edits within a second must still be told apart: peers compare `updated`."""
    return (note.updated or note.published) + timedelta(seconds=1)


async def _sign(
    tx: Transaction,
    speaker: Speaker,
    actor: tables.Actor,
    artist: tables.Artist,
    note: tables.Note,
    work: tables.Work,
    *,
    at: datetime,
) -> dict[str, object]:
    """Render the Note, sign it and keep the bytes: the delivered Note and the one fetched by id are the same."""
    rendered = await _rendered(tx, speaker, actor, artist, note, work)
    document = await speaker.sign(tx, actor, rendered, at=at)
    note.document = orjson.dumps(document)
    await tx.flush()
    return document


async def _rendered(
    tx: Transaction,
    speaker: Speaker,
    actor: tables.Actor,
    artist: tables.Artist,
    note: tables.Note,
    work: tables.Work,
) -> dict[str, object]:
    attachments = await queries.notes.attachments(tx, note.id)
    hashtags = await queries.notes.tags(tx, note.id)
    note.content = render.work_content(
        speaker.urls,
        note=note,
        work=work,
        pictures=len(attachments),
        hashtags=hashtags,
        links=mentions.links(await mentions.known(tx, note.id)),
    )
    return render.work_note(
        speaker.urls,
        actor=actor,
        artist=artist,
        note=note,
        work=work,
        attachments=attachments,
        hashtags=hashtags,
        mentions=await queries.notes.mentions(tx, note.id),
    )


def _picture(attachments: Sequence[tables.Attachment], number: int) -> tables.Attachment:
    if not 1 <= number <= len(attachments):
        raise errors.InputError(f"there is no picture {number}: this work has {len(attachments)}")
    return attachments[number - 1]


async def _arrange(
    tx: Transaction,
    at: Urls,
    note_id: int,
    before: Sequence[tables.Attachment],
    images: Sequence[int | Image],
    *,
    now: datetime,
) -> list[tables.Attachment]:
    """Give a work these pictures in this order. What stays keeps its address, so that peers keep their copy."""
    kept = {number: _picture(before, number) for number in images if isinstance(number, int)}
    if len(kept) != sum(isinstance(item, int) for item in images):
        raise errors.InputError("a picture is named twice in the order")
    for row in before:
        if row not in kept.values():
            await renditions.supersede(tx, row.id, at=now)
            await tx.delete(row)
    new = {position: item for position, item in enumerate(images) if isinstance(item, Image)}
    for position, item in enumerate(images):
        if isinstance(item, int):
            kept[item].position = position
    await _add_images(tx, at, note_id, new, now=now)
    await tx.flush()
    return await queries.notes.attachments(tx, note_id)


async def _add_images(tx: Transaction, at: Urls, note_id: int, images: Mapping[int, Image], *, now: datetime) -> None:
    for position, image in images.items():
        files = image.files
        picture_id = ids.new_id()
        tx.add(
            tables.Attachment(
                id=picture_id,
                note_id=note_id,
                position=position,
                media_type=files.federated.media_type,
                url=at.media(files.federated.file.key),
                description=image.description,
                width=files.federated.width,
                height=files.federated.height,
                blurhash=files.blurhash,
                digest=digests.digest_multibase(bytes.fromhex(files.federated.file.sha256)),
                size_bytes=files.federated.file.size_bytes,
                original_key=files.original.key,
                original_media_type=files.original_media_type,
                original_name=image.name[:300],
                federated_key=files.federated.file.key,
                gallery=[{"key": item.file.key, "width": item.width, "height": item.height} for item in files.gallery],
            )
        )
        await renditions.record(tx, files, note_id=note_id, attachment_id=picture_id, at=now)


def _labels(names: Sequence[str]) -> dict[str, str]:
    """Return {normal form: label as written} of hashtags.

    Raises: InputError for what peers would read differently.
    """
    labels: dict[str, str] = {}
    for name in names:
        normal, label = words.read_hashtag(name)
        labels.setdefault(normal, label)
    if len(labels) > MAX_TAGS:
        raise errors.InputError(f"a work has at most {MAX_TAGS} tags, not {len(labels)}")
    return labels


def _add_tags(tx: Transaction, note_id: int, names: Sequence[str]) -> None:
    for position, (name, label) in enumerate(_labels(names).items()):
        tx.add(tables.Tag(note_id=note_id, position=position, name=name, label=label))


def verify_words(draft: Draft, descriptions: Sequence[str], *, limits: config.Media) -> None:
    """Check everything about a draft but its pictures, so that a mistake is found before they are worked on and stored.

    Raises: InputError.
    """
    if draft.visibility is Visibility.DIRECT:
        raise errors.InputError("an artwork is public, unlisted or for followers")
    _labels([*draft.tags, *html.hashtags_in(draft.text)])
    _verify_texts(
        title=draft.title.strip(),
        text=draft.text,
        summary=draft.summary,
        short={"the medium": draft.medium, "the series": draft.series},
        license_=draft.license,
        language=draft.language,
        descriptions=descriptions,
        limits=limits,
    )


def _verify_number(images: Sequence[int | Image], limits: config.Media) -> None:
    if not images:
        raise errors.InputError("a work needs at least one picture")
    if len(images) > limits.max_images:
        raise errors.InputError(f"a work has at most {limits.max_images} pictures, not {len(images)}")


def _verify_words(work: tables.Work, note: tables.Note, descriptions: Sequence[str], limits: config.Media) -> None:
    _verify_texts(
        title=work.title,
        text=work.text,
        summary=note.summary,
        short={"the medium": work.medium, "the series": work.series},
        license_=work.license,
        language=note.language,
        descriptions=descriptions,
        limits=limits,
    )


def _verify_texts(
    *,
    title: str,
    text: str,
    summary: str,
    short: dict[str, str],
    license_: str,
    language: str | None,
    descriptions: Sequence[str],
    limits: config.Media,
) -> None:
    if not title:
        raise errors.InputError("a work needs a title; “Untitled” will do")
    for what, value, limit in (
        ("the title", title, MAX_TITLE_CHARACTERS),
        ("the text", text, MAX_TEXT_CHARACTERS),
        ("the content warning", summary, posts.MAX_SUMMARY_CHARACTERS),
        *((name, value, MAX_WORD_CHARACTERS) for name, value in short.items()),
        *(
            (f"the alt text of picture {number}", value, limits.max_alt_text_characters)
            for number, value in enumerate(descriptions, start=1)
        ),
    ):
        words.verify_length(what, value, limit)
    words.verify_licence(license_)
    if language is not None:
        words.verify_language(language)
