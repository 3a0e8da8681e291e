"""Whatever JSON a signed request carries, the answer is 2xx or 4xx, and nothing that it says breaks the inbox."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.federation.home import Home, Work
from tests.federation.peer import Peer
from tests.federation.people import PUBLIC, settle

VERBS = (
    "Follow",
    "Create",
    "Update",
    "Delete",
    "Undo",
    "Like",
    "Announce",
    "Accept",
    "Reject",
    "Block",
    "Move",
    "Flag",
)
MEMBERS = (
    *("@context", "id", "type", "actor", "object", "target", "to", "cc", "published", "updated", "content", "summary"),
    *("contentMap", "attributedTo", "inReplyTo", "attachment", "tag", "url", "name", "sensitive", "proof", "replies"),
    *("href", "mediaType", "inbox", "publicKey", "icon", "endpoints", "alsoKnownAs", "width", "blurhash", "focalPoint"),
)

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(
        (*VERBS, "Note", "Person", "Image", "Tombstone", "LEE", "MIRA", "WORK", "NOTE", "NEW", PUBLIC, "as:Public")
    )
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(MEMBERS), inner, max_size=6),
    max_leaves=15,
)
activities = st.dictionaries(st.sampled_from(MEMBERS) | st.text(max_size=8), values, max_size=10)
notes = st.fixed_dictionaries(
    {"id": st.sampled_from(("NEW", "NOTE")), "type": st.just("Note"), "attributedTo": st.just("LEE")},
    optional={
        "inReplyTo": st.just("WORK") | values,
        **{member: values for member in MEMBERS if member not in ("id", "type", "attributedTo", "inReplyTo")},
    },
)
objects = st.sampled_from(("LEE", "MIRA", "WORK", "NOTE", "NEW")) | notes | values
plausible = st.fixed_dictionaries(
    {"type": st.sampled_from(VERBS), "actor": st.just("LEE"), "object": objects},
    optional={member: values for member in MEMBERS if member not in ("id", "type", "actor", "object")},
)


@pytest.fixture(scope="module")
def work(home: Home) -> Work:
    return home.publish("Target")


def named(value: Any, names: dict[str, str]) -> Any:
    """Put real ids in the place of their names."""
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, list):
        return [named(item, names) for item in value]
    if isinstance(value, dict):
        return {key: named(item, names) for key, item in value.items()}
    return value


def test_any_json_object_with_a_valid_signature(home: Home, peer: Peer, work: Work) -> None:
    people = [settle(peer) for _ in range(10)]
    for person in people:
        home.follow(person)
    notes_ = [person.note(inReplyTo=work.uri) for person in people]
    for person, note in zip(people, notes_, strict=True):
        home.take(person, person.creates(note))
    before = home.get(work.uri).body
    turns = itertools.cycle(zip(people, notes_, strict=True))

    @settings(
        max_examples=200,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        derandomize=True,
        database=None,
    )
    @given(activity=activities | plausible)
    def is_answered(activity: dict[str, Any]) -> None:
        person, note = next(turns)
        names = {"LEE": person.id, "MIRA": home.actor, "WORK": work.uri, "NOTE": note["id"], "NEW": person.note()["id"]}
        body = json.dumps(named(activity, names)).encode()
        answer = person.post(home.inbox, body)
        assert answer.status // 100 in (2, 4), (answer.status, body)

    is_answered()
    home.settle()
    assert home.query("SELECT body, outcome FROM received WHERE state = 'failed' OR attempts > 1") == []
    assert home.get(work.uri).body == before
    ours = f"{peer.base}/users/%"
    done = home.query("SELECT type, outcome FROM received WHERE actor_uri LIKE ? AND state = 'done'", ours)
    assert len({type_ for type_, _ in done}) >= 4  # the examples reach well past the door
