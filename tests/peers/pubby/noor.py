"""What noor can do on request. Each act sends one activity with pubby and returns its id; a refusal is an error."""

from __future__ import annotations

import io
import json
import uuid
from datetime import UTC, datetime
from typing import Any

import requests
from PIL import Image
from pubby import (
    ActivityPubHandler,
    Object,
    accept_follow_request,
    build_announce_activity,
    build_delete_activity,
    build_like_activity,
    deliver_activity,
    reject_follow_request,
)
from pubby.crypto import sign_request

Json = dict[str, Any]

CONTEXT = ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"]
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"


class CannotDoError(Exception):
    """What was asked did not work; `status` and `answer` are the other server's, when that refused."""

    def __init__(self, text: str, status: int | None = None, answer: str | None = None) -> None:
        super().__init__(text)
        self.status = status
        self.answer = answer


class Noor:
    """The one actor of this server."""

    def __init__(self, handler: ActivityPubHandler) -> None:
        self.handler = handler
        self.notes: dict[str, Object] = {}
        self.pictures: dict[str, bytes] = {}
        self.sent: dict[str, Json] = {}
        self._answers: list[tuple[str, int]] = []
        self.acts = {
            "follow": self.follow,
            "answer": self.answer,
            "like": self.like,
            "announce": self.announce,
            "publish": self.publish,
            "reply": self.reply,
            "edit": self.edit,
            "delete": self.delete,
            "undo": self.undo,
            "fetch": self.fetch,
            "sign": self.sign,
            "interactions": self.interactions,
        }

    def follow(self, actor: str) -> Json:
        return self._send(self._activity("Follow", object=actor, to=[actor]))

    def answer(self, actor: str, accept: bool) -> Json:
        """Accept or reject a request to follow that waits."""
        me = self.handler.actor_id
        request = self.handler.storage.get_follow_request(actor, me)
        if request is None:
            raise CannotDoError(f"{actor} did not ask")
        respond = accept_follow_request if accept else reject_follow_request
        activity = respond(self.handler.storage, request, actor_id=me, deliver=self.deliver)
        return {"activity": activity["id"]}

    def like(self, object: str) -> Json:
        author = self._author_of(object)
        return self._send(build_like_activity(self.handler.actor_id, object, to=[author]))

    def announce(self, object: str) -> Json:
        author = self._author_of(object)
        return self._send(build_announce_activity(self.handler.actor_id, object, cc=[author]))

    def publish(self, content: str, alt: str | None = None) -> Json:
        note = self._note(content, to=[PUBLIC], cc=[self.handler.followers_url])
        if alt is not None:
            note.attachment = [self._picture(alt)]
        return self._send_note(note, "Create")

    def reply(self, object: str, content: str) -> Json:
        author = self._author_of(object)
        note = self._note(content, to=[PUBLIC], cc=[author])
        note.in_reply_to = object
        note.tag = [{"type": "Mention", "href": author, "name": author}]
        return self._send_note(note, "Create")

    def edit(self, object: str, content: str) -> Json:
        note = self._own(object)
        note.content = content
        note.updated = datetime.now(UTC)
        return self._send_note(note, "Update")

    def delete(self, object: str) -> Json:
        note = self._own(object)
        del self.notes[object]
        return self._send(build_delete_activity(self.handler.actor_id, object, to=note.to, cc=note.cc))

    def undo(self, activity: str) -> Json:
        if activity not in self.sent:
            raise CannotDoError(f"noor sent no activity {activity}")
        return self._send(self.handler.outbox.build_undo_activity(self.sent[activity]))

    def fetch(self, url: str) -> Json:
        """Fetch a document with a signed GET."""
        headers = sign_request(
            self.handler.inbox.private_key,
            self.handler.key_id,
            "GET",
            url,
            headers={"Accept": "application/activity+json"},
        )
        response = requests.get(url, headers=headers, timeout=15)
        if response.status_code != 200:
            raise CannotDoError(f"fetching {url} failed", response.status_code, response.text)
        return {"document": response.json()}

    def sign(self, inbox: str, activity: Json, date: str | None = None) -> Json:
        """Sign a POST as pubby does, and leave it to the test to send it."""
        body = json.dumps(activity)
        given = {"Content-Type": "application/activity+json"} | ({"Date": date} if date else {})
        headers = sign_request(
            self.handler.inbox.private_key, self.handler.key_id, "POST", inbox, body.encode(), headers=given
        )
        return {"headers": list(headers.items()), "body": body}

    def known(self) -> Json:
        """Who follows, and who asked to."""
        storage, me = self.handler.storage, self.handler.actor_id
        return {
            "followers": [follower.actor_id for follower in storage.get_followers(me)],
            "requests": [request.actor_id for request in storage.get_follow_requests(me)],
        }

    def interactions(self, target: str) -> Json:
        """What pubby keeps of what was done to a note, or said to noor."""
        return {
            "interactions": [
                {
                    "type": found.interaction_type.value,
                    "actor": found.source_actor_id,
                    "object": found.object_id,
                    "content": found.content,
                    "author": found.author_name,
                    "author_url": found.author_url,
                }
                for found in self.handler.storage.get_interactions(target)
            ]
        }

    def deliver(self, inbox: str, activity: Json) -> None:
        """Deliver once, with pubby's own request."""
        answered = deliver_activity(
            activity, inbox, key_id=self.handler.key_id, private_key=self.handler.inbox.private_key
        )
        self._answers.append((inbox, answered))

    def document(self, note: Object) -> Json:
        """The document of a note."""
        return {"@context": CONTEXT, **note.to_dict()}

    def _send_note(self, note: Object, kind: str) -> Json:
        self.notes[note.id] = note
        build = (
            self.handler.outbox.build_create_activity if kind == "Create" else self.handler.outbox.build_update_activity
        )
        return self._send(build(note)) | {"object": note.id}

    def _send(self, activity: Json) -> Json:
        self._answers = []
        self.handler.publish_activity(activity)
        self.sent[activity["id"]] = activity
        refused = [(inbox, status) for inbox, status in self._answers if not 200 <= status < 300]
        if refused or not self._answers:
            inbox, status = refused[0] if refused else ("no inbox", None)
            raise CannotDoError(f"the delivery of {activity['type']} to {inbox} failed", status)
        return {"activity": activity["id"]}

    def _activity(self, kind: str, **members: Any) -> Json:
        me = self.handler.actor_id
        return {"@context": CONTEXT, "id": f"{me}/activities/{uuid.uuid4()}", "type": kind, "actor": me, **members}

    def _note(self, content: str, *, to: list[str], cc: list[str]) -> Object:
        return Object(
            id=f"{self.handler.base_url}/notes/{uuid.uuid4()}",
            type="Note",
            content=content,
            attributed_to=self.handler.actor_id,
            published=datetime.now(UTC),
            to=to,
            cc=cc,
        )

    def _picture(self, alt: str) -> Json:
        drawn = io.BytesIO()
        Image.new("RGB", (64, 48), "#446688").save(drawn, "PNG")
        name = f"{uuid.uuid4()}.png"
        self.pictures[name] = drawn.getvalue()
        url = f"{self.handler.base_url}/pictures/{name}"
        return {"type": "Document", "mediaType": "image/png", "url": url, "name": alt, "width": 64, "height": 48}

    def _author_of(self, object: str) -> str:
        author: str = self.fetch(object)["document"]["attributedTo"]
        return author

    def _own(self, object: str) -> Object:
        if object not in self.notes:
            raise CannotDoError(f"noor has no note {object}")
        return self.notes[object]
