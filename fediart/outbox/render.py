"""Rows to our JSON: which column becomes which term. No SQL, no signing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fediart.activitypub import addressing, build, html, keys, urls
from fediart.activitypub.urls import Urls
from fediart.db import tables
from fediart.rights import note_terms
from fediart.rights.reservation import Policy, Reservation

ALL_RIGHTS_RESERVED = "all-rights-reserved"
ALL_RIGHTS_RESERVED_NO_AI = "all-rights-reserved-no-ai"
SHOWN_EVERYWHERE = 4  # Interop: Mastodon and Pixelfed keep the first four pictures


def default_licence(at: Urls, policy: Policy) -> str:
    return at.licence(ALL_RIGHTS_RESERVED if policy is Policy.ALLOW else ALL_RIGHTS_RESERVED_NO_AI)


def reservation(
    at: Urls, *, actor: tables.Actor, artist: tables.Artist, work: tables.Work, note: tables.Note
) -> Reservation:
    """Return what the artist declares about a work: the record that every signal is a projection of."""
    policy = Policy(work.policy)
    return Reservation(
        policy=policy,
        license=work.license or default_licence(at, policy),
        credit=artist.credit,
        copyright_notice=f"© {note.published.year} {artist.credit}",
        source_type=None,
        holder_url=at.profile(actor.username or ""),
        policy_url=at.policy(note.id),
        usage_info_url=at.rights(note.id),
        acquire_url=at.profile(actor.username or ""),
        version=work.version,
        declared_at=work.declared_at,
        rsl_url=at.rsl(note.id),
    )


def artist_reservation(at: Urls, *, actor: tables.Actor, artist: tables.Artist) -> Reservation:
    """Return the artist's default: it covers avatar, header, bio and whatever declares nothing itself."""
    username = actor.username or ""
    policy = Policy(artist.policy)
    return Reservation(
        policy=policy,
        license=artist.license or default_licence(at, policy),
        credit=artist.credit,
        copyright_notice=f"© {artist.credit}",
        source_type=None,
        holder_url=at.profile(username),
        policy_url=at.actor_policy(username),
        usage_info_url=f"{at.base}/rights",
        acquire_url=at.profile(username),
        version=1,
        declared_at=artist.declared_at,
        rsl_url=at.actor_rsl(username),
    )


def work_content(
    at: Urls,
    *,
    note: tables.Note,
    work: tables.Work,
    pictures: int,
    hashtags: Sequence[tables.Tag],
    links: Mapping[str, tuple[str, str]] | None = None,
) -> str:
    """Compose what a follower reads: title, medium, words, the tags that the words do not name, and the way to more.

    `links` are those of the handles in the words, as `html.from_text` takes them.
    """
    title = f"<strong>{html.from_text(work.title)[3:-4]}</strong>"
    parts = [f"<p>{title}, {html.from_text(work.medium)[3:-4]}</p>" if work.medium else f"<p>{title}</p>"]
    if work.text:
        parts.append(html.from_text(work.text, mentions=links, tag_href=at.tag))
    written = {name.lower() for name in html.hashtags_in(work.text)}
    others = [tag for tag in hashtags if tag.name not in written]
    if others:
        parts.append("<p>" + " ".join(html.hashtag_link(tag.label, at.tag(tag.name)) for tag in others) + "</p>")
    if pictures > SHOWN_EVERYWHERE and note.url:
        parts.append(f"<p>{html.link(note.url, f'All {pictures} pictures')}</p>")
    return "".join(parts)


def work_note(
    at: Urls,
    *,
    actor: tables.Actor,
    artist: tables.Artist,
    note: tables.Note,
    work: tables.Work,
    attachments: Sequence[tables.Attachment],
    hashtags: Sequence[tables.Tag],
    mentions: Sequence[tables.Mention] = (),
) -> dict[str, Any]:
    """Render an artwork's Note, without its proof."""
    reserved = reservation(at, actor=actor, artist=artist, work=work, note=note)
    pictures = [
        build.note.Picture(
            url=picture.url,
            media_type=picture.media_type or "image/jpeg",
            description=picture.description,
            width=picture.width or 1,
            height=picture.height or 1,
            blurhash=picture.blurhash,
            focal_point=(picture.focal_x, picture.focal_y or 0.0) if picture.focal_x is not None else None,
            rights=note_terms.write_attachment(
                reserved, digest_multibase=picture.digest or "", size_bytes=picture.size_bytes or 0
            ),
        )
        for picture in attachments
    ]
    return _note(
        at,
        actor=actor,
        note=note,
        pictures=pictures,
        hashtags=hashtags,
        mentions=mentions,
        rights=note_terms.write_note(reserved),
    )


