"""Activities: each with an id of its own on our host, its actor as a plain id, and its audience written out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from fediart.activitypub import addressing, timestamps
from fediart.activitypub.build import context


def create(note: Mapping[str, Any], *, id_: str) -> dict[str, Any]:
    """Wrap a finished Note (with its proof). The audience is the Note's."""
    return {
        "@context": note["@context"],
        "id": id_,
        "type": "Create",
        "actor": note["attributedTo"],
        "published": note["published"],
        "to": list(note["to"]),
        "cc": list(note["cc"]),
        "object": dict(note),
    }


def update(object_: Mapping[str, Any], *, id_: str, actor: str, at: datetime) -> dict[str, Any]:
    """Announce a changed Note or actor, in full."""
    return {
        "@context": object_["@context"],
        "id": id_,
        "type": "Update",
        "actor": actor,
        "published": timestamps.write_timestamp(at),
        "to": list(object_.get("to", [addressing.PUBLIC])),
        "cc": list(object_.get("cc", [])),
        "object": dict(object_),
    }


def delete(*, id_: str, actor: str, object_: Mapping[str, Any] | str, to: Sequence[str]) -> dict[str, Any]:
    """Withdraw a Note (its Tombstone) or an account (its id)."""
    embedded = object_ if isinstance(object_, str) else {k: v for k, v in object_.items() if k != "@context"}
    return {
        "@context": context.for_activity(),
        "id": id_,
        "type": "Delete",
        "actor": actor,
        "to": list(to),
        "object": embedded,
    }


def simple(
    type_: str,
    *,
    id_: str,
    actor: str,
    object_: Mapping[str, Any] | str,
    to: Sequence[str],
    cc: Sequence[str] = (),
    published: datetime | None = None,
    target: str | None = None,
) -> dict[str, Any]:
    """Build a Follow, Accept, Reject, Like, Announce, Block, Move: one verb, one object.

    Accept, Reject and Undo embed the whole activity they answer. Interop: Misskey and GoToSocial cannot resolve a bare
    Follow id.
    """
    built: dict[str, Any] = {
        "@context": context.for_activity(),
        "id": id_,
        "type": type_,
        "actor": actor,
        "to": list(to),
        "object": object_ if isinstance(object_, str) else {k: v for k, v in object_.items() if k != "@context"},
    }
    if cc:
        built["cc"] = list(cc)
    if target:
        built["target"] = target
    if published is not None:
        built["published"] = timestamps.write_timestamp(published)
    return built


def flag(*, id_: str, actor: str, objects: Sequence[str], content: str, to: Sequence[str]) -> dict[str, Any]:
    """Report an account and posts of theirs."""
    return {
        "@context": context.for_activity(),
        "id": id_,
        "type": "Flag",
        "actor": actor,
        "to": list(to),
        "object": list(objects),
        "content": content,
    }


def undo(activity: Mapping[str, Any], *, id_: str) -> dict[str, Any]:
    """Take back an activity of ours, embedded without its context and proof."""
    original = {k: v for k, v in activity.items() if k not in ("@context", "proof", "signature")}
    return simple(
        "Undo",
        id_=id_,
        actor=str(activity["actor"]),
        object_=original,
        to=list(activity.get("to", [])),
        cc=list(activity.get("cc", [])),
    )
