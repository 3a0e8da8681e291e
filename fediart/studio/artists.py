"""Artists: open an account, change a profile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from fediart import errors
from fediart.activitypub import addressing, build, handles, html, keys
from fediart.activitypub.urls import Urls
from fediart.db import changes, ids, queries, tables
from fediart.db.engine import Transaction
from fediart.outbox import render
from fediart.outbox.speaker import Audience, Speaker
from fediart.rights.reservation import Policy
from fediart.studio import words

MAX_NAME_CHARACTERS = 100
MAX_SUMMARY_CHARACTERS = 5000
MAX_FIELDS = 16
MAX_FIELD_CHARACTERS = 500
MAX_ALIASES = 20  # Interop: GoToSocial 0.20 reads no more


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A new actor's keys; making the RSA one takes a moment, so it is made outside the transaction."""

    rsa: rsa.RSAPrivateKey
    ed25519: ed25519.Ed25519PrivateKey


def new_keys() -> KeyPair:
    """Make an RSA-2048 key for HTTP signatures and an Ed25519 key for object proofs."""
    return KeyPair(
        rsa=rsa.generate_private_key(public_exponent=65537, key_size=2048),
        ed25519=ed25519.Ed25519PrivateKey.generate(),
    )


@dataclass(frozen=True, slots=True)
class Picture:
    """An avatar or header that is already stored under `key`."""

    key: str
    media_type: str


@dataclass(frozen=True, slots=True)
class Profile:
    """What an artist says about themselves; None leaves a value as it is."""

    name: str | None = None
    summary: str | None = None
    fields: Sequence[tuple[str, str]] | None = None
    icon: Picture | None = None
    image: Picture | None = None
    discoverable: bool | None = None
    indexable: bool | None = None
    manually_approves_followers: bool | None = None
    credit: str | None = None
    also_known_as: Sequence[str] | None = None
    policy: Policy | None = None
    license: str | None = None
    language: str | None = None


async def create_instance(tx: Transaction, at: Urls, *, name: str, key_pair: KeyPair, now: datetime) -> tables.Actor:
    """Create the instance actor: it signs our fetches, and is readable by everybody."""
    actor = tables.Actor(
        id=ids.new_id(),
        uri=at.instance_actor,
        is_local=True,
        type="Application",
        username=at.host.split(":", 1)[0],  # a dot cannot be in an artist's name
        host=at.host,
        name=name,
        url=at.base,
        inbox=f"{at.instance_actor}/inbox",
        shared_inbox=at.shared_inbox,
        outbox=f"{at.instance_actor}/outbox",
        followers=None,
        following=None,
        featured=None,
        manually_approves_followers=True,
        published=now,
        updated_at=now,
    )
    tx.add(actor)
    await tx.flush()
    _add_keys(tx, actor, key_pair, now)
    await queries.instance.add(tx, base_url=at.base, actor_id=actor.id, at=now)
    return actor


async def create(
    tx: Transaction,
    at: Urls,
    *,
    username: str,
    email: str,
    policy: Policy,
    license_: str,
    language: str,
    key_pair: KeyPair,
    now: datetime,
    profile: Profile | None = None,
) -> tables.Actor:
    """Open an artist's account.

    Raises: InputError for a name that peers could not address; ConflictError when it is taken, or was once.
    """
    username = username.removeprefix("@")
    if not handles.is_valid_username(username):
        raise errors.InputError(
            f"“{username}” cannot be a user name: use 1 to 30 of a-z, 0-9 and _, and none of the reserved names"
        )
    if "@" not in email.strip("@"):
        raise errors.InputError(f"“{email}” is not an e-mail address")
    words.verify_licence(license_)
    words.verify_language(language)
    existing = await queries.actors.find_local(tx, username)
    if existing is not None:
        raise errors.ConflictError(
            f"the name “{username}” is taken"
            if existing.gone_at is None
            else f"the name “{username}” belonged to a deleted account and cannot be used again"
        )
    uri = at.actor(username)
    actor = tables.Actor(
        id=ids.new_id(),
        uri=uri,
        is_local=True,
        type="Person",
        username=username,
        host=at.host,
        url=at.profile(username),
        inbox=f"{uri}/inbox",
        shared_inbox=at.shared_inbox,
        outbox=f"{uri}/outbox",
        followers=f"{uri}/followers",
        following=f"{uri}/following",
        featured=f"{uri}/featured",
        name="",
        summary="",
        discoverable=True,
        indexable=True,
        published=now,
        updated_at=now,
    )
    await queries.actors.add_local(tx, actor)
    artist = tables.Artist(
        actor_id=actor.id,
        email=email,
        credit=profile.name if profile and profile.name else username,
        policy=policy.value,
        license=license_,
        language=language,
        declared_at=now,
    )
    tx.add(artist)
    _add_keys(tx, actor, key_pair, now)
    _apply(at, actor, artist, profile or Profile(name=username))
    await tx.flush()
    await changes.bump(tx)
    return actor