def reply_note(
    at: Urls,
    *,
    actor: tables.Actor,
    note: tables.Note,
    hashtags: Sequence[tables.Tag],
    mentions: Sequence[tables.Mention],
) -> dict[str, Any]:
    """Render the Note of words without an artwork (a reply, a message), without its proof."""
    return _note(at, actor=actor, note=note, hashtags=hashtags, mentions=mentions)


def _note(
    at: Urls,
    *,
    actor: tables.Actor,
    note: tables.Note,
    hashtags: Sequence[tables.Tag],
    pictures: Sequence[build.note.Picture] = (),
    mentions: Sequence[tables.Mention] = (),
    rights: dict[str, Any] | None = None,
) -> dict[str, Any]:
    to, cc = addressing.address(
        addressing.Visibility(note.visibility),
        followers=actor.followers or "",
        mentions=[mention.actor_uri for mention in mentions],
    )
    return build.note.build(
        build.note.Note(
            id=note.uri,
            url=note.url or note.uri,
            attributed_to=actor.uri,
            content=note.content,
            language=note.language,
            published=note.published,
            updated=note.updated,
            to=to,
            cc=cc,
            conversation=note.conversation or at.conversation(note.id),
            summary=note.summary,
            sensitive=note.sensitive,
            in_reply_to=note.in_reply_to_uri,
            pictures=pictures,
            hashtags=[build.note.Hashtag(name=tag.label, href=at.tag(tag.name)) for tag in hashtags],
            mentions=[build.note.Mention(name=mention.name, href=mention.actor_uri) for mention in mentions],
            rights=rights or {},
            rights_context=note_terms.CONTEXT if rights else {},
        )
    )


def actor_document(
    at: Urls, *, actor: tables.Actor, artist: tables.Artist | None, keys_: Sequence[tables.Key]
) -> dict[str, Any]:
    """Render a local actor: an artist, or (without `artist`) the instance itself."""
    rsa = next(key for key in keys_ if key.algorithm == "rsa")
    proof = next((key for key in keys_ if key.algorithm == "ed25519"), None)
    rights = note_terms.write_actor(artist_reservation(at, actor=actor, artist=artist)) if artist else {}
    return build.actor.build(
        build.actor.Actor(
            id=actor.uri,
            username=actor.username or "",
            type=actor.type,
            name=actor.name or actor.username or "",
            summary=actor.summary,
            url=actor.url or actor.uri,
            inbox=actor.inbox,
            outbox=actor.outbox or f"{actor.uri}/outbox",
            followers=actor.followers or f"{actor.uri}/followers",
            following=actor.following or f"{actor.uri}/following",
            featured=actor.featured or f"{actor.uri}/featured",
            featured_tags=urls.featured_tags(actor.uri) if artist else None,
            shared_inbox=at.shared_inbox,
            rsa_key_id=rsa.id,
            rsa_public_pem=rsa.public_pem,
            ed25519_key_id=proof.id if proof else None,
            ed25519_multikey=keys.write_multikey(keys.read_public_pem(proof.public_pem)) if proof else None,
            handle=f"{actor.username}@{at.host}",
            published=actor.published or actor.updated_at,
            updated=actor.updated_at,
            icon=_image(actor.icon_url, actor.icon_media_type),
            image=_image(actor.image_url, actor.image_media_type),
            fields=[(item["name"], item["value"]) for item in actor.fields],
            manually_approves_followers=actor.manually_approves_followers,
            discoverable=actor.discoverable,
            indexable=actor.indexable,
            also_known_as=[str(other) for other in actor.also_known_as],
            moved_to=actor.moved_to,
            rights=rights,
            rights_context=note_terms.CONTEXT if rights else {},
        )
    )


def _image(url: str | None, media_type: str | None) -> build.actor.Image | None:
    return build.actor.Image(url=url, media_type=media_type or "image/jpeg") if url else None


def key_ids(actor_uri: str) -> tuple[str, str]:
    """Return the ids of an actor's RSA and Ed25519 keys."""
    return urls.rsa_key_id(actor_uri), urls.ed25519_key_id(actor_uri)
