"""Our own addresses. Ids are JSON, pages are HTML; each redirects the other's media type and neither ever changes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

_NOTE = re.compile(r"/objects/(\d{1,19})")
_ACTOR = re.compile(r"/users/([a-z0-9_]{1,30})")


@dataclass(frozen=True, slots=True)
class Urls:
    """Addresses under one base, for example `https://art.example`."""

    base: str

    @property
    def host(self) -> str:
        """The host with its port when that is not the scheme's default: what handles and signatures name."""
        return urlsplit(self.base).netloc

    @property
    def scheme(self) -> str:
        return urlsplit(self.base).scheme

    @property
    def instance_actor(self) -> str:
        return f"{self.base}/actor"

    @property
    def shared_inbox(self) -> str:
        return f"{self.base}/inbox"

    def actor(self, username: str) -> str:
        return f"{self.base}/users/{username}"

    def profile(self, username: str) -> str:
        return f"{self.base}/@{username}"

    def note(self, note_id: int) -> str:
        return f"{self.base}/objects/{note_id}"

    def page(self, username: str, note_id: int) -> str:
        return f"{self.base}/@{username}/{note_id}"

    def conversation(self, note_id: int) -> str:
        return f"{self.base}/contexts/{note_id}"

    def activity(self, activity_id: int) -> str:
        return f"{self.base}/activities/{activity_id}"

    def media(self, key: str) -> str:
        return f"{self.base}/media/{key}"

    def tag(self, name: str) -> str:
        return f"{self.base}/tags/{quote(name.lower())}"

    def policy(self, note_id: int) -> str:
        return f"{self.note(note_id)}/policy.jsonld"

    def rights(self, note_id: int) -> str:
        return f"{self.note(note_id)}/rights"

    def actor_policy(self, username: str) -> str:
        return f"{self.actor(username)}/policy.jsonld"

    def rsl(self, note_id: int) -> str:
        return f"{self.note(note_id)}/license.xml"

    def actor_rsl(self, username: str) -> str:
        return f"{self.actor(username)}/license.xml"

    def licence(self, name: str) -> str:
        return f"{self.base}/licences/{name}"

    def is_ours(self, url: str) -> bool:
        """Say whether an id is on this server: such ids are looked up here only, never over the network."""
        return url == self.base or url.startswith(f"{self.base}/")

    def note_id(self, url: str) -> int | None:
        """Return the number in one of our Note ids, None for any other address."""
        match = _NOTE.fullmatch(url.removeprefix(self.base)) if self.is_ours(url) else None
        return int(match.group(1)) if match else None

    def username(self, url: str) -> str | None:
        """Return the name in one of our actor ids, None for any other address."""
        match = _ACTOR.fullmatch(url.removeprefix(self.base)) if self.is_ours(url) else None
        return match.group(1) if match else None


def featured_tags(actor_uri: str) -> str:
    return f"{actor_uri}/featured-tags"


def rsa_key_id(actor_uri: str) -> str:
    return f"{actor_uri}#main-key"


def ed25519_key_id(actor_uri: str) -> str:
    return f"{actor_uri}#ed25519-key"
