"""An activity in one form, whatever shape the peer gave it.

The ids are normalised so that they can be compared; `raw` keeps what was received, for answering in the sender's own
words and for forwarding. Whether the actor may say this is for `origins.verify_activity_origin`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from fediart.activitypub import addressing, shapes, timestamps
from fediart.activitypub.errors import ProtocolError
from fediart.activitypub.vocabulary import ACTIVITY_TYPES, ACTOR_TYPES, LINK_TYPES

_MAX_OBJECTS: Final = 1000
_MAX_CONTENT_CHARACTERS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Activity:
    """`object` is the embedded object when it carries a type: never to be believed beyond its origin.

    `objects` are all the ids in `object` (a Flag names several); `object_owners` those whom an embedded object gives
    as its author or actor.
    """

    id: str | None
    type: str
    actor: str
    object_id: str | None
    object: dict[str, Any] | None
    objects: tuple[str, ...]
    object_owners: tuple[str, ...]
    target: str | None
    result: str | None
    to: tuple[str, ...]
    cc: tuple[str, ...]
    published: datetime | None
    content: str | None
    raw: dict[str, Any]

    @property
    def object_is_actor(self) -> bool:
        return shapes.type_of(self.object, ACTOR_TYPES) is not None


def read_activity(doc: dict[str, Any]) -> Activity:
    """Read an activity of any type, known here or not.

    Spec: ActivityPub, section 3; ActivityStreams 2.0 Core, section 4.
    Raises: ProtocolError when there is no type or no actor with a usable id.
    """
    types = shapes.types_of(doc)
    if not types:
        raise ProtocolError("The activity has no type")
    actor = shapes.web_reference_of(doc.get("actor"))
    if actor is None:
        raise ProtocolError("The activity has no usable actor")
    items = shapes.as_list(doc.get("object"))[:_MAX_OBJECTS]
    embedded = next((item for item in items if _is_embedded(item)), None)
    objects = tuple(dict.fromkeys(ref for item in items if (ref := shapes.reference_of(item)) is not None))
    content, _ = shapes.text_of(doc, "content")
    return Activity(
        id=shapes.own_id_of(doc),
        type=shapes.type_of(doc, ACTIVITY_TYPES) or types[0][:100],
        actor=actor,
        object_id=shapes.reference_of(embedded) if embedded is not None else next(iter(objects), None),
        object=embedded,
        objects=objects,
        object_owners=_owners_of(embedded) if embedded is not None else (),
        target=shapes.reference_of(doc.get("target")),
        result=shapes.reference_of(doc.get("result")),
        to=addressing.read_audience(doc.get("to")),
        cc=addressing.read_audience(doc.get("cc")),
        published=timestamps.read_timestamp(doc.get("published")),
        content=content[:_MAX_CONTENT_CHARACTERS] if content is not None else None,
        raw=doc,
    )


def _is_embedded(item: object) -> bool:
    types = shapes.types_of(item)
    return bool(types) and not any(name in LINK_TYPES for name in types)


def _owners_of(embedded: dict[str, Any]) -> tuple[str, ...]:
    ids = (*shapes.ids_of(embedded.get("attributedTo")), *shapes.ids_of(embedded.get("actor")))
    return tuple(dict.fromkeys(owner for iri in ids if (owner := shapes.normalized(iri)) is not None))