async def edit(tx: Transaction, speaker: Speaker, username: str, profile: Profile, *, now: datetime) -> tables.Actor:
    """Change a profile and tell the followers' servers; nothing is sent when nothing changed.

    Raises: NotFoundError, InputError.
    """
    actor, artist = await queries.actors.require_artist(tx, username)
    before = await document(tx, speaker.urls, actor)
    _apply(speaker.urls, actor, artist, profile)
    _change_defaults(artist, profile, now=now)
    await tx.flush()
    if await document(tx, speaker.urls, actor) == before:
        return actor
    actor.updated_at = now
    await tx.flush()
    await changes.bump(tx)
    await tell_changed(tx, speaker, actor, now=now)
    return actor


def _change_defaults(artist: tables.Artist, profile: Profile, *, now: datetime) -> None:
    """Change what holds for new works; what is published keeps the terms under which it was."""
    if profile.policy is not None and profile.policy.value != artist.policy:
        artist.policy, artist.declared_at = profile.policy.value, now
    if profile.license is not None:
        words.verify_licence(profile.license)
        artist.license = profile.license
    if profile.language is not None:
        words.verify_language(profile.language)
        artist.language = profile.language


async def tell_changed(tx: Transaction, speaker: Speaker, actor: tables.Actor, *, now: datetime) -> None:
    """Send an artist's document as it is now to the followers' servers."""
    id_ = ids.new_id()
    update = build.activity.update(
        await document(tx, speaker.urls, actor), id_=f"{actor.uri}#updates/{id_}", actor=actor.uri, at=now
    )
    update["cc"] = [actor.followers] if actor.followers else []
    # The context of the activity must cover the actor's terms; the actor inside has its own no more.
    update["object"].pop("@context", None)
    await speaker.say(tx, actor, update, id_=id_, subject=actor.uri, audience=Audience(followers=True), at=now)


async def document(tx: Transaction, at: Urls, actor: tables.Actor) -> dict[str, object]:
    """Return a local actor's document as peers read it."""
    artist = await tx.get(tables.Artist, actor.id)
    return render.actor_document(at, actor=actor, artist=artist, keys_=await queries.keys.of_actor(tx, actor.id))


def _add_keys(tx: Transaction, actor: tables.Actor, key_pair: KeyPair, now: datetime) -> None:
    rsa_id, ed25519_id = render.key_ids(actor.uri)
    for key_id, algorithm, private in (
        (rsa_id, "rsa", key_pair.rsa),
        (ed25519_id, "ed25519", key_pair.ed25519),
    ):
        tx.add(
            tables.Key(
                id=key_id,
                actor_id=actor.id,
                algorithm=algorithm,
                public_pem=keys.write_public_pem(private.public_key()),
                private_pem=keys.write_private_pem(private),
                fetched_at=now,
            )
        )


def _apply(at: Urls, actor: tables.Actor, artist: tables.Artist, profile: Profile) -> None:
    if profile.name is not None:
        actor.name = _checked("the name", profile.name.strip(), MAX_NAME_CHARACTERS)
    if profile.summary is not None:
        artist.summary_text = _checked("the summary", profile.summary, MAX_SUMMARY_CHARACTERS)
        actor.summary = html.from_text(profile.summary, tag_href=at.tag)
    if profile.fields is not None:
        if len(profile.fields) > MAX_FIELDS:
            raise errors.InputError(f"a profile has at most {MAX_FIELDS} fields, not {len(profile.fields)}")
        actor.fields = [
            {
                "name": _checked("a field's name", name, MAX_FIELD_CHARACTERS),
                "value": _field_value(_checked("a field's value", value, MAX_FIELD_CHARACTERS)),
            }
            for name, value in profile.fields
        ]
    if profile.icon is not None:
        artist.icon_key, actor.icon_media_type = profile.icon.key, profile.icon.media_type
        actor.icon_url = at.media(profile.icon.key)
    if profile.image is not None:
        artist.image_key, actor.image_media_type = profile.image.key, profile.image.media_type
        actor.image_url = at.media(profile.image.key)
    if profile.credit:
        artist.credit = _checked("the credit", profile.credit.strip(), MAX_NAME_CHARACTERS)
    if profile.also_known_as is not None:
        aliases = list(dict.fromkeys(profile.also_known_as))
        if actor.uri in aliases:
            raise errors.InputError("an account is not an alias of itself")
        if len(aliases) > MAX_ALIASES:
            raise errors.InputError(f"an account has at most {MAX_ALIASES} aliases, not {len(aliases)}")
        actor.also_known_as = aliases
    for name in ("discoverable", "indexable", "manually_approves_followers"):
        value = getattr(profile, name)
        if value is not None:
            setattr(actor, name, value)


def _field_value(text: str) -> str:
    """A field that is an address becomes a link with `rel="me"`, which the page at the other end can confirm."""
    if text.startswith(("https://", "http://")) and " " not in text:
        return html.link(text).replace('rel="nofollow noopener"', 'rel="me nofollow noopener"')
    return html.from_text(text).removeprefix("<p>").removesuffix("</p>")


def _checked(what: str, text: str, limit: int) -> str:
    words.verify_length(what, text, limit)
    return text


def audience_of(actor: tables.Actor, visibility: addressing.Visibility) -> Audience:
    """Return who gets an actor's own words at a visibility, before mentions."""
    return Audience(followers=visibility is not addressing.Visibility.DIRECT)
