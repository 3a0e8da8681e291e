"""`@name@host`: reading the handles that people type and peers send, and which names an artist may have here.

Spec: RFC 7565 (the acct: scheme). Nothing is looked up; whose handle it is only WebFinger can say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from fediart.activitypub import origins
from fediart.activitypub.errors import ProtocolError

# Names that visitors would take for the people who run the place, and the mailboxes of RFC 2142.
RESERVED_USERNAMES: Final = frozenset(
    {
        "abuse",
        "admin",
        "administrator",
        "fediart",
        "help",
        "hostmaster",
        "instance",
        "mod",
        "moderator",
        "noc",
        "noreply",
        "postmaster",
        "root",
        "security",
        "staff",
        "support",
        "system",
        "webmaster",
    }
)

_MAX_HANDLE_CHARACTERS: Final = 512
_USERNAME = re.compile(r"[A-Za-z0-9_.~-]{1,128}")
_LOCAL_USERNAME = re.compile(r"[a-z0-9_]{1,30}")


@dataclass(frozen=True, slots=True)
class Handle:
    """`username` as written; `host` as lower-case A-label, with its port when that is not 443."""

    username: str
    host: str

    @property
    def acct(self) -> str:
        return f"{self.username}@{self.host}"

    def __str__(self) -> str:
        return f"@{self.acct}"


def parse_handle(text: str) -> Handle:
    """Read `@name@host`, `name@host`, `acct:name@host` or `acct:@name@host`, percent-encoded or not.

    Raises: ProtocolError when a name or a usable host is missing.
    """
    rest = text.strip()
    if len(rest) > _MAX_HANDLE_CHARACTERS:
        raise ProtocolError("This handle is too long")
    if "%" in rest:
        rest = unquote(rest)
    if rest[:5].lower() == "acct:":
        rest = rest[5:]
    username, at, host = rest.removeprefix("@").partition("@")
    if not at or not _USERNAME.fullmatch(username):
        raise ProtocolError("A handle looks like @name@host", detail=repr(text[:200]))
    return Handle(username=username, host=origins.read_host(host))


def is_valid_username(text: str) -> bool:
    """Tell whether an artist may be called this: what every known server can spell, and no reserved name.

    Interop: Mastodon 4.5, Pixelfed 0.12 and Misskey 2025.4 agree on letters, digits and underscore; lower case
    because some of them compare exactly.
    """
    return bool(_LOCAL_USERNAME.fullmatch(text)) and text not in RESERVED_USERNAMES
